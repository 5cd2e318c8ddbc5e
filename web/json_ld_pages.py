"""JSON-LD in pages: what search engines read of the catalogue itself, and of where a page stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint
from markupsafe import Markup

from mappings.schema_org_writing import CONTEXT
from mappings.schema_page import Shown, catalogue_entity, in_page
from web.context import base_url, catalogue

blueprint = Blueprint("json_ld_pages", __name__)


@blueprint.app_template_filter("json_ld")
def json_ld(document: Mapping[str, Any]) -> Markup:
    """A document for a ``script`` element; nothing in it can end the element."""
    return Markup(in_page(document))  # noqa: S704


def shown(changed: str) -> Shown:
    """Where this catalogue shows a record that was changed then."""
    return Shown(base_url=base_url(), site=catalogue().settings.repository_name, changed=changed)


@blueprint.app_template_global()
def site_json_ld() -> dict[str, Any]:
    """The site with its search (schema.org WebSite, SearchAction)."""
    base = base_url()
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "@id": f"{base}/#site",
        "name": catalogue().settings.repository_name,
        "url": f"{base}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{base}/?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
        "about": catalogue_entity(shown("")),
    }


@blueprint.app_template_global()
def breadcrumbs_json_ld(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way from the first page to this one: name and path of each step (schema.org BreadcrumbList)."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": base_url() + path}
            for position, (name, path) in enumerate(steps, 1)
        ],
    }
