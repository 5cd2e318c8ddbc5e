"""zstd for what the store keeps; each thread has contexts of its own, as zstandard's are not thread-safe."""

from __future__ import annotations

import threading

import zstandard

_LEVEL = 1


class _Contexts(threading.local):
    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_contexts = _Contexts()


def compress(data: bytes) -> bytes:
    """A zstd frame that knows its size."""
    return _contexts.compressor.compress(data)


def decompress(frame: bytes) -> bytes:
    """What `compress` was given."""
    return _contexts.decompressor.decompress(frame)
