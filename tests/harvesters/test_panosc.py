"""The panosc harvester, against a server that behaves and one that does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from catalogue.errors import SourceError
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Probe, harvester_of
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.conftest import FakeClock
from tests.harvesters.misbehaving import Asked, Sent, Server
from tests.harvesters.panosc_server import PanoscServer, found, searching
from tests.harvesters.scicat_fixtures import Harvest, live
from tests.harvesters.scicat_server import FRONTEND, JSON, answer

Serve = Callable[..., tuple[PanoscServer, Server]]
DOCUMENTS = [{"pid": "10.5072/d1", "title": "A paper", "type": "publication", "isPublic": True}]
INSTRUMENTS = [{"pid": "20.500.12269/i1", "name": "LoKI", "facility": "ESS"}]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A search API with 25 datasets, a document and an instrument, unless said otherwise."""
    with ExitStack() as stack:

        def start(**values: Any) -> tuple[PanoscServer, Server]:
            records = {"datasets": found(25), "documents": list(DOCUMENTS), "instruments": list(INSTRUMENTS)}
            api = PanoscServer(**{"records": records, **values})
            return api, stack.enter_context(searching(api))

        yield start


@pytest.fixture
def run_at(catalogue: Catalogue, connect: Callable[..., Transport]) -> Harvest:
    def one(url: str, *, full: bool = False, **options: str) -> Any:
        if not catalogue.sources.all():
            given = {name.replace("_", "-"): value for name, value in options.items()}
            catalogue.sources.add(
                Source(name="test", kind="panosc", url=url, options={"page-size": "10", **given})
            )
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one


@pytest.fixture
def probe_at(settings: Settings, connect: Callable[..., Transport]) -> Callable[..., Probe]:
    def one(url: str) -> Probe:
        source = Source(name="test", kind="panosc", url=url)
        with connect(source, settings) as transport:
            return harvester_of(source, transport).probe()

    return one


def page_of(asked: Asked) -> tuple[int, int]:
    filter = json.loads(asked["filter"] or "{}")
    return filter.get("skip", 0), filter.get("limit", 0)


def on_record(
    number: int, change: Callable[[Sent], Sent], times: int = 10**6
) -> Callable[[Asked, Sent], Sent]:
    """A script that changes the pages of datasets that hold this record with all that belongs to it."""
    left = [times]

    def script(asked: Asked, sent: Sent) -> Sent:
        skip, limit = page_of(asked)
        is_page = "include" in (asked["filter"] or "") and "atasets" in asked.path
        if is_page and skip <= number < skip + limit and left[0]:
            left[0] -= 1
            return change(sent)
        return sent

    return script


@pytest.mark.parametrize("base", ["/api", "/search-api", "/panosc-api/api", ""])
@pytest.mark.parametrize("pascal", [False, True])
def test_every_address(serve: Serve, run_at: Harvest, catalogue: Catalogue, base: str, pascal: bool) -> None:
    _, server = serve(base=base, pascal=pascal)
    run = run_at(server.url + (base if base.count("/") > 1 else ""))
    assert (run.status, run.error, run.created) == ("succeeded", None, 27)
    assert {"datasets/20.500.12269/0024", "documents/10.5072/d1", "instruments/20.500.12269/i1"} <= live(
        catalogue
    )


def test_what_belongs_to_a_dataset_comes_along(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    _, server = serve(records={"datasets": found(1)})
    run_at(server.url + "/api/Datasets")
    (change,) = catalogue.store.walk()
    assert change.record is not None
    assert [(one.name, one.value, one.unit) for one in change.record.parameters] == [
        ("photon_energy", 900.0, "eV")
    ]
    assert change.record.provenance.url == f"{server.url}/api/datasets/20.500.12269%2F0000"


@pytest.mark.parametrize("refused", [("document",), ("document", "parameters"), ("parameters",)])
def test_relations_that_it_refuses_are_left_out(
    serve: Serve, run_at: Harvest, probe_at: Callable[..., Probe], refused: tuple[str, ...]
) -> None:
    _, server = serve(refuses=refused)
    assert any("all that belongs to them" in fault for fault in probe_at(server.url).faults)
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 27)


