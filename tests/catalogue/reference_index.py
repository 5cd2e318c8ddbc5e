"""An index that is slow and obviously right: every search looks at every document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from catalogue.facet_counts import _preference
from catalogue.facet_listing import check, field_of, fits, page, words_of
from catalogue.facet_trees import Forest, grown
from catalogue.index import Change, Count, Hit, Hits, Listed, Listing, Query
from catalogue.index_document import Document, document_of
from catalogue.index_facets import (
    FACET_FIELD,
    HIERARCHICAL,
    SELF_NAMED,
    concept_parts,
    concept_prefix,
    label_of,
)
from catalogue.matching import holds
from catalogue.parameter_names import PARAMETER, with_units
from catalogue.query_terms import chosen
from catalogue.search_plan import ORDERS, completed, plan_of


def _distance(plan, document):
    """How far the area of a record is from that asked for; larger ones first, then the order away from it."""
    area, sequence = divmod(document["by_area"], 1 << 40)
    return abs(area - plan.area), area < plan.area, sequence if area >= plan.area else -sequence


class ReferenceIndex:
    """Documents in a dict; in the order of relevance all hits are equal, the newest change first."""

    def __init__(self, secret: str = "") -> None:
        self.documents: dict[str, Document] = {}
        self.secret = secret
        self.applied = 0

    def position(self) -> int:
        return self.applied

    def apply(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.documents.pop(change.id, None)
            if change.record is not None:
                self.documents[change.id] = document_of(change)
            self.applied = change.sequence

    def settle(self) -> None:
        pass

    def close(self) -> None:
        pass

    def rebuild(self, changes: Iterable[Sequence[Change]]) -> None:
        fresh = ReferenceIndex()
        for batch in changes:
            fresh.apply(batch)
        self.documents, self.applied = fresh.documents, fresh.applied

    def search(self, query: Query) -> Hits:
        plan = plan_of(query, self.secret)
        found = self._found(plan.condition())
        field, descending = ORDERS.get(plan.sort, ("sequence", True))
        found.sort(key=lambda document: document[field], reverse=descending)
        if plan.sort == "fit":
            found.sort(key=lambda document: (-plan.fits.get(document["id"], 0.0), _distance(plan, document)))
        rest = found[plan.offset :]
        if plan.after is not None:
            keys = [document[field] for document in found]
            rest = found[keys.index(plan.after) + 1 :]
        page = rest[: plan.size]
        return Hits(
            total=len(found),
            hits=tuple(Hit(id=document["id"], score=0.0) for document in page),
            facets=self._facets(query, plan, found),
            cursor=plan.next_cursor(len(rest) > plan.size, page[-1][field] if page else None),
            understood=plan.understood,
            uncovered={
                what: sum(holds(without, document) for document in self._found(rest))
                for what, (rest, without) in plan.uncovered().items()
            },
            years=self._years(query, plan, found),
        )

    def _years(self, query, plan, found):
        if "year" not in query.counts:
            return ()
        among = self._found(plan.condition(without="year")) if "year" in plan.filters else found
        years = Counter(int(value) for document in among for value in document.get("facet_year", ()))
        return tuple(sorted(years.items()))

    def values(self, query: Query, listing: Listing) -> Listed:
        facet = listing.facet
        check(listing)
        plan = plan_of(query, self.secret)
        among = self._found(plan.condition(without=None if facet == PARAMETER else facet))
        counts = Counter(value for document in among for value in document.get(field_of(listing), ()))
        wanted = words_of(listing)
        fitting = [(v, n) for v, n in counts.items() if fits(listing, wanted, v)]
        values, cursor = page(listing, fitting, plan.seal)
        if facet in HIERARCHICAL:
            values = [(v, sum(holds(chosen(facet, (v,)), d) for d in among)) for v, _ in values]
        return Listed(
            values=with_units(values, counts.items())
            if facet == PARAMETER
            else tuple(self._count(facet, value, count) for value, count in values),
            total=len(fitting),
            cursor=cursor,
            written={value: tuple(self._written(facet, value)) for value, _ in values}
            if listing.written and facet not in SELF_NAMED and facet != PARAMETER
            else {},
        )

    def _found(self, condition):
        return [document for document in self.documents.values() if holds(condition, document)]

    def _facets(self, query, plan, found):
        facets = {}
        for facet in query.counts:
            among = self._found(plan.condition(without=facet)) if facet in plan.filters else found
            values = Counter(value for document in among for value in document.get(FACET_FIELD[facet], ()))
            ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[: query.counts_size]
            if facet in HIERARCHICAL:
                found_by = {v: sum(holds(chosen(facet, (v,)), d) for d in among) for v, _ in ordered}
                ordered = sorted(found_by.items(), key=lambda pair: (-pair[1], pair[0]))
            facets[facet] = tuple(self._count(facet, value, count) for value, count in ordered)
            if query.trees and facet in HIERARCHICAL:
                forest = Forest(facets[facet])
                above = [one.value for one in forest.added]
                totals = {v: sum(holds(chosen(facet, (v,)), d) for d in among) for v in above}
                facets[facet] = grown(facets[facet], forest, totals)
        return facets

    def _count(self, facet, value, count):
        if facet in SELF_NAMED:
            return Count(value=value, label=label_of(facet, value), count=count)
        label, uri = self._written(facet, value)[0]
        return Count(value=value, label=label, count=count, uri=uri)

    def _written(self, facet, value):
        prefix = concept_prefix(facet, value)
        keys = {key for d in self.documents.values() for key in d["concepts"] if key.startswith(prefix)}
        return sorted((concept_parts(key) for key in keys), key=_preference)

    def beginning(self, prefix: str, limit: int) -> dict[str, int]:
        found = Counter(
            held
            for document in self.documents.values()
            for held in document["completions"].split()
            if held.startswith(prefix)
        )
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit])

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Count, ...]:
        begun = completed(prefix)
        if begun is None:
            return ()
        head, word = begun
        found = Counter(
            held
            for document in self.documents.values()
            for held in document["completions"].split()
            if held.startswith(word)
        )
        ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
        return tuple(Count(value=value, label=head + value, count=count) for value, count in ordered)
