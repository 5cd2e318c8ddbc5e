"""Hostile XML and sizes that are out of the ordinary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harvesters import oai_client, oai_pmh
from tests.harvesters.conftest import ALL, Fetch, identifiers, refused
from tests.harvesters.misbehaving import DC, Item, Repository, Server, some


def test_an_entity_bomb_costs_nothing_but_its_record(fetch: Fetch, server: Server) -> None:
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE OAI-PMH [<!ENTITY l0 "lol">{levels}]>\n<OAI-PMH '.encode()
    server.script = lambda asked, sent: replace(
        sent, body=sent.body.replace(b"<OAI-PMH ", bomb).replace(b"Title 13<", b"&l12;<")
    )
    pages = fetch()
    lost = {issue.identifier for page in pages for issue in page.issues}
    lost |= {key for page in pages for key in refused(page)}
    assert lost == {"oai:test:0013"}
    assert set(identifiers(pages)) | lost == set(ALL)
    assert sum(len(raw.data) for page in pages for raw in page.records) < 20_000


def test_an_entity_bomb_in_an_attribute_costs_nothing_but_its_record(fetch: Fetch, server: Server) -> None:
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE OAI-PMH [<!ENTITY l0 "lol">{levels}]>\n<OAI-PMH '.encode()
    server.script = lambda asked, sent: replace(
        sent,
        body=sent.body.replace(b"<OAI-PMH ", bomb).replace(
            b"<dc:title>Title 13<", b'<dc:title xml:lang="&l12;">Title 13<'
        ),
    )
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [key for page in pages for key in refused(page)] == ["oai:test:0013"]


def test_external_entities_are_never_resolved(fetch: Fetch, server: Server, tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    with Server(Repository([])) as other:
        doctype = (
            f'<!DOCTYPE OAI-PMH SYSTEM "{other.url}/dtd" [<!ENTITY file SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY web SYSTEM "{other.url}/entity"><!ENTITY % p SYSTEM "{other.url}/p"> %p;]>\n<OAI-PMH '
        ).encode()
        server.script = lambda asked, sent: replace(
            sent,
            body=sent.body.replace(b"<OAI-PMH ", doctype)
            .replace(b"Title 13<", b"&file;<")
            .replace(b"Title 14<", b"&web;<"),
        )
        pages = fetch()
        assert other.asked == []
    lost = {issue.identifier for page in pages for issue in page.issues}
    lost |= {key for page in pages for key in refused(page)}
    assert lost == {"oai:test:0013", "oai:test:0014"}
    assert all(b"the secret" not in raw.data for page in pages for raw in page.records)


def test_an_endless_nesting_costs_one_record(fetch: Fetch, server: Server) -> None:
    deep = b"<x>" * 5000 + b"</x>" * 5000
    server.script = lambda asked, sent: replace(sent, body=sent.body.replace(b"Title 13<", deep + b"<"))
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [key for page in pages for key in refused(page)] == ["oai:test:0013"]


def test_records_of_three_megabytes(fetch: Fetch, server: Server) -> None:
    long = "<dc:description>" + "x" * 100 + "</dc:description>"
    inside = "<dc:title>Long</dc:title>" + long * 23_000
    server.repository.items = [
        Item(identifier=f"oai:test:{n}", metadata=DC.format(inside=inside)) for n in "abcd"
    ]
    pages = fetch()
    assert identifiers(pages) == [f"oai:test:{n}" for n in "abcd"]
    assert [len(page.records) for page in pages] == [2, 2]
    assert all(len(raw.data) > 3_000_000 for page in pages for raw in page.records)
    assert [refused(page) for page in pages] == [{}, {}]


def test_a_record_over_the_limit_is_an_issue(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.oai_reply.MAXIMUM_BYTES", 5000)
    server.repository.items = [*some(2), Item(identifier="big", title="x" * 6000)]
    page = fetch()[0]
    assert [issue.identifier for issue in page.issues] == ["big"]
    assert "the limit is 5000" in page.issues[0].reason


def test_a_large_response_is_cut_into_pages_that_resume_before_it(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai_client, "LARGE", 2000)
    monkeypatch.setattr(oai_pmh, "RECORDS_AT_ONCE", 4)
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [len(page.records) for page in pages] == [4, 4, 2, 4, 4, 2, 4, 1]
    assert [(page.checkpoint or {})["token"] for page in pages[:4]] == [
        None,
        None,
        "10|oai_dc|||",
        "10|oai_dc|||",
    ]
    assert sum(page.requests for page in pages) == len(server.asked)
    assert all(not refused(page) for page in pages)


def test_marc_records_inside_records_do_not_confuse_the_cutting(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai_client, "LARGE", 1000)
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
    server.repository.items = some(7, metadata=marc)
    pages = fetch()
    assert len(identifiers(pages)) == 7
    assert all(raw.data.startswith(b"<record ") and b"leader" in raw.data for raw in pages[0].records)


def test_duplicate_identifiers_all_come(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(12), *some(3)]
    assert len(identifiers(fetch())) == 15
