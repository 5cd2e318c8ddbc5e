"""Errors of OAI-PMH, statuses of HTTP, and answers that are neither."""

from __future__ import annotations

import pytest

from catalogue.errors import SourceProtocolError, SourceUnreachable
from tests.harvesters.conftest import ALL, FakeClock, Fetch, identifiers
from tests.harvesters.misbehaving import Sent, Server, on_list, times


def test_errors_under_http_422_are_read(fetch: Fetch, server: Server) -> None:
    server.repository.error_status = 422
    server.repository.items = []
    pages = fetch()
    assert identifiers(pages) == []
    assert (pages[-1].checkpoint or {})["done"] is True


@pytest.mark.parametrize("status", [200, 400, 404, 422, 500, 503])
def test_no_records_match_is_nothing_new_under_any_status(
    fetch: Fetch, server: Server, clock: FakeClock, status: int
) -> None:
    server.repository.error_status = status
    assert identifiers(fetch(since="2030-01-01T00:00:00Z")) == []
    assert clock.slept == []


def test_an_oai_error_is_said_with_its_code(fetch: Fetch, server: Server) -> None:
    with pytest.raises(SourceProtocolError, match="cannotDisseminateFormat: marc") as raised:
        fetch(prefix="marc")
    assert raised.value.code == "cannotDisseminateFormat"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
def test_a_busy_server_is_asked_again(fetch: Fetch, server: Server, clock: FakeClock, status: int) -> None:
    server.script = times(3, on_list(2, lambda sent: Sent(body=b"busy", status=status)))
    assert identifiers(fetch()) == ALL
    assert len(clock.slept) == 3
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(clock.slept))


def test_retry_after_in_seconds_and_as_a_date_and_its_limit(
    fetch: Fetch, server: Server, clock: FakeClock
) -> None:
    # The clock of the test stands at 2023-11-14T22:13:20Z.
    values = iter(["7", "Tue, 14 Nov 2023 22:13:57 GMT", "99999", "soon"])
    server.script = times(
        4,
        on_list(1, lambda sent: Sent(body=b"", status=503, headers={"Retry-After": next(values)})),
    )
    assert identifiers(fetch()) == ALL
    assert clock.slept[:3] == [7.0, 30.0, 600.0]
    assert 4 <= clock.slept[3] <= 8


def test_a_server_that_is_never_there_again_is_unreachable(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: sent if asked.verb != "ListRecords" else Sent(body=b"", status=503)
    with pytest.raises(SourceUnreachable, match=r"answers «503 Service Unavailable», 6 times in a row"):
        fetch()


def test_a_web_page_with_status_200_is_said_to_be_one(fetch: Fetch, server: Server) -> None:
    page = b"<!DOCTYPE html>\n<html><head><title>Welcome &amp; hello</title></head><body>Hi</body></html>"
    server.script = lambda asked, sent: Sent(body=page, headers={"Content-Type": "text/html"})
    with pytest.raises(SourceProtocolError, match=r"a web page \(«Welcome & hello»\) in place of OAI-PMH"):
        fetch()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (Sent(body=b"<rss><channel/></rss>"), "something that is no OAI-PMH"),
        (Sent(body=b'{"error": "not found"}'), "something that is no OAI-PMH"),
        (Sent(body=b""), "answers with nothing"),
        (Sent(body=b"<html/>", status=404), "«404 Not Found»; check the address"),
        (Sent(body=b"", status=401), "refuses access with «401 Unauthorized»; give the source the option"),
    ],
)
def test_what_is_no_oai_pmh_gets_one_clear_sentence(
    fetch: Fetch, server: Server, sent: Sent, sentence: str
) -> None:
    server.script = lambda *_: sent
    with pytest.raises(SourceProtocolError, match=sentence):
        fetch()


def test_a_server_that_cannot_identify_itself_is_harvested_all_the_same(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: (
        server.repository.error("badVerb") if asked.verb in {"Identify", "ListMetadataFormats"} else sent
    )
    assert identifiers(fetch()) == ALL
