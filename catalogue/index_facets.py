"""The facets of a record: the values it is counted under, their labels and URIs.

A value is a folded label, so that «Dark Matter» and «dark matter» are one; how it is
written, and its URI where a vocabulary knows it, stand in keys beside it («concepts»).  There
stand also the labels and URIs of all that is broader, in its own vocabulary and in those that
are aligned with it: who chooses a broader concept finds what bears a narrower one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalogue.days import year_of
from catalogue.index import FACETS
from catalogue.record import Agent, Date, Record, Reference, Term
from catalogue.text import BOUNDARY, fold, words
from catalogue.told import LABELS as TOLD_LABELS
from catalogue.told import told
from vocab.base import concluded, emptied, state, vocabulary
from vocab.hierarchy import SEARCHED, broader

FACET_FIELD = {name: f"facet_{name}" for name in FACETS}
LABELLED = frozenset(FACETS) - {"subject", "creator"}
"""Facets whose words are searched in the field ``labels``, each word as ``facet:word``."""

SELF_NAMED = frozenset({"type", "source", "access", "year", "has"})
"""Facets whose values say how they are written and have no URI; see `label_of`."""

HIERARCHICAL = frozenset({"subject", "technique", "messenger", "facility", "instrument"})
"""Facets whose values may be concepts with narrower ones."""

_COMPLETED = frozenset({"facility", "instrument", "technique", "messenger", "publisher"})

LONGEST_FACET_VALUE = 200
LONGEST_KEY = 1000

_CACHED_VALUES = 50_000
_HYPHENS = re.compile(r"-+")
_SEPARATOR = "\x1f"
_ACCESS_LABELS = {
    "open": "Open",
    "embargoed": "Embargoed",
    "restricted": "Restricted",
    "closed": "Closed",
    "metadata-only": "Metadata only",
}


def facet_value(label: str) -> str:
    """The value under which a label is counted and chosen: folded, with single spaces."""
    folded = fold(label)
    if not label.isascii() and "-" in folded:
        # Letters that became names stand between hyphens: «γ-ray» is to be «gamma-ray».
        folded = _HYPHENS.sub("-", folded).strip("-")
    return " ".join(folded.split())[:LONGEST_FACET_VALUE]


def label_of(facet: str, value: str) -> str:
    """How a value of one of `SELF_NAMED` is written."""
    if facet == "access":
        return _ACCESS_LABELS.get(value, value)
    if facet == "has":
        return TOLD_LABELS.get(value, value)
    return value.capitalize() if facet == "type" else value


def concept_key(facet: str, value: str, label: str, uri: str) -> str:
    """The key that ties a facet value to one of its written forms and its URI."""
    written = " ".join(label.split())[:LONGEST_FACET_VALUE]
    return _SEPARATOR.join((facet, value, written, uri.replace(_SEPARATOR, "")[:LONGEST_KEY]))


def concept_prefix(facet: str, value: str) -> str:
    """What all `concept_key` of one facet value begin with."""
    return f"{facet}{_SEPARATOR}{value}{_SEPARATOR}"


def concept_parts(key: str) -> tuple[str, str | None]:
    """Label and URI of a `concept_key`."""
    _, _, label, uri = key.split(_SEPARATOR)
    return label, uri or None


def uri_key(facet: str, uri: str) -> str:
    """The key under which the records of a concept are found by its URI."""
    return f"{facet}{_SEPARATOR}{uri[:LONGEST_KEY]}"


def within_key(facet: str, value: str) -> str:
    """The key under which the records of a concept, and of all below it, are found by its label."""
    return f"{facet}{_SEPARATOR}{_SEPARATOR}{value}"


@concluded(1)
def concept_values() -> frozenset[str]:
    """The facet values that some vocabulary knows: only they can have others within."""
    return frozenset(facet_value(concept.label) for name in SEARCHED for concept in vocabulary(name))


_Values = list[tuple[str, str | None]]


def _facets(record: Record, sources: Sequence[str]) -> Iterator[tuple[str, _Values]]:
    """Each facet with the labels that the record bears, and their URIs."""
    yield "type", [(record.kind.capitalize(), None)]
    yield "source", [(source, None) for source in sources]
    if record.subjects:
        yield "subject", [(term.label, term.uri) for term in record.subjects]
    if record.creators:
        yield "creator", [(agent.name, _agent_uri(agent)) for agent in record.creators]
    if record.publisher is not None:
        yield "publisher", [(record.publisher.name, _agent_uri(record.publisher))]
    if record.rights:
        yield "licence", _terms(statement.licence for statement in record.rights)
    if record.access is not None:
        yield "access", [(_ACCESS_LABELS[record.access.right], None)]
    if record.facilities:
        yield "facility", _references(record.facilities)
    if record.instruments:
        yield "instrument", _references(record.instruments)
    if record.techniques:
        yield "technique", _terms(record.techniques)
    if record.messengers:
        yield "messenger", _terms(record.messengers)
    if record.capabilities:
        yield "standard", [(c.standard, c.standard) for c in record.capabilities if c.standard]
    date = published_date(record.dates)
    year = year_of(date.start or date.end or "") if date is not None else None
    if year is not None:
        yield "year", [(year, None)]
    yield "has", [(name, None) for name in told(record)]


def _terms(terms: Iterable[Term | None]) -> _Values:
    return [(term.label, term.uri) for term in terms if term is not None]


def _references(references: Iterable[Reference]) -> _Values:
    return [(reference.label, reference.uri) for reference in references]


_AGENT_SCHEMES = {"orcid": "https://orcid.org/", "ror": "https://ror.org/"}


def _agent_uri(agent: Agent) -> str | None:
    for identifier in agent.identifiers:
        base = _AGENT_SCHEMES.get(identifier.scheme)
        if base is not None:
            return base + identifier.value
    return None


_Entry = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_entries: dict[tuple[str, str, str | None], _Entry] = emptied({})


def _entry(facet: str, label: str, uri: str | None) -> _Entry:
    """Value, keys of the concept, labelled words and words to complete of one facet value.

    Most values come again and again: the latest are kept.
    """
    value = access_value(label) if facet == "access" else facet_value(label)
    keys: list[str] = []
    if value and facet not in SELF_NAMED:
        keys.append(concept_key(facet, value, label, uri or ""))
        if uri:
            keys.append(uri_key(facet, uri))
    found = words(label) if facet in LABELLED else []
    labels = [_labelled(facet, found)] if found else []
    if uri and value and facet in HIERARCHICAL:
        for concept in broader(uri):
            keys += [
                within_key(facet, facet_value(concept.label)),
                *(uri_key(facet, u) for u in concept.uris),
            ]
            labels.append(_labelled(facet, words(concept.label)))
    named = tuple(found) if facet in _COMPLETED else ()
    if len(_entries) >= _CACHED_VALUES:
        _entries.clear()
    entry = _entries[facet, label, uri] = (
        value,
        tuple(dict.fromkeys(keys)),
        tuple(dict.fromkeys(labels)),
        named,
    )
    return entry


def _labelled(facet: str, found: list[str]) -> str:
    return " ".join([f"{facet}:{word}" for word in found])


def broader_labels(record: Record) -> list[str]:
    """The labels of all that is broader than what the record bears, each once."""
    terms: tuple[Term | Reference, ...] = (*record.subjects, *record.facilities, *record.instruments)
    terms += (*record.techniques, *record.messengers)
    found: dict[str, None] = {}
    for one in terms:
        if one.uri:
            for above in broader(one.uri):
                if above.label != one.label:
                    found[above.label] = None
    return list(found)


def access_value(label: str) -> str:
    """The access right that a label stands for («metadata-only»)."""
    return facet_value(label).replace(" ", "-")


def add_facets(document: dict[str, Any], record: Record, sources: Sequence[str]) -> list[str]:
    """Facet values, concepts and labels; gives back the words of named things."""
    state()
    concepts: dict[str, None] = {}
    labels: dict[str, None] = {}
    named: list[str] = []
    for facet, values in _facets(record, sources):
        counted: dict[str, None] = {}
        for label, uri in values:
            value, keys, labelled, completed = _entries.get((facet, label, uri)) or _entry(facet, label, uri)
            if value:
                counted[value] = None
                for key in keys:
                    concepts[key] = None
                for words_of_it in labelled:
                    labels[words_of_it] = None
                named += completed
        document[FACET_FIELD[facet]] = list(counted)
    document["concepts"] = list(concepts)
    document["labels"] = f" {BOUNDARY} ".join(labels)
    return named


def published_date(dates: Iterable[Date]) -> Date | None:
    """The date of issue, else of creation."""
    created: Date | None = None
    for date in dates:
        if date.kind == "issued":
            return date
        if date.kind == "created" and created is None:
            created = date
    return created
