"""Opening the graph by its URL, and letting it follow the database."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from catalogue.errors import GraphBusy, GraphCorrupt, SettingsError, SourceBusy
from catalogue.graph import Graph, NamedGraph
from catalogue.index import Change
from catalogue.indexing import ChangeSequence
from catalogue.settings import Settings

log = logging.getLogger(__name__)

BATCH = 1000
"""So many changes are described and applied at once."""
_SETTLE_AFTER = 30.0
"""Seconds of applying after which queries see what there is, and a killed process need not do it again."""
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Graphs that belong to no record, such as those of the vocabularies.

    They are made anew when ``stamp``, a short text that is quickly found, has changed.
    """

    stamp: str
    graphs: Callable[[], Iterable[NamedGraph]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """How statements are made: the floor above knows.

    ``edition`` names version and base URL; ``standing`` gives the standing graphs by kind.
    """

    edition: str
    describe: Callable[[Change], NamedGraph]
    standing: Callable[[], Mapping[str, Standing]]


def open_graph(settings: Settings) -> Graph:
    """The graph at ``embedded:PATH`` or ``http(s)://…``; touches neither disk nor network before it is used.

    Raises `SettingsError` for another URL.
    """
    url = settings.graph_url
    if url.startswith("embedded:") and len(url) > len("embedded:"):
        from catalogue.graph_embedded import EmbeddedGraph

        path = Path(url.removeprefix("embedded:")).absolute()
        return EmbeddedGraph(path, settings.graph_queries, settings.graph_memory)
    raise SettingsError(
        f"ALMAGEST_GRAPH_URL must be embedded:PATH or the http(s) address of a SPARQL server, not «{url}»."
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

    def follow(self, *, renew: bool = True, progress: Progress | None = None) -> int:
        """Bring the graph up to the newest change; how many changes that were.

        A graph of another edition is built anew; without ``renew`` it is left as it is: a command that
        happens to run with other settings than the service must not do that.  Raises `GraphError`,
        `GraphBusy` where another process is at it.
        """
        newest, edition = self._store.last_sequence(), self._graph.edition()
        if edition != self._descriptions.edition:
            if not newest or (edition and not renew):
                return 0
            return self.rebuild(progress)
        position = self._graph.position()
        if position > newest:
            raise GraphCorrupt(
                f"The graph is at change {position}, but the database only at {newest}: they do not belong "
                "together. Run `almagest graph rebuild`."
            )
        standing = self._descriptions.standing()
        if position == newest and _stamps(standing) == _kept_stamps(self._graph.remembered()):
            return 0
        with self._one_at_a_time():
            return self._sync(standing, progress)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build the graph anew beside the present one and swap them; how many changes it took."""
        taken = 0
        standing = self._descriptions.standing()
        graphs = {kind: list(one.graphs()) for kind, one in standing.items()}

        def batches() -> Iterator[tuple[Sequence[NamedGraph], int]]:
            nonlocal taken
            yield [graph for kind in graphs.values() for graph in kind], 0
            after = 0
            while changes := self._store.changes(after, BATCH):
                after = changes[-1].sequence
                yield self._described(changes), after
                taken += len(changes)
                if progress is not None:
                    progress(len(changes))

        remember = _remember(standing, {kind: [one.name for one in all] for kind, all in graphs.items()})
        with self._one_at_a_time():
            self._graph.rebuild(batches(), self._descriptions.edition, remember)
        return taken

    def _sync(self, standing: Mapping[str, Standing], progress: Progress | None) -> int:
        applied, settled = 0, time.monotonic()
        self._renew(standing)
        # The position is asked for each time: a rebuild may have put another graph in place.
        while changes := self._store.changes(self._graph.position(), BATCH):
            self._graph.apply(self._described(changes), changes[-1].sequence)
            applied += len(changes)
            if progress is not None:
                progress(len(changes))
            if time.monotonic() - settled > _SETTLE_AFTER:
                self._graph.settle()
                settled = time.monotonic()
        self._graph.settle()
        return applied

    def _renew(self, standing: Mapping[str, Standing]) -> None:
        """Replace the standing graphs of the kinds that have changed, and take away those that are gone."""
        remembered = self._graph.remembered()
        before, stamps = _kept_names(remembered), _kept_stamps(remembered)
        if stamps == _stamps(standing):
            return
        names, renewed = {}, []
        for kind, one in standing.items():
            names[kind] = before.get(kind, [])
            if stamps.get(kind) != one.stamp:
                made = list(one.graphs())
                renewed += made
                names[kind] = [graph.name for graph in made]
        kept = {name for all in names.values() for name in all}
        gone = [name for all in before.values() for name in all if name not in kept]
        renewed += [NamedGraph(name=name, statements=b"") for name in gone]
        self._graph.apply(renewed, self._graph.position(), _remember(standing, names))

    def _described(self, changes: Sequence[Change]) -> list[NamedGraph]:
        found = []
        for change in changes:
            try:
                found.append(self._descriptions.describe(change))
            except Exception:
                # A fault of ours at one record must not keep all others out of the graph.
                log.exception("record %s cannot be described and is left out of the graph", change.id)
        return found

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with ExitStack() as held:
            try:
                held.enter_context(self._alone())
            except SourceBusy:
                raise GraphBusy("Another process lets the graph follow just now; let it finish.") from None
            yield


def _stamps(standing: Mapping[str, Standing]) -> dict[str, str]:
    return {kind: one.stamp for kind, one in standing.items()}


def _remember(standing: Mapping[str, Standing], names: Mapping[str, list[str]]) -> str:
    return orjson.dumps({kind: [one.stamp, names[kind]] for kind, one in standing.items()}).decode()


def _kept_stamps(remembered: str) -> dict[str, str]:
    return {kind: stamp for kind, (stamp, _) in _kept(remembered).items()}


def _kept_names(remembered: str) -> dict[str, list[str]]:
    return {kind: names for kind, (_, names) in _kept(remembered).items()}


def _kept(remembered: str) -> dict[str, tuple[str, list[str]]]:
    return orjson.loads(remembered) if remembered else {}
