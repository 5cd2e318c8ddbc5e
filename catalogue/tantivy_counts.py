"""The facets of one search on the embedded index, counted for `facet_counts`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tantivy import Occur
from tantivy import Query as Tantivy

from catalogue.conditions import Any_, Condition, Key
from catalogue.facet_counts import MOST_KEYS, CountRequest, Counts
from catalogue.kept_counts import HEAVIEST, terms_of
from catalogue.tantivy_opened import Frequent, Opened, total_of

_QUOTED = re.compile(r'["\\]')
_SEGMENT_SIZE = 300
_LONG_FACETS = ("facet_subject", "facet_creator", "facet_instrument", "facet_publisher")
_MANY_HITS = 100_000
_BROAD = 20_000
_MOST_FILTERS = 60
_MOST_KEYS = 64
_FREQUENT = 150
"""Values of a long facet whose frequency is known, so that few need be looked at among very many hits."""
_DRIFT = 0.005
"""So large a part of the documents may change before frequencies are counted anew."""


class TantivyCounter:
    """Counts among the hits of one search; ``whole`` is its condition, ``total`` their number if known."""

    def __init__(
        self, opened: Opened, whole: Condition, total: int, translated: Callable[[Condition], Tantivy]
    ) -> None:
        self._opened = opened
        self._searcher = opened.searcher
        self._whole = whole
        self._total = total
        self._translated = translated
        self._queries: dict[Condition, Tantivy] = {}
        self._known: dict[tuple[Condition, str], dict[str, int]] = {}

    def _query_of(self, condition: Condition) -> Tantivy:
        query = self._queries.get(condition)
        if query is None:
            query = self._queries[condition] = self._translated(condition)
        return query

    # --- values ------------------------------------------------------------------

    def count(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The most frequent values of some fields among the documents of a condition."""
        kept = self._opened.counts
        found = {
            field: counts
            for field, request in requests.items()
            if (counts := kept.get((condition, field, request))) is not None
        }
        missing = {field: request for field, request in requests.items() if field not in found}
        if missing:
            found |= self._counted_now(condition, missing)
            weight = terms_of(condition)
            if weight <= HEAVIEST:
                for field, request in missing.items():
                    kept.put((condition, field, request), found[field], weight + len(found[field].values))
        for field, counts in found.items():
            if counts.exact:
                self._known.setdefault((condition, field), {}).update(counts.values)
        return found

    def _counted_now(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        query = self._query_of(condition)
        only = {field: request.only for field, request in requests.items() if request.only is not None}
        found = self._recounted(query, only) if only else {}
        if condition == self._whole and self._total >= _BROAD:
            found |= self._among_frequent(query, requests)
        rest = {field: request for field, request in requests.items() if field not in found}
        return found | (self._counted(query, rest) if rest else {})

    def _counted(self, query: Tantivy, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The first values of some fields; among very many hits on two processors at once."""
        fields = sorted(requests, key=_LONG_FACETS.__contains__, reverse=True)
        parts = [fields[0::2], fields[1::2]] if self._total > _MANY_HITS and len(fields) > 1 else [fields]

        def counted(part: list[str]) -> dict[str, Any]:
            asked = {field: _request(field, requests[field]) for field in part}
            return self._searcher.aggregate(query, asked)

        if len(parts) == 1:
            answers = [counted(fields)]
        else:
            with ThreadPoolExecutor(len(parts)) as processors:
                answers = list(processors.map(counted, parts))
        return {field: _counts(content) for answer in answers for field, content in answer.items()}

    def _among_frequent(self, query: Tantivy, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The first values of long facets, looked for among those that are frequent in the whole index.

        Among very many hits that costs less than to count all values, and the counts are exact.
        Left out is a facet of which it would take too many, or a rarer value might be among the first.
        """
        candidates: dict[str, tuple[str, ...]] = {}
        for field, request in requests.items():
            if request.first and field in _LONG_FACETS:
                few = self._few(self._frequent(field), request.first)
                if few:
                    candidates[field] = few
        found = {}
        for field, counts in self._recounted(query, candidates).items() if candidates else ():
            first, least = requests[field].first, self._frequent(field).most[len(candidates[field])]
            values = sorted(counts.values, key=lambda pair: -pair[1])
            sure = tuple(pair for pair in values if pair[1] > least)
            if len(sure) > first and sure[first - 1][1] > sure[-1][1]:
                found[field] = Counts(values=sure, complete=False)
        return found

    def _few(self, frequent: Frequent, first: int) -> tuple[str, ...]:
        """The values among which the first most likely are; none where these would be too many."""
        if len(frequent.values) <= first:
            return ()
        share = self._total / max(1, self._searcher.num_docs)
        expected = 0.8 * share * frequent.most[first]
        few = next((n for n, most in enumerate(frequent.most) if most < expected), None)
        return frequent.values[:few] if few is not None and few <= _MOST_FILTERS else ()

    def _frequent(self, field: str) -> Frequent:
        """The frequent values of a field in this state of the index, or what is known of one before."""
        opened = self._opened
        known = opened.frequent.get(field)
        if known is not None and opened.position - known.position <= _DRIFT * self._searcher.num_docs:
            return known.at(opened.position)
        request = {"terms": {"field": field, "size": _FREQUENT, "segment_size": 10 * _FREQUENT}}
        answer = self._searcher.aggregate(Tantivy.all_query(), {field: request})[field]
        error = answer["doc_count_error_upper_bound"] or 0
        found = opened.frequent[field] = Frequent(
            opened.position,
            tuple(bucket["key"] for bucket in answer["buckets"]),
            tuple(bucket["doc_count"] + error for bucket in answer["buckets"]),
        )
        return found

    def _recounted(self, query: Tantivy, values: Mapping[str, tuple[str, ...]]) -> dict[str, Counts]:
        """The exact counts of some values of some fields, in one walk."""
        texts = [_quoted(field, value) for field, some in values.items() for value in some]
        totals = iter(self._filtered(query, texts))
        return {
            field: Counts(values=tuple((value, next(totals)) for value in some), complete=False)
            for field, some in values.items()
        }

    # --- totals ------------------------------------------------------------------

    def totals(self, condition: Condition, parts: Sequence[Condition]) -> list[int]:
        """How many documents of a condition meet each of some further ones."""
        meant = [self._possible(part) for part in parts]
        found = {part: self._total_known(condition, part) for part in meant}
        missing = [part for part, total in found.items() if total is None]
        texts = {part: text for part in missing if (text := _as_text(part)) is not None}
        query = self._query_of(condition)
        if len(texts) > 1:
            found.update(zip(texts, self._filtered(query, list(texts.values()))))
        for part in missing:
            total = found[part]
            if total is None:
                both = Tantivy.boolean_query([(Occur.Must, query), (Occur.Must, self._translated(part))])
                total = found[part] = total_of(self._searcher.search(both, limit=1))
            if (weight := terms_of(condition) + terms_of(part)) <= HEAVIEST:
                self._opened.totals.put((condition, part), total, weight)
        return [found[part] or 0 for part in meant]

    def _filtered(self, query: Tantivy, texts: Sequence[str]) -> list[int]:
        """How many documents of a query meet each of some choices, in one walk through them."""
        filters = {str(number): {"filter": text} for number, text in enumerate(texts)}
        answer = self._searcher.aggregate(query, filters)
        return [answer[str(number)]["doc_count"] for number in range(len(texts))]

    def _possible(self, part: Condition) -> Condition:
        """A choice of keys without those that no document holds: most concepts have none below them."""
        if not isinstance(part, Any_):
            return part
        first, *others = part.parts
        kept = [one for one in others if not isinstance(one, Key) or self._holds(one)]
        return Any_((first, *kept)) if kept else first

    def _holds(self, key: Key) -> bool:
        return any(self._searcher.doc_freq(key.field, value) for value in key.values)

    def _total_known(self, condition: Condition, part: Condition) -> int | None:
        if isinstance(part, Key) and len(part.values) == 1:
            known = self._known.get((condition, part.field), {}).get(part.values[0])
            if known is not None:
                return known
        return self._opened.totals.get((condition, part))

    # --- labels ------------------------------------------------------------------

    def concepts(self, prefixes: Sequence[str], most: int = MOST_KEYS) -> dict[str, list[str]]:
        """The first concept keys that begin with each prefix."""
        kept = self._opened.concepts
        found = {}
        for prefix in prefixes:
            keys = kept.get(prefix)
            if keys is None or MOST_KEYS <= len(keys) < most:
                terms = self._searcher.terms_with_prefix("concepts", prefix, limit=most)
                keys = [key for key, _ in terms]
                kept.put(prefix, keys, weight=1 + len(keys))
            found[prefix] = keys[:most]
        return found


def _request(field: str, request: CountRequest) -> dict[str, Any]:
    size = request.size
    terms = {"field": field, "size": size, "segment_size": max(_SEGMENT_SIZE, size)}
    return {"terms": {**terms, "include": f".*{request.containing}.*"} if request.containing else terms}


def _counts(answer: Mapping[str, Any]) -> Counts:
    return Counts(
        values=tuple((bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]),
        complete=not answer["sum_other_doc_count"],
        exact=not answer["doc_count_error_upper_bound"],
    )


def _quoted(field: str, value: str) -> str:
    return f'{field}:"' + _QUOTED.sub(r"\\\g<0>", value) + '"'


def _as_text(condition: Condition) -> str | None:
    """A choice of a few keys as the parser reads it, for filters that are counted in one walk."""
    parts = condition.parts if isinstance(condition, Any_) else (condition,)
    found: list[str] = []
    for part in parts:
        if not isinstance(part, Key) or not 0 < len(part.values) <= _MOST_KEYS:
            return None
        found += [_quoted(part.field, value) for value in part.values]
    return " OR ".join(found)
