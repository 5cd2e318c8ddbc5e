"""Dumps of the whole graph in HOME/dumps: written beside, put in place at once, the last few kept.

They are made from the database, so that they are the same whichever graph engine is used, and also
where none runs.
"""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from catalogue.errors import AlmagestError, SourceBusy, StoreFull, StoreUnavailable
from catalogue.frozen import Frozen, frozen
from catalogue.graph import NamedGraph
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from mappings.graph_record import described
from mappings.graph_syntax import prefixes
from web.dump_writing import Written, write_files
from web.graph_catalog import standing

log = logging.getLogger(__name__)

CHECKSUMS = "SHA256SUMS"
_MANIFEST = "dump.json"
_NAME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_FORM = "%Y%m%dT%H%M%SZ"
# The name of a source cannot begin with a full stop.
_LOCK = ".dump"
_LOOK_EVERY = 60.0
_PART = ".part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """A finished dump: its name, when it was made (ISO 8601, UTC), and the change that it goes up to.

    ``classes`` counts things with names of ours by class, ``links`` statements that lead elsewhere.
    """

    name: str
    at: str
    sequence: int
    triples: int
    graphs: int
    entities: int
    classes: Mapping[str, int]
    links: Mapping[str, int]
    files: tuple[Written, ...]


class Dumps:
    """The dumps of an installation."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "dumps"

    def all(self) -> list[Dump]:
        """Those that are whole, the newest first."""
        try:
            names = [path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return []
        found = (self.get(name) for name in sorted(names, reverse=True))
        return [one for one in found if one is not None]

    def newest(self) -> Dump | None:
        """The last one."""
        return next(iter(self.all()), None)

    def get(self, name: str) -> Dump | None:
        """A dump by its name; ``None`` where there is no such one."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return msgspec.json.decode((self.folder / name / _MANIFEST).read_bytes(), type=Dump)
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, catalogue: Catalogue, progress: Callable[[int], None] | None = None) -> Dump:
        """Make one now; raises `SourceBusy` while another process does, `StoreError`."""
        with catalogue.database.source_lock(_LOCK), _translated(self.folder):
            self._drop_unfinished()
            at = datetime.now(UTC).replace(microsecond=0)
            name = at.strftime(_FORM)
            part = self.folder / f"{name}{_PART}"
            part.mkdir(parents=True)
            with frozen(catalogue.database) as state:
                graphs = _graphs(catalogue, state)
                base = catalogue.settings.base_url
                counted, files = write_files(part, graphs, base, prefixes(base), progress)
                dump = Dump(
                    name=name,
                    at=at.isoformat().replace("+00:00", "Z"),
                    sequence=state.sequence,
                    triples=counted.triples,
                    graphs=counted.graphs,
                    entities=counted.entities,
                    classes=dict(counted.classes.most_common()),
                    links=dict(counted.links.most_common()),
                    files=files,
                )
            sums = "".join(f"{one.sha256}  {one.name}\n" for one in files)
            (part / CHECKSUMS).write_text(sums)
            (part / _MANIFEST).write_bytes(msgspec.json.encode(dump))
            part.rename(self.folder / name)
            self._keep(catalogue.settings.dumps_kept)
            return dump

    def _keep(self, count: int) -> None:
        for old in self.all()[count:]:
            shutil.rmtree(self.folder / old.name, ignore_errors=True)

    def _drop_unfinished(self) -> None:
        with suppress(OSError):
            for path in self.folder.iterdir():
                if path.name.endswith(_PART):
                    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Faults of the file system as ours, with what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StoreFull(f"No space is left for a dump in {folder}; free some.") from error
        raise StoreUnavailable(
            f"No dump can be written in {folder} ({error.strerror}); check its permissions."
        ) from error


def _graphs(catalogue: Catalogue, state: Frozen) -> Iterator[NamedGraph]:
    """All that is in the graph: what hangs on no record, then records and products."""
    yield from standing(catalogue)
    base = catalogue.settings.base_url
    for change in state.walk():
        yield described(change, base)


def last_due(hour: int, now: datetime) -> datetime:
    """When this hour of the day (UTC) last began."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def dump_until(catalogue: Catalogue, stop: threading.Event, *, look_every: float = _LOOK_EVERY) -> None:
    """Make a dump each night until told to stop, in a process of its own that others go before."""
    settings, begun, tried = catalogue.settings, datetime.now(UTC), datetime.min.replace(tzinfo=UTC)
    while settings.dump_hour is not None and not stop.wait(look_every):
        newest = Dumps(settings.home).newest()
        since = datetime.fromisoformat(newest.at) if newest is not None else begun
        # One that failed is tried again the next night.
        if max(since, tried) < last_due(settings.dump_hour, datetime.now(UTC)):
            tried = datetime.now(UTC)
            _dump_beside(settings, stop)


def _dump_beside(settings: Settings, stop: threading.Event) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_dump, args=(settings,), daemon=True)
    process.start()
    while process.is_alive():
        process.join(1.0)
        if stop.is_set():
            process.terminate()


def _dump(settings: Settings) -> None:
    """What the process beside does."""
    os.nice(10)
    logging.basicConfig(level=logging.INFO)
    catalogue = Catalogue(settings)
    try:
        dump = Dumps(settings.home).write(catalogue)
        log.info("dump %s holds %d statements", dump.name, dump.triples)
    except SourceBusy:
        log.info("another process makes a dump")
    except AlmagestError as error:
        log.error("no dump was made: %s", error)
    finally:
        catalogue.close()
