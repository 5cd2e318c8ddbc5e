"""The search index on an Elasticsearch cluster.

The URL is that of the cluster; its path names the alias (``almagest`` when it has none), to which the
version of the documents is added: ``almagest-v6``.  So programs of two versions work beside each other,
each with an index of its own.  The alias leads to one index; a rebuild fills another and swaps the alias.
Documents bear their sequence number as external version, so that nothing older ever overwrites them; the
position is a document of the same index, written after the changes it stands for: what
is cut off in between is applied again, to the same effect.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import elasticsearch

from catalogue import elasticsearch_dsl, facet_counts, facet_listing
from catalogue.cluster import Cluster
from catalogue.elasticsearch_bulk import BulkWriter, Item, item
from catalogue.elasticsearch_client import connect, translated
from catalogue.elasticsearch_dsl import AS_LIST
from catalogue.elasticsearch_search import BY_COUNT, ClusterSearch, Labels, ask
from catalogue.errors import IndexCorrupt, IndexUnavailable
from catalogue.index import Change, Count, Hits, Listed, Listing, Query
from catalogue.index_builds import ADVICE
from catalogue.index_document import VERSION, document_of
from catalogue.search_plan import Plan, completed, plan_of

_ABANDONED = 86_400.0
"""Seconds after which an index that no alias leads to is a rebuild that was cut off."""

_COPYING = 300
"""Seconds that a new index waits for its replicas before it comes into use."""


class ElasticsearchIndex:
    """The index behind an alias of a cluster; see `catalogue.index.Index` for the methods.

    ``secret`` seals the cursors; ``version`` is that of the documents.
    """

    def __init__(self, cluster: Cluster, secret: str = "", *, version: int = VERSION) -> None:
        self._name = cluster.alias
        self._alias = f"{cluster.alias}-v{version}"
        self._version = version
        self._spread = cluster.spread
        self._where = cluster.where
        self._secret = secret
        self._client = connect(cluster)
        self._bulk = BulkWriter(self._client, self._where)
        self._labels = Labels(self._client, self._alias)

    # --- reading ---------------------------------------------------------------

    def position(self) -> int:
        """The sequence number of the last change that is applied; 0 when new."""
        with self._translated():
            name = self._concrete()
            return self._position(name) if name is not None else 0

    def _position(self, name: str) -> int:
        try:
            found = self._client.get(
                index=self._alias, id=_marker(name), stored_fields="position", realtime=False
            )
        except elasticsearch.NotFoundError:
            return 0
        return int(found["fields"]["position"][0])

    def _concrete(self) -> str | None:
        """The index that the alias leads to; raises `IndexCorrupt` when this program cannot read it."""
        try:
            found = self._client.indices.get_mapping(index=self._alias)
        except elasticsearch.NotFoundError:
            self._check_others()
            return None
        for name, content in found.items():
            if name == self._alias:
                raise IndexCorrupt(
                    f"{self._where} has an index «{name}» where Almagest needs an alias; delete it, "
                    "then run `almagest index rebuild`."
                )
            if content["mappings"].get("_meta", {}).get("version") == self._version:
                return str(name)
        raise IndexCorrupt(f"{self._where} holds an index of another version of Almagest. {ADVICE}")

    def _check_others(self) -> None:
        """Raises `IndexCorrupt` where there is only the index of another version."""
        others = sorted(alias for alias in self._aliases() if alias != self._alias)
        if others:
            raise IndexCorrupt(
                f"{self._where} holds the index of another version of Almagest («{others[-1]}»), which goes "
                f"on serving that version; this one needs its own beside it. {ADVICE}"
            )

    def _aliases(self) -> dict[str, list[str]]:
        """The aliases of all versions of Almagest under our name, each with its indices."""
        # Up to version 5 the alias was the bare name.
        pattern = re.compile(re.escape(self._name) + r"(?:-v[0-9]+)?")
        found: dict[str, list[str]] = {}
        for index, content in self._client.indices.get_alias(index=f"{self._name}-*").items():
            for alias in filter(pattern.fullmatch, content["aliases"]):
                found.setdefault(alias, []).append(index)
        return found

    def _check_empty(self) -> None:
        """Raises `IndexError_` where nothing was found though there is an index."""
        if self._concrete() is not None:
            raise IndexUnavailable(f"{self._where} was rebuilt just now; try again.")

    def search(self, query: Query) -> Hits:
        """Find records; raises `QueryError`, `IndexUnavailable` or `IndexCorrupt`."""
        plan = plan_of(query, self._secret)
        with self._translated():
            try:
                return self._search(query, plan)
            except elasticsearch.NotFoundError:
                self._check_empty()
                return Hits(
                    total=0,
                    hits=(),
                    facets=dict.fromkeys(query.counts, ()),
                    cursor=None,
                    understood=plan.understood,
                )

    def _search(self, query: Query, plan: Plan) -> Hits:
        search = ClusterSearch(self._client, self._alias, plan, self._labels)
        total, hits, last = search.page()
        return Hits(
            total=total,
            hits=hits[: plan.size],
            facets=facet_counts.counted(query, plan, total, search),
            cursor=plan.next_cursor(len(hits) > plan.size, last),
            understood=plan.understood,
            uncovered=facet_counts.uncovered(plan, search),
            years=facet_counts.years(query, plan, search),
        )

    def values(self, query: Query, listing: Listing) -> Listed:
        """The values of one facet; raises `QueryError`, `IndexUnavailable` or `IndexCorrupt`."""
        plan = plan_of(query, self._secret)
        facet_listing.check(listing)
        with self._translated():
            try:
                search = ClusterSearch(self._client, self._alias, plan, self._labels)
                return facet_listing.listed(listing, plan, search)
            except elasticsearch.NotFoundError:
                self._check_empty()
                return Listed(values=(), total=0, cursor=None)

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Count, ...]:
        """Completions of the last word of ``prefix``, the most frequent first."""
        begun = completed(prefix)
        if begun is None or limit < 1:
            return ()
        head, word = begun
        terms = {"field": "completions", "include": f"{word}.*", "size": limit, "order": BY_COUNT}
        with self._translated():
            try:
                answer = ask(
                    self._client,
                    self._alias,
                    size=0,
                    query={"prefix": {"completions": {"value": word}}},
                    aggs={"words": {"terms": terms}},
                )
            except elasticsearch.NotFoundError:
                self._check_empty()
                return ()
        return tuple(
            Count(value=bucket["key"], label=head + bucket["key"], count=bucket["doc_count"])
            for bucket in answer["aggregations"]["words"]["buckets"]
        )

    def beginning(self, prefix: str, limit: int) -> dict[str, int]:
        """The most frequent words that begin so, with about how many records hold each."""
        terms = {
            "field": "completions",
            "include": f"{re.escape(prefix)}.*",
            "size": limit,
            "order": BY_COUNT,
        }
        with self._translated():
            try:
                answer = ask(self._client, self._alias, size=0, aggs={"words": {"terms": terms}})
            except elasticsearch.NotFoundError:
                self._check_empty()
                return {}
        return {one["key"]: one["doc_count"] for one in answer["aggregations"]["words"]["buckets"]}

    # --- writing ---------------------------------------------------------------

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in order, then write down their last sequence number."""
        if not changes:
            return
        with self._translated():
            name = self._concrete() or self._first()
            # Through the alias: an index that a rebuild has taken away must not come back.
            self._write(self._alias, changes, require_alias=True)
            self._mark(self._alias, name, changes[-1].sequence, require_alias=True)
            self._client.indices.refresh(index=self._alias)

    def settle(self) -> None:
        """Nothing is left to do, and no lock was taken."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def rebuild(self, changes: Iterable[Sequence[Change]]) -> None:
        """Build a fresh index beside the present one and swap the alias; searches go on meanwhile."""
        name = self.begin_build()
        last = 0
        for batch in changes:
            self.fill_build(name, batch)
            last = batch[-1].sequence if batch else last
        self.finish_build(name, last)

    def begin_build(self) -> str:
        """The name of a fresh index that no search sees yet."""
        with self._translated():
            return self._create(
                {"refresh_interval": "-1", "auto_expand_replicas": False, "number_of_replicas": 0}
            )

    def fill_build(self, name: str, changes: Sequence[Change]) -> None:
        """Write changes into a fresh index; any process may, in any order, and again."""
        with self._translated():
            if not self._client.indices.exists(index=name):
                raise IndexUnavailable(
                    f"{self._where} no longer has the index «{name}» that was being filled; "
                    "run `almagest index rebuild` again."
                )
            self._write(name, changes)

    def finish_build(self, name: str, position: int) -> None:
        """Put a fresh index that holds all changes up to ``position`` in place of the present one."""
        with self._translated():
            if self._concrete_or_none() != name:
                self._mark(name, name, position)
                self._client.indices.refresh(index=name)
                self._copy(name)
                self._swap(name)
            self._sweep(name)

    def drop_build(self, name: str) -> None:
        """Delete a fresh index that will not be finished."""
        with self._translated():
            if self._concrete_or_none() != name:
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def _concrete_or_none(self) -> str | None:
        """The index that the alias leads to, if this program can read it."""
        try:
            return self._concrete()
        except IndexCorrupt:
            return None

    def _create(self, settings: Mapping[str, Any], **options: Any) -> str:
        name = f"{self._alias}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        self._put_template()
        try:
            # Said here once more: a template of somebody else's may go before ours.
            self._client.indices.create(
                index=name,
                mappings=elasticsearch_dsl.mappings(self._version),
                settings={**elasticsearch_dsl.settings(self._spread), **settings},
                **options,
            )
        except elasticsearch.BadRequestError as error:
            # Asked again of another node when the first did not answer, but did it.
            if error.error != "resource_already_exists_exception":
                raise
        return name

    def _put_template(self) -> None:
        template = elasticsearch_dsl.template(f"{self._alias}-*", self._version, self._spread)
        # An account may be allowed no more than its indices.
        with contextlib.suppress(elasticsearch.AuthorizationException):
            self._client.indices.put_index_template(name=self._alias, **template)

    def _first(self) -> str:
        """An index for a catalogue that has none; of two processes that make one the first wins."""
        try:
            return self._create({}, aliases={self._alias: {"is_write_index": True}})
        except elasticsearch.ApiError:
            name = self._concrete()
            if name is None:
                raise
            return name

    def _copy(self, name: str) -> None:
        """Let a build have its replicas, and wait for them: it is not to be lost with one node."""
        copies = elasticsearch_dsl.settings(self._spread)
        settings = {key: copies.get(key) for key in ("auto_expand_replicas", "number_of_replicas")}
        if settings["auto_expand_replicas"] is not None:
            del settings["number_of_replicas"]
        self._client.indices.put_settings(index=name, settings={"refresh_interval": None, **settings})
        # A copy for which there is no node is not waited for, nor one that takes too long (408).
        self._client.options(request_timeout=_COPYING + 10, ignore_status=408).cluster.health(
            index=name,
            wait_for_events="languid",
            wait_for_no_initializing_shards=True,
            timeout=f"{_COPYING}s",
        )

    def _swap(self, name: str) -> None:
        old = [index for index in self._aliases().get(self._alias, ()) if index != name]
        actions: list[dict[str, Any]] = [{"remove_index": {"index": index}} for index in old]
        actions.append({"add": {"index": name, "alias": self._alias, "is_write_index": True}})
        try:
            self._client.indices.update_aliases(actions=actions)
        except elasticsearch.NotFoundError:
            # Asked again of another node when the first did not answer, but did it.
            if self._concrete_or_none() != name:
                raise

    def drop_older(self) -> tuple[str, ...]:
        """Delete the indices of older versions, which none of their processes needs any more; their names."""
        with self._translated():
            if self._concrete() is None:
                return ()
            older = [
                index
                for alias, indices in self._aliases().items()
                if alias == self._name or int(alias.rpartition("-v")[2]) < self._version
                for index in indices
                if alias != self._alias
            ]
            if older:
                self._client.indices.delete(index=older, ignore_unavailable=True)
            for alias in {index.rpartition("-")[0].rpartition("-")[0] for index in older} - {self._name}:
                with contextlib.suppress(elasticsearch.NotFoundError, elasticsearch.AuthorizationException):
                    self._client.indices.delete_index_template(name=alias)
            return tuple(sorted(older))

    def _sweep(self, name: str) -> None:
        """Delete what rebuilds that were cut off left behind."""
        found = self._client.indices.get_settings(index=f"{self._alias}-2*-*")
        for index, content in found.items():
            age = time.time() - int(content["settings"]["index"]["creation_date"]) / 1000
            if index != name and age > _ABANDONED:
                self._client.indices.delete(index=index, ignore_unavailable=True)

    def _write(self, index: str, changes: Iterable[Change], **options: Any) -> None:
        self._bulk.write(index, map(_item, changes), **options)

    def _mark(self, index: str, name: str, position: int, **options: Any) -> None:
        marker = {"_id": _marker(name), "version": position, "version_type": "external_gte"}
        self._bulk.write(index, [item("index", marker, {"position": position})], **options)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._where)


def _marker(name: str) -> str:
    return f"position {name}"


def _item(change: Change) -> Item:
    metadata = {"_id": change.id, "version": change.sequence, "version_type": "external_gte"}
    if change.record is None:
        return item("delete", metadata)
    document = document_of(change)
    for name in AS_LIST:
        document[name] = document[name].split()
    return item("index", metadata, document)
