"""The page of everything that can be done with a record, and the files that are made for it."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import NotFound
from catalogue.record import Distribution, Record
from web.context import base_url, catalogue
from web.rest_records import withdrawn
from web.security import PAGE_POLICY
from web.targets.base import KINDS, Offer, target_of
from web.uses import made, numbers_of, offered

MOST_SHOWN = 100
"""Offers of one target on the page; all of them are in REST."""

HUB = "http://127.0.0.1:21012"
"""Where the hub of SAMP listens on the visitor's own machine (SAMP 1.3, section 5.2.1)."""
SENDING_POLICY = PAGE_POLICY.replace("connect-src", f"connect-src {HUB}")

blueprint = Blueprint("use_pages", __name__)


@blueprint.get("/records/<id>/use")
def uses_page(id: str) -> AnyResponse:
    """How the files of a record are fetched, where it runs, and what opens it."""
    record = live(id)
    if isinstance(record, str):
        return redirect(f"{base_url()}/records/{record}/use", 307)
    found = list(offered(record, MOST_SHOWN))
    kinds = [
        (kind, title, [one for one in found if one.target.kind == kind]) for kind, title in KINDS.items()
    ]
    sends = any(offer.send for one in found for offer in one.offers)
    answer = Response(
        render_template(
            "uses.html",
            record=record,
            kinds=[one for one in kinds if one[2]],
            by_file=by_file,
            numbers=numbers_of(record),
            sends=sends,
        ),
        content_type="text/html; charset=utf-8",
    )
    if sends:
        answer.headers["Content-Security-Policy"] = SENDING_POLICY
    return answer


@blueprint.get("/records/<id>/use/<target>/<name>")
def made_file(id: str, target: str, name: str) -> AnyResponse:
    """A file that a target makes for a record: a submit file, a notebook, a workflow …"""
    found = target_of(target)
    if name not in found.files:
        known = ", ".join(found.files) or "none"
        raise NotFound(f"The target «{target}» makes no file «{name}»; it makes {known}.")
    record = live(id)
    if isinstance(record, str):
        return redirect(f"{base_url()}/records/{record}/use/{target}/{name}", 307)
    use = made(found, record)
    if not any(offer.made == name for offer in found.offers(use)):
        raise NotFound(f"{found.title} makes no «{name}» for this record.")
    file = found.files[name]
    response = Response(file.make(use), content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def by_file(offers: tuple[Offer, ...]) -> list[tuple[Distribution | None, list[Offer]]]:
    """Offers in their order, those for the same file together."""
    return [(file, list(group)) for file, group in groupby(offers, lambda offer: offer.of)]


def live(id: str) -> Record | str:
    """The record, or the id of the product into which it has gone; raises `Gone` for a tombstone."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return change.joined
    if change.record is None:
        raise withdrawn(change)
    return change.record
