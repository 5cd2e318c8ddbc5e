"""The hits of a search page as HTML, each kept for as long as neither it nor the search changes.

Who narrows a search or comes back to it meets the same hits again; to make one costs more than all
that stands around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from flask import current_app, request
from markupsafe import Markup, escape

from catalogue.highlights import Highlights, Segments
from catalogue.index import Change
from catalogue.kept_counts import Kept
from web.formulas import may_hold, parts, without_halves
from web.languages import language

LONGEST_TITLE = 300
SNIPPET = 320
"""Characters of an abstract."""

MOST_KEPT = 10_000_000
"""Characters of all cards that a process keeps."""
_KEPT = "almagest-cards"
_MARK, _MARKED = Markup("<mark>"), Markup("</mark>")


def cards(
    changes: Iterable[Change], words: str, held: Collection[str], shown: Collection[str]
) -> list[Markup]:
    """The cards of records for a search of these words.

    ``held`` are the ids that the basket holds, ``shown`` those whose place is on the map of the page.
    """
    kept: Kept[Any, Markup] = current_app.extensions.setdefault(_KEPT, Kept(MOST_KEPT))
    macro, highlights, found = None, None, []
    around = (request.root_path, language(), words)
    for change in changes:
        if (record := change.record) is None:
            continue
        key = (*around, change.id, change.sequence, change.id in held, change.id in shown)
        if (card := kept.get(key)) is None:
            if macro is None or highlights is None:
                macro = current_app.jinja_env.get_template("_card.html").module.card  # type: ignore[attr-defined]
                highlights = Highlights(words)
            title = titled(record.titles[0].value, highlights)
            abstract = excerpt(record.descriptions[0].value, highlights) if record.descriptions else ""
            card = macro(record, title, abstract, held, change.id in shown)
            kept.put(key, card, len(card))
        found.append(card)
    return found


def titled(title: str, highlights: Highlights) -> Markup:
    """A title with what was looked for marked and its formulas as MathML, cut where it is very long."""
    if len(title) <= LONGEST_TITLE:
        return _marked(title, highlights)
    end = without_halves(title, 0, title.rfind(" ", 0, LONGEST_TITLE) + 1 or LONGEST_TITLE)[1]
    return _marked(title[:end].rstrip(), highlights) + "…"


def excerpt(text: str, highlights: Highlights) -> Markup:
    """The part of a text where what was looked for stands, likewise."""
    if not may_hold(text):
        return _html(highlights.snippet(text, SNIPPET))
    start, end = without_halves(text, *highlights.window(text, SNIPPET))
    before, after = "… " if start else "", "…" if end < len(text.rstrip()) else ""
    return escape(before) + _marked(text[start:end], highlights) + after


def _marked(text: str, highlights: Highlights) -> Markup:
    if not may_hold(text):
        return _html(highlights.marked(text))
    return Markup("").join(
        part if isinstance(part, Markup) else _html(highlights.marked(part))
        for part in parts(text, in_line=True)
    )


def _html(segments: Segments) -> Markup:
    return Markup("").join(_pieces(segments))


def _pieces(segments: Segments) -> Iterator[Markup]:
    for text, is_hit in segments:
        if is_hit:
            yield _MARK
        yield escape(text)
        if is_hit:
            yield _MARKED
