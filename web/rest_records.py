"""REST: one record, as its sources tell it, its raw original, its history."""

from __future__ import annotations

import dataclasses
from http import HTTPStatus

from flask import Response
from marshmallow import Schema, fields

from catalogue.ended import gone
from catalogue.errors import Gone, NotFound
from catalogue.index import Change
from catalogue.json_form import as_json
from catalogue.record import Record
from catalogue.schema import schema_of
from catalogue.store import StoredRaw, Version
from mappings.base import formats
from web.context import base_url, catalogue
from web.errors import Forbidden
from web.negotiation import JSON, answer, conditional, negotiated
from web.rest import PREFIX, RestBlueprint, json_response

MAXIMUM_VERSIONS = 100

blueprint = RestBlueprint("records", __name__, "Records: read them.")


class Member(Schema):
    """A record of a product."""

    id = fields.String(required=True)
    source = fields.String(required=True)
    identifier = fields.String(required=True)
    record = fields.Url(required=True)
    raw = fields.Url(required=True)


class CorrectionAnswer(Schema):
    """A field of which a curator has said what it says, in place of the sources."""

    field = fields.String(required=True)
    decision = fields.Integer(required=True, metadata={"description": "Number of the decision."})
    by = fields.String(required=True)
    at = fields.String(required=True)


class ProductAnswer(Schema):
    """The records of a product in the order of precedence, and which sources say which value."""

    members = fields.List(fields.Nested(Member), required=True)
    said = fields.Dict(keys=fields.String(), values=fields.List(fields.List(fields.String())), required=True)
    corrections = fields.List(fields.Nested(CorrectionAnswer), required=True)


class RecordLinks(Schema):
    """Addresses that belong to a record."""

    self = fields.Url(required=True)
    html = fields.Url(required=True)
    formats = fields.Dict(keys=fields.String(), values=fields.Url(), required=True)
    raw = fields.Url()
    history = fields.Url(required=True)
    relations = fields.Url(required=True)
    graph = fields.Url(required=True)
    source = fields.Url(required=True)


RecordAnswer = type(
    "RecordAnswer",
    (schema_of(Record),),
    {"links": fields.Nested(RecordLinks, required=True), "product": fields.Nested(ProductAnswer)},
)
SourceRecordAnswer = schema_of(Record)


class VersionAnswer(Schema):
    """A state of a record: since when, what changed, and the record unless it was withdrawn."""

    datestamp = fields.String(required=True)
    deleted = fields.Boolean(required=True)
    changed = fields.List(fields.String(), required=True)
    record = fields.Nested(schema_of(Record))


class HistoryAnswer(Schema):
    """The states of a record, newest first."""

    id = fields.String(required=True)
    total = fields.Integer(required=True)
    versions = fields.List(fields.Nested(VersionAnswer), required=True)


@blueprint.endpoint("/records/<id>", answer=RecordAnswer, errors=(404, 406, 410), takes=("style",))
def one_record(id: str) -> Response:
    """One record, as unified JSON or in the format that «Accept» asks for."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"{PREFIX}/records/{change.joined}")
    if change.record is None:
        raise withdrawn(change)
    form = negotiated(id, JSON)
    assert form is not None
    return answer(form, change)


def joined(path: str) -> Response:
    """Where a record is found that is now part of a product: not for ever, as products can be split."""
    response = Response(status=HTTPStatus.TEMPORARY_REDIRECT)
    response.headers["Location"] = base_url() + path
    return response


@blueprint.endpoint("/records/<id>/source", answer=SourceRecordAnswer, errors=(404, 410))
def source_record(id: str) -> Response:
    """One record as its source tells it, also where it is part of a product."""
    change = catalogue().store.source_record(id)
    if change.record is None:
        raise withdrawn(change)
    return conditional(json_response(as_json(change.record)), change.datestamp)


def withdrawn(change: Change) -> Gone:
    """What is said of a tombstone."""
    return gone(catalogue().store, change)


@blueprint.endpoint("/records/<id>/raw", media_type="*/*", errors=(403, 404, 410))
def raw_record(id: str) -> Response:
    """What the source gave, byte for byte, where the source lets it be passed on."""
    stored = catalogue().store.raw(id)
    if stored.state == "deleted" or not stored.data:
        raise withdrawn(catalogue().store.change(id))
    source = stored.provenance.source
    if not may_pass_on(source):
        raise Forbidden(
            f"The source {source} does not let its originals be passed on; "
            f"read the record itself at {base_url()}/records/{id}."
        )
    response = Response(stored.data, content_type=raw_media_type(stored))
    return conditional(response)


def may_pass_on(source: str) -> bool:
    """Whether the originals of a source may be given out; those of a removed one may not."""
    try:
        return catalogue().sources.get(source).originals
    except NotFound:
        return False


def raw_media_type(stored: StoredRaw) -> str:
    """The media type of an original: that of its format, or what its first byte tells."""
    form = formats().get(stored.provenance.format or "")
    if form is not None:
        return form.media_type
    beginning = stored.data.lstrip()[:1]
    if beginning == b"<":
        return "application/xml"
    return JSON if beginning in {b"{", b"["} else "application/octet-stream"


@blueprint.endpoint("/records/<id>/history", answer=HistoryAnswer, errors=(404,))
def record_history(id: str) -> Response:
    """The states that a record has had, newest first; also of withdrawn records."""
    versions = catalogue().store.history(id)
    listed = [
        {
            "datestamp": version.datestamp,
            "deleted": version.record is None,
            "changed": changed_fields(version, earlier),
            **({"record": as_json(version.record)} if version.record is not None else {}),
        }
        for version, earlier in zip(versions, [*versions[1:], None])
    ]
    return json_response({"id": id, "total": len(versions), "versions": listed[:MAXIMUM_VERSIONS]})


def changed_fields(version: Version, earlier: Version | None) -> list[str]:
    """The fields by which a state differs from the one before it."""
    if earlier is None or version.record is None or earlier.record is None:
        return []
    return [
        part.name
        for part in dataclasses.fields(Record)
        if part.name not in {"id", "provenance"}
        and getattr(version.record, part.name) != getattr(earlier.record, part.name)
    ]
