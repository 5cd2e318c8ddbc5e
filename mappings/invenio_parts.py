"""What InvenioRDM and Zenodo JSON have in common: dates, rights, relations, funding, places."""

from __future__ import annotations

from typing import cast

from catalogue.identity import resolver_url, scheme_and_value
from catalogue.record import DateKind, Funding, Identifier, Place, Point
from mappings.dates import OF_DESCRIPTION, mjd_interval
from mappings.draft import Draft
from mappings.invenio_agents import label
from mappings.invenio_types import kind_and_label
from mappings.json_reading import Node
from mappings.places import point
from mappings.rights import licence_of
from mappings.terms import read_language, relation_type
from mappings.text import clean_line, clean_url
from vocab.base import vocabulary

_DESCRIPTIONS = {
    "abstract": "abstract",
    "methods": "methods",
    "series-information": "series",
    "table-of-contents": "table of contents",
    "technical-info": "technical",
}
_TITLES = {
    "alternative-title": "alternative",
    "subtitle": "subtitle",
    "translated-title": "translated",
}


def code_of(node: Node) -> str | None:
    """The code of a vocabulary's entry, written as text or as object; its titles need not be kept."""
    if not node.is_object:
        return clean_line(node.text())
    code = clean_line(node.text("id"))
    label(node)
    return code


def read_texts(draft: Draft, metadata: Node) -> None:
    """Titles and descriptions."""
    draft.add_title(metadata.text("title"), metadata.where("title"))
    for node in metadata.children("additional_titles"):
        kind, language = code_of(node.child("type")), read_language(code_of(node.child("lang")))
        type_ = _TITLES.get(kind or "", kind or "other")
        draft.add_title(node.text("title") or node.text(), node.path, type=type_, language=language)
    draft.add_description(metadata.text("description"), metadata.where("description"))
    for node in metadata.children("additional_descriptions"):
        kind, language = code_of(node.child("type")), read_language(code_of(node.child("lang")))
        type_ = _DESCRIPTIONS.get(kind or "", "other")
        draft.add_description(
            node.text("description") or node.text(), node.path, type=type_, language=language
        )
        if kind and type_ == "other" and kind != "other":
            draft.keep(node.where("type"), kind)
    draft.add_description(metadata.text("notes"), metadata.where("notes"), type="other")
    draft.add_description(metadata.text("method"), metadata.where("method"), type="methods")


def read_dates(draft: Draft, record: Node, metadata: Node) -> None:
    """The dates of the thing, and those at which the repository made and changed its record."""
    draft.add_date(metadata.text("publication_date"), "issued", metadata.where("publication_date"))
    for node in metadata.children("dates"):
        _date(draft, node)
    draft.add_date(record.text("created"), "created", "created", OF_DESCRIPTION)
    draft.add_date(record.text("updated", "modified"), "updated", "updated", OF_DESCRIPTION)
    record.take("modified", "updated")


def _date(draft: Draft, node: Node) -> None:
    start, end = node.text("start"), node.text("end")
    text = node.text("date") or node.text()
    if text is None and (start or end):
        text = start if start == end else f"{start or ''}/{end or ''}"
    said = code_of(node.child("type"))
    concept = vocabulary("date_types").lookup(said) if said else None
    kind = cast(DateKind, concept.values["kind"]) if concept is not None else "other"
    note = clean_line(node.text("description"))
    if said and kind == "other" and said.casefold() != "other":
        note = f"{said}: {note}" if note else said
    before = len(draft.dates)
    draft.add_date(text, kind, node.path, note)
    found = draft.dates[-1] if len(draft.dates) > before else None
    if kind == "collected" and found is not None:
        interval = mjd_interval(found.start, found.end)
        if interval is not None:
            draft.temporal.append(interval)


