"""`almagest harvest` and the commands on what it brings, on the sample sources."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from catalogue.index import Change
from catalogue.opening import Catalogue
from catalogue.record import Provenance, Record, Text, record_id
from catalogue.settings import load_settings
from mappings.base import formats
from tests.web.command_line import FAST, PATHS, Home, one_sentence, sample_server
from web.commands.records import write_records
from web.demo.server import SampleServer

KEYS = [
    "source",
    "status",
    "fetched",
    "created",
    "updated",
    "unchanged",
    "deleted",
    "quarantined",
    "excluded",
    "pages",
    "requests",
    "seconds",
    "error",
]


@pytest.fixture(scope="module")
def samples() -> Iterator[SampleServer]:
    """The sample sources, before their next day."""
    with sample_server() as server:
        yield server


@pytest.fixture(scope="module")
def home(samples: SampleServer, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A catalogue that has harvested all sample sources once."""
    home = Home(tmp_path_factory.mktemp("harvested"), {})
    home.register(samples.address)
    answer = home("harvest", "--json")
    assert answer.exit_code == 1, answer.output  # some samples are faulty on purpose
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert sorted(line["source"] for line in lines) == sorted(PATHS)
    return home


@pytest.fixture
def fresh(tmp_path: Path) -> Home:
    """An empty data directory."""
    return Home(tmp_path, {})


def test_a_line_a_source_with_exactly_its_keys(samples: SampleServer, fresh: Home) -> None:
    fresh.register(samples.address)
    (line,) = fresh.json("harvest", "library")
    assert list(line) == KEYS
    records = samples.repositories[PATHS["library"]]._records
    assert line["status"] == "succeeded"
    assert line["fetched"] == len(records)
    assert line["created"] == sum(not record.deleted for record in records.values())
    assert line["deleted"] == sum(record.deleted for record in records.values())
    assert line["pages"] == 2
    assert line["error"] is None


def test_a_second_harvest_changes_nothing(home: Home) -> None:
    before = home("records", "--deleted", "--json").stdout
    answer = home("harvest", "helix", "library", "--json")
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [line["source"] for line in lines] == ["helix", "library"]
    assert all(line["created"] == line["updated"] == line["deleted"] == 0 for line in lines)
    assert home("records", "--deleted", "--json").stdout == before


def test_no_source_and_unknown_source(fresh: Home, home: Home) -> None:
    answer = fresh("harvest")
    assert answer.exit_code == 2
    assert "almagest source add NAME" in one_sentence(answer)
    answer = home("harvest", "nowhere")
    assert answer.exit_code == 2
    assert "There is no source «nowhere»; known are alma, helix, library, meridian." in one_sentence(answer)


def test_an_unreachable_host_fails_alone(samples: SampleServer, fresh: Home) -> None:
    fresh("source", "add", "dead", "--kind", "oai-pmh", "--url", "http://127.0.0.1:9/oai")
    fresh("source", "add", "library", "--kind", "oai-pmh", "--url", samples.address + PATHS["library"])
    answer = fresh("harvest", "--json")
    assert answer.exit_code == 1
    dead, library = (json.loads(line) for line in answer.stdout.splitlines())
    assert dead["status"] == "failed"
    assert "http://127.0.0.1:9/oai" in dead["error"]
    assert library["status"] == "succeeded"
    assert "Traceback" not in answer.stderr


def test_issues_name_identifier_path_reason_since(home: Home) -> None:
    issues = home.json("issues", "helix")
    assert {issue["identifier"] for issue in issues} >= {
        f"oai:helix.example.org:{n}" for n in (9001, 9002, 9003)
    }
    for issue in issues:
        assert {"identifier", "path", "reason", "since"} <= set(issue)
        assert issue["reason"]
        assert issue["since"].endswith("Z")
    assert "oai:helix.example.org:9001" in home("issues", "helix").stdout
    quiet = home("issues", "library")
    assert quiet.exit_code == 0


def test_records_are_the_unified_json(home: Home, samples: SampleServer) -> None:
    records = home.json("records", "--source", "alma")
    assert all(record["provenance"]["source"] == "alma" for record in records)
    assert not any(record.get("deleted") for record in records)
    one = next(r for r in records if r["provenance"]["identifier"] == "oai:alma.example.org:100")
    assert one["id"] == record_id("alma", "oai:alma.example.org:100")
    assert one["titles"][0]["value"].startswith("Lichtkurven von Markarian 421")
    assert {record["languages"][0] for record in records if record.get("languages")} >= {
        "de",
        "fr",
        "it",
        "pl",
    }
    with_tombstones = home.json("records", "--source", "alma", "--deleted")
    tombstones = [record for record in with_tombstones if record.get("deleted")]
    assert len(with_tombstones) == len(records) + len(tombstones)
    assert {r["provenance"]["identifier"] for r in tombstones} == {
        f"oai:alma.example.org:{number}" for number in range(9801, 9806)
    }
    assert len(home("records").stdout.splitlines()) == len(home.json("records"))


