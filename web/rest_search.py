"""REST: the search, by GET, and by POST for regions that no address can hold and that come as files."""

from __future__ import annotations

import dataclasses
from http import HTTPStatus
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields

from catalogue.absences import notes
from catalogue.highlights import Highlights
from catalogue.index import Change, Hits, Query
from catalogue.json_form import as_json
from catalogue.spelling import did_you_mean
from web.context import base_url, catalogue
from web.highlighted import highlighted
from web.negotiation import with_links
from web.posted_search import PostedParameters, posted
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import RecordAnswer
from web.search_parameters import SearchParameters, address, read_query
from web.year_histogram import bars

blueprint = RestBlueprint("search", __name__, "Search: by words, facets, dates and coverage.")


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


class _Shown(Schema):
    """What is told beside the hits."""

    highlight = fields.Boolean(
        metadata={"description": "Tell of each hit where the words of the search stand in it."}
    )
    trees = fields.Boolean(
        metadata={"description": "Give facets that have a hierarchy with the concepts above their values."}
    )


RestParameters = type("RestParameters", (SearchParameters, _Shown), {})
PostedRestParameters = type("PostedRestParameters", (PostedParameters, _Shown), {})

_FILE = {
    "type": "string",
    "format": "binary",
    "description": "A region, at most 10 MB: a MOC in ASCII, JSON or FITS of at most 300,000 "
    "parts, or a VOTable of at most 5,000 positions (TABLEDATA, BINARY or BINARY2), around which «radius» is "
    "searched; gzip is undone.",
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": PostedRestParameters},
        "application/x-www-form-urlencoded": {"schema": PostedRestParameters},
        "multipart/form-data": {
            "schema": {"allOf": [PostedRestParameters, {"type": "object", "properties": {"file": _FILE}}]}
        },
    },
}


@blueprint.endpoint("/records", query=RestParameters, answer=SearchAnswer, errors=(503,))
def search_records(values: dict[str, Any]) -> Response:
    """Search records by words, facets, dates, sky, time, energy and parameters."""
    return _found(read_query(values), values)


def _found(query: Query, values: dict[str, Any]) -> Response:
    """What a search finds, and where it finds nothing what may have been meant."""
    query = dataclasses.replace(query, trees=values.get("trees", False))
    highlight = values.get("highlight", False)
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


def search() -> Response:
    """Search records by POST: the parameters of GET /records as a form, as JSON, or with a file.

    In JSON a parameter that may be repeated is a list, and «moc» may be a MOC in JSON.  A region that is
    too long for an address is kept for 30 days after its last use, and «next» names it as «region».
    """
    return _found(*posted(request, PostedRestParameters()))


def _documented() -> Any:
    view: Any = blueprint.response(200, SearchAnswer)(search)
    for status in (400, 413, 503):
        view = blueprint.alt_response(status, HTTPStatus(status).name)(view)
    return blueprint.doc(requestBody=_BODY)(view)


blueprint.route("/search", methods=["POST"])(_documented())
