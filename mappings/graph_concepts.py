"""Terms of vocabularies, and named things such as instruments, as statements (SKOS)."""

from __future__ import annotations

from catalogue.record import Reference, Term
from mappings.graph_syntax import Statements, name, name_of
from vocab.base import concluded
from vocab.hierarchy import ancestry


def say_concept(out: Statements, thing: str, word: str, term: Term, part: str) -> None:
    """That a term is said of a thing; what no vocabulary knows gets a name below the document."""
    named = name(term.uri)
    if named is None:
        named = out.shared(part, f"{term.scheme}\n{term.label}")
    out.say(thing, word, named)
    out.classes(named, "skos:Concept")
    out.label(named, "skos:prefLabel", (label_of(term.uri) if term.uri else None) or term.label)
    if term.scheme is not None and term.uri is None:
        _say_scheme(out, named, term.scheme)


def say_subjects(out: Statements, thing: str, subjects: tuple[Term, ...]) -> None:
    """Keywords, and themes where a vocabulary or at least its name is known."""
    for term in subjects:
        if term.uri is None and term.scheme is None:
            out.label(thing, "dcat:keyword", term.label)
        else:
            say_concept(out, thing, "dcat:theme", term, "subject")


def say_reference(out: Statements, thing: str, word: str, reference: Reference, part: str) -> None:
    """A named thing that belongs to a record: an instrument, a sample, a proposal …"""
    named = name_of_reference(out, reference, part)
    out.say(thing, word, named)
    known = label_of(reference.uri) if reference.uri else None
    out.label(named, "rdfs:label", known or reference.label)
    if reference.identifier is not None and reference.identifier != reference.uri:
        out.label(named, "dct:identifier", reference.identifier)


def name_of_reference(out: Statements, reference: Reference, part: str) -> str:
    """What a named thing is called: as its vocabulary or its identifier has it, else below the document."""
    named = name(reference.uri)
    if named is None and reference.identifier is not None:
        named = name_of(reference.scheme or "", reference.identifier)
    if named is None:
        named = out.shared(part, f"{reference.scheme}\n{reference.identifier}\n{reference.label}")
    return named


@concluded(16384)
def label_of(uri: str) -> str | None:
    """What the vocabulary calls a concept, whatever the source has called it."""
    found = ancestry(uri)
    return found[0][0].label if found else None


def _say_scheme(out: Statements, concept: str, scheme: str) -> None:
    named = name(scheme) if "://" in scheme else None
    if named is None:
        named = out.shared("scheme", scheme)
    out.say(concept, "skos:inScheme", named)
    out.classes(named, "skos:ConceptScheme")
    out.label(named, "dct:title", scheme)
