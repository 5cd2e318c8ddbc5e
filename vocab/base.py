"""A controlled vocabulary: concepts found by URI, code or label, with hierarchy and matches.

A vocabulary is ONE tab-separated file in this package.  Its first lines say in comments
(``# key: value``) what it is: title, uri, origin, version, licence, date.  Then come the
columns of SKOS that we need, many values separated by ``|``::

    code  label  uri  broader  alternatives  matches  [further columns of its own]

``alternatives`` are other labels, codes and addresses of the same concept, ``broader`` are
codes in the same file, ``matches`` are URIs of other vocabularies.

An installation may keep vocabularies of its own, and newer states of ours, in a folder: what
stands there goes before what is packaged (`use_folder`).  Every process looks at the folder
again after a few seconds; nobody has to be restarted.
"""

from __future__ import annotations

import functools
import importlib.resources
import logging
import re
import threading
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

log = logging.getLogger(__name__)

_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
LOOK_EVERY = 5.0
"""Seconds after which a process looks again whether a file in the folder has changed."""

ALIASES = "aliases"
ALIGNMENTS = "alignments"
_NO_VOCABULARIES = frozenset({ALIASES, ALIGNMENTS})
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

    ``name`` is the file's, ``about`` the key-value pairs of its header, ``aliases`` are further
    words for its codes, which an operator keeps by hand and which go before all else.
    """

    def __init__(
        self,
        name: str,
        about: Mapping[str, str],
        concepts: Iterable[Concept],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.about = about
        self.concepts: tuple[Concept, ...] = tuple(concepts)
        self._by_code = {concept.code: concept for concept in self.concepts}
        self._by_term: dict[str, Concept] = {}
        for word, code in (aliases or {}).items():
            if code in self._by_code:
                self._by_term[fold(word)] = self._by_code[code]
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

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Concept:
        """The concept with exactly this code; raises KeyError."""
        return self._by_code[code]

    def lookup(self, term: str) -> Concept | None:
        """The concept that ``term`` (a URI, a code or a label, in any case) means, if any does.

        Of a concept that its vocabulary has replaced (column ``replaced_by``) it is the new one.
        """
        found = self._by_term.get(fold(term))
        return found if found is None else self._by_code.get(found.values.get("replaced_by", ""), found)

    @functools.cached_property
    def ambiguous(self) -> frozenset[str]:
        """The folded terms that mean several concepts of which none stands above the others."""
        meant: dict[str, list[Concept]] = {}
        for concept in self.concepts:
            for term in {fold(term) for term in (concept.label, *concept.alternatives)}:
                meant.setdefault(term, []).append(concept)
        several = ((term, concepts) for term, concepts in meant.items() if len(concepts) > 1)
        return frozenset(term for term, concepts in several if not self._is_one(term, concepts))

    def _is_one(self, term: str, concepts: list[Concept]) -> bool:
        """Whether the concept that `lookup` gives is what all of them may be taken for."""
        chosen = self.lookup(term)
        if chosen is None or chosen not in concepts or fold(chosen.code) == term:
            return True
        others = [one for one in concepts if one is not chosen and "deprecated" not in one.values]
        if fold(chosen.label) == term:
            others = [one for one in others if fold(one.label) == term]
        return all(chosen in self.ancestors(one.code) for one in others)

    def uri_of(self, concept: Concept) -> str | None:
        """The concept's URI: its own, or the code behind what the header gives as ``base``."""
        if concept.uri or "base" not in self.about:
            return concept.uri
        return self.about["base"] + concept.code

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


