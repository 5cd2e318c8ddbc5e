"""All typed links of a record in one document: FAIR Signposting, level 2 (RFC 9264)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.json_form import dumps
from web.accept import Offer, choose
from web.context import base_url, catalogue
from web.errors import NotAcceptable
from web.negotiation import conditional
from web.rest_records import joined, withdrawn
from web.signposting import LINKSET, LINKSET_JSON, contexts, header, linkset_json, linkset_text, of_form

_OFFERS = (
    Offer(media_type=LINKSET, aliases=("text/plain",)),
    Offer(media_type=LINKSET_JSON, aliases=("application/json",)),
)

blueprint = Blueprint("linksets", __name__)


@blueprint.get("/records/<id>/linkset")
def linkset(id: str) -> Response:
    """The link set of a record, as text or as JSON by ``Accept``."""
    chosen = choose(_OFFERS, request.accept_mimetypes)
    if chosen is None:
        raise NotAcceptable(
            f"A link set is {LINKSET} or {LINKSET_JSON}.",
            alternatives=tuple(
                {
                    "media_type": offer.media_type,
                    "format": "link set",
                    "href": f"{base_url()}/records/{id}/linkset",
                }
                for offer in _OFFERS
            ),
        )
    return _answer(id, "", is_json=chosen.place == 1)


@blueprint.get("/records/<id>/linkset.json")
def linkset_as_json(id: str) -> Response:
    """The link set of a record as JSON."""
    return _answer(id, ".json", is_json=True)


def _answer(id: str, suffix: str, *, is_json: bool) -> Response:
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"/records/{change.joined}/linkset{suffix}")
    if change.record is None:
        raise withdrawn(change)
    links = contexts(change.record)
    if is_json:
        response = Response(dumps(linkset_json(links)), content_type=LINKSET_JSON)
    else:
        response = Response("".join(linkset_text(links)), content_type=LINKSET)
    response.headers["Link"] = header([of_form(id)])
    return conditional(response, change.datestamp)
