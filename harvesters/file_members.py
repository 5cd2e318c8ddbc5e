"""The files of a source made of files: in a folder, in archives, in bags and crates, or alone."""

from __future__ import annotations

import bisect
import fnmatch
import functools
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harvesters import folders
from harvesters.archives import (
    BROKEN,
    Archive,
    ArchiveEntry,
    ArchiveRefused,
    is_archive,
    is_compressed,
    unpacked,
    unpacked_lines,
    unpacked_stream,
)
from harvesters.bags import DECLARATION, MAXIMUM_TAG_FILE, bag_document, is_own_file

MAXIMUM_FILE = 64_000_000
"""Bytes of one file of records; a longer one is told as an issue and not read."""
_MAXIMUM_KEPT = 200_000_000
"""Bytes of BagIt's own files that are kept of one archive."""
CRATES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")
BAG = "bagit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file: ``name`` is its path in the source, ``top`` that of the file or archive in the folder.

    ``read`` gives its bytes, at most so many, ``lines`` its lines one by one where it may be longer than
    memory; they raise `OSError` and ``ValueError``.  ``fault`` says why it is not read, ``is_cut_off``
    that a folder or an archive holds more, which nobody can read; ``prefix`` is its format where known.
    """

    name: str
    top: str
    size: int = 0
    read: Callable[[int], bytes] = lambda limit: b""
    lines: Callable[[int], Iterator[bytes]] | None = None
    fault: str = ""
    is_cut_off: bool = False
    prefix: str | None = None


def members_in(root: Path, *, pattern: str | None, with_payload: bool) -> Iterator[Member]:
    """All files of a source, in an order that stays the same.

    ``pattern`` is matched against the path and against the name; ``with_payload`` reads the payload of
    bags and crates too, which else are data and no records.
    """
    if root.is_file():
        name = folders.legible(root.name)
        status = root.stat()
        found = folders.Found(
            name=name, place=root.resolve(), size=status.st_size, modified=status.st_mtime_ns
        )
        yield from _opened(found, pattern, with_payload)
        return
    real = root.resolve()
    sizes: dict[str, int] = {}
    roots: dict[str, str] = {}
    for found in folders.files_below(real, real):
        folder, _, last = found.name.rpartition("/")
        if last == DECLARATION or last in CRATES:
            roots[folder] = BAG if last == DECLARATION else roots.get(folder, "crate")
        sizes[found.name] = found.size
    choice = _Choice(roots, pattern, with_payload)
    bags = _Bags(sizes, roots)
    for found in folders.files_below(real, real):
        if found.name in bags.declarations:
            yield bags.member(found.name, found.name, functools.partial(_tag_file, found.place.parent))
        elif found.is_folder or choice.takes(found.name):
            yield from _opened(found, pattern, with_payload)


def _tag_file(folder: Path, name: str) -> bytes:
    return folders.first_bytes(folder / name, MAXIMUM_TAG_FILE)


def _opened(found: folders.Found, pattern: str | None, with_payload: bool) -> Iterator[Member]:
    """A file, or the files in it when it is an archive."""
    if found.fault:
        yield Member(name=found.name, top=found.name, fault=found.fault, is_cut_off=found.is_folder)
    elif is_archive(found.name):
        yield from _archived(found, pattern, with_payload)
    elif is_compressed(found.name):
        read = functools.partial(unpacked, found.place)
        lines = functools.partial(unpacked_lines, found.place)
        yield Member(name=found.name, top=found.name, read=read, lines=lines)
    else:
        read = functools.partial(folders.first_bytes, found.place)
        lines = functools.partial(folders.lines_of, found.place)
        yield Member(name=found.name, top=found.name, size=found.size, read=read, lines=lines)


def _archived(found: folders.Found, pattern: str | None, with_payload: bool) -> Iterator[Member]:
    """The files in an archive: first all names, so that bags and crates are known, then their bytes."""
    sizes: dict[str, int] = {}
    roots: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    fault = ""
    try:
        for entry in Archive(found.place).entries():
            _look(entry, sizes, roots, kept)
    except (ArchiveRefused, *BROKEN) as wrong:
        fault = f"The archive cannot be read to its end: {wrong or type(wrong).__name__}"
    choice = _Choice(roots, None, with_payload)
    bags = _Bags(sizes, roots)
    try:
        for entry in Archive(found.place).entries():
            name = folders.legible(entry.name).replace("\\", "/").removeprefix("./")
            whole = f"{found.name}/{name}"
            if entry.fault:
                yield Member(name=whole, top=found.name, fault=entry.fault)
            elif name in bags.declarations:
                inside = functools.partial(_kept, kept, name.removesuffix(DECLARATION))
                yield bags.member(name, whole, inside, found.name)
            elif choice.takes(name) and (pattern is None or _matches(whole, pattern)):
                yield _entry(entry, whole, found.name)
    except (ArchiveRefused, *BROKEN) as wrong:
        fault = fault or f"The archive cannot be read to its end: {wrong or type(wrong).__name__}"
    if fault:
        yield Member(name=found.name, top=found.name, fault=fault, is_cut_off=True)


def _kept(kept: Mapping[str, bytes], folder: str, name: str) -> bytes:
    return kept[folder + name]


def _look(entry: ArchiveEntry, sizes: dict[str, int], roots: dict[str, str], kept: dict[str, bytes]) -> None:
    if entry.fault:
        return
    name = folders.legible(entry.name).replace("\\", "/").removeprefix("./")
    folder, _, last = name.rpartition("/")
    sizes[name] = entry.size
    if last == DECLARATION or last in CRATES:
        roots[folder] = BAG if last == DECLARATION else roots.get(folder, "crate")
    room = min(MAXIMUM_TAG_FILE, _MAXIMUM_KEPT - sum(map(len, kept.values())))
    if is_own_file(last) and entry.size <= room and len(kept) < 1000:
        kept[name] = entry.read(room)


def _entry(entry: ArchiveEntry, whole: str, top: str) -> Member:
    if is_archive(entry.name):
        return Member(name=whole, top=top, fault="It is an archive within an archive; unpack the outer one.")
    if is_compressed(entry.name):

        def unpack(limit: int) -> bytes:
            packed = entry.read(MAXIMUM_FILE)
            return unpacked_stream(io.BytesIO(packed), max(len(packed), 1), limit)

        return Member(name=whole, top=top, size=0, read=unpack)
    return Member(name=whole, top=top, size=entry.size, read=entry.read)


class _Choice:
    """Which files hold records: not the payload of bags and crates, and not BagIt's own files."""

    def __init__(self, roots: Mapping[str, str], pattern: str | None, with_payload: bool) -> None:
        self._roots = roots
        self._pattern = pattern
        self._with_payload = with_payload

    def takes(self, name: str) -> bool:
        folder, _, last = name.rpartition("/")
        if any(part.startswith(".") for part in name.split("/")) and last != ".codemeta.json":
            return False
        if self._pattern is not None and not is_archive(name) and not _matches(name, self._pattern):
            return False
        if self._roots.get(folder) == BAG and is_own_file(last):
            return False
        if last in CRATES or self._with_payload:
            return True
        return not any(self._is_payload(name, root) for root in _above(folder))

    def _is_payload(self, name: str, root: str) -> bool:
        kind = self._roots.get(root)
        inside = name[len(root) + 1 :] if root else name
        return kind == "crate" or (kind == BAG and inside.startswith("data/"))


