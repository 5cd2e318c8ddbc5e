"""A record as EUDAT Core (kernel 1), by template."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from catalogue.days import ONGOING
from catalogue.errors import RecordRefused
from catalogue.identity import resolver_url
from catalogue.record import Agent, Funding, Identifier, Record, Reference, Relation, Rights
from mappings.datacite_terms import ACCESS, IDENTIFIER_TYPES, main_identifier, publication_year
from mappings.datacite_writing import written_place
from mappings.dates import mjd_to_date
from mappings.terms import written_type
from mappings.xml_writing import attribute, content
from vocab.base import vocabulary

NAMESPACE = "http://schema.eudat.eu/schema/kernel-1"
SCHEMA = "http://schema.eudat.eu/meta/kernel-core-1.0/schema.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ROOT = f'<resource xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
_NAMED = {"doi": "DOI", "handle": "Handle", "ark": "ARK", "urn": "URN", "url": "URL"}
"""The types of identifiers that all readers of EUDAT Core know."""


def complete(record: Record, authority: str, base_url: str) -> Record:
    """The record with the address of its page here, where no name of it resolves; no authority is needed."""
    del authority
    if any(_named(one) for one in record.identifiers):
        return record
    page = Identifier(scheme="url", value=f"{base_url}/records/{record.id}", role="alternate")
    return dataclasses.replace(record, identifiers=(page, *record.identifiers))


def write(record: Record) -> bytes:
    """The record as one ``resource``; raises `RecordRefused` where no name of it resolves."""
    main = main_identifier(record.identifiers)
    ordered = [
        *((main,) if main is not None else ()),
        *(one for one in record.identifiers if one is not main),
    ]
    names = [found for one in ordered if (found := _named(one))]
    if not names:
        raise RecordRefused("EUDAT Core demands an identifier that resolves.", path="/identifiers")
    others = [one for one in record.identifiers if one.scheme not in _NAMED]
    concept, words = written_type(record.kind, record.type_label)
    contacts = [one for one in record.contributors if one.role == "ContactPerson"]
    contributors = [one for one in record.contributors if one.role != "ContactPerson"]
    places = record.coverage.places if record.coverage is not None else ()
    publisher = record.publisher.name if record.publisher is not None else ":unav"
    subjects = [one for one in record.subjects if not _is_discipline(one.scheme)]
    return "".join(
        (
            _ROOT,
            _list("titles", "title", [one.value for one in record.titles]),
            _text("community", record.provenance.source),
            f"<identifiers>{''.join(dict.fromkeys(names))}</identifiers>",
            f"<publishers>{_text('publisher', publisher)}</publishers>",
            f"<publicationYear>{publication_year(record.dates)}</publicationYear>",
            _within("creators", [_person("creator", one) for one in record.creators]),
            _within("instruments", [_instrument(one) for one in record.instruments]),
            _list("descriptions", "description", [one.value for one in record.descriptions]),
            _list("rightsList", "rights", _rights(record)),
            _list("languages", "language", record.languages),
            _list("resourceTypes", "resourceType", [concept.label, *((words,) if words else ())]),
            _within("disciplines", _disciplines(record)),
            _list("keywords", "keyword", [one.label for one in subjects]),
            _list("formats", "format", record.formats),
            _within("alternateIdentifiers", [_alternate(one) for one in others]),
            _within("relatedIdentifiers", [_related(one) for one in record.relations]),
            _within("contributors", [_person("contributor", one) for one in contributors]),
            _list("contacts", "contact", [one.name for one in contacts]),
            _within("spatialCoverages", [written_place(one, "spatialCoverage") for one in places]),
            _within("temporalCoverages", _periods(record)),
            _text("version", record.version),
            _list("sizes", "size", record.sizes),
            _within("fundingReferences", [_funding(one) for one in record.funding]),
            "</resource>",
        )
    ).encode()


def _text(name: str, text: str | None) -> str:
    return f"<{name}>{content(text)}</{name}>" if text else ""


def _list(outer: str, inner: str, texts: Iterable[str]) -> str:
    return _within(outer, [_text(inner, one) for one in texts])


def _within(name: str, parts: Iterable[str]) -> str:
    inside = "".join(parts)
    return f"<{name}>{inside}</{name}>" if inside else ""


def _named(one: Identifier) -> str:
    """An identifier by its type, or by the address at which it resolves."""
    if one.role == "version-of-concept":
        return ""
    kind, value = _NAMED.get(one.scheme), one.value
    if kind is None and (address := resolver_url(one.scheme, one.value)):
        kind, value = "URL", address
    return f'<identifier identifierType="{kind}">{content(value)}</identifier>' if kind else ""


def _alternate(one: Identifier) -> str:
    if one.role == "version-of-concept":
        return ""
    kind = attribute(IDENTIFIER_TYPES.get(one.scheme, one.scheme))
    return f'<alternateIdentifier alternateIdentifierType="{kind}">{content(one.value)}</alternateIdentifier>'


def _person(name: str, agent: Agent) -> str:
    return f"<{name}>{_text(f'{name}Name', agent.name)}</{name}>"


def _instrument(one: Reference) -> str:
    said = ""
    if one.identifier is not None:
        kind = IDENTIFIER_TYPES.get(one.scheme or "", one.scheme or "Other")
        said = f' instrumentIdentifierType="{attribute(kind)}"'
        said += f' instrumentIdentifier="{attribute(one.identifier)}"'
    return f"<instrument{said}>{content(one.label)}</instrument>"


def _rights(record: Record) -> list[str]:
    found = [ACCESS[record.access.right]] if record.access is not None else []
    if record.access is not None and record.access.until is not None:
        found.append(f"info:eu-repo/date/embargoEnd/{record.access.until}")
    return [*found, *(text for one in record.rights for text in _statements(one))]


def _statements(rights: Rights) -> Iterator[str]:
    """The words, and the address of a licence, which readers put together again."""
    label = rights.licence.label if rights.licence is not None else None
    words = rights.text or (label if rights.url is None else None) or rights.holder
    if words:
        yield words
    if rights.url and (words is None or label):
        yield rights.url


def _is_discipline(scheme: str | None) -> bool:
    known = vocabulary("disciplines").about
    names = {known.get("scheme", ""), *known.get("schemes", "").split("|")}
    return scheme is not None and scheme in names


def _disciplines(record: Record) -> list[str]:
    out: list[str] = []
    for one in record.subjects:
        if _is_discipline(one.scheme):
            scheme = f' disciplineScheme="{attribute(one.scheme or "")}"'
            uri = f' disciplineIdentifier="{attribute(one.uri)}"' if one.uri else ""
            out.append(f"<discipline{scheme}{uri}>{content(one.label)}</discipline>")
    return out


def _related(relation: Relation) -> str:
    """An identifier by its type, one of an unknown type by its address."""
    kind, value = IDENTIFIER_TYPES.get(relation.scheme), relation.value
    if kind is None and (address := resolver_url(relation.scheme, value)):
        kind, value = "URL", address
    said = f' relatedIdentifierType="{kind}"' if kind else ""
    return f"<relatedIdentifier{said}>{content(value)}</relatedIdentifier>"


def _periods(record: Record) -> list[str]:
    """When the data were collected: by their dates, else by the coverage in time."""
    out: list[str] = []
    for one in record.dates:
        if one.kind == "collected":
            out.append(_period(one.start, one.end) or _span(one.text))
    time = record.coverage.time if record.coverage is not None else None
    if not out and time is not None:
        for interval in time.intervals:
            start = mjd_to_date(interval.low) if interval.low is not None else None
            is_over = interval.high is not None and interval.high < ONGOING
            out.append(_period(start, mjd_to_date(interval.high) if interval.high and is_over else None))
    return out


def _period(start: str | None, end: str | None) -> str:
    format_ = ' format="ISO-8601"'
    first = f"<startDate{format_}>{content(start)}</startDate>" if start else ""
    last = f"<endDate{format_}>{content(end)}</endDate>" if end else ""
    return f"<temporalCoverage>{first}{last}</temporalCoverage>" if first or last else ""


def _span(words: str | None) -> str:
    return f"<temporalCoverage>{_text('span', words)}</temporalCoverage>" if words else ""


def _funding(funding: Funding) -> str:
    number = _text("awardNumber", funding.award)
    return f"<fundingReference>{_text('funderName', funding.funder)}{number}</fundingReference>"
