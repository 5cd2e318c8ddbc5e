"""A research product as a picture: boxes in columns by distance from the record, and lines between them.

Everything is worked out here; the template writes it as SVG, its colours come from the style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.research_graph import Edge, Node, ResearchGraph, neighbours
from web.languages import N_, told, translated
from web.pages_text import words
from web.security import safe_url

WIDTH, HEIGHT = 208, 44
"""Of a box, in units of the picture, which are pixels at its full size."""
_GAP_ACROSS, _GAP_DOWN = 88, 12
_MARGIN = 8
_LETTERS = 26
_SMALL_LETTERS = 33
_FAMILIES = {
    "unresolved": "unresolved",
    "person": "person",
    "institution": "institution",
    "organisation": "institution",
    "award": "project",
    "proposal": "project",
    "project": "project",
    "software": "code",
    "workflow": "code",
    "repository": "code",
    "container": "code",
}
_KIND_WORDS = {
    "unresolved": N_("not here"),
    "person": N_("person"),
    "institution": N_("institution"),
    "award": N_("award"),
    "proposal": N_("proposal"),
    "container": N_("container"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node: the corner at its upper left, its texts, where it leads, and whether that is elsewhere."""

    x: int
    y: int
    label: str
    under: str
    full: str
    family: str
    href: str | None
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An edge: its curve as the data of an SVG path, and what it says."""

    path: str
    full: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture of ``width`` × ``height`` units; ``sentences`` say the same in words."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    sentences: tuple[Sentence, ...]
    cut: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """An edge in words: who, what, whom, and the sources that say it."""

    source: Box
    says: str
    target: Box
    sources: str


def drawn(graph: ResearchGraph) -> Drawing | None:
    """The picture of a graph; none of one that ties the record to nothing but people."""
    if all(node.kind in {"person", "institution"} for node in graph.nodes[1:]):
        return None
    places = _places(graph)
    boxes = {node.id: _box(graph, node, *places[node.id]) for node in graph.nodes}
    columns = max(x for x, _ in places.values()) + 1
    rows = max(y for _, y in places.values())
    return Drawing(
        width=columns * WIDTH + (columns - 1) * _GAP_ACROSS + 2 * _MARGIN,
        height=round(rows) + HEIGHT + 2 * _MARGIN,
        boxes=tuple(boxes.values()),
        lines=tuple(
            Line(path=_curve(boxes[edge.source], boxes[edge.target]), full=_told(boxes, edge))
            for edge in graph.edges
        ),
        sentences=tuple(
            Sentence(
                source=boxes[edge.source],
                says=words(edge.type),
                target=boxes[edge.target],
                sources=", ".join(dict.fromkeys(member.source for member in edge.said_by)),
            )
            for edge in graph.edges
        ),
        cut=tuple(told(sentence) for sentence in graph.cut),
    )


def _places(graph: ResearchGraph) -> dict[str, tuple[int, float]]:
    """Column and height of each node: near those that it is tied to in the column before."""
    columns: dict[int, list[Node]] = {}
    for node in graph.nodes:
        columns.setdefault(node.distance, []).append(node)
    step = HEIGHT + _GAP_DOWN
    tallest = max(len(column) for column in columns.values()) * step - _GAP_DOWN
    found: dict[str, tuple[int, float]] = {}
    for number, distance in enumerate(sorted(columns)):
        column = sorted(columns[distance], key=lambda node: _middle(graph, node, found))
        top = (tallest - (len(column) * step - _GAP_DOWN)) / 2
        found.update({node.id: (number, top + row * step) for row, node in enumerate(column)})
    return found


def _middle(graph: ResearchGraph, node: Node, found: dict[str, tuple[int, float]]) -> float:
    heights = [found[other][1] for _, _, other in neighbours(graph, node.id) if other in found]
    return sum(heights) / len(heights) if heights else 0.0


def _box(graph: ResearchGraph, node: Node, column: int, height: float) -> Box:
    kind = translated(_KIND_WORDS.get(node.kind, node.kind))
    href = None if node.record else safe_url(node.url)
    return Box(
        x=_MARGIN + column * (WIDTH + _GAP_ACROSS),
        y=_MARGIN + round(height),
        label=_short(node.label, _LETTERS),
        under=_short(" · ".join(filter(None, (_tie(graph, node), kind))), _SMALL_LETTERS),
        full=f"{node.label} ({kind})",
        family="start" if node.id == graph.start else _FAMILIES.get(node.kind, "thing"),
        href=f"/records/{node.id}" if node.record else href,
        foreign=not node.record,
    )


def _tie(graph: ResearchGraph, node: Node) -> str:
    """What the record in the first column is to a node that stands next to it."""
    if node.id == graph.start:
        return translated("this record")
    for type, edge, other in neighbours(graph, graph.start):
        if other == node.id:
            return words(type) if type else words(edge.type)
    return ""


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _curve(source: Box, target: Box) -> str:
    """A line from the side of one box to that of another; within a column it bends round on the right."""
    y1, y2 = source.y + HEIGHT // 2, target.y + HEIGHT // 2
    if source.x == target.x:
        right, bend = source.x + WIDTH, source.x + WIDTH + _GAP_ACROSS // 2
        return f"M{right} {y1}C{bend} {y1} {bend} {y2} {right} {y2}"
    if source.x < target.x:
        x1, x2 = source.x + WIDTH, target.x
    else:
        x1, x2 = source.x, target.x + WIDTH
    half = (x1 + x2) // 2
    return f"M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}"


def _told(boxes: dict[str, Box], edge: Edge) -> str:
    return f"{boxes[edge.source].full} {words(edge.type)} {boxes[edge.target].full}"


def described(boxes: Sequence[Box]) -> str:
    """What the picture shows, in a sentence."""
    counts: dict[str, int] = {}
    for box in boxes[1:]:
        counts[box.family] = counts.get(box.family, 0) + 1
    names = {
        "thing": N_("%(count)s records"),
        "code": N_("%(count)s codes"),
        "institution": N_("%(count)s institutions"),
        "person": N_("%(count)s people"),
        "project": N_("%(count)s projects and awards"),
        "unresolved": N_("%(count)s things that are not here"),
    }
    parts = [translated(name, count=counts[family]) for family, name in names.items() if family in counts]
    return translated(
        "The record in the first column is tied to %(parts)s; the list below says how.",
        parts=", ".join(parts),
    )
