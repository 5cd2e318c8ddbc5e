"""The embedded graph: pyoxigraph, in a directory.

One process at a time writes: the first `apply` takes the lock and makes a draft of the state in use, which
costs no copying (hard links); `settle` makes the draft the state in use and gives the lock back.
Queries run in processes of their own on the state in use (`graph_children.py`).  So they never see a half
of what is applied, nobody waits for anybody, and what is killed in the middle is as it was before.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyoxigraph as ox

from catalogue.errors import GraphCorrupt, GraphError, GraphUnavailable
from catalogue.graph import Asked, NamedGraph, state_of
from catalogue.graph_children import Children
from catalogue.graph_snapshots import ADVICE, About, Snapshots

log = logging.getLogger(__name__)

_NOT_ENOUGH = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
_MUCH = 8_000_000
"""Bytes of statements from which they are worth files of the engine of their own."""
_AT_ONCE = 32_000_000
"""Bytes of statements that are loaded at once into a new graph."""


class Draft:
    """What the one writer works on."""

    def __init__(self, snapshots: Snapshots, about: About | None) -> None:
        self.path = snapshots.draft()
        self.about = about or About()
        store, state = str(self.path / "store"), snapshots.current()
        if about is not None and state is not None:
            ox.Store.read_only(str(state / "store")).backup(store)
        self._store: ox.Store | None = ox.Store(store)
        self._loaded = 0

    @property
    def store(self) -> ox.Store:
        """The store, as long as the draft is open."""
        assert self._store is not None
        return self._store

    def replace(self, graphs: Iterable[NamedGraph]) -> None:
        """Put graphs in place of those of the same names; of two of one name the later one counts."""
        named = {graph.name: graph for graph in graphs}
        try:
            quads = b"".join(map(self._quads_to_add, named.values()))
            load = self.store.bulk_load if len(quads) > _MUCH else self.store.load
            load(quads, ox.RdfFormat.N_QUADS)
            self._loaded += len(quads)
        except (SyntaxError, ValueError):
            self._replace_one_by_one(named.values())

    def _quads_to_add(self, graph: NamedGraph) -> bytes:
        """Take away what is said no more; what is said anew.  Most of a record stays as it was.

        The engine may write a number otherwise than it was given: then it is taken away and added again.
        """
        node, said = ox.NamedNode(graph.name), set(graph.statements.split(b"\n"))
        if not self.store.contains_named_graph(node):
            return _quads(said, graph.name)
        dumped = self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=node)
        before = set(dumped.split(b"\n")) if dumped is not None else set()
        gone = before - said
        if 2 * len(gone) > len(before):
            self.store.remove_graph(node)
            return _quads(said, graph.name)
        for quad in ox.parse(_quads(gone, graph.name), ox.RdfFormat.N_QUADS):
            self.store.remove(quad)
        return _quads(said - before, graph.name)

    def _replace_one_by_one(self, graphs: Iterable[NamedGraph]) -> None:
        """Leave out what cannot be read, which is a fault of ours, and take the rest."""
        for graph in graphs:
            try:
                node = ox.NamedNode(graph.name)
                self.store.remove_graph(node)
                self.store.load(graph.statements, ox.RdfFormat.N_TRIPLES, to_graph=node)
            except (SyntaxError, ValueError) as error:
                log.error("the statements about %s cannot be read and are left out: %s", graph.name, error)

    def tidy(self) -> None:
        """Sort what was loaded in many files into few: each query would have to look into all of them."""
        if self._loaded > _MUCH:
            self.store.optimize()

    def finish(self) -> Path:
        """Leave a complete store in a directory of its own, for `Snapshots.publish`; closes the draft."""
        self.replace([state_of(**asdict(self.about))])
        finished = self.path.with_name(f"{self.path.name}-finished")
        finished.mkdir()
        self.store.backup(str(finished / "store"))
        self.close()
        return finished

    def close(self) -> None:
        """Drop what is not published."""
        self._store = None
        shutil.rmtree(self.path, ignore_errors=True)


def _quads(statements: Iterable[bytes], graph: str) -> bytes:
    """Lines of N-Triples as N-Quads, which end with the name of the graph (RDF 1.1 N-Quads, section 2)."""
    end = f" <{graph}> .\n".encode()
    lines = []
    for line in filter(None, statements):
        if not line.endswith(b" ."):
            raise ValueError("a line does not end with a statement")
        lines.append(line[:-2] + end)
    return b"".join(lines)


class EmbeddedGraph:
    """The graph in a directory; see `catalogue.graph.Graph` for the methods.

    ``queries`` are answered at once by this process, each with so many megabytes of ``memory``.
    """

    def __init__(self, path: Path, queries: int = 2, memory: int = 1000) -> None:
        self._snapshots = Snapshots(path)
        self._children = Children(path, queries, memory)
        self._lock = threading.RLock()
        self._writing = contextlib.ExitStack()
        self._draft: Draft | None = None

    # --- reading ---------------------------------------------------------------

    def position(self) -> int:
        """The sequence number of the last change that is in the graph; 0 when it is empty."""
        return self._about().position

    def edition(self) -> str:
        """How the statements were made; empty when there are none."""
        return self._about().edition

    def remembered(self) -> str:
        """What the follower has left here for itself."""
        return self._about().remembered

    def query(self, asked: Asked) -> Iterator[bytes]:
        """The answer in pieces, once it is complete."""
        with self._translated():
            return self._children.query(asked)

    def size(self) -> int:
        """How many statements there are; counts them all."""
        with self._translated():
            return self._children.size() if self._snapshots.current() is not None else 0

    def _about(self) -> About:
        with self._lock, self._translated():
            if self._draft is not None:
                return self._draft.about
            return self._snapshots.about() or About()

    # --- writing ---------------------------------------------------------------

    def apply(self, graphs: Sequence[NamedGraph], position: int, remember: str | None = None) -> None:
        """Replace named graphs in the draft; raises `GraphBusy` while another process writes."""
        with self._lock, self._translated(), self._dropped_at_fault():
            draft = self._drafting()
            draft.replace(graphs)
            kept = draft.about.remembered if remember is None else remember
            draft.about = replace(draft.about, position=position, remembered=kept)

    def settle(self) -> None:
        """Make what is applied the state in use, and let another process write."""
        with self._lock, self._translated(), self._dropped_at_fault():
            if self._draft is not None:
                about = self._draft.about
                self._snapshots.publish(self._draft.finish(), about)
                self._drop()

    def rebuild(
        self, batches: Iterable[tuple[Sequence[NamedGraph], int]], edition: str, remember: str = ""
    ) -> None:
        """Fill a new store, and make it the state in use; queries go on on the present one meanwhile."""
        with self._lock:
            self._drop()
        with self._translated(), self._snapshots.alone():
            self._snapshots.sweep()
            # Nobody else sees this draft: position and queries are those of the present state.
            draft = Draft(self._snapshots, None)
            try:
                draft.about = About(edition=edition, remembered=remember)
                for graphs, position in _large(batches):
                    draft.replace(graphs)
                    draft.about = replace(draft.about, position=position)
                draft.tidy()
                self._snapshots.publish(draft.finish(), draft.about)
            finally:
                draft.close()
                self._snapshots.sweep()

    def close(self) -> None:
        """End the processes of queries; what is not settled is dropped."""
        with self._lock:
            self._drop()
        self._children.close()

    def _drafting(self) -> Draft:
        if self._draft is None:
            self._writing.enter_context(self._snapshots.alone())
            self._snapshots.sweep()
            self._draft = Draft(self._snapshots, self._snapshots.about())
        return self._draft

    def _drop(self) -> None:
        """Give back draft and lock."""
        draft, self._draft = self._draft, None
        if draft is not None:
            draft.close()
            with contextlib.suppress(OSError, GraphError):
                self._snapshots.sweep()
        self._writing.close()

    @contextlib.contextmanager
    def _dropped_at_fault(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._drop()
            raise

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the engine and of the file system as errors of the graph."""
        try:
            yield
        except OSError as error:
            raise self._fault(error) from error

    def _fault(self, error: OSError) -> GraphError:
        text, where = str(error), f"The graph in {self._snapshots.path}"
        if error.errno in _NOT_ENOUGH:
            return GraphUnavailable(f"{where} cannot be opened just now: {error.strerror}; try again later.")
        if "No space left" in text:
            return GraphUnavailable(f"No space is left for the graph in {self._snapshots.path}.")
        if isinstance(error, PermissionError) or "ermission denied" in text:
            return GraphUnavailable(f"{where} may not be read or written by this user; mend its permissions.")
        return GraphCorrupt(f"{where} cannot be read or written ({text.splitlines()[0][:200]}). {ADVICE}")


def _large(
    batches: Iterable[tuple[Sequence[NamedGraph], int]],
) -> Iterator[tuple[list[NamedGraph], int]]:
    """Batches put together until they are worth a file of the engine."""
    graphs: list[NamedGraph] = []
    size = position = 0
    for batch, position in batches:
        graphs += batch
        size += sum(len(graph.statements) for graph in batch)
        if size >= _AT_ONCE:
            yield graphs, position
            graphs, size = [], 0
    yield graphs, position
