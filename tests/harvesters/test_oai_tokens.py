"""Resumption tokens that expire, repeat, run in circles or end too early."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from catalogue.errors import SourceProtocolError
from tests.harvesters.conftest import ALL, Fetch, identifiers
from tests.harvesters.misbehaving import Asked, Sent, Server, some, times


def test_with_a_token_nothing_else_is_sent_and_it_is_encoded(fetch: Fetch, server: Server) -> None:
    odd = "a b+c/d=e&f?g#h%20;ü"
    server.repository.token = lambda text: odd + text.replace("|", "&")
    server.repository.untoken = lambda text: text.removeprefix(odd).replace("&", "|")
    assert identifiers(fetch(sets=())) == ALL
    for asked in server.lists()[1:]:
        assert [name for name, _ in asked.arguments] == ["verb", "resumptionToken"]
        assert "+c" not in asked.query
        assert "%2Bc" in asked.query


def test_an_expired_token_costs_only_what_follows_the_last_datestamp(fetch: Fetch, server: Server) -> None:
    def expire(asked: Asked, sent: Sent) -> Sent | None:
        if asked.token and asked.token.startswith("20|"):
            return server.repository.error("badResumptionToken", "expired")
        return None

    server.script = times(1, expire)
    pages = fetch()
    assert sorted(set(identifiers(pages))) == ALL
    assert [asked["from"] for asked in server.lists() if not asked.token] == [
        None,
        "2024-01-20T00:00:19Z",
        None,
    ]
    assert server.lists()[-1]["until"] == "2024-01-20T00:00:18Z"
    # 6 records after the cut, and one request that shows that 19 records are before it, as had come.
    assert len(server.lists()) == 5
    assert (pages[-1].checkpoint or {})["missing"] == 0


def test_without_order_an_expired_token_begins_the_window_again(fetch: Fetch, server: Server) -> None:
    server.repository.items = list(reversed(some(25)))
    server.script = times(
        1,
        lambda asked, sent: (
            server.repository.error("badResumptionToken")
            if asked.token and asked.token.startswith("20|")
            else None
        ),
    )
    assert sorted(set(identifiers(fetch()))) == ALL
    assert [asked["from"] for asked in server.lists() if not asked.token] == [None, None]


def test_an_old_checkpoint_with_a_dead_token_costs_its_window_only(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(12, sets=("a",)), *some(15, begin=12, sets=("b",))]
    pages = fetch(sets=("a", "b"))
    server.asked.clear()
    checkpoint = {**(pages[2].checkpoint or {}), "token": "long forgotten"}
    rest = fetch(sets=("a", "b"), checkpoint=checkpoint)
    assert [asked["set"] for asked in server.lists()] == [None, "b", "b"]
    assert set(identifiers(rest)) == {f"oai:test:{number:04d}" for number in range(12, 27)}


def test_tokens_that_always_expire_divide_the_list_until_it_needs_none(fetch: Fetch, server: Server) -> None:
    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired"
    pages = fetch()
    assert len(set(identifiers(pages))) == 60
    assert pages[-1].checkpoint is not None
    assert pages[-1].checkpoint["divisions"] > 2
    assert pages[-1].checkpoint["missing"] == 0


def test_tokens_that_always_expire_on_a_server_that_ignores_dates_fail_in_words(
    fetch: Fetch, server: Server
) -> None:
    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired"
    server.repository.honours_dates = False
    with pytest.raises(SourceProtocolError, match="forgets its resumption tokens"):
        fetch()
    assert len(server.asked) < 300


def test_an_odd_datestamp_costs_no_window(fetch: Fetch, server: Server) -> None:
    def odd(asked: Asked, sent: Sent) -> Sent:
        body = re.sub(rb"(:0000</identifier><datestamp>)[^<]*", rb"\g<1>2049-01-01T00:00:00Z", sent.body)
        return replace(sent, body=body)

    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired" if text.startswith("50|") else text
    server.script = odd
    pages = fetch()
    assert (pages[-1].checkpoint or {})["divisions"] > 1
    assert len(set(identifiers(pages))) == 60


def test_a_token_that_comes_again_ends_the_harvest(fetch: Fetch, server: Server) -> None:
    server.repository.token = lambda text: re.sub(r"^\d+", "10", text)
    with pytest.raises(SourceProtocolError, match="same resumption token"):
        fetch()
    assert len(server.lists()) == 2


def test_new_tokens_for_the_same_page_end_the_harvest(fetch: Fetch, server: Server) -> None:
    counter = iter(range(10_000))
    server.repository.token = lambda text: re.sub(r"^\d+", "10", text) + f"#{next(counter)}"
    server.repository.untoken = lambda text: text.partition("#")[0]
    with pytest.raises(SourceProtocolError, match="never come to an end"):
        fetch()
    assert len(server.lists()) < 10


def test_a_token_that_repeats_after_the_last_record_is_the_end(fetch: Fetch, server: Server) -> None:
    def repeat(asked: Asked, sent: Sent) -> Sent:
        if asked.token and asked.token.startswith("20|"):
            token = b'<resumptionToken completeListSize="25">' + asked.token.encode() + b"</resumptionToken>"
            return replace(sent, body=re.sub(rb"<resumptionToken[^>]*/>", token, sent.body))
        return sent

    server.script = repeat
    assert identifiers(fetch()) == ALL


def test_an_empty_last_page_and_none_at_all_are_the_end(fetch: Fetch, server: Server) -> None:
    server.repository.items = some(20)
    last = server.repository.envelope("<ListRecords><resumptionToken/></ListRecords>")

    def more(asked: Asked, sent: Sent) -> Sent:
        if asked.token == "more":
            return last
        return replace(
            sent,
            body=re.sub(rb"<resumptionToken[^>]*/>", b"<resumptionToken>more</resumptionToken>", sent.body),
        )

    server.script = more
    pages = fetch()
    assert [len(page.records) for page in pages] == [10, 10, 0]
    last = server.repository.error("noRecordsMatch")
    assert [len(page.records) for page in fetch()] == [10, 10, 0]
    server.script = lambda asked, sent: sent
    server.repository.ends_with_empty_token = False
    assert len(identifiers(fetch())) == 20


def test_a_list_that_stops_short_is_missing_records(fetch: Fetch, server: Server) -> None:
    server.repository.announced = 30
    assert (fetch()[-1].checkpoint or {})["missing"] == 5
