"""A folder of this machine, read as one that somebody else may write to.

Nothing outside of the folder is read, whatever a link says, nothing that is no regular file, and
no folder twice.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MAXIMUM_DEPTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file in the folder by its path from there, with «/» and in legible characters.

    ``fault`` says why it must not be read, ``is_folder`` that it is a folder which cannot be read.
    """

    name: str
    place: Path
    size: int = 0
    modified: int = 0
    fault: str = ""
    is_folder: bool = False


def legible(name: str) -> str:
    """A name that is in no encoding we know, in characters that can be stored and shown."""
    return os.fsencode(name).decode("utf-8", "backslashreplace") if not name.isprintable() else name


def names_in(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder, by name; raises `OSError`."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: legible(entry.name))


def file_at(root: Path, entry: os.DirEntry[str], name: str) -> Found | None:
    """A file or a link to one; ``None`` for what is neither, such as a folder, without a word."""
    place = Path(entry.path)
    if entry.is_symlink():
        return _linked(root, place, name)
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Found(name=name, place=place, fault=f"It cannot be read: {error.strerror}.")
    return _checked(place, name, status)


def _linked(root: Path, place: Path, name: str) -> Found | None:
    """What a link leads to, where that is a file in the folder."""
    try:
        target = place.resolve(strict=True)
        status = target.stat()
    except (OSError, RuntimeError):
        return Found(name=name, place=place, fault="It is a link that leads nowhere or in a circle.")
    if not target.is_relative_to(root):
        return Found(name=name, place=place, fault="It is a link that leads out of the folder.")
    if stat.S_ISDIR(status.st_mode):
        return None  # the folder itself is read where it is
    return _checked(target, name, status)


def _checked(place: Path, name: str, status: os.stat_result) -> Found | None:
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode):
        return Found(name=name, place=place, fault="It is a device, a pipe or a socket.")
    return Found(name=name, place=place, size=status.st_size, modified=status.st_mtime_ns)


def first_bytes(place: Path, limit: int) -> bytes:
    """The first bytes of a regular file; raises `OSError`, also where it is a link or a device by now."""
    with _opened(place) as file:
        return file.read(limit)


def lines_of(place: Path, limit: int) -> Iterator[bytes]:
    """The lines of a regular file, of a longer one only its first bytes; raises `OSError`."""
    with _opened(place) as file:
        while line := file.readline(limit):
            yield line


def _opened(place: Path) -> IO[bytes]:
    handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "it is no regular file")
    return os.fdopen(handle, "rb")


def files_below(root: Path, folder: Path, before: str = "", depth: int = 0) -> Iterator[Found]:
    """All files below a folder, in the order of their names; unreadable folders come with a fault.

    Raises `OSError` where the folder itself cannot be read.
    """
    try:
        entries = names_in(folder)
    except OSError as error:
        if not depth:
            raise
        fault = f"It cannot be read: {error.strerror}."
        yield Found(name=before.rstrip("/"), place=folder, fault=fault, is_folder=True)
        return
    for entry in entries:
        name = before + legible(entry.name)
        if entry.is_dir(follow_symlinks=False):
            if depth >= MAXIMUM_DEPTH:
                place = Path(entry.path)
                yield Found(name=name, place=place, fault="It is nested too deep.", is_folder=True)
            else:
                yield from files_below(root, Path(entry.path), name + "/", depth + 1)
        else:
            found = file_at(root, entry, name)
            if found is not None:
                yield found
