"""OpenAIRE 4: DataCite's elements are read as DataCite, what OpenAIRE has beside is added."""

from __future__ import annotations

import dataclasses
from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Access, Distribution, Mapped, Provenance, Text
from mappings.datacite_draft import DataciteDraft
from mappings.datacite_reading import Handler, finished, language_of, read_elements, read_statement
from mappings.places import read_place
from mappings.rights import access_of
from mappings.text import clean_block, clean_line, clean_url
from mappings.xml_reading import local_name, namespace, payload, text_of

_MARK = "namespace.openaire.eu/schema/oaire"


def recognises(document: Any) -> bool:
    """Whether an element, or the record that it wraps, is of the namespace of OpenAIRE."""
    inside = [document, *list(document)[:3]]
    return any(_MARK in (namespace(one) or "") for one in inside if isinstance(one.tag, str))


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from an ``oaire:resource``; raises `NotARecord` for another element."""
    element = document if local_name(document) == "resource" else payload(document)
    if local_name(element) != "resource":
        reason = f"The root element is «{local_name(element)}» in the namespace «{namespace(element)}», "
        raise NotARecord(reason + "not an OpenAIRE resource.", path=f"/{local_name(element)}")
    draft = DataciteDraft(provenance.identifier)
    read_elements(draft, element, _HANDLERS)
    draft.access = _embargoed(draft)
    return finished(draft, provenance)


def _embargoed(draft: DataciteDraft) -> Access | None:
    """The access right; an embargo ends when the thing is available (OpenAIRE 4, field 8)."""
    access = draft.access
    if access is None or access.right != "embargoed" or access.until is not None:
        return access
    until = next((one.start for one in draft.dates if one.kind == "available" and one.start), None)
    return dataclasses.replace(access, until=until)


def _description(draft: DataciteDraft, element: Any) -> None:
    value = clean_block(text_of(element))
    if value is not None:
        text = draft.description(value, "description")
        draft.descriptions.append(Text(value=text, language=language_of(element)))


def _file(draft: DataciteDraft, element: Any) -> None:
    url = clean_url(text_of(element))
    if url is None:
        return
    right = clean_url(element.get("accessRightsURI"))
    access = access_of(right) if right is not None else None
    draft.distributions.append(
        Distribution(
            url=url,
            media_type=clean_line(element.get("mimeType")),
            access=access.right if access is not None else None,
        )
    )


def _coverage(draft: DataciteDraft, element: Any) -> None:
    place = read_place(text_of(element) or "")
    if place is not None:
        draft.places.append(place)


def _version(draft: DataciteDraft, element: Any) -> None:
    """The version; which state of a publication it is (COAR) is kept beside."""
    words = clean_line(text_of(element))
    if draft.version is None:
        draft.version = words
    elif words is not None:
        draft.keep("version", words)
    draft.keep("version/@uri", clean_url(element.get("uri")))


def _licence(draft: DataciteDraft, element: Any) -> None:
    read_statement(draft, element)
    draft.keep("licenseCondition/@startDate", clean_line(element.get("startDate")))


_HANDLERS: dict[str, Handler] = {
    "description": _description,
    "file": _file,
    "coverage": _coverage,
    "version": _version,
    "licenseCondition": _licence,
}
