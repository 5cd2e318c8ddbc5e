"""A search as a feed: its fifty newest changes in Atom (RFC 4287) and JSON Feed 1.1.

A saved search is the address of its feed; nothing is kept of it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request

from catalogue.index import Change, Query
from catalogue.json_form import dumps
from catalogue.record import Record
from mappings.atom import NAMESPACE, entry
from mappings.xml_writing import attribute, content
from web.context import base_url, catalogue
from web.negotiation import conditional
from web.pages_text import language
from web.search_in_words import in_words
from web.search_parameters import DEFAULT, SearchParameters, address, arguments, read_query

ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"
ENTRIES = 50

_NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries has changed; RFC 4287 demands that it says so."""
_LONGEST_TITLE = 200
_LONGEST_SUMMARY = 2000
_MOST = 100
"""People, files, subjects or relations of an entry; its page has all."""

blueprint = Blueprint("feeds", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    """What both forms say; ``query`` is that of the first page, ``cursor`` leads to the next."""

    query: Query
    cursor: str | None
    entries: tuple[tuple[Change, Record], ...]

    @property
    def updated(self) -> str:
        return max((change.datestamp for change, _ in self.entries), default=_NEVER)


@blueprint.get("/feed.atom")
def atom_feed() -> Response:
    """The newest changes of a search as Atom."""
    feed = _asked()
    response = Response("".join(_atom(feed)), content_type=f"{ATOM}; charset=utf-8")
    return _answer(response, feed)


@blueprint.get("/feed.json")
def json_feed() -> Response:
    """The newest changes of a search as JSON Feed."""
    feed = _asked()
    return _answer(Response(dumps(_json(feed)), content_type=JSON_FEED), feed)


def feed_address(path: str, query: Query, cursor: str | None = None) -> str:
    """The path of the feed of a search, whatever order and page one looks at; it begins at its own cursor."""
    return address(path, replace(query, sort=DEFAULT.sort, size=DEFAULT.size, cursor=cursor))


def _asked() -> _Feed:
    """Order and size of the search do not matter, so that any address of the page serves."""
    query = read_query(arguments.parse(SearchParameters, request, location="query"))
    found = catalogue().search(replace(query, sort="changed", size=ENTRIES, counts=()))
    changes = catalogue().store.get_many([hit.id for hit in found.hits])
    return _Feed(
        query=query,
        cursor=found.cursor,
        entries=tuple(
            (change, _shortened(change.record)) for change in changes.values() if change.record is not None
        ),
    )


def _answer(response: Response, feed: _Feed) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response, feed.updated)


def _shortened(record: Record) -> Record:
    abstract = next((text for text in record.descriptions if text.type in ("abstract", None)), None)
    cut = () if abstract is None else (replace(abstract, value=_cut(abstract.value, _LONGEST_SUMMARY)),)
    return replace(
        record,
        descriptions=cut,
        creators=record.creators[:_MOST],
        contributors=record.contributors[:_MOST],
        subjects=record.subjects[:_MOST],
        distributions=record.distributions[:_MOST],
        relations=record.relations[:_MOST],
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _title(query: Query) -> str:
    """What is asked, in words: «Almagest: dark matter, Dataset»."""
    return _cut(f"{catalogue().settings.repository_name}: {in_words(query)}", _LONGEST_TITLE)


def _url(path: str, query: Query, cursor: str | None = None) -> str:
    return base_url() + feed_address(path, query, cursor)


def _page_of(change: Change) -> str:
    return f"{base_url()}/records/{change.id}"


# --- Atom ---------------------------------------------------------------------------


def _atom(feed: _Feed) -> Iterator[str]:
    path = "/feed.atom"
    links = [
        ("self", ATOM, _url(path, feed.query, feed.query.cursor)),
        ("alternate", "text/html", _url("/", feed.query)),
        ("alternate", JSON_FEED, _url("/feed.json", feed.query)),
        ("search", "application/opensearchdescription+xml", f"{base_url()}/opensearch.xml"),
    ]
    if feed.cursor is not None:
        # A paged feed (RFC 5005, section 3).
        links += [
            ("first", ATOM, _url(path, feed.query)),
            ("next", ATOM, _url(path, feed.query, feed.cursor)),
        ]
    site = catalogue().settings.repository_name
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{NAMESPACE}">'
    yield f"<id>{content(_url(path, feed.query))}</id><title>{content(_title(feed.query))}</title>"
    yield f"<updated>{feed.updated}</updated><author><name>{content(site)}</name></author>"
    yield f"<icon>{content(base_url())}/static/icon.svg</icon>"
    for rel, kind, url in links:
        yield f'<link rel="{rel}" type="{kind}" href="{attribute(url)}"/>'
    for change, record in feed.entries:
        yield "\n" + entry(record, _page_of(change), change.datestamp).decode()
    yield "\n</feed>\n"


# --- JSON Feed ----------------------------------------------------------------------


def _json(feed: _Feed) -> dict[str, Any]:
    path = "/feed.json"
    following = {} if feed.cursor is None else {"next_url": _url(path, feed.query, feed.cursor)}
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(feed.query),
        "home_page_url": _url("/", feed.query),
        "feed_url": _url(path, feed.query, feed.query.cursor),
        **following,
        "icon": f"{base_url()}/static/icon.svg",
        "items": [_item(change, record) for change, record in feed.entries],
    }


def _item(change: Change, record: Record) -> dict[str, Any]:
    """An item; where there is no abstract the title is its content, which there must be."""
    summary = record.descriptions[0].value if record.descriptions else record.title
    said: dict[str, Any] = {
        "id": _page_of(change),
        "url": _page_of(change),
        "title": record.title,
        "content_text": summary,
        "date_modified": change.datestamp,
        "authors": [{"name": agent.name} for agent in record.creators],
        "tags": [record.kind, *(term.label for term in record.subjects)],
        "language": language(record.titles[0]),
    }
    return {name: value for name, value in said.items() if value}
