"""Records in files: a folder, an archive or a single file, of this machine or of the web."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from catalogue.errors import SourceProtocolError, SourceUnreachable
from catalogue.record import Issue, Page, RawRecord
from catalogue.runs import now
from catalogue.sources import Source
from harvesters import folders
from harvesters.addresses import shown
from harvesters.base import EVERYTHING, Harvester, Probe
from harvesters.file_members import Member, members_in
from harvesters.file_records import FileReader, looked
from harvesters.transport import Transport
from harvesters.watchdog import Watchdog

log = logging.getLogger(__name__)

_PAGE_RECORDS = 100
_PAGE_BYTES = 8_000_000
_PROBED = 200


@dataclass(slots=True)
class _Position:
    """Where a run is: the file (or archive) of the folder, and how many of its items are stored."""

    started: str
    file: str = ""
    items: int = 0

    def checkpoint(self) -> dict[str, Any]:
        return {"started": self.started, "file": self.file, "items": self.items}

    def is_behind(self, top: str, item: int) -> bool:
        """Whether this item was stored before the run was cut off; files come in the order of their paths."""
        there, here = top.split("/"), self.file.split("/")
        return (there, item) < (here, self.items) if self.file else False


class Files(Harvester):
    """Files in any format that we read; what each is in, it says itself, or the option prefix does.

    An incremental run reads everything again when any file has changed, and nothing otherwise.
    """

    kind = "file"
    title = "Files: a folder, an archive, a BagIt bag or an RO-Crate"
    local = True
    when_empty = (
        "no file in it holds records that are read; check its path and its options pattern and prefix"
    )
    options: ClassVar[dict[str, str]] = {
        "pattern": "only files whose path or name is like this, such as *.xml (all)",
        "payload": "read the payload of bags and crates as records too (no)",
    }

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._started: str | None = None

    @property
    def started(self) -> str | None:
        """Our own clock when the run began."""
        return self._started

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All records of all files; none at all where an incremental run finds every file as it was."""
        stored = _Position(**checkpoint) if checkpoint else _Position(started=now())
        self._started = stored.started
        is_incremental = since is not None and not checkpoint
        with tempfile.TemporaryDirectory(prefix="almagest-") as folder:
            roots = list(self._roots(Path(folder), is_incremental))
            print_ = self._print(roots)
            if is_incremental and print_ in (None, self.memory.get("print")):
                yield Page(records=(), checkpoint=stored.checkpoint(), requests=self.transport.requests)
                return
            self.whole = {EVERYTHING}
            yield from self._read([root for root in roots if root is not None], stored)
        self.memory["print"] = print_

    def _read(self, roots: list[Path], stored: _Position) -> Iterator[Page]:
        """The items of all roots in portions; those stored before are read, but not given again."""
        at = _Position(started=stored.started, file=stored.file, items=stored.items)
        with self._reader() as reader:
            for number, root in enumerate(roots, 1):
                before = f"{number:03d}-{folders.legible(root.name)}/" if len(roots) > 1 else ""
                yield from self._pages_of(root, before, reader, stored, at)
            self._tell(reader)

    def _pages_of(
        self, root: Path, before: str, reader: FileReader, stored: _Position, at: _Position
    ) -> Iterator[Page]:
        records: list[RawRecord] = []
        issues: list[Issue] = []
        size = 0
        top, count = "", 0
        for member, item in self._items(root, reader, before):
            if member.top != top:
                top, count = member.top, 0
            count += 1
            if stored.is_behind(before + top, count - 1):
                continue
            at.file, at.items = before + top, count
            if isinstance(item, Issue):
                issues.append(item)
            else:
                records.append(item)
                size += len(item.data)
            if len(records) + len(issues) >= _PAGE_RECORDS or size >= _PAGE_BYTES:
                yield self._page(records, issues, at)
                records, issues, size = [], [], 0
        yield self._page(records, issues, at)

    def _items(
        self, root: Path, reader: FileReader, before: str
    ) -> Iterator[tuple[Member, RawRecord | Issue]]:
        for member in self._members(root):
            folder = member.top if member.top != member.name else member.name.rpartition("/")[0]
            if member.is_cut_off:
                self.unread[before + member.top] = member.fault
            for item in reader.items(member, _folders(before + folder)):
                yield member, item

    def _members(self, root: Path) -> Iterator[Member]:
        pattern = self.source.options.get("pattern")
        payload = self.source.is_on("payload")
        try:
            yield from members_in(root, pattern=pattern, with_payload=payload)
        except OSError as error:
            raise SourceUnreachable(f"«{root}» cannot be read: {error.strerror}.") from None

    @staticmethod
    def _page(records: list[RawRecord], issues: list[Issue], at: _Position) -> Page:
        return Page(records=tuple(records), issues=tuple(issues), checkpoint=at.checkpoint(), requests=0)

    @contextmanager
    def _reader(self) -> Iterator[FileReader]:
        is_file = "://" in self.source.url or local_place(self.source.url).is_file()
        is_strict = is_file or "pattern" in self.source.options
        with Watchdog(looked, self.source.record_timeout) as look:
            yield FileReader(self.source.prefix, is_strict=is_strict, look=look)

    def _tell(self, reader: FileReader) -> None:
        """One line about the files that hold no records."""
        if reader.passed_over:
            told = ", ".join(f"{count} «{ending}»" for ending, count in reader.passed_over.most_common(20))
            log.warning("%s files that hold no records are passed over: %s", self.transport.whose, told)

    def _roots(self, folder: Path, is_incremental: bool) -> Iterator[Path | None]:
        """The places of what the addresses name; ``None`` for the one file of the web if it is unchanged."""
        for number, url in enumerate(self.source.urls):
            if url.startswith(("http://", "https://")):
                place = folder / str(number)
                place.mkdir()
                yield self._downloaded(url, place, is_incremental)
            else:
                yield self._local(url)

    @staticmethod
    def _local(url: str) -> Path:
        place = local_place(url)
        if not place.exists():
            raise SourceUnreachable(f"«{url}» is not there; check the path of the source.")
        if not place.is_dir() and not place.is_file():
            raise SourceProtocolError(f"«{url}» is neither a folder nor a file.")
        return place

    def _downloaded(self, url: str, folder: Path, is_incremental: bool) -> Path | None:
        """A file of the web in a folder of its own; asked for by its ETag when it is known."""
        tag = self.memory.get("etag") if is_incremental and len(self.source.urls) == 1 else None
        answer = self.transport.get(url, headers={"If-None-Match": tag} if tag else {})
        if answer.status == 304:
            return None
        if answer.status >= 400:
            raise SourceProtocolError(
                f"{shown(url)} answers «{answer.status} {answer.reason}»; check the address of the source."
            )
        name = unquote(urlsplit(answer.url).path).rstrip("/").rpartition("/")[2]
        place = folder / (_file_name(name) or "records")
        place.write_bytes(answer.body)
        # Else the moment of the download would pass for a change.
        os.utime(place, ns=(0, int.from_bytes(hashlib.sha256(answer.body).digest()[:7])))
        self.memory["etag"] = answer.headers.get("etag", "")[:300]
        return place

    def _print(self, roots: list[Path | None]) -> str | None:
        """What all files look like from outside, as one number; ``None`` where the web says «unchanged»."""
        if None in roots:
            return None
        found = hashlib.sha256(repr((self.source.prefix, sorted(self.source.options.items()))).encode())
        for root in roots:
            if root is not None and root.is_file():
                status = root.stat()
                found.update(repr((root.name, status.st_size, status.st_mtime_ns)).encode())
            elif root is not None:
                real = root.resolve()
                for one in folders.files_below(real, real):
                    found.update(repr((one.name, one.size, one.modified, one.fault)).encode())
        return found.hexdigest()

    def probe(self) -> Probe:
        """What is there, and in which formats its first files are."""
        faults: list[str] = []
        records = files = 0
        with tempfile.TemporaryDirectory(prefix="almagest-") as folder, self._reader() as reader:
            for root in self._roots(Path(folder), is_incremental=False):
                for member in self._members(root) if root is not None else ():
                    files += 1
                    if files > _PROBED:
                        continue
                    for item in reader.items(member, ()):
                        records += not isinstance(item, Issue)
                        if isinstance(item, Issue) and len(faults) < 10:
                            faults.append(f"{item.identifier}: {item.reason}")
        found = tuple(prefix for prefix, _ in reader.formats.most_common())
        return Probe(
            name=self.source.url,
            protocol=f"{files} files",
            formats=found,
            chosen_format=self.source.prefix or (found[0] if found else None),
            deletion="by absence from the full list",
            records=records if files <= _PROBED else None,
            faults=tuple(faults),
        )


def _file_name(text: str) -> str:
    """A name that the file system takes; its end tells the format, so that stays."""
    name = text.replace("\0", "_").lstrip(".").replace("/", "_")
    return name.encode("utf-8", "replace")[-200:].decode("utf-8", "ignore")


def local_place(path: str) -> Path:
    """The place of a path on this machine."""
    return Path(path).expanduser()


def _folders(path: str) -> tuple[str, ...]:
    """The sets of what lies in a folder or an archive: itself and all folders above."""
    parts = path.rstrip("/").split("/")
    return tuple("/".join(parts[:count]) for count in range(1, len(parts) + 1) if parts[0])