def _above(folder: str) -> Iterator[str]:
    """A folder and those above it."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name.rpartition("/")[2], pattern)


class _Bags:
    """The bags among the files; ``declarations`` are the paths of their bagit.txt."""

    def __init__(self, sizes: Mapping[str, int], roots: Mapping[str, str]) -> None:
        self._sizes = sizes
        self._names = sorted(sizes) if BAG in roots.values() else []
        self.declarations = {
            f"{folder}/{DECLARATION}" if folder else DECLARATION
            for folder, kind in roots.items()
            if kind == BAG
        }

    def member(self, name: str, whole: str, read: Callable[[str], bytes], top: str | None = None) -> Member:
        """The description of one bag as a file of its own."""
        folder = name.removesuffix(DECLARATION)
        inside: dict[str, int] = {}
        for path in self._names[bisect.bisect_left(self._names, folder) :]:
            if not path.startswith(folder):
                break
            inside[path[len(folder) :]] = self._sizes[path]
        label = whole.removesuffix("/" + DECLARATION).removesuffix(DECLARATION) or "."

        def described(limit: int) -> bytes:
            del limit
            try:
                return bag_document(inside, read)
            except KeyError as missing:
                raise ValueError(f"Its file {missing} is too large.") from None

        return Member(name=label, top=top or whole, read=described, prefix=BAG)
