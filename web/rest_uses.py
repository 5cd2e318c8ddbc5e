"""REST: what can be done with a record – how its files are fetched, where it runs, what opens it."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from catalogue.record import Distribution, Record
from web.context import catalogue
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import joined, withdrawn
from web.targets.base import KINDS, Offer
from web.uses import Offered, numbers_of, offered

blueprint = RestBlueprint("uses", __name__, "Uses: how a record's files are fetched, and where it runs.")


class OfferAnswer(Schema):
    """One way: an address that opens it, or a command for a shell."""

    label = fields.String(required=True)
    url = fields.String()
    made = fields.Url(metadata={"description": "A file made for the record, such as a submit file."})
    command = fields.String(metadata={"description": "For a POSIX shell; all from outside is quoted."})
    python = fields.String(metadata={"description": "Python; all from outside is quoted."})
    needs = fields.String(metadata={"description": "Which token or login it takes."})
    note = fields.String()
    file = fields.String(metadata={"description": "The address of the file that it concerns."})
    number = fields.Integer(metadata={"description": "Its number among the files of the record, from 0."})


class TargetAnswer(Schema):
    """What one target offers."""

    target = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": ", ".join(KINDS)})
    offers = fields.List(fields.Nested(OfferAnswer), required=True)
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
    numbers = numbers_of(record)
    return [
        {
            "target": one.target.name,
            "title": one.target.title,
            "kind": one.target.kind,
            "offers": [_offer(one, offer, numbers) for offer in one.offers],
            "more": one.more,
        }
        for one in offered(record)
    ]


def _offer(one: Offered, offer: Offer, numbers: dict[Distribution, int]) -> dict[str, Any]:
    values = {
        "label": offer.label,
        "url": offer.url,
        "made": one.made(offer),
        "command": offer.command,
        "python": offer.python,
        "needs": offer.needs,
        "note": offer.note,
        "file": offer.of.url if offer.of is not None else None,
        "number": numbers.get(offer.of) if offer.of is not None else None,
    }
    return {name: value for name, value in values.items() if value is not None}
