"""The catalogue and its sources as documents: a page for people, paged DCAT for harvesters of such.

A page of the list holds its records with all that is said of them.  They come in the order of their last
change, each page costs the same, and what changes meanwhile comes again at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, render_template, request

from catalogue.errors import IndexError_, NotFound, QueryError
from catalogue.index import Change, Query
from catalogue.reports import Reports
from mappings.graph_listing import Listing, describe_page
from mappings.schema_org_writing import CONTEXT
from mappings.schema_page import catalogue_entity
from vocab.base import vocabularies, vocabulary
from web.context import base_url, catalogue
from web.graph_catalog import describe_catalog, describe_source, services
from web.json_ld_pages import shown
from web.rdf_documents import SYNTAXES, Syntax, accepted, forms, page_answer, rdf_answer

RECORDS = 100
"""Records on one page of the RDF."""

_SEQUENCE = re.compile(r"\d{1,15}", re.ASCII)

blueprint = Blueprint("catalog_pages", __name__)


@blueprint.get("/catalog")
def catalog_page() -> Response:
    """The catalogue itself."""
    syntax = accepted("/catalog")
    return catalog_rdf(syntax.suffix) if syntax is not None else _page()


@blueprint.get("/catalog.<suffix>")
def catalog_rdf(suffix: str) -> Response:
    """The catalogue and the records of one page, in a syntax of RDF."""
    syntax = syntax_of(suffix)
    after = sequence_asked()
    settings = catalogue().settings
    found = catalogue().store.changes(after, RECORDS + 1, deleted=False)
    description, total = b"", None
    if not after:
        states = Reports(catalogue().database).states()
        description, total = describe_catalog(settings, states).statements, _total()
    return listed(
        "/catalog", syntax, f"{base_url()}/id/catalog", settings.repository_name, found, description, total
    )


def source_rdf(name: str, syntax: Syntax) -> Response:
    """A source and the records of one page; such as are part of a product as the product."""
    after = sequence_asked()
    found = catalogue().store.changes(after, RECORDS + 1, source=name, deleted=False)
    description, total = b"", None
    source = catalogue().sources.get(name)
    if not after:
        state = catalogue().sources.state(name)
        description, total = describe_source(catalogue().settings, state).statements, state.records
    return listed(
        f"/sources/{quote(name)}",
        syntax,
        f"{base_url()}/id/sources/{quote(name)}",
        source.options.get("title") or name,
        found,
        description,
        total,
    )


def listed(
    path: str,
    syntax: Syntax,
    catalog: str,
    title: str,
    found: Sequence[Change],
    description: bytes,
    total: int | None,
) -> Response:
    """One page of a list of records, of which ``found`` may hold one more than is shown."""
    document = base_url() + path
    first = f"{document}.{syntax.suffix}"
    after = sequence_asked()
    page = found[:RECORDS]
    following = None
    if len(found) > RECORDS:
        following = f"{first}?{urlencode({'page': page[-1].sequence})}"
    listing = Listing(
        catalog=catalog,
        document=document,
        title=title,
        here=f"{first}?{urlencode({'page': after})}" if after else first,
        first=first,
        after=following,
        total=total,
    )
    statements = _each_once(description + describe_page(listing, _as_found(page), base_url()))
    links = [f'<{first}>; rel="first"; type="{syntax.media_type}"']
    if following is not None:
        links.append(f'<{following}>; rel="next"; type="{syntax.media_type}"')
    return rdf_answer(statements, syntax, path, links=links)


def sequence_asked() -> int:
    """After which number of the change sequence the page begins; raises `QueryError`."""
    text = request.args.get("page", "0")
    if not _SEQUENCE.fullmatch(text):
        raise QueryError("The page is a number; follow hydra:next from the first one.", parameter="page")
    return int(text)


def syntax_of(suffix: str) -> Syntax:
    """The syntax with this suffix; raises `NotFound` that names the known ones."""
    for one in SYNTAXES:
        if one.suffix == suffix:
            return one
    known = ", ".join(f".{one.suffix}" for one in SYNTAXES)
    raise NotFound(f"There is no form «.{suffix[:50]}» of this; known are {known}.")


def _as_found(changes: Sequence[Change]) -> list[Change]:
    """What stands in the catalogue for these records: themselves, or the products they are part of."""
    store = catalogue().store
    now = store.get_many([change.id for change in changes])
    joined = store.get_many([one.joined for one in now.values() if one.joined is not None])
    found: dict[str, Change] = {}
    for change in changes:
        one = now.get(change.id, change)
        if one.joined is not None and one.joined in joined:
            one = joined[one.joined]
        if one.record is not None:
            found.setdefault(one.id, one)
    return list(found.values())


def _each_once(statements: bytes) -> bytes:
    """N-Triples without repetitions: records have people and concepts in common."""
    return b"".join(dict.fromkeys(statements.splitlines(keepends=True)))


def _total() -> int | None:
    """How many records and products there are, where the index can tell."""
    try:
        return catalogue().search(Query(size=1, counts=())).total
    except IndexError_:
        return None


def _page() -> Response:
    states = Reports(catalogue().database).states()
    page = render_template(
        "catalog.html",
        states=states,
        services=[one[1:] for one in services(catalogue().settings)],
        vocabularies=[vocabulary(name) for name in vocabularies()],
        forms=[(one, request.root_path + where) for one, where in forms("/catalog")],
        canonical=f"{base_url()}/catalog",
        size=RECORDS,
        json_ld=catalog_json_ld([(state.source.name, state.source.options.get("title")) for state in states]),
    )
    return page_answer(page, "/catalog")


def catalog_json_ld(sources: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The catalogue as schema.org's DataCatalog with those it is made of."""
    base = base_url()
    return {
        "@context": CONTEXT,
        **catalogue_entity(shown("")),
        "description": (
            "Metadata of fundamental physics: data, software, services and publications of astronomy, "
            "particle, nuclear and materials physics, harvested from their sources."
        ),
        "publisher": {
            "@type": "Organization",
            "name": catalogue().settings.repository_name,
            "url": f"{base}/",
        },
        "hasPart": [
            {
                "@type": "DataCatalog",
                "@id": f"{base}/id/sources/{quote(name)}",
                "name": title or name,
                "url": f"{base}/sources/{quote(name)}",
            }
            for name, title in sources
        ],
    }


def source_json_ld(name: str, title: str | None) -> dict[str, Any]:
    """A source as schema.org's DataCatalog."""
    base = base_url()
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "@id": f"{base}/id/sources/{quote(name)}",
        "name": title or name,
        "description": (
            f"The records of {title or name} as {catalogue().settings.repository_name} has harvested them."
        ),
        "url": f"{base}/sources/{quote(name)}",
        "isPartOf": catalogue_entity(shown("")),
    }
