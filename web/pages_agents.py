"""Documents about people and organisations: who they are to the records, as a page and as RDF."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.index import Count, Query
from mappings.graph_agents import Described, describe_agent
from mappings.schema_org_writing import CONTEXT
from web.agents import Somebody, normal, somebody
from web.context import base_url
from web.rdf_documents import Syntax, accepted, forms, of_name, page_answer, rdf_answer
from web.search_parameters import address

ORCID = "https://orcid.org/"
LONGEST_CURSOR = 500

blueprint = Blueprint("agent_pages", __name__)


@blueprint.get("/people/<name>")
def person(name: str) -> AnyResponse:
    """Somebody by ORCID."""
    return _document("people", "orcid", name)


@blueprint.get("/organisations/<name>")
def organisation(name: str) -> AnyResponse:
    """An organisation by ROR."""
    return _document("organisations", "ror", name)


def _document(folder: str, scheme: str, name: str) -> AnyResponse:
    value, syntax = of_name(name)
    known = normal(scheme, value)
    path = f"/{folder}/{known}"
    if known != value:
        asked = request.query_string.decode("ascii", "replace")
        suffix = f".{syntax.suffix}" if syntax else ""
        return redirect(f"{base_url()}{path}{suffix}{f'?{asked}' if asked else ''}", 308)
    cursor = request.args.get("cursor", "")[:LONGEST_CURSOR] or None
    if syntax is None:
        syntax = accepted(path)
    found = somebody(scheme, value, cursor)
    return _rdf(found, path, syntax) if syntax is not None else _page(found, path)


def _rdf(found: Somebody, path: str, syntax: Syntax) -> AnyResponse:
    described = Described(
        uri=found.uri,
        is_person=found.scheme == "orcid",
        names=[name for name, _ in found.names],
        affiliations=found.affiliations if found.scheme == "orcid" else (),
        works=[(work.record, work.roles) for work in found.works],
    )
    graph = describe_agent(base_url() + path, described, base_url())
    links = []
    if found.cursor is not None:
        query = urlencode({"cursor": found.cursor})
        links.append(f'<{base_url()}{path}.{syntax.suffix}?{query}>; rel="next"; type="{syntax.media_type}"')
    return rdf_answer(graph.statements, syntax, path, links=links)


def _page(found: Somebody, path: str) -> AnyResponse:
    page = render_template(
        "agent.html",
        found=found,
        path=request.root_path + path,
        following=f"?{urlencode({'cursor': found.cursor})}" if found.cursor else None,
        search=address(request.root_path + "/", Query(words=f'identifier:"{found.value}"')),
        others=[(one, _where(one)) for one in found.others],
        subjects=[(one, _search("subject", one)) for one in found.subjects],
        forms=[(one, request.root_path + where) for one, where in forms(path)],
        canonical=base_url() + path,
        json_ld=_json_ld(found, base_url() + path),
    )
    return page_answer(page, path)


def _where(one: Count) -> str:
    """The page of somebody with an ORCID, else the search for the name."""
    if one.uri is not None and one.uri.startswith(ORCID):
        return f"{request.root_path}/people/{one.uri.removeprefix(ORCID)}"
    return _search("creator", one)


def _search(facet: str, one: Count) -> str:
    return address(request.root_path + "/", Query(facets={facet: (one.value,)}))


def _json_ld(found: Somebody, document: str) -> dict[str, Any]:
    """Who it is, in schema.org's words (ProfilePage)."""
    is_person = found.scheme == "orcid"
    who: dict[str, Any] = {
        "@type": "Person" if is_person else "Organization",
        "@id": found.uri,
        "name": found.name,
        "identifier": found.uri,
        "sameAs": found.uri,
    }
    if len(found.names) > 1:
        who["alternateName"] = [name for name, _ in found.names[1:]]
    if is_person and found.affiliations:
        who["affiliation"] = [{"@type": "Organization", "name": name} for name, _ in found.affiliations]
    return {"@context": CONTEXT, "@type": "ProfilePage", "@id": document, "url": document, "mainEntity": who}
