"""The catalogue as a whole: database, sources, store, index and graph from one set of settings."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property

from catalogue.database import Database
from catalogue.graph import Graph
from catalogue.index import Hits, Index, Listed, Listing, Query
from catalogue.runs import Sources
from catalogue.settings import Settings
from catalogue.store import Store
from vocab.base import use_folder


class Catalogue:
    """What every entry (web, command line, scheduler) opens; index and graph open when first asked for.

    ``closing`` takes what others have opened beside it and is to be closed first.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.closing = ExitStack()
        use_folder(settings.home / "vocab")
        self.database = Database(settings.database_url)
        self.sources = Sources(self.database)
        self.store = Store(self.database)

    @cached_property
    def index(self) -> Index:
        """The search index; raises `IndexUnavailable` or `IndexCorrupt`."""
        # Most commands never search, and the engines take a while to import.
        from catalogue.cluster import access_of, spread_of
        from catalogue.indexing import open_index
        from catalogue.representations import kept_secret

        secret = self.settings.secret or kept_secret(self.database, "cursor_secret")
        cluster = access_of(self.settings), spread_of(self.settings)
        return open_index(self.settings.index_url, secret, *cluster)

    @cached_property
    def graph(self) -> Graph:
        """The RDF graph; opens nothing before it is used.  Raises `GraphOff` and `SettingsError`."""
        from catalogue.graph_following import open_graph

        return open_graph(self.settings)

    def search(self, query: Query) -> Hits:
        """Find records, exactly on the sky too; raises `QueryError`, `IndexUnavailable`, `StoreError` …"""
        from catalogue.refining import exact_search

        return exact_search(self.store, self.index, query)

    def values(self, query: Query, listing: Listing) -> Listed:
        """The values of one facet among what a search finds; raises what `search` does."""
        from catalogue.refining import exact

        return self.index.values(exact(self.store, self.index, query), listing)

    def close(self) -> None:
        """Release the database and, where they were opened, index and graph."""
        self.closing.close()
        if "graph" in self.__dict__:
            self.graph.close()
        if "index" in self.__dict__:
            self.index.close()
        self.database.close()
