"""The RDF graph as a follower of the catalogue."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial

from catalogue.errors import GraphBusy
from catalogue.graph_following import Descriptions, Following
from catalogue.opening import Catalogue
from mappings.graph_record import VERSION, described
from mappings.graph_vocabulary import without_concepts

_LOCK = ".graph"
"""The name of a source cannot begin with a full stop."""


class KeptGraph:
    """The graph as a follower; ``wholly`` is as in `Following.follow`."""

    def __init__(self, catalogue: Catalogue, *, wholly: bool = True) -> None:
        self._catalogue = catalogue
        self._wholly = wholly

    @cached_property
    def _following(self) -> Following:
        return following(self._catalogue)

    def follow(self) -> int:
        """Take over what has changed (0 also where another process does); raises `GraphError`."""
        try:
            return self._following.follow(wholly=self._wholly)
        except GraphBusy:
            return 0


class GraphBeside:
    """The graph as a follower in a thread of its own, as a service wants it.

    Building it takes minutes where there are many records, and nobody else need wait for that.  What
    came of it is told at the next call.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._working: Future[int] | None = None

    def follow(self) -> int:
        """Begin, unless it is at work still; what the last time brought, or raises what went wrong then."""
        working = self._working
        if working is not None and not working.done():
            return 0
        self._working = self._threads.submit(self._follow)
        return working.result() if working is not None else 0

    @cached_property
    def _following(self) -> Following:
        return following(self._catalogue)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        threads = ThreadPoolExecutor(1, thread_name_prefix="graph")
        self._catalogue.closing.callback(self._end, threads)
        return threads

    def _follow(self) -> int:
        try:
            return self._following.follow()
        except GraphBusy:
            return 0

    def _end(self, threads: ThreadPoolExecutor) -> None:
        if "_following" in self.__dict__:
            self._following.stop()
        threads.shutdown()


def following(catalogue: Catalogue) -> Following:
    """What lets the graph of a catalogue follow its database; raises `SettingsError`."""
    from web.graph_catalog import standing_parts

    base_url = catalogue.settings.base_url
    descriptions = Descriptions(
        edition=f"{VERSION} {base_url}",
        describe=lambda change: without_concepts(described(change, base_url), base_url),
        standing=partial(standing_parts, catalogue),
    )
    return Following(
        catalogue.store, catalogue.graph, descriptions, partial(catalogue.database.source_lock, _LOCK)
    )
