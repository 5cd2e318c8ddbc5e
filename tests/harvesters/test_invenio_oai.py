"""Where the REST API of a site is closed its records come by OAI-PMH, under the same identifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from catalogue.errors import SettingsError, SourceError
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.invenio import Invenio
from harvesters.transport import Transport
from tests.harvesters.conftest import identifiers
from tests.harvesters.invenio_site import Site, answer, fetch, rdm, run, server
from tests.harvesters.misbehaving import Asked, Item, Sent, Server
from tests.harvesters.test_invenio import Fetch, Harvest

__all__ = ["fetch", "run", "server"]
CLOSED = {
    "404": answer({"message": "Not Found"}, 404),
    "401": answer({"message": "Unauthorized"}, 401),
    "403": answer({"message": "Forbidden"}, 403),
    "HTML": Sent(body=b"<!doctype html><title>Repository</title>"),
}


@pytest.fixture(name="site")
def two_communities() -> Site:
    """30 records that both ways give, in the communities «one» and «two»."""
    found = Site(records=[rdm(number) for number in range(30)])
    for record in found.records[20:]:
        record["parent"]["communities"]["entries"] = [{"slug": "two"}]
    found.items = [
        Item(
            identifier=f"oai:127.0.0.1:{record['id']}",
            datestamp=record["updated"][:19] + "Z",
            title=record["metadata"]["title"],
            sets=tuple("user-" + one["slug"] for one in record["parent"]["communities"]["entries"]),
        )
        for record in found.records
    ]
    return found


@pytest.fixture
def closed(server: Server) -> Callable[[str], None]:
    """Closes the REST API."""

    def close(how: str) -> None:
        server.script = lambda asked, sent: CLOSED[how] if asked.path.startswith("/api") else sent

    return close


@pytest.mark.parametrize("how", CLOSED)
def test_the_same_records_by_the_other_way(fetch: Fetch, closed: Callable[[str], None], how: str) -> None:
    by_rest = {(raw.identifier, raw.sets) for page in fetch() for raw in page.records}
    closed(how)
    by_oai = {(raw.identifier, raw.sets) for page in fetch() for raw in page.records}
    assert by_oai == by_rest
    assert len(by_oai) == 30


def test_communities_are_sets(fetch: Fetch, closed: Callable[[str], None], server: Server) -> None:
    closed("403")
    pages = fetch(sets=("two",))
    assert len(identifiers(pages)) == 10
    assert {raw.sets for page in pages for raw in page.records} == {("two",)}
    with pytest.raises(SourceError, match="no set of the community «three»"):
        fetch(sets=("three",))


def test_a_catalogue_that_goes_from_one_way_to_the_other(
    run: Harvest, site: Site, closed: Callable[[str], None], server: Server, catalogue: Catalogue
) -> None:
    def change(way: str) -> None:
        source = catalogue.sources.get("test")
        catalogue.sources.change(replace(source, options={"overlap": "0", "grace": "0", "way": way}))

    assert run(options={"overlap": "0", "grace": "0"}).created == 30
    change(way="oai")
    closed("404")
    second = run()
    assert (second.status, second.created, second.deleted) == ("succeeded", 0, 0)
    server.script = lambda asked, sent: sent
    change(way="rest")
    third = run()
    assert (third.status, third.created, third.deleted) == ("succeeded", 0, 0)


@pytest.mark.parametrize("how", CLOSED)
def test_what_is_closed_for_a_moment_is_no_reason_to_go_elsewhere(
    run: Harvest, catalogue: Catalogue, closed: Callable[[str], None], server: Server, how: str
) -> None:
    assert run().created == 30
    closed(how)
    asked = len(server.asked)
    failed = run(full=True)
    assert (failed.status, failed.transient) == ("failed", True)
    assert "if that is closed for good, set the option way=oai" in (failed.error or "")
    assert all("/oai2d" not in one.path for one in server.asked[asked:])
    server.script = lambda asked, sent: sent
    assert run(full=True).unchanged == 30
    assert catalogue.sources.memory("test")["way"] == "rest"


def test_a_site_whose_api_was_closed_at_first_goes_back_to_it(
    run: Harvest, catalogue: Catalogue, closed: Callable[[str], None], server: Server
) -> None:
    closed("403")
    assert run().created == 30
    assert catalogue.sources.memory("test")["way"] == "oai"
    assert run().status == "succeeded"
    server.script = lambda asked, sent: sent
    assert run().status == "succeeded"
    assert catalogue.sources.memory("test")["way"] == "rest"


def test_a_way_that_is_none() -> None:
    with pytest.raises(SettingsError, match="Option way of source test is rest or oai, not «ftp»"):
        Invenio.check(Source(name="test", kind="invenio", url="http://a/", options={"way": "ftp"}))


def test_a_run_that_was_cut_off_goes_on_by_the_same_way(fetch: Fetch, closed: Callable[[str], None]) -> None:
    closed("404")
    pages = fetch(sets=("one", "two"))
    rest = fetch(sets=("one", "two"), checkpoint=pages[0].checkpoint)
    assert identifiers(pages[:1]) + identifiers(rest) == identifiers(pages)


def test_neither_way(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: CLOSED["404"]
    with pytest.raises(SourceError, match="OAI-PMH is no way round"):
        fetch()


def test_a_query_has_no_other_way(fetch: Fetch, closed: Callable[[str], None]) -> None:
    closed("403")
    with pytest.raises(SourceError, match="option query"):
        fetch(options={"query": "title:x"})


def test_probes(
    server: Server, settings: Settings, connect: Callable[..., Transport], closed: Callable[[str], None]
) -> None:
    source = Source(name="test", kind="invenio", url=server.url, sets=("one", "two"))
    with connect(source, settings) as transport:
        found = Invenio(source, transport).probe()
    assert (found.protocol, found.records, found.sets) == ("InvenioRDM REST", 30, ("one", "two"))
    assert (found.formats, found.earliest, found.faults) == (
        ("inveniordm",),
        "2024-01-01T00:00:00Z",
        (),
    )
    closed("403")
    with connect(source, settings) as transport:
        found = Invenio(source, transport).probe()
    assert "OAI-PMH" in found.protocol
    assert "harvested by OAI-PMH at" in found.faults[0]


def test_what_a_probe_says_of_an_odd_site(
    site: Site, server: Server, settings: Settings, connect: Callable[..., Transport]
) -> None:
    del site.records[0]["updated"]
    source = Source(name="test", kind="invenio", url=server.url)
    site.total = 12_000
    with connect(source, settings) as transport:
        found = Invenio(source, transport).probe()
    assert found.records == 12_000
    assert any("without «updated»" in fault for fault in found.faults)
    assert any("slices of time" in fault for fault in found.faults)

    def none(asked: Asked, sent: Sent) -> Sent:
        return answer({"hits": {"hits": []}})

    server.script = none
    with connect(source, settings) as transport:
        found = Invenio(source, transport).probe()
    assert any("no public records" in fault for fault in found.faults)
    assert any("does not tell how many" in fault for fault in found.faults)
