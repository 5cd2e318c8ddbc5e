"""A controlled vocabulary: concepts found by URI, code or label, with hierarchy and matches.

A vocabulary is ONE tab-separated file in this package.  Its first lines say in comments
(``# key: value``) what it is: title, uri, origin, version, licence, date.  Then come the
columns of SKOS that we need, many values separated by ``|``::

    code  label  uri  broader  alternatives  matches  [further columns of its own]

``alternatives`` are other labels, codes and addresses of the same concept, ``broader`` are
codes in the same file, ``matches`` are URIs of other vocabularies.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_STANDARD_COLUMNS = ("code", "label", "uri", "broader", "alternatives", "matches")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A concept of a vocabulary; ``values`` are the columns that only its vocabulary has."""

    code: str
    label: str
    uri: str | None = None
    broader: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


class Vocabulary:
    """Concepts of one file, found by what sources write: URI, code or label.

    ``name`` is the file's, ``about`` the key-value pairs of its header.
    """

    def __init__(self, name: str, about: Mapping[str, str], concepts: Iterator[Concept]) -> None:
        self.name = name
        self.about = about
        self.concepts: tuple[Concept, ...] = tuple(concepts)
        self._by_code = {concept.code: concept for concept in self.concepts}
        self._by_term: dict[str, Concept] = {}
        # What a concept is called itself goes before what others call it.
        for concept in self.concepts:
            self._by_term.setdefault(fold(concept.code), concept)
        for concept in self.concepts:
            for term in (concept.uri, concept.label):
                if term:
                    self._by_term.setdefault(fold(term), concept)
        for concept in self.concepts:
            for term in (*concept.alternatives, *concept.matches):
                self._by_term.setdefault(fold(term), concept)
        self._narrower: dict[str, list[Concept]] = {}
        for concept in self.concepts:
            for code in concept.broader:
                self._narrower.setdefault(code, []).append(concept)

    def __len__(self) -> int:
        return len(self.concepts)

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts)

    def __getitem__(self, code: str) -> Concept:
        """The concept with exactly this code; raises KeyError."""
        return self._by_code[code]

    def lookup(self, term: str) -> Concept | None:
        """The concept that ``term`` (a URI, a code or a label, in any case) means, if any does.

        Of a concept that its vocabulary has replaced (column ``replaced_by``) it is the new one.
        """
        found = self._by_term.get(fold(term))
        return found if found is None else self._by_code.get(found.values.get("replaced_by", ""), found)

    def narrower(self, code: str) -> tuple[Concept, ...]:
        """The concepts directly below this one."""
        return tuple(self._narrower.get(code, ()))

    def ancestors(self, code: str) -> tuple[Concept, ...]:
        """All concepts above this one, nearest first."""
        found: dict[str, Concept] = {}
        waiting = list(self._by_code[code].broader)
        while waiting:
            above = waiting.pop(0)
            if above not in found and above in self._by_code:
                found[above] = self._by_code[above]
                waiting.extend(found[above].broader)
        return tuple(found.values())


@functools.lru_cache(maxsize=8192)
def fold(term: str) -> str:
    """The form in which terms are compared: no case, single spaces; an address without its scheme."""
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", term)).strip().casefold()
    if folded.startswith("http"):
        folded = _ADDRESS.sub("", folded, count=1).rstrip("/")
    return folded


@functools.cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary in ``<name>.tsv``; raises FileNotFoundError where there is none."""
    text = importlib.resources.files("vocab").joinpath(f"{name}.tsv").read_text("utf-8")
    about: dict[str, str] = {}
    lines = text.splitlines()
    while lines and lines[0].startswith("#"):
        key, _, value = lines.pop(0).lstrip("# ").partition(": ")
        about[key] = value
    columns = lines.pop(0).split("\t")
    return Vocabulary(name, about, (_concept(dict(zip(columns, line.split("\t")))) for line in lines if line))


def vocabularies() -> tuple[str, ...]:
    """The names of all vocabularies, in order."""
    folder = importlib.resources.files("vocab")
    return tuple(sorted(path.name[:-4] for path in folder.iterdir() if path.name.endswith(".tsv")))


def _concept(row: Mapping[str, str]) -> Concept:
    return Concept(
        code=row["code"],
        label=row["label"] or row["code"],
        uri=row.get("uri") or None,
        broader=_many(row.get("broader")),
        alternatives=_many(row.get("alternatives")),
        matches=_many(row.get("matches")),
        values={key: value for key, value in row.items() if key not in _STANDARD_COLUMNS and value},
    )


def _many(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