class _Library:
    """What is loaded, from which folder, and who has drawn conclusions from it."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.generation = 0
        self.loaded: dict[str, Vocabulary] = {}
        self.conclusions: list[Callable[[], None]] = []
        self._stamp: object = ()
        self._next_look = 0.0
        self._lock = threading.RLock()

    def use(self, folder: Path | None) -> None:
        """Read from this folder first from now on."""
        with self._lock:
            before = (self.folder, self._stamp)
            self.folder = folder
            self._stamp = self._look()
            # Most installations have no vocabularies of their own: then nothing is to be forgotten.
            if before != (folder, self._stamp) and (before[1] or self._stamp):
                self._forget()

    def looked(self) -> int:
        """The generation; a new one where the folder has changed since the last look."""
        if self.folder is not None and (now := time.monotonic()) >= self._next_look:
            with self._lock:
                self._next_look = now + LOOK_EVERY
                stamp = self._look()
                if stamp != self._stamp:
                    self._stamp = stamp
                    self._forget()
        return self.generation

    def _look(self) -> object:
        if self.folder is None:
            return ()
        found = []
        for path in sorted(self.folder.glob("*.tsv")):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((path.name, status.st_ino, status.st_mtime_ns, status.st_size))
        return tuple(found)

    def _forget(self) -> None:
        self.generation += 1
        self.loaded = {}
        for conclusion in self.conclusions:
            conclusion()


_library = _Library()
_P = ParamSpec("_P")
_R = TypeVar("_R")
_K = TypeVar("_K")


def use_folder(path: Path | None) -> None:
    """Read vocabularies from this folder (it may not exist yet) before the packaged ones."""
    _library.use(path)


def folder() -> Path | None:
    """The folder whose vocabularies go before the packaged ones."""
    return _library.folder


def state() -> int:
    """A number that is another one as soon as some vocabulary may say something else."""
    return _library.looked()


def emptied(cache: dict[_K, _R]) -> dict[_K, _R]:
    """A dict that is emptied when a vocabulary changes, as soon as somebody asks for the `state`."""
    _library.conclusions.append(cache.clear)
    return cache


def concluded(maxsize: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A cache for what follows from vocabularies; it is emptied when one of them changes."""

    def kept(function: Callable[_P, _R]) -> Callable[_P, _R]:
        cached = functools.lru_cache(maxsize)(function)
        _library.conclusions.append(cached.cache_clear)

        @functools.wraps(function)
        def asked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            if _library.folder is not None:
                _library.looked()
            return cached(*args, **kwargs)  # type: ignore[arg-type]

        return asked

    return kept


def vocabulary(name: str) -> Vocabulary:
    """The vocabulary in ``<name>.tsv``; raises FileNotFoundError where there is none."""
    _library.looked()
    found = _library.loaded.get(name)
    if found is None:
        found = _library.loaded[name] = _own(name) or packaged(name)
    return found


def vocabularies() -> tuple[str, ...]:
    """The names of all vocabularies, in order."""
    packed = (path.name for path in importlib.resources.files("vocab").iterdir())
    own = (path.name for path in _library.folder.glob("*.tsv")) if _library.folder is not None else ()
    names = {name[:-4] for name in (*packed, *own) if name.endswith(".tsv")}
    return tuple(sorted(names - _NO_VOCABULARIES))


def packaged(name: str) -> Vocabulary:
    """The vocabulary as it came with this program; raises FileNotFoundError where there is none."""
    text = importlib.resources.files("vocab").joinpath(f"{name}.tsv").read_text("utf-8")
    return parsed(name, text, _aliases(name))


def _own(name: str) -> Vocabulary | None:
    """The vocabulary in the folder; one that cannot be read is told of and left out."""
    if _library.folder is None:
        return None
    path = _library.folder / f"{name}.tsv"
    try:
        return parsed(name, path.read_text("utf-8"), _aliases(name))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read and is left out: %s", path, error)
        return None


@concluded(1)
def aliases() -> tuple[tuple[str, str, str, str], ...]:
    """The rows of the table of aliases: source (empty: all), vocabulary, term, code."""
    if _library.folder is None:
        return ()
    try:
        lines = (_library.folder / f"{ALIASES}.tsv").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        log.warning("The table of aliases cannot be read and is left out: %s", error)
        return ()
    rows = (line.split("\t") for line in lines[1:] if not line.startswith("#"))
    return tuple((row[0], row[1], row[2], row[3]) for row in rows if len(row) >= 4)


def _aliases(name: str) -> Mapping[str, str]:
    return {term: code for source, known, term, code in aliases() if known == name and not source}


def parsed(name: str, text: str, aliases: Mapping[str, str] | None = None) -> Vocabulary:
    """The vocabulary in the text of a file of ours; raises `NotReadable` that says what is wrong with it."""
    about: dict[str, str] = {}
    lines = text.splitlines()
    start = 0
    while start < len(lines) and lines[start].startswith("#"):
        key, _, value = lines[start].lstrip("# ").partition(": ")
        about[key] = value
        start += 1
    columns = lines[start].split("\t") if start < len(lines) else []
    if columns[:2] != ["code", "label"]:
        raise NotReadable(f"The table «{name}» has no line «code, label …» with the names of its columns.")
    rows = (dict(zip(columns, line.split("\t"))) for line in lines[start + 1 :] if line)
    return Vocabulary(name, about, (_concept(row) for row in rows), aliases)


class NotReadable(ValueError):
    """A file is not of the form that it should have; the message says why."""


def _concept(row: Mapping[str, str]) -> Concept:
    return Concept(
        code=row["code"],
        label=row.get("label") or row["code"],
        uri=row.get("uri") or None,
        broader=_many(row.get("broader")),
        alternatives=_many(row.get("alternatives")),
        matches=_many(row.get("matches")),
        values={key: value for key, value in row.items() if key not in _STANDARD_COLUMNS and value},
    )


def _many(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