def test_records_of_different_sources_are_related(home: Home) -> None:
    records = home.json("records")
    own = {i["value"]: r for r in records for i in r.get("identifiers", ()) if i["role"] == "own"}
    crossing = {
        (record["provenance"]["source"], own[relation["value"]]["provenance"]["source"])
        for record in records
        for relation in record.get("relations", ())
        if relation["value"] in own
    }
    assert ("alma", "helix") in crossing
    assert ("helix", "helix") in crossing


@pytest.mark.parametrize("prefix", [form.prefix for form in formats().values() if form.write and form.is_xml])
def test_export_is_read_again(prefix: str, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "records.xml"
    answer = home("export", "--format", prefix, "--source", "library", "-o", str(path))
    assert answer.exit_code == 0, answer.stderr
    exported = etree.parse(path).getroot()
    assert len(exported) == len(home.json("records", "--source", "library"))
    assert home("export", "--format", prefix, "--source", "library").stdout_bytes == path.read_bytes()
    if formats()[prefix].read is None:
        return
    lines = home.json("crosswalk", "read", prefix, str(path))
    assert {line["status"] for line in lines} == {"mapped"}
    assert len(lines) == len(exported)
    assert all(set(line) >= {"file", "identifier", "status", "path", "reason", "record"} for line in lines)


def test_exports_of_texts_and_json_are_whole_documents(home: Home) -> None:
    records = home.json("records", "--source", "library")

    def exported(prefix: str) -> str:
        return home("export", "--format", prefix, "--source", "library").stdout_bytes.decode()

    keys = re.findall(r"^@\w+\{(\w+),$", exported("bibtex"), re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(records)
    assert exported("ris").count("\r\nER  - \r\n") == len(records)
    assert [item["id"] for item in json.loads(exported("csl"))] == keys
    lines = exported("datacite_json").splitlines()
    assert [json.loads(line)["schemaVersion"] for line in lines] == [
        "http://datacite.org/schema/kernel-4"
    ] * len(records)


@pytest.mark.parametrize("prefix", ["datacite_json", "schema_org", "inveniordm"])
def test_json_lines_are_read_again(prefix: str, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    assert home("export", "--format", prefix, "--source", "library", "-o", str(path)).exit_code == 0
    lines = home.json("crosswalk", "read", prefix, str(path))
    assert {line["status"] for line in lines} == {"mapped"}
    assert len(lines) == len(home.json("records", "--source", "library"))


def test_citations_have_a_style(home: Home) -> None:
    def exported(*style: str) -> list[str]:
        answer = home("export", "--format", "citation", "--source", "library", *style)
        assert answer.exit_code == 0, answer.stderr
        return answer.stdout_bytes.decode().splitlines()

    assert exported() == exported("--style", "author-date") != exported("--style", "numeric")
    answer = home("export", "--format", "citation", "--style", "loud")
    assert answer.exit_code == 2
    assert "There is no citation style «loud»; known are author-date, numeric." in one_sentence(answer)
    answer = home("export", "--format", "ris", "--style", "numeric")
    assert answer.exit_code == 2
    assert "Only citations have a style" in one_sentence(answer)


def test_a_bug_of_a_crosswalk_costs_an_export_one_record() -> None:
    def write(record: Record) -> bytes:
        return b"<x/>" if record.id == "b" else b"%d" % (1 // 0)

    form = replace(formats()["oai_dc"], write=write)
    stream = io.BytesIO()
    assert write_records(form, iter([change_of("a"), change_of("b")]), stream) == (1, 1)
    assert [one.findtext("{*}header/{*}identifier") for one in etree.fromstring(stream.getvalue())] == ["b"]


def change_of(id: str) -> Change:
    provenance = Provenance(source="s", identifier=id)
    record = Record(id=id, kind="dataset", titles=(Text(value="T"),), provenance=provenance)
    return Change(sequence=1, id=id, source="s", datestamp="2024-01-01T00:00:00Z", record=record)


def test_export_names_the_formats_it_has(home: Home) -> None:
    assert "oai_dc" in home("export").stdout
    answer = home("export", "--format", "nonsense")
    assert answer.exit_code == 2
    assert "There is no format «nonsense»; known are" in one_sentence(answer)


def test_crosswalk_read_refuses_with_path_and_reason(home: Home, tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_text("<oai_dc:dc>")
    answer = home("crosswalk", "read", "oai_dc", str(tmp_path / "broken.xml"), "--json")
    assert answer.exit_code == 1
    (line,) = (json.loads(line) for line in answer.stdout.splitlines())
    assert line["status"] == "refused"
    assert line["file"].endswith("broken.xml")
    assert line["path"].startswith("line 1")
    assert "Not well-formed XML" in line["reason"]
    missing = home("crosswalk", "read", "oai_dc", str(tmp_path / "absent.xml"))
    assert missing.exit_code == 2
    assert "cannot be read" in one_sentence(missing)


def test_remap_without_the_network(samples: SampleServer, fresh: Home) -> None:
    with sample_server() as server:
        fresh.register(server.address)
        fresh("harvest", "library", "helix")
    before = fresh("records", "--json").stdout
    library, helix = fresh.json("remap", "library", "helix")
    assert library["source"] == "library"
    assert library["unchanged"] == len(fresh.json("records", "--source", "library"))
    assert library["created"] == library["updated"] == library["quarantined"] == 0
    assert helix["updated"] == 0
    assert fresh("records", "--json").stdout == before


def test_removing_a_source_leaves_tombstones(samples: SampleServer, fresh: Home) -> None:
    fresh.register(samples.address)
    fresh("harvest", "library")
    records = fresh.json("records", "--source", "library")
    answer = fresh("source", "remove", "library", "--yes")
    assert f"{len(records)} records are withdrawn" in answer.stderr
    assert fresh.json("records") == []
    gone = fresh.json("records", "--deleted")
    assert {record["id"] for record in records} <= {record["id"] for record in gone}
    assert all(record["deleted"] for record in gone)
    again = fresh(
        "source", "add", "library", "--kind", "oai-pmh", "--url", samples.address + PATHS["library"]
    )
    assert again.exit_code == 0
    (line,) = fresh.json("harvest", "library")
    assert line["created"] == len(records)


def test_the_index_follows_a_harvest(home: Home) -> None:
    (status,) = home.json("index", "status")
    assert status["position"] == status["newest"] > 0
    assert status["behind"] == 0
    (rebuilt,) = home.json("index", "rebuild")
    assert rebuilt["position"] == status["newest"]
    (synced,) = home.json("index", "sync")
    assert synced["applied"] == 0
    assert "0 are waiting" in home("index", "status").stdout


def test_an_index_that_is_down_does_not_fail_the_harvest(samples: SampleServer, fresh: Home) -> None:
    down = Home(fresh.path, {"ALMAGEST_INDEX_URL": "http://127.0.0.1:9"})
    down.register(samples.address)
    answer = down("harvest", "library", "--json")
    assert answer.exit_code == 0
    assert "The search index is not up to date: " in answer.stderr
    status = down("index", "status")
    assert status.exit_code == 1
    assert "Traceback" not in status.output
    one_sentence(status)
    (synced,) = fresh.json("index", "sync")
    assert synced["applied"] == len(fresh.json("records", "--deleted"))


def test_an_index_that_another_process_writes(samples: SampleServer, fresh: Home) -> None:
    fresh.register(samples.address)
    fresh("harvest", "library")
    other = Catalogue(load_settings({"ALMAGEST_HOME": str(fresh.path)}))
    newest = other.store.last_sequence()
    other.index.apply(other.store.changes(newest - 1))
    try:
        harvested = fresh("harvest", "alma")
        assert "The search index is not up to date: " in harvested.stderr
        assert "Traceback" not in harvested.output
        locked = fresh("index", "sync")
        assert locked.exit_code == 1
        assert "is being written by another process; try again when it is done." in one_sentence(locked)
    finally:
        other.index.settle()
        other.close()
    (synced,) = fresh.json("index", "sync")
    assert synced["applied"] == 95


def test_a_corrupt_index_is_rebuilt(samples: SampleServer, fresh: Home) -> None:
    fresh.register(samples.address)
    fresh("harvest", "library")
    for path in (fresh.path / "index").rglob("*"):
        if path.is_file():
            path.write_bytes(b"rubbish")
    status = fresh("index", "status")
    assert status.exit_code == 1
    assert "almagest index rebuild" in one_sentence(status)
    found = [finding for finding in fresh.json("doctor") if finding["check"] == "index"]
    assert not found[0]["ok"]
    assert fresh("index", "rebuild").exit_code == 0
    (status,) = fresh.json("index", "status")
    assert status["behind"] == 0


def test_ctrl_c_stops_cleanly_and_the_next_harvest_goes_on(samples: SampleServer, fresh: Home) -> None:
    address = samples.address + PATHS["helix"]
    slow = ("--option", "delay=0.7", "--option", "overlap=0")
    fresh("source", "add", "helix", "--kind", "oai-pmh", "--url", address, *slow)
    with fresh.start("harvest", "--json") as process:
        deadline = time.monotonic() + 30
        while not fresh.json("records") and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    cut = json.loads(output)
    assert cut["status"] == "failed"
    assert errors.splitlines()[-1] == "Stopped; the next harvest goes on where this one was."
    assert "Traceback" not in errors
    before = len(fresh.json("records"))
    (line,) = fresh.json("harvest")
    total = len(samples.repositories[PATHS["helix"]]._records)
    assert 0 < before < total
    assert line["fetched"] < total
    live = sum(not sample.deleted for sample in samples.repositories[PATHS["helix"]]._records.values())
    assert len(fresh.json("records")) == live - cut["quarantined"] - line["quarantined"]


def test_a_full_disk_is_a_sentence_and_nothing_is_lost(
    samples: SampleServer, fresh: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    import catalogue.database

    fresh.register(samples.address)
    fresh("harvest", "library")
    before = fresh("records", "--json").stdout
    opened = catalogue.database._sqlite_engine

    def small(address: object) -> object:
        from sqlalchemy import event

        engine = opened(address)  # type: ignore[arg-type]
        # SQLite says SQLITE_FULL at this limit, as it does when the device has no space.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
        return engine

    monkeypatch.setattr(catalogue.database, "_sqlite_engine", small)
    answer = fresh("harvest", "helix")
    assert answer.exit_code == 1
    assert "No space is left" in answer.stderr
    assert "Traceback" not in answer.output
    monkeypatch.undo()
    assert fresh("records", "--json").stdout == before
    (line,) = fresh.json("harvest", "helix")
    assert line["created"] > 100


def test_a_source_that_another_process_harvests(samples: SampleServer, fresh: Home) -> None:
    fresh.register(samples.address)
    other = Catalogue(load_settings({"ALMAGEST_HOME": str(fresh.path)}))
    with other.database.source_lock("library"):
        (line,) = fresh.json("harvest", "library")
    other.close()
    assert line["status"] == "failed"
    assert "being harvested by another process" in line["error"]


def test_progress_is_shown_on_a_terminal_only(samples: SampleServer, fresh: Home) -> None:
    fresh.register(samples.address)
    master, slave = pty.openpty()
    with fresh.start("harvest", "helix", "--json", stderr=slave) as process:
        os.close(slave)
        output, _ = process.communicate(timeout=60)
        seen = _drained(master)
    assert json.loads(output)["source"] == "helix"
    assert "168/168" in seen.replace(" ", "")
    assert "helix" in seen
    with fresh.start("harvest", "library") as process:
        _, errors = process.communicate(timeout=60)
    assert "library: succeeded, 45 records fetched" in errors
    assert "\x1b" not in errors
    assert len(errors.splitlines()) == 1


def _drained(master: int) -> str:
    seen = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(master)
    return seen.decode()


def test_issues_in_groups_and_as_a_table(home: Home) -> None:
    groups = home.json("issues", "helix", "--group")
    issues = home.json("issues", "helix")
    assert sum(group["issues"] for group in groups) == len(issues)
    assert all(group["first"] <= group["last"] and group["examples"] for group in groups)
    assert groups[0]["reason"] in home("issues", "helix", "--group").stdout
    rows = list(csv.DictReader(io.StringIO(home("issues", "helix", "--csv").stdout)))
    assert [row["reason"] for row in rows] == [issue["reason"] for issue in issues]
    assert all(row["seen"] >= row["since"] for row in rows)
    wrong = home("issues", "helix", "--csv", "--group")
    assert wrong.exit_code == 2 and "--csv" in one_sentence(wrong)


def test_rules_by_the_command_line(samples: SampleServer, fresh: Home) -> None:
    url = samples.address + PATHS["library"]
    arguments = ("--kind", "oai-pmh", "--url", url, *FAST)
    fresh("source", "add", "all", *arguments)
    fresh("source", "add", "none", *arguments, "--option", "include-set=nowhere", "--option", "priority=3")
    (every,) = fresh.json("harvest", "all")
    (none,) = fresh.json("harvest", "none")
    assert every["excluded"] == 0 and every["created"] > 0
    assert none["excluded"] == every["fetched"] - every["deleted"] and none["created"] == 0
    (shown,) = fresh.json("source", "show", "none")
    assert (shown["excluded"], shown["records"], shown["priority"]) == (none["excluded"], 0, 3.0)
    assert f"{none['excluded']} excluded" in fresh("harvest", "none", "--full").stderr
    assert "excluded" in fresh("source", "show", "none").stdout
    wrong = fresh("source", "add", "bad", *arguments, "--option", "include-match=(")
    assert wrong.exit_code == 2 and "is no regular expression" in one_sentence(wrong)


def test_a_failure_is_told_once(tmp_path: Path) -> None:
    home = Home(tmp_path, {})
    home("source", "add", "gone", "--kind", "oai-pmh", "--url", "http://127.0.0.1:9/oai", *FAST)
    failed = home("harvest", "gone")
    assert failed.exit_code == 1
    assert failed.stderr.count("gone: failed") == 1
    assert failed.stderr.count("2 times in a row") == 1