def read_rights(draft: Draft, metadata: Node) -> None:
    """Licences: a code, or an object with titles, texts and addresses."""
    for node in metadata.children("rights", "license"):
        if not node.is_object:
            draft.add_rights(None, identifier=node.text())
            continue
        properties = node.child("props")
        code, url = node.text("id"), node.text("link", "url") or properties.text("url")
        title = label(node) if node.has("title") else None
        before = len(draft.rights)
        if code and (url or title) and licence_of(code) is None:
            draft.keep(node.where("id"), code)
        draft.add_rights(title if title != code else None, url, code)
        found = draft.rights[-1] if len(draft.rights) > before else None
        if found is not None and found.licence is not None and found.licence.uri is not None:
            # What a known licence is described by belongs to the licence, not to the record.
            node.take("description", "icon")
            properties.take()
    draft.add_rights(metadata.text("copyright"))


def read_relations(draft: Draft, metadata: Node, concept: str | None) -> None:
    """Related identifiers and references; ``concept`` is the concept's DOI, which is said elsewhere."""
    for node in metadata.children("related_identifiers"):
        value = node.text("identifier") or node.text()
        type_ = relation_type(code_of(node.child("relation_type", "relation")) or "IsRelatedTo")
        target = node.child("resource_type")
        kind = None
        if target:
            code = code_of(target)
            words = code or "-".join(filter(None, (target.text("type"), target.text("subtype")))) or None
            kind, _ = kind_and_label(words, None)
            if words and kind == "other" and words != "other":
                draft.keep(target.path, words)
        scheme = clean_line(node.text("scheme"))
        of_concept = value and concept and scheme_and_value(value, scheme) == ("doi", concept)
        if of_concept and type_ == "IsVersionOf":
            continue
        draft.relate(type_, value, scheme, target_kind=kind if kind != "other" else None)
    for node in metadata.children("references"):
        if node.has("identifier"):
            words = clean_line(node.text("reference"))
            draft.relate("References", node.text("identifier"), node.text("scheme"), title=words)


def read_concept(draft: Draft, doi: str | None) -> str | None:
    """The DOI of all versions together is another thing than this version; its normal form."""
    value = clean_url(doi)
    if value is None:
        return None
    scheme, normal = scheme_and_value(value, "doi")
    if any((one.scheme, one.value) == (scheme, normal) for one in draft.identifiers):
        return None
    draft.identifiers.append(
        Identifier(
            scheme=scheme,
            value=normal,
            written=value if value != normal else None,
            role="version-of-concept",
        )
    )
    return normal


def read_alternates(draft: Draft, metadata: Node, *names: str) -> None:
    """What others call the thing."""
    for node in metadata.children(*names):
        draft.add_identifier(
            node.text("identifier") or node.text(), clean_line(node.text("scheme")), own=False
        )


def read_funding(draft: Draft, metadata: Node) -> None:
    """Funding of InvenioRDM, grants of Zenodo; an award without a funder stays as it is."""
    for node in metadata.children("funding", "grants"):
        funder = node.child("funder")
        award = (
            node.child("award") if node.has("award") else node if node.has("code", "title") else Node(None)
        )
        name, code = clean_line(funder.text("name") or funder.text()), clean_line(funder.text("id"))
        doi = clean_url(funder.text("doi"))
        if name is None and code is None and doi is None:
            if _funding_in_a_number(draft, node):
                continue
            if award:
                draft.issue(node.path, "The award has no funder.", _first_of(award, "number", "code"))
            continue
        title = award.child("title")
        words = clean_line(title.text() or label(Node({"title": title.value})))
        title.take()
        draft.funding.append(
            Funding(
                funder=name or code or doi or "",
                funder_identifier=_funder_identifier(draft, code, doi, funder),
                award=clean_line(award.text("number", "code")),
                award_title=words,
                award_url=_award_url(draft, award),
            )
        )


def _funding_in_a_number(draft: Draft, node: Node) -> bool:
    """A grant as «10.13039/501100000780::824064», the funder and the number, as Zenodo's old JSON has it."""
    doi, mark, number = (_first_of(node, "id") or "").partition("::")
    scheme, normal = scheme_and_value(doi, "doi") if mark and doi.startswith("10.") else ("", "")
    if scheme != "doi":
        return False
    node.take("id")
    address = resolver_url(scheme, normal)
    draft.funding.append(Funding(funder=normal, funder_identifier=address, award=clean_line(number)))
    return True


