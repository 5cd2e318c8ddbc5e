"""A record as a flat document: the one form that both engines index and the matcher reads.

A document is a dict of field → text, whole number or list of texts.  `FIELDS` says what
each field holds:

``stems``    stemmed words with spaces between; only whether and how often they occur counts
``exact``    folded words in their order; values are kept apart by `BOUNDARY`
``set``      distinct words with spaces between, for completions
``keys``     a list of whole values that are looked up
``facet``    a list of whole values that are looked up and counted
``integer``  a number to range over and to sort by
``order``    one whole value to sort by
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from catalogue.days import LAST_DAY, days_of
from catalogue.identity import scheme_and_value
from catalogue.index import SEQUENCE_BITS, Change
from catalogue.index_coverage import SLOTTED, add_coverage
from catalogue.index_facets import FACET_FIELD, LONGEST_KEY, add_facets, broader_labels, published_date
from catalogue.index_places import PLACED
from catalogue.parameter_names import FIELD as NAMES_OF_PARAMETERS
from catalogue.parameter_names import parameter_keys
from catalogue.record import Date, Record, Text
from catalogue.region_fit import FIELD as BY_AREA
from catalogue.text import (
    BOUNDARY,
    cut,
    cut_and_joined,
    detect_language,
    language_code,
    stems,
)

Document = dict[str, Any]
FieldKind = Literal["stems", "exact", "set", "keys", "facet", "integer", "order"]

STEMMED = ("title", "subject", "description", "other")
FIELDS: dict[str, FieldKind] = {
    "id": "keys",
    **dict.fromkeys(STEMMED, "stems"),
    **{f"{name}_exact": "exact" for name in STEMMED},
    "creator": "exact",
    "labels": "exact",
    "completions": "set",
    "identifiers": "keys",
    "title_keys": "keys",
    "concepts": "keys",
    **dict.fromkeys(FACET_FIELD.values(), "facet"),
    NAMES_OF_PARAMETERS: "facet",
    "sequence": "integer",
    "completeness": "integer",
    "first_day": "integer",
    "last_day": "integer",
    "newest": "integer",
    "oldest": "integer",
    "by_title": "order",
    BY_AREA: "integer",
    **dict.fromkeys(("sky_cells", "sky_above", "quantities", "quantities_above", "covers"), "keys"),
    **dict.fromkeys((*SLOTTED, *PLACED), "integer"),
}
VERSION = 9
"""Changes whenever documents of an older program would be searched wrongly; the index is then rebuilt."""

MAXIMUM_OTHER = 200_000
"""Characters of minor texts (parameters, tables, extra …) that are searched in one record."""

_ORDER_LENGTH = 64


def document_of(change: Change) -> Document:
    """The document of a change that is no tombstone."""
    record = change.record
    if record is None:
        raise ValueError("a tombstone has no document")
    document: Document = {
        "id": record.id,
        "sequence": change.sequence,
        "identifiers": _identifiers(record),
        "completeness": completeness(record),
    }
    _add_texts(document, record)
    document["title_keys"] = [
        key for title in document["title_exact"].split(f" {BOUNDARY} ") if (key := title_key(title))
    ]
    named = add_facets(document, record, change.sources)
    _add_order(document, record, change.sequence)
    add_coverage(document, record)
    if record.parameters:
        document[NAMES_OF_PARAMETERS] = parameter_keys(record)
    document["completions"] = " ".join(
        {
            *document["title_exact"].split(),
            *document["subject_exact"].split(),
            *document["creator"].split(),
            *named,
        }
        - {BOUNDARY}
    )
    return document


def identifier_key(identifier: str) -> str:
    """An identifier as it is looked up: without case, web scheme, «www.» and closing slash."""
    key = identifier.strip().casefold()
    if key[:4] == "http":
        key = key.removeprefix("http://").removeprefix("https://")
    return key.removeprefix("www.").rstrip("/")[:LONGEST_KEY]


def title_key(title: str) -> str:
    """The key of a whole title, of its folded words with a space between; empty where there are none."""
    return hashlib.blake2b(title.encode(), digest_size=8).hexdigest() if title else ""


def completeness(record: Record) -> int:
    """How many of twelve things are told that let one find, judge and use what is described."""
    told = (
        record.descriptions,
        record.creators,
        record.publisher,
        record.dates,
        record.subjects,
        record.rights,
        record.access,
        record.distributions or record.capabilities,
        record.coverage,
        record.facilities or record.instruments or record.techniques,
        record.relations,
        record.parameters or record.tables,
    )
    return sum(map(bool, told))


# --- texts -----------------------------------------------------------------------


def _add_texts(document: Document, record: Record) -> None:
    """Title, subject, description, other and creator: stemmed and exact."""
    title = cut_and_joined([text.value for text in record.titles])
    description = cut_and_joined([text.value for text in record.descriptions])
    language = _language(record, max(title[0], description[0], key=len))
    _add_stemmed(document, "title", record.titles, title, language)
    _add_stemmed(document, "description", record.descriptions, description, language)
    for name, texts in (
        ("subject", [term.label for term in record.subjects]),
        ("other", list(_within(_other(record), MAXIMUM_OTHER))),
    ):
        found, joined = cut_and_joined(texts)
        document[f"{name}_exact"] = " ".join(found)
        document[name] = " ".join(stems(found + joined if joined else found, language))
    document["creator"] = " ".join(cut([agent.name for agent in record.creators]))


def _add_stemmed(
    document: Document, name: str, texts: tuple[Text, ...], words: tuple[list[str], list[str]], language: str
) -> None:
    """A field whose texts may be in several languages; ``words`` are those of all of them, and joined."""
    found, joined = words
    document[f"{name}_exact"] = " ".join(found)
    languages = {language_code(text.language) or language for text in texts}
    if len(languages) < 2:
        only = languages.pop() if languages else language
        document[name] = " ".join(stems(found + joined, only))
        return
    stemmed: list[str] = []
    for text in texts:
        found, joined = cut_and_joined([text.value])
        stemmed += stems(found + joined, language_code(text.language) or language)
    document[name] = " ".join(stemmed)


def _language(record: Record, found: list[str]) -> str:
    """The language of texts that do not say theirs: by their function words, else the record's own."""
    detected = detect_language(found)
    if detected is not None:
        return detected
    if len(record.languages) == 1:
        return language_code(record.languages[0]) or "en"
    return "en"


