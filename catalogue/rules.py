"""What a source's options say of its records: which are taken in, and what is said where they are silent.

Several values are separated by «;»; a semicolon within a pattern is written ``\\x3b``.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import orjson
import regex

from catalogue.errors import RecordTooSlow, SettingsError
from catalogue.record import Agent, Extra, Kind, Record, Rights, Term
from vocab.base import Concept, fold, vocabulary

OPTIONS: Mapping[str, str] = {
    "include-set": "only records of these sets and the sets below them; several values by «;»",
    "exclude-set": "no records of these sets and the sets below them; several by «;»",
    "include-type": "only records of these kinds or types (dataset; software; …); a source's own word in "
    'quotation marks ("Simulation run")',
    "exclude-type": "no records of these kinds or types",
    "include-subject": "only records with one of these subjects, as label or URI",
    "exclude-subject": "no records with one of these subjects",
    "include-match": "only records in whose titles, descriptions or identifiers one of these regular "
    "expressions is found, without regard to case",
    "exclude-match": "no records in which one of these regular expressions is found",
    "default-licence": "licence of records that state no rights (an SPDX identifier)",
    "default-publisher": "publisher of records that name none",
    "default-discipline": "subjects of records that have none, as LABEL or LABEL <URI>",
    "default-language": "language of records that name none (en, de …)",
}
MARK = "almagest:"
"""How the path of an extra value begins that says what we have added to a record."""
_TYPES = ("resource_types", "coar_resource_types", "voresource_types")
_SEARCH_SECONDS = 0.5
_SLOW_SEARCHES = 20
"""After so many searches that took too long a pattern is not tried any more."""
_LONGEST_PATTERN = 2000
_NOTE = "{} (set by the operator of this catalogue; the source does not say it)"

Values = Callable[[Record], Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Values of which a record must have one, and values of which it must have none."""

    name: str
    included: frozenset[str]
    excluded: frozenset[str]

    def against(self, found: Iterable[str]) -> str | None:
        """Why a record with these values is not taken in."""
        if not (self.included or self.excluded):
            return None
        have = frozenset(found)
        if not have.isdisjoint(self.excluded):
            return f"exclude-{self.name}: {min(have & self.excluded)}"
        if self.included and have.isdisjoint(self.included):
            return f"include-{self.name}"
        return None


class _Patterns:
    """Regular expressions that cannot hang a harvest: each search has its time, and a slow one few."""

    def __init__(self, source: str, name: str, patterns: Sequence[str]) -> None:
        self._source = source
        self._name = name
        self._patterns = [_compiled(source, name, pattern) for pattern in patterns]
        self._slow = 0

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def found(self, text: str) -> str | None:
        """The first pattern that is found; raises `RecordTooSlow`, and `SettingsError` when often."""
        for pattern in self._patterns:
            try:
                if pattern.search(text, timeout=_SEARCH_SECONDS):
                    return str(pattern.pattern)
            except TimeoutError:
                self._note_slow(str(pattern.pattern))
        return None

    def _note_slow(self, pattern: str) -> None:
        self._slow += 1
        if self._slow >= _SLOW_SEARCHES:
            raise SettingsError(
                f"Option {self._name} of source {self._source}: the pattern «{pattern}» took more than "
                f"{_SEARCH_SECONDS:g} s on {self._slow} records; write a simpler one."
            )
        raise RecordTooSlow(
            f"The pattern of option {self._name} takes more than {_SEARCH_SECONDS:g} s on this record; "
            "write a simpler one.",
            value=pattern,
        )


class Rules:
    """The rules of one source; raises `SettingsError` with one sentence for options that are wrong."""

    def __init__(self, source: str, options: Mapping[str, str]) -> None:
        def choice(name: str, normal: Callable[[str], str]) -> _Choice:
            both = (
                frozenset(map(normal, _several(options, f"{way}-{name}"))) for way in ("include", "exclude")
            )
            return _Choice(name, *both)

        for name in OPTIONS:
            if name in options and not _several(options, name):
                raise SettingsError(f"Option {name} of source {source} has no value; leave it out.")
        self._sets = choice("set", str)
        self._types = choice("type", lambda word: fold(_own_word(word) or word))
        self._subjects = choice("subject", fold)
        self._included = _Patterns(source, "include-match", _several(options, "include-match"))
        self._excluded = _Patterns(source, "exclude-match", _several(options, "exclude-match"))
        self._licence = _licence(source, options.get("default-licence"))
        self._publisher = options.get("default-publisher", "").strip() or None
        self._disciplines = tuple(map(_discipline, _several(options, "default-discipline")))
        self._language = _language(source, options.get("default-language"))

    @property
    def choose(self) -> bool:
        """Whether they take in some records and others not."""
        choices = (self._sets, self._types, self._subjects)
        return bool(self._included or self._excluded or any(one.included or one.excluded for one in choices))

    def against_sets(self, sets: Iterable[str]) -> str | None:
        """Why a record of these sets is not taken in (OAI-PMH, section 2.6: «a:b» lies within «a»)."""
        return self._sets.against(within for spec in sets for within in _ancestors(spec))

    def against(self, record: Record) -> str | None:
        """Why a record is not taken in, by its type, subjects and texts; raises `RecordTooSlow`."""
        why = self._types.against(map(fold, filter(None, (record.kind, record.type_label))))
        why = why or self._subjects.against(
            fold(name) for term in record.subjects for name in (term.label, term.uri) if name
        )
        if why is None and (self._included or self._excluded):
            why = self._against_text("\n".join(_texts(record)))
        return why

    def _against_text(self, text: str) -> str | None:
        found = self._excluded.found(text)
        if found is not None:
            return f"exclude-match: {found}"
        return "include-match" if self._included and self._included.found(text) is None else None

    def completed(self, record: Record) -> Record:
        """The record with the defaults for what it does not say, and an extra value for each of them."""
        added: list[Extra] = []

        def note(name: str, value: str) -> None:
            added.append(Extra(path=f"{MARK}default-{name}", text=_NOTE.format(value)))

        if self._licence is not None and not record.rights:
            record = replace(record, rights=(Rights(licence=self._licence),))
            note("licence", self._licence.label)
        if self._publisher is not None and record.publisher is None:
            record = replace(record, publisher=Agent(name=self._publisher, kind="organisation"))
            note("publisher", self._publisher)
        if self._disciplines and not record.subjects:
            record = replace(record, subjects=self._disciplines)
            note("discipline", "; ".join(term.label for term in self._disciplines))
        if self._language is not None and not record.languages:
            record = replace(record, languages=(self._language,))
            note("language", self._language)
        return replace(record, extra=(*record.extra, *added)) if added else record


