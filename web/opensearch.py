"""OpenSearch 1.1: what browsers need to search here from their own line, and to suggest meanwhile."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, fields, validate

from catalogue.json_form import dumps
from mappings.xml_writing import attribute, content
from web.context import base_url, catalogue
from web.feeds import ATOM, JSON_FEED
from web.search_parameters import MAXIMUM_WORDS, arguments

DESCRIPTION = "application/opensearchdescription+xml"
SUGGESTIONS = "application/x-suggestions+json"
_SHORT, _LONG = 16, 48
"""Characters of a ShortName and a LongName (OpenSearch 1.1 draft 6)."""
_SUGGESTED = 10
_DAY, _MINUTE = 86_400, 60

blueprint = Blueprint("opensearch", __name__)


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """The OpenSearch description of this catalogue."""
    site, base = catalogue().settings.repository_name, base_url()
    templates = (
        ("results", "text/html", "/?q={searchTerms}"),
        ("results", ATOM, "/feed.atom?q={searchTerms}"),
        ("results", JSON_FEED, "/feed.json?q={searchTerms}"),
        ("results", "application/json", "/api/v1/records?q={searchTerms}&size={count?}"),
        ("suggestions", SUGGESTIONS, "/opensearch/suggestions?q={searchTerms}"),
        ("self", DESCRIPTION, "/opensearch.xml"),
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{content(site[:_SHORT].strip())}</ShortName>",
        f"<LongName>{content(site[:_LONG].strip())}</LongName>",
        "<Description>Metadata of fundamental physics: data, software, services, publications</Description>",
        *(
            f'<Url rel="{rel}" type="{kind}" template="{attribute(base + template)}"/>'
            for rel, kind, template in templates
        ),
        f'<Image height="16" width="16" type="image/svg+xml">{content(base)}/static/icon.svg</Image>',
        f'<Query role="example" searchTerms="{attribute("dark matter")}"/>',
        "<SyndicationRight>open</SyndicationRight><Language>*</Language>",
        "<InputEncoding>UTF-8</InputEncoding><OutputEncoding>UTF-8</OutputEncoding>",
        "</OpenSearchDescription>",
    ]
    return _cached("\n".join(lines) + "\n", f"{DESCRIPTION}; charset=utf-8", _DAY)


class Typed(Schema):
    """What a person has typed so far."""

    q = fields.String(validate=validate.Length(max=MAXIMUM_WORDS))


@blueprint.get("/opensearch/suggestions")
def suggestions() -> Response:
    """Completions as browsers take them: [typed, completions, how many records, addresses]."""
    values: dict[str, Any] = arguments.parse(Typed, request, location="query")
    typed = values.get("q", "")
    found = catalogue().index.suggest(typed, _SUGGESTED) if typed.strip() else ()
    answer = [
        typed,
        [one.value for one in found],
        [f"{one.count:,} record{'s' * (one.count != 1)}" for one in found],
        [],
    ]
    return _cached(dumps(answer), SUGGESTIONS, _MINUTE)


def _cached(body: str | bytes, content_type: str, seconds: int) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
