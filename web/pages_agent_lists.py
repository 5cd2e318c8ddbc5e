"""The lists of people with an ORCID and of organisations with a ROR, as pages."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import NotFound
from web.agent_lists import LONGEST_FILTER, listed
from web.agents import normal
from web.languages import N_, _
from web.pages_agents import LONGEST_CURSOR

TITLES = {"orcid": N_("People with an ORCID"), "ror": N_("Organisations with a ROR")}

blueprint = Blueprint("agent_list_pages", __name__)


@blueprint.get("/people")
def people() -> str | AnyResponse:
    """Those who made something and have an ORCID."""
    return _list("orcid", "agent_pages.person")


@blueprint.get("/organisations")
def organisations() -> str | AnyResponse:
    """The publishers with a ROR."""
    return _list("ror", "agent_pages.organisation")


def _list(scheme: str, document: str) -> str | AnyResponse:
    """A page of the list; whoever gives an identifier itself as filter is led to whose it is."""
    contains = request.args.get("contains", "").strip()[:LONGEST_FILTER]
    try:
        return redirect(url_for(document, name=normal(scheme, contains)))
    except NotFound:
        pass
    cursor = request.args.get("cursor", "")[:LONGEST_CURSOR] or None
    page = listed(scheme, contains, cursor)
    pairs = [("contains", contains)] if contains else []
    return render_template(
        "agents.html",
        scheme=scheme,
        title=_(TITLES[scheme]),
        contains=contains,
        page=page,
        entries=[(one, url_for(document, name=one.value)) for one in page.found],
        here=request.root_path + request.path,
        first=cursor is not None,
        following=f"?{urlencode([*pairs, ('cursor', page.cursor)])}" if page.cursor else None,
    )
