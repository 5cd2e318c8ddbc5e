"""Documents and conditions in the JSON of Elasticsearch: mappings and query DSL, without its client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.cluster import Spread
from catalogue.conditions import All_, Always, Any_, Begins, Between, Condition, Exact, Key, Stem
from catalogue.index_document import FIELDS
from catalogue.query_terms import KEY_POINTS, WEIGHTS
from catalogue.ranking import Points
from catalogue.search_plan import DEEPEST

SCALE = 2.2
"""k1 + 1: Lucene leaves this factor of BM25 out, tantivy does not; with it scores are alike."""

MOST_SCORED = 1000
"""Queries of more terms are not scored: a cluster limits the clauses that count."""

MOST_TERMS = 65_536
"""Of one «terms» query (index.max_terms_count); scattered cells of the sky have more that lie above them."""

_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "stems": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
    "exact": {"type": "text", "analyzer": "whitespace", "index_options": "positions"},
    "set": {"type": "keyword"},
    "keys": {"type": "keyword", "doc_values": False},
    "facet": {"type": "keyword", "eager_global_ordinals": True},
    "integer": {"type": "long"},
    "order": {"type": "keyword"},
}
AS_LIST = tuple(name for name, kind in FIELDS.items() if kind == "set")

_GC_DELETES = "1h"
"""So long a deletion is remembered, that an older state which arrives late does not undo it."""


def mappings(version: int) -> dict[str, Any]:
    """The mapping of an index for documents of this version."""
    return {
        "_meta": {"version": version},
        "_source": {"enabled": False},
        "dynamic": "strict",
        "properties": {
            **{name: _PROPERTIES[kind] for name, kind in FIELDS.items()},
            "position": {"type": "long", "store": True},
        },
    }


def settings(spread: Spread) -> dict[str, Any]:
    """The settings of an index that lies on the nodes so."""
    return {**spread.settings(), "max_result_window": 2 * DEEPEST, "gc_deletes": _GC_DELETES}


def template(pattern: str, version: int, spread: Spread) -> dict[str, Any]:
    """The composable template of all indices of one alias; none of them comes into being by a write."""
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "version": version,
        "allow_auto_create": False,
        "template": {"settings": {"index": settings(spread)}, "mappings": mappings(version)},
        "meta": {"description": "Almagest, the search index; made anew with each rebuild"},
    }


def translated(condition: Condition, *, scored: bool) -> dict[str, Any]:
    """A condition in the query DSL."""
    match condition:
        case Always():
            return {"exists": {"field": "sequence"}}
        case Any_(parts):
            should = [translated(part, scored=scored) for part in parts]
            return {"bool": {"should": should, "minimum_should_match": 1}}
        case All_(parts, excluded):
            return {
                "bool": {
                    "must" if scored else "filter": [translated(p, scored=scored) for p in parts],
                    "must_not": [translated(part, scored=False) for part in excluded],
                }
            }
        case Stem(field, stems) if scored:
            weight = WEIGHTS.get(field, 1.0)
            should = [{"term": {field: {"value": stem, "boost": weight}}} for stem in stems]
            return {"bool": {"should": should}}
        case Stem(field, stems):
            return {"terms": {field: list(stems)}}
        case Exact(field, words):
            weight = WEIGHTS.get(field.removesuffix("_exact"), 1.0)
            return {"match_phrase": {field: {"query": " ".join(words), "boost": weight}}}
        case Key(field, values):
            return _pointed(_terms(field, values), KEY_POINTS.get(field, 1.0), scored)
        case Begins(field, prefix):
            return _pointed({"prefix": {field: {"value": prefix}}}, 1.0, scored)
        case Between(field, low, high):
            return _pointed({"range": {field: {"gte": low, "lte": high}}}, 1.0, scored)


def _terms(field: str, values: tuple[str, ...]) -> dict[str, Any]:
    parts = [
        {"terms": {field: list(values[start : start + MOST_TERMS])}}
        for start in range(0, len(values) or 1, MOST_TERMS)
    ]
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts}}


def pointed(given: Points) -> dict[str, Any]:
    """A condition that gives points, whatever the words in it weigh."""
    return _pointed(translated(given.condition, scored=False), given.points, scored=True)


def _pointed(query: dict[str, Any], points: float, scored: bool) -> dict[str, Any]:
    return {"constant_score": {"filter": query, "boost": points / SCALE}} if scored else query


def terms_in(condition: Condition) -> int:
    """How many terms a condition asks for."""
    match condition:
        case Any_(parts):
            return sum(map(terms_in, parts))
        case All_(parts, excluded):
            return sum(map(terms_in, (*parts, *excluded)))
        case Stem(_, stems):
            return len(stems)
    return 1
