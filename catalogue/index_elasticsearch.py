"""The search index on an Elasticsearch cluster; the only file that knows its client.

The URL is that of the cluster; its path names the alias (``almagest`` when it has none).
The alias leads to one index; a rebuild fills another and swaps the alias.  Documents bear
their sequence number as external version, so that nothing older ever overwrites them; the
position is a document of the same index, written after the changes it stands for: what
is cut off in between is applied again, to the same effect.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import elasticsearch
from elasticsearch import Elasticsearch, OrjsonSerializer
from elasticsearch.helpers import streaming_bulk

from catalogue import facet_counts, facet_listing
from catalogue.conditions import Condition
from catalogue.elasticsearch_dsl import AS_LIST, MAPPINGS, MOST_SCORED, SETTINGS, terms_in, translated
from catalogue.errors import IndexCorrupt, IndexError_, IndexUnavailable, SettingsError
from catalogue.facet_counts import CountRequest, Counts
from catalogue.index import Change, Count, Hit, Hits, Listed, Listing, Query
from catalogue.index_builds import ADVICE
from catalogue.index_document import VERSION, document_of
from catalogue.search_plan import ORDERS, Plan, completed, plan_of

_TIMEOUT = 30.0
_PATIENCE = 3
_CHUNK = 1000
_CHUNK_BYTES = 10_000_000
_LABEL_AGE = 600.0
_LABELS_KEPT = 50_000
_ABANDONED = 86_400.0
"""Seconds after which an index that no alias leads to is a rebuild that was cut off."""


class ElasticsearchIndex:
    """The index behind an alias of a cluster; see `catalogue.index.Index` for the methods.

    ``secret`` seals the cursors.
    """

    def __init__(self, url: str, secret: str = "") -> None:
        parts = urlsplit(url)
        path = [part for part in parts.path.split("/") if part]
        if not parts.hostname or len(path) > 1:
            raise SettingsError(
                f"ALMAGEST_INDEX_URL must be http(s)://HOST:PORT or …/ALIAS, not «{_public(url)}»."
            )
        self._alias = path[0].lower() if path else "almagest"
        self._where = f"The Elasticsearch at {parts.hostname}"
        self._secret = secret
        port = parts.port or (443 if parts.scheme == "https" else 80)
        self._client = Elasticsearch(
            f"{parts.scheme}://{parts.hostname}:{port}",
            basic_auth=(parts.username, parts.password or "") if parts.username else None,
            request_timeout=_TIMEOUT,
            max_retries=_PATIENCE,
            retry_on_timeout=True,
            serializers={"application/json": OrjsonSerializer()},
        )
        self._labels = _Labels(self._client, self._alias)

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
            return None
        for name, content in found.items():
            if name == self._alias:
                raise IndexCorrupt(
                    f"{self._where} has an index «{name}» where Almagest needs an alias; delete it, "
                    "then run `almagest index rebuild`."
                )
            if content["mappings"].get("_meta", {}).get("version") == VERSION:
                return str(name)
        raise IndexCorrupt(f"{self._where} holds an index of another version of Almagest. {ADVICE}")

    def search(self, query: Query) -> Hits:
        """Find records; raises `QueryError`, `IndexUnavailable` or `IndexCorrupt`."""
        plan = plan_of(query, self._secret)
        with self._translated():
            try:
                return self._search(query, plan)
            except elasticsearch.NotFoundError:
                return Hits(
                    total=0,
                    hits=(),
                    facets=dict.fromkeys(query.counts, ()),
                    cursor=None,
                    understood=plan.understood,
                )

    def _search(self, query: Query, plan: Plan) -> Hits:
        search = _Search(self._client, self._alias, plan, self._labels)
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
                search = _Search(self._client, self._alias, plan, self._labels)
                return facet_listing.listed(listing, plan, search)
            except elasticsearch.NotFoundError:
                return Listed(values=(), total=0, cursor=None)

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Count, ...]:
        """Completions of the last word of ``prefix``, the most frequent first."""
        begun = completed(prefix)
        if begun is None or limit < 1:
            return ()
        head, word = begun
        terms = {"field": "completions", "include": f"{word}.*", "size": limit, "order": _BY_COUNT}
        with self._translated():
            try:
                answer = self._client.search(
                    index=self._alias,
                    size=0,
                    query={"prefix": {"completions": {"value": word}}},
                    aggs={"words": {"terms": terms}},
                )
            except elasticsearch.NotFoundError:
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
            "order": _BY_COUNT,
        }
        with self._translated():
            try:
                answer = self._client.search(index=self._alias, size=0, aggs={"words": {"terms": terms}})
            except elasticsearch.NotFoundError:
                return {}
        return {one["key"]: one["doc_count"] for one in answer["aggregations"]["words"]["buckets"]}

    # --- writing ---------------------------------------------------------------

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in order, then write down their last sequence number."""
        if not changes:
            return
        with self._translated():
            name = self._concrete()
            if name is None:
                name = self._create({})
                self._client.indices.update_aliases(
                    actions=[{"add": {"index": name, "alias": self._alias, "is_write_index": True}}]
                )
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
            return self._create({"refresh_interval": "-1", "auto_expand_replicas": False})

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
                replicas = SETTINGS["auto_expand_replicas"]
                self._client.indices.put_settings(
                    index=name, settings={"refresh_interval": None, "auto_expand_replicas": replicas}
                )
                self._client.indices.refresh(index=name)
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

    def _create(self, settings: Mapping[str, Any]) -> str:
        name = f"{self._alias}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        self._client.indices.create(index=name, mappings=MAPPINGS, settings={**SETTINGS, **settings})
        return name

    def _swap(self, name: str) -> None:
        try:
            old = list(self._client.indices.get_alias(name=self._alias))
        except elasticsearch.NotFoundError:
            old = []
        actions: list[dict[str, Any]] = [{"remove_index": {"index": index}} for index in old]
        actions.append({"add": {"index": name, "alias": self._alias, "is_write_index": True}})
        self._client.indices.update_aliases(actions=actions)

    def _sweep(self, name: str) -> None:
        """Delete what rebuilds that were cut off left behind."""
        found = self._client.indices.get_settings(index=f"{self._alias}-2*-*")
        for index, content in found.items():
            age = time.time() - int(content["settings"]["index"]["creation_date"]) / 1000
            if index != name and age > _ABANDONED:
                self._client.indices.delete(index=index, ignore_unavailable=True)

    def _write(self, index: str, changes: Sequence[Change], **options: Any) -> None:
        answers = streaming_bulk(
            self._client,
            (_action(index, change) for change in changes),
            chunk_size=_CHUNK,
            max_chunk_bytes=_CHUNK_BYTES,
            raise_on_error=False,
            max_retries=_PATIENCE,
            initial_backoff=1,
            **options,
        )
        for done, item in answers:
            (answer,) = item.values()
            # 404: deleted before; 409: a newer state is there already.
            if not done and answer.get("status") not in {404, 409}:
                reason = answer.get("error", {})
                raise IndexUnavailable(
                    f"{self._where} refuses the record {answer.get('_id')}: "
                    f"{reason.get('reason', reason) if isinstance(reason, dict) else reason}."
                )

    def _mark(self, index: str, name: str, position: int, **options: Any) -> None:
        with contextlib.suppress(elasticsearch.ConflictError):
            self._client.index(
                index=index,
                id=_marker(name),
                document={"position": position},
                version=position,
                version_type="external_gte",
                **options,
            )

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the client as errors of the index."""
        try:
            yield
        except IndexError_:
            raise
        except elasticsearch.ApiError as error:
            raise self._fault(error) from error
        except (elasticsearch.TransportError, elasticsearch.helpers.BulkIndexError) as error:
            raise IndexUnavailable(
                f"{self._where} does not answer; start it or check ALMAGEST_INDEX_URL."
            ) from error

    def _fault(self, error: elasticsearch.ApiError) -> IndexError_:
        status = error.meta.status
        if status in {401, 403}:
            return IndexUnavailable(f"{self._where} refuses the credentials of ALMAGEST_INDEX_URL.")
        if status == 404:
            return IndexUnavailable(f"{self._where} was rebuilt just now; try again.")
        if status == 429 or status >= 500:
            return IndexUnavailable(f"{self._where} is overloaded or not ready ({status}); try again later.")
        return IndexCorrupt(f"{self._where} does not understand: {error.message}. {ADVICE}")


_BY_COUNT = [{"_count": "desc"}, {"_key": "asc"}]


def _public(url: str) -> str:
    """The URL without account."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _marker(name: str) -> str:
    return f"position {name}"


