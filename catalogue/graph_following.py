"""Opening the graph by its URL, and letting it follow the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import orjson

from catalogue.errors import GraphBusy, GraphCorrupt, GraphOff, SettingsError, SourceBusy
from catalogue.graph import Graph, NamedGraph
from catalogue.index import Change
from catalogue.indexing import ChangeSequence
from catalogue.said import said
from catalogue.settings import Settings

BATCH = 1000
"""So many changes are described and applied at once."""
_SETTLE_AFTER = 30.0
"""Seconds of applying after which queries see what there is, and a killed process need not do it again."""
_LOOK_AFTER = 60.0
"""Seconds after which the standing graphs are looked at again: those of sources count their records."""
Progress = Callable[[int], None]


class Standing(Protocol):
    """A graph that belongs to no record; another fingerprint says that it has to be made anew."""

    @property
    def name(self) -> str:
        """That of the graph."""
        ...

    @property
    def fingerprint(self) -> str:
        """A short text."""
        ...

    @property
    def make(self) -> Callable[[], NamedGraph]:
        """Makes it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """How statements are made: the floor above knows.

    ``edition`` names version and base URL.
    """

    edition: str
    describe: Callable[[Change], NamedGraph]
    standing: Callable[[], Iterable[Standing]]


def open_graph(settings: Settings) -> Graph:
    """The graph at ``embedded:PATH`` or ``http(s)://…``; touches neither disk nor network before it is used.

    Raises `GraphOff` where it is switched off, and `SettingsError` for another URL.
    """
    url = settings.graph_url
    if not settings.has_graph:
        raise GraphOff(
            said(
                "This installation has no RDF graph; "
                "its operator switches it on by the setting ALMAGEST_GRAPH_URL."
            )
        )
    if url.startswith("embedded:") and len(url) > len("embedded:"):
        from catalogue.graph_embedded import EmbeddedGraph

        path = Path(url.removeprefix("embedded:")).absolute()
        return EmbeddedGraph(path, settings.graph_queries, settings.graph_memory)
    if url.startswith(("http://", "https://")):
        from catalogue.graph_server import ServerGraph, endpoint_of

        return ServerGraph(endpoint_of(url, settings.graph_update_url, settings.graph_token))
    raise SettingsError(
        "ALMAGEST_GRAPH_URL must be embedded:PATH or the http(s) address of a SPARQL server (or none), "
        f"not «{url}»."
    )


class Following:
    """Lets the graph follow the change sequence.  ``alone`` is held by the one process that does so."""

    def __init__(
        self,
        store: ChangeSequence,
        graph: Graph,
        descriptions: Descriptions,
        alone: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._store = store
        self._graph = graph
        self._descriptions = descriptions
        self._alone = alone
        self._looked: float | None = None
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let what is at work in another thread come to an end: what is applied is kept, a rebuild is not."""
        self._stopped.set()

    def follow(self, *, wholly: bool = True, progress: Progress | None = None) -> int:
        """Bring the graph up to the newest change; how many changes that were.

        ``wholly`` also builds a graph of another edition anew, and brings the standing graphs up to date,
        which takes seconds where there are none yet; a single command, which may happen to run with other
        settings than the service, leaves that to the service.  Raises `GraphError`, `GraphBusy` where
        another process is at it.
        """
        newest, edition = self._store.last_sequence(), self._graph.edition()
        if edition != self._descriptions.edition:
            if not newest or (edition and not wholly):
                return 0
            return self.rebuild(progress, wholly=wholly)
        position = self._graph.position()
        if position > newest:
            raise GraphCorrupt(
                f"The graph is at change {position}, but the database only at {newest}: they do not belong "
                "together. Run `almagest graph rebuild`."
            )
        renewed = self._renewed() if wholly and self._is_time_to_look() else None
        if position == newest and renewed is None:
            return 0
        with self._one_at_a_time():
            return self._sync(renewed, progress)

    def rebuild(self, progress: Progress | None = None, *, wholly: bool = True) -> int:
        """Build the graph anew beside the present one and swap them; how many changes it took."""
        taken = 0
        standing = list(self._descriptions.standing()) if wholly else []

        def batches() -> Iterator[tuple[Sequence[NamedGraph], int]]:
            nonlocal taken
            after = 0
            yield [one.make() for one in standing], after
            while changes := self._store.changes(after, BATCH):
                if self._stopped.is_set():
                    raise GraphBusy("The rebuild of the graph was stopped; it begins anew the next time.")
                after = changes[-1].sequence
                yield self._described(changes), after
                taken += len(changes)
                if progress is not None:
                    progress(len(changes))

        with self._one_at_a_time():
            self._graph.rebuild(batches(), self._descriptions.edition, _remember(standing))
        return taken

    def _sync(self, renewed: _Renewed | None, progress: Progress | None) -> int:
        applied, settled = 0, time.monotonic()
        if renewed is not None:
            self._graph.apply(renewed.graphs, self._graph.position(), renewed.remember)
        # The position is asked for each time: a rebuild may have put another graph in place.
        while not self._stopped.is_set() and (changes := self._store.changes(self._graph.position(), BATCH)):
            self._graph.apply(self._described(changes), changes[-1].sequence)
            applied += len(changes)
            if progress is not None:
                progress(len(changes))
            if time.monotonic() - settled > _SETTLE_AFTER:
                self._graph.settle()
                settled = time.monotonic()
        self._graph.settle()
        return applied

    def _is_time_to_look(self) -> bool:
        now = time.monotonic()
        if self._looked is not None and now - self._looked < _LOOK_AFTER:
            return False
        self._looked = now
        return True

    def _renewed(self) -> _Renewed | None:
        """The standing graphs that have changed, those that are gone without statements."""
        before = orjson.loads(self._graph.remembered() or "{}")
        standing = list(self._descriptions.standing())
        graphs = [one.make() for one in standing if before.get(one.name) != one.fingerprint]
        gone = before.keys() - {one.name for one in standing}
        graphs += [NamedGraph(name=name, statements=b"") for name in gone]
        return _Renewed(graphs, _remember(standing)) if graphs else None

    def _described(self, changes: Sequence[Change]) -> list[NamedGraph]:
        return [self._descriptions.describe(change) for change in changes]

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(self._alone())
            except SourceBusy:
                raise GraphBusy("Another process lets the graph follow just now; let it finish.") from None
            yield


@dataclass(frozen=True, slots=True)
class _Renewed:
    """Standing graphs to apply, and what to remember of all of them."""

    graphs: list[NamedGraph]
    remember: str


def _remember(standing: Iterable[Standing]) -> str:
    """Name → fingerprint as JSON."""
    return orjson.dumps({one.name: one.fingerprint for one in standing}).decode()