def _within(texts: Iterable[str | None], limit: int) -> Iterator[str]:
    """Texts until ``limit`` characters are reached."""
    for text in texts:
        if text:
            yield text[:limit]
            limit -= len(text)
            if limit <= 0:
                return


def _other(record: Record) -> Iterator[str | None]:
    """The texts beside title, description, subjects and creators, the weightier first."""
    for agent in record.contributors:
        yield agent.name
    if record.publisher is not None:
        yield record.publisher.name
    for references in (
        record.facilities,
        record.instruments,
        record.experiments,
        record.samples,
        record.proposals,
        record.targets,
    ):
        for reference in references:
            yield reference.label
            yield reference.identifier
    for terms in (record.techniques, record.messengers):
        for term in terms:
            yield term.label
    yield from broader_labels(record)
    yield record.type_label
    yield record.processing_level
    for statement in record.rights:
        yield statement.licence.label if statement.licence is not None else None
        yield statement.text
    yield from record.formats
    yield from _affiliations(record)
    if record.funding:
        yield from _funding(record)
    if record.coverage is not None:
        yield from _coverage(record)
    if record.environment is not None:
        yield from record.environment.languages
    for relation in record.relations:
        yield relation.title
    if record.parameters or record.tables or record.capabilities or record.distributions:
        yield from _structures(record)
    for extra in record.extra:
        yield extra.text


def _affiliations(record: Record) -> Iterator[str]:
    agents = (*record.creators, *record.contributors, *((record.publisher,) if record.publisher else ()))
    yield from dict.fromkeys(
        affiliation.name for agent in agents if agent.affiliations for affiliation in agent.affiliations
    )


def _funding(record: Record) -> Iterator[str | None]:
    for grant in record.funding:
        yield grant.funder
        yield grant.award
        yield grant.award_title


def _coverage(record: Record) -> Iterator[str | None]:
    if record.coverage is not None:
        for place in record.coverage.places:
            yield place.name
        if record.coverage.energy is not None:
            for band in record.coverage.energy.bands:
                yield band.label


def _structures(record: Record) -> Iterator[str | None]:
    for parameter in record.parameters:
        yield parameter.name
        yield parameter.text
    for capability in record.capabilities:
        yield capability.description
        yield capability.standard
    for table in record.tables:
        yield table.name
        yield table.description
        for column in table.columns:
            yield column.name
            yield column.ucd
            yield column.description
    for distribution in record.distributions:
        yield distribution.title


# --- identifiers, facets, order ------------------------------------------------------


def _identifiers(record: Record) -> list[str]:
    """The keys of the record's identifiers, and of the people and organisations that have to do with it."""
    keys = {record.id, identifier_key(record.provenance.identifier)}
    for identifier in record.identifiers:
        keys.add(identifier_key(identifier.value))
        if identifier.written is not None:
            keys.add(identifier_key(identifier.written))
    for agent in (*record.creators, *record.contributors, record.publisher):
        if agent is not None:
            for held in agent.identifiers:
                keys.add(identifier_key(held.value))
            for place in agent.affiliations:
                if place.identifier is not None:
                    keys.add(_normal_key(place.identifier, place.scheme))
    for grant in record.funding:
        if grant.funder_identifier is not None:
            keys.add(_normal_key(grant.funder_identifier, None))
    keys.discard("")
    return sorted(keys)


@functools.lru_cache(maxsize=16384)
def _normal_key(identifier: str, scheme: str | None) -> str:
    """The key of an identifier in its normal form, however it is written."""
    return identifier_key(scheme_and_value(identifier, scheme)[1])


def _days(date: Date | None) -> tuple[int, int] | None:
    """First and last day number of a date, or ``None`` where it is no date."""
    start = date and (date.start or date.end)
    end = date and (date.end or date.start)
    if not start or not end:
        return None
    try:
        first, last = days_of(start)
        if end != start:
            last = days_of(end)[1]
    except ValueError:
        return None
    return (first, last) if first <= last else (last, first)


def _add_order(document: Document, record: Record, sequence: int) -> None:
    days = _days(published_date(record.dates))
    if days is not None:
        document["first_day"], document["last_day"] = days
    document["newest"] = ((days[0] if days else 0) << SEQUENCE_BITS) | sequence
    document["oldest"] = ((days[0] if days else LAST_DAY + 1) << SEQUENCE_BITS) | sequence
    title = document["title_exact"][:_ORDER_LENGTH].split(f" {BOUNDARY}", 1)[0]
    document["by_title"] = f"{title.replace(' ', '!')}!{sequence:012x}"
