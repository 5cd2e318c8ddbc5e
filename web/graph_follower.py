"""The RDF graph as a follower of the catalogue."""

from __future__ import annotations

from functools import cached_property, partial

from catalogue.errors import GraphBusy
from catalogue.graph_following import Descriptions, Following
from catalogue.opening import Catalogue
from mappings.graph_record import VERSION, describe

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


def following(catalogue: Catalogue) -> Following:
    """What lets the graph of a catalogue follow its database; raises `SettingsError`."""
    from web.graph_catalog import standing_parts

    base_url = catalogue.settings.base_url
    descriptions = Descriptions(
        edition=f"{VERSION} {base_url}",
        describe=lambda change: describe(change, base_url),
        standing=partial(standing_parts, catalogue),
    )
    return Following(
        catalogue.store, catalogue.graph, descriptions, partial(catalogue.database.source_lock, _LOCK)
    )
