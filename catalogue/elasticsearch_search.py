"""Searches on an Elasticsearch cluster: pages of hits, counts of facets, concept keys.

An answer without all shards is no answer: it would be fewer hits than there are.  All requests of one
query go to the same copies of the shards, whose scores differ a little from those of the others, so that
pages in the order of relevance follow each other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from elasticsearch import Elasticsearch

from catalogue import ranking, region_fit
from catalogue.conditions import Between, Condition
from catalogue.elasticsearch_dsl import MOST_SCORED, SCALE, pointed, terms_in, translated
from catalogue.errors import IndexUnavailable
from catalogue.facet_counts import MOST_KEYS, CountRequest, Counts
from catalogue.index import Hit
from catalogue.ranking import Points
from catalogue.search_plan import ORDERS, Plan

BY_COUNT = [{"_count": "desc"}, {"_key": "asc"}]

_TIME_LIMIT = 10
"""Seconds of a search in the cluster; a node that is silent for longer is left for another."""

_LABEL_AGE = 600.0
_LABELS_KEPT = 50_000


def ask(client: Elasticsearch, alias: str, **body: Any) -> dict[str, Any]:
    """The whole answer to a search; raises `IndexUnavailable` for half of one."""
    answer = client.options(request_timeout=_TIME_LIMIT + 2).search(
        index=alias, timeout=f"{_TIME_LIMIT}s", allow_partial_search_results=False, **body
    )
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise IndexUnavailable("The Elasticsearch could not search all its shards; try again in a moment.")
    return dict(answer)


class Labels:
    """Concept keys by prefix, kept for some minutes: they hardly change, and each costs a request."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._known: dict[str, tuple[float, list[str]]] = {}
        self._lock = threading.Lock()

    def get(self, prefixes: Sequence[str], most: int) -> dict[str, list[str]]:
        """The first keys that begin with each prefix."""
        now = time.monotonic()
        with self._lock:
            known = {p: self._known[p][1] for p in prefixes if self._known.get(p, (0.0,))[0] > now}
        missing = [p for p in prefixes if p not in known or MOST_KEYS <= len(known[p]) < most]
        if missing:
            with ThreadPoolExecutor(8) as pool:
                fetched = dict(zip(missing, pool.map(lambda prefix: self._fetch(prefix, most), missing)))
            with self._lock:
                if len(self._known) > _LABELS_KEPT:
                    self._known.clear()
                self._known.update((p, (now + _LABEL_AGE, keys)) for p, keys in fetched.items())
            known.update(fetched)
        return {prefix: keys[:most] for prefix, keys in known.items()}

    def _fetch(self, prefix: str, most: int) -> list[str]:
        answer = self._client.terms_enum(
            index=self._alias, field="concepts", string=prefix, size=most, timeout="5s"
        )
        if not answer["complete"]:
            raise IndexUnavailable("The Elasticsearch could not ask all its shards; try again in a moment.")
        return list(answer["terms"])


