"""A record as VOResource 1.1 with the extensions of the IVOA: valid by their schemas.

Which type a record gets
    what was of a type of the IVOA keeps it; services are ``vs:CatalogService`` with tables,
    ``vs:DataService`` with coverage, facility or instrument, else ``vr:Service``;
    data are ``vs:CatalogResource`` with tables, else ``vs:DataResource``; organisations, standards and
    documents have their types; all else is ``vr:Resource``.
Which identifier
    its own IVOID.  What has none is named under the authority that is given to `complete` (the
    repository's own), as a registry may only name what lies under an authority that it manages.
    Without it the record is refused.  The other names are ``altIdentifier``.
What is demanded and unknown
    publisher, contact, subject and description are «:unav»; stamps without a date are those of the
    harvested record.
What is lost
    titles but the main and the short one, descriptions but the abstract, given and family names,
    affiliations, roles of contributors, funding, sizes, languages, experiments, samples, proposals,
    targets, techniques, processing level, environment, files beyond the first 16, places on Earth;
    rights and coverage of types that have no room for them; STC; the precision of dates that are
    not of a day, and intervals of dates.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from catalogue.errors import RecordRefused
from catalogue.record import Access, Identifier, Record, Rights
from mappings.dates import OF_DESCRIPTION
from mappings.ivo_writing_capabilities import written_capabilities
from mappings.ivo_writing_coverage import written_coverage
from mappings.ivo_writing_curation import (
    UNKNOWN,
    reference_url,
    written_content,
    written_curation,
    written_names,
)
from mappings.ivo_writing_extensions import (
    AUTHORITY,
    NAMESPACES,
    REGISTRY,
    SERVICE_STANDARD,
    STANDARD,
)
from mappings.ivo_writing_parts import Part, grown, written_parts
from mappings.ivo_writing_tables import written_tableset
from mappings.ivo_writing_types import type_of
from mappings.ivo_writing_values import (
    attribute_of,
    element,
    identifier_uri,
    own_ivoid,
    timestamp,
    token,
    uri,
)
from mappings.xml_writing import content

_RI = "http://www.ivoa.net/xml/RegistryInterface/v1.0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIX = re.compile(r'xsi:type="([a-z]+):')
_VALIDATION = re.compile(r"validation level ([0-4]) by (\S+)")
_SHORT = 16
_ACCESS = {
    "open": "http://purl.org/coar/access_right/c_abf2",
    "embargoed": "http://purl.org/coar/access_right/c_f1cf",
    "restricted": "http://purl.org/coar/access_right/c_16ec",
    "closed": "info:eu-repo/semantics/closedAccess",
    "metadata-only": "http://purl.org/coar/access_right/c_14cb",
}


def complete(record: Record, authority: str, base_url: str) -> Record:
    """The record with an IVOID and the address of a page, where it has none: those of this repository.

    ``authority`` is the naming authority (a host name), ``base_url`` the address of the service.
    """
    added: list[Identifier] = []
    if not any(one.role == "own" and own_ivoid(one) for one in record.identifiers):
        added.append(Identifier(scheme="ivoid", value=f"ivo://{authority}/{record.id}"))
    if reference_url(record) is None:
        added.append(Identifier(scheme="url", value=f"{base_url}/records/{record.id}", role="alternate"))
    return dataclasses.replace(record, identifiers=(*added, *record.identifiers)) if added else record


def write(record: Record) -> bytes:
    """The record as one ``ri:Resource``; raises `RecordRefused` without an IVOID or an address."""
    name = next(
        (found for one in record.identifiers if one.role == "own" and (found := own_ivoid(one))), None
    )
    if name is None:
        raise RecordRefused("VOResource demands an IVOID, and the record has none.", path="/identifiers")
    address = reference_url(record)
    if address is None:
        raise RecordRefused("VOResource demands the address of a page.", path="/identifiers")
    type_ = type_of(record)
    body = _core(record, name, address) + "".join(_PARTS[part](record) for part in type_.parts)
    created, updated = _stamps(record)
    status = next((one.text for one in record.extra if one.path == "@status"), "active")
    return (
        f'<ri:Resource{_declared(type_.name, body)} xsi:type="{type_.name}"'
        f"{attribute_of('created', created)}{attribute_of('updated', updated)}"
        f' status="{"inactive" if status == "inactive" else "active"}" version="1.1">{body}</ri:Resource>'
    ).encode()


def _declared(type_: str, body: str) -> str:
    """The namespaces that the document uses, and where their schemas are."""
    used = dict.fromkeys([type_.partition(":")[0], *_PREFIX.findall(body)])
    spaces = [(prefix, NAMESPACES[prefix]) for prefix in used]
    names = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces)
    places = " ".join(f"{space} {space}" for space in (_RI, *(space for _, space in spaces)))
    return f' xmlns:ri="{_RI}" xmlns:xsi="{_XSI}"{names} xsi:schemaLocation="{places}"'


def _core(record: Record, name: str, address: str) -> str:
    """What all resources have (VOResource 1.1, section 3.1)."""
    short = next((one.value for one in record.titles if one.type == "short"), "")
    return (
        "".join(_validations(record))
        + element("title", token(record.title) or UNKNOWN)
        + element("shortName", short if len(short) <= _SHORT else None)
        + element("identifier", name)
        + "".join(element("altIdentifier", one) for one in _others(record, name, address))
        + written_curation(record)
        + written_content(record, address)
    )


def _validations(record: Record) -> list[str]:
    found = [_VALIDATION.fullmatch(one) for one in record.quality]
    return [
        f"<validationLevel{attribute_of('validatedBy', by)}>{match[1]}</validationLevel>"
        for match in found
        if match is not None and (by := uri(match[2]))
    ]


def _others(record: Record, name: str, address: str) -> list[str]:
    """The further names of the thing, once each; the page is said by ``referenceURL``."""
    found: dict[str, None] = {}
    for one in record.identifiers:
        if one.role != "version-of-concept" and own_ivoid(one) != name:
            written = uri(one.written) if one.scheme == "url" else None
            found[written or identifier_uri(one.scheme, one.value) or ""] = None
    return [one for one in found if one and one != address]


def _stamps(record: Record) -> tuple[str, str]:
    """When the description was made and changed, else when it was given or taken."""
    of_description = [one for one in record.dates if one.text == OF_DESCRIPTION]
    created, updated = (
        next((found for one in of_description if one.kind == kind and (found := timestamp(one.start))), None)
        for kind in ("created", "updated")
    )
    given = timestamp(record.provenance.datestamp) or timestamp(record.provenance.harvested)
    updated = updated or given or created or _NO_DATE
    return created or updated, updated


_NO_DATE = "1970-01-01T00:00:00Z"


def _rights(record: Record) -> str:
    return "".join([*_access(record.access), *(_statement(one) for one in record.rights)])


def _access(access: Access | None) -> list[str]:
    if access is None:
        return []
    addresses = [_ACCESS[access.right]]
    if access.until is not None:
        addresses.append(f"info:eu-repo/date/embargoEnd/{access.until}")
    return [f"<rights{attribute_of('rightsURI', found)}/>" for one in addresses if (found := uri(one))]


def _statement(rights: Rights) -> str:
    """The words with the address of the licence, which is SPDX's where the source gave none."""
    licence = rights.licence
    address = uri(rights.url) or (uri(licence.uri) if licence is not None else None)
    words = (
        token(rights.text) or token(licence.label if licence is not None else None) or token(rights.holder)
    )
    if address is None:
        return element("rights", words)
    return f"<rights{attribute_of('rightsURI', address)}>{content(words or '')}</rights>"


