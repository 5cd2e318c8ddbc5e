"""REST: what a record is related to, from both ends, and its research product as a graph."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response
from marshmallow import Schema, fields, validate

from catalogue.index import Change
from catalogue.related import Related, RelatedPage, related
from catalogue.relations import RelationLookup
from catalogue.research_graph import DEPTH, MOST_DEPTH, MOST_NODES, ResearchGraph, research_graph
from web.context import base_url, catalogue
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import joined, withdrawn
from web.security import identifier_url

MAXIMUM_PAGE = 1000
DEFAULT_PAGE = 100

blueprint = RestBlueprint("relations", __name__, "Relations: what is tied to a record, in either direction.")


class RelationsParameters(Schema):
    """Which relations, and paging."""

    direction = fields.String(
        validate=validate.OneOf(["outgoing", "incoming"]),
        metadata={"description": "Those that the record says itself, or those that others say of it."},
    )
    size = fields.Integer(validate=validate.Range(1, MAXIMUM_PAGE))
    cursor = fields.String(
        validate=validate.Length(max=100),
        metadata={"description": "Part of the «next» address of an answer; opaque."},
    )


class RelatedThing(Schema):
    """A live record or product."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    record = fields.Url(required=True)
    html = fields.Url(required=True)


class Said(Schema):
    """A record as its source tells it."""

    id = fields.String(required=True)
    source = fields.String(required=True)
    identifier = fields.String(required=True)


class RelationTarget(Schema):
    """What a relation leads to, as its record names it."""

    scheme = fields.String(required=True)
    value = fields.String(required=True)
    url = fields.Url()
    kind = fields.String()
    title = fields.String()


class RelatedAnswer(Schema):
    """One relation as it looks from the record."""

    direction = fields.String(required=True)
    type = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of the record towards the other; null where the inverse has no name."},
    )
    stated = fields.String(required=True, metadata={"description": "The type as it was said."})
    target = fields.Nested(RelationTarget, required=True)
    records = fields.List(
        fields.Nested(RelatedThing),
        required=True,
        metadata={"description": "What stands at the other end here; empty while it is not known here."},
    )
    said_by = fields.List(fields.Nested(Said), required=True)


class RelationsAnswer(Schema):
    """Relations: first those that the record says itself, then those that others say of it."""

    id = fields.String(required=True)
    outgoing = fields.Integer(required=True, metadata={"description": "How many it says itself."})
    relations = fields.List(fields.Nested(RelatedAnswer), required=True)
    next = fields.Url(required=True, allow_none=True)


class GraphParameters(Schema):
    """How far the graph goes."""

    depth = fields.Integer(
        validate=validate.Range(0, MOST_DEPTH), metadata={"description": f"Steps; {DEPTH} if not told."}
    )
    nodes = fields.Integer(
        validate=validate.Range(1, MOST_NODES), metadata={"description": "Nodes at most; 200 if not told."}
    )


class GraphNode(Schema):
    """A record, a target that is not known here (unresolved), a person, an institution, an award …"""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    label = fields.String(required=True)
    distance = fields.Integer(required=True)
    record = fields.Boolean(required=True, metadata={"description": "Whether it is a record here."})
    scheme = fields.String()
    value = fields.String()
    url = fields.Url(metadata={"description": "Its page here, or where its identifier leads."})


class GraphEdge(Schema):
    """«source» is tied to «target» in the direction in which it was said."""

    source = fields.String(required=True)
    target = fields.String(required=True)
    type = fields.String(required=True)
    said_by = fields.List(fields.Nested(Said), required=True)


class GraphAnswer(Schema):
    """The research product round a record."""

    start = fields.String(required=True)
    depth = fields.Integer(required=True)
    nodes = fields.List(fields.Nested(GraphNode), required=True)
    edges = fields.List(fields.Nested(GraphEdge), required=True)
    cut = fields.List(
        fields.String(), required=True, metadata={"description": "What the limits have left out."}
    )


