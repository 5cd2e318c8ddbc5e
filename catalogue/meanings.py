"""What the words of a query name: concepts of the vocabularies, by any of their labels.

«SAXS» names small angle x-ray scattering, «pulsar» the pulsars of the UAT, «dataset» a type of record.  A
query for such words finds also what bears the concept or one below it.  It is written down as
``concept:"…"``, so that everybody sees what was added; words in quotation marks name nothing but themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogue.conditions import Any_, Condition, Key
from catalogue.index_facets import FACET_FIELD, HIERARCHICAL, facet_value, uri_key, within_key
from catalogue.query_language import MOST_ALTERNATIVES, And, Concept, Node, Or, Word
from catalogue.text import FUNCTION_WORDS, words
from vocab.base import concluded, vocabulary
from vocab.hierarchy import SEARCHED

MOST_CONCEPTS = 4
"""Concepts that are added to one query."""
_MOST_WORDS = 6
_MOST_VALUES = 24
_MOST_MEANINGS = 2
_SHORTEST = 3
_KINDS = ("dataset", "software", "workflow", "lesson")
"""Types of records that are meant by their names; other names of types are words like any other."""

_Key = tuple[str, ...]
_ACRONYM = "ACRONYM"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A concept with all its names; or a ``kind`` of record."""

    label: str
    names: tuple[str, ...]
    uris: tuple[str, ...] = ()
    kind: str | None = None


def widened(node: Node) -> Node:
    """The query with the concepts that its words name, at most `MOST_CONCEPTS`; what is excluded stays."""
    return _widened(node, [MOST_CONCEPTS])


def named(text: str) -> tuple[Meaning, ...]:
    """The concepts of this label; those whose own label it is go before those who are also called so."""
    known = _meanings()
    return next((known[key] for key in _key_of_words(text) if key in known), ())


def bearing(text: str) -> Condition:
    """The records that bear a concept of this label, or one below it."""
    keys: dict[str, None] = {}
    values: dict[str, None] = {facet_value(text): None}
    parts: list[Condition] = []
    for meaning in named(text):
        if meaning.kind is not None:
            parts.append(Key(FACET_FIELD["type"], (meaning.kind,)))
        values.update((facet_value(name), None) for name in (meaning.label, *meaning.names))
        for facet in sorted(HIERARCHICAL):
            keys[within_key(facet, facet_value(meaning.label))] = None
            keys.update((uri_key(facet, uri), None) for uri in meaning.uris)
    known = tuple(value for value in values if value)[:_MOST_VALUES] or ("",)
    parts += [Key(FACET_FIELD[facet], known) for facet in sorted(HIERARCHICAL)]
    return Any_((Key("concepts", tuple(keys)), *parts)) if keys else Any_(tuple(parts))


# --- queries ------------------------------------------------------------------------


def _widened(node: Node, left: list[int]) -> Node:
    match node:
        case Word():
            return _one(_run([node], left))
        case And(parts):
            found: list[Node] = []
            run: list[Word] = []
            for part in parts:
                if isinstance(part, Word) and part.field is None:
                    run.append(part)
                    continue
                found += [*_run(run, left), _widened(part, left)]
                run = []
            return _one([*found, *_run(run, left)])
        case Or(parts) if len(parts) + MOST_CONCEPTS * _MOST_MEANINGS <= MOST_ALTERNATIVES:
            flat: dict[Node, None] = {}
            for part in parts:
                wide = _widened(part, left)
                flat.update(dict.fromkeys(wide.parts if isinstance(wide, Or) else (wide,)))
            return Or(tuple(flat))
    return node


def _one(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _run(run: Sequence[Word], left: list[int]) -> list[Node]:
    """Words one after the other, those that name a concept together with it; the longest names first."""
    found: list[Node] = []
    at = 0
    while at < len(run):
        for end in range(min(len(run), at + _MOST_WORDS), at, -1):
            taken = run[at:end]
            labels = _labels(taken)
            if labels and left[0]:
                left[0] -= 1
                found.append(Or((_one(taken), *(Concept(label) for label in labels))))
                at = end
                break
        else:
            found.append(run[at])
            at += 1
    return found


def _labels(taken: Sequence[Word]) -> tuple[str, ...]:
    if any(word.field is not None for word in taken):
        return ()
    meanings = named(" ".join(word.text for word in taken))
    labels = {_key_of_name(meaning.label): meaning.label for meaning in reversed(meanings)}
    return tuple(sorted(labels.values()))


# --- vocabularies ---------------------------------------------------------------------


@concluded(1)
def _meanings() -> dict[_Key, tuple[Meaning, ...]]:
    """Meanings by their names; a name of too many things names none."""
    own: dict[_Key, list[Meaning]] = {}
    also: dict[_Key, list[Meaning]] = {}
    for meaning in (*_concepts(), *_kinds()):
        for names, found in (((meaning.label,), own), (meaning.names, also)):
            for key in {key for name in names if (key := _key_of_name(name)) is not None}:
                found.setdefault(key, []).append(meaning)
    return {
        key: tuple(meanings)
        for key, meanings in {**also, **own}.items()
        if len({_key_of_name(meaning.label) for meaning in meanings}) <= _MOST_MEANINGS
    }


def _concepts() -> Iterator[Meaning]:
    for name in SEARCHED:
        known = vocabulary(name)
        for concept in known:
            if concept.values.get("deprecated") or '"' in concept.label:
                continue
            names = tuple(one for one in concept.alternatives if "://" not in one)
            uri = known.uri_of(concept)
            yield Meaning(concept.label, names, (uri,) if uri else ())


def _kinds() -> Iterator[Meaning]:
    for concept in vocabulary("resource_types"):
        kind = concept.values.get("kind")
        if kind in _KINDS and concept.label.casefold() == kind:
            yield Meaning(concept.label, (), kind=kind)


def _key_of_name(name: str) -> _Key | None:
    """The key of a name of a vocabulary: of «SAXS» it is case that tells it from a word."""
    found = words(name)
    if len(found) == 1 and sum(map(str.isupper, name)) > 1:
        return (_ACRONYM, found[0]) if len(found[0]) >= _SHORTEST else None
    return _key(found)


def _key_of_words(text: str) -> Iterator[_Key]:
    """The keys of what a person writes."""
    found = words(text)
    if len(found) == 1 and any(map(str.isupper, text)):
        yield (_ACRONYM, found[0])
    key = _key(found)
    if key is not None:
        yield key


def _key(found: Sequence[str]) -> _Key | None:
    """The words of a name in the singular; ``None`` for what is too short or says nothing."""
    if not found or len(found) > _MOST_WORDS or found[0] in FUNCTION_WORDS:
        return None
    if len("".join(word for word in found if not word.isdigit())) < _SHORTEST:
        return None
    return tuple(map(_singular, found))


def _singular(word: str) -> str:
    """An English plural without its ending; what comes of other words does not matter."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "sui" else word
