"""A record as GeoJSON feature (OGC API – Records, part 1: core, 1.0, requirements class «record core»)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.days import ONGOING, days_of
from catalogue.index import Change
from catalogue.index_facets import published_date
from catalogue.record import Agent, Capability, Date, Distribution, Record, Rights, Term, Text
from web.negotiation import HTML, JSON, path_of, representations
from web.ogc_geometry import geometry_of
from web.security import identifier_url, safe_url

GEOJSON = "application/geo+json"
RECORD_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"

MOST = 100
"""Contacts of a record, and links to its files; REST has them all."""

_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
_MJD_OF_DAY_0 = 0 - days_of("1858-11-17")[0]
_FIRST_MJD, _LAST_MJD = -678_575, 2_973_483
"""The years 1 to 9999, which RFC 3339 can write."""

Moments = tuple[float | None, float | None]


def feature(change: Change, base_url: str, items: str) -> dict[str, Any]:
    """The feature of a live record; ``items`` is the address of the collection's items."""
    record = change.record
    if record is None:
        raise ValueError("a tombstone is no feature")
    return {
        "id": record.id,
        "type": "Feature",
        "conformsTo": [RECORD_CORE],
        "geometry": geometry_of(record.coverage.places if record.coverage is not None else ()),
        "time": time_of(record),
        "properties": _filled(_properties(record, change.datestamp)),
        "links": [*_own_links(record.id, base_url, items), *_links(record)],
    }


def link(href: str, rel: str, media_type: str | None = None, title: str | None = None) -> dict[str, Any]:
    """A link as the OGC writes it."""
    return _filled({"href": href, "rel": rel, "type": media_type, "title": title})


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], ())}


def _properties(record: Record, datestamp: str) -> dict[str, Any]:
    main, issued = record.titles[0], published_date(record.dates)
    return {
        "type": record.kind,
        "title": main.value,
        "description": _description(record.descriptions),
        "issued": issued.start or issued.end if issued is not None else None,
        "updated": datestamp,
        "language": {"code": main.language} if main.language else None,
        "resourceLanguages": [{"code": code} for code in record.languages],
        "keywords": list(dict.fromkeys(term.label for term in record.subjects)),
        "themes": _themes((*record.subjects, *record.techniques, *record.messengers)),
        "externalIds": [{"scheme": one.scheme, "value": one.value} for one in record.identifiers],
        "formats": _formats(record),
        "contacts": _contacts(record),
        "license": _licence(record.rights),
        "rights": next((one.text for one in record.rights if one.text), None),
        "version": record.version,
    }


def _description(texts: Iterable[Text]) -> str | None:
    """The abstract, else the first description there is."""
    ordered = sorted(texts, key=lambda text: text.type != "abstract")
    return ordered[0].value if ordered else None


def _themes(terms: Iterable[Term]) -> list[dict[str, Any]]:
    """Terms that a vocabulary knows, by their vocabulary."""
    schemes: dict[str, dict[str, dict[str, str]]] = {}
    for term in terms:
        if term.uri:
            scheme = term.scheme or term.uri.rpartition("#" if "#" in term.uri else "/")[0]
            schemes.setdefault(scheme, {})[term.uri] = {"id": term.uri, "title": term.label}
    return [{"concepts": list(concepts.values()), "scheme": scheme} for scheme, concepts in schemes.items()]


def _formats(record: Record) -> list[dict[str, str]]:
    media_types = dict.fromkeys(one.media_type for one in record.distributions if one.media_type)
    named = dict.fromkeys(name for name in record.formats if name not in media_types)
    found = [{"mediaType": one} if "/" in one else {"name": one} for one in (*media_types, *named)]
    return found[:MOST]


def _contacts(record: Record) -> list[dict[str, Any]]:
    agents = [(agent, "author") for agent in record.creators]
    agents += [(agent, agent.role or "contributor") for agent in record.contributors]
    if record.publisher is not None:
        agents.append((record.publisher, "publisher"))
    return [_contact(agent, role) for agent, role in agents[:MOST]]


