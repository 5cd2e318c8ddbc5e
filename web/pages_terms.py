"""Our own classes and properties as a document: a page for people, the ontology for machines."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from mappings.graph_terms import CLASSES, PROPERTIES, metrics, ontology, relation_properties
from web.context import base_url
from web.pages_catalog import syntax_of
from web.rdf_documents import accepted, forms, page_answer, rdf_answer

blueprint = Blueprint("terms_page", __name__)


@blueprint.get("/terms")
def terms_page() -> Response:
    """The terms; their names are this address with «#»."""
    syntax = accepted("/terms")
    if syntax is not None:
        return terms_rdf(syntax.suffix)
    page = render_template(
        "terms.html",
        classes=CLASSES,
        properties=(*PROPERTIES, *relation_properties()),
        metrics=list(metrics()),
        namespace=f"{base_url()}/terms#",
        forms=[(one, request.root_path + where) for one, where in forms("/terms")],
        canonical=f"{base_url()}/terms",
    )
    return page_answer(page, "/terms")


@blueprint.get("/terms.<suffix>")
def terms_rdf(suffix: str) -> Response:
    """The ontology in a syntax of RDF."""
    return rdf_answer(ontology(base_url()).statements, syntax_of(suffix), "/terms")
