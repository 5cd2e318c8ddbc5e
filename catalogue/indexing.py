"""Opening an index by its URL, and letting it follow the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from catalogue.cluster import PUBLIC, SMALL, Access, Spread, cluster_of
from catalogue.errors import IndexCorrupt, SettingsError
from catalogue.index import Change, Index, SharedIndex

BATCH = 5000
"""So many changes are applied in one commit."""


class ChangeSequence(Protocol):
    """The part of the store that an index follows."""

    def changes(self, after: int, limit: int, *, until: int | None = None) -> list[Change]:
        """The next changes after a sequence number, each record at its latest state."""
        ...

    def last_sequence(self) -> int:
        """The sequence number of the latest change."""
        ...


def open_index(url: str, secret: str = "", access: Access = PUBLIC, spread: Spread = SMALL) -> Index:
    """The index at ``embedded:PATH`` or ``http(s)://…``; ``secret`` seals its cursors.

    ``access`` and ``spread`` are for a cluster only.
    Touches neither disk nor network before it is used.  Raises `SettingsError` for
    another URL.
    """
    if url.startswith("embedded:") and len(url) > len("embedded:"):
        from catalogue.index_tantivy import EmbeddedIndex

        return EmbeddedIndex(Path(url.removeprefix("embedded:")), secret)
    if url.startswith(("http://", "https://")):
        from catalogue.index_elasticsearch import ElasticsearchIndex

        return ElasticsearchIndex(cluster_of(url, access, spread), secret)
    raise SettingsError(
        f"ALMAGEST_INDEX_URL must be embedded:PATH or the http(s) address of an Elasticsearch, not «{url}»."
    )


def sync(
    store: ChangeSequence, index: Index, batch: int = BATCH, progress: Callable[[int], None] | None = None
) -> int:
    """Apply the changes that the index has not seen; how many they were.

    ``progress`` is told the number of changes after each commit.  Raises `IndexError_`;
    what is committed stays, and the next call goes on from there.
    """
    position, newest = index.position(), store.last_sequence()
    if position > newest:
        raise IndexCorrupt(
            f"The search index is at change {position}, but the database only at {newest}: they do not "
            "belong together. Run `almagest index rebuild`."
        )
    applied = 0
    try:
        # The position is asked for each time: a rebuild may have put another index in place.
        while changes := store.changes(index.position(), batch):
            index.apply(changes)
            applied += len(changes)
            if progress is not None:
                progress(len(changes))
    finally:
        index.settle()
    return applied


def rebuild(
    store: ChangeSequence, index: Index, batch: int = BATCH, progress: Callable[[int], None] | None = None
) -> int:
    """Build the index anew beside the present one and swap them; how many changes it took."""
    taken = 0

    def batches() -> Iterator[Sequence[Change]]:
        nonlocal taken
        after = 0
        while changes := store.changes(after, batch):
            yield changes
            taken += len(changes)
            after = changes[-1].sequence
            if progress is not None:
                progress(len(changes))

    index.rebuild(batches())
    return taken


def fill(
    store: ChangeSequence,
    index: SharedIndex,
    build: str,
    after: int,
    until: int,
    *,
    batch: int = BATCH,
    goes_on: Callable[[], bool] = lambda: True,
) -> int | None:
    """Write a range of changes into a build that several processes fill; how many they were.

    ``None`` when ``goes_on`` said no before the end; the range may be written again.
    """
    taken = 0
    while changes := store.changes(after, batch, until=until):
        if not goes_on():
            return None
        index.fill_build(build, changes)
        taken += len(changes)
        after = changes[-1].sequence
    return taken
