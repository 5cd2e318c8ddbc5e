"""REST: the sources, their runs and their issues; issues also as CSV and JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from catalogue.errors import NotFound, QueryError
from catalogue.issues import SourceIssue
from catalogue.json_form import dumps
from catalogue.reports import Reports
from catalogue.runs import Run, SourceState
from web.context import base_url, catalogue
from web.errors import NotAcceptable
from web.issue_tables import csv_lines
from web.negotiation import JSON
from web.rest import PREFIX, RestBlueprint, json_response
from web.security import without_credentials

MAXIMUM_PAGE = 1000
_LINES_AT_ONCE = 200
CSV, JSON_LINES = "text/csv", "application/jsonl"
_SUFFIXES = {"json": JSON, "csv": CSV, "jsonl": JSON_LINES}

blueprint = RestBlueprint("sources", __name__, "Sources: what is harvested, how it went, what is wrong.")


class PageParameters(Schema):
    """Paging of lists."""

    size = fields.Integer(validate=validate.Range(1, MAXIMUM_PAGE))
    cursor = fields.String(metadata={"description": "Part of the «next» address of an answer; opaque."})


class RunAnswer(Schema):
    """One harvest: when, how it ended, what it counted."""

    number = fields.Integer(required=True)
    status = fields.String(required=True)
    started = fields.String(required=True)
    finished = fields.String()
    full = fields.Boolean(required=True)
    since = fields.String()
    expected = fields.Integer()
    fetched = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    deleted = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)
    excluded = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    requests = fields.Integer(required=True)
    seconds = fields.Float(required=True)
    error = fields.String()
    fetched_before = fields.Integer(
        metadata={"description": "Records of the same list that the runs before had fetched when cut off."}
    )
    phase = fields.String(metadata={"description": "connecting, fetching or reconciling, while it runs."})
    beat = fields.String(metadata={"description": "When the run last put something down."})
    rate = fields.Float(metadata={"description": "Records a second."})
    eta = fields.Float(metadata={"description": "Seconds until all announced records are fetched."})


class SourceLinks(Schema):
    """Addresses that belong to a source."""

    self = fields.Url(required=True)
    html = fields.Url(required=True)
    runs = fields.Url(required=True)
    issues = fields.Url(required=True)
    groups = fields.Url(required=True)
    fair = fields.Url(required=True)


class SourceAnswer(Schema):
    """A source and what is known of it now."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    url = fields.String(required=True)
    prefix = fields.String()
    sets = fields.List(fields.String(), required=True)
    schedule = fields.String()
    priority = fields.Float(
        required=True, metadata={"description": "Which source is believed first: the higher number."}
    )
    records = fields.Integer(required=True)
    tombstones = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)
    excluded = fields.Integer(required=True)
    issues = fields.Integer(required=True)
    last_success = fields.String()
    last_run = fields.Nested(RunAnswer)
    links = fields.Nested(SourceLinks, required=True)


class SourcesAnswer(Schema):
    """All sources by name."""

    sources = fields.List(fields.Nested(SourceAnswer), required=True)


class RunsAnswer(Schema):
    """Runs, newest first."""

    runs = fields.List(fields.Nested(RunAnswer), required=True)
    next = fields.Url(required=True, allow_none=True)


class IssueAnswer(Schema):
    """What is wrong with one record, where, since when, and when a harvest met it last."""

    id = fields.String(required=True)
    identifier = fields.String(required=True)
    path = fields.String(required=True)
    rule = fields.String(required=True)
    reason = fields.String(required=True)
    value = fields.String()
    since = fields.String(required=True)
    seen = fields.String(required=True)


class IssueGroupAnswer(Schema):
    """Issues that say the same: how many records have them, from when to when, and some of them."""

    rule = fields.String(required=True)
    reason = fields.String(required=True)
    path = fields.String(required=True)
    records = fields.Integer(required=True)
    issues = fields.Integer(required=True)
    first = fields.String(required=True)
    last = fields.String(required=True)
    examples = fields.List(fields.String(), required=True)


class IssueGroupsAnswer(Schema):
    """Groups of issues, those of the most records first."""

    groups = fields.List(fields.Nested(IssueGroupAnswer), required=True)


class IssuesAnswer(Schema):
    """Issues in the order they came."""

    issues = fields.List(fields.Nested(IssueAnswer), required=True)
    next = fields.Url(required=True, allow_none=True)


@blueprint.endpoint("/sources", answer=SourcesAnswer)
def all_sources() -> Response:
    """All sources with their counts and last runs."""
    states = Reports(catalogue().database).states()
    return json_response({"sources": [source_answer(state) for state in states]})


@blueprint.endpoint("/sources/<name>", answer=SourceAnswer, errors=(404,))
def one_source(name: str) -> Response:
    """One source with its counts and its last run."""
    return json_response(source_answer(catalogue().sources.state(name)))


