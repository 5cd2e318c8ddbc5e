"""The facets of a page: values as links that choose them, those of a hierarchy as a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from catalogue.index import Count, Query
from web.languages import N_, translated

SHOWN_AT_ONCE = 7
"""Values of a facet that are seen without opening it."""

FILTERED = 10
"""Of longer facets all values can be looked through."""

LABELS = {
    "type": N_("Kind"),
    "source": N_("Source"),
    "subject": N_("Subject"),
    "creator": N_("Creator"),
    "publisher": N_("Publisher"),
    "licence": N_("Licence"),
    "access": N_("Access"),
    "facility": N_("Facility"),
    "instrument": N_("Instrument"),
    "technique": N_("Technique"),
    "messenger": N_("Messenger"),
    "standard": N_("Service standard"),
    "year": N_("Year"),
    "has": N_("Has"),
}
SPOKEN = frozenset({"type", "access", "has"})
"""Facets whose values are words of ours."""

_DEEPEST = 20
_FEW = 2

Link = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A facet value as a link that chooses it, or takes it back when it is chosen.

    ``below`` are the narrower ones; they are seen at once where ``is_open``.
    """

    label: str
    url: str
    count: int | None
    is_chosen: bool
    below: tuple[Choice, ...] = ()
    is_open: bool = False

    @property
    def holds_chosen(self) -> bool:
        """Whether it, or something below it, is chosen."""
        return self.is_chosen or any(one.holds_chosen for one in self.below)

    @property
    def size(self) -> int:
        """How many values are below it."""
        return sum(1 + one.size for one in self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A facet with its values; ``more`` are those behind a fold; ``is_long``: there may be many others."""

    name: str
    label: str
    values: tuple[Choice, ...]
    more: tuple[Choice, ...]
    is_long: bool


def facet_label(facet: str) -> str:
    """How a facet is called on a page."""
    return translated(LABELS.get(facet, facet.capitalize()))


def value_label(facet: str, label: str) -> str:
    """How a value of a facet is called on a page."""
    return translated(label) if facet in SPOKEN else label


def facet_of(query: Query, name: str, counts: Sequence[Count], link: Link) -> Facet | None:
    """A facet of the search page; ``link`` is the address of the search with a value chosen or taken back."""
    if not counts:
        return None
    choices = tree(query, name, counts, link)
    choices.sort(key=lambda choice: not choice.holds_chosen)
    visible = max(SHOWN_AT_ONCE, sum(choice.holds_chosen for choice in choices))
    visible += len(choices) == visible + 1
    return Facet(
        name=name,
        label=facet_label(name),
        values=tuple(choices[:visible]),
        more=tuple(choices[visible:]),
        is_long=len(counts) > FILTERED,
    )


def tree(query: Query, name: str, counts: Sequence[Count], link: Link) -> list[Choice]:
    """The topmost values with those below them; what stands under several is drawn under the first.

    ``link`` is as in `facet_of`.
    """
    picked = query.facets.get(name, ())
    below: dict[str | None, list[Count]] = {}
    for count in counts:
        below.setdefault(next(iter(count.broader), None), []).append(count)

    def drawn(count: Count, depth: int) -> Choice:
        deeper = below.get(count.value, ()) if depth < _DEEPEST else ()
        narrower = tuple(drawn(one, depth + 1) for one in deeper)
        return Choice(
            label=value_label(name, count.label),
            count=count.count,
            url=link(count.value),
            is_chosen=count.value in picked,
            below=narrower,
            is_open=count.value in picked or any(one.holds_chosen for one in narrower),
        )

    found = [drawn(count, 0) for count in below.get(None, ())]
    # One or two branches alone tell nothing: what is on them is shown.
    return [replace(one, is_open=bool(one.below)) for one in found] if len(found) <= _FEW else found
