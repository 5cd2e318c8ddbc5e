"""Relations on pages: those of a record in words, with what stands at their other ends here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from catalogue.index import Change
from catalogue.record import Record, Relation
from catalogue.related import Related, meant, relations_of
from catalogue.relation_keys import names_of
from catalogue.relations import Thing
from catalogue.research_graph import graph_of
from web.context import base_url, catalogue
from web.graph_drawing import Drawing, described, drawn
from web.languages import _
from web.pages_text import words
from web.rest_records import joined, withdrawn
from web.rest_relations import lookup

SHOWN = 20
"""Relations of either direction on the page of a record; the rest have pages of their own."""
ON_A_PAGE = 100
_DRAWN = 26
_PEOPLE_OF = 0

blueprint = Blueprint("relation_pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Relations of one type under their heading."""

    heading: str
    relations: tuple[Related, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page of a record says of its relations; ``more`` tells that it does not say all."""

    groups: tuple[Group, ...]
    more: bool
    drawing: Drawing | None

    @property
    def about(self) -> str:
        """The picture in a sentence."""
        return described(self.drawing.boxes) if self.drawing is not None else ""


def shown(change: Change) -> Shown:
    """The first relations of a live record in either direction, and its research product."""
    finder = lookup()
    own = relations_of(finder, change, direction="outgoing", limit=SHOWN)
    others = relations_of(finder, change, direction="incoming", limit=SHOWN)
    found = [*own.relations, *_unsaid(others.relations, own.relations)]
    if not found:
        return Shown(groups=(), more=False, drawing=None)
    graph = graph_of(catalogue().store, finder, change, nodes=_DRAWN, surround=_PEOPLE_OF)
    return Shown(groups=grouped(found), more=bool(own.next or others.next), drawing=drawn(graph))


def leading_on(last: Record, types: Collection[str]) -> list[tuple[Relation, tuple[Thing, ...]]]:
    """Relations of these types that a withdrawn record had, with what they lead to here."""
    finder, source = lookup(), last.provenance.source
    found = [(one, names_of(one, source)) for one in last.relations if one.type in types][:SHOWN]
    ids = finder.things(name for _, names in found for name in names)
    things = finder.summaries(id for some in ids.values() for id in some)
    return [
        (one, tuple(things[id] for id in meant(names, ids, last.id) if id in things)) for one, names in found
    ]


def _unsaid(others: Iterable[Related], own: Iterable[Related]) -> list[Related]:
    """Relations of others that are not only the other end of what the record says itself."""
    said = {(one.type, thing.id) for one in own for thing in one.things}
    return [one for one in others if not all((one.type, thing.id) in said for thing in one.things)]


def grouped(relations: Iterable[Related]) -> tuple[Group, ...]:
    """Relations by their type as seen from the record, in the order in which they come."""
    found: dict[str, list[Related]] = {}
    for one in relations:
        heading = words(one.type) if one.type else _("others say of it: %(what)s", what=words(one.stated))
        found.setdefault(heading[:1].upper() + heading[1:], []).append(one)
    return tuple(Group(heading=heading, relations=tuple(some)) for heading, some in found.items())


@blueprint.get("/records/<id>/relations")
def relations_page(id: str) -> str | Response:
    """All relations of a record, a hundred a page."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"/records/{change.joined}/relations")
    if change.record is None:
        raise withdrawn(change)
    page = relations_of(lookup(), change, cursor=request.args.get("cursor") or None, limit=ON_A_PAGE)
    return render_template(
        "relations.html",
        record=change.record,
        groups=grouped(page.relations),
        outgoing=page.outgoing,
        next=page.next,
        base_url=base_url(),
    )
