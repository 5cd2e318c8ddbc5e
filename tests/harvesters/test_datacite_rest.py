"""DataCite by REST: cursors, filters, changes, and servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catalogue.errors import SettingsError, SourceError, SourceProtocolError
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.datacite import DataCite
from harvesters.transport import Transport
from tests.harvesters.conftest import FakeClock, identifiers
from tests.harvesters.datacite_rest_site import Dois, Fetch, Harvest, answer, doi, fetch, run, server, site
from tests.harvesters.misbehaving import Asked, Sent, Server, times

__all__ = ["fetch", "run", "server", "site"]
ALL = [f"10.5072/d{number:04d}" for number in range(60)]


def test_reads_by_cursor(fetch: Fetch, server: Server) -> None:
    pages = fetch(page_size="25")
    assert identifiers(pages) == ALL
    assert [asked["page[cursor]"] for asked in server.asked] == ["1", "26", "51"]
    assert {asked["client-id"] for asked in server.asked} == {"desy.data"}
    assert {(asked["affiliation"], asked["state"]) for asked in server.asked} == {("true", "findable")}
    first = pages[0].records[0]
    assert (first.format, first.sets, first.url) == (
        "datacite_json",
        ("desy.data",),
        "https://data.example.org/0",
    )


def test_a_thousand_at_once(fetch: Fetch, server: Server) -> None:
    assert identifiers(fetch()) == ALL
    assert [asked["page[size]"] for asked in server.asked] == ["1000"]


def test_clients_prefixes_and_queries(fetch: Fetch, server: Server) -> None:
    assert len(identifiers(fetch(client="desy.data GSI.data"))) == 65
    assert len(identifiers(fetch(client="", doi_prefix="10.5072"))) == 65
    assert identifiers(fetch(client="", doi_prefix="10.9999")) == []
    assert len(identifiers(fetch(client="gsi.data", doi_prefix="10.5072"))) == 5
    assert (server.asked[-1]["client-id"], server.asked[-1]["prefix"]) == ("gsi.data", "10.5072")
    assert identifiers(fetch(client="", query="titles.title:64")) == ["10.5072/d0064"]
    with pytest.raises(SettingsError, match="many millions"):
        fetch(client="")


def test_a_day_passes(run: Harvest, site: Dois, server: Server) -> None:
    assert run(grace="0").created == 60
    site.dois[7]["attributes"] |= {"titles": [{"title": "Changed"}], "updated": "2099-01-01T00:00:00.000Z"}
    second = run()
    assert (second.status, second.fetched, second.updated) == ("succeeded", 1, 1)
    del site.dois[3]
    third = run(full=True)
    assert (third.status, third.deleted) == ("succeeded", 1)


def test_counts_that_change_change_no_record(run: Harvest, site: Dois) -> None:
    run()
    for one in site.dois:
        one["attributes"]["viewCount"] = 77
    second = run(full=True)
    assert (second.unchanged, second.updated) == (60, 0)


def test_a_doi_that_is_no_longer_findable_is_withdrawn(run: Harvest, site: Dois) -> None:
    run()
    site.dois[5]["attributes"] |= {"state": "registered", "updated": "2099-01-01T00:00:00.000Z"}
    assert run().deleted == 1


def test_a_doi_that_is_not_found_by_itself_is_withdrawn_only_by_a_full_list(
    run: Harvest, site: Dois, server: Server, catalogue: Catalogue
) -> None:
    def broken(asked: Asked, sent: Sent) -> Sent:
        return replace(sent, body=sent.body.replace(b'"Title 3"', b"NaNaN"))

    lost = "10.5072/d0003"
    run(grace="0", shrink="1")
    site.dois[3]["attributes"]["updated"] = "2099-01-01T00:00:00.000Z"
    server.script = broken
    assert run().status == "partial"
    assert catalogue.sources.lost("test", 10) == [lost]
    # A moment's failure: each DOI by itself is said not to be there.
    server.script = lambda asked, sent: broken(asked, sent) if asked["page[size]"] else answer({}, 404)
    assert (run().deleted, catalogue.sources.state("test").records) == (0, 60)
    assert catalogue.sources.lost("test", 10) == [lost]
    server.script = lambda asked, sent: sent
    del site.dois[3]
    assert run().deleted == 0
    done = run(full=True)
    assert (done.status, done.deleted, catalogue.sources.lost("test", 10)) == ("succeeded", 1, [])


def test_a_run_that_was_cut_off_goes_on(fetch: Fetch) -> None:
    pages = fetch(client="gsi.data desy.data", page_size="10")
    for at in (0, 1, 4):
        rest = fetch(checkpoint=pages[at].checkpoint, client="gsi.data desy.data", page_size="10")
        assert identifiers(pages[: at + 1]) + identifiers(rest) == identifiers(pages)


def test_dois_made_and_withdrawn_meanwhile(fetch: Fetch, site: Dois, server: Server) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.number == 1:
            site.dois.insert(60, doi(99))
        return sent

    server.script = script
    assert set(identifiers(fetch(page_size="25"))) == {*ALL, "10.5072/d0099"}


def test_a_page_size_that_is_refused(fetch: Fetch, site: Dois) -> None:
    site.most = 100
    assert identifiers(fetch()) == ALL


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "9"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9"}]
)
def test_too_many_requests(fetch: Fetch, server: Server, clock: FakeClock, headers: dict[str, str]) -> None:
    server.script = times(2, lambda asked, sent: answer({}, 429, **headers) if asked.number > 1 else None)
    assert identifiers(fetch(page_size="25")) == ALL
    assert 9 in [round(wait) for wait in clock.slept]


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"Title 33", b"Title \xff"),
        lambda body: body.replace(b'"Title 33"', b"NaN"),
        lambda body: body.replace(b'"Title 33"', b'"Title \x03"'),
        lambda body: body.replace(b'"title": "Title 33"', b'"title"'),
    ],
    ids=["UTF-8", "NaN", "control character", "broken"],
)
def test_one_doi_that_is_no_json(
    run: Harvest, server: Server, catalogue: Catalogue, change: Callable[[bytes], bytes]
) -> None:
    server.script = lambda asked, sent: replace(sent, body=change(sent.body))
    first = run()
    assert (first.created, first.quarantined) == (59, 1)
    [(_, issue)] = catalogue.sources.issues("test")
    assert issue.identifier == "10.5072/d0033"
    server.script = lambda asked, sent: sent
    second = run()
    assert (second.status, second.created) == ("succeeded", 1)


def test_a_page_that_fails_but_in_smaller_ones(fetch: Fetch, server: Server) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        return answer({}, 502) if int(asked["page[size]"] or 0) > 100 else sent

    server.script = script
    assert identifiers(fetch()) == ALL


def test_a_doi_that_breaks_the_server_ends_its_part_alone(run: Harvest, server: Server) -> None:
    server.script = lambda asked, sent: answer({}, 500) if b"d0033" in sent.body else sent
    first = run(client="desy.data gsi.data")
    assert (first.status, first.created) == ("partial", 38)
    server.script = lambda asked, sent: sent
    second = run()
    assert (second.status, second.created) == ("succeeded", 27)


@pytest.mark.parametrize(
    "record", [None, 1, "x", [], {}, {"id": "no doi", "attributes": {}}, {"attributes": 7}]
)
def test_records_that_are_none(fetch: Fetch, server: Server, record: Any) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        value = json.loads(sent.body)
        value["data"][4] = record
        return answer(value)

    server.script = script
    pages = fetch()
    assert len(identifiers(pages)) == 59
    assert [issue.rule for page in pages for issue in page.issues] == ["unnamed"]


def test_a_cursor_that_comes_again(run: Harvest, site: Dois) -> None:
    site.following = lambda cursor: "1"
    first = run(page_size="10")
    assert (first.status, first.created) == ("failed", 10)
    assert first.error is not None
    assert "never come to an end" in first.error


def test_the_same_page_under_new_cursors(run: Harvest, server: Server) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        value = json.loads(sent.body)
        value["data"] = [doi(number) for number in range(10)]
        value["links"]["next"] = f"https://api.example.org/dois?page%5Bcursor%5D=c{asked.number}"
        return answer(value)

    server.script = script
    first = run(page_size="10")
    assert (first.status, first.created) == ("failed", 10)
    assert len(server.asked) < 10


def test_a_total_that_lies(run: Harvest, site: Dois) -> None:
    site.total = 70
    first = run(page_size="25")
    assert (first.status, first.created) == ("partial", 60)
    assert first.error is not None
    assert "Incomplete: 60 of 70 records came" in first.error


def test_a_web_page_with_status_200(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: Sent(body=b"<html>maintenance</html>")
    with pytest.raises(SourceProtocolError, match="web page"):
        fetch()


def test_a_token_that_expires_meanwhile(run: Harvest, server: Server) -> None:
    server.script = lambda asked, sent: answer({}, 401) if asked["page[cursor]"] != "1" else sent
    first = run(token="t", page_size="25")
    assert (first.status, first.created) == ("failed", 25)
    assert first.error is not None
    assert "renew it" in first.error
    server.script = lambda asked, sent: sent
    assert (run().status, run().status) == ("succeeded", "succeeded")


def test_probe(server: Server, settings: Settings, connect: Callable[..., Transport]) -> None:
    source = Source(
        name="test", kind="datacite", url=f"{server.url}/dois", options={"client": "desy.data none"}
    )
    with connect(source, settings) as transport:
        found = DataCite(source, transport).probe()
    assert (found.records, found.sets, found.formats) == (60, ("desy.data", "none"), ("datacite_json",))
    assert found.faults == ("There are no findable DOIs of «none».",)
    server.script = lambda asked, sent: answer({"data": [doi(1)], "links": {}})
    with connect(source, settings) as transport:
        assert "does not tell how many" in DataCite(source, transport).probe().faults[0]
    server.script = lambda asked, sent: answer({}, 404)
    with connect(source, settings) as transport, pytest.raises(SourceError):
        DataCite(source, transport).probe()