def test_the_second_harvest_compares_contents(serve: Serve, run_at: Harvest) -> None:
    api, server = serve()
    assert run_at(server.url).created == 27
    api.records["datasets"][4:5] = found(1, begin=4, title="Renamed")
    api.records["datasets"] += found(1, begin=70)
    run = run_at(server.url)
    assert (run.created, run.updated, run.unchanged) == (1, 1, 26)


def test_probe(serve: Serve, probe_at: Callable[..., Probe]) -> None:
    _, server = serve(records={"datasets": found(25)})
    probe = probe_at(server.url)
    assert (probe.protocol, probe.records, probe.chosen_format) == ("PaNOSC search API", 25, "panosc")
    assert any("no list of documents" in fault for fault in probe.faults)


def test_no_search_api(serve: Serve, probe_at: Callable[..., Probe]) -> None:
    _, server = serve(records={})
    with pytest.raises(SourceError, match="gives no list of the PaNOSC search API"):
        probe_at(server.url)


@pytest.mark.parametrize("cap", [3, 7])
def test_a_silent_limit(serve: Serve, run_at: Harvest, cap: int) -> None:
    _, server = serve(cap=cap)
    assert run_at(server.url).created == 27


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("number", [0, 9, 10, 20])
def test_every_length_of_list(serve: Serve, run_at: Harvest, number: int, counts: bool) -> None:
    _, server = serve(records={"datasets": found(number)}, counts=counts)
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", number)


@pytest.mark.parametrize(("lies", "status"), [(-7, "succeeded"), (3, "partial")])
def test_a_count_that_lies(serve: Serve, run_at: Harvest, lies: int, status: str) -> None:
    _, server = serve(lies=lies, records={"datasets": found(25)})
    run = run_at(server.url)
    assert (run.status, run.created) == (status, 25)


BROKEN = {
    "NaN": b'{"pid":"20.500.12269/0013","title":"x","size":NaN}',
    "invalid UTF-8": b'{"pid":"20.500.12269/0013","title":"\xff"}',
    "deep nesting": b'{"pid":"20.500.12269/0013","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "25 MB": b'{"pid":"20.500.12269/0013","x":"' + b"x" * 25_000_000 + b'"}',
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_one_broken_record_costs_only_itself(
    serve: Serve, run_at: Harvest, catalogue: Catalogue, broken: bytes
) -> None:
    api, server = serve(records={"datasets": found(25)})
    api.records["datasets"][13] = broken
    run = run_at(server.url)
    assert (run.status, run.created) == ("partial", 24), run.error
    ((_, issue),) = catalogue.sources.issues("test")
    assert "20.500.12269/0013" in issue.identifier or "record 14 of the list" in issue.identifier
    api.records["datasets"][13:14] = found(1, begin=13)
    assert run_at(server.url, full=True).status == "succeeded"
    assert len(live(catalogue)) == 25


def test_500_on_one_page_costs_one_record(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    _, server = serve(records={"datasets": found(25)})
    server.script = on_record(13, lambda sent: answer({}, 500))
    run = run_at(server.url)
    assert (run.status, run.created, run.quarantined) == ("partial", 24, 1)
    ((_, issue),) = catalogue.sources.issues("test")
    assert issue.identifier == "datasets/20.500.12269/0013"


def test_html_with_200(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"datasets": found(25)})
    page = Sent(body=FRONTEND, headers={"Content-Type": "text/html"})
    server.script = on_record(13, lambda sent: page, times=1)
    assert run_at(server.url).created == 25


def test_401_later_keeps_what_is_there(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    _, server = serve()
    assert run_at(server.url, grace="0", shrink="1").created == 27
    server.script = on_record(13, lambda sent: answer({"error": {"message": "Authorization Required"}}, 401))
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 0)
    assert "Authorization Required" in (run.error or "")
    assert len(live(catalogue)) == 27


def test_a_list_that_has_gone_keeps_its_records(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    api, server = serve()
    run_at(server.url, grace="0", shrink="1")
    del api.records["documents"]
    del api.records["datasets"][24:]
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 1)
    assert "documents/10.5072/d1" in live(catalogue)


def test_a_circle_comes_to_an_end(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"datasets": found(10)}, counts=False)
    body = json.dumps(found(10)).encode()
    server.script = lambda asked, sent: (
        replace(sent, body=body, headers=JSON) if page_of(asked)[1] > 1 else sent
    )
    run = run_at(server.url)
    assert run.status == "failed"
    assert "would never come to an end" in (run.error or "")


