"""REST: search, one record, its raw original, its history, suggestions."""

from __future__ import annotations

import dataclasses
from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from catalogue.absences import notes
from catalogue.ended import gone
from catalogue.errors import Gone, NotFound
from catalogue.highlights import Highlights
from catalogue.index import Change, Count, Hits, Query
from catalogue.json_form import as_json
from catalogue.record import Record
from catalogue.schema import schema_of
from catalogue.spelling import did_you_mean
from catalogue.store import StoredRaw, Version
from catalogue.suggestions import entitled, grouped
from mappings.base import formats
from web.context import base_url, catalogue
from web.errors import Forbidden
from web.highlighted import highlighted
from web.negotiation import JSON, answer, conditional, negotiated, with_links
from web.rest import PREFIX, RestBlueprint, json_response
from web.search_parameters import MAXIMUM_WORDS, SearchParameters, address, read_query
from web.year_histogram import bars

MAXIMUM_VERSIONS = 100

blueprint = RestBlueprint("records", __name__, "Records: search them, read them.")


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


class Highlight(Schema):
    """A text of a record with the ranges [from, to) of what was looked for, in Unicode code points."""

    field = fields.String(required=True, metadata={"description": "titles, descriptions or subjects."})
    index = fields.Integer(required=True, metadata={"description": "Which of them, from 0."})
    text = fields.String(required=True, metadata={"description": "The text, or of a long one a part."})
    ranges = fields.List(fields.List(fields.Integer()), required=True)


HitAnswer = type(
    "HitAnswer",
    (RecordAnswer,),
    {"highlights": fields.List(fields.Nested(Highlight), metadata={"description": "With highlight=true."})},
)


class NoteAnswer(Schema):
    """A value in the query that no record bears."""

    parameter = fields.String(required=True, metadata={"description": "The facet, or the field in «q»."})
    value = fields.String(required=True)
    text = fields.String(required=True)
    nearest = fields.List(fields.String(), required=True, metadata={"description": "Values that exist."})


class FacetValue(Schema):
    """A value of a facet, and how many records of the result bear it."""

    value = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)
    uri = fields.String()
    broader = fields.List(
        fields.String(),
        metadata={"description": "With «trees»: the values of this list that stand next above it."},
    )


class HistogramBar(Schema):
    """Records that were published in some years; ``published`` is the parameter that asks for them."""

    first = fields.Integer(required=True, data_key="from")
    last = fields.Integer(required=True, data_key="to")
    published = fields.String(required=True)
    count = fields.Integer(required=True)


class HistogramAnswer(Schema):
    """When the records of a search were published; years chosen as a facet are left aside."""

    step = fields.Integer(
        required=True, metadata={"description": "Years of one bar: 1, or 10, 100 … where they span more."}
    )
    bars = fields.List(
        fields.Nested(HistogramBar), required=True, metadata={"description": "Those that are not empty."}
    )


class SearchAnswer(Schema):
    """The answer to a search."""

    total = fields.Integer(required=True)
    hits = fields.List(fields.Nested(HitAnswer), required=True)
    facets = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(FacetValue)), required=True)
    histogram = fields.Nested(HistogramAnswer, required=True)
    next = fields.Url(required=True, allow_none=True)
    query = fields.String(required=True, metadata={"description": "The query as it was understood."})
    did_you_mean = fields.String(
        metadata={"description": "Where nothing is found: the words spelt so that something would be."}
    )
    notes = fields.List(
        fields.Nested(NoteAnswer), metadata={"description": "Values in the query that no record bears."}
    )
    unrefined = fields.Integer(
        metadata={
            "description": "Where there was no time to look at all regions finer than the index keeps them: "
            "so many of the total may lie beside what is asked for."
        }
    )
    unfitted = fields.Integer(
        metadata={
            "description": "In the order of fit: how many hits were not compared with the region. They come "
            "behind those that were, which are the ones whose area is nearest to its."
        }
    )
    uncovered = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={
            "description": "Of sky, time, energy, place and parameter, where asked for: how many records fit "
            "the rest of the query, but say nothing of it."
        },
    )


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