def _contact(agent: Agent, role: str) -> dict[str, Any]:
    addresses = [identifier_url(one.scheme, one.value) for one in agent.identifiers]
    return _filled(
        {
            "name": None if agent.kind == "organisation" else agent.name,
            "organization": agent.name
            if agent.kind == "organisation"
            else next((one.name for one in agent.affiliations), None),
            "identifier": next(filter(None, addresses), None),
            "roles": [role],
        }
    )


def _licence(rights: Iterable[Rights]) -> str | None:
    """The SPDX identifier of the one licence; «other» where it has none, or there are several."""
    stated = [one for one in rights if one.licence is not None or one.url]
    if len(stated) == 1 and stated[0].licence is not None and "spdx.org" in (stated[0].licence.uri or ""):
        return stated[0].licence.label
    return "other" if stated else None


# --- links --------------------------------------------------------------------------


def _own_links(id: str, base_url: str, items: str) -> Iterable[dict[str, Any]]:
    yield link(f"{items}/{id}", "self", GEOJSON)
    yield link(f"{base_url}/records/{id}", "alternate", HTML, "Page of the record")
    for form in representations():
        media_type = JSON if form.name == "json" else form.media_type
        yield link(f"{base_url}{path_of(id, form)}", "alternate", media_type, form.title)
    yield link(items.removesuffix("/items"), "collection", JSON)


def _links(record: Record) -> Iterable[dict[str, Any]]:
    for rights in record.rights:
        uri = rights.url or (rights.licence.uri if rights.licence is not None else None)
        if safe := safe_url(uri):
            yield link(safe, "license", None, rights.licence.label if rights.licence is not None else None)
    for distribution in record.distributions[:MOST]:
        if safe := safe_url(distribution.url):
            yield _file(distribution, safe)
    for capability in record.capabilities[:MOST]:
        yield from _services(capability)


def _file(distribution: Distribution, href: str) -> dict[str, Any]:
    found = link(href, "enclosure", distribution.media_type, distribution.title)
    return found if distribution.size is None else {**found, "length": distribution.size}


def _services(capability: Capability) -> Iterable[dict[str, Any]]:
    for interface in capability.interfaces:
        if safe := safe_url(interface.url):
            yield link(safe, "service", None, capability.standard)


# --- time ---------------------------------------------------------------------------


def time_of(record: Record) -> dict[str, Any] | None:
    """What a search by ``datetime`` regards: the coverage in time, else when data were collected."""
    spans = list(_spans(record))
    if not spans:
        return None
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    low = None if None in lows else min(one for one in lows if one is not None)
    high = None if None in highs else max(one for one in highs if one is not None)
    if low is None and high is None:
        return None
    is_whole = all(end is None or float(end).is_integer() for end in (low, high))
    if is_whole and high is not None:
        # A day ends where the next one begins.
        high -= 1 if low is None or high > low else 0
    first, last = (_written(end, is_whole) for end in (low, high))
    if is_whole and first == last and first != "..":
        return {"date": first}
    return {"interval": [first, last]} if (first, last) != ("..", "..") else None


def _spans(record: Record) -> Iterable[Moments]:
    time = record.coverage.time if record.coverage is not None else None
    if time is not None and time.intervals:
        for interval in time.intervals:
            low, high = (
                None if end is None or math.isnan(end) else end for end in (interval.low, interval.high)
            )
            yield low, None if high is not None and high >= ONGOING else high
        return
    for date in record.dates:
        if date.kind == "collected" and (span := _collected(date)) is not None:
            yield span


def _collected(date: Date) -> Moments | None:
    try:
        low = None if date.start is None else days_of(date.start)[0] + _MJD_OF_DAY_0
        high = None if date.end is None else days_of(date.end)[1] + 1 + _MJD_OF_DAY_0
    except ValueError:
        return None
    return low, high


def _written(mjd: float | None, is_day: bool) -> str:
    """A moment of MJD as RFC 3339 has it; «..» for an open end, and beyond the years it can write."""
    if mjd is None or not _FIRST_MJD <= mjd <= _LAST_MJD:
        return ".."
    moment = _MJD_EPOCH + timedelta(days=mjd)
    # strftime writes the years before 1000 without their zeros.
    text = moment.replace(microsecond=0).isoformat().removesuffix("+00:00")
    return text[:10] if is_day else f"{text}Z"