def _kept(record: Record, model: Part, *needed: tuple[str, str]) -> str:
    """The elements of a type that the model has no place for; ``needed`` stand where none was kept."""
    names = {one.name for one in model.parts}
    values = [(one.path, one.text) for one in record.extra if re.split(r"[/\[]", one.path)[0] in names]
    have = {path for path, _ in values}
    missing = [(path, text) for path, text in needed if path not in have]
    found = written_parts(grown(model, [*missing, *values]))
    return found or written_parts(grown(model, needed)) or ""


def _formats(record: Record) -> str:
    return "".join(
        element("format", token(one), ' isMIMEType="true"' if "/" in one else "") for one in record.formats
    )


def _access_url(record: Record) -> str:
    return element("accessURL", next((uri(one.url) for one in record.distributions), None))


def _authority(record: Record) -> str:
    manager = token(record.publisher.name) if record.publisher is not None else None
    return _kept(record, AUTHORITY, ("managingOrg", manager or UNKNOWN))


def _endorsed(record: Record) -> tuple[tuple[str, str], ...]:
    return (("endorsedVersion", token(record.version) or "n/a"),)


_PARTS: dict[str, Callable[[Record], str]] = {
    "rights": _rights,
    "capabilities": written_capabilities,
    "facilities": lambda record: written_names("facility", record.facilities),
    "instruments": lambda record: written_names("instrument", record.instruments),
    "formats": _formats,
    "coverage": written_coverage,
    "tableset": written_tableset,
    "access_url": _access_url,
    "registry": lambda record: _kept(record, REGISTRY, ("full", "false")),
    "authority": _authority,
    "standard": lambda record: _kept(record, STANDARD, *_endorsed(record)),
    "service_standard": lambda record: _kept(record, SERVICE_STANDARD, *_endorsed(record)),
}
