"""For operators: health and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

import catalogue as package
from catalogue.errors import GraphError, GraphOff, IndexError_, StoreError
from catalogue.json_form import dumps
from catalogue.reports import Reports
from catalogue.runs import SourceState
from web.context import catalogue
from web.outages import words_of

blueprint = Blueprint("operations", __name__)


@blueprint.get("/health/live")
def live() -> Response:
    """Whether this process answers at all."""
    return _health(200, {"status": "ok", "version": package.__version__})


@blueprint.get("/health/ready")
def ready() -> Response:
    """Whether it can serve: 503 without a database; without index or graph only these are missing."""
    checks: dict[str, str] = {}
    last = 0
    try:
        last = catalogue().store.last_sequence()
        checks["database"] = "ok"
    except StoreError as error:
        checks["database"] = words_of(error)
    try:
        behind = max(last - catalogue().index.position(), 0)
        checks["index"] = "ok" if not behind else f"{behind} changes behind"
    except IndexError_ as error:
        checks["index"] = words_of(error)
    try:
        behind = max(last - catalogue().graph.position(), 0)
        checks["graph"] = "ok" if not behind else f"{behind} changes behind"
    except GraphOff:
        checks["graph"] = "off"
    except GraphError as error:
        checks["graph"] = words_of(error)
    if checks["database"] != "ok":
        return _health(503, {"status": "unavailable", "checks": checks})
    is_well = all(found in {"ok", "off"} or found.endswith("behind") for found in checks.values())
    return _health(200, {"status": "ok" if is_well else "degraded", "checks": checks})


def _health(status: int, body: dict[str, Any]) -> Response:
    return Response(dumps(body), status, {"Cache-Control": "no-store"}, content_type="application/json")


@blueprint.get("/metrics")
def metrics() -> Response:
    """The catalogue in numbers, as Prometheus reads them (text format 0.0.4)."""
    states = Reports(catalogue().database).states()
    lines = [*_info(), *_of_sources(states), *_of_index(), *_of_graph()]
    return Response(
        "\n".join(lines) + "\n",
        headers={"Cache-Control": "no-store"},
        content_type="text/plain; version=0.0.4; charset=utf-8",
    )


def _info() -> Iterator[str]:
    yield from _metric("build_info", "The running program.", [({"version": package.__version__}, 1)])


def _of_sources(states: list[SourceState]) -> Iterator[str]:
    def of_each(name: str) -> list[tuple[dict[str, str], float]]:
        return [({"source": state.source.name}, getattr(state, name)) for state in states]

    yield from _metric("records", "Live records.", of_each("records"))
    yield from _metric("tombstones", "Records that were withdrawn.", of_each("tombstones"))
    yield from _metric("quarantined", "Raw records that no crosswalk could read.", of_each("quarantined"))
    yield from _metric("excluded", "Raw records that a rule of their source excludes.", of_each("excluded"))
    yield from _metric("issues", "Things that are wrong with records.", of_each("issues"))
    runs = [(state.source.name, state.last_run) for state in states if state.last_run is not None]
    yield from _metric(
        "last_run_status",
        "How the last harvest ended: 1 for its status.",
        [({"source": name, "status": run.status}, 1) for name, run in runs],
    )
    yield from _metric(
        "last_run_seconds", "How long it took.", [({"source": name}, run.seconds) for name, run in runs]
    )
    yield from _metric(
        "last_success_timestamp_seconds",
        "When a harvest last succeeded (Unix time).",
        [
            ({"source": state.source.name}, datetime.fromisoformat(state.last_success).timestamp())
            for state in states
            if state.last_success
        ],
    )


def _of_index() -> Iterator[str]:
    last = catalogue().store.last_sequence()
    yield from _metric("change_sequence", "Number of the newest change.", [({}, last)])
    try:
        position = catalogue().index.position()
    except IndexError_:
        yield from _metric("index_up", "Whether the search index answers.", [({}, 0)])
        return
    yield from _metric("index_up", "Whether the search index answers.", [({}, 1)])
    yield from _metric("index_sequence", "Number of the newest change that is indexed.", [({}, position)])


def _of_graph() -> Iterator[str]:
    try:
        position = catalogue().graph.position()
    except GraphOff:
        return
    except GraphError:
        yield from _metric("graph_up", "Whether the RDF graph answers.", [({}, 0)])
        return
    yield from _metric("graph_up", "Whether the RDF graph answers.", [({}, 1)])
    yield from _metric("graph_sequence", "Number of the newest change that is in it.", [({}, position)])


def _metric(name: str, about: str, samples: list[tuple[dict[str, str], float]]) -> Iterator[str]:
    yield f"# HELP almagest_{name} {about}"
    yield f"# TYPE almagest_{name} gauge"
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"almagest_{name}{'{' + inner + '}' if inner else ''} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
