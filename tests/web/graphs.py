"""The graph of a catalogue, filled as the service fills it, for tests that ask it."""

from __future__ import annotations

from catalogue.graph import Graph
from catalogue.opening import Catalogue
from mappings.graph_record import describe


def fill(catalogue: Catalogue, graph: Graph | None = None) -> None:
    """Build its graph, or another one, of all that is in the database."""
    base = catalogue.settings.base_url
    changes = catalogue.store.changes(0, 100_000)
    (graph or catalogue.graph).rebuild(
        [([describe(one, base) for one in changes], changes[-1].sequence)], "test"
    )
