"""A record as schema.org JSON-LD in the page that shows it, as search engines for data read it.

Beside what the format itself says (`schema_org_writing.py`) stand here what Google's structured data for
datasets and articles ask for, and what Science-on-schema.org 1.3 advises: a description of 50 to 5,000
characters, who described it and when, the catalogue it is found in.  It is for reading by machines that
look at many pages, not for exchange: long lists are cut, and what a type of schema.org has no property
for is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from catalogue.record import Agent, Record
from mappings.citation import name_of
from mappings.json_writing import filled, unique
from mappings.links import web_address
from mappings.schema_org_writing import CONTEXT, work
from mappings.schema_writing import agent, several

Entity = dict[str, Any]

MOST = 200
"""Values of one list in a page."""

DESCRIPTION = (50, 5000)
"""Characters that a description has at least and at most (Google, structured data for datasets)."""

HEADLINE = 110
"""Characters of the headline of an article that are shown (Google, structured data for articles)."""

_THING = {
    "@context", "@type", "@id", "additionalType", "alternateName", "description", "identifier", "image",
    "mainEntityOfPage", "name", "potentialAction", "sameAs", "subjectOf", "url",
}  # fmt: skip
_ORGANISATION = _THING | {"address", "funder", "funding", "keywords", "location", "member", "sponsor"}
_ONLY: Mapping[str, set[str]] = {
    "Thing": _THING,
    "WebAPI": _THING | {"availableChannel", "documentation", "provider", "termsOfService"},
    "ResearchOrganization": _ORGANISATION,
    "ResearchProject": _ORGANISATION,
    "Event": _THING
    | {"contributor", "funder", "funding", "inLanguage", "isAccessibleForFree", "keywords"}
    | {"location", "maintainer", "organizer", "sponsor", "translator"},
}
"""Properties of the types that are no creative works; all that is written is one of a creative work."""

_ARTICLES = frozenset({"Article", "Report", "ScholarlyArticle", "Thesis"})
_DATA = frozenset({"Dataset", "Collection", "DataCatalog"})
_ESCAPED = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
_SPACES = re.compile(r"[ \t\r\f\v]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where a record is shown: base URL and name of the catalogue, and when we changed it (ISO 8601)."""

    base_url: str
    site: str
    changed: str


def in_page(document: Mapping[str, Any] | list[Any]) -> str:
    """JSON-LD for a ``script`` element, which no text in it can end."""
    return orjson.dumps(document).decode().translate(_ESCAPED)


def of_page(record: Record, shown: Shown) -> Entity:
    """The JSON-LD document of a record's page."""
    short = _cut(record)
    found = {"@context": CONTEXT, **work(short)}
    page = f"{shown.base_url}/records/{record.id}"
    names = [found.pop("@id", None), found.pop("url", None), *_listed(found.pop("sameAs", None))]
    same = [one for one in dict.fromkeys(map(web_address, names)) if one is not None and one != page]
    found |= filled(
        **{"@id": f"{shown.base_url}/id/records/{record.id}"},
        url=page,
        sameAs=several(same),
        name=record.title,
        description=description_of(record, shown.site),
        creator=several(unique([_typed(one) for one in short.creators])),
    )
    kind = str(found["@type"])
    if kind not in _ONLY:
        found["sdDatePublished"] = shown.changed
        found["sdPublisher"] = {"@type": "Organization", "name": shown.site, "url": f"{shown.base_url}/"}
    return _as_type(kind, found, short, shown)


def description_of(record: Record, site: str) -> str:
    """What is said of the record, as plain text of 50 to 5,000 characters; of one without, a sentence."""
    said = "\n\n".join(dict.fromkeys(one.value.strip() for one in _abstract_first(record)))
    text = _SPACES.sub(" ", said).strip()
    least, most = DESCRIPTION
    if len(text) < least:
        text = " ".join(part for part in (text, _sentence(record, site)) if part)
    if len(text) <= most:
        return text
    cut = text[: most - 2]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[-100:] else cut} …"


