"""REST: what can be done with a record – how its files are fetched, where it runs, what opens it."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from catalogue.record import Record
from web.context import catalogue
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import joined, withdrawn
from web.targets.base import KINDS, Offer
from web.uses import offered

blueprint = RestBlueprint("uses", __name__, "Uses: how a record's files are fetched, and where it runs.")


class OfferAnswer(Schema):
    """One way: an address that opens it, or a command for a shell."""

    label = fields.String(required=True)
    url = fields.String()
    command = fields.String(metadata={"description": "For a POSIX shell; all from outside is quoted."})
    needs = fields.String(metadata={"description": "Which token or login it takes."})
    note = fields.String()
    file = fields.String(metadata={"description": "The address of the file that it concerns."})


class MadeAnswer(Schema):
    """A file made for the record, such as a submit file."""

    name = fields.String(required=True)
    url = fields.Url(required=True)


class TargetAnswer(Schema):
    """What one target offers."""

    target = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": ", ".join(KINDS)})
    offers = fields.List(fields.Nested(OfferAnswer), required=True)
    files = fields.List(fields.Nested(MadeAnswer), required=True)
    more = fields.Boolean(required=True, metadata={"description": "Whether offers were left out."})


class UsesAnswer(Schema):
    """All targets that can do something with the record."""

    id = fields.String(required=True)
    uses = fields.List(fields.Nested(TargetAnswer), required=True)


@blueprint.endpoint("/records/<id>/uses", answer=UsesAnswer, errors=(404, 410))
def record_uses(id: str) -> Response:
    """How the files of a record are fetched, where it runs, and what opens it."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"{PREFIX}/records/{change.joined}/uses")
    if change.record is None:
        raise withdrawn(change)
    return json_response({"id": id, "uses": uses_answer(change.record)})


def uses_answer(record: Record) -> list[dict[str, Any]]:
    """The JSON of all offers for a record."""
    return [
        {
            "target": one.target.name,
            "title": one.target.title,
            "kind": one.target.kind,
            "offers": [_offer(offer) for offer in one.offers],
            "files": [{"name": name, "url": url} for name, url in one.files],
            "more": one.more,
        }
        for one in offered(record)
    ]


def _offer(offer: Offer) -> dict[str, Any]:
    values = {
        "label": offer.label,
        "url": offer.url,
        "command": offer.command,
        "needs": offer.needs,
        "note": offer.note,
        "file": offer.of.url if offer.of is not None else None,
    }
    return {name: value for name, value in values.items() if value is not None}