def source_answer(state: SourceState) -> dict[str, Any]:
    """The public face of a source: never its options, which may hold credentials."""
    source = state.source
    api = f"{base_url()}{PREFIX}/sources/{source.name}"
    values: dict[str, Any] = {
        "name": source.name,
        "kind": source.kind,
        "url": without_credentials(source.url),
        "prefix": source.prefix,
        "sets": source.sets,
        "schedule": source.schedule,
        "priority": source.priority,
        "records": state.records,
        "tombstones": state.tombstones,
        "quarantined": state.quarantined,
        "excluded": state.excluded,
        "issues": state.issues,
        "last_success": state.last_success,
        "last_run": run_answer(state.last_run) if state.last_run else None,
        "links": {
            "self": api,
            "html": f"{base_url()}/sources/{source.name}",
            "runs": f"{api}/runs",
            "issues": f"{api}/issues",
            "groups": f"{api}/issues/groups",
            "fair": f"{api}/fair",
        },
    }
    return {name: value for name, value in values.items() if value is not None}


def run_answer(run: Run) -> dict[str, Any]:
    """What the public may know of a run."""
    values = {name: getattr(run, name) for name in RunAnswer._declared_fields}
    return {name: value for name, value in values.items() if value is not None}


@blueprint.endpoint("/sources/<name>/runs", query=PageParameters, answer=RunsAnswer, errors=(404,))
def source_runs(values: dict[str, Any], name: str) -> Response:
    """The runs of a source, newest first."""
    size = values.get("size", 50)
    before = read_cursor(values)
    runs = Reports(catalogue().database).runs(name, before=before or None, limit=size + 1)
    page = runs[:size]
    following = (
        f"{base_url()}{PREFIX}/sources/{name}/runs?size={size}&cursor={page[-1].number if page else 0}"
    )
    return json_response(
        {"runs": [run_answer(run) for run in page], "next": following if len(runs) > size else None}
    )


@blueprint.endpoint("/sources/<name>/runs/<int:number>", answer=RunAnswer, errors=(404,))
def source_run(name: str, number: int) -> Response:
    """One run of a source; while it is going on, how far it is."""
    return json_response(run_answer(catalogue().sources.run(name, number)))


def read_cursor(values: dict[str, Any]) -> int:
    """The number in a cursor, 0 without one; raises `QueryError`."""
    text = values.get("cursor", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise QueryError(
            "Parameter «cursor» must come from the «next» address of an answer.", parameter="cursor"
        )
    return int(text)


@blueprint.endpoint("/sources/<name>/issues", query=PageParameters, answer=IssuesAnswer, errors=(404, 406))
def source_issues(values: dict[str, Any], name: str) -> Response:
    """The issues of a source's records; CSV and JSON Lines by «Accept»."""
    best = request.accept_mimetypes.best_match([JSON, CSV, JSON_LINES]) if request.accept_mimetypes else JSON
    if best is None:
        alternatives = tuple({"media_type": media_type} for media_type in _SUFFIXES.values())
        raise NotAcceptable("Issues come as JSON, CSV and JSON Lines.", alternatives=alternatives)
    return issues_response(name, values, str(best))


@blueprint.endpoint("/sources/<name>/issues/groups", answer=IssueGroupsAnswer, errors=(404,))
def source_issue_groups(name: str) -> Response:
    """The issues of a source by rule, reason and place."""
    return json_response({"groups": catalogue().sources.issue_groups(name)})


@blueprint.endpoint("/sources/<name>/issues.<suffix>", query=PageParameters, media_type=CSV, errors=(404,))
def source_issues_as(values: dict[str, Any], name: str, suffix: str) -> Response:
    """The issues as «.json», «.csv» or «.jsonl»."""
    if suffix not in _SUFFIXES:
        raise NotFound(f"Issues have no form «.{suffix}»; known are {', '.join(_SUFFIXES)}.")
    return issues_response(name, values, _SUFFIXES[suffix])


def issues_response(name: str, values: dict[str, Any], media_type: str) -> Response:
    """Issues in one of three forms: JSON in pages, the others whole unless a size is asked for."""
    if media_type != JSON and not values:
        return _download(name, catalogue().sources.all_issues(name), media_type)
    size = values.get("size", 1000 if media_type != JSON else 100)
    rows = catalogue().sources.issues(name, after=read_cursor(values), limit=size + 1)
    page = [issue for _, issue in rows[:size]]
    following = None
    if len(rows) > size:
        following = f"{base_url()}{request.path}?size={size}&cursor={rows[size - 1][0]}"
    if media_type == JSON:
        return json_response({"issues": page, "next": following})
    response = _download(name, iter(page), media_type)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _download(name: str, issues: Iterator[SourceIssue], media_type: str) -> Response:
    """A file that is written while it is sent: its memory does not grow with its length."""
    lines = csv_lines(issues) if media_type == CSV else (dumps(issue) + b"\n" for issue in issues)
    response = Response(_in_blocks(lines), content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-issues.{_suffix(media_type)}"'
    return response


def _in_blocks(lines: Iterator[bytes]) -> Iterator[bytes]:
    while block := b"".join(islice(lines, _LINES_AT_ONCE)):
        yield block


def _suffix(media_type: str) -> str:
    return next(suffix for suffix, known in _SUFFIXES.items() if known == media_type)
