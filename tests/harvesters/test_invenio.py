"""InvenioRDM and Zenodo by REST: what a well-behaved site gives, whole and incrementally."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Page
from catalogue.runs import Run
from harvesters.invenio_api import community_of, site_of
from tests.harvesters.conftest import identifiers
from tests.harvesters.invenio_site import Site, answer, fetch, rdm, run, server, site, zenodo
from tests.harvesters.misbehaving import Server

Harvest = Callable[..., Run]
Fetch = Callable[..., list[Page]]
__all__ = ["fetch", "run", "server", "site"]  # fixtures


def test_reads_all_pages_oldest_first(fetch: Fetch, server: Server) -> None:
    pages = fetch()
    assert identifiers(pages) == [f"oai:127.0.0.1:r{number:04d}" for number in range(60)]
    lists = [asked for asked in server.asked if asked["size"] == "25"]
    assert [asked["page"] for asked in lists] == ["1", "2", "3"]
    assert {asked["sort"] for asked in lists} == {"oldest"}
    assert {asked["allversions"] for asked in lists} == {"true"}
    assert "application/vnd.inveniordm.v1+json" in lists[0].headers["accept"]
    first = pages[0].records[0]
    assert (first.format, first.sets, first.datestamp) == (
        "inveniordm",
        ("one",),
        "2024-01-01T00:00:00.000000+00:00",
    )
    assert first.url == f"{server.url}/records/r0000"
    assert json.loads(first.data)["id"] == "r0000"


def test_both_dialects_in_one_list(fetch: Fetch, site: Site) -> None:
    site.records[1] = zenodo(1)
    found = {raw.identifier: raw for page in fetch() for raw in page.records}
    assert found["oai:127.0.0.1:1001"].format == "zenodo"
    assert found["oai:127.0.0.1:1001"].sets == ("one",)
    assert found["oai:127.0.0.1:r0002"].format == "inveniordm"


def test_the_identifier_is_that_of_its_oai_pmh(fetch: Fetch, site: Site) -> None:
    site.records[:] = [rdm(0, pids={"oai": {"identifier": "oai:rodare.example:r0000"}})]
    assert identifiers(fetch()) == ["oai:rodare.example:r0000"]


def test_a_token_gives_larger_pages(fetch: Fetch, server: Server) -> None:
    pages = fetch(options={"token": "secret"})
    assert [len(page.records) for page in pages if page.records] == [60]
    assert server.asked[-1].headers["authorization"] == "Bearer secret"


def test_communities_and_query(fetch: Fetch, site: Site, server: Server) -> None:
    for record in site.records[:5]:
        record["parent"]["communities"]["entries"] = [{"slug": "two"}]
    site.records[3]["metadata"]["title"] = "Neutrinos"
    assert len(identifiers(fetch(sets=("two",)))) == 5
    assert server.asked[-1].path == "/api/communities/two/records"
    assert len(identifiers(fetch(sets=("two", "one")))) == 60
    assert identifiers(fetch(sets=("two",), options={"query": "title:Neutrinos"})) == ["oai:127.0.0.1:r0003"]
    assert len(identifiers(fetch(url=f"{server.url}/communities/two/records"))) == 5


def test_a_community_of_a_site_without_lists_of_them_is_searched_for(
    fetch: Fetch, site: Site, server: Server
) -> None:
    site.records[:] = [zenodo(number) for number in range(30)]
    found = identifiers(fetch(sets=("one",)))
    assert len(found) == 30
    none = answered_404(server)
    assert identifiers(fetch(sets=("one",))) == found
    assert none


def answered_404(server: Server) -> list[str]:
    """From now on the site knows no lists of communities; the paths that were refused."""
    refused: list[str] = []

    def script(asked: Any, sent: Any) -> Any:
        if asked.path.startswith("/api/communities"):
            refused.append(asked.path)
            return answer({"message": "Not found"}, 404)
        return sent

    server.script = script
    return refused


def test_a_day_passes(run: Harvest, site: Site, catalogue: Catalogue) -> None:
    first = run(options={"overlap": "0", "grace": "0"})
    assert (first.status, first.created, first.error) == ("succeeded", 60, None)
    site.records[7]["metadata"]["title"] = "Changed"
    site.records[7]["updated"] = "2099-01-01T00:00:00.000000+00:00"
    site.records.append(rdm(60, created="2098-01-01T00:00:00+00:00", updated="2098-01-01T00:00:00+00:00"))
    second = run()
    assert (second.status, second.fetched, second.created, second.updated) == ("succeeded", 2, 1, 1)
    del site.records[3]
    third = run(full=True)
    assert (third.status, third.deleted, third.unchanged) == ("succeeded", 1, 60)


def test_a_tombstone_in_the_list_withdraws_the_record(run: Harvest, site: Site) -> None:
    run(options={"overlap": "0"})
    site.records[7] |= {"updated": "2099-01-01T00:00:00+00:00", "tombstone": {"note": "duplicate"}}
    second = run()
    assert (second.status, second.deleted) == ("succeeded", 1)


@pytest.mark.parametrize(
    ("url", "site", "community"),
    [
        ("https://zenodo.org", "https://zenodo.org", None),
        ("https://zenodo.org/api/records/", "https://zenodo.org", None),
        ("https://zenodo.org/communities/escape2020/records", "https://zenodo.org", "escape2020"),
        ("https://x.org/repository/oai2d", "https://x.org/repository", None),
        ("https://x.org/apiary", "https://x.org/apiary", None),
    ],
)
def test_the_site_of_an_address(url: str, site: str, community: str | None) -> None:
    assert site_of(url) == site
    assert community_of(url) == community
