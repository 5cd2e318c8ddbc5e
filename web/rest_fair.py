"""REST: how FAIR a record is, and the records of a source together."""

from __future__ import annotations

from flask import Response
from marshmallow import Schema, fields

from catalogue.errors import NotFound
from catalogue.fair import assess
from web.context import base_url, catalogue
from web.fair_report import assessment_json, csv_report, markdown_report, report_json, source_report
from web.negotiation import conditional
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import joined, withdrawn

blueprint = RestBlueprint("fair", __name__, "FAIR: how findable, accessible, interoperable and reusable.")

_FORMS = {"json": "application/json", "csv": "text/csv", "md": "text/markdown"}


class CheckAnswer(Schema):
    """One thing that is looked for; ``holds`` is null where it does not apply."""

    rule = fields.String(required=True)
    points = fields.Float(required=True)
    holds = fields.Boolean(required=True, allow_none=True)
    found = fields.String(required=True)
    mend = fields.String(required=True, allow_none=True)


class MetricAnswer(Schema):
    """A metric of FAIRsFAIR; ``maximum`` is 0 where it does not apply, ``maturity`` goes from 0 to 3."""

    id = fields.String(required=True)
    principle = fields.String(required=True)
    name = fields.String(required=True)
    score = fields.Float(required=True)
    maximum = fields.Float(required=True)
    maturity = fields.Integer(required=True)
    by_catalogue = fields.Boolean(required=True)
    mend = fields.String(required=True, allow_none=True)
    checks = fields.List(fields.Nested(CheckAnswer), required=True)


class FairAnswer(Schema):
    """How FAIR a record is, by the record alone; shares from 0 to 1, ``scores`` by F, A, I and R."""

    id = fields.String(required=True)
    total = fields.Float(required=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    metrics = fields.List(fields.Nested(MetricAnswer), required=True)
    limits = fields.String(required=True)


class MetricSummaryAnswer(Schema):
    """How many records of a source fulfil a metric."""

    id = fields.String(required=True)
    principle = fields.String(required=True)
    name = fields.String(required=True)
    wholly = fields.Integer(required=True)
    partly = fields.Integer(required=True)
    none = fields.Integer(required=True)
    inapplicable = fields.Integer(required=True)
    mean = fields.Float(required=True)


class ExampleAnswer(Schema):
    """A record that lacks something."""

    identifier = fields.String(required=True)
    record = fields.Url(required=True)


class GapAnswer(Schema):
    """What some records lack; ``lift`` is by how much the total of the source rises once it is mended."""

    rule = fields.String(required=True)
    metric = fields.String(required=True)
    principle = fields.String(required=True)
    records = fields.Integer(required=True)
    lift = fields.Float(required=True)
    lacking = fields.String(required=True)
    mend = fields.String(required=True)
    examples = fields.List(fields.Nested(ExampleAnswer), required=True)


class SourceFairAnswer(Schema):
    """How FAIR the records of a source are; ``steps`` counts them by their totals, in tenths."""

    source = fields.String(required=True)
    records = fields.Integer(required=True)
    behind = fields.Integer(required=True, metadata={"description": "Changes that are not assessed yet."})
    total = fields.Float(required=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    steps = fields.List(fields.Integer(), required=True)
    metrics = fields.List(fields.Nested(MetricSummaryAnswer), required=True)
    gaps = fields.List(fields.Nested(GapAnswer), required=True)
    limits = fields.String(required=True)


@blueprint.endpoint("/records/<id>/fair", answer=FairAnswer, errors=(404, 410))
def record_fair(id: str) -> Response:
    """How FAIR a record is after the FsF metrics, with what to mend."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"{PREFIX}/records/{change.joined}/fair")
    if change.record is None:
        raise withdrawn(change)
    assessed = assessment_json(assess(change.record))
    return conditional(json_response({"id": id, **assessed}), change.datestamp)


@blueprint.endpoint("/sources/<name>/fair", answer=SourceFairAnswer, errors=(404,))
def source_fair(name: str) -> Response:
    """How FAIR the records of a source are as it tells them, and which mending would lift them most."""
    return source_fair_as(name, "json")


@blueprint.endpoint("/sources/<name>/fair.<suffix>", media_type="text/csv", errors=(404,))
def source_fair_as(name: str, suffix: str) -> Response:
    """The same as «.json», what to mend as a table («.csv»), or the report for its provider («.md»)."""
    if suffix not in _FORMS:
        raise NotFound(f"Assessments have no form «.{suffix}»; known are {', '.join(_FORMS)}.")
    report = source_report(catalogue(), name)
    if suffix == "json":
        return json_response(report_json(report, base_url()))
    lines = csv_report(report) if suffix == "csv" else markdown_report(report, base_url())
    response = Response("".join(lines), content_type=f"{_FORMS[suffix]}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-fair.{suffix}"'
    return response