class SuggestParameters(Schema):
    """The beginning of what a person types."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=MAXIMUM_WORDS))
    size = fields.Integer(validate=validate.Range(1, 100))


class SuggestAnswer(Schema):
    """Completions with the number of records that hold them."""

    suggestions = fields.List(fields.Nested(FacetValue), required=True)
    groups = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(FacetValue)),
        required=True,
        metadata={
            "description": "Titles (their «uri» is that of a record), people, subjects, instruments and "
            "facilities that hold what was typed; from three letters on."
        },
    )


RestParameters = type(
    "RestParameters",
    (SearchParameters,),
    {
        "highlight": fields.Boolean(
            metadata={"description": "Tell of each hit where the words of the search stand in it."}
        ),
        "trees": fields.Boolean(
            metadata={
                "description": "Give facets that have a hierarchy with the concepts above their values."
            }
        ),
    },
)


@blueprint.endpoint("/records", query=RestParameters, answer=SearchAnswer, errors=(503,))
def search_records(values: dict[str, Any]) -> Response:
    """Search records by words, facets, dates, sky, time, energy and parameters."""
    query = dataclasses.replace(read_query(values), trees=values.get("trees", False))
    return found_response(query, highlight=values.get("highlight", False))


def found_response(query: Query, *, highlight: bool = False) -> Response:
    """What a search finds, and where it finds nothing what may have been meant."""
    found = catalogue().search(query)
    answer = search_answer(query, found, Highlights(query.words) if highlight else None)
    if said := notes(catalogue().index, query, found):
        answer["notes"] = [as_json(note) for note in said]
    if not found.total and query.words and (text := did_you_mean(catalogue().index, query)):
        answer["did_you_mean"] = text
    return json_response(answer)


def search_answer(query: Query, found: Hits, highlights: Highlights | None = None) -> dict[str, Any]:
    """The JSON of a search: records come from the store in one query."""
    changes = catalogue().store.get_many([hit.id for hit in found.hits])
    following = dataclasses.replace(query, cursor=found.cursor)
    return {
        "total": found.total,
        "hits": [_hit(change, highlights) for change in changes.values() if change.record is not None],
        "facets": {name: [as_json(count) for count in counts] for name, counts in found.facets.items()},
        "histogram": histogram(found),
        "next": base_url() + _following(following, highlights) if found.cursor else None,
        "query": found.understood,
        "uncovered": dict(found.uncovered),
        **({"unrefined": found.unrefined} if found.unrefined else {}),
        **({"unfitted": found.unfitted} if found.unfitted else {}),
    }


def _hit(change: Change, highlights: Highlights | None) -> dict[str, Any]:
    shown = with_links(change)
    if highlights is not None and change.record is not None:
        shown["highlights"] = highlighted(change.record, highlights)
    return shown


def _following(query: Query, highlights: Highlights | None) -> str:
    further = "&highlight=true" * (highlights is not None) + "&trees=true" * query.trees
    return address(f"{PREFIX}/records", query) + further


def histogram(found: Hits) -> dict[str, Any]:
    """The JSON of how many records were published when."""
    step, found_bars = bars(found.years)
    return {
        "step": step,
        "bars": [
            {"from": bar.first, "to": bar.last, "published": bar.published, "count": bar.count}
            for bar in found_bars
        ],
    }


@blueprint.endpoint("/records/<id>", answer=RecordAnswer, errors=(404, 406, 410))
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


@blueprint.endpoint("/suggest", query=SuggestParameters, answer=SuggestAnswer, errors=(503,))
def suggest(values: dict[str, Any]) -> Response:
    """Completions of the last word of what was typed."""
    size = values.get("size", 10)
    index = catalogue().index
    groups = {"titles": _titles(values["q"], size), **grouped(index, values["q"], size)}
    return json_response({"suggestions": index.suggest(values["q"], size), "groups": groups})


def _titles(typed: str, size: int) -> list[Count]:
    """Titles of records, each with how many of those found bear it."""
    found: dict[str, list[str]] = {}
    changes = catalogue().store.get_many(list(entitled(catalogue().index, typed, 3 * size)))
    for id, change in changes.items():
        if change.record is not None:
            found.setdefault(change.record.title, []).append(id)
    return [
        Count(value=title, label=title, count=len(ids), uri=f"{base_url()}/records/{ids[0]}")
        for title, ids in list(found.items())[:size]
    ]