def _first_of(node: Node, *names: str) -> str | None:
    """A value for an issue, which is not taken by being told."""
    return Node(node.value).text(*names)


def _funder_identifier(draft: Draft, code: str | None, doi: str | None, funder: Node) -> str | None:
    for value, scheme in ((doi, "doi"), (code, "ror")):
        if value is not None:
            known, normal = scheme_and_value(value, scheme)
            if known == scheme:
                return resolver_url(known, normal) or normal
            draft.keep(funder.where("doi" if scheme == "doi" else "id"), value)
    for node in funder.children("identifiers"):
        value = clean_url(node.text("identifier"))
        if value is not None:
            known, normal = scheme_and_value(value, clean_line(node.text("scheme")))
            return resolver_url(known, normal) or normal
    return code


def _award_url(draft: Draft, award: Node) -> str | None:
    url = clean_url(award.text("url"))
    for node in award.children("identifiers"):
        value, scheme = clean_url(node.text("identifier")), clean_line(node.text("scheme"))
        found = resolver_url(*scheme_and_value(value, scheme)) if value is not None else None
        if value is not None and (found is None or url is not None):
            draft.keep(node.path, f"{scheme}: {value}" if scheme else value)
        url = url or found
    return url


def read_places(draft: Draft, metadata: Node) -> None:
    """Locations: a name, a GeoJSON geometry, or latitude and longitude."""
    locations = metadata.child("locations")
    nodes = locations.children("features") if locations.has("features") else metadata.children("locations")
    for node in nodes:
        name = clean_line(node.text("place"))
        geometry = node.child("geometry")
        longitude, latitude = node.text("lon", "longitude"), node.text("lat", "latitude")
        at = point(longitude, latitude)
        if at is None and (longitude or latitude):
            draft.issue(node.path, "This is not a point in degrees.", f"lon={longitude}, lat={latitude}")
            draft.keep(node.path, f"lon={longitude}, lat={latitude}")
        around: tuple[Point, ...] = ()
        if geometry:
            at, around = _geometry(geometry)
            if at is None and not around:
                draft.issue(
                    geometry.path, "This is not a point or a polygon in degrees.", str(geometry.value)
                )
            else:
                geometry.take()
        if name or at or around:
            draft.places.append(Place(name=name, point=at, polygon=around))


def _geometry(node: Node) -> tuple[Point | None, tuple[Point, ...]]:
    """A GeoJSON Point or the outer ring of a Polygon (RFC 7946, section 3.1)."""
    value = node.value if isinstance(node.value, dict) else {}
    coordinates = value.get("coordinates")
    if value.get("type") == "Point":
        return _position(coordinates), ()
    if value.get("type") == "Polygon" and isinstance(coordinates, list) and len(coordinates) == 1:
        ring = coordinates[0] if isinstance(coordinates[0], list) else []
        found = [_position(one) for one in ring]
        if len(found) > 2 and all(found):
            return None, tuple(one for one in found if one is not None)
    return None, ()


def _position(value: object) -> Point | None:
    if not isinstance(value, list) or len(value) < 2:
        return None
    return point(str(value[0]), str(value[1]))


def read_subjects(draft: Draft, metadata: Node) -> None:
    """Terms of vocabularies and keywords."""
    for node in metadata.children("subjects"):
        code = clean_url(node.text("id", "identifier"))
        is_address = code is not None and code.startswith(("http://", "https://", "urn:"))
        words = node.text("subject", "term") or node.text() or (label(node) if node.has("title") else None)
        draft.add_subject(words or code, uri=code if is_address else None, scheme=node.text("scheme"))
        if code and not is_address and words:
            draft.keep(node.where("id"), f"{clean_line(words)}: {code}")
    for node in metadata.children("keywords"):
        draft.add_subject(node.text())
