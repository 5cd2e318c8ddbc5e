"""Health and metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogue.errors import StoreUnavailable
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from web.app import create_app
from web.graph_follower import KeptGraph


def test_live_and_ready(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    assert client.get("/health/live").json["status"] == "ok"
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    KeptGraph(empty, wholly=False).follow()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json["status"]) == (200, "ok")
    assert ready.json["checks"] == {"database": "ok", "index": "ok", "graph": "ok"}
    assert ready.headers["Cache-Control"] == "no-store"


def test_an_index_that_lags_is_told(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime")])
    empty.store.withdraw("lab", [record_id("lab", "1")])
    checks = create_app(empty).test_client().get("/health/ready").json["checks"]
    assert checks["index"] == "1 changes behind"
    assert checks["graph"] == "2 changes behind"


def test_without_index_and_graph_it_still_serves(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/"
    environ = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_INDEX_URL": nobody, "ALMAGEST_GRAPH_URL": nobody}
    catalogue = Catalogue(load_settings(environ))
    ready = create_app(catalogue).test_client().get("/health/ready")
    assert (ready.status_code, ready.json["status"]) == (200, "degraded")
    assert "does not answer" in ready.json["checks"]["graph"]
    catalogue.close()


def test_without_a_database_it_lives_but_is_not_ready(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise StoreUnavailable("The database does not answer; check that it runs.")

    monkeypatch.setattr(empty.store, "last_sequence", fail)
    client = create_app(empty).test_client()
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json["checks"]["database"] == "The database does not answer; check that it runs."


def samples(text: str) -> dict[str, float]:
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found


def test_metrics_count_what_is_there(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime"), record("2", "Muon decay")])
    harvest(empty, "lab", [], deleted=["2"])
    answer = create_app(empty).test_client().get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(answer.text)
    assert found['almagest_records{source="lab"}'] == 1
    assert found['almagest_tombstones{source="lab"}'] == 1
    assert found['almagest_last_run_status{source="lab",status="succeeded"}'] == 1
    assert found['almagest_last_success_timestamp_seconds{source="lab"}'] > 1.7e9
    assert found["almagest_index_up"] == 1
    assert found["almagest_change_sequence"] == found["almagest_index_sequence"] == 3
    assert found["almagest_graph_up"] == 1 and found["almagest_graph_sequence"] == 0
    names = [re.split(r"[{ ]", line)[0] for line in answer.text.splitlines() if not line.startswith("#")]
    described = re.findall(r"^# TYPE (\S+) gauge$", answer.text, re.MULTILINE)
    assert set(names) <= set(described)
    assert len(described) == len(set(described))


def test_metrics_without_an_index(tmp_path: Path) -> None:
    environ = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_INDEX_URL": "http://127.0.0.1:9/"}
    catalogue = Catalogue(load_settings(environ))
    found = samples(create_app(catalogue).test_client().get("/metrics").text)
    assert found["almagest_index_up"] == 0
    catalogue.close()
