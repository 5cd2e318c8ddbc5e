"""Benchmarks: each runs with one command and measures a peer or a floor in the same run."""
