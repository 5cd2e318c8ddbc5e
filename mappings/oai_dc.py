"""OAI Dublin Core (OAI-PMH 2.0, section 3.4; DCMES 1.1), read and written.

Dublin Core has no types and no attributes, so order and form must say what a value is: the first
DOI, or the one of the OAI header, is the record's own; a date with a time of day is a stamp of the
repository; an ``info:eu-repo`` term is an access right, an embargo or a grant (OpenAIRE Guidelines
for Literature Repositories 3.0).  Elements of DCMI Terms that come along are read too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalogue.errors import NotARecord
from catalogue.identity import doi_in
from catalogue.record import Coverage, Date, Identifier, Mapped, Provenance, Record, Rights, record_id
from mappings.base import Format
from mappings.dublin_core import DC, DCTERMS, HANDLERS, handler_of
from mappings.dublin_core_draft import Draft
from mappings.oai_dc_writing import NAMESPACE, SCHEMA, write
from mappings.rights import merged
from mappings.xml_reading import local_name, namespace, payload

_ALTERNATE_ONLY = frozenset({"url", "isbn", "issn", "other", "uri"})
_ROOTS = frozenset({"dc", "qualifieddc", "simpledc"})


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from an ``oai_dc:dc`` element; raises `RecordRefused` where it is none, or is empty."""
    draft = Draft(provenance.identifier)
    known = HANDLERS.get
    for element in _elements(document):
        handler = known(element.tag) or handler_of(element.tag)
        text = element.text if not len(element) else "".join(element.itertext())
        if text is not None and handler is not None:
            handler(draft, text, element)
    identifiers = _roles(draft.identifiers, provenance.identifier)
    titles = draft.titles(draft.found_titles, identifiers, "dc:title")
    kind, type_label = draft.kind_and_label()
    for other in draft.publishers[1:]:
        draft.keep("dc:publisher", other.name)
    record = Record(
        id=record_id(provenance.source, provenance.identifier),
        kind=kind,
        titles=titles,
        provenance=provenance,
        identifiers=tuple(identifiers),
        descriptions=tuple(draft.descriptions),
        creators=draft.within(draft.creators, "creators", "dc:creator"),
        contributors=draft.within(draft.contributors, "contributors", "dc:contributor"),
        publisher=draft.publishers[0] if draft.publishers else None,
        dates=_dates(draft),
        languages=tuple(dict.fromkeys(draft.languages)),
        sizes=tuple(draft.sizes),
        formats=tuple(draft.formats),
        type_label=type_label,
        subjects=draft.within(draft.subjects, "subjects", "dc:subject"),
        rights=_rights(draft),
        access=draft.access,
        funding=tuple(draft.funding),
        relations=tuple(draft.relations),
        coverage=Coverage(places=tuple(draft.places)) if draft.places else None,
        extra=tuple(draft.extra),
    )
    return Mapped(record=record, issues=tuple(draft.issues))


def _elements(document: Any) -> Iterable[Any]:
    """The elements of the record, which comes in several wrappings."""
    name = local_name(document)
    if name in _ROOTS:
        return document  # type: ignore[no-any-return]
    document = payload(document)
    name = local_name(document)
    if name in _ROOTS:
        return document  # type: ignore[no-any-return]
    if name in ("metadata", "record") and any(namespace(child) in (DC, DCTERMS) for child in document):
        return document  # type: ignore[no-any-return]
    reason = f"The root element is «{name}» in the namespace «{namespace(document)}», not oai_dc:dc."
    raise NotARecord(reason, path=f"/{name}")


def _roles(found: list[Identifier], header: str) -> list[Identifier]:
    """Which identifiers are the record's own: one of each scheme that names things, DOI of the header first.

    An address, an ISBN or an ISSN may be shared with other things, so they never are.
    """
    own_doi = doi_in(header)
    if own_doi is not None and all(one.scheme != "doi" or one.value != own_doi for one in found):
        found.insert(
            0, Identifier(scheme="doi", value=own_doi, written=header if header != own_doi else None)
        )
    if len(found) == 1 and found[0].scheme not in _ALTERNATE_ONLY and found[0].role == "own":
        return found
    taken: set[str] = set()
    seen: set[tuple[str, str]] = set()
    result: list[Identifier] = []
    for one in found:
        if (one.scheme, one.value) in seen:
            continue
        seen.add((one.scheme, one.value))
        own = one.role == "own" and one.scheme not in _ALTERNATE_ONLY and one.scheme not in taken
        if one.scheme == "doi" and own_doi is not None:
            own = one.value == own_doi
        if own:
            taken.add(one.scheme)
        elif one.role == "own":
            one = Identifier(scheme=one.scheme, value=one.value, written=one.written, role="alternate")
        result.append(one)
    return result


def _dates(draft: Draft) -> tuple[Date, ...]:
    """The first date without a time of day is that of publication, as DSpace and DRIVER have it."""
    raw = draft.plain_dates
    if len(raw) == 1:
        date = draft.date(raw[0], "issued", "dc:date")
        return (date, *draft.dates) if date is not None else tuple(draft.dates)
    if not raw:
        return tuple(draft.dates)
    raw = list(dict.fromkeys(raw))
    issued = next((text for text in raw if ":" not in text), raw[0])
    found = [draft.date(text, "issued" if text == issued else "other", "dc:date") for text in raw]
    return (*(date for date in found if date is not None), *draft.dates)


def _rights(draft: Draft) -> tuple[Rights, ...]:
    rights = merged(draft.rights) if len(draft.rights) > 1 else tuple(draft.rights)
    if draft.holder is None:
        return rights
    first = rights[0] if rights else Rights()
    return (Rights(text=first.text, url=first.url, licence=first.licence, holder=draft.holder), *rights[1:])


FORMAT = Format(
    prefix="oai_dc",
    title="OAI Dublin Core",
    media_type="application/xml",
    namespace=NAMESPACE,
    schema=SCHEMA,
    read=read,
    write=write,
    rank=10,
    suffix="dc.xml",
)
