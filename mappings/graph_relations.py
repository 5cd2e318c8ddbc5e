"""What a thing is called and what it relates to, as statements.

Relations lead to identifiers as the source wrote them.  Whether the other end is here is asked with the
query: by ``owl:sameAs``, or by ``alm:key``, the name in normal form by which the catalogue's own relations
find what they mean (ADR 0017): addresses without what makes no difference, both forms of papers of arXiv,
the repository of a tag, identifiers within one source.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.identity import is_url
from catalogue.index import Change
from catalogue.record import Identifier, Record, Relation
from catalogue.related import called, members_of, targets
from catalogue.relation_keys import MOST_RELATIONS, OURS, our_id, our_names
from mappings.dcat_words import RELATIONS
from mappings.graph_names import thing_of
from mappings.graph_syntax import Statements, name, name_of
from mappings.graph_terms import relation_name
from mappings.links import web_address
from vocab.base import concluded, vocabulary

_TYPED_TARGETS = frozenset({"dct:relation", "dct:isReferencedBy"})
"""Properties of which DCAT-AP 3 demands that the class of the target is told."""
_NOT_OF_CATALOGS = frozenset({"dct:hasPart"})
"""Those whose targets must be catalogues where a catalogue has them (DCAT-AP 3)."""


def say_names(out: Statements, thing: str, change: Change) -> None:
    """Own identifiers are other names of the thing; what others call it is an ``adms:Identifier``.

    A product was called by the ids of its records before it was joined.
    """
    record = change.record
    assert record is not None
    for member in change.members:
        out.say(thing, "owl:sameAs", name(thing_of(member.id, out.base_url)))
    for one in record.identifiers:
        _say_identifier(out, thing, one)
    ours = set(our_names((change.id, *(member.id for member in members_of(change))), out.base_url))
    for key in called(change, out.base_url):
        out.label(thing, "alm:key", key if key not in ours else None)
    landing = _landing_page(record)
    if landing is not None:
        out.say(thing, "dcat:landingPage", landing)
        out.classes(landing, "foaf:Document")


def _say_identifier(out: Statements, thing: str, one: Identifier) -> None:
    named = name_of(one.scheme, one.value)
    written = named[1:-1] if named is not None else one.value
    if one.role == "own":
        out.label(thing, "dct:identifier", written)
        out.say(thing, "owl:sameAs", named if named != thing else None)
    elif one.role == "version-of-concept":
        out.say(thing, "dct:isVersionOf", named)
    else:
        identifier = out.part("identifier")
        out.say(thing, "adms:identifier", identifier)
        out.classes(identifier, "adms:Identifier")
        out.label(identifier, "skos:notation", written)
        out.label(identifier, "adms:schemaAgency", one.scheme)
        out.say(thing, "schema:sameAs", named)


def _landing_page(record: Record) -> str | None:
    """Where the source itself shows it."""
    page = web_address(record.provenance.url)
    for url in (page, *(one.value for one in record.identifiers)):
        found = name(url) if url is not None and is_url(url) else None
        if found is not None:
            return found
    return None


def say_relations(out: Statements, thing: str, change: Change, kind: str) -> None:
    """Each relation by the property of DCT or PROV-O where there is one, else by one of ours.

    ``kind`` is the class of DCAT of the thing.
    """
    for relation, keys in targets(change, 0, MOST_RELATIONS):
        word = RELATIONS.get(relation.type, "")
        if not word or word == "owl:sameAs" or (kind == "dcat:Catalog" and word in _NOT_OF_CATALOGS):
            word = relation_word(relation.type)
        _say_relation(out, thing, word, relation, keys)


def _say_relation(out: Statements, thing: str, word: str, relation: Relation, keys: Sequence[str]) -> None:
    ours = our_id(keys[0], out.base_url)
    if ours is not None or relation.scheme == OURS:
        target = name(thing_of(ours or relation.value, out.base_url))
        keys = ()
    else:
        target = name_of(relation.scheme, relation.value)
    if target is None:
        target = out.part("related")
        out.label(target, "dct:identifier", f"{relation.scheme}:{relation.value}")
    out.say(thing, word, target)
    for key in keys:
        out.label(target, "alm:key", key)
    if word in _TYPED_TARGETS:
        out.classes(target, "rdfs:Resource")
    out.label(target, "dct:title", relation.title)


@concluded(1024)
def relation_word(type: str) -> str:
    """Our property for a type of DataCite or of the IVOA; for what nobody knows that of any relation."""
    known = vocabulary("relation_types").lookup(type)
    return f"alm:{relation_name(known.code)}" if known is not None else "dct:relation"
