"""All values of a facet on a page of their own: with a filter, by number or by name, page by page."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, render_template, request

from catalogue.errors import NotFound
from catalogue.index import FACETS, Listing, Query
from web.context import catalogue
from web.facet_choices import facet_label, tree
from web.facet_parameters import FacetParameters, listing_address, read_listing
from web.languages import N_, _
from web.search_addresses import SearchAddresses
from web.search_parameters import address, arguments, covered

ORDERS = {"count": N_("most records"), "name": N_("name")}

blueprint = Blueprint("facet_pages", __name__)


@blueprint.get("/facets/<name>")
def facet_page(name: str) -> Response:
    """The values of a facet among what a search finds; each leads back to the search with it chosen."""
    if name not in FACETS:
        raise NotFound(f"There is no facet «{name[:100]}»; there are {', '.join(FACETS)}.")
    query, listing = read_listing(name, arguments.parse(FacetParameters, request, location="query"))
    found = catalogue().values(query, listing)
    page = render_template(
        "facet.html",
        query=query,
        listing=listing,
        label=facet_label(name),
        found=found,
        values=tree(query, name, found.values, _addresses(query).choosing(name)),
        back=_search(query),
        orders=[
            {"label": _(label), "url": _list(query, replace(listing, sort=order, cursor=None)),
             "is_chosen": order == listing.sort}
            for order, label in ORDERS.items()
        ],
        hidden=asked(query),
        whole=_list(query, Listing(facet=name, sort=listing.sort)),
        first=_list(query, replace(listing, cursor=None)) if listing.cursor else None,
        following=_list(query, replace(listing, cursor=found.cursor)) if found.cursor else None,
    )  # fmt: skip
    return Response(page, content_type="text/html; charset=utf-8")


def asked(query: Query) -> list[tuple[str, str]]:
    """What a form repeats of a search, as parameters."""
    pairs = [("q", query.words)] if query.words else []
    pairs += [(facet, value) for facet in FACETS for value in query.facets.get(facet, ())]
    pairs += covered(query)
    if any(query.published):
        pairs.append(("published", "/".join(end or "" for end in query.published)))
    return pairs


def _addresses(query: Query) -> SearchAddresses:
    return SearchAddresses(request.root_path + "/", query)


def _search(query: Query) -> str:
    return address(request.root_path + "/", query)


def _list(query: Query, listing: Listing) -> str:
    return listing_address(f"{request.root_path}/facets/{listing.facet}", query, listing)
