"""Lists longer than the search window, and lists that change while they are read."""

from __future__ import annotations

import json

import pytest

from catalogue.record import Page
from harvesters import invenio, invenio_api
from tests.harvesters.conftest import identifiers
from tests.harvesters.invenio_site import Site, fetch, rdm, run, server, site
from tests.harvesters.misbehaving import Asked, Sent, Server
from tests.harvesters.test_invenio import Fetch, Harvest

__all__ = ["fetch", "run", "server", "site"]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch, site: Site) -> Site:
    """A window of 50, and 300 records over eleven months."""
    monkeypatch.setattr(invenio, "WINDOW", 50)
    monkeypatch.setattr(invenio_api, "WINDOW", 50)
    monkeypatch.setattr(invenio.Invenio, "window", 49)
    site.window = 50
    site.records[:] = [rdm(number) for number in range(300)]
    return site


def test_a_long_list_is_read_in_slices_of_time(narrow: Site, run: Harvest, server: Server) -> None:
    first = run()
    assert (first.status, first.created, first.expected) == ("succeeded", 300, 300)
    assert all(int(asked["size"] or 0) * int(asked["page"] or 1) <= 50 for asked in server.asked)


def test_changes_are_sliced_by_what_never_changes(narrow: Site, fetch: Fetch, server: Server) -> None:
    found = identifiers(fetch(since="2024-02-01T00:00:00Z"))
    assert len(set(found)) == len(found) == sum(one["updated"] >= "2024-02" for one in narrow.records)
    asked = [one["q"] or "" for one in server.asked if one["page"] == "2"]
    assert asked
    assert all("updated:[2024-02-01T00:00:00 TO *] AND created:[" in query for query in asked)


def test_a_site_that_ignores_dates_lacks_what_is_beyond(narrow: Site, run: Harvest) -> None:
    narrow.honours_created = False
    first = run()
    assert (first.status, first.created) == ("partial", 50)
    assert first.error is not None
    assert "Incomplete: 50 of 300 records came" in first.error


def test_total_as_object_at_least(narrow: Site, fetch: Fetch, server: Server) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        value = json.loads(sent.body)
        total = value["hits"]["total"]
        value["hits"]["total"] = {"value": min(total, 50), "relation": "gte" if total > 50 else "eq"}
        return Sent(body=json.dumps(value).encode(), headers=sent.headers)

    server.script = script
    assert len(set(identifiers(fetch()))) == 300


def test_a_record_that_vanishes_meanwhile_hides_no_other(site: Site, fetch: Fetch, server: Server) -> None:
    """Without the second look the 26th record, moved to the first page, would be missed."""

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked["page"] == "1" and asked["size"] == "25" and len(site.records) == 60:
            del site.records[2]
        return sent

    server.script = script
    found = identifiers(fetch())
    assert set(found) >= {f"oai:127.0.0.1:{one['id']}" for one in site.records}


def test_records_changed_and_made_meanwhile(site: Site, run: Harvest, server: Server) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        if asked["page"] == "2" and asked["size"] == "25":
            site.records[0]["updated"] = "2099-01-01T00:00:00+00:00"
            if len(site.records) == 60:
                site.records.append(rdm(77, created="2098-01-01T00:00:00+00:00"))
        return sent

    server.script = script
    first = run()
    assert (first.status, first.created) == ("succeeded", 61)


def test_a_run_that_was_cut_off_goes_on_in_its_slice(narrow: Site, fetch: Fetch, server: Server) -> None:
    whole = identifiers(fetch())
    pages: list[Page] = fetch()
    for at in (0, 3, len(pages) // 2, len(pages) - 2):
        before = identifiers(pages[: at + 1])
        asked = len(server.asked)
        rest = identifiers(fetch(checkpoint=pages[at].checkpoint))
        assert before + rest == whole
        assert len(server.asked) - asked <= len(pages) - at
