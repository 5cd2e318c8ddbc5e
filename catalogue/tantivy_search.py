"""One search on one state of the embedded index: conditions, pages and counts in tantivy's terms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as Tantivy

from catalogue import ranking, region_fit
from catalogue.conditions import All_, Always, Any_, Begins, Between, Condition, Exact, Key, Stem
from catalogue.index import Hit
from catalogue.kept_counts import HEAVIEST, terms_of
from catalogue.query_terms import KEY_POINTS, WEIGHTS
from catalogue.ranking import Points
from catalogue.search_plan import ORDERS, Plan
from catalogue.tantivy_counts import TantivyCounter
from catalogue.tantivy_opened import MARKER, Found, Opened, total_of

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#&~-]")
_MANY_TERMS = 64


class Search:
    """One search on one state of the index."""

    def __init__(self, opened: Opened, plan: Plan) -> None:
        self._opened = opened
        self._searcher = opened.searcher
        self._schema = opened.index.schema
        self._index = opened.index
        self._plan = plan
        self._total = 0
        self._places: dict[str, tantivy.DocAddress] = {}

    @cached_property
    def _query(self) -> Tantivy:
        """Words give the score, chosen facets only filter."""
        words = self.translated(self._plan.words)
        parts = [
            (Occur.Must, Tantivy.const_score_query(self.translated(part), 0.0))
            for part in self._plan.filters.values()
        ]
        parts += [(Occur.Should, self._points(one)) for one in self._plan.decisive]
        return Tantivy.boolean_query([(Occur.Must, words), *parts]) if parts else words

    def _points(self, given: Points) -> Tantivy:
        return Tantivy.const_score_query(self.translated(given.condition), given.points)

    def page(self) -> Found:
        """What `Found` says; kept as long as this state of the index lasts."""
        plan, kept = self._plan, self._opened.pages
        whole = plan.condition()
        weight = terms_of(whole) + plan.size
        if plan.sort == "fit" or weight > HEAVIEST:
            return self._page()
        asked = (whole, plan.decisive, plan.preferences, plan.sort, plan.size, plan.offset, plan.after)
        key = (*asked, ranking.today())
        found = kept.get(key)
        if found is None:
            found = self._page()
            kept.put(key, found, weight)
        self._total = found[0]
        return found

    def _page(self) -> Found:
        plan = self._plan
        limit = plan.size + 1
        if plan.sort == "relevance":
            self._total, hits = ranking.page(plan.offset, limit, self._fetch, self._judge, plan.preferences)
            return self._total, hits, None
        if plan.sort == "fit":
            self._total, hits = region_fit.page(plan.offset, limit, plan.area, self._by_area, plan.fits)
            return self._total, hits, None
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

    def _fetch(self, offset: int, count: int) -> tuple[int, tuple[Hit, ...]]:
        result = self._searcher.search(self._query, limit=count, offset=offset)
        hits = self._hits(result.hits, scored=True)
        self._places = {hit.id: place for hit, (_, place) in zip(hits, result.hits)}
        return total_of(result), hits

    def _by_area(self, within: Between, descending: bool, count: int) -> tuple[int, list[tuple[int, str]]]:
        query = Tantivy.boolean_query([(Occur.Must, self._query), (Occur.Must, self.translated(within))])
        order = tantivy.Order.Desc if descending else tantivy.Order.Asc
        result = self._searcher.search(query, limit=count, order_by_field=within.field, order=order)
        document = self._searcher.doc
        return total_of(result), [(int(key), document(address)["id"][0]) for key, address in result.hits]

    def _judge(self, ids: Sequence[str], preferred: Sequence[Points]) -> dict[str, float]:
        """The points of some records that `_fetch` has found."""
        places = [self._places[id] for id in ids]
        complete, days = (
            self._searcher.fast_field_values(name, places) for name in ("completeness", "first_day")
        )
        today = ranking.today()
        points = {id: ranking.merit(*two, today) for id, two in zip(ids, zip(complete, days))}
        if preferred:
            among = [(Occur.Should, Tantivy.term_query(self._schema, "id", id, "basic")) for id in ids]
            parts = [(Occur.Must, Tantivy.const_score_query(Tantivy.boolean_query(among), 0.0))]
            parts += [(Occur.Should, self._points(one)) for one in preferred]
            found = self._searcher.search(Tantivy.boolean_query(parts), limit=len(ids)).hits
            for hit in self._hits(found, scored=True):
                points[hit.id] += hit.score
        return points

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

    def counter(self) -> TantivyCounter:
        """What counts the facets; knows the number of hits once `page` has been asked for."""
        return TantivyCounter(self._opened, self._plan.condition(), self._total, self.translated)

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
                return Tantivy.const_score_query(
                    self._terms(field, values, "basic"), KEY_POINTS.get(field, 1.0)
                )
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
