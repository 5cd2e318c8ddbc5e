"""The harvester of CERN Open Data against a portal that behaves, and one that does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.errors import SourceError
from harvesters.opendata import OpenData
from tests.harvesters.hep_harvest import Bench, bench, names
from tests.harvesters.hep_servers import OpenDataPortal, dataset, in_body, json_answer
from tests.harvesters.misbehaving import Asked, Sent, times

__all__ = ["bench"]


def _portal(count: int = 23, window: int = 10_000) -> OpenDataPortal:
    return OpenDataPortal([dataset(number) for number in range(1, count + 1)], window)


def test_all_records_come_page_by_page(bench: Bench) -> None:
    with bench.serving(_portal()) as server:
        run = bench.run(bench.source(server, "opendata", "/api/records/", page_size="10"))
    assert (run.status, run.fetched, run.created, run.expected) == ("succeeded", 23, 23, 23)
    assert len([one for one in server.asked if one["page"]]) == 3
    assert all(one["ondemand"] == "true" for one in server.asked)
    record = bench.records()["7"]
    assert record.title == "Dataset 7"
    assert record.provenance.url == server.url.removesuffix("/oai") + "/record/7"
    assert json.loads(bench.stored("7"))["metadata"]["recid"] == "7"


def test_own_options_reach_the_search(bench: Bench) -> None:
    portal = OpenDataPortal(
        [dataset(1), {"recid": "2", "title": "Tool", "type": {"primary": "Software"}, "experiment": ["CMS"]}]
    )
    with bench.serving(portal) as server:
        source = bench.source(
            server, "opendata", types="Software, Environment", files="no", query="experiment:CMS"
        )
        assert names(bench.pages(source)) == ["2"]
    assert [value for name, value in server.asked[0].arguments if name == "type"] == [
        "Software",
        "Environment",
    ]
    assert server.asked[0]["skip_files"] == "1"


def test_changes_are_asked_for_only_where_a_field_tells_them(bench: Bench) -> None:
    with bench.serving(_portal(3)) as server:
        bench.pages(bench.source(server, "opendata"), "2024-01-01T00:00:00Z")
        bench.pages(bench.source(server, "opendata", changed="_updated"), "2024-01-01T00:00:00Z")
    assert [one["q"] for one in server.asked] == [None, '_updated:["2024-01-01T00:00:00Z" TO *]']


def test_a_list_beyond_the_window_is_divided_by_facets(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenData, "window", 12)
    portal = OpenDataPortal(
        [dataset(number) for number in range(1, 41)]
        + [
            dataset(50, date_created=[]),
            {"recid": "60", "title": "No experiment", "type": {"primary": "Software"}},
        ],
        window=12,
    )
    with bench.serving(portal) as server:
        run = bench.run(bench.source(server, "opendata", page_size="6"))
    assert run.status == "succeeded"
    assert len(bench.records()) == 42
    assert any("NOT _exists_:" in (one["q"] or "") for one in server.asked)


def test_a_record_with_nan_is_told_by_name_and_asked_for_again(bench: Bench) -> None:
    with bench.serving(_portal()) as server:
        source = bench.source(server, "opendata", page_size="10")
        server.script = in_body(b'"Dataset 13"', b"NaN")
        run = bench.run(source)
        assert (run.status, run.created) == ("partial", 22)
        assert list(bench.issues()) == ["13"]
        server.script = lambda asked, sent: sent
        run = bench.run(source)
        assert run.status == "succeeded"
        assert bench.records()["13"].title == "Dataset 13"
        assert bench.issues() == {}


def test_bytes_that_are_no_utf8_cost_one_record(bench: Bench) -> None:
    with bench.serving(_portal()) as server:
        server.script = in_body(b"Dataset 5", b"Dataset \xff\xfe")
        run = bench.run(bench.source(server, "opendata", page_size="10"))
    assert run.created == 22
    assert list(bench.issues()) == ["5"]


def test_a_server_that_fails_at_one_record_loses_only_that(bench: Bench) -> None:
    def fails(asked: Asked, sent: Sent) -> Sent:
        return json_answer({"message": "boom"}, 500) if b'"Dataset 9"' in sent.body else sent

    with bench.serving(_portal()) as server:
        server.script = fails
        run = bench.run(bench.source(server, "opendata", page_size="10"))
    assert (run.status, run.created) == ("partial", 22)
    assert "Incomplete: 22 of 23 records came" in (run.error or "")


def test_a_page_that_comes_again_and_again_ends(bench: Bench) -> None:
    first = json_answer({"hits": {"hits": [{"id": "1", "metadata": dataset(1)}], "total": 9999}})
    with bench.serving(_portal()) as server:
        server.script = lambda asked, sent: first
        run = bench.run(bench.source(server, "opendata", page_size="1"))
    assert run.status == "failed"
    assert "would never come to an end" in (run.error or "")


def test_a_total_that_lies_is_told(bench: Bench) -> None:
    with bench.serving(_portal()) as server:
        server.script = in_body(b'"total": 23', b'"total": 31')
        run = bench.run(bench.source(server, "opendata", page_size="10"))
    assert (run.status, run.created) == ("partial", 23)
    assert "Incomplete: 23 of 31 records came" in (run.error or "")


def test_a_web_page_with_status_200_fails_in_one_sentence(bench: Bench) -> None:
    page = Sent(body=b"<!doctype html><title>Maintenance</title>", headers={"Content-Type": "text/html"})
    with bench.serving(_portal()) as server:
        server.script = lambda asked, sent: page
        run = bench.run(bench.source(server, "opendata", page_size="10"))
    assert run.status == "failed"
    assert "web page" in (run.error or "")
    assert len(server.asked) < 60


def test_a_busy_server_is_waited_for(bench: Bench) -> None:
    def busy(asked: Asked, sent: Sent) -> Sent:
        return Sent(body=b"", status=429, headers={"Retry-After": "17"})

    with bench.serving(_portal()) as server:
        server.script = times(2, busy)
        run = bench.run(bench.source(server, "opendata"))
    assert (run.status, run.created) == ("succeeded", 23)


def test_a_record_without_identifier_is_counted(bench: Bench) -> None:
    portal = _portal(3)
    portal.records.append({"id": None, "metadata": {"title": "Nobody"}})
    with bench.serving(portal) as server:
        run = bench.run(bench.source(server, "opendata"))
    assert (run.status, run.created) == ("partial", 3)


def test_gone_is_a_deletion_and_not_found_an_absence(bench: Bench) -> None:
    portal = _portal(4)
    with bench.serving(portal) as server, bench.harvester(bench.source(server, "opendata")) as found:
        portal.gone = {"2"}
        [page] = found.again(["1", "2", "77"])
    assert [(one.identifier, one.deleted) for one in page.records] == [("1", False), ("2", True)]
    assert [(one.identifier, one.rule) for one in page.issues] == [("77", "unreadable")]


@pytest.mark.parametrize("full", [True, False])
def test_what_vanishes_from_the_list_is_withdrawn_after_the_grace(bench: Bench, full: bool) -> None:
    portal = _portal(23)
    with bench.serving(portal) as server:
        source = bench.source(server, "opendata", grace="0")
        bench.run(source)
        del portal.records[4]
        run = bench.run(source, full=full)
    assert run.deleted == 1
    assert "5" not in bench.records()


@pytest.mark.parametrize("total", [2**63, -1, True, "many", {"value": 2**64 - 1}])
def test_a_total_that_is_none_costs_nothing(bench: Bench, total: object) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        answer = json.loads(sent.body)
        answer["hits"]["total"] = total
        return json_answer(answer)

    with bench.serving(_portal(3)) as server:
        server.script = script
        run = bench.run(bench.source(server, "opendata"))
    assert (run.status, run.error, run.created) == ("succeeded", None, 3)


def test_what_is_not_among_the_changes_is_not_missing(bench: Bench) -> None:
    portal = _portal(23)
    with bench.serving(portal) as server:
        source = bench.source(server, "opendata", grace="0", shrink="1", changed="_updated")
        bench.run(source)
        del portal.records[2:]
        run = bench.run(source)
    assert (run.full, run.deleted, len(bench.records())) == (False, 0, 23)


def test_a_run_that_was_cut_off_goes_on_where_it_was(bench: Bench) -> None:
    with bench.serving(_portal()) as server:
        source = bench.source(server, "opendata", page_size="10")
        with bench.harvester(source) as found:
            pages = found.pages(None, None)
            first = next(pages)
        rest = bench.pages(source, None, first.checkpoint)
    assert [one["page"] for one in server.asked] == ["1", "2", "3"]
    assert len(names([first])) + len(names(rest)) == 23


def test_pages_of_documentation_have_their_own_address(bench: Bench) -> None:
    document = {
        "slug": "guide",
        "title": "A guide",
        "type": {"primary": "Documentation"},
        "body": {"content": "Text"},
    }
    with bench.serving(OpenDataPortal([document])) as server:
        [page] = [one for one in bench.pages(bench.source(server, "opendata")) if one.records]
    assert page.records[0].identifier == "guide"
    assert (page.records[0].url or "").endswith("/docs/guide")


def test_the_probe_tells_types_and_faults(bench: Bench) -> None:
    with bench.serving(_portal()) as server, bench.harvester(bench.source(server, "opendata")) as found:
        probe = found.probe()
        server.script = in_body(b'"total"', b'"count"')
        faulty = found.probe()
    assert probe.records == 23
    assert "Dataset (23)" in probe.sets
    assert probe.faults == ()
    assert "does not say how many" in faulty.faults[0]


def test_an_answer_that_is_too_long_is_read_in_shorter_ones(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.transport.MAXIMUM_BODY", 2_000)
    with bench.serving(_portal()) as server:
        run = bench.run(bench.source(server, "opendata", page_size="20"))
    assert (run.status, run.created) == ("succeeded", 23)


def test_an_address_that_refuses_says_why(bench: Bench) -> None:
    with bench.serving(_portal()) as server:
        server.script = lambda asked, sent: json_answer(
            {"status": 400, "message": "The syntax is invalid."}, 400
        )
        with pytest.raises(SourceError, match="syntax is invalid"):
            bench.pages(bench.source(server, "opendata", query="("))


@pytest.mark.corpus
def test_the_whole_corpus_through_the_protocol(bench: Bench, shared: Path) -> None:
    records = [
        one
        for path in sorted((shared / "corpus" / "cernopendata").iterdir())
        for one in json.loads(path.read_bytes())
    ]
    known = {one["recid"]: one for one in records}
    with bench.serving(OpenDataPortal(known.values())) as server:
        run = bench.run(bench.source(server, "opendata"))
    assert (run.status, run.created, run.quarantined) == ("succeeded", len(known), 0)
    assert len(known) >= 140
    total = sum(len(one.get("files", [])) for one in known.values())
    assert sum(len(one.distributions) for one in bench.records().values()) == total
