"""The harvester of re3data against both of its APIs, behaving and not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.errors import SourceError
from harvesters.endpoints import Endpoint, endpoints_of
from tests.harvesters.hep_harvest import Bench, bench, names
from tests.harvesters.hep_servers import (
    Re3dataJson,
    Re3dataXml,
    in_body,
    repository_json,
    repository_xml,
    xml_answer,
)
from tests.harvesters.misbehaving import Asked, Sent, times

__all__ = ["bench"]
_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


def _name(number: int) -> str:
    return f"r3d1000{number:05d}"


def _xml(count: int = 7) -> Re3dataXml:
    return Re3dataXml({_name(number): repository_xml(_name(number)) for number in range(1, count + 1)})


def _json(count: int = 7) -> Re3dataJson:
    return Re3dataJson(repository_json(_name(number)) for number in range(1, count + 1))


def _spoiled(number: int, body: bytes, status: int = 200) -> object:
    def script(asked: Asked, sent: Sent) -> Sent:
        return Sent(body=body, status=status) if asked.path.endswith(_name(number)) else sent

    return script


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/repositories", "/api/v40/repositories/"])
def test_each_repository_of_the_list_is_asked_for(bench: Bench, path: str) -> None:
    with bench.serving(_xml()) as server:
        run = bench.run(bench.source(server, "re3data", path, page_size="3"))
    assert (run.status, run.created, run.expected) == ("succeeded", 7, 7)
    record = bench.records()[_name(2)]
    assert (record.kind, record.title) == ("repository", f"Repository {_name(2)}")
    assert endpoints_of(record) == (Endpoint(kind="oai-pmh", url=f"https://{_name(2)}.example/oai"),)
    assert bench.stored(_name(2)).startswith(b"<?xml")


def test_the_json_of_datacite_is_told_by_its_answer(bench: Bench) -> None:
    with bench.serving(_json()) as server:
        run = bench.run(bench.source(server, "re3data", "/re3data", page_size="3"))
    assert (run.status, run.created, run.expected) == ("succeeded", 7, 7)
    record = bench.records()[_name(2)]
    assert record.kind == "repository"
    assert endpoints_of(record) == (Endpoint(kind="oai-pmh", url=f"https://{_name(2)}.example/oai"),)
    assert {one["page[number]"] for one in server.asked} == {None, "1", "2", "3"}


@pytest.mark.parametrize("dialect", ["xml", "json"])
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("307", {1, 2}), ("30702", {2}), ("3", {1, 2}), ("physics", {1, 2}), ("Zoology, 30702", {2, 3})],
)
def test_subjects_choose_by_code_or_word(bench: Bench, dialect: str, wanted: str, expected: set[int]) -> None:
    subjects = {1: "307 Condensed Matter Physics", 2: "30702 Theoretical Physics", 3: "203 Zoology"}
    if dialect == "xml":
        documents = {
            _name(number): repository_xml(_name(number), subject=one) for number, one in subjects.items()
        }
        server_, path = Re3dataXml(documents), "/api/v1"
    else:
        server_ = Re3dataJson(repository_json(_name(number), subject=one) for number, one in subjects.items())  # type: ignore[assignment]
        path = "/re3data"
    with bench.serving(server_) as server:
        run = bench.run(bench.source(server, "re3data", path, subjects=wanted))
    assert run.status == "succeeded"
    assert set(bench.records()) == {_name(number) for number in expected}


def test_countries_and_contents_choose_too(bench: Bench) -> None:
    documents = {
        _name(1): repository_xml(
            _name(1),
            inside='<r3d:contentType contentTypeScheme="parse">Raw data</r3d:contentType><r3d:institution>'
            "<r3d:institutionName>Institute</r3d:institutionName><r3d:institutionCountry>DEU"
            "</r3d:institutionCountry></r3d:institution>",
        ),
        _name(2): repository_xml(_name(2)),
    }
    with bench.serving(Re3dataXml(documents)) as server:
        for options in ({"country": "deu"}, {"content": "raw"}):
            assert names(bench.pages(bench.source(server, "re3data", "/api/v1", **options))) == [_name(1)]
        source = bench.source(server, "re3data", "/api/v1", country="FRA", content="Raw data")
        assert names(bench.pages(source)) == []


def test_an_incremental_run_asks_with_the_validators_of_the_last(bench: Bench) -> None:
    site = _xml()
    with bench.serving(site) as server:
        source = bench.source(server, "re3data", "/api/v1")
        bench.run(source)
        site.repositories[_name(5)] = repository_xml(_name(5), inside="<r3d:remarks>New words</r3d:remarks>")
        before = len(server.asked)
        run = bench.run(source)
        assert (run.status, run.fetched, run.updated) == ("succeeded", 1, 1)
        assert sum("if-none-match" in one.headers for one in server.asked[before:]) == 7
        before = len(server.asked)
        assert bench.run(source).fetched == 0
        run = bench.run(source, full=True)
    assert (run.fetched, run.deleted) == (7, 0)
    assert not any("if-none-match" in one.headers for one in server.asked[before + 8 :])


def test_every_run_of_the_json_reads_the_full_list_and_tells_what_it_lacks(bench: Bench) -> None:
    site = _json()
    with bench.serving(site) as server:
        source = bench.source(server, "re3data", "/re3data", grace="0")
        assert bench.run(source).created == 7
        del site.repositories[2]
        run = bench.run(source)
    assert (run.full, run.fetched, run.deleted) == (False, 6, 1)


def test_validators_of_another_selection_are_not_used(bench: Bench) -> None:
    with bench.serving(_xml(2)) as server:
        with bench.harvester(bench.source(server, "re3data", "/api/v1", subjects="Zoology")) as found:
            assert names(list(found.pages(None, None))) == []
            memory = found.memory
        with bench.harvester(bench.source(server, "re3data", "/api/v1", subjects="307")) as found:
            found.memory = memory
            assert names(list(found.pages("2024-01-01T00:00:00Z", None))) == [_name(1), _name(2)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<r3d:re3data><broken", 200),
        (b"<?xml version='1.0' encoding='UTF-8'?><a>\xff\xfe</a>", 200),
        (b"<!doctype html><html><body>Sorry</body></html>", 200),
        (b'{"data": NaN}', 200),
        (b"", 200),
        (b"oops", 500),
        (_BOMB.encode() + b"<list>&j;</list>", 200),
    ],
)
def test_a_broken_document_costs_only_its_repository(bench: Bench, body: bytes, status: int) -> None:
    with bench.serving(_xml()) as server:
        source = bench.source(server, "re3data", "/api/v1")
        server.script = _spoiled(4, body, status)  # type: ignore[assignment]
        run = bench.run(source)
        assert (run.status, run.created) == ("partial", 6)
        assert list(bench.issues()) == [_name(4)]
        server.script = lambda asked, sent: sent
        run = bench.run(source)
    assert run.status == "succeeded"
    assert _name(4) in bench.records()


def test_an_entity_bomb_is_never_expanded(bench: Bench) -> None:
    bomb = repository_xml(_name(4), inside="<r3d:remarks>&j;</r3d:remarks>")
    document = _BOMB + bomb.partition("?>")[2]
    with bench.serving(_xml()) as server:
        server.script = _spoiled(4, document.encode())  # type: ignore[assignment]
        bench.run(bench.source(server, "re3data", "/api/v1"))
    assert "aaaa" not in str(bench.records().get(_name(4)))
    assert len(bench.records()) >= 6


def test_not_found_is_an_absence_and_gone_a_deletion(bench: Bench) -> None:
    site = _xml()
    with bench.serving(site) as server:
        source = bench.source(server, "re3data", "/api/v1", grace="0")
        bench.run(source)
        for number in (2, 3):
            del site.repositories[_name(number)]
        site.absent, site.gone = {_name(2)}, {_name(3)}
        run = bench.run(source, full=True)
        assert run.deleted == 1
        assert _name(2) in bench.records()
        assert "no document" in bench.issues()[_name(2)]
        site.absent = set()
        run = bench.run(source, full=True)
    assert run.deleted == 1
    assert set(bench.records()) == {_name(number) for number in (1, 4, 5, 6, 7)}


def test_a_run_that_was_cut_off_goes_on_though_the_list_has_changed(bench: Bench) -> None:
    site = _xml()
    with bench.serving(site) as server:
        source = bench.source(server, "re3data", "/api/v1", page_size="3")
        with bench.harvester(source) as found:
            first = next(found.pages(None, None))
        del site.repositories[_name(1)]
        rest = bench.pages(source, None, first.checkpoint)
    assert names(rest) == [_name(number) for number in (4, 5, 6, 7)]


def test_busy_servers_are_waited_for(bench: Bench) -> None:
    with bench.serving(_xml()) as server:
        server.script = times(3, lambda asked, sent: Sent(body=b"", status=429, headers={"Retry-After": "5"}))
        assert bench.run(bench.source(server, "re3data", "/api/v1")).created == 7


@pytest.mark.parametrize(
    "body", [b"<!doctype html><p>Welcome</p>", b"<html><body/></html>", b"no list at all"]
)
def test_an_address_that_is_no_registry_is_told(bench: Bench, body: bytes) -> None:
    with bench.serving(_xml()) as server:
        server.script = lambda asked, sent: Sent(body=body)
        with pytest.raises(SourceError, match="gives no list of repositories"):
            bench.pages(bench.source(server, "re3data", "/api/v1"))


def test_an_empty_list_withdraws_nothing(bench: Bench) -> None:
    with bench.serving(_xml()) as server:
        source = bench.source(server, "re3data", "/api/v1", grace="0")
        bench.run(source)
        server.script = lambda asked, sent: xml_answer("<list></list>")
        run = bench.run(source, full=True)
    assert run.status == "failed"
    assert "refusing to withdraw" in (run.error or "")
    assert len(bench.records()) == 7


def test_a_broken_record_of_the_search_is_told_by_name_and_asked_for_again(bench: Bench) -> None:
    with bench.serving(_json()) as server:
        source = bench.source(server, "re3data", "/re3data")
        server.script = in_body(f'"Repository {_name(4)}"'.encode(), b"NaN")
        run = bench.run(source)
        assert (run.status, run.created) == ("partial", 6)
        assert list(bench.issues()) == [_name(4)]
        server.script = lambda asked, sent: sent
        assert bench.run(source).status == "succeeded"
    assert _name(4) in bench.records()


def test_pages_of_the_search_that_repeat_come_to_an_end(bench: Bench) -> None:
    with bench.serving(_json()) as server:
        first = json.dumps({"data": [repository_json(_name(1))], "meta": {"total": 9999}}).encode()
        server.script = lambda asked, sent: Sent(body=first)
        run = bench.run(bench.source(server, "re3data", "/re3data", page_size="1"))
    assert run.status == "failed"
    assert "would never come to an end" in (run.error or "")


@pytest.mark.parametrize(("path", "protocol"), [("/api/v1", "XML"), ("/re3data", "JSON")])
def test_the_probe_says_which_api_answers(bench: Bench, path: str, protocol: str) -> None:
    with (
        bench.serving(_xml() if protocol == "XML" else _json()) as server,
        bench.harvester(bench.source(server, "re3data", path)) as found,
    ):
        probe = found.probe()
    assert protocol in probe.protocol
    assert (probe.records, probe.faults) == (7, ())


@pytest.mark.corpus
def test_the_whole_corpus_through_both_apis(bench: Bench, shared: Path) -> None:
    repositories: dict[str, object] = {}
    folder = shared / "corpus" / "re3data"
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_bytes())["data"]
        for one in data if isinstance(data, list) else [data]:
            repositories[one["attributes"]["re3dataId"]] = one
    with bench.serving(Re3dataJson(repositories.values())) as server:  # type: ignore[arg-type]
        run = bench.run(bench.source(server, "re3data", "/re3data"))
    assert (run.status, run.created, run.quarantined) == ("succeeded", len(repositories), 0)
    assert len(repositories) > 70
    assert any(endpoints_of(one) for one in bench.records().values())
    texts = {
        _name(number): path.read_text("utf-8") for number, path in enumerate(sorted(folder.glob("*.xml")), 1)
    }
    with bench.serving(Re3dataXml(texts)) as server:
        pages = bench.pages(bench.source(server, "re3data", "/api/v1"))
    assert len(names(pages)) == 2
