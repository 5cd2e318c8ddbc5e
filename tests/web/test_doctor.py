"""`almagest doctor`: each fault is found and comes with what to do."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from tests.web.command_line import PATHS, Home, sample_server

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data directory."""
    return Home(tmp_path, {})


def faults(home: Home, *options: str) -> list[Any]:
    return [finding for finding in home.json("doctor", *options) if not finding["ok"]]


def test_a_new_installation_is_well(home: Home) -> None:
    findings = home.json("doctor")
    checks = ["settings", "disk", "database", "index", "graph", "workers", "queue", "sources", "targets"]
    assert [finding["check"] for finding in findings] == checks
    for finding in findings:
        assert list(finding) == ["remedy", "check", "ok", "found"]
        assert finding["ok"]
        assert finding["remedy"] is None
    answer = home("doctor")
    assert answer.exit_code == 0
    assert answer.stdout.count("ok ") == len(findings)


def test_a_harvested_installation_is_well_online_too(home: Home) -> None:
    with sample_server() as server:
        url = server.address + PATHS["library"]
        home("source", "add", "library", "--kind", "oai-pmh", "--url", url)
        home("harvest")
        findings = home.json("doctor", "--online")
        assert all(finding["ok"] for finding in findings), findings
        assert "answers as Laboratory Library (sample)" in findings[-2]["found"]
    (gone,) = faults(home, "--online")
    assert gone["check"] == "sources"
    assert "does not answer" in gone["found"]
    assert gone["remedy"]


def test_a_misspelt_setting(tmp_path: Path) -> None:
    home = Home(
        tmp_path,
        {"ALMAGEST_DATABSE_URL": "sqlite:////secret", "ALMAGEST_WORKERS": "2", "ALMAGEST_KEY": "secret"},
    )
    url = ("--kind", "oai-pmh", "--url", "https://example.org/oai")
    assert home("source", "add", "a", *url, "--option", "token-env=ALMAGEST_KEY").exit_code == 0
    (fault,) = faults(home)
    assert fault["check"] == "settings" and "ALMAGEST_DATABSE_URL" in fault["found"]
    assert "ALMAGEST_DATABASE_URL" in fault["remedy"] and "secret" not in str(fault)


def test_little_space(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 5 * 10**6))
    (fault,) = faults(home)
    assert fault["check"] == "disk"
    assert "Free some space" in fault["remedy"]
    assert home("doctor").exit_code == 1


def test_a_database_that_is_damaged(home: Home) -> None:
    home("source", "list")
    path = home.path / "catalogue.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    content = bytearray(path.read_bytes())
    content[8 * 4096 : 12 * 4096] = b"\xff" * (4 * 4096)
    path.write_bytes(content)
    (fault,) = faults(home)[:1]
    assert fault["check"] == "database"
    assert "backup" in fault["remedy"]


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql+psycopg://me:sesame@127.0.0.1:1/almagest"
    home = Home(tmp_path, {"ALMAGEST_DATABASE_URL": url})
    (fault,) = faults(home)
    assert fault["check"] == "database"
    assert "check ALMAGEST_DATABASE_URL" in fault["remedy"]
    assert "sesame" not in home("doctor").output


def test_an_index_and_a_graph_of_another_database(home: Home) -> None:
    with sample_server() as server:
        home("source", "add", "library", "--kind", "oai-pmh", "--url", server.address + PATHS["library"])
        home("harvest")
    for path in home.path.glob("catalogue.db*"):
        if path.is_file():
            path.unlink()
    index, graph = faults(home)
    assert (index["check"], graph["check"]) == ("index", "graph")
    assert "almagest index rebuild" in index["remedy"]
    assert "almagest graph rebuild" in graph["remedy"]


def test_an_index_that_is_down(tmp_path: Path) -> None:
    (fault,) = faults(Home(tmp_path, {"ALMAGEST_INDEX_URL": "http://127.0.0.1:9"}))
    assert fault["check"] == "index"
    assert "check ALMAGEST_INDEX_URL" in fault["remedy"]


def test_a_graph_that_is_down(tmp_path: Path) -> None:
    (fault,) = faults(Home(tmp_path, {"ALMAGEST_GRAPH_URL": "http://me:secret@127.0.0.1:9/almagest"}))
    assert fault["check"] == "graph" and "does not answer" in fault["remedy"]
    assert "secret" not in str(fault)


def test_a_public_service_needs_an_address_and_https(tmp_path: Path) -> None:
    public = {"ALMAGEST_BASE_URL": "http://physics", "ALMAGEST_ADMIN_EMAIL": ""}
    remedies = [fault["remedy"] for fault in faults(Home(tmp_path, public))]
    assert [fault for fault in remedies if "ALMAGEST_ADMIN_EMAIL" in fault]
    assert [fault for fault in remedies if "https" in fault]


def test_sources_that_need_attention(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONE_TOKEN", raising=False)
    add = ("--kind", "oai-pmh", "--url", "http://127.0.0.1:9/oai")
    home("source", "add", "one", *add, "--option", "token-env=ONE_TOKEN")
    home("source", "add", "two", *add)
    harvested = home.json("harvest")
    assert "ONE_TOKEN is not set" in harvested[0]["error"] and "cannot be connected" in harvested[1]["error"]
    one, two = faults(home)
    assert "Set ONE_TOKEN" in one["remedy"]
    assert "The last harvest failed: " in two["remedy"]
    assert "almagest harvest two" in two["remedy"]


def test_a_settings_file_with_a_wrong_source(home: Home) -> None:
    (home.path / "almagest.toml").write_text('[[source]]\nname = "x"\nkind = "gopher"\nurl = "http://x/"\n')
    (fault,) = faults(home)
    assert "There is no kind of source «gopher»" in fault["remedy"]


def test_settings_that_cannot_be_read(home: Home) -> None:
    (home.path / "almagest.toml").write_text("colour = 1")
    answer = home("doctor", "--json")
    assert answer.exit_code == 2
    assert "there is no setting «colour»" in answer.stderr


def test_a_wrong_target_is_found_before_it_is_served(home: Home) -> None:
    (home.path / "almagest.toml").write_text('[[target]]\nkind = "bindr"\nurl = "https://hub.example.org"\n')
    (wrong,) = [one for one in faults(home) if one["check"] == "targets"]
    assert "there is no target «bindr»" in wrong["remedy"]
