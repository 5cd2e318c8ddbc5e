"""Granularity, servers that ignore dates, dates that are none."""

from __future__ import annotations

import re

import pytest

from tests.harvesters.conftest import ALL, Fetch, identifiers
from tests.harvesters.misbehaving import Server, some


def test_an_incremental_harvest_asks_in_the_granularity_of_the_server(fetch: Fetch, server: Server) -> None:
    assert identifiers(fetch(since="2024-01-20T00:00:00Z")) == ALL[19:]
    assert server.lists()[0]["from"] == "2024-01-20T00:00:00Z"
    server.asked.clear()
    server.repository.granularity = "YYYY-MM-DD"
    server.repository.accepted_dates = (10,)
    assert identifiers(fetch(since="2024-01-20T23:00:00Z")) == ALL[19:]
    assert server.lists()[0]["from"] == "2024-01-20"


@pytest.mark.parametrize("accepted", [10, 20])
def test_a_wrong_granularity_in_identify_is_found_out(fetch: Fetch, server: Server, accepted: int) -> None:
    server.repository.granularity = "YYYY-MM-DD" if accepted == 20 else "YYYY-MM-DDThh:mm:ssZ"
    server.repository.accepted_dates = (accepted,)
    assert identifiers(fetch(since="2024-01-20T00:00:00Z")) == ALL[19:]
    assert [len(asked["from"] or "") for asked in server.lists()] == [30 - accepted, accepted]


def test_a_server_that_refuses_all_dates_gives_its_whole_list(fetch: Fetch, server: Server) -> None:
    server.repository.accepted_dates = ()
    assert identifiers(fetch(since="2024-01-20T00:00:00Z")) == ALL
    assert server.lists()[2]["from"] is None


def test_a_server_that_ignores_from_is_read_whole_and_noticed(fetch: Fetch, server: Server) -> None:
    server.repository.honours_dates = False
    pages = fetch(since="2024-01-20T00:00:00Z")
    assert identifiers(pages) == ALL
    assert (pages[-1].checkpoint or {})["ignores_dates"] is True


@pytest.mark.parametrize("earliest", ["2017-01-00", "", "yesterday", "0000-00-00T00:00:00Z"])
def test_an_earliest_datestamp_that_is_no_date_does_no_harm(
    fetch: Fetch, server: Server, earliest: str
) -> None:
    server.repository.earliest = earliest
    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired"
    assert len(set(identifiers(fetch()))) == 60


@pytest.mark.parametrize("date", ["", "yesterday", "2999-01-01T00:00:00Z"])
def test_a_response_date_that_cannot_be_is_replaced_by_our_time(
    fetch: Fetch, server: Server, date: str
) -> None:
    server.repository.date = date
    assert re.match(r"20[2-9]\d-", (fetch()[0].checkpoint or {})["started"])