def check_types(source: str, options: Mapping[str, str]) -> None:
    """Raises `SettingsError` for a type in a rule that nobody knows, with the one that looks most like it."""
    for name in ("include-type", "exclude-type"):
        for word in _several(options, name):
            if _own_word(word) is None and not _is_type(word):
                raise SettingsError(
                    f"Option {name} of source {source}: «{word}» is no kind or resource type that is known; "
                    f'{_meant(word)}a word of the source\'s own is written in quotation marks, "{word}".'
                )


def _is_type(word: str) -> bool:
    return word.lower() in get_args(Kind) or any(vocabulary(name).lookup(word) for name in _TYPES)


def _meant(word: str) -> str:
    known = {label.lower(): label for name in _TYPES for one in vocabulary(name) for label in _labels(one)}
    known |= {kind: kind for kind in get_args(Kind)}
    near = difflib.get_close_matches(word.lower(), known, 1, 0.5)
    return f"is «{known[near[0]]}» meant? Else, " if near else f"kinds are {', '.join(get_args(Kind))}; "


def _labels(concept: Concept) -> Iterator[str]:
    yield from (one for one in (concept.label, *concept.alternatives) if "://" not in one)


def _own_word(word: str) -> str | None:
    """What stands in quotation marks."""
    return word[1:-1].strip() if len(word) > 2 and word[0] + word[-1] in {'""', "«»", "“”"} else None


@functools.lru_cache(maxsize=256)
def rules_of(source: str, options: str) -> Rules:
    """The rules in a source's stored options, a JSON text."""
    return Rules(source, orjson.loads(options))


def _several(options: Mapping[str, str], name: str) -> list[str]:
    return [value.strip() for value in options.get(name, "").split(";") if value.strip()]


def _ancestors(spec: str) -> Iterator[str]:
    parts = spec.split(":")
    for end in range(1, len(parts) + 1):
        yield ":".join(parts[:end])


def _texts(record: Record) -> Iterator[str]:
    yield from (text.value for text in record.titles)
    yield from (text.value for text in record.descriptions)
    yield record.provenance.identifier
    for one in record.identifiers:
        yield from filter(None, (one.value, one.written))


def _compiled(source: str, name: str, pattern: str) -> regex.Pattern[str]:
    if len(pattern) > _LONGEST_PATTERN:
        raise SettingsError(
            f"Option {name} of source {source} has a pattern of {len(pattern)} characters; "
            f"the limit is {_LONGEST_PATTERN}."
        )
    try:
        return regex.compile(pattern, regex.IGNORECASE | regex.MULTILINE)
    except regex.error as error:
        raise SettingsError(
            f"Option {name} of source {source}: «{pattern}» is no regular expression ({error}); "
            "note that «;» separates patterns, within one it is written \\x3b."
        ) from None


def _licence(source: str, text: str | None) -> Term | None:
    if text is None:
        return None
    found = vocabulary("licences").lookup(text)
    if found is None:
        raise SettingsError(
            f"Option default-licence of source {source}: «{text}» is no SPDX identifier that is known; "
            "give one like CC-BY-4.0."
        )
    return Term(label=found.code, uri=found.uri, scheme="SPDX")


def _language(source: str, text: str | None) -> str | None:
    if text is None:
        return None
    found = vocabulary("languages").lookup(text)
    if found is None:
        raise SettingsError(
            f"Option default-language of source {source}: «{text}» is no language; give a code like en."
        )
    return found.code


def _discipline(text: str) -> Term:
    label, opened, uri = text.rstrip(">").partition("<")
    if opened and label.strip() and uri.strip():
        return Term(label=label.strip(), uri=uri.strip())
    return Term(label=text)


NO_RULES = Rules("", {})
