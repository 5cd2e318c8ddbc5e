"""Vocabularies and their concepts as documents: a page for people, SKOS for machines."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import IndexError_, NotFound
from catalogue.index import Query
from catalogue.index_facets import facet_value
from mappings.graph_vocabulary import concept_name, describe_vocabulary, fingerprint
from vocab.base import Concept, Vocabulary, vocabularies, vocabulary
from vocab.hierarchy import related
from web.context import base_url, catalogue
from web.pages_browse import TREES
from web.rdf_documents import Syntax, accepted, forms, of_name, page_answer, rdf_answer
from web.search_parameters import address
from web.vocabulary_update import known_vocabulary

FACETS = {
    **TREES,
    "accelerators": "facility",
    "dfg_subjects": "subject",
    "disciplines": "subject",
    "licences": "licence",
    "observation_facilities": "facility",
}
"""Vocabularies whose concepts records bear, and the facet they are searched by."""

ON_A_PAGE = 500
"""Concepts that the page of a vocabulary names."""

LONGEST = 2000
_KEPT = 8

blueprint = Blueprint("vocabulary_pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A concept beside another: its label, vocabulary and page here, and how it stands to it."""

    label: str
    vocabulary: str
    url: str
    relation: str = ""


@blueprint.get("/vocabularies")
def vocabularies_page() -> str:
    """All vocabularies: where each is from, how many concepts it has."""
    return render_template("vocabularies.html", vocabularies=[vocabulary(name) for name in vocabularies()])


@blueprint.get("/vocabularies/<name>")
def vocabulary_page(name: str) -> AnyResponse:
    """A vocabulary, or with ``uri`` (or ``code``) one of its concepts."""
    name, syntax = of_name(name)
    known = known_vocabulary(name)
    path = f"/vocabularies/{known.name}"
    concept = _asked(known)
    if syntax is None:
        syntax = accepted(path)
    if syntax is not None:
        return _rdf(known, concept, path, syntax)
    return _concept_page(known, concept, path) if concept is not None else _page(known, path)


def _asked(known: Vocabulary) -> Concept | None:
    """The concept that the address names; raises `NotFound` for none of this vocabulary."""
    uri, code = request.args.get("uri", ""), request.args.get("code", "")
    if not uri and not code:
        return None
    found = known[code] if code in known else known.lookup(uri[:LONGEST]) if uri else None
    if found is None:
        own = {concept_name(known, one, base_url())[1:-1]: one for one in known} if uri else {}
        found = own.get(uri)
    if found is None:
        raise NotFound(f"The vocabulary «{known.name}» has no concept «{(uri or code)[:200]}».")
    return found


def _rdf(known: Vocabulary, concept: Concept | None, path: str, syntax: Syntax) -> Response:
    statements = _statements(known, fingerprint(known), base_url())
    if concept is not None:
        statements = about(statements, concept_name(known, concept, base_url()))
    return rdf_answer(statements, syntax, path)


@functools.lru_cache(maxsize=_KEPT)
def _statements(known: Vocabulary, edition: str, base: str) -> bytes:
    """What is said of a vocabulary; ``edition`` changes with it."""
    return describe_vocabulary(known, base).statements


def about(statements: bytes, named: str) -> bytes:
    """The statements of a concept, and the labels of those that it is tied to (N-Triples)."""
    subject, lines = named.encode() + b" ", statements.splitlines(keepends=True)
    mine = [line for line in lines if line.startswith(subject)]
    others = {line.split(b" ", 3)[2] for line in mine}
    return b"".join(
        [*mine, *(line for line in lines if _is_label(line) and line.split(b" ", 1)[0] in others)]
    )


def _is_label(line: bytes) -> bool:
    return b"/core#prefLabel> " in line[:1000] or b"/terms/title> " in line[:1000]


def _page(known: Vocabulary, path: str) -> Response:
    concepts = [one for one in known if "deprecated" not in one.values]
    page = render_template(
        "vocabulary.html",
        known=known,
        concepts=[_link(known, one) for one in concepts[:ON_A_PAGE]],
        total=len(concepts),
        tree=known.name in TREES,
        forms=[(one, request.root_path + where) for one, where in forms(path)],
        canonical=base_url() + path,
    )
    return page_answer(page, path)


def _concept_page(known: Vocabulary, concept: Concept, path: str) -> Response:
    asked = {"uri": uri} if (uri := known.uri_of(concept)) else {"code": concept.code}
    facet = FACETS.get(known.name)
    query = Query(facets={facet: (uri or facet_value(concept.label),)}) if facet else None
    page = render_template(
        "concept.html",
        known=known,
        concept=concept,
        uri=uri,
        broader=[_link(known, known[code]) for code in concept.broader if code in known],
        narrower=[_link(known, one) for one in known.narrower(concept.code)][:ON_A_PAGE],
        elsewhere=[
            _link(vocabulary(one.vocabulary), one.concept, one.relation)
            for one in related(known.name, concept)
        ],
        records=_records(query) if query is not None else None,
        search=address(request.root_path + "/", query) if query is not None else None,
        forms=[(one, request.root_path + where) for one, where in forms(path, asked)],
    )
    return page_answer(page, path, asked)


def _records(query: Query) -> int | None:
    """How many records bear a concept or something narrower; ``None`` where the index cannot tell."""
    try:
        return catalogue().search(replace(query, size=1, counts=())).total
    except IndexError_:
        return None


def _link(known: Vocabulary, concept: Concept, relation: str = "") -> Link:
    uri = known.uri_of(concept)
    code = None if uri else concept.code
    url = url_for("vocabulary_pages.vocabulary_page", name=known.name, uri=uri, code=code)
    return Link(label=concept.label, vocabulary=known.name, url=url, relation=relation)
