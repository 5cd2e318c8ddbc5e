"""How the benchmarks measure: CPU seconds of this process, and results as JSON lines and a table."""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass
class Measurement:
    """One figure: what was done, to how many records, in how many seconds."""

    benchmark: str
    name: str
    records: int
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_megabytes: float = 0.0
    note: str = ""

    @property
    def per_cpu_second(self) -> float:
        """Records per CPU second."""
        return self.records / self.cpu_seconds if self.cpu_seconds else 0.0


@contextlib.contextmanager
def measured(benchmark: str, name: str, records: int, note: str = "") -> Iterator[Measurement]:
    """Measure a block: user and system time of this process, wall time, peak memory so far."""
    measurement = Measurement(benchmark, name, records, note=note)
    cpu, wall = time.process_time(), time.perf_counter()
    yield measurement
    measurement.cpu_seconds = time.process_time() - cpu
    measurement.wall_seconds = time.perf_counter() - wall
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    measurement.peak_megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def emit(measurement: Measurement) -> None:
    """Print a measurement as one JSON line."""
    print(json.dumps(asdict(measurement) | {"per_cpu_second": round(measurement.per_cpu_second)}), flush=True)


def table(measurements: list[Measurement], reference: str) -> str:
    """A Markdown table with each measurement's CPU time beside that of the one named ``reference``."""
    base = next(one.cpu_seconds / one.records for one in measurements if one.name == reference)
    lines = [
        f"| what | records | CPU s | records per CPU s | CPU time ÷ {reference} | wall s | peak MB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in measurements:
        ratio = one.cpu_seconds / one.records / base
        lines.append(
            f"| {one.name} | {one.records:,} | {one.cpu_seconds:.2f} | {one.per_cpu_second:,.0f} "
            f"| {ratio:.2f} | {one.wall_seconds:.1f} | {one.peak_megabytes:.0f} |"
        )
    return "\n".join(lines)
