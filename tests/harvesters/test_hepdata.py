"""The harvester of HEPData against a site that behaves, and one that does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.errors import SourceError
from harvesters.hepdata import HepData
from mappings.yaml_reading import documents_in
from tests.harvesters.hep_harvest import Bench, bench, names
from tests.harvesters.hep_servers import HepDataSite, in_body, json_answer, submission
from tests.harvesters.misbehaving import Asked, Sent, times

__all__ = ["bench"]


def _site(count: int = 7) -> HepDataSite:
    return HepDataSite([submission(1_000_000 + number) for number in range(1, count + 1)])


def _name(number: int) -> str:
    return f"ins{1_000_000 + number}"


def test_each_submission_comes_with_its_page_and_tables(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        run = bench.run(bench.source(server, "hepdata", "/search/?q=&format=json", page_size="3"))
    assert (run.status, run.created, run.expected) == ("succeeded", 7, 7)
    record = bench.records()[_name(3)]
    assert record.kind == "collection"
    assert record.title == "Measurement 1000003"
    assert [table.name for table in record.tables] == ["Table 1"]
    assert {one.value for one in record.relations if one.type == "HasPart"} == {
        "10.17182/hepdata.1000003.v1/t1"
    }
    assert record.coverage is not None
    assert record.coverage.energy is not None
    assert {term.label for term in record.subjects} >= {"P P --> Z0 X"}
    stored = json.loads(bench.stored(_name(3)))
    assert set(stored) == {"hit", "submission"}


def test_what_changes_with_each_visit_is_no_change(bench: Bench) -> None:
    site = _site()
    with bench.serving(site) as server:
        source = bench.source(server, "hepdata")
        bench.run(source)
        site.items.append(submission(1))  # type: ignore[arg-type]
        run = bench.run(source, full=True)
    assert (run.fetched, run.updated, run.unchanged) == (7, 0, 7)


def test_changes_end_where_they_are_older(bench: Bench) -> None:
    site = _site(9)
    site.submissions[4]["last_updated"] = "2024-05-01T00:00:00"
    with bench.serving(site) as server:
        pages = bench.pages(bench.source(server, "hepdata", page_size="3"), "2024-01-01T00:00:00Z")
    assert names(pages) == [_name(5)]
    assert [one["sort_by"] for one in server.asked if one.path == "/search/"] == ["latest"]
    assert len(server.asked) == 2


def test_a_server_that_does_not_sort_is_read_to_its_end(bench: Bench) -> None:
    site = _site(9)
    site.submissions[8]["last_updated"] = "2024-05-01T00:00:00"
    site.submissions[0]["last_updated"] = "2019-05-01T00:00:00"

    def unsorted(asked: Asked, sent: Sent) -> Sent:
        if asked.path != "/search/":
            return sent
        value = json.loads(sent.body)
        value["results"].reverse()
        return json_answer(value)

    with bench.serving(site) as server:
        server.script = unsorted
        found = names(bench.pages(bench.source(server, "hepdata", page_size="9"), "2024-01-01T00:00:00Z"))
    assert _name(9) in found


def test_a_broken_hit_among_the_changes_costs_only_itself(bench: Bench) -> None:
    site = _site(9)
    for number in (2, 4, 6):
        site.submissions[number]["last_updated"] = f"2024-05-0{number}T00:00:00"
    with bench.serving(site) as server:
        source = bench.source(server, "hepdata", page_size="3")
        bench.run(source)
        server.script = in_body(b'"Measurement 1000005"', b"NaN")
        pages = bench.pages(source, "2024-01-01T00:00:00Z")
    assert {_name(3), _name(7)} <= set(names(pages))
    assert [issue.identifier for page in pages for issue in page.issues] == [_name(5)]
    assert all(page.expected is None or page.expected <= 9 for page in pages)


def test_a_submission_that_fails_alone_is_asked_for_again(bench: Bench) -> None:
    def fails(asked: Asked, sent: Sent) -> Sent:
        return Sent(body=b"oops", status=500) if asked.path.endswith(_name(4)) else sent

    with bench.serving(_site()) as server:
        source = bench.source(server, "hepdata")
        server.script = fails
        run = bench.run(source)
        assert (run.status, run.created) == ("partial", 6)
        assert list(bench.issues()) == [_name(4)]
        server.script = lambda asked, sent: sent
        run = bench.run(source)
        assert run.status == "succeeded"
        assert _name(4) in bench.records()
        assert [table.name for table in bench.records()[_name(4)].tables] == ["Table 1"]
        assert bench.issues() == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"record": {"title": NaN}}',
        b'{"record": {"title": "\xff\xfe"}}',
        b'{"record": ',
        b"<!doctype html><p>Sorry",
        b"[]",
        b'{"recid": 4}',
    ],
)
def test_a_broken_page_costs_only_its_submission(bench: Bench, body: bytes) -> None:
    with bench.serving(_site()) as server:
        server.script = lambda asked, sent: Sent(body=body) if asked.path.endswith(_name(4)) else sent
        run = bench.run(bench.source(server, "hepdata"))
    assert run.created == 6
    assert list(bench.issues()) == [_name(4)]


def test_a_broken_hit_costs_only_its_submission(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        server.script = in_body(b'"Measurement 1000004"', b"NaN")
        run = bench.run(bench.source(server, "hepdata"))
    assert run.created == 6
    assert list(bench.issues()) == [_name(4)]


def test_without_page_it_is_absent_and_gone_it_is_deleted(bench: Bench) -> None:
    site = _site()
    with bench.serving(site) as server:
        source = bench.source(server, "hepdata", grace="0")
        bench.run(source)
        site.absent, site.gone = {_name(2)}, {_name(3)}
        run = bench.run(source, full=True)
        assert run.deleted == 1
        assert "no page" in bench.issues()[_name(2)]
        assert _name(2) in bench.records()
        assert _name(3) not in bench.records()
        del site.submissions[1]
        run = bench.run(source, full=True)
    assert run.deleted == 1
    assert _name(2) not in bench.records()


def test_busy_servers_are_waited_for(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        server.script = times(3, lambda asked, sent: Sent(body=b"", status=429, headers={"Retry-After": "5"}))
        run = bench.run(bench.source(server, "hepdata"))
    assert (run.status, run.created) == ("succeeded", 7)


def test_a_page_that_comes_again_and_again_ends(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        first = json_answer({"results": [_site().hit(submission(1_000_001))], "total": 9999})
        server.script = lambda asked, sent: first if asked.path == "/search/" else sent
        run = bench.run(bench.source(server, "hepdata", page_size="1"))
    assert run.status == "failed"
    assert "would never come to an end" in (run.error or "")


def test_a_total_that_lies_is_told(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        server.script = in_body(b'"total": 7', b'"total": 9')
        run = bench.run(bench.source(server, "hepdata"))
    assert (run.status, run.created) == ("partial", 7)


def test_a_wrong_query_is_told(bench: Bench) -> None:
    with bench.serving(_site()) as server, pytest.raises(SourceError, match="Failed to parse query"):
        bench.pages(bench.source(server, "hepdata", query="syntax("))


def test_a_list_beyond_the_window_is_divided_by_years(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HepData, "window", 4)
    site = HepDataSite(submission(1_000_000 + number, year=2000 + number % 5) for number in range(1, 11))
    with bench.serving(site) as server:
        run = bench.run(bench.source(server, "hepdata"))
    assert (run.status, run.created) == ("succeeded", 10)
    assert {one["date"] for one in server.asked if one["date"]} == {"2000,2001", "2002,2003", "2004,2004"}


def test_tables_become_records_where_wanted(bench: Bench) -> None:
    with bench.serving(_site(3)) as server:
        run = bench.run(bench.source(server, "hepdata", tables="yes", page_size="2"))
    assert (run.status, run.created) == ("succeeded", 6)
    table = bench.records()["10.17182/hepdata.1000002.v1/t1"]
    assert table.kind == "dataset"
    assert table.title == "Table 1: Measurement 1000002"
    assert [(one.type, one.value) for one in table.relations if one.type == "IsPartOf"] == [
        ("IsPartOf", "10.17182/hepdata.1000002.v1")
    ]


def test_columns_are_asked_for_where_wanted(bench: Bench) -> None:
    def fails(asked: Asked, sent: Sent) -> Sent:
        return Sent(body=b"", status=404) if f"/download/table/{_name(2)}" in asked.path else sent

    with bench.serving(_site(3)) as server:
        server.script = fails
        run = bench.run(bench.source(server, "hepdata", columns="yes"))
    assert (run.status, run.created) == ("succeeded", 3)
    [table] = bench.records()[_name(1)].tables
    assert [(one.name, one.unit, one.description) for one in table.columns] == [
        ("M", "GeV", "independent variable"),
        ("SIG", "FB", "dependent variable"),
    ]
    assert bench.records()[_name(2)].tables[0].columns == ()


def test_without_details_one_request_a_page_is_enough(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        run = bench.run(bench.source(server, "hepdata", details="no"))
    assert (run.created, len(server.asked)) == (7, 1)
    assert [table.name for table in bench.records()[_name(1)].tables] == ["Table 1"]


def test_a_run_that_was_cut_off_goes_on_where_it_was(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        source = bench.source(server, "hepdata", page_size="3")
        with bench.harvester(source) as found:
            first = next(found.pages(None, None))
        rest = bench.pages(source, None, first.checkpoint)
    assert names([first]) + names(rest) == [_name(number) for number in range(1, 8)]
    assert [one["page"] for one in server.asked if one.path == "/search/"] == ["1", "2", "3"]


def test_the_probe(bench: Bench) -> None:
    with bench.serving(_site()) as server, bench.harvester(bench.source(server, "hepdata")) as found:
        assert (found.probe().records, found.probe().faults) == (7, ())
        server.script = in_body(b'"inspire_id"', b'"number"')
        assert found.probe().records == 7


@pytest.mark.corpus
def test_the_corpus_through_the_protocol(bench: Bench, shared: Path) -> None:
    """Each submission.yaml as HEPData would give it after its upload."""
    site = HepDataSite([])
    for number, path in enumerate(sorted((shared / "corpus" / "hepdata").iterdir()), 1):
        about, *tables = [one or {} for one in documents_in(path.read_bytes())]
        site.submissions.append(
            submission(
                2_000_000 + number,
                title=path.stem,
                data_abstract=about.get("comment"),
                resources=about.get("additional_resources", []),
                tables=[
                    {
                        "name": table["name"],
                        "doi": table.get("table_doi", f"10.17182/hepdata.{number}.v1/t{index}"),
                        "description": table.get("description"),
                        "location": table.get("location"),
                        "keywords": [
                            {"name": word["name"], "value": str(value)}
                            for word in table.get("keywords", [])
                            for value in word.get("values") or []
                        ],
                    }
                    for index, table in enumerate(tables, 1)
                    if table.get("name")
                ],
            )
        )
    with bench.serving(site) as server:
        run = bench.run(bench.source(server, "hepdata", page_size="5"))
    assert (run.status, run.created, run.quarantined) == ("succeeded", 19, 0)
    count = sum(len(one.tables) for one in bench.records().values())
    assert count == sum(len(one["tables"]) for one in site.submissions) > 200


def test_a_refused_token_is_told(bench: Bench) -> None:
    with bench.serving(_site()) as server:
        server.script = lambda asked, sent: json_answer({"message": "Unauthorized"}, 401)
        run = bench.run(bench.source(server, "hepdata", token="wrong"))
    assert run.status == "failed"
    assert "«Unauthorized». Its token is not accepted; renew it." in (run.error or "")
