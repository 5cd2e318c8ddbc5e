"""What else follows the catalogue: what OAI-PMH gives out, how FAIR records are, and the graph."""

from __future__ import annotations

from catalogue.assessments import Assessments
from catalogue.following import Follower
from catalogue.opening import Catalogue
from catalogue.representations import Representations
from web.graph_follower import GraphBeside, KeptGraph
from web.oai_records import Records


class KeptRepresentations:
    """The representations as a follower; without ``renew`` those of other settings are left alone."""

    def __init__(self, catalogue: Catalogue, *, renew: bool = True) -> None:
        self._representations = Representations(catalogue.database, Records(catalogue.settings))
        self._renew = renew

    def follow(self) -> int:
        """Render what has changed; raises `StoreError`."""
        return self._representations.follow(renew=self._renew)


def followers(catalogue: Catalogue, *, renew: bool = True, service: bool = False) -> dict[str, Follower]:
    """The followers of this floor by name; without ``renew`` they do what a single command should.

    In a ``service``, which lets them follow again and again, one that may take long works beside the others.
    """
    found: dict[str, Follower] = {
        "OAI-PMH provider": KeptRepresentations(catalogue, renew=renew),
        "FAIR assessment": Assessments(catalogue.database),
    }
    if catalogue.settings.has_graph:
        found["graph"] = GraphBeside(catalogue) if service else KeptGraph(catalogue, wholly=renew)
    return found