class ClusterSearch:
    """One search; counts facets for `facet_counts`."""

    def __init__(self, client: Elasticsearch, alias: str, plan: Plan, labels: Labels) -> None:
        self._client = client
        self._alias = alias
        self._plan = plan
        self._labels = labels
        self._copies = plan.seal.hex()[:16]
        self._scores = plan.sort == "relevance" and terms_in(plan.words) <= MOST_SCORED

    def _ask(self, **body: Any) -> dict[str, Any]:
        return ask(self._client, self._alias, preference=self._copies, **body)

    def page(self) -> tuple[int, tuple[Hit, ...], int | str | None]:
        """Total, one hit more than the page holds, and the key of the last on the page."""
        plan = self._plan
        if plan.sort == "relevance":
            total, hits = ranking.page(plan.offset, plan.size + 1, self._fetch, self._judge, plan.preferences)
            return total, hits, None
        if plan.sort == "fit":
            total, hits = region_fit.page(plan.offset, plan.size + 1, plan.area, self._by_area, plan.fits)
            return total, hits, None
        field, descending = ORDERS[plan.sort]
        body: dict[str, Any] = {"sort": [{field: "desc" if descending else "asc"}]}
        if plan.after is not None:
            body["search_after"] = [plan.after]
        answer = self._hits(self._query(), plan.size + 1, **body)
        found = answer["hits"]
        last = found[: plan.size][-1]["sort"][0] if found and plan.size else None
        return answer["total"]["value"], tuple(map(_hit, found)), last

    def _query(self) -> dict[str, Any]:
        plan = self._plan
        filters = [translated(part, scored=False) for part in plan.filters.values()]
        words = translated(plan.words, scored=self._scores)
        return {"bool": {"must": [words], "filter": filters, "should": [pointed(p) for p in plan.decisive]}}

    def _hits(self, query: dict[str, Any], size: int, **body: Any) -> dict[str, Any]:
        answer = self._ask(query=query, size=size, source=False, track_total_hits=True, **body)
        found: dict[str, Any] = answer["hits"]
        return found

    def _fetch(self, offset: int, count: int) -> tuple[int, tuple[Hit, ...]]:
        order = [{"_score": "desc"}, {"sequence": "desc"}]
        answer = self._hits(self._query(), count, from_=offset, sort=order)
        return answer["total"]["value"], tuple(map(_hit, answer["hits"]))

    def _by_area(self, within: Between, descending: bool, count: int) -> tuple[int, list[tuple[int, str]]]:
        query = {"bool": {"filter": [self._query(), translated(within, scored=False)]}}
        answer = self._hits(query, count, sort=[{within.field: "desc" if descending else "asc"}])
        return answer["total"]["value"], [(found["sort"][0], found["_id"]) for found in answer["hits"]]

    def _judge(self, ids: Sequence[str], preferences: Sequence[Points]) -> dict[str, float]:
        """The points of some records."""
        preferred = [pointed(one) for one in preferences]
        query = {"bool": {"filter": [{"terms": {"id": list(ids)}}], "should": preferred}}
        names = ("completeness", "first_day")
        points, today = {}, ranking.today()
        for found in self._hits(query, len(ids), docvalue_fields=list(names))["hits"]:
            complete, day = (found.get("fields", {}).get(name, [None])[0] for name in names)
            points[found["_id"]] = _hit(found).score + ranking.merit(complete, day, today)
        return points

    def count(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The most frequent values of some fields among the documents of a condition."""
        aggs = {
            field: {
                "terms": {
                    "field": field,
                    "size": request.size,
                    "shard_size": max(2000, request.size),
                    "order": BY_COUNT,
                    **_included(request),
                }
            }
            for field, request in requests.items()
        }
        answer = self._ask(
            size=0,
            query={"bool": {"filter": [translated(condition, scored=False)]}},
            aggs=aggs,
        )
        return {field: _counts(answer["aggregations"][field]) for field in requests}

    def totals(self, condition: Condition, parts: Sequence[Condition]) -> list[int]:
        """How many documents of a condition meet each of some further ones."""
        filters = {str(number): translated(part, scored=False) for number, part in enumerate(parts)}
        answer = self._ask(
            size=0,
            query={"bool": {"filter": [translated(condition, scored=False)]}},
            aggs={"totals": {"filters": {"filters": filters}}},
        )
        buckets = answer["aggregations"]["totals"]["buckets"]
        return [buckets[str(number)]["doc_count"] for number in range(len(parts))]

    def concepts(self, prefixes: Sequence[str], most: int = MOST_KEYS) -> dict[str, list[str]]:
        """The first concept keys that begin with each prefix."""
        return self._labels.get(prefixes, most)


def _hit(found: Mapping[str, Any]) -> Hit:
    return Hit(id=found["_id"], score=float(found.get("_score") or 0.0) * SCALE)


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
