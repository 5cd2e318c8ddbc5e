"""Archives read without unpacking: zip, tar and its compressed forms; nothing is written anywhere.

An archive may lie: about sizes, about names, about what it is.  So everything is counted while
it is read, and names are only names.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

MAXIMUM_ENTRIES = 200_000
MAXIMUM_TOTAL = 20_000_000_000
"""Bytes that one archive may give altogether."""
FREE_OF_RATIO = 100_000_000
MAXIMUM_RATIO = 200
"""How many times its own size an archive may give, once it has given more than `FREE_OF_RATIO` bytes."""
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    IndexError,
    OSError,
    OverflowError,
    RuntimeError,
)
"""What a damaged archive raises, or one packed in a way that Python does not know (Deflate64, a newer
version, encryption); other reasons are an `ArchiveRefused`."""


class ArchiveRefused(ValueError):
    """An archive that must not be read on: a bomb, or more entries than may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """A file in an archive; ``read`` gives its first so many bytes, and only until the next entry comes.

    ``fault`` says why it is not read.
    """

    name: str
    size: int
    read: Callable[[int], bytes]
    fault: str = ""


def is_archive(name: str) -> bool:
    """Whether a file is an archive, by its name."""
    return name.casefold().endswith((".zip", *_TAR))


class Archive:
    """An archive of this machine; each walk reads it from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own_size = max(path.stat().st_size, 1)

    def entries(self) -> Iterator[ArchiveEntry]:
        """All files in their order; raises `ArchiveRefused` and `BROKEN`."""
        with self._path.open("rb") as file:
            start = file.read(6)
            file.seek(0)
            if start.startswith(b"PK"):
                yield from self._zip(file)
            else:
                yield from self._tar(file, start)

    def _zip(self, file: IO[bytes]) -> Iterator[ArchiveEntry]:
        meter = _Meter(self._own_size)
        with zipfile.ZipFile(file) as opened:
            infos = opened.infolist()
            _check_count(len(infos))
            for info in infos:
                meter.add(0)  # raises again where the reader of an entry was refused
                if not info.is_dir():
                    yield self._zip_entry(opened, info, meter)

    @staticmethod
    def _zip_entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo, meter: _Meter) -> ArchiveEntry:
        def read(limit: int) -> bytes:
            with opened.open(info) as stream:
                return meter.read(stream, limit)

        kind = (info.external_attr >> 28) & 0xF
        fault = "It is no file but a link." if kind == 0xA else ""
        if info.flag_bits & 1:
            fault = "It is encrypted."
        return ArchiveEntry(
            name=info.filename, size=info.file_size, read=read, fault=fault or outside(info.filename)
        )

    def _tar(self, file: IO[bytes], start: bytes) -> Iterator[ArchiveEntry]:
        inner = _decompressed(file, start)
        is_plain = inner is file
        stream: Any = file if is_plain else _Metered(inner, _Meter(self._own_size))
        # What a file of holes gives (GNU tar, sparse) is in no stream.
        given = _Meter(self._own_size)
        with tarfile.open(
            fileobj=stream, mode="r:" if is_plain else "r|", errors="surrogateescape"
        ) as opened:
            for count, info in enumerate(opened, 1):
                _check_count(count)
                given.add(0)  # raises again where the reader of an entry was refused
                if not info.isdir():
                    yield _tar_entry(opened, info, given)


def _tar_entry(opened: tarfile.TarFile, info: tarfile.TarInfo, meter: _Meter) -> ArchiveEntry:
    def read(limit: int) -> bytes:
        stream = opened.extractfile(info)
        return meter.read(stream, limit) if stream is not None else b""

    fault = "" if info.isreg() else "It is no file but a link, a device or a pipe."
    return ArchiveEntry(name=info.name, size=info.size, read=read, fault=fault or outside(info.name))


def outside(name: str) -> str:
    """Why a name is none within an archive: «..», an absolute path, a drive; empty where all is well."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    is_absolute = name.startswith(("/", "\\")) or name[1:2] == ":"
    return "Its name leads out of the archive." if is_absolute or ".." in parts or not parts else ""


def _check_count(count: int) -> None:
    if count > MAXIMUM_ENTRIES:
        raise ArchiveRefused(f"It has more than {MAXIMUM_ENTRIES} entries; divide it.")


class _Meter:
    """Counts what an archive gives; raises `ArchiveRefused` where it grows beyond measure."""

    def __init__(self, own_size: int) -> None:
        self._own_size = own_size
        self._given = 0

    def add(self, count: int) -> None:
        self._given += count
        if self._given > MAXIMUM_TOTAL:
            raise ArchiveRefused(f"It unpacks to more than {MAXIMUM_TOTAL} bytes; divide it.")
        if self._given > FREE_OF_RATIO and self._given > MAXIMUM_RATIO * self._own_size:
            raise ArchiveRefused(
                f"It unpacks to more than {MAXIMUM_RATIO} times its size, as only a decompression bomb does."
            )

    def read(self, stream: IO[bytes], limit: int) -> bytes:
        found = io.BytesIO()
        while found.tell() < limit:
            part = stream.read(min(1_000_000, limit - found.tell()))
            if not part:
                break
            self.add(len(part))
            found.write(part)
        return found.getvalue()


class _Metered(io.RawIOBase):
    """A stream that counts."""

    def __init__(self, inner: IO[bytes], meter: _Meter) -> None:
        self._inner = inner
        self._meter = meter

    def read(self, size: int = -1) -> bytes:
        part = self._inner.read(size)
        self._meter.add(len(part))
        return part


def unpacked(path: Path, limit: int) -> bytes:
    """The first bytes of a single compressed file (.gz, .bz2, .xz); raises `ArchiveRefused` and `BROKEN`."""
    with path.open("rb") as file:
        return unpacked_stream(file, max(path.stat().st_size, 1), limit)


def unpacked_lines(path: Path, limit: int) -> Iterator[bytes]:
    """The lines of a compressed file, of a longer one only its first bytes; raises as `unpacked` does."""
    with path.open("rb") as file:
        start = file.read(6)
        file.seek(0)
        meter = _Meter(max(path.stat().st_size, 1))
        stream = _decompressed(file, start)
        while line := stream.readline(limit):
            meter.add(len(line))
            yield line


def unpacked_stream(file: IO[bytes], own_size: int, limit: int) -> bytes:
    """The same of an open file, which may be one in an archive."""
    start = file.read(6)
    file.seek(0)
    return _Meter(own_size).read(_decompressed(file, start), limit)


def _decompressed(file: IO[bytes], start: bytes) -> IO[bytes]:
    """The file itself where its first bytes are of no compression that is known."""
    if start.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if start.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if start.startswith(b"\xfd7zXZ") else file


def is_compressed(name: str) -> bool:
    """Whether a single file is compressed, by its name."""
    return name.casefold().endswith((".gz", ".bz2", ".xz")) and not is_archive(name)