def test_retry_after(serve: Serve, run_at: Harvest, clock: FakeClock) -> None:
    _, server = serve(records={"datasets": found(25)})
    busy = replace(answer({}, 503), headers={**JSON, "Retry-After": "60"})
    server.script = on_record(13, lambda sent: busy, times=1)
    assert run_at(server.url).created == 25
    assert sum(clock.slept) >= 60


def test_a_second_address_that_is_down_fails_alone(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    _, one = serve()
    _, two = serve(records={"datasets": found(5)})
    assert run_at(one.url, urls=two.url, grace="0", shrink="1").created == 32
    two.__exit__(None, None, None)
    run = run_at(one.url, full=True)
    assert (run.status, run.deleted) == ("partial", 0)
    assert len(live(catalogue)) == 32


def test_two_apis_of_one_host_are_two(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    one, server = serve(records={"datasets": found(5)})
    assert run_at(f"{server.url}/api", urls=f"{server.url}/other/api").status == "partial"
    assert len(live(catalogue)) == 5
    assert any(asked.path.startswith("/other/api/") for asked in server.asked)
    one.base = "/other/api"
    run = run_at(f"{server.url}/api")
    assert (run.status, run.created) == ("partial", 5)
    host = server.url.removeprefix("http://")
    assert f"{host}/other/api/datasets/20.500.12269/0000" in live(catalogue)


@pytest.mark.parametrize("failure", [answer({}, 503), Sent(body=b"[]", cut=1)])
def test_a_list_that_is_silent_fails_alone(
    serve: Serve, run_at: Harvest, catalogue: Catalogue, failure: Sent
) -> None:
    api, server = serve()
    assert run_at(server.url, grace="0", shrink="1").created == 27
    server.script = lambda asked, sent: failure if "ocuments" in asked.path else sent
    api.records["datasets"] = api.records["datasets"][:24]
    run = run_at(server.url)
    assert (run.status, run.deleted, len(live(catalogue))) == ("partial", 1, 26)
    assert "/documents: " in (run.error or "")


def test_federated_records_do_not_collide(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    both = [
        *found(1, provider="https://search.one.example.org/api"),
        *found(1, provider="https://search.two.example.org/api"),
    ]
    _, server = serve(records={"datasets": both})
    assert run_at(server.url).created == 2
    assert live(catalogue) == {
        "search.one.example.org/datasets/20.500.12269/0000",
        "search.two.example.org/datasets/20.500.12269/0000",
    }


def test_a_withdrawn_dataset_has_its_grace(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    api, server = serve(records={"datasets": found(25)})
    run_at(server.url)
    del api.records["datasets"][3]
    run = run_at(server.url)
    assert (run.full, run.deleted) == (True, 0)
    source = catalogue.sources.get("test")
    catalogue.sources.change(replace(source, options={**source.options, "grace": "0"}))
    assert run_at(server.url).deleted == 1


def test_a_killed_run_goes_on(serve: Serve, settings: Settings, connect: Callable[..., Transport]) -> None:
    _, server = serve(records={"datasets": found(35)})
    source = Source(name="test", kind="panosc", url=server.url, options={"page-size": "10"})
    with connect(source, settings) as transport:
        pages = harvester_of(source, transport).pages(None, None)
        first = [next(pages), next(pages)]
        pages.close()
    asked = len(server.asked)
    with connect(source, settings) as transport:
        rest = list(harvester_of(source, transport).pages(None, json.loads(json.dumps(first[-1].checkpoint))))
    names = [raw.identifier for page in [*first, *rest] for raw in page.records]
    assert names == [f"datasets/20.500.12269/{number:04d}" for number in range(35)]
    assert min(page_of(one)[0] for one in server.asked[asked:]) == 20
