"""Documents about things that are a page for people and RDF for machines, by suffix or ``Accept``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from catalogue.rdf_syntax import written
from mappings.graph_syntax import prefixes
from web.accept import Offer, choose
from web.context import base_url
from web.errors import NotAcceptable
from web.negotiation import HTML, conditional


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """A syntax of RDF: the suffix of its addresses, its media type, what people call it."""

    suffix: str
    media_type: str
    title: str
    aliases: tuple[str, ...] = ()


SYNTAXES = (
    Syntax(suffix="ttl", media_type="text/turtle", title="Turtle", aliases=("application/x-turtle",)),
    Syntax(suffix="jsonld", media_type="application/ld+json", title="JSON-LD"),
    Syntax(suffix="rdf", media_type="application/rdf+xml", title="RDF/XML", aliases=("application/xml",)),
    Syntax(suffix="nt", media_type="application/n-triples", title="N-Triples"),
)
_OFFERS = (
    Offer(media_type=HTML, aliases=("application/xhtml+xml",)),
    *(Offer(media_type=one.media_type, aliases=one.aliases) for one in SYNTAXES),
)


def of_name(name: str) -> tuple[str, Syntax | None]:
    """The name of a thing and the syntax in its suffix, where it has one of `SYNTAXES`."""
    for one in SYNTAXES:
        if name.endswith(f".{one.suffix}"):
            return name.removesuffix(f".{one.suffix}"), one
    return name, None


def accepted(path: str) -> Syntax | None:
    """The syntax that ``Accept`` asks for of the document at ``path``; ``None`` means the page.

    Raises `NotAcceptable` with the alternatives.
    """
    chosen = choose(_OFFERS, request.accept_mimetypes)
    if chosen is not None:
        return SYNTAXES[chosen.place - 1] if chosen.place else None
    raise NotAcceptable(
        f"There is no {request.accept_mimetypes.to_header()} of this; the alternatives are listed.",
        alternatives=tuple(
            {
                "media_type": one.media_type,
                "format": one.title,
                "href": f"{base_url()}{path}.{one.suffix}",
            }
            for one in SYNTAXES
        ),
    )


def rdf_answer(
    statements: bytes, syntax: Syntax, path: str, *, changed: str | None = None, links: Iterable[str] = ()
) -> Response:
    """Statements about the thing whose document is at ``path``, conditional; ``links`` are further ones."""
    body = written(statements, syntax.media_type, prefixes(base_url()), base_url() + path)
    kind = syntax.media_type
    response = Response(body, content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    response.headers["Link"] = ", ".join(
        [
            f'<{base_url()}{path}>; rel="describes"; type="{HTML}"',
            f'<{base_url()}{path}>; rel="canonical"',
            *links,
        ]
    )
    return conditional(response, changed)


def page_answer(page: str, path: str, arguments: dict[str, str] | None = None) -> Response:
    """The page for people, whose headers lead machines to the RDF."""
    response = Response(page, content_type=f"{HTML}; charset=utf-8")
    response.headers["Link"] = ", ".join(
        f'<{base_url()}{where}>; rel="describedby"; type="{one.media_type}"'
        for one, where in forms(path, arguments)
    )
    response.vary.add("Accept")
    return response


def forms(path: str, arguments: dict[str, str] | None = None) -> list[tuple[Syntax, str]]:
    """The syntaxes of a document with the path of each."""
    query = f"?{urlencode(arguments)}" if arguments else ""
    return [(one, f"{path}.{one.suffix}{query}") for one in SYNTAXES]