def _action(index: str, change: Change) -> dict[str, Any]:
    action: dict[str, Any] = {
        "_index": index,
        "_id": change.id,
        "version": change.sequence,
        "version_type": "external_gte",
    }
    if change.record is None:
        return {**action, "_op_type": "delete"}
    document = document_of(change)
    for name in AS_LIST:
        document[name] = document[name].split()
    return {**action, "_op_type": "index", "_source": document}


class _Labels:
    """Concept keys by prefix, kept for some minutes: they hardly change, and each costs a request."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._known: dict[str, tuple[float, list[str]]] = {}
        self._lock = threading.Lock()

    def get(self, prefixes: Sequence[str]) -> dict[str, list[str]]:
        """The keys that begin with each prefix."""
        now = time.monotonic()
        with self._lock:
            known = {p: self._known[p][1] for p in prefixes if self._known.get(p, (0.0,))[0] > now}
        missing = [prefix for prefix in prefixes if prefix not in known]
        if missing:
            with ThreadPoolExecutor(8) as pool:
                fetched = dict(zip(missing, pool.map(self._fetch, missing)))
            with self._lock:
                if len(self._known) > _LABELS_KEPT:
                    self._known.clear()
                self._known.update((p, (now + _LABEL_AGE, keys)) for p, keys in fetched.items())
            known.update(fetched)
        return known

    def _fetch(self, prefix: str) -> list[str]:
        answer = self._client.terms_enum(index=self._alias, field="concepts", string=prefix, size=100)
        return list(answer["terms"])


class _Search:
    """One search; counts facets for `facet_counts`."""

    def __init__(self, client: Elasticsearch, alias: str, plan: Plan, labels: _Labels) -> None:
        self._client = client
        self._alias = alias
        self._plan = plan
        self._labels = labels
        self._scores = plan.sort == "relevance" and terms_in(plan.words) <= MOST_SCORED

    def page(self) -> tuple[int, tuple[Hit, ...], int | str | None]:
        """Total, one hit more than the page holds, and the key of the last on the page."""
        plan = self._plan
        body: dict[str, Any] = {"size": plan.size + 1, "track_total_hits": True}
        if plan.sort == "relevance":
            body |= {"from_": plan.offset, "sort": [{"_score": "desc"}, {"sequence": "desc"}]}
        else:
            field, descending = ORDERS[plan.sort]
            body["sort"] = [{field: "desc" if descending else "asc"}]
            if plan.after is not None:
                body["search_after"] = [plan.after]
        filters = [translated(part, scored=False) for part in plan.filters.values()]
        query = {"bool": {"must": [translated(plan.words, scored=self._scores)], "filter": filters}}
        answer = self._client.search(index=self._alias, query=query, source=False, **body)
        found = answer["hits"]["hits"]
        hits = tuple(Hit(id=hit["_id"], score=float(hit.get("_score") or 0.0)) for hit in found)
        last = found[: plan.size][-1]["sort"][0] if found and plan.size else None
        return answer["hits"]["total"]["value"], hits, last

    def count(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The most frequent values of some fields among the documents of a condition."""
        aggs = {
            field: {
                "terms": {
                    "field": field,
                    "size": request.size,
                    "shard_size": max(2000, request.size),
                    "order": _BY_COUNT,
                    **_included(request),
                }
            }
            for field, request in requests.items()
        }
        answer = self._client.search(
            index=self._alias,
            size=0,
            query={"bool": {"filter": [translated(condition, scored=False)]}},
            aggs=aggs,
        )
        return {field: _counts(answer["aggregations"][field]) for field in requests}

    def totals(self, condition: Condition, parts: Sequence[Condition]) -> list[int]:
        """How many documents of a condition meet each of some further ones."""
        filters = {str(number): translated(part, scored=False) for number, part in enumerate(parts)}
        answer = self._client.search(
            index=self._alias,
            size=0,
            query={"bool": {"filter": [translated(condition, scored=False)]}},
            aggs={"totals": {"filters": {"filters": filters}}},
        )
        buckets = answer["aggregations"]["totals"]["buckets"]
        return [buckets[str(number)]["doc_count"] for number in range(len(parts))]

    def concepts(self, prefixes: Sequence[str]) -> dict[str, list[str]]:
        """The concept keys that begin with each prefix."""
        return self._labels.get(prefixes)


def _included(request: CountRequest) -> dict[str, Any]:
    if request.only is not None:
        return {"include": list(request.only)}
    return {"include": f".*{request.containing}.*"} if request.containing else {}


def _counts(answer: Mapping[str, Any]) -> Counts:
    """Elasticsearch breaks ties by the alphabet itself; only several shards make it inexact."""
    exact = not answer["doc_count_error_upper_bound"]
    return Counts(
        values=tuple((bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]),
        complete=exact or not answer["sum_other_doc_count"],
        exact=exact,
    )
