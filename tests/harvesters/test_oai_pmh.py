"""The OAI-PMH harvester against a server that does nothing wrong."""

from __future__ import annotations

import gzip
from dataclasses import replace
from urllib.parse import quote

from catalogue.record import Hop
from tests.harvesters.conftest import ALL, Fetch, identifiers
from tests.harvesters.misbehaving import Item, Server, some


def test_all_pages_come_with_checkpoints_and_the_expected_total(fetch: Fetch, server: Server) -> None:
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [len(page.records) for page in pages] == [10, 10, 5]
    assert [page.expected for page in pages] == [25, 25, 25]
    assert [bool((page.checkpoint or {})["done"]) for page in pages] == [False, False, True]
    assert sum(page.requests for page in pages) == len(server.asked) == 5
    assert server.verbs()[:3] == ["Identify", "ListMetadataFormats", "ListRecords"]


def test_a_record_arrives_whole(fetch: Fetch, server: Server) -> None:
    about = (
        '<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance">'
        '<originDescription harvestDate="2023-05-01T00:00:00Z" altered="true"><baseURL>http://b/oai</baseURL>'
        "<identifier>oai:b:1</identifier><datestamp>2023-04-01</datestamp>"
        "<metadataNamespace>urn:x</metadataNamespace>"
        '<originDescription harvestDate="2022-05-01" altered="false"><baseURL>http://a/oai</baseURL>'
        "</originDescription></originDescription></provenance></about>"
    )
    server.repository.items = [Item(identifier="oai:a&b/ä", sets=("x", "x:y"), about=about)]
    record = fetch()[0].records[0]
    assert record.identifier == "oai:a&b/ä"
    assert record.sets == ("x", "x:y")
    assert record.datestamp == "2024-01-01T00:00:00Z"
    assert record.format == "oai_dc"
    assert record.url == (
        f"{server.url}?verb=GetRecord&metadataPrefix=oai_dc&identifier={quote('oai:a&b/ä', safe=':/')}"
    )
    assert record.data.startswith(b"<oai_dc:dc ")
    assert record.document.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    assert record.chain == (
        Hop(
            base_url="http://b/oai",
            identifier="oai:b:1",
            datestamp="2023-04-01",
            format="urn:x",
            harvested="2023-05-01T00:00:00Z",
            altered=True,
        ),
        Hop(base_url="http://a/oai", harvested="2022-05-01", altered=False),
    )


def test_tombstones_come_without_data(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(3), *some(40, begin=3, deleted=True)]
    pages = fetch()
    deleted = [raw for page in pages for raw in page.records if raw.deleted]
    assert len(deleted) == 40
    assert {raw.data for raw in deleted} == {b""}


def test_several_sets_one_after_another(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(12, sets=("a",)), *some(5, begin=12, sets=("b",)), *some(3, begin=17)]
    pages = fetch(sets=("a", "b"))
    assert identifiers(pages) == [f"oai:test:{number:04d}" for number in range(17)]
    assert [asked["set"] for asked in server.lists()] == ["a", None, "b"]
    assert pages[-1].expected == 17


def test_an_empty_set_is_nothing_new_and_the_next_one_follows(fetch: Fetch, server: Server) -> None:
    server.repository.items = some(5, sets=("b",))
    assert len(identifiers(fetch(sets=("none", "b")))) == 5


def test_gzip_is_asked_for_and_read(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: replace(
        sent, body=gzip.compress(sent.body), headers={**sent.headers, "Content-Encoding": "gzip"}
    )
    assert identifiers(fetch()) == ALL
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_resumed_harvest_goes_on_at_its_checkpoint(fetch: Fetch, server: Server) -> None:
    pages = fetch()
    server.asked.clear()
    server.repository.date = "2024-06-02T00:00:00Z"
    rest = fetch(checkpoint=pages[0].checkpoint)
    assert identifiers(rest) == ALL[10:]
    assert server.verbs() == ["ListRecords", "ListRecords"]
    assert [(page.checkpoint or {})["started"] for page in rest] == ["2024-06-01T12:00:00Z"] * 2
    assert fetch(checkpoint=rest[-1].checkpoint) == []
