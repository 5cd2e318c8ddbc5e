"""`almagest record`: what one record is tied to, as a list and as a graph."""

from __future__ import annotations

from collections.abc import Iterator

import click

from catalogue.opening import Catalogue
from catalogue.related import Related, RelatedPage, related
from catalogue.relations import RelationLookup
from catalogue.research_graph import DEPTH, MOST_DEPTH, Node, ResearchGraph, neighbours, research_graph
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say
from web.rest_relations import graph_answer, related_answer

_AT_ONCE = 500
_SHAPES = {"unresolved": "note", "person": "ellipse", "institution": "house"}
_FORMATS = ("text", "json", "dot")


@click.group()
def record() -> None:
    """Tells what a record is tied to."""


@record.command("relations")
@click.argument("id")
@click.option(
    "--direction", type=click.Choice(["outgoing", "incoming"]), help="Its own ones, or those of others."
)
@json_option
def relations_command(id: str, direction: str | None, as_json: bool) -> None:
    """Lists what a record relates to, and what relates to it, with the records here that this is.

    \b
    Examples:
      almagest record relations 0123456789abcdef0123
      almagest record relations 0123456789abcdef0123 --direction incoming
      almagest record relations 0123456789abcdef0123 --json | jq -r 'select(.records == []) | .target.value'
    """
    with opened() as catalogue:
        id = _standing(catalogue, id)
        found = 0
        for page in _pages(catalogue, id, direction):
            for one in page.relations:
                found += 1
                if as_json:
                    json_line(related_answer(one, catalogue.settings.base_url))
                else:
                    click.echo(_line(one))
    if not found:
        say("Nothing is related to it.")


def _standing(catalogue: Catalogue, id: str) -> str:
    """The id under which a record stands now: its own, or that of the product that it is part of."""
    return catalogue.store.change(id).joined or id


def _pages(catalogue: Catalogue, id: str, direction: str | None) -> Iterator[RelatedPage]:
    lookup = RelationLookup(catalogue.database, catalogue.settings.base_url)
    cursor: str | None = None
    while True:
        page = related(
            catalogue.store,
            lookup,
            id,
            direction=direction,  # type: ignore[arg-type]
            cursor=cursor,
            limit=_AT_ONCE,
        )
        yield page
        cursor = page.next
        if cursor is None:
            return


def _line(one: Related) -> str:
    type = one.type or f"({one.stated} says)"
    if one.things:
        ends = "; ".join(f"{thing.id}  {thing.kind}  {thing.title}" for thing in one.things)
    else:
        ends = f"{one.scheme}:{one.value}  not in this catalogue"
    return f"{type:22}  {ends}"


@record.command("graph")
@click.argument("id")
@click.option("--depth", default=DEPTH, show_default=True, type=click.IntRange(0, MOST_DEPTH), help="Steps.")
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(_FORMATS),
    help="dot is the language of Graphviz.",
)
def graph_command(id: str, depth: int, form: str) -> None:
    """Prints the research product round a record: data, code, papers, people, institutions, awards.

    \b
    Examples:
      almagest record graph 0123456789abcdef0123
      almagest record graph 0123456789abcdef0123 --depth 3 --format json
      almagest record graph 0123456789abcdef0123 --format dot | dot -Tsvg > graph.svg
    """
    with opened() as catalogue:
        lookup = RelationLookup(catalogue.database, catalogue.settings.base_url)
        graph = research_graph(catalogue.store, lookup, _standing(catalogue, id), depth=depth)
        base = catalogue.settings.base_url
    if form == "json":
        json_line(graph_answer(graph, base))
    else:
        click.echo("\n".join(_dot(graph) if form == "dot" else _text(graph)))
        for sentence in graph.cut:
            say(sentence)


def _text(graph: ResearchGraph) -> Iterator[str]:
    """Each node with its ties below it."""
    nodes = {node.id: node for node in graph.nodes}
    for node in graph.nodes:
        yield f"{node.kind}: {node.label}" + (f"  {node.id}" if node.record or node.scheme else "")
        for type, edge, other in neighbours(graph, node.id):
            if nodes[other].distance > node.distance or edge.source == node.id:
                yield f"    {type or f'({edge.type} says)'}  {nodes[other].kind}: {nodes[other].label}"


def _dot(graph: ResearchGraph) -> Iterator[str]:
    numbers = {node.id: number for number, node in enumerate(graph.nodes)}
    yield "digraph research_product {"
    yield "  rankdir=LR;"
    for node in graph.nodes:
        yield f"  n{numbers[node.id]} [label={_quoted(_label(node))}, shape={_SHAPES.get(node.kind, 'box')}];"
    for edge in graph.edges:
        ends = f"n{numbers[edge.source]} -> n{numbers[edge.target]}"
        yield f"  {ends} [label={_quoted(edge.type)}];"
    yield "}"


def _label(node: Node) -> str:
    return f"{node.label[:80]}\n{node.kind}"


def _quoted(text: str) -> str:
    """A string of the DOT language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
