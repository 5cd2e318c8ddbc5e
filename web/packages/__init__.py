"""In which forms a basket is taken away, one file a packaging."""
