"""What one needs of a record to cite it: the same for BibTeX, RIS, CSL and ADS."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from catalogue.identity import resolver_url
from catalogue.record import Agent, Date, Identifier, Record, Relation
from mappings.agents import split_name
from mappings.datacite_terms import YEAR_ORDER, main_identifier
from mappings.dates import best_date, year_of
from mappings.terms import written_type

_CONTAINERS = ("IsPublishedIn", "IsPartOf")
_ABBREVIATED = 10
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A person by family and given name, or whatever else signs a work by its whole name."""

    whole: str
    family: str | None = None
    given: str | None = None


@dataclass(slots=True, kw_only=True)
class Citation:
    """A record as it is cited; ``type`` is a code of the vocabulary resource_types.

    ``date`` is (year, month, day) as far as known; ``key`` is unique among all records and plain ASCII.
    """

    key: str
    type: str
    genre: str | None
    title: str
    authors: tuple[Name, ...]
    editors: tuple[Name, ...]
    date: tuple[int, ...]
    publisher: str | None
    container: str | None
    doi: str | None
    url: str | None
    isbn: str | None
    issn: str | None
    arxiv: str | None
    bibcode: str | None
    abstract: str | None
    keywords: tuple[str, ...]
    language: str | None
    version: str | None
    licence: str | None


def citation_of(record: Record) -> Citation:
    """The citation of a record."""
    concept, words = written_type(record.kind, record.type_label)
    main = main_identifier(record.identifiers)
    values = {
        one.scheme: one.value for one in reversed(record.identifiers) if one.role != "version-of-concept"
    }
    authors = tuple(map(name_of, record.creators))
    date = _date(best_date([one for one in record.dates if year_of(one) is not None], YEAR_ORDER))
    containers = _containers(record) if record.relations else []
    titles = [one.title for one in containers if one.title is not None]
    issns = [one.value for one in containers if one.scheme in ("issn", "eissn")]
    return Citation(
        key=_key(authors, date, record.id),
        type=concept.code,
        genre=words,
        title=record.title,
        authors=authors,
        editors=tuple(name_of(one) for one in record.contributors if one.role == "Editor"),
        date=date,
        publisher=record.publisher.name if record.publisher is not None else None,
        container=titles[0] if titles else None,
        doi=values.get("doi"),
        url=_url(main, record),
        isbn=values.get("isbn"),
        issn=values.get("issn") or next(iter(issns), None),
        arxiv=values.get("arxiv"),
        bibcode=values.get("bibcode"),
        abstract=_abstract(record),
        keywords=tuple(dict.fromkeys(one.label for one in record.subjects)),
        language=record.languages[0] if record.languages else None,
        version=record.version,
        licence=_licence(record),
    )


@functools.lru_cache(maxsize=8192)
def name_of(agent: Agent) -> Name:
    """How an agent signs; «Family, Given» of somebody of no stated kind is a person's."""
    given, family = agent.given, agent.family
    if agent.kind == "organisation":
        return Name(whole=agent.name)
    if family is None and given is None:
        given, family = split_name(agent.name)
    if family is None:
        return Name(whole=agent.name)
    return Name(whole=agent.name, family=family, given=given)


def initials(given: str) -> str:
    """«Marie Salomea» as «M. S.»."""
    return " ".join(f"{part[0]}." for part in given.replace(".", ". ").split() if part[0].isalpha())


def one_line(text: str) -> str:
    """Text without line breaks and control characters, which formats of lines are made of."""
    if text.isprintable() and "  " not in text:
        return text
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_BREAKS.sub(" ", text).split())


def _containers(record: Record) -> list[Relation]:
    return [one for kind in _CONTAINERS for one in record.relations if one.type == kind]


def _date(date: Date | None) -> tuple[int, ...]:
    point = (date.start or date.end) if date is not None else None
    if point is None or not point[:4].isdigit():
        return ()
    parts = point[:10].split("-")
    return tuple(int(part) for part in parts if part.isdigit())


def _key(authors: tuple[Name, ...], date: tuple[int, ...], id: str) -> str:
    """Who and when, for people; and our own identifier, that no two are the same."""
    first = authors[0].family or authors[0].whole.partition(" ")[0] if authors else ""
    name = _ascii(first)
    year = f"{date[0]:04d}" if date else ""
    return "_".join(part for part in (name[:30], year, _ascii(id)[:_ABBREVIATED]) if part) or "record"


@functools.lru_cache(maxsize=8192)
def _ascii(text: str) -> str:
    """Letters and digits without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(c for c in plain if c.isalnum())


def _url(main: Identifier | None, record: Record) -> str | None:
    """Where the thing is found: its identifier's resolver, else its page, else where the record was."""
    found = resolver_url(main.scheme, main.value) if main is not None else None
    if found is None:
        addresses = (resolver_url(one.scheme, one.value) for one in record.identifiers)
        found = next((one for one in addresses if one is not None), None)
    return found or record.provenance.url


def _abstract(record: Record) -> str | None:
    for wanted in ("abstract", None):
        for one in record.descriptions:
            if one.type == wanted:
                return one.value
    return None


def _licence(record: Record) -> str | None:
    for one in record.rights:
        if one.licence is not None:
            return one.licence.label
    return next((one.text for one in record.rights if one.text is not None), None)
