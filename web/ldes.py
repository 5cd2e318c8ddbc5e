"""The change sequence as a Linked Data Event Stream (LDES 1.0, TREE), so that others can mirror the graph.

A member is what a record or product says since one change, in a named graph of its own that is called as
the member is; of a deletion nothing is left but that it was one.  A page holds the changes of a fixed
range of sequence numbers: once the sequence has gone beyond it, nothing comes to it any more.  Only the
latest version of each thing is kept, so what is in old pages becomes less, never other.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Answer

from catalogue.graph import NamedGraph
from catalogue.index import Change
from mappings.graph_record import described, document_of
from mappings.graph_syntax import Statements, moment, name, number, prefixes
from web.accept import Offer, choose
from web.context import base_url, catalogue
from web.dump_writing import Shortened, as_quads
from web.errors import NotAcceptable
from web.negotiation import conditional
from web.rest_sources import read_cursor

PAGE = 500
"""Sequence numbers in the range of a page."""

MOST_BYTES = 20_000_000
"""Bytes of statements on a page; what does not fit comes on the next."""

_TRIG, _QUADS = "application/trig", "application/n-quads"
_OFFERS = (Offer(media_type=_TRIG, aliases=("text/turtle",)), Offer(media_type=_QUADS))
_HOUR = 3600
_AS = "https://www.w3.org/ns/activitystreams#"

blueprint = Blueprint("ldes", __name__)


@blueprint.get("/ldes")
def node() -> Answer:
    """The stream (without «after»), or its page of the changes after a sequence number."""
    media_type = _media_type()
    base = base_url()
    if "after" not in request.args:
        said = [NamedGraph(name="", statements=root(base))]
        return _answer(said, media_type, is_whole=False)
    after = read_cursor({"cursor": request.args["after"]})
    upper = (after // PAGE + 1) * PAGE
    newest = catalogue().store.last_sequence()
    changes = catalogue().store.changes(after, PAGE, until=upper)
    members = _members(changes, base)
    if len(members) < len(changes):
        next_page: int | None = changes[len(members) - 1].sequence
    else:
        following = catalogue().store.changes(upper, 1) if newest > upper else []
        next_page = (following[0].sequence - 1) // PAGE * PAGE if following else None
    page = NamedGraph(name="", statements=page_of(changes[: len(members)], after, next_page, base))
    return _answer([page, *members], media_type, is_whole=newest >= upper)


def _members(changes: list[Change], base: str) -> list[NamedGraph]:
    """As many members as fit on a page, one at least."""
    members: list[NamedGraph] = []
    room = MOST_BYTES
    for change in changes:
        member = member_of(change, base)
        room -= len(member.statements)
        if room < 0 and members:
            break
        members.append(member)
    return members


def root(base: str) -> bytes:
    """The stream, what is kept of it, and where it begins."""
    out = Statements(f"{base}/ldes", base)
    stream, first = _stream(base), f"<{base}/ldes?after=0>"
    out.classes(stream, "ldes:EventStream")
    out.label(stream, "dct:title", "Changes of the catalogue", "en")
    out.say(stream, "ldes:timestampPath", out.words["dct:modified"])
    out.say(stream, "ldes:versionOfPath", out.words["dct:isVersionOf"])
    out.say(stream, "ldes:sequencePath", out.words["alm:sequence"])
    out.say(stream, "ldes:versionDeleteObject", f"<{_AS}Delete>")
    out.say(stream, "tree:view", out.document)
    out.classes(out.document, "tree:Node", "tree:RootNode", "ldes:EventSource")
    policy = out.below("retention")
    out.say(out.document, "ldes:retentionPolicy", policy)
    out.classes(policy, "ldes:LatestVersionSubset")
    out.number(policy, "ldes:amount", 1)
    out.say(policy, "tree:path", out.words["dct:isVersionOf"])
    _say_relation(out, out.document, first, 0)
    return out.written()


def page_of(changes: list[Change], after: int, following: int | None, base: str) -> bytes:
    """What a page is part of, the members on it, and the page that comes after it."""
    out = Statements(f"{base}/ldes?after={after}", base)
    stream = _stream(base)
    out.classes(stream, "ldes:EventStream")
    out.say(stream, "tree:view", f"<{base}/ldes>")
    out.say(f"<{base}/ldes>", "dct:hasPart", out.document)
    out.classes(out.document, "tree:Node")
    for change in changes:
        out.say(stream, "tree:member", f"<{member_name(change, base)}>")
    if following is not None:
        _say_relation(out, out.document, f"<{base}/ldes?after={following}>", following)
    return out.written()


def member_name(change: Change, base: str) -> str:
    """The name of the version that a change has made."""
    return f"{document_of(change.id, base)}#version-{change.sequence}"


def member_of(change: Change, base: str) -> NamedGraph:
    """A member in its named graph: of which document it is a version, since when, and what that says."""
    out = Statements(member_name(change, base), base)
    out.say(out.document, "dct:isVersionOf", f"<{document_of(change.id, base)}>")
    out.say(out.document, "dct:modified", moment(change.datestamp))
    out.say(out.document, "alm:sequence", number(change.sequence))
    if change.record is None:
        out.say(out.document, "rdf:type", f"<{_AS}Delete>")
        if change.joined is not None:
            out.say(out.document, "dct:isReplacedBy", name(document_of(change.joined, base)))
    return NamedGraph(name=out.address, statements=out.written() + described(change, base).statements)


def _stream(base: str) -> str:
    return f"<{base}/ldes#stream>"


def _say_relation(out: Statements, node: str, target: str, beyond: int) -> None:
    relation = out.below("next")
    out.say(node, "tree:relation", relation)
    out.classes(relation, "tree:GreaterThanRelation")
    out.say(relation, "tree:node", target)
    out.say(relation, "tree:path", out.words["alm:sequence"])
    out.say(relation, "tree:value", number(beyond))


def _media_type() -> str:
    chosen = choose(_OFFERS, request.accept_mimetypes)
    if chosen is None:
        raise NotAcceptable(
            f"The stream is not available as {request.accept_mimetypes.to_header()}; the alternatives are "
            "listed.",
            alternatives=tuple({"media_type": one.media_type} for one in _OFFERS),
        )
    return _OFFERS[chosen.place].media_type


def _answer(graphs: list[NamedGraph], media_type: str, *, is_whole: bool) -> Answer:
    """A page; ``is_whole``: nothing comes to it any more, so that it may be kept.

    Not for ever, as what is withdrawn leaves it.
    """
    body = b"".join(_as_trig(graphs) if media_type == _TRIG else _as_quads(graphs))
    response = conditional(Response(body, content_type=f"{media_type}; charset=utf-8"))
    if is_whole:
        response.headers["Cache-Control"] = f"public, max-age={_HOUR}"
    else:
        response.headers["Cache-Control"] = "public, max-age=5"
    return response


def _as_quads(graphs: list[NamedGraph]) -> Iterator[bytes]:
    for graph in graphs:
        yield as_quads(graph) if graph.name else graph.statements


def _as_trig(graphs: list[NamedGraph]) -> Iterator[bytes]:
    short = Shortened(prefixes(base_url()))
    yield short.head()
    for graph in graphs:
        yield short.as_trig(graph)
