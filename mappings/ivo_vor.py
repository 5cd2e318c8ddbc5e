"""VOResource 1.0 to 1.2 with its extensions (VODataService, VORegistry, TAPRegExt, DocRegExt …).

Children have no namespace in the standard but sometimes do in records, so elements are known by
local name.  What a thing is comes from ``xsi:type``, its prefix resolved where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from catalogue.errors import NotARecord, RecordWithdrawn
from catalogue.identity import normal_identifier
from catalogue.record import (
    DateKind,
    Distribution,
    Identifier,
    Kind,
    Mapped,
    Provenance,
    Term,
    Text,
)
from mappings.base import Format
from mappings.dates import OF_DESCRIPTION
from mappings.draft import Draft
from mappings.ivo_capabilities import read_capability
from mappings.ivo_coverage import read_coverage, read_stc
from mappings.ivo_curation import named_reference, read_curation, read_relationship, read_source
from mappings.ivo_tables import read_table, read_tableset
from mappings.ivo_writing import complete, write
from mappings.rights import joined_access, read_rights
from mappings.text import clean_block, clean_line, clean_url
from mappings.xml_reading import elements, first, local_name, namespace, payload, text_of, type_name
from vocab.base import vocabulary

NAMESPACE = "http://www.ivoa.net/xml/RegistryInterface/v1.0"
SCHEMA = "http://www.ivoa.net/xml/RegistryInterface/v1.0"
_SCHEMA = re.compile(r"http://www\.ivoa\.net/xml/[A-Za-z]+/v[0-9][0-9a-z.]*")


def status_of(document: Any) -> str | None:
    """The registry status of a resource: active, inactive or deleted (VOResource 1.1, section 3.1.1).

    It may be deleted while the OAI header says that the record lives.
    """
    status = document.get("status") if local_name(document).casefold() == "resource" else None
    return status.strip().casefold() if status else None


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a ``ri:Resource``; raises `RecordRefused`, and `RecordWithdrawn` for a deleted one."""
    resource = _resource(document)
    draft = Draft(provenance.identifier)
    status = status_of(resource)
    if status == "deleted":
        raise RecordWithdrawn("The registry says that the resource is deleted.", path="/Resource/@status")
    if status not in (None, "active"):
        draft.keep("@status", status)
    for element in elements(resource):
        handler = _HANDLERS.get(local_name(element))
        if handler is not None:
            handler(draft, element)
        else:
            draft.keep_below(element, local_name(element))
    _stamps(draft, resource)
    kind, draft.type_label = _kind(draft, resource)
    draft.identifiers = _distinct(draft.identifiers)
    draft.time_scale = "TDB"  # VODataService 1.2, section 3.2
    return draft.finished(kind, provenance, "title")


def _distinct(identifiers: list[Identifier]) -> list[Identifier]:
    """Each identifier once, as it is written first; its own name is the first of all."""
    found: dict[tuple[str, str], Identifier] = {}
    for one in identifiers:
        found.setdefault((one.scheme, one.value), one)
    return list(found.values())


def _resource(document: Any) -> Any:
    element = document
    if local_name(element).casefold() != "resource":
        element = payload(element)
    if local_name(element).casefold() != "resource":
        # Stores of registries put the resource into an envelope of their own.
        inside = next((one for one in elements(element) if local_name(one) == "Resource"), None)
        element = element if inside is None else inside
    name = local_name(element)
    if name.casefold() != "resource" or "datacite" in (namespace(element) or ""):
        reason = f"The root element is «{name}» in the namespace «{namespace(element)}», not ri:Resource."
        raise NotARecord(reason, path=f"/{name}")
    return element


def _kind(draft: Draft, resource: Any) -> tuple[Kind, str | None]:
    """The kind and the label of the type; a type that is not known stays as its name."""
    space, name = type_name(resource)
    if name is None:
        draft.issue("@xsi:type", "The resource does not say of what type it is.")
        return "other", None
    types = vocabulary("voresource_types")
    found = types.lookup(f"{space}#{name}") if space else None
    if found is None and space and _SCHEMA.fullmatch(space):
        # The name of a type is the same in all versions of its schema, those before 1.0 too.
        found = types.lookup(name)
    if found is None:
        draft.issue("@xsi:type", "The type is not one of the IVOA's.", f"{{{space}}}{name}")
        found = types.lookup(name) if space is None else None
    if found is None:
        return "other", name
    kind = cast(Kind, found.values["kind"])
    return kind, found.label if found.label.casefold() != kind else None