def lookup() -> RelationLookup:
    """Finds what stands at the ends of relations in the catalogue that is served."""
    return RelationLookup(catalogue().database, base_url())


@blueprint.endpoint(
    "/records/<id>/relations", query=RelationsParameters, answer=RelationsAnswer, errors=(400, 404, 410)
)
def record_relations(values: dict[str, Any], id: str) -> Response:
    """The relations of a record: its own, and those of records that relate to it."""
    change = catalogue().store.change(id)
    if (elsewhere := _elsewhere(change, "relations", values)) is not None:
        return elsewhere
    size = values.get("size", DEFAULT_PAGE)
    page = related(
        catalogue().store,
        lookup(),
        id,
        direction=values.get("direction"),
        cursor=values.get("cursor"),
        limit=size,
    )
    return json_response(relations_answer(id, page, {**values, "size": size}))


@blueprint.endpoint("/records/<id>/graph", query=GraphParameters, answer=GraphAnswer, errors=(400, 404, 410))
def record_graph(values: dict[str, Any], id: str) -> Response:
    """The research product round a record: what it is tied to, step by step, and who said so."""
    change = catalogue().store.change(id)
    if (elsewhere := _elsewhere(change, "graph", values)) is not None:
        return elsewhere
    graph = research_graph(
        catalogue().store,
        lookup(),
        id,
        depth=values.get("depth", DEPTH),
        nodes=values.get("nodes", MOST_NODES),
    )
    return json_response(graph_answer(graph, base_url()))


def _elsewhere(change: Change, part: str, values: dict[str, Any]) -> Response | None:
    """The way to the product of a record that is in one; raises `Gone` for a tombstone."""
    if change.joined is not None:
        asked = f"?{urlencode(values)}" if values else ""
        return joined(f"{PREFIX}/records/{change.joined}/{part}{asked}")
    if change.record is None:
        raise withdrawn(change)
    return None


def relations_answer(id: str, page: RelatedPage, asked: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a page of relations."""
    following = None
    if page.next is not None:
        query = urlencode({**asked, "cursor": page.next})
        following = f"{base_url()}{PREFIX}/records/{id}/relations?{query}"
    return {
        "id": id,
        "outgoing": page.outgoing,
        "relations": [related_answer(one, base_url()) for one in page.relations],
        "next": following,
    }


def related_answer(one: Related, base: str) -> dict[str, Any]:
    """The JSON of one relation; ``base`` is the public base URL."""
    target = {
        "scheme": one.scheme,
        "value": one.value,
        "url": identifier_url(one.scheme, one.value),
        "kind": one.target_kind,
        "title": one.title,
    }
    return {
        "direction": one.direction,
        "type": one.type,
        "stated": one.stated,
        "target": {name: value for name, value in target.items() if value is not None},
        "records": [
            {
                "id": thing.id,
                "kind": thing.kind,
                "title": thing.title,
                "record": f"{base}{PREFIX}/records/{thing.id}",
                "html": f"{base}/records/{thing.id}",
            }
            for thing in one.things
        ],
        "said_by": one.said_by,
    }


def graph_answer(graph: ResearchGraph, base: str) -> dict[str, Any]:
    """The JSON of a graph; ``base`` is the public base URL."""
    nodes = []
    for node in graph.nodes:
        address = f"{base}/records/{node.id}" if node.record else node.url
        values = {
            "id": node.id,
            "kind": node.kind,
            "label": node.label,
            "distance": node.distance,
            "record": node.record,
            "scheme": node.scheme,
            "value": node.value,
            "url": address,
        }
        nodes.append({name: value for name, value in values.items() if value is not None})
    edges = [
        {"source": edge.source, "target": edge.target, "type": edge.type, "said_by": edge.said_by}
        for edge in graph.edges
    ]
    return {
        "start": graph.start,
        "depth": graph.depth,
        "nodes": nodes,
        "edges": edges,
        "cut": list(graph.cut),
    }
