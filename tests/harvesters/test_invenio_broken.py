"""InvenioRDM sites that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from catalogue.errors import SourceError, SourceProtocolError, SourceUnreachable
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.invenio import Invenio
from harvesters.transport import Transport
from tests.harvesters.conftest import FakeClock, identifiers
from tests.harvesters.invenio_site import Site, answer, fetch, rdm, run, server, site
from tests.harvesters.misbehaving import Asked, Sent, Server, times
from tests.harvesters.test_invenio import Fetch, Harvest

__all__ = ["fetch", "run", "server", "site"]
ALL = [f"oai:127.0.0.1:r{number:04d}" for number in range(60)]


def only(condition: Callable[[Asked], bool], change: Callable[[Sent], Sent]) -> Callable[[Asked, Sent], Sent]:
    """A script that changes the answers to some requests."""
    return lambda asked, sent: change(sent) if condition(asked) else sent


def with_record(change: Callable[[bytes], bytes], name: bytes = b"r0030") -> Callable[[Asked, Sent], Sent]:
    """A script that changes the bytes of one record wherever it comes."""

    def script(asked: Asked, sent: Sent) -> Sent:
        at = sent.body.find(b'"id": "' + name + b'"')
        if at < 0:
            return sent
        return replace(sent, body=sent.body[:at] + change(sent.body[at:]))

    return script


@pytest.mark.parametrize("header", ["7", "Wed, 15 Nov 2023 00:00:00 GMT"])
def test_too_many_requests_with_retry_after(
    fetch: Fetch, server: Server, clock: FakeClock, header: str
) -> None:
    busy = answer({"status": 429, "message": "30 per 1 minute"}, 429, **{"Retry-After": header})
    server.script = times(3, lambda asked, sent: busy if asked["page"] == "2" else None)
    assert identifiers(fetch()) == ALL
    assert max(clock.slept) == (7 if header == "7" else 600)


def test_rate_limit_headers_are_heeded_before_the_limit_is_met(
    fetch: Fetch, server: Server, clock: FakeClock
) -> None:
    """Zenodo: 30 searches a minute; the header says when it counts anew."""
    left = [2]

    def script(asked: Asked, sent: Sent) -> Sent:
        left[0] -= 1
        if left[0] < 0:
            return answer({"message": "too many"}, 429)
        headers = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": str(left[0])}
        if left[0] == 0:
            left[0] = 3
            headers["X-RateLimit-Reset"] = str(int(clock.now) + 41)
        return replace(sent, headers=sent.headers | headers)

    server.script = script
    assert identifiers(fetch()) == ALL
    assert sum(40 <= wait <= 42 for wait in clock.slept) >= 1
    assert all(asked.headers["user-agent"].startswith("Almagest/") for asked in server.asked)


@pytest.mark.parametrize("page_size", [100, 60, 30])
def test_a_page_size_that_is_refused(fetch: Fetch, server: Server, page_size: int) -> None:
    assert identifiers(fetch(options={"page-size": str(page_size)})) == ALL
    assert sum(asked["size"] == str(page_size) for asked in server.asked) == 1


def test_a_site_of_ten_at_once(fetch: Fetch, site: Site) -> None:
    site.most = 10
    assert identifiers(fetch()) == ALL


def test_orders_and_versions_that_a_site_does_not_know(fetch: Fetch, site: Site, server: Server) -> None:
    site.sorts = ("mostrecent", "-mostrecent")
    assert identifiers(fetch()) == ALL
    site.sorts = ()
    unknown = answer({"message": "Unknown field."}, 400)
    server.script = only(lambda asked: asked["allversions"] is not None, lambda sent: unknown)
    assert identifiers(fetch()) == ALL
    assert server.asked[-1]["sort"] is None


def test_a_query_that_is_refused(fetch: Fetch, server: Server) -> None:
    bad = answer({"status": 400, "message": "The syntax of the search query is invalid."}, 400)
    server.script = only(lambda asked: "((" in (asked["q"] or ""), lambda sent: bad)
    with pytest.raises(SourceProtocolError, match="search query is invalid"):
        fetch(options={"query": "(("})


def test_a_token_that_expires_meanwhile(run: Harvest, site: Site, server: Server) -> None:
    site.records[:] = [rdm(number) for number in range(230)]
    expired = answer({"status": 401, "message": "The access token has expired."}, 401)
    server.script = only(lambda asked: asked["page"] == "2", lambda sent: expired)
    first = run(options={"token": "secret"})
    assert (first.status, first.created) == ("failed", 100)
    assert first.error is not None
    assert "renew it" in first.error
    server.script = lambda asked, sent: sent
    second = run()
    assert (second.status, second.created) == ("succeeded", 130)


def test_a_site_that_takes_the_token_for_nobodys_meanwhile(fetch: Fetch, site: Site) -> None:
    """Without its token a page of 100 is refused: the same stretch is asked for in 25s."""
    site.records[:] = [rdm(number) for number in range(230)]
    pages = []
    for page in fetch(options={"token": "secret"})[:1]:
        pages.append(page)
    site.token_ = "another"
    pages += fetch(checkpoint=pages[0].checkpoint, options={"token": "secret"})
    assert identifiers(pages) == [f"oai:127.0.0.1:r{number:04d}" for number in range(230)]


def test_a_wrong_token_is_no_reason_for_another_way(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: answer({"message": "Unauthorized"}, 401)
    with pytest.raises(SourceError, match="token is not accepted"):
        fetch(options={"token": "wrong"})
    assert {asked.path for asked in server.asked} == {"/api/records"}


def test_one_page_that_always_fails(run: Harvest, server: Server, catalogue: Catalogue) -> None:
    """Some record of the page breaks the server: only that one is lost."""

    def script(asked: Asked, sent: Sent) -> Sent:
        return answer({"message": "Internal Server Error"}, 500) if b'"r0030"' in sent.body else sent

    server.script = script
    first = run()
    assert (first.status, first.created, first.quarantined) == ("partial", 59, 1)
    [(_, issue)] = catalogue.sources.issues("test")
    assert "record 31 of the list" in issue.identifier


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b'"created"', b"created", 1),
        lambda body: body.replace(b'"Title 30"', b"NaN", 1),
        lambda body: body.replace(b"Title 30", b"Title \xff\xfe", 1),
        lambda body: body.replace(b"Title 30", b"Title \x03", 1),
    ],
    ids=["broken", "NaN", "UTF-8", "control character"],
)
def test_one_record_that_is_no_json(
    run: Harvest, server: Server, catalogue: Catalogue, change: Callable[[bytes], bytes]
) -> None:
    site_url = server.url

    def linked(body: bytes) -> bytes:
        link = f'"links": {{"self": "{site_url}/api/records/r0030"}}, "id"'.encode()
        return change(body.replace(b'"id"', link, 1))

    server.script = with_record(linked)
    first = run(options={"overlap": "0"})
    assert (first.created, first.quarantined) == (59, 1)
    [(_, issue)] = catalogue.sources.issues("test")
    assert issue.identifier == "oai:127.0.0.1:r0030"
    server.script = lambda asked, sent: sent
    second = run()
    assert (second.status, second.created) == ("succeeded", 1)
    assert catalogue.sources.issues("test") == []


@pytest.mark.parametrize("record", [None, 7, "text", [], {}, {"id": None}, {"id": ["x"]}, {"id": "x" * 500}])
def test_records_that_are_none(fetch: Fetch, site: Site, server: Server, record: Any) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        value = json.loads(sent.body)
        if asked["page"] == "2":
            value["hits"]["hits"][4] = record
        return answer(value)

    server.script = script
    pages = fetch()
    assert len(identifiers(pages)) == 59
    assert [issue.rule for page in pages for issue in page.issues] == ["unnamed"]


@pytest.mark.parametrize(
    "sent",
    [
        Sent(body=b"<!doctype html><title>Maintenance</title>"),
        Sent(body=b'{"hits": {"hits": ['),
        answer({}, 500),
    ],
    ids=["HTML", "cut", "500"],
)
def test_a_site_that_fails_from_some_page_on(run: Harvest, server: Server, sent: Sent) -> None:
    """It is the site that fails, not single records: nothing is given up, the next run goes on there."""
    server.script = only(lambda asked: asked["page"] not in ("1", None), lambda _: sent)
    first = run()
    assert (first.status, first.created, first.quarantined) == ("failed", 25, 0)
    server.script = lambda asked, sent: sent
    second = run()
    assert (second.status, second.created) == ("succeeded", 35)


def test_a_list_that_ends_with_a_broken_record(run: Harvest, site: Site, server: Server) -> None:
    del site.records[51:]
    server.script = with_record(lambda body: body.replace(b"Title 50", b"Title \x03", 1), b"r0050")
    first = run()
    assert (first.created, first.quarantined) == (50, 1)


def test_the_same_page_again_and_again(run: Harvest, site: Site, server: Server) -> None:
    first_page: list[Sent] = []

    def script(asked: Asked, sent: Sent) -> Sent:
        first_page.append(sent)
        return first_page[1] if len(first_page) > 1 else sent

    site.records[:] = [rdm(number) for number in range(500)]
    server.script = script
    first = run()
    assert (first.status, first.created) == ("failed", 25)
    assert first.error is not None
    assert "never come to an end" in first.error
    assert len(server.asked) < 10


@pytest.mark.parametrize(("total", "status"), [(75, "partial"), (10, "succeeded"), (0, "succeeded")])
def test_a_total_that_lies(run: Harvest, site: Site, total: int, status: str) -> None:
    site.total = total
    first = run()
    assert (first.status, first.created) == (status, 60)


def test_the_connection_breaks_in_the_middle(fetch: Fetch, server: Server) -> None:
    server.script = times(1, lambda asked, sent: replace(sent, cut=500) if asked["page"] == "2" else None)
    assert identifiers(fetch()) == ALL


def test_nobody_is_there(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: answer({}, 503)
    with pytest.raises(SourceUnreachable):
        fetch()


def test_a_community_that_is_not_there_fails_alone(run: Harvest, site: Site, server: Server) -> None:
    first = run(sets=("none", "one"), options={"overlap": "0"})
    assert (first.status, first.created) == ("partial", 60)
    assert first.error is not None
    assert "no community «none»" in first.error


def test_what_a_community_missed_is_asked_for_by_its_next_run(
    run: Harvest, site: Site, server: Server, catalogue: Catalogue
) -> None:
    site.records[0]["parent"]["communities"]["entries"] = [{"slug": "two"}]
    assert run(sets=("two", "one"), options={"overlap": "0"}).status == "succeeded"
    site.records[0]["updated"] = "2098-01-01T00:00:00+00:00"
    site.records[0]["metadata"]["title"] = "Changed"
    server.script = only(lambda asked: "/two/" in asked.path, lambda sent: answer({}, 403))
    second = run()
    assert (second.status, second.updated) == ("partial", 0)
    assert catalogue.sources.memory("test")["behind"] == {"two": second.since}
    server.script = lambda asked, sent: sent
    third = run()
    assert (third.status, third.updated) == ("succeeded", 1)
    assert catalogue.sources.memory("test")["behind"] == {}


def test_what_a_community_missed_is_asked_for_since_its_last_good_run(
    server: Server, settings: Settings, connect: Callable[..., Transport]
) -> None:
    source = Source(name="test", kind="invenio", url=server.url, sets=("one",))
    with connect(source, settings) as transport:
        harvester = Invenio(source, transport)
        harvester.memory = {"behind": {"one": "2024-01-20T00:00:00Z"}}
        pages = list(harvester.pages("2024-12-01T00:00:00Z", None))
    assert server.asked[-1]["q"] == "updated:[2024-01-20T00:00:00 TO *]"
    assert len(identifiers(pages)) == 41
    assert harvester.memory["behind"] == {}


def test_records_asked_for_again(run: Harvest, site: Site, server: Server, catalogue: Catalogue) -> None:
    broken = b'"links": {"self": "http://127.0.0.1/api/records/%s"}, "id"'

    def script(asked: Asked, sent: Sent) -> Sent:
        body = sent.body
        for name in (b"r0003", b"r0004", b"r0005"):
            body = body.replace(b'"id": "' + name + b'"', broken % name + b': "' + name + b'\xff"')
        return replace(sent, body=body)

    server.script = script
    assert run(options={"overlap": "0"}).quarantined == 3
    # «Gone» is a deletion; an error, and «not found», which may pass, are none.
    missing = {"r0004": 404, "r0005": 500}

    def passing(asked: Asked, sent: Sent) -> Sent:
        status = missing.get(asked.path.rpartition("/")[2])
        return answer({}, status) if status else sent

    server.script = passing
    site.gone.add("r0003")
    second = run()
    assert (second.created, second.deleted, second.quarantined) == (0, 1, 2)
    assert sorted(catalogue.sources.lost("test", 10)) == ["oai:127.0.0.1:r0004", "oai:127.0.0.1:r0005"]
    missing.clear()
    assert (run().created, catalogue.sources.lost("test", 10)) == (2, [])