def _stamps(draft: Draft, resource: Any) -> None:
    """When the description (not the thing) was made and changed."""
    stamps: tuple[tuple[str, DateKind], ...] = (("created", "created"), ("updated", "updated"))
    for name, kind in stamps:
        value = clean_line(resource.get(name))
        if value is not None:
            date = draft.date(value, kind, f"@{name}", OF_DESCRIPTION)
            if date is not None:
                draft.dates.append(date)


def _title(draft: Draft, element: Any) -> None:
    value = clean_line(text_of(element))
    if value is not None:
        draft.found_titles.append(Text(value=draft.title(value, "title"), type="main"))


def _short_name(draft: Draft, element: Any) -> None:
    value = clean_line(text_of(element))
    if value is not None:
        draft.found_titles.append(Text(value=draft.title(value, "shortName"), type="short"))


def _identifier(draft: Draft, element: Any) -> None:
    authority, key = first(element, "authorityID"), first(element, "resourceKey")
    if authority is not None:
        # VOResource 0.10 had the parts of an IVOID apart.
        parts = [clean_url(text_of(one)) for one in (authority, key) if one is not None]
        value: str | None = "ivo://" + "/".join(part for part in parts if part and part != "null")
    else:
        value = clean_url(text_of(element))
    if value is None:
        return
    identifier = normal_identifier(value)
    if identifier.scheme != "ivoid":
        draft.issue("identifier", "The identifier is no IVOID.", value)
    draft.identifiers.insert(0, identifier)


def _alternate(draft: Draft, element: Any) -> None:
    """Another name; it may be that of something related, so nothing is ever joined by it."""
    value = clean_url(text_of(element))
    if value is not None:
        found = normal_identifier(value)
        draft.identifiers.append(
            Identifier(scheme=found.scheme, value=found.value, written=found.written, role="alternate")
        )


def _content(draft: Draft, element: Any) -> None:
    for child in elements(element):
        name = local_name(child)
        text = text_of(child)
        if name == "subject":
            label = clean_line(text)
            if label is not None:
                draft.subjects.append(Term(label=label))
        elif name == "description":
            value = clean_block(text)
            if value is not None:
                value = draft.description(value, "content/description")
                draft.descriptions.append(Text(value=value, type="abstract"))
        elif name == "referenceURL":
            _alternate(draft, child)
        elif name == "source":
            read_source(draft, child)
        elif name == "relationship":
            read_relationship(draft, child)
        else:
            draft.keep_below(child, f"content/{name}")


def _rights(draft: Draft, element: Any) -> None:
    rights, access = read_rights(text_of(element), element.get("rightsURI"))
    if rights is not None:
        draft.rights.append(rights)
    draft.access = joined_access(draft.access, access)


def _validation(draft: Draft, element: Any) -> None:
    level = clean_line(text_of(element))
    if level is not None:
        by = clean_url(element.get("validatedBy"))
        draft.quality.append(f"validation level {level}" + (f" by {by}" if by else ""))


def _catalog(draft: Draft, element: Any) -> None:
    """The tables of a collection as VODataService 1.0 (DataCollection) had them, without a schema."""
    for child in elements(element):
        if local_name(child) == "table":
            read_table(draft, child)
        else:
            draft.keep_below(child, f"catalog/{local_name(child)}")


def _format(draft: Draft, element: Any) -> None:
    value = clean_line(text_of(element))
    if value is not None:
        draft.formats.append(value)


def _access_url(draft: Draft, element: Any) -> None:
    url = clean_url(text_of(element))
    if url is not None:
        draft.distributions.append(Distribution(url=url))


def _facility(draft: Draft, element: Any) -> None:
    reference = named_reference(element)
    if reference is not None:
        draft.facilities.append(reference)


def _instrument(draft: Draft, element: Any) -> None:
    reference = named_reference(element)
    if reference is not None:
        draft.instruments.append(reference)


_HANDLERS: dict[str, Callable[[Draft, Any], None]] = {
    "validationLevel": _validation,
    "title": _title,
    "shortName": _short_name,
    "identifier": _identifier,
    "altIdentifier": _alternate,
    "curation": read_curation,
    "content": _content,
    "rights": _rights,
    "capability": read_capability,
    "facility": _facility,
    "instrument": _instrument,
    "format": _format,
    "coverage": read_coverage,
    "STCResourceProfile": read_stc,
    "tableset": read_tableset,
    "catalog": _catalog,
    "table": read_table,
    "accessURL": _access_url,
}

FORMAT = Format(
    prefix="ivo_vor",
    title="VOResource of the International Virtual Observatory Alliance",
    media_type="application/xml",
    namespace=NAMESPACE,
    schema=SCHEMA,
    read=read,
    write=write,
    complete=complete,
    rank=90,
    suffix="vor.xml",
)