def _abstract_first(record: Record) -> list[Any]:
    return sorted(record.descriptions, key=lambda one: one.type not in ("abstract", None))


def _sentence(record: Record, site: str) -> str:
    """What is known of a record of which nobody wrote a description."""
    kind = "thing" if record.kind == "other" else record.kind
    people = " and others" if len(record.creators) > 3 else ""
    by = ", ".join(one.name for one in record.creators[:3])
    parts = [
        f"«{record.title}»: {kind}{f' by {by}{people}' if by else ''}",
        f", published by {record.publisher.name}" if record.publisher is not None else "",
        f", described in {site}, a catalogue of the data, software and publications of physics.",
    ]
    return "".join(parts)


def _cut(record: Record) -> Record:
    """The record with the beginning of each of its long lists."""
    names = (
        "creators", "contributors", "subjects", "relations", "parameters", "tables", "distributions",
        "funding", "identifiers", "rights", "techniques",
    )  # fmt: skip
    long = {name: getattr(record, name)[:MOST] for name in names if len(getattr(record, name)) > MOST}
    return replace(record, **long) if long else record


def _typed(one: Agent) -> Entity:
    """Somebody as a person or an organisation; what is not said is told by the form of the name."""
    found = agent(one)
    if "@type" not in found:
        signs = name_of(one)
        kind = "Person" if signs.family is not None or _is_person(one) else "Organization"
        found = {"@type": kind, **found}
    name = found.get("@id")
    if isinstance(name, str) and web_address(name):
        # Google looks for the profile of a person there.
        found["sameAs"] = name
    return found


def _is_person(one: Agent) -> bool:
    return any(held.scheme == "orcid" for held in one.identifiers) or bool(one.affiliations)


def _as_type(kind: str, found: Entity, record: Record, shown: Shown) -> Entity:
    """The document in the words of its type."""
    if kind in _DATA:
        found["includedInDataCatalog"] = catalogue_entity(shown)
    if kind in _DATA and (sky := _sky(record)) is not None:
        found["spatialCoverage"] = several([*_listed(found.get("spatialCoverage")), sky])
    if kind in _ARTICLES:
        found["headline"] = record.title[:HEADLINE]
    if kind in _ARTICLES or kind == "SoftwareSourceCode":
        found |= filled(author=found.get("creator"))
    if kind == "WebAPI":
        found |= _service(found, record)
    allowed = _ONLY.get(kind)
    found |= filled(mainEntityOfPage=found["url"])
    return found if allowed is None else {name: found[name] for name in found if name in allowed}


def catalogue_entity(shown: Shown) -> Entity:
    """This catalogue as schema.org's DataCatalog, by name."""
    return {
        "@type": "DataCatalog",
        "@id": f"{shown.base_url}/id/catalog",
        "name": shown.site,
        "url": f"{shown.base_url}/catalog",
    }


def _service(found: Entity, record: Record) -> Entity:
    """How one speaks to a service, and who runs it."""
    channels = [
        filled(
            **{"@type": "ServiceChannel"},
            name=capability.standard or capability.description,
            serviceUrl=web_address(interface.url),
        )
        for capability in record.capabilities[:MOST]
        for interface in capability.interfaces[:MOST]
        if web_address(interface.url)
    ]
    return filled(
        availableChannel=several(unique(channels)[:MOST]),
        provider=found.get("publisher") or found.get("creator"),
        termsOfService=next((one for one in _listed(found.get("license")) if isinstance(one, str)), None),
        documentation=found["sameAs"] if isinstance(found.get("sameAs"), str) else None,
    )


def _sky(record: Record) -> Entity | None:
    """Coverage on the sky, which schema.org has no words for: as a property with its MOC."""
    sky = record.coverage.sky if record.coverage is not None else None
    if sky is None or sky.moc is None or len(sky.moc) > 2000:
        return None
    moc = {
        "@type": "PropertyValue",
        "propertyID": "https://www.ivoa.net/documents/MOC/",
        "name": "MOC (ICRS)",
        "value": sky.moc,
    }
    return {"@type": "Place", "name": "sky (ICRS)", "additionalProperty": moc}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
