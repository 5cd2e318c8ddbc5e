"""For crawlers: robots.txt, sitemaps of all records and pages, and the catalogue of our interfaces."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Blueprint, Response

from catalogue.errors import NotFound
from catalogue.json_form import dumps
from catalogue.reports import Reports
from vocab.base import vocabularies
from web.context import base_url, catalogue
from web.graph_catalog import services
from web.signposting import LINKSET_JSON

HOUR = 3600
API_CATALOG = "https://www.rfc-editor.org/info/rfc9727"
"""The profile of a link set that is a catalogue of interfaces (RFC 9727, section 4.2)."""

CLOSED = (
    *("/?", "/api/", "/oai", "/sru", "/ogc", "/metrics", "/sparql?", "/catalog.", "/*?cursor="),
    *("/dumps/", "/fdp", "/ldes", "/resourcesync"),
)
"""What crawlers do not read: every combination of facets, and what machines read by other ways."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

blueprint = Blueprint("sitemaps", __name__)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers may read: records and sources, but not every combination of facets."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["Allow: /", "", f"Sitemap: {base_url()}/sitemap.xml"]
    return _cached("\n".join(lines) + "\n", "text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap_index() -> Response:
    """The sitemaps, each with at most 50,000 records (sitemaps.org, protocol 0.9)."""
    parts = Reports(catalogue().database).sitemap_parts()
    entries: list[tuple[str, str | None]] = [(f"{base_url()}/sitemap-pages.xml", None)]
    entries += [(f"{base_url()}/sitemap-{number}.xml", changed) for number, changed in parts]
    return _sitemap("sitemapindex", "sitemap", entries)


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap(number: int) -> Response:
    """One sitemap: the pages of its live records with their datestamps."""
    if number > 10**9:
        raise NotFound(f"There is no sitemap {number}.")
    base, records = base_url(), Reports(catalogue().database).sitemap(number)
    return _sitemap("urlset", "url", ((f"{base}/records/{id}", changed) for id, changed in records))


@blueprint.get("/sitemap-pages.xml")
def sitemap_of_pages() -> Response:
    """The pages that are no records: of the catalogue, its sources, its vocabularies."""
    paths = ["/", "/catalog", "/terms", "/sources", "/browse", "/help"]
    paths += [f"/sources/{quote(source.name)}" for source in catalogue().sources.all()]
    paths += [f"/vocabularies/{quote(name)}" for name in vocabularies()]
    return _sitemap("urlset", "url", ((base_url() + path, None) for path in paths))


@blueprint.get("/.well-known/api-catalog")
def api_catalog() -> Response:
    """Where our interfaces are, and what describes each (RFC 9727)."""
    base = base_url()
    offered = services(catalogue().settings)
    interfaces = [
        {
            "anchor": base + path,
            "service-desc": [{"href": base + about}],
            "service-doc": [{"href": f"{base}/help/api", "type": "text/html"}],
            "type": [{"href": standard}],
        }
        for _, _, path, standard, about in offered
    ]
    items = [{"href": base + path, "title": title} for _, title, path, _, _ in offered]
    document = {"linkset": [{"anchor": f"{base}/.well-known/api-catalog", "item": items}, *interfaces]}
    response = _cached(dumps(document), f'{LINKSET_JSON}; profile="{API_CATALOG}"')
    response.headers["Link"] = f'<{base}/.well-known/api-catalog>; rel="api-catalog"'
    return response


def _sitemap(outer: str, inner: str, entries: Iterable[tuple[str, str | None]]) -> Response:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{outer} xmlns="{_NAMESPACE}">']
    for url, changed in entries:
        stamp = f"<lastmod>{changed}</lastmod>" if changed is not None else ""
        lines.append(f"<{inner}><loc>{_text(url)}</loc>{stamp}</{inner}>")
    return _cached("\n".join([*lines, f"</{outer}>"]) + "\n", "application/xml; charset=utf-8")


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _cached(body: str | bytes, content_type: str) -> Response:
    return Response(body, headers={"Cache-Control": f"public, max-age={HOUR}"}, content_type=content_type)
