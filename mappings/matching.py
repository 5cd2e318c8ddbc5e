"""The terms of a record that our vocabularies know get their URIs, whichever crosswalk read them.

A label is compared without case, with single spaces and plain hyphens, in any language that a
vocabulary has.  Accents count: over all terms of the corpus (3,279 subjects) nothing more is found
without them.  Nothing is guessed: what no vocabulary knows, or what has several meanings, stays as the
source wrote it (`almagest vocab unknown` lists it).  What an operator has entered in the table of
aliases goes before all else; the code «-» there says that a word means nothing of that vocabulary.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalogue.record import Energy, Record, Reference, Term
from mappings.units import with_si
from vocab.base import Concept, aliases, concluded, emptied, fold, state, vocabulary

FIELDS: Mapping[str, tuple[str, ...]] = {
    "subjects": ("uat", "arxiv_categories", "pacs", "disciplines", "dfg_subjects"),
    "techniques": ("techniques",),
    "messengers": ("messengers",),
    "bands": ("messengers", "energy_bands"),
    "facilities": ("observation_facilities", "accelerators"),
    "instruments": ("observation_facilities",),
    "experiments": ("experiments",),
}
"""The vocabularies of each field.  A label that several know means the concept of the first of them;
what a concept is called itself goes before what another is called as well."""

NOTHING = "-"
"""The code in the table of aliases that keeps a word from meaning anything."""

_TERMS = ("subjects", "techniques", "messengers")
_REFERENCES = ("facilities", "instruments", "experiments")
_FREE_SCHEMES = frozenset({"", "keyword", "keywords", "free", "free keyword", "free keywords", "author"})
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013"), "-")
_LONGEST_ACRONYM = 5
_KEPT = 65536
_TRIMMED = " \t\n.,;:\"'«»“”„‘’[]"


@dataclass(frozen=True, slots=True)
class Match:
    """What a term means: the concept, its vocabulary, its URI and the name of its scheme."""

    vocabulary: str
    concept: Concept
    uri: str | None
    scheme: str | None


def matched(record: Record) -> Record:
    """The record with the URIs of all terms that a vocabulary of their field knows, its parameters in SI.

    Terms that have a URI are left alone, and so are values of which the source says what they are in SI.
    """
    state()
    source = record.provenance.source
    changes: dict[str, Any] = {}
    for field in _TERMS:
        terms: tuple[Term, ...] = getattr(record, field)
        if terms:
            found = [_term(field, term, source) for term in terms]
            if any(map(operator.is_not, found, terms)):
                changes[field] = tuple({(term.label, term.uri, term.scheme): term for term in found}.values())
    for field in _REFERENCES:
        references: tuple[Reference, ...] = getattr(record, field)
        if references:
            known = [_reference(field, reference, source) for reference in references]
            if any(map(operator.is_not, known, references)):
                changes[field] = tuple(dict.fromkeys(known))
    energy = record.coverage.energy if record.coverage is not None else None
    if record.coverage is not None and energy is not None and energy.bands:
        bands = tuple(_term("bands", band, source) for band in energy.bands)
        if bands != energy.bands:
            energy = Energy(intervals=energy.intervals, bands=tuple(dict.fromkeys(bands)))
            changes["coverage"] = replace(record.coverage, energy=energy)
    parameters = with_si(record.parameters)
    if parameters is not record.parameters:
        changes["parameters"] = parameters
    return replace(record, **changes) if changes else record


_Key = tuple[str, str, str | None, str]
_known: dict[_Key, Match | None] = emptied({})


def _term(field: str, term: Term, source: str) -> Term:
    if term.uri is not None:
        return term
    found = _found((field, term.label, term.scheme, source))
    if found is None or found.uri is None:
        return term
    return Term(label=_label(term.label, found), uri=found.uri, scheme=term.scheme or found.scheme)


def _reference(field: str, reference: Reference, source: str) -> Reference:
    if reference.uri is not None:
        return reference
    found = _found((field, reference.label, None, source))
    if found is None or found.uri is None:
        return reference
    return replace(reference, label=_label(reference.label, found), uri=found.uri)


def _found(key: _Key) -> Match | None:
    """The answer of `match`; terms come again and again, and this is asked for each."""
    try:
        return _known[key]
    except KeyError:
        pass
    if len(_known) >= _KEPT:
        _known.clear()
    found = _known[key] = match(*key)
    return found


def _label(written: str, found: Match) -> str:
    """As the source wrote it; an address is no name."""
    return found.concept.label if "://" in written else written


def match(field: str, label: str, scheme: str | None = None, source: str = "") -> Match | None:
    """What a label means in a field of the model, if a vocabulary of that field knows it.

    ``scheme`` is where the source says that it took the label from: only that vocabulary is asked
    then, and none about the labels of a scheme that is not ours; a URI says itself what it means.
    """
    term = (label.strip(_TRIMMED) or label).translate(_HYPHENS)
    named = _named_scheme(field, scheme)
    is_free = (scheme or "").strip().casefold() in _FREE_SCHEMES
    names = (named,) if named is not None else FIELDS[field]
    by_hand = _by_hand(names, term, source)
    names = tuple(name for name in names if by_hand.get(name) != NOTHING)
    for name in names:
        if name in by_hand:
            return _match(name, vocabulary(name)[by_hand[name]])
    if "://" in term or is_free or named is not None:
        for wanted in (_main, _any):
            for name in names:
                concept = wanted(name, term, is_named=named is not None)
                if concept is not None:
                    return _match(name, concept)
    return None


def _match(name: str, concept: Concept) -> Match:
    known = vocabulary(name)
    uri = known.uri_of(concept) or next(iter(concept.matches), None)
    return Match(name, concept, uri, known.about.get("scheme"))


def _main(name: str, term: str, *, is_named: bool) -> Concept | None:
    """The concept that is itself called so."""
    found = _any(name, term, is_named=is_named)
    return found if found is not None and fold(found.label) == fold(term) else None


def _any(name: str, term: str, *, is_named: bool) -> Concept | None:
    """The one concept that has this URI, code or label."""
    known = vocabulary(name)
    folded = fold(term)
    found = known.lookup(term)
    if found is None and is_named:
        # «302-02 Physikalische Chemie …»: the number says it in any language.
        return known.lookup(term.partition(" ")[0]) if term[:1].isdigit() else None
    if found is None or folded in known.ambiguous:
        return None
    if is_named or not (_is_bare_code(folded, found) or _is_other_acronym(term, found)):
        return found
    return None


def _is_other_acronym(term: str, concept: Concept) -> bool:
    """Whether letters that stand for words meet a name that only sounds alike: CERES and Ceres."""
    if not (term.isalpha() and term.isupper() and len(term) <= _LONGEST_ACRONYM):
        return False
    return term not in (concept.code, concept.label, *concept.alternatives)


def _is_bare_code(folded: str, concept: Concept) -> bool:
    """Whether a word is a code that may be anything else as well: «42», «cs»; «hep-ex» is not."""
    if folded != fold(concept.code) or folded == fold(concept.label):
        return False
    if any(folded == fold(one) for one in concept.alternatives):
        return False
    has_letters = any(one.isalpha() for one in folded)
    return not (has_letters and ("-" in folded or "." in folded))


@concluded(4096)
def _named_scheme(field: str, scheme: str | None) -> str | None:
    """The vocabulary of the field that a source means by the name or the address of a scheme."""
    if not scheme:
        return None
    folded = fold(scheme)
    for name in FIELDS[field]:
        about = vocabulary(name).about
        names = {name, about.get("scheme", ""), about.get("title", ""), about.get("uri", "")}
        names.update(about.get("schemes", "").split("|"))
        if folded in {fold(one) for one in names if one}:
            return name
    return None


@concluded(65536)
def _by_hand(names: tuple[str, ...], term: str, source: str) -> Mapping[str, str]:
    """The codes by vocabulary that an operator has entered for a term; those for a source go first."""
    folded = fold(term)
    found: dict[str, str] = {}
    for whose, name, word, code in sorted(aliases(), key=lambda row: row[0]):
        is_meant = name in names and whose in ("", source) and fold(word) == folded
        if is_meant and (code == NOTHING or code in vocabulary(name)):
            found[name] = code
    return found
