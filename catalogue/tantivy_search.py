"""One search on one state of the embedded index: conditions, pages and counts in tantivy's terms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as Tantivy

from catalogue.conditions import All_, Always, Any_, Begins, Between, Condition, Exact, Key, Stem
from catalogue.facet_counts import CountRequest, Counts
from catalogue.index import Hit
from catalogue.query_terms import WEIGHTS
from catalogue.search_plan import ORDERS, Plan

MARKER = "position"
"""The id of the document that holds the position, and its field."""

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#&~-]")
_QUOTED = re.compile(r'["\\]')
_SEGMENT_SIZE = 300
_KEPT = 5000
_MANY_HITS = 100_000
_MANY_TERMS = 64
_LONG_FACETS = ("facet_subject", "facet_creator", "facet_instrument", "facet_publisher")


@dataclass(slots=True)
class Opened:
    """An open build: which one, its state on disk when it was last read, and a searcher.

    Counts and concepts are kept as long as this state lasts.
    """

    build: Path
    index: tantivy.Index
    stamp: tuple[int, int]
    searcher: tantivy.Searcher
    counts: dict[tuple[Condition, str, CountRequest], Counts] = field(default_factory=dict)
    concepts: dict[str, list[str]] = field(default_factory=dict)
    totals: dict[tuple[Condition, Condition], int] = field(default_factory=dict)


def _request(field: str, request: CountRequest) -> dict[str, Any]:
    size = request.size
    terms = {"field": field, "size": size, "segment_size": max(_SEGMENT_SIZE, size)}
    return {"terms": {**terms, "include": f".*{request.containing}.*"} if request.containing else terms}


def _costly(field: str) -> bool:
    return field in _LONG_FACETS


def _counts(answer: Mapping[str, Any]) -> Counts:
    return Counts(
        values=tuple((bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]),
        complete=not answer["sum_other_doc_count"],
        exact=not answer["doc_count_error_upper_bound"],
    )


def total_of(result: Any) -> int:
    """The number of hits; the type stubs of tantivy forgot it."""
    return int(result.count)


class Search:
    """One search on one state of the index; counts facets for `facet_counts`."""

    def __init__(self, opened: Opened, plan: Plan) -> None:
        self._opened = opened
        self._searcher = opened.searcher
        self._schema = opened.index.schema
        self._index = opened.index
        self._plan = plan
        self._query = self._scored()
        self._total = 0

    def _scored(self) -> Tantivy:
        """Words give the score, chosen facets only filter."""
        words = self.translated(self._plan.words)
        parts = [
            (Occur.Must, Tantivy.const_score_query(self.translated(part), 0.0))
            for part in self._plan.filters.values()
        ]
        return Tantivy.boolean_query([(Occur.Must, words), *parts]) if parts else words

    def page(self) -> tuple[int, tuple[Hit, ...], int | str | None]:
        """Total, one hit more than the page holds, and the key of the last on the page."""
        plan = self._plan
        limit = plan.size + 1
        if plan.sort == "relevance":
            result = self._searcher.search(self._query, limit=limit, offset=plan.offset)
            self._total = total_of(result)
            return self._total, self._hits(result.hits, scored=True), None
        field, descending = ORDERS[plan.sort]
        order = tantivy.Order.Desc if descending else tantivy.Order.Asc
        result = self._searcher.search(
            self._after(field, descending), limit=limit, order_by_field=field, order=order
        )
        self._total = total_of(result)
        if plan.after is not None:
            self._total = total_of(self._searcher.search(self._query, limit=1))
        last = result.hits[: plan.size][-1][0] if result.hits and plan.size else None
        return self._total, self._hits(result.hits, scored=False), last

    def _hits(self, found: Sequence[tuple[Any, tantivy.DocAddress]], *, scored: bool) -> tuple[Hit, ...]:
        document = self._searcher.doc
        return tuple(
            Hit(id=document(address)["id"][0], score=float(key) if scored else 0.0) for key, address in found
        )

    def _after(self, field: str, descending: bool) -> Tantivy:
        """The query, from behind the last hit of the page before."""
        after = self._plan.after
        if after is None:
            return self._query
        if isinstance(after, str):
            # Only the parser makes ranges of texts; these keys hold letters, digits and «!».
            rest = self._index.parse_query(f"{field}:{{{after} TO *}}", [field])
        else:
            low, high = (None, after - 1) if descending else (after + 1, None)
            rest = Tantivy.range_query(self._schema, field, FieldType.Integer, low, high)
        return Tantivy.boolean_query([(Occur.Must, self._query), (Occur.Must, rest)])

    # --- facets ------------------------------------------------------------------

    def count(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The most frequent values of some fields among the documents of a condition."""
        kept = self._opened.counts
        keys = {field: (condition, field, request) for field, request in requests.items()}
        found = {field: kept[key] for field, key in keys.items() if key in kept}
        missing = {field: request for field, request in requests.items() if field not in found}
        if missing:
            query = self._query if condition == self._plan.condition() else self.translated(condition)
            first = {field: request for field, request in missing.items() if request.only is None}
            found |= self._counted(query, first) if first else {}
            for field, request in missing.items():
                if request.only is not None:
                    found[field] = self._recounted(query, field, request.only)
            if len(kept) > _KEPT:
                kept.clear()
            kept.update((keys[field], found[field]) for field in missing)
        return found

    def _counted(self, query: Tantivy, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The first values of some fields; among very many hits on two processors at once."""
        fields = sorted(requests, key=_costly, reverse=True)
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

    def _recounted(self, query: Tantivy, field: str, values: tuple[str, ...]) -> Counts:
        """The exact counts of some values."""
        quoted = [_QUOTED.sub(r"\\\g<0>", value) for value in values]
        filters = {str(n): {"filter": f'{field}:"{value}"'} for n, value in enumerate(quoted)}
        answer = self._searcher.aggregate(query, filters)
        return Counts(
            values=tuple((value, answer[str(n)]["doc_count"]) for n, value in enumerate(values)),
            complete=False,
        )

    def totals(self, condition: Condition, parts: Sequence[Condition]) -> list[int]:
        """How many documents of a condition meet each of some further ones."""
        kept = self._opened.totals
        query = self._query if condition == self._plan.condition() else self.translated(condition)
        found = []
        for part in parts:
            total = kept.get((condition, part))
            if total is None:
                both = Tantivy.boolean_query([(Occur.Must, query), (Occur.Must, self.translated(part))])
                total = kept[condition, part] = total_of(self._searcher.search(both, limit=1))
            found.append(total)
        if len(kept) > _KEPT:
            kept.clear()
        return found

    def concepts(self, prefixes: Sequence[str]) -> dict[str, list[str]]:
        """The concept keys that begin with each prefix."""
        kept = self._opened.concepts
        found = {prefix: kept[prefix] for prefix in prefixes if prefix in kept}
        for prefix in prefixes:
            if prefix not in found:
                terms = self._searcher.terms_with_prefix("concepts", prefix, limit=100)
                found[prefix] = [key for key, _ in terms]
        if len(kept) > _KEPT:
            kept.clear()
        kept.update(found)
        return found

    # --- conditions ----------------------------------------------------------------

    def translated(self, condition: Condition) -> Tantivy:
        """A condition as a query of tantivy."""
        match condition:
            case Always():
                marker = Tantivy.term_query(self._schema, "id", MARKER, "basic")
                return Tantivy.boolean_query([(Occur.Must, Tantivy.all_query()), (Occur.MustNot, marker)])
            case Any_(parts):
                return Tantivy.boolean_query([(Occur.Should, self.translated(part)) for part in parts])
            case All_(parts, excluded):
                wanted = [(Occur.Must, self.translated(part)) for part in parts]
                return Tantivy.boolean_query(
                    [*wanted, *((Occur.MustNot, self.translated(part)) for part in excluded)]
                )
            case Stem(field, stems):
                return self._weighted(field, self._terms(field, stems, "freq"))
            case Exact(field, words):
                return self._weighted(field, self._phrase(field, words))
            case Key(field, values):
                return self._terms(field, values, "basic")
            case Begins(field, prefix):
                return Tantivy.regex_query(self._schema, field, _SPECIAL.sub(r"\\\g<0>", prefix) + ".*")
            case Between(field, low, high):
                return Tantivy.range_query(self._schema, field, FieldType.Integer, low, high)

    def _terms(self, field: str, values: tuple[str, ...], option: str) -> Tantivy:
        if len(values) > _MANY_TERMS:
            return Tantivy.term_set_query(self._schema, field, list(values))
        terms = [Tantivy.term_query(self._schema, field, value, option) for value in values]
        if len(terms) == 1:
            return terms[0]
        return Tantivy.boolean_query([(Occur.Should, term) for term in terms])

    def _phrase(self, field: str, words: tuple[str, ...]) -> Tantivy:
        if len(words) == 1:
            return Tantivy.term_query(self._schema, field, words[0], "freq")
        return Tantivy.phrase_query(self._schema, field, list(words))

    @staticmethod
    def _weighted(field: str, query: Tantivy) -> Tantivy:
        weight = WEIGHTS.get(field.removesuffix("_exact"), 1.0)
        return query if weight == 1.0 else Tantivy.boost_query(query, weight)
