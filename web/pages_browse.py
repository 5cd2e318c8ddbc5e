"""Browsing: what the catalogue holds by source, kind, place, technique and subject; trees of vocabularies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import NotFound
from catalogue.index import FACETS, Count, Query
from catalogue.index_facets import facet_value
from catalogue.kept_counts import Kept
from catalogue.sources import Source
from catalogue.text import fold
from harvesters.presets import presets
from vocab.base import Concept, Vocabulary, vocabulary
from web.context import catalogue
from web.facet_choices import facet_label, value_label
from web.languages import N_, _
from web.search_parameters import address

BROWSED = (
    "source", "type", "subject", "technique", "facility", "instrument", "messenger", "publisher", "licence",
)  # fmt: skip
"""Facets of the page, in its order."""

TREES = {
    "uat": "subject",
    "arxiv_categories": "subject",
    "pacs": "subject",
    "techniques": "technique",
    "messengers": "messenger",
}
"""Vocabularies one goes down in, and the facet whose values are their concepts."""

SHORT = {
    "uat": "UAT",
    "arxiv_categories": "arXiv",
    "pacs": "PACS",
    "techniques": "PaNET",
    "messengers": N_("Messengers"),
}
FIRST = 8
"""Values of a facet on the page of all."""

ON_A_PAGE = 50
LONGEST_FILTER = 200
_KEPT_COUNTS = 50_000
_EXTENSION = "almagest-browse"

blueprint = Blueprint("browse_pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A value with its number of records and the search for it; ``below`` leads deeper into a tree."""

    label: str
    count: int
    url: str
    below: str | None = None
    narrower: int = 0
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A facet with its most frequent values, the page of all, and the trees it can be read by."""

    name: str
    label: str
    entries: tuple[Entry, ...]
    whole: str
    trees: tuple[tuple[str, str, str], ...]
    """Short name, title (English) and address of each."""


@blueprint.get("/browse")
def browse_page() -> str:
    """The most frequent values of each facet, and ways to all others."""
    query = Query(size=1, counts=BROWSED, counts_size=FIRST + 1)
    found = catalogue().search(query)
    blocks = [_block(name, found.facets[name]) for name in BROWSED if found.facets[name]]
    return render_template("browse.html", blocks=blocks, total=found.total)


def _block(name: str, counts: Sequence[Count]) -> Block:
    notes = _notes() if name == "source" else {}
    return Block(
        name=name,
        label=facet_label(name),
        entries=tuple(
            Entry(
                label=value_label(name, one.label),
                count=one.count,
                url=_search(name, one.value),
                note=notes.get(one.value),
            )
            for one in counts[:FIRST]
        ),
        whole=url_for("facet_pages.facet_page", name=name) if len(counts) > FIRST else "",
        trees=tuple(
            (
                _(SHORT[tree]),
                vocabulary(tree).about["title"],
                url_for("browse_pages.tree_page", name=tree),
            )
            for tree, facet in TREES.items()
            if facet == name
        ),
    )


def _title(tree: str) -> str:
    short, title = _(SHORT[tree]), vocabulary(tree).about["title"]
    return title if short in title else f"{short}: {title}"


def _notes() -> dict[str, str]:
    """What is known of sources beside their names: their titles, and the communities of those we know."""
    communities = {one.url.rstrip("/"): one.community for one in presets().values()}
    return {source.name: note for source in catalogue().sources.all() if (note := _note(source, communities))}


def _note(source: Source, communities: dict[str, str]) -> str:
    known = (source.options.get("title"), communities.get(source.url.rstrip("/")))
    return " · ".join(part for part in known if part)


@blueprint.get("/browse/<name>")
def tree_page(name: str) -> str | AnyResponse:
    """A concept of a vocabulary and what is narrower, each with the records that bear it or what is below."""
    if name in FACETS:
        return redirect(url_for("facet_pages.facet_page", name=name))
    if name not in TREES:
        raise NotFound(f"There is no tree «{name[:100]}»; there are {', '.join((*TREES, *FACETS))}.")
    known, facet = vocabulary(name), TREES[name]
    code, contains = (
        request.args.get("concept", ""),
        request.args.get("contains", "").strip()[:LONGEST_FILTER],
    )
    if code and code not in known:
        raise NotFound(f"The vocabulary «{name}» has no concept «{code[:100]}».")
    here = known[code] if code else None
    concepts = _containing(known, contains) if contains else _below(known, here)
    page = _page_number(request.args.get("page", "1"), len(concepts))
    shown = concepts[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    counts = _counts(facet, [*shown, *([here] if here else [])])
    entries = [_entry(known, one, counts[one.code]) for one in shown]
    return render_template(
        "browse_tree.html",
        name=name,
        short=_(SHORT[name]),
        about=known.about,
        here=_entry(known, here, counts[here.code]) if here else None,
        path=_path(known, here) if here else (),
        contains=contains,
        entries=sorted(entries, key=lambda one: one.count == 0),
        total=len(concepts),
        pages=[
            (word, url_for("browse_pages.tree_page", name=name, concept=code or None,
                           contains=contains or None, page=number))
            for word, number in ((_("← Previous page"), page - 1), (_("Next page →"), page + 1))
            if 1 <= number <= _pages(len(concepts))
        ],
    )  # fmt: skip


def _entry(known: Vocabulary, concept: Concept, count: int) -> Entry:
    narrower = len(_below(known, concept))
    return Entry(
        label=concept.label,
        count=count,
        url=_search(TREES[known.name], facet_value(concept.label)),
        below=url_for("browse_pages.tree_page", name=known.name, concept=concept.code) if narrower else None,
        narrower=narrower,
    )


def _below(known: Vocabulary, concept: Concept | None) -> list[Concept]:
    """What is next below a concept by the alphabet, or the topmost; a single topmost one is left out."""
    if concept is not None:
        found = [one for one in known.narrower(concept.code) if "deprecated" not in one.values]
    else:
        found = [one for one in known if not _above(known, one) and "deprecated" not in one.values]
        if len(found) == 1:
            return _below(known, found[0])
    return sorted(found, key=lambda one: fold(one.label))


def _above(known: Vocabulary, concept: Concept) -> list[str]:
    return [code for code in concept.broader if code in known]


def _containing(known: Vocabulary, words: str) -> list[Concept]:
    """The concepts of which a name contains all words."""
    wanted = fold(words).split()
    return sorted(
        (
            one
            for one in known
            if "deprecated" not in one.values
            and any(all(word in fold(name) for word in wanted) for name in (one.label, *one.alternatives))
        ),
        key=lambda one: fold(one.label),
    )


def _path(known: Vocabulary, concept: Concept) -> list[tuple[str, str]]:
    """The way down to a concept, by the first of what is above each."""
    found: list[Concept] = []
    above = _above(known, concept)
    while above and known[above[0]] not in found:
        found.append(known[above[0]])
        above = _above(known, found[-1])
    return [(one.label, url_for("browse_pages.tree_page", name=known.name, concept=one.code))
            for one in reversed(found)]  # fmt: skip


def _counts(facet: str, concepts: Sequence[Concept]) -> dict[str, int]:
    """How many records one finds by choosing each concept; kept while the index stays the same."""
    kept: Kept[tuple[int, str, str], int] = current_app.extensions.setdefault(_EXTENSION, Kept(_KEPT_COUNTS))
    index = catalogue().index
    position = index.position()
    counts = {}
    for concept in concepts:
        value = facet_value(concept.label)
        total = kept.get((position, facet, value))
        if total is None:
            total = index.search(Query(facets={facet: (value,)}, size=1, counts=())).total
            kept.put((position, facet, value), total)
        counts[concept.code] = total
    return counts


def _pages(total: int) -> int:
    return max(-(-total // ON_A_PAGE), 1)


def _page_number(text: str, total: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not 1 <= number <= _pages(total):
        raise NotFound(f"There is no page «{text[:20]}»; there are pages 1 to {_pages(total)}.")
    return number


def _search(facet: str, value: str) -> str:
    return address(request.root_path + "/", Query(facets={facet: (value,)}))
