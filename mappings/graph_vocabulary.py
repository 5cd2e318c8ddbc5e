"""A vocabulary as statements (SKOS): its concepts by their own URIs, with hierarchy and matches."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from urllib.parse import quote

from catalogue.graph import NamedGraph
from mappings.graph_syntax import Statements, name, number
from vocab.base import Concept, Vocabulary, concluded, vocabularies, vocabulary
from vocab.hierarchy import alignments, related

_MATCHES = {"exact": "skos:exactMatch", "broader": "skos:broadMatch", "narrower": "skos:narrowMatch"}
_INTERVAL = {"low": "schema:minValue", "high": "schema:maxValue"}
VERSION = 1
"""Another one with every change of what is said."""


def vocabulary_document(known: str, base_url: str) -> str:
    """The address of the document about a vocabulary, which is its named graph."""
    return f"{base_url}/vocabularies/{known}"


def concept_name(known: Vocabulary, concept: Concept, base_url: str) -> str:
    """The name of a concept: its own URI, else one below the document about its vocabulary."""
    named = name(known.uri_of(concept))
    if named is None:
        return f"<{vocabulary_document(known.name, base_url)}#{quote(concept.code, safe='')}>"
    return named


def scheme_name(known: Vocabulary, base_url: str) -> str:
    """The name of the vocabulary itself: the address that its concepts' URIs begin with, else one of ours."""
    uri = known.about.get("uri", "")
    is_start = uri and "base" not in known.about and all((one.uri or "").startswith(uri) for one in known)
    named = name(uri) if is_start else None
    return named or f"<{vocabulary_document(known.name, base_url)}#scheme>"


def fingerprint(known: Vocabulary) -> str:
    """Another one where something else would be said of a vocabulary; cheap where it is the one of before."""
    return _fingerprint(known, alignments())


@functools.lru_cache(maxsize=256)
def _fingerprint(known: Vocabulary, ties: object) -> str:
    mine = hashlib.blake2b(f"{VERSION}{sorted(known.about.items())}{ties}".encode(), digest_size=8)
    for one in known:
        mine.update(repr((one.code, one.label, one.uri, one.broader, one.alternatives, one.matches)).encode())
        mine.update(repr(sorted(one.values.items())).encode())
    return mine.hexdigest()


def describe_vocabulary(known: Vocabulary, base_url: str) -> NamedGraph:
    """All that is known of a vocabulary and its concepts."""
    document = vocabulary_document(known.name, base_url)
    out = Statements(document, base_url)
    scheme, about = scheme_name(known, base_url), known.about
    out.say(out.document, "foaf:primaryTopic", scheme)
    out.classes(scheme, "skos:ConceptScheme")
    out.label(scheme, "dct:title", about.get("title", known.name))
    out.label(scheme, "dct:identifier", known.name)
    out.say(scheme, "dct:source", name(about.get("uri")))
    out.label(scheme, "dct:provenance", about.get("origin"))
    out.label(scheme, "dct:rights", about.get("licence"))
    out.label(scheme, "owl:versionInfo", about.get("version"))
    for concept in known:
        _say_concept(out, known, concept, scheme, base_url)
    return NamedGraph(name=document, statements=out.written())


def without_concepts(graph: NamedGraph, base_url: str) -> NamedGraph:
    """A graph without what it says of concepts that stand in the graph of a vocabulary.

    A record alone says what its concepts are called.  Beside the vocabularies that would be the same
    statement once for each record, and a query for the label of a concept would look at all of them.
    """
    known = _concepts(base_url)
    lines = graph.statements.splitlines(keepends=True)
    kept = [line for line in lines if line.partition(b" ")[0] not in known]
    return graph if len(kept) == len(lines) else NamedGraph(name=graph.name, statements=b"".join(kept))


@concluded(4)
def _concepts(base_url: str) -> frozenset[bytes]:
    """The names of the concepts of all vocabularies."""
    return frozenset(
        concept_name(known, concept, base_url).encode()
        for known in map(vocabulary, vocabularies())
        for concept in known
    )


def _say_concept(out: Statements, known: Vocabulary, concept: Concept, scheme: str, base_url: str) -> None:
    named = concept_name(known, concept, base_url)
    out.classes(named, "skos:Concept")
    out.label(named, "skos:prefLabel", concept.label)
    out.label(named, "skos:notation", concept.code)
    out.say(named, "skos:inScheme", scheme)
    above = [known[code] for code in concept.broader if code in known]
    for one in above:
        broader = concept_name(known, one, base_url)
        out.say(named, "skos:broader", broader)
        out.say(broader, "skos:narrower", named)
    if not above:
        out.say(named, "skos:topConceptOf", scheme)
    for text in concept.alternatives:
        address = name(text) if "://" in text else None
        if address is None:
            out.label(named, "skos:altLabel", text if text != concept.label else None)
        elif address != named:
            out.say(named, "skos:closeMatch", address)
    for word, value in _matches(known, concept, base_url):
        out.say(named, word, value if value != named else None)
    _say_values(out, known, concept, named, base_url)


def _matches(known: Vocabulary, concept: Concept, base_url: str) -> Iterator[tuple[str, str | None]]:
    for text in concept.matches:
        yield "skos:exactMatch", name(text)
    for one in related(known.name, concept):
        yield _MATCHES[one.relation], concept_name(vocabulary(one.vocabulary), one.concept, base_url)


def _say_values(out: Statements, known: Vocabulary, concept: Concept, named: str, base_url: str) -> None:
    """What the vocabulary says in columns of its own: limits of bands, successors of what is deprecated."""
    values = concept.values
    for column, word in _INTERVAL.items():
        try:
            out.say(named, word, number(float(values[column])))
        except (KeyError, ValueError):
            continue
    if values.get("deprecated"):
        out.say(named, "owl:deprecated", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    successor = values.get("replaced_by", "")
    if successor in known:
        out.say(named, "dct:isReplacedBy", concept_name(known, known[successor], base_url))
