"""ResourceSync (ANSI/NISO Z39.99-2017): lists of all descriptions and of their changes, for mirrors.

The resources are the descriptions of records and products as N-Triples.  A change list holds the changes
of a fixed range of the change sequence, each thing once at its latest state; deletions stay for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response

from catalogue.change_lists import ChangeLists, Listed, Range
from catalogue.errors import NotFound
from catalogue.reports import Reports
from catalogue.runs import now
from web.context import base_url, catalogue
from web.negotiation import conditional

blueprint = Blueprint("resourcesync", __name__)

_MEDIA_TYPE = "application/n-triples"
_NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/"'
)
_LISTS = "/resourcesync"
_MOST = 10**9


@blueprint.get("/.well-known/resourcesync")
def source_description() -> Response:
    """Where what can be mirrored is described."""
    entry = _entry(f"{_LISTS}/capabilitylist.xml", capability="capabilitylist")
    about = f'<rs:ln rel="describedby" href={quoteattr(base_url() + "/.well-known/void")}/>'
    return _document("urlset", [about, _about(capability="description"), entry])


@blueprint.get(f"{_LISTS}/capabilitylist.xml")
def capability_list() -> Response:
    """What there is: the list of all resources, and the lists of changes."""
    return _document(
        "urlset",
        [
            _up("/.well-known/resourcesync"),
            _about(capability="capabilitylist"),
            _entry(f"{_LISTS}/resourcelist.xml", capability="resourcelist"),
            _entry(f"{_LISTS}/changelist.xml", capability="changelist"),
        ],
    )


@blueprint.get(f"{_LISTS}/resourcelist.xml")
def resource_lists() -> Response:
    """The parts of the list of all resources."""
    at, parts = now(), Reports(catalogue().database).sitemap_parts()
    entries = [
        _entry(f"{_LISTS}/resourcelist-{number}.xml", outer="sitemap", changed=changed)
        for number, changed in parts
    ]
    head = [_up(f"{_LISTS}/capabilitylist.xml"), _about(capability="resourcelist", at=at)]
    return _document("sitemapindex", [*head, *entries])


@blueprint.get(f"{_LISTS}/resourcelist-<int:number>.xml")
def resource_list(number: int) -> Response:
    """A part of the list: the resources that there are now in a range of the change sequence."""
    at = now()
    found = Reports(catalogue().database).sitemap(_checked(number))
    entries = [_resource(id, changed) for id, changed in found]
    return _document(
        "urlset",
        [
            _up(f"{_LISTS}/capabilitylist.xml"),
            _index(f"{_LISTS}/resourcelist.xml"),
            _about(capability="resourcelist", at=at),
            *entries,
        ],
    )


@blueprint.get(f"{_LISTS}/changelist.xml")
def change_lists() -> Response:
    """The lists of changes, the last of which still grows; where there is but one, that one."""
    ranges = ChangeLists(catalogue().database).ranges()
    if len(ranges) == 1:
        # Not every client reads an index of lists of changes.
        return change_list(ranges[0].number)
    entries = [
        _entry(
            f"{_LISTS}/changelist-{one.number}.xml", outer="sitemap", changed=one.last, **_times(one, ranges)
        )
        for one in ranges
    ]
    begun = {"from": ranges[0].first} if ranges else {"from": now()}
    head = [_up(f"{_LISTS}/capabilitylist.xml"), _about(capability="changelist", **begun)]
    return _document("sitemapindex", [*head, *entries])


@blueprint.get(f"{_LISTS}/changelist-<int:number>.xml")
def change_list(number: int) -> Response:
    """The changes of one range of the change sequence, in their order."""
    lists = ChangeLists(catalogue().database)
    ranges = lists.ranges()
    mine = next((one for one in ranges if one.number == _checked(number)), None)
    if mine is None:
        raise NotFound(f"There is no list of changes {number}.")
    entries = [_change(one) for one in lists.changes(number)]
    return _document(
        "urlset",
        [
            _up(f"{_LISTS}/capabilitylist.xml"),
            *([_index(f"{_LISTS}/changelist.xml")] if len(ranges) > 1 else []),
            _about(capability="changelist", **_times(mine, ranges)),
            *entries,
        ],
    )


def _times(one: Range, ranges: list[Range]) -> dict[str, str]:
    """From when on, and for a range to which nothing comes any more until when."""
    return {"from": one.first} | ({"until": one.last} if one is not ranges[-1] else {})


def _checked(number: int) -> int:
    if number > _MOST:
        raise NotFound(f"There is no list {number}.")
    return number


def _address(id: str) -> str:
    return f"{base_url()}/records/{id}.nt"


def _resource(id: str, changed: str) -> str:
    return f'<url><loc>{_address(id)}</loc><lastmod>{changed}</lastmod><rs:md type="{_MEDIA_TYPE}"/></url>'


def _change(one: Listed) -> str:
    kind = "deleted" if one.is_deleted else "created" if one.is_new else "updated"
    md = f'<rs:md change="{kind}" datetime="{one.datestamp}"'
    md += "/>" if one.is_deleted else f' type="{_MEDIA_TYPE}"/>'
    return f"<url><loc>{_address(one.id)}</loc><lastmod>{one.datestamp}</lastmod>{md}</url>"


def _entry(path: str, *, outer: str = "url", changed: str | None = None, **about: str) -> str:
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    md = _about(**about) if about else ""
    return f"<{outer}><loc>{base_url()}{path}</loc>{lastmod}{md}</{outer}>"


def _about(**values: str) -> str:
    return f"<rs:md {' '.join(f'{name}={quoteattr(value)}' for name, value in values.items())}/>"


def _up(path: str) -> str:
    return f'<rs:ln rel="up" href={quoteattr(base_url() + path)}/>'


def _index(path: str) -> str:
    return f'<rs:ln rel="index" href={quoteattr(base_url() + path)}/>'


def _document(outer: str, parts: Iterable[str]) -> Response:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{outer} {_NAMESPACES}>", *parts, f"</{outer}>", ""]
    return conditional(Response("\n".join(lines), content_type="application/xml; charset=utf-8"))
