"""What stands above a concept, in its own vocabulary and in others: `alignments.tsv` ties them together.

A row of the table says that a concept of one vocabulary is ``exact`` or has as broader (``broad``) one
of another.  Of these and the vocabularies' own hierarchies follows by which concepts a record is found
that bears one of them.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from vocab.base import ALIGNMENTS, Concept, concluded, fold, vocabularies, vocabulary

SEARCHED = (
    "uat",
    "arxiv_categories",
    "pacs",
    "disciplines",
    "dfg_subjects",
    "techniques",
    "messengers",
    "energy_bands",
    "observation_facilities",
    "accelerators",
    "experiments",
)
"""The vocabularies whose hierarchies widen a search."""

_ADDRESSED = "://"


@dataclass(frozen=True, slots=True)
class Related:
    """A concept of another vocabulary: equal, above (``broader``) or below (``narrower``)."""

    relation: Literal["exact", "broader", "narrower"]
    vocabulary: str
    concept: Concept


@dataclass(frozen=True, slots=True)
class Named:
    """A concept as a search meets it: its label, and every URI that it has."""

    label: str
    uris: tuple[str, ...]


_Node = tuple[str, str]


@concluded(1)
def alignments() -> tuple[tuple[_Node, str, _Node], ...]:
    """The rows of the table: (vocabulary, code), «exact» or «broad», (vocabulary, code)."""
    text = importlib.resources.files("vocab").joinpath(f"{ALIGNMENTS}.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(((row[0], row[1]), row[2], (row[3], row[4])) for row in lines[1:])


@concluded(1)
def _ties() -> dict[_Node, list[tuple[str, _Node]]]:
    """The relations of each concept, seen from it."""
    ties: dict[_Node, list[tuple[str, _Node]]] = {}
    for one, relation, other in alignments():
        back = "exact" if relation == "exact" else "narrower"
        ties.setdefault(one, []).append(("exact" if relation == "exact" else "broader", other))
        ties.setdefault(other, []).append((back, one))
    return ties


def related(name: str, concept: Concept) -> tuple[Related, ...]:
    """The concepts of other vocabularies that the table ties to this one."""
    found = []
    for relation, (other, code) in _ties().get((name, concept.code), ()):
        if other in vocabularies() and code in vocabulary(other):
            found.append(Related(relation, other, vocabulary(other)[code]))  # type: ignore[arg-type]
    return tuple(found)


def above(name: str, concept: Concept) -> tuple[tuple[str, Concept], ...]:
    """The concept, what equals it and all that stands above, nearest first, each with its vocabulary."""
    found: dict[_Node, tuple[str, Concept]] = {}
    waiting = [(name, concept.code)]
    while waiting:
        node = waiting.pop(0)
        if node in found or node[1] not in vocabulary(node[0]):
            continue
        here = vocabulary(node[0])[node[1]]
        found[node] = (node[0], here)
        waiting += [(node[0], code) for code in here.broader]
        waiting += [other for relation, other in _ties().get(node, ()) if relation != "narrower"]
    return tuple(found.values())


@concluded(1)
def _by_uri() -> dict[str, _Node]:
    """The concepts of `SEARCHED` by each of their URIs; their own go before those of matches."""
    found: dict[str, _Node] = {}
    for uris_of in (_own_uris, _uris):
        for name in SEARCHED:
            for concept in vocabulary(name):
                for uri in uris_of(name, concept):
                    found.setdefault(fold(uri), (name, concept.code))
    return found


def _own_uris(name: str, concept: Concept) -> Iterable[str]:
    uri = vocabulary(name).uri_of(concept)
    return (uri,) if uri else ()


def _uris(name: str, concept: Concept) -> Iterable[str]:
    others = (one for one in (*concept.alternatives, *concept.matches) if _ADDRESSED in one)
    return dict.fromkeys((*_own_uris(name, concept), *others))


@concluded(16384)
def ancestry(uri: str) -> tuple[tuple[Named, tuple[str, ...]], ...]:
    """The concept of a URI and all above it in its own vocabulary, nearest first, each with the labels
    of those next above it; nothing where no vocabulary knows it.
    """
    node = _by_uri().get(fold(uri))
    if node is None:
        return ()
    known = vocabulary(node[0])
    found: dict[str, tuple[Named, tuple[str, ...]]] = {}
    waiting = [node[1]]
    while waiting:
        code = waiting.pop(0)
        if code not in found and code in known:
            above_it = [one for one in known[code].broader if one in known]
            named = Named(known[code].label, tuple(_uris(node[0], known[code])))
            found[code] = named, tuple(known[one].label for one in above_it)
            waiting += above_it
    return tuple(found.values())


@concluded(16384)
def broader(uri: str) -> tuple[Named, ...]:
    """The concept of a URI and all above it, for the index; nothing where no vocabulary knows it."""
    node = _by_uri().get(fold(uri))
    if node is None:
        return ()
    name, code = node
    concepts = above(name, vocabulary(name)[code])
    return tuple(Named(concept.label, tuple(_uris(where, concept))) for where, concept in concepts)
