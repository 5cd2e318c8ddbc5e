"""The model, the store and its followers: what the catalogue knows and keeps."""

__version__ = "0.1.0"
