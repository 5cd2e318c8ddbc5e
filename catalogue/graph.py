"""The RDF graph as the rest of the house sees it: one protocol, two engines.

A graph is a projection of the database, as the search index is: it follows the change sequence, keeps
the sequence number that it has applied, and can always be thrown away.  Everything in it stands in
named graphs, one for each record, each vocabulary, each source and the catalogue itself, so that
replacing one is replacing its graph.  The default graph of a query is the union of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

STATE = "urn:x-almagest:graph"
"""The named graph in which the graph tells of itself, and the thing that it tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGraph:
    """What is said about one thing: ``statements`` are N-Triples (RDF 1.1) without blank nodes.

    Without statements the graph is taken away.
    """

    name: str
    statements: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A SPARQL 1.1 query that only reads (`sparql_text.py` has made sure), and how it is to be answered.

    ``default_graphs`` and ``named_graphs`` are the dataset of the protocol (SPARQL 1.1 Protocol,
    section 2.1.4); where both are empty, the default graph is the union of all.  ``media_type`` is one
    of those that `sparql_text.py` offers for this form of query.  ``seconds`` (of computing) and
    ``bytes`` (of the answer) are the most that it may cost.
    """

    text: str
    media_type: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float = 10.0
    bytes: int = 100_000_000


def state_of(position: int, edition: str, remembered: str) -> NamedGraph:
    """What the graph says of itself, in a graph of its own: how far it has followed, and more for itself."""
    lines = [
        f'<{STATE}> <{STATE}#position> "{position}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
        f'<{STATE}> <{STATE}#edition> "{_escaped(edition)}" .\n',
        f'<{STATE}> <{STATE}#remembered> "{_escaped(remembered)}" .\n',
    ]
    return NamedGraph(name=STATE, statements="".join(lines).encode())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")


class Graph(Protocol):
    """The graph on either engine; what goes wrong is a `GraphError`."""

    def position(self) -> int:
        """The sequence number of the last change that is in the graph; 0 when it is empty."""
        ...

    def edition(self) -> str:
        """How the statements were made (version and base URL); another one demands a rebuild."""
        ...

    def remembered(self) -> str:
        """What the follower has left in the graph for itself; empty when it has left nothing."""
        ...

    def apply(self, graphs: Sequence[NamedGraph], position: int, remember: str | None = None) -> None:
        """Replace named graphs, then note the position and, if any, what to remember.

        Applied again after a failure it does no harm.  Raises `GraphBusy` while another process writes.
        """
        ...

    def settle(self) -> None:
        """Let queries see all that has been applied."""
        ...

    def rebuild(
        self, batches: Iterable[tuple[Sequence[NamedGraph], int]], edition: str, remember: str = ""
    ) -> None:
        """Fill a new graph beside the present one, which answers meanwhile, and swap them.

        Of graphs of one name the last one counts.
        """
        ...

    def query(self, asked: Asked) -> Iterator[bytes]:
        """The answer in pieces, once it is complete: who gets a first piece gets the last one too.

        Raises `GraphTooCostly` where a limit stopped it, `GraphBusy` where too many ask at once,
        `GraphUnavailable`, and `QueryError` for what the engine cannot read.
        """
        ...

    def size(self) -> int:
        """How many statements there are."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
