"""Relations, funding and places of DataCite JSON."""

from __future__ import annotations

from catalogue.identity import resolver_url, scheme_and_value
from catalogue.record import Funding, Place, Point, Reference, Relation
from mappings.datacite_relations import funder_address, target_kind
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.places import box, point
from mappings.terms import relation_type, resource_type
from mappings.text import clean_line, clean_url

_GRAPH = {
    "versionOf": "IsVersionOf",
    "versions": "HasVersion",
    "partOf": "IsPartOf",
    "parts": "HasPart",
    "references": "References",
    "citations": "IsCitedBy",
}
_PARTS_OF_PLACE = ("geoLocationPoint", "geoLocationBox", "geoLocationPolygon")


def read_related(draft: Draft, record: Node) -> None:
    """relatedIdentifiers, relatedItems and the container."""
    for node in record.children("relatedIdentifiers"):
        value = clean_url(node.text("relatedIdentifier") or node.text())
        if value is None:
            continue
        type_ = clean_line(node.text("relationType", "relatedIdentifierRelation"))
        if type_ is None:
            draft.issue(node.path, "The related identifier has no relationType.", value)
        scheme = clean_line(node.text("relatedIdentifierType", "relatedIdentifierScheme"))
        known, normal = scheme_and_value(value, scheme)
        general = clean_line(node.text("resourceTypeGeneral"))
        if general and resource_type(general) is None:
            draft.keep(node.where("resourceTypeGeneral"), f"{normal}: {general}")
        kind = target_kind(draft, general, normal, node.path)
        type_ = relation_type(type_ or "IsRelatedTo")
        draft.add_relation(Relation(type=type_, scheme=known, value=normal, target_kind=kind))
    for node in record.children("relatedItems"):
        _item(draft, node)
    _container(draft, record.child("container"))


def read_graph(draft: Draft, relationships: Node) -> None:
    """What DataCite knows of links between its DOIs."""
    for name, type_ in _GRAPH.items():
        for node in relationships.child(name).children("data"):
            if node.text("type") == "dois":
                draft.relate(type_, node.text("id"), "doi")


def _item(draft: Draft, node: Node) -> None:
    """A related thing in its own words (kernel 4.4): a relation where it has an identifier."""
    found = node.child("relatedItemIdentifier")
    value = clean_url(found.text("relatedItemIdentifier") or found.text())
    scheme = clean_line(found.text("relatedItemIdentifierType") or node.text("relatedItemIdentifierType"))
    if scheme == "URL":
        # That is also said of addresses of what has a scheme that DataCite does not list.
        scheme = None
    titles = node.children("titles", "title")
    title = clean_line(titles[0].text("title") or titles[0].text()) if titles else None
    general = node.text("relatedItemType")
    type_ = relation_type(clean_line(node.text("relationType")) or "IsRelatedTo")
    if value is not None:
        known, normal = scheme_and_value(value, scheme)
        kind = target_kind(draft, general, normal, node.path)
        title = title if title not in (value, normal) else None
        draft.relate(type_, value, scheme, target_kind=kind, title=title)
        reference = Reference(
            label=title or normal, identifier=normal, scheme=known, uri=resolver_url(known, normal)
        )
    elif title is not None:
        reference = Reference(label=title)
    else:
        return
    if type_ == "IsCollectedBy" and (general or "").casefold() == "instrument":
        draft.instruments.append(reference)
    elif value is None:
        draft.keep(node.where("titles"), title)
        draft.keep(node.where("relationType"), type_)


def _container(draft: Draft, container: Node) -> None:
    """The series, journal or repository; volume, issue and pages have no place in the model."""
    value, scheme = clean_url(container.text("identifier")), clean_line(container.text("identifierType"))
    if value is None:
        return
    kind = clean_line(container.text("type"))
    title = container.text("title")
    known = scheme_and_value(value, scheme)
    for type_ in ("IsPartOf", "IsPublishedIn"):
        if (type_, *known) in draft.relations:
            draft.relate(type_, value, scheme, title=title)
            return
    draft.relate(
        "IsPublishedIn" if kind in ("Journal", "Series", "Book") else "IsPartOf", value, scheme, title=title
    )
    if kind is not None:
        draft.keep(container.where("type"), kind)


def read_funding(draft: Draft, record: Node) -> None:
    """fundingReferences; an award without a funder stays as it is."""
    for node in record.children("fundingReferences"):
        funder = clean_line(node.text("funderName"))
        identifier = node.child("funderIdentifier")
        value = clean_url(identifier.text("funderIdentifier") or identifier.text())
        if funder is None and value is None:
            if node.has("awardNumber", "awardTitle"):
                draft.issue(node.path, "The award has no funder.", str(node.value.get("awardNumber")))
            continue
        kind = clean_line(identifier.text("funderIdentifierType") or node.text("funderIdentifierType"))
        address = funder_address(value, kind) if value is not None else None
        number = node.child("awardNumber")
        draft.funding.append(
            Funding(
                funder=funder or address or "",
                funder_identifier=address,
                award=clean_line(number.text("awardNumber") or number.text()),
                award_title=clean_line(node.text("awardTitle")),
                award_url=clean_url(number.text("awardURI") or node.text("awardUri", "awardURI")),
            )
        )
        node.take("schemeUri")


def read_places(draft: Draft, record: Node) -> None:
    """Every ``geoLocation`` as a place; what are no degrees becomes an issue and stays."""
    for node in record.children("geoLocations", "geographicCoverage"):
        name = clean_line(node.text("geoLocationPlace") or node.text())
        found: dict[str, Place] = {}
        for part in _PARTS_OF_PLACE:
            if node.has(part):
                place = _shape(node, part)
                if place is None:
                    draft.issue(node.where(part), "This is not a place in degrees.", str(node.value[part]))
                else:
                    found[part] = place
                    for one in node.children(part):
                        one.take()
        shape = found.values()
        place = Place(
            name=name,
            point=next((one.point for one in shape if one.point), None),
            box=next((one.box for one in shape if one.box), None),
            polygon=next((one.polygon for one in shape if one.polygon), ()),
        )
        if place != Place():
            draft.places.append(place)


def _shape(node: Node, part: str) -> Place | None:
    if part == "geoLocationPolygon":
        polygon = _polygon(node.value[part])
        return Place(polygon=polygon) if polygon else None
    # Looked at apart from the document, so that what is no place stays.
    one = Node(node.value).child(part)
    words = (one.text() or "").replace(",", " ").split()
    if part == "geoLocationPoint":
        at = point(one.text("pointLongitude"), one.text("pointLatitude"))
        if at is None and len(words) == 2:
            at = point(words[1], words[0])
        return Place(point=at) if at is not None else None
    names = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    around = box(*(one.text(name) for name in names))
    if around is None and len(words) == 4:
        around = box(words[1], words[0], words[3], words[2])
    return Place(box=around) if around is not None else None


def _polygon(value: object) -> tuple[Point, ...] | None:
    """A ring in any of the forms that occur: points in a list, in a list of lists, under a name."""
    while isinstance(value, (list, dict)) and len(value) == 1:
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
    if not isinstance(value, list):
        return None
    found: list[Point] = []
    for one in value:
        node = Node(one)
        inner = node.child("polygonPoint") if node.has("polygonPoint") else node
        at = point(inner.text("pointLongitude"), inner.text("pointLatitude"))
        if at is not None:
            found.append(at)
        elif not node.has("inPolygonPoint"):
            return None
    return tuple(found) if len(found) > 2 else None
