"""The FAIR Data Point at ``/fdp``: its layers as RDF, and for people the pages that tell the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from catalogue.errors import NotFound
from catalogue.first_harvests import first_harvests
from catalogue.index import Change
from catalogue.rdf_syntax import FORMATS, written
from catalogue.reports import Reports
from catalogue.runs import SourceState
from mappings.graph_syntax import prefixes
from web import fdp_layers as layers
from web.accept import Offer, choose
from web.context import base_url, catalogue
from web.errors import NotAcceptable
from web.fdp_layers import LAYERS, Issued, Members
from web.negotiation import HTML, conditional
from web.rest_records import withdrawn
from web.rest_sources import read_cursor

PAGE = 500
"""Changes of a source that one page of its catalogue looks at."""

_NAMES = {"ttl": "text/turtle", "nt": "application/n-triples", "rdf": "application/rdf+xml"}
_NAMES |= {"jsonld": "application/ld+json"}
_OFFERS = (*(Offer(media_type=one) for one in FORMATS if one in _NAMES.values()), Offer(media_type=HTML))
_PROFILES = Path(__file__).with_name("fdp_profiles")
_RESOURCE, _CONTAINER = "http://www.w3.org/ns/ldp#RDFSource", "http://www.w3.org/ns/ldp#DirectContainer"

blueprint = Blueprint("fdp", __name__)


@blueprint.get("/fdp")
def point() -> Answer:
    """The FAIR Data Point itself, with its catalogues."""
    return _root("/")


@blueprint.get("/fdp/catalog")
def catalogs() -> Answer:
    """The container of the catalogues, which the description of the FAIR Data Point has in it."""
    return _root("/sources", is_container=True)


@blueprint.get("/fdp/licence")
def licence() -> Answer:
    """What is known of the licence of the descriptions."""
    return _answer(layers.licence(catalogue().settings), "/help/cite")


@blueprint.get("/fdp/profile/<name>")
def profile(name: str) -> Answer:
    """The shapes (SHACL) of one layer."""
    path = _PROFILES / f"{name}.ttl"
    if not name.isalpha() or not path.is_file():
        raise NotFound(f"There is no profile «{name}» here.")
    return conditional(Response(path.read_bytes(), content_type="text/turtle; charset=utf-8"))


@blueprint.get("/fdp/catalog/<name>")
def one_catalog(name: str) -> Answer:
    """A source with a page of what is in it."""
    state, members = catalogue().sources.state(name), _members(name)
    dates = _dates(state, first_harvests(catalogue().database))
    said = layers.catalog(catalogue().settings, state, dates, members)
    return _answer(said, f"/sources/{name}", next=members.next)


@blueprint.get("/fdp/catalog/<name>/<layer>")
def one_container(name: str, layer: str) -> Answer:
    """A page of one layer of a source, as a container."""
    if layer not in LAYERS:
        raise NotFound(f"Catalogues have no layer «{layer}»; known are {', '.join(LAYERS)}.")
    members = _members(name)
    said = layers.container(catalogue().settings, name, layer, members)
    return _answer(said, f"/sources/{name}", next=members.next, is_container=True)


@blueprint.get("/fdp/<any(dataset, dataservice, resource):layer>/<id>")
def thing(layer: str, id: str) -> Answer:
    """A record or product in its layer."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return redirect(f"{base_url()}/fdp/{layer}/{change.joined}", 307)
    if change.record is None:
        raise withdrawn(change)
    if (right := layers.layer_of(change)) != layer:
        return redirect(f"{base_url()}/fdp/{right}/{id}", 307)
    source = catalogue().sources.get(change.source)
    title = source.options.get("title") or source.name
    said = layers.thing(catalogue().settings, change, title, _created(change))
    return _answer(said, f"/records/{id}", changed=change.datestamp)


@blueprint.get("/fdp/distribution/<id>/<int:number>")
def distribution(id: str, number: int) -> Answer:
    """One file of a record, by its place from 1."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return redirect(f"{base_url()}/fdp/distribution/{change.joined}/{number}", 307)
    if change.record is None:
        raise withdrawn(change)
    said = layers.distribution(catalogue().settings, change, number, _created(change))
    if said is None:
        raise NotFound(f"The record {id} has no file {number}.")
    return _answer(said, f"/records/{id}#files", changed=change.datestamp)


def _root(page: str, *, is_container: bool = False) -> Answer:
    states = Reports(catalogue().database).states()
    first = first_harvests(catalogue().database)
    dates = [_dates(state, first) for state in states]
    whole = Issued(
        issued=min((one.issued for one in dates), default=_NEVER),
        modified=max((one.modified for one in dates), default=_NEVER),
    )
    said = layers.fair_data_point(catalogue().settings, states, whole)
    return _answer(said, page, is_container=is_container)


_NEVER = "1970-01-01T00:00:00Z"


def _dates(state: SourceState, first_harvested: Mapping[str, str]) -> Issued:
    """Since when there is a catalogue of a source, and when it may last have changed."""
    first = first_harvested.get(state.source.name, _NEVER)
    return Issued(issued=first, modified=max(first, state.last_success or first))


def _created(change: Change) -> str:
    return catalogue().store.history_of(change)[-1].datestamp


def _members(source: str) -> Members:
    """The page that the parameter «after» asks for; of products it names the whole."""
    after = read_cursor({"cursor": request.args.get("after", "0")})
    changes = catalogue().store.changes(after, PAGE + 1, source=source, deleted=False)
    page = changes[:PAGE]
    found = catalogue().store.get_many([change.id for change in page])
    joined = [change.joined for change in found.values() if change.joined is not None]
    found |= catalogue().store.get_many(list(dict.fromkeys(joined)))
    by_layer: dict[str, list[str]] = {}
    for change in found.values():
        if change.record is not None:
            by_layer.setdefault(layers.layer_of(change), []).append(change.id)
    return Members(
        by_layer={layer: tuple(ids) for layer, ids in by_layer.items()},
        next=page[-1].sequence if len(changes) > PAGE else None,
    )


def _answer(
    said: bytes,
    page: str,
    *,
    next: int | None = None,
    changed: str | None = None,
    is_container: bool = False,
) -> Answer:
    """Statements in the syntax that is asked for, by ``Accept`` or «format»; people are sent to a page."""
    media_type = _media_type()
    if media_type == HTML:
        answer = redirect(base_url() + page, 303)
        answer.vary.add("Accept")
        return answer
    response = Response(written(said, media_type, prefixes(base_url())), content_type=media_type)
    kinds = (_RESOURCE, _CONTAINER) if is_container else (_RESOURCE,)
    links = ['<http://www.w3.org/ns/ldp#Resource>; rel="type"', *(f'<{one}>; rel="type"' for one in kinds)]
    if next is not None:
        links.append(f'<{base_url()}{request.path}?after={next}>; rel="next"')
    response.headers["Link"] = ", ".join(links)
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    return conditional(response, changed)


def _media_type() -> str:
    if (wanted := request.args.get("format")) is not None:
        if wanted not in _NAMES:
            raise NotFound(f"There is no form «{wanted}»; known are {', '.join(_NAMES)}.")
        return _NAMES[wanted]
    chosen = choose(_OFFERS, request.accept_mimetypes)
    if chosen is None:
        raise NotAcceptable(
            f"This is not available as {request.accept_mimetypes.to_header()}; the alternatives are listed.",
            alternatives=tuple({"media_type": one.media_type} for one in _OFFERS),
        )
    return _OFFERS[chosen.place].media_type
