"""The forms in which one record is given out, chosen by suffix or by ``Accept``.

The unified JSON comes first, then every format that mappings can write, richest first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response, request
from werkzeug.http import http_date, parse_options_header

from catalogue.errors import NotFound
from catalogue.index import Change
from catalogue.json_form import as_json, content_hash, dumps, present
from mappings import bibliography
from mappings.base import Format, document_of, formats, written_at
from mappings.links import web_address
from web.accept import Offer, choose
from web.context import base_url, catalogue
from web.errors import NotAcceptable

LINK_BYTES = 2800
"""Bytes of one ``Link`` header: proxies take 4,096 for all headers of an answer unless told otherwise."""

JSON = "application/json"
JSON_LD = "application/ld+json"
HTML = "text/html"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_EXTENSIONS = {"xml": "xml", "json": "json", "plain": "txt"}
_ALIASES = {
    "bibtex": ("application/bibtex", "text/bibtex", "text/x-bibtex"),
    "csl": ("application/citeproc+json", "application/csl+json"),
    "datacite": ("application/x-datacite+xml",),
    "datacite_json": ("application/x-datacite+json",),
    "ris": ("application/ris",),
    "schema_org": ("application/vnd.schemaorg.ld+json",),
    "turtle": ("application/x-turtle", "application/turtle"),
}
"""Media types by which clients ask for formats beside their own, among them those of DOI resolvers."""

_PROFILES = {
    "codemeta": "https://w3id.org/codemeta/3.0",
    "rocrate": "https://w3id.org/ro/crate",
    "schema_org": "https://schema.org/",
}
"""Profiles of formats that are kinds of JSON-LD (RFC 6906); of others the namespace is the profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One form of a record: the suffix of its address, its media type, and how it is made."""

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[Change], bytes]
    profile: str | None = None

    @property
    def offer(self) -> Offer:
        """The form as it is negotiated."""
        bare = self.media_type.split(";")[0]
        return Offer(media_type=bare, profile=self.profile, aliases=_ALIASES.get(self.name, ()))


@functools.cache
def representations() -> tuple[Representation, ...]:
    """All forms except the page, the preferred one first."""
    written = [_representation(form) for form in formats().values() if form.write is not None]
    return (
        Representation(name="json", title="Unified JSON", suffix="json", media_type=JSON, write=_unified),
        *written,
    )


def by_suffix(suffix: str) -> Representation:
    """The form with this suffix; raises `NotFound` that names the known ones."""
    for form in representations():
        if form.suffix == suffix:
            return form
    known = ", ".join(f".{form.suffix}" for form in representations())
    raise NotFound(f"Records have no form «.{suffix}»; known are {known}.")


def negotiated(id: str, preferred: str) -> Representation | None:
    """The form that the client's ``Accept`` asks for; ``None`` means the page.

    ``preferred`` is the media type for clients that take anything; raises `NotAcceptable`.
    """
    known = representations()
    # What is preferred comes first; a form of that media type is found again behind it.
    offers = [Offer(media_type=preferred), *(form.offer for form in known)]
    if preferred == HTML:
        offers[0] = Offer(media_type=HTML, aliases=("application/xhtml+xml",))
    chosen = choose(offers, request.accept_mimetypes)
    if chosen is not None:
        if chosen.place:
            return known[chosen.place - 1]
        return None if preferred == HTML else _of_type(preferred)
    others = tuple(
        {"media_type": form.media_type, "format": form.name, "href": f"{base_url()}{path_of(id, form)}"}
        for form in known
    )
    raise NotAcceptable(
        f"This record is not available as {request.accept_mimetypes.to_header()}; "
        "the alternatives are listed.",
        alternatives=others,
    )


def _of_type(media_type: str) -> Representation:
    return next(form for form in representations() if form.media_type == media_type)


def path_of(id: str, form: Representation) -> str:
    """The path of one form of a record."""
    return f"/records/{id}.{form.suffix}"


def links(id: str, source: str) -> dict[str, object]:
    """The addresses that belong to a record, beside its unified JSON."""
    base = base_url()
    api = f"{base}/api/v1/records/{id}"
    page = f"{base}/records/{id}"
    return {
        "self": api,
        "html": page,
        "formats": {form.name: f"{page}.{form.suffix}" for form in representations()},
        "raw": f"{api}/raw",
        "history": f"{api}/history",
        "relations": f"{api}/relations",
        "graph": f"{api}/graph",
        "source": f"{base}/api/v1/sources/{source}",
    }


def with_links(change: Change) -> dict[str, object]:
    """The unified JSON of a live record or product with its links, for `dumps`: what is within is as it was.

    Of a product, ``product`` says which records it is made of and which sources say which value.
    """
    record = change.record
    if record is None:
        raise ValueError("a tombstone has no unified JSON")
    found = links(record.id, record.provenance.source)
    if not change.members:
        return {**present(record), "links": found}
    del found["raw"]
    return {**present(record), "product": product_json(change), "links": found}


def product_json(change: Change) -> dict[str, object]:
    """The records of a product in the order of precedence, who says each value, and what curators say."""
    api = f"{base_url()}/api/v1/records"
    return {
        "members": [
            {**as_json(member), "record": f"{api}/{member.id}/source", "raw": f"{api}/{member.id}/raw"}
            for member in change.members
        ],
        "said": {
            field: [
                list(dict.fromkeys(change.members[place].source for place in places)) for places in values
            ]
            for field, values in change.said.items()
        },
        "corrections": [as_json(one) for one in change.corrections],
    }


def answer(form: Representation, change: Change) -> Response:
    """A live record in one form, conditional on ETag and date (RFC 9110, section 13)."""
    if change.record is None:
        raise ValueError("a tombstone has no representation")
    response = Response(form.write(change), content_type=_content_type(form.media_type))
    response.headers["Link"] = link_header(change.id, form)
    return conditional(response, change.datestamp)


def conditional(response: Response, changed: str | None = None) -> Response:
    """The response with an ETag of its bytes, or 304 when the client has them already."""
    response.set_etag(content_hash(response.get_data()).hex())
    if changed is not None:
        response.headers["Last-Modified"] = _http_date(changed)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept"
    made = response.make_conditional(request)
    assert isinstance(made, Response)
    if made.status_code == HTTPStatus.NOT_MODIFIED:
        made.headers.pop("Link", None)
    return made


def link_header(id: str, form: Representation) -> str:
    """Where one form of a record leads: the page that it describes, other forms as far as there is room."""
    page = f"{base_url()}/records/{id}"
    links = [
        f'<{page}>; rel="describes"; type="{HTML}"',
        f'<{page}>; rel="canonical"',
        f'<{page}/linkset>; rel="linkset"; type="application/linkset"',
        *(_alternate(id, other) for other in _kinds_of_one_type_first() if other is not form),
    ]
    while sum(len(link) + 2 for link in links) > LINK_BYTES:
        links.pop()
    return ", ".join(links)


def _alternate(id: str, form: Representation) -> str:
    profile = f'; profile="{form.profile}"' if form.media_type == JSON_LD and form.profile else ""
    return f'<{base_url()}{path_of(id, form)}>; rel="alternate"; type="{form.media_type}"{profile}'


@functools.cache
def _kinds_of_one_type_first() -> tuple[Representation, ...]:
    """The forms, those first that only their profile tells apart: nobody who takes one guesses the other."""
    return tuple(sorted(representations(), key=lambda form: form.media_type != JSON_LD))


def _representation(form: Format) -> Representation:
    kind = re.split(r"[/+]", form.media_type.split(";")[0])[-1]
    return Representation(
        name=form.prefix,
        title=form.title,
        suffix=form.suffix.lstrip(".") or f"{form.prefix}.{_EXTENSIONS.get(kind, 'txt')}",
        media_type=form.media_type,
        write=_writer(form),
        profile=_PROFILES.get(form.prefix) or web_address(form.namespace),
    )


def _writer(form: Format) -> Callable[[Change], bytes]:
    def write(change: Change) -> bytes:
        own = written_at(form, catalogue().settings.repository_id, base_url())
        if form.prefix == bibliography.FORMAT.prefix and (style := _style()) is not None:
            own = bibliography.in_style(own, style)
        if own.write is None:
            raise ValueError(f"{form.prefix} cannot be written")
        assert change.record is not None
        return (_DECLARATION if form.is_xml else b"") + document_of(own, change)

    return write


def _style() -> str | None:
    """The style that is asked for: in the address any (an unknown one is a fault), in ``Accept`` one of ours.

    Clients of DOI resolvers name one of thousands there, for which ours stand (and one language for all).
    """
    if "style" in request.args:
        return request.args["style"]
    wanted = [value for value, _ in request.accept_mimetypes if value.startswith("text/x-bibliography")]
    styles = (parse_options_header(value)[1].get("style") for value in wanted)
    return next((style for style in styles if style in bibliography.styles()), None)


def _unified(change: Change) -> bytes:
    return dumps(with_links(change))


def _content_type(media_type: str) -> str:
    return media_type if media_type.split(";")[0].endswith("json") else f"{media_type}; charset=utf-8"


def _http_date(stamp: str) -> str:
    return http_date(datetime.fromisoformat(stamp))
