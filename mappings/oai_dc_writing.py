"""A record as OAI Dublin Core, by template."""

from __future__ import annotations

import functools
from urllib.parse import quote

from catalogue.identity import resolver_url, scheme_and_value
from catalogue.record import Date, DateKind, Funding, Identifier, Kind, Record, Rights
from mappings.dates import best_date, written_date
from mappings.places import written_place
from mappings.terms import is_language_tag, written_type
from mappings.xml_writing import content

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_OPENING = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)
_DATE_ORDER: tuple[DateKind, ...] = (
    "issued",
    "available",
    "copyrighted",
    "created",
    "updated",
    "submitted",
    "accepted",
)
_ACCESS = {
    "open": "info:eu-repo/semantics/openAccess",
    "embargoed": "info:eu-repo/semantics/embargoedAccess",
    "restricted": "info:eu-repo/semantics/restrictedAccess",
    "closed": "info:eu-repo/semantics/closedAccess",
    "metadata-only": "http://purl.org/coar/access_right/c_14cb",
}


def write(record: Record) -> bytes:
    """The record as one ``oai_dc:dc`` element, valid against oai_dc.xsd."""
    out = [_OPENING]
    for title in record.titles:
        if title.type != "identifier":
            out.append(_literal("title", title.value, title.language))
    for agent in record.creators:
        out.append(f"<dc:creator>{content(agent.name)}</dc:creator>")
    for subject in record.subjects:
        out.append(_subject(subject.label))
    for description in record.descriptions:
        out.append(_literal("description", description.value, description.language))
    if record.publisher is not None:
        out.append(f"<dc:publisher>{content(record.publisher.name)}</dc:publisher>")
    for agent in record.contributors:
        out.append(f"<dc:contributor>{content(agent.name)}</dc:contributor>")
    _dates(record, out)
    out.append(_types(record.kind, record.type_label))
    for extent in (*record.formats, *record.sizes):
        out.append(f"<dc:format>{content(extent)}</dc:format>")
    for identifier in sorted(record.identifiers, key=_own_first):
        out.append(_named("identifier", identifier.scheme, identifier.value))
    for language in record.languages:
        out.append(f"<dc:language>{content(language)}</dc:language>")
    for relation in record.relations:
        out.append(_named("relation", relation.scheme, relation.value))
    for funding in record.funding:
        out.append(f"<dc:relation>{content(_grant(funding))}</dc:relation>")
    _places(record, out)
    if record.access is not None:
        out.append(f"<dc:rights>{_ACCESS[record.access.right]}</dc:rights>")
    for rights in record.rights:
        _rights(rights, out)
    out.append("</oai_dc:dc>")
    return "".join(out).encode("utf-8")


def written_identifier(scheme: str, value: str) -> str:
    """An identifier as an address where its scheme has one, else so that its scheme can be told."""
    if scheme == "doi":
        return "https://doi.org/" + value
    address = resolver_url(scheme, value)
    if address is not None:
        return address
    if ":" not in value:
        prefixed = f"{scheme}:{value}"
        if scheme_and_value(prefixed) == (scheme, value):
            return prefixed
    return value


def date_of_publication(dates: tuple[Date, ...]) -> Date | None:
    """The date of publication, or the one that stands for it."""
    return best_date(dates, _DATE_ORDER)


def _own_first(identifier: Identifier) -> bool:
    return identifier.role != "own"


def _named(name: str, scheme: str, value: str) -> str:
    return f"<dc:{name}>{content(written_identifier(scheme, value))}</dc:{name}>"


def _places(record: Record, out: list[str]) -> None:
    for place in record.coverage.places if record.coverage is not None else ():
        words = written_place(place)
        if words:
            out.append(f"<dc:coverage>{content(words)}</dc:coverage>")


def _literal(name: str, value: str, language: str | None) -> str:
    if language is not None and is_language_tag(language):
        return f'<dc:{name} xml:lang="{language}">{content(value)}</dc:{name}>'
    return f"<dc:{name}>{content(value)}</dc:{name}>"


@functools.lru_cache(maxsize=16384)
def _subject(label: str) -> str:
    return f"<dc:subject>{content(label)}</dc:subject>"


@functools.lru_cache(maxsize=4096)
def _types(kind: Kind, label: str | None) -> str:
    concept, words = written_type(kind, label)
    found = f"<dc:type>{content(concept.label)}</dc:type>"
    return found + f"<dc:type>{content(words)}</dc:type>" if words else found


def _dates(record: Record, out: list[str]) -> None:
    """The date of publication, or the date that stands for it, and the end of an embargo.

    Dublin Core dates have no type, so the others would be taken for it.
    """
    best = date_of_publication(record.dates)
    if best is not None:
        out.append(f"<dc:date>{content(written_date(best)[0])}</dc:date>")
    if record.access is not None and record.access.until is not None:
        out.append(f"<dc:date>info:eu-repo/date/embargoEnd/{content(record.access.until)}</dc:date>")


def _rights(rights: Rights, out: list[str]) -> None:
    if rights.text is not None:
        out.append(f"<dc:rights>{content(rights.text)}</dc:rights>")
    if rights.url is not None:
        out.append(f"<dc:rights>{content(rights.url)}</dc:rights>")
    if rights.text is None and rights.url is None:
        if rights.licence is not None:
            out.append(f"<dc:rights>{content(rights.licence.uri or rights.licence.label)}</dc:rights>")
        elif rights.holder is not None:
            out.append(f"<dc:rights>{content(rights.holder)}</dc:rights>")


def _grant(funding: Funding) -> str:
    """info:eu-repo/grantAgreement/Funder/Programme/Project/Jurisdiction/Title (OpenAIRE)."""
    parts = [funding.funder, "", funding.award or "", "", funding.award_title or ""]
    path = "/".join(quote(part, safe=" ,.:;()'&") for part in parts)
    return f"info:eu-repo/grantAgreement/{path.rstrip('/')}"
