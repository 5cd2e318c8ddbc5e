"""The scicat harvester against well-behaved servers of each dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from catalogue.errors import SettingsError, SourceError
from catalogue.opening import Catalogue
from harvesters.base import Probe
from tests.harvesters.scicat_fixtures import Harvest, Serve, live, probe_at, run_at, serve, stack
from tests.harvesters.scicat_server import datasets, published

__all__ = ["probe_at", "run_at", "serve", "stack"]


@pytest.mark.parametrize("dialects", [("v4",), ("v3",), ("loopback",), ("v4", "v3"), ("v3", "loopback")])
@pytest.mark.parametrize("suffix", ["", "/", "/api", "/api/v3", "/api/v4/", "/api/v3/datasets", "/datasets"])
def test_every_dialect_under_every_address(
    serve: Any, run_at: Harvest, catalogue: Catalogue, dialects: tuple[str, ...], suffix: str
) -> None:
    _, server = serve(dialects=dialects)
    run = run_at(server.url + suffix)
    assert (run.status, run.error, run.fetched, run.created) == ("succeeded", None, 28, 28)
    assert {"datasets/20.500.12345/0000", "publisheddata/10.5072/p0002"} <= live(catalogue)


def test_sets_datestamps_and_addresses(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    _, server = serve()
    run_at(server.url)
    host = server.url.removeprefix("http://")
    (record,) = [
        change.record
        for change in catalogue.store.walk()
        if change.record and change.record.provenance.identifier == "datasets/20.500.12345/0007"
    ]
    provenance = record.provenance
    assert provenance.url == f"{server.url}/datasets/20.500.12345%2F0007"
    assert provenance.datestamp == "2024-01-01T00:07:00.000Z"
    assert provenance.sets == (host, f"{host}/datasets")
    assert provenance.format == "scicat"


def test_without_a_known_site_the_record_in_the_api(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    _, server = serve(records={"datasets": datasets(1)})
    run_at(server.url + "/api/v3")
    (change,) = catalogue.store.walk()
    assert change.record is not None
    assert change.record.provenance.url == f"{server.url}/api/v3/datasets/20.500.12345%2F0000"


@pytest.mark.parametrize("dialects", [("v4",), ("v3",), ("loopback",)])
def test_only_changes_travel(
    serve: Serve, run_at: Harvest, catalogue: Catalogue, dialects: tuple[str, ...]
) -> None:
    installation, server = serve(dialects=dialects, records={"datasets": datasets(25)})
    assert run_at(server.url, overlap="0").created == 25
    changed = datasets(1, begin=3, datasetName="Renamed", updatedAt="2999-01-01T00:00:00.000Z")
    new = datasets(1, begin=90, updatedAt="2999-01-01T00:00:00.000Z")
    installation.records["datasets"][3:4] = changed
    installation.records["datasets"] += new
    run = run_at(server.url)
    assert (run.status, run.fetched, run.created, run.updated) == ("succeeded", 2, 1, 1)


@pytest.mark.parametrize("where", ["ignored", "nothing"])
@pytest.mark.parametrize("dialects", [("v4",), ("v3",), ("loopback",)])
def test_a_filter_that_does_not_filter_costs_a_full_list_and_nothing_else(
    serve: Serve, run_at: Harvest, where: str, dialects: tuple[str, ...]
) -> None:
    installation, server = serve(dialects=dialects, where=where, records={"datasets": datasets(25)})
    assert run_at(server.url, overlap="0").created == 25
    installation.records["datasets"] += datasets(2, begin=90)
    run = run_at(server.url)
    assert (run.status, run.error, run.created, run.unchanged) == ("succeeded", None, 2, 25)


@pytest.mark.parametrize("where", ["ignored", "nothing"])
def test_what_a_list_lacks_that_is_always_read_in_full_is_withdrawn_by_every_run(
    serve: Serve, run_at: Harvest, catalogue: Catalogue, where: str
) -> None:
    installation, server = serve(where=where)
    assert run_at(server.url, overlap="0", grace="0").created == 28
    del installation.records["datasets"][3]
    run = run_at(server.url)
    assert (run.full, run.status, run.deleted) == (False, "succeeded", 1)
    assert "datasets/20.500.12345/0003" not in live(catalogue)
    del installation.records["datasets"][:12]
    run = run_at(server.url)
    assert (run.status, run.deleted) == ("failed", 0)
    assert "12 of 27 records are no longer in the source's list" in (run.error or "")


def test_what_a_list_of_changes_lacks_is_not_missing(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    _, server = serve()
    assert run_at(server.url, overlap="0", grace="0").created == 28
    run = run_at(server.url)
    assert (run.full, run.status, run.fetched, run.deleted) == (False, "succeeded", 0, 0)
    assert len(live(catalogue)) == 28


def test_kinds_that_are_not_public_are_no_failure(
    serve: Serve, run_at: Harvest, probe_at: Callable[..., Probe]
) -> None:
    _, server = serve(closed={"publisheddata"})
    probe = probe_at(server.url)
    assert probe.protocol == "SciCat API v4"
    assert probe.records == 25
    assert any(
        fault.startswith("It has no public publisheddata") and "403" in fault for fault in probe.faults
    )
    run = run_at(server.url)
    assert (run.status, run.error, run.created) == ("succeeded", None, 25)


def test_what_was_public_is_kept_when_nobody_may_see_it(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    installation, server = serve()
    assert run_at(server.url, grace="0", shrink="1").created == 28
    installation.closed = {"publisheddata"}
    installation.records["datasets"] = installation.records["datasets"][:24]
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 1)
    assert "publisheddata: It was public before; leave it out by the option kinds" in (run.error or "")
    assert len(live(catalogue)) == 27
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 0)


def test_kinds_are_an_option(serve: Serve, run_at: Harvest) -> None:
    _, server = serve()
    assert run_at(server.url, kinds="publisheddata").created == 3


def test_an_unknown_kind_is_told(serve: Serve, probe_at: Callable[..., Probe]) -> None:
    _, server = serve()
    with pytest.raises(SettingsError, match="knows no «dataset»"):
        probe_at(server.url, kinds="dataset")


def test_a_token_is_sent(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(dialects=("v3",))
    run_at(server.url, token="secret")
    assert all(asked.headers["authorization"] == "Bearer secret" for asked in server.asked)


def test_a_token_that_is_not_accepted_makes_nothing_look_withdrawn(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    installation, server = serve(dialects=("v4", "v3"), has_private=True)
    assert run_at(server.url, token="secret", grace="0", shrink="1").created == 28
    assert any(asked.path == "/api/v4/datasets" for asked in server.asked)
    installation.accepts_token = False
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted, len(live(catalogue))) == ("partial", 0, 28)
    assert "Its token is not accepted; renew it." in (run.error or "")


def test_installations_that_are_not_sent_the_token_give_what_is_public(serve: Serve, run_at: Harvest) -> None:
    _, first = serve(dialects=("v4",), has_private=True)
    _, second = serve(dialects=("v4",), has_private=True)
    run = run_at(first.url, token="secret", urls=second.url.replace("127.0.0.1", "localhost"))
    assert (run.status, run.created) == ("succeeded", 56)
    assert not any("authorization" in asked.headers for asked in second.asked)


def test_a_list_that_is_public_from_now_on_is_read_from_its_beginning(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    installation, server = serve(closed={"publisheddata"})
    assert run_at(server.url, overlap="0").created == 25
    installation.closed = set()
    run = run_at(server.url)
    assert (run.full, run.status, run.created) == (False, "succeeded", 3)
    assert run_at(server.url).fetched == 0


def test_files_come_along_when_wanted(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    block = {"dataFileList": [{"path": "a.h5", "size": 7, "chk": "ab"}], "chkAlg": "SHA1"}
    _, server = serve(
        records={
            "datasets": datasets(1, origdatablocks=[block], sourceFolderHost="https://files.example.org")
        }
    )
    run_at(server.url, files="yes")
    (change,) = catalogue.store.walk()
    assert change.record is not None
    folder, file = change.record.distributions
    assert folder.url == "https://files.example.org/data/0"
    assert (file.url, file.size, file.title) == ("https://files.example.org/data/0/a.h5", 7, "a.h5")
    assert file.checksum is not None
    assert (file.checksum.algorithm, file.checksum.value) == ("sha1", "ab")
    assert any("origdatablocks" in (asked["filter"] or "") for asked in server.asked)


def test_several_installations_do_not_collide(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    _, first = serve()
    _, second = serve(dialects=("loopback",), records={"datasets": datasets(25), "samples": []})
    run = run_at(first.url, urls=second.url)
    assert (run.status, run.created) == ("succeeded", 53)
    host = second.url.removeprefix("http://")
    assert {"datasets/20.500.12345/0001", f"{host}/datasets/20.500.12345/0001"} <= live(catalogue)


def test_an_installation_that_is_down_fails_alone(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    first, one = serve()
    _, two = serve(dialects=("v3",))
    assert run_at(one.url, urls=two.url, grace="0", shrink="1").created == 56
    two.__exit__(None, None, None)
    first.records["datasets"] = first.records["datasets"][:20]
    run = run_at(one.url, full=True)
    host = two.url.removeprefix("http://")
    assert (run.status, run.deleted) == ("partial", 5)
    assert f"{host}: " in (run.error or "")
    assert len(live(catalogue)) == 51


def test_an_installation_that_was_down_at_first_comes_whole_afterwards(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    _, one = serve()
    two, other = serve()
    two.closed = {"datasets", "publisheddata"}
    first = run_at(one.url, urls=other.url, overlap="0")
    assert (first.status, first.created) == ("partial", 28)
    two.closed = set()
    run = run_at(one.url)
    assert (run.full, run.status, run.created) == (False, "succeeded", 28)


def test_the_only_installation_that_is_down_fails_the_run(serve: Serve, run_at: Harvest) -> None:
    _, server = serve()
    server.__exit__(None, None, None)
    run = run_at(server.url)
    assert run.status == "failed"
    assert "cannot be connected to" in (run.error or "")


def test_no_scicat_at_all(serve: Serve, probe_at: Callable[..., Probe]) -> None:
    _, server = serve(dialects=(), has_frontend=True)
    with pytest.raises(SourceError, match="gives no list of SciCat"):
        probe_at(server.url)


def test_a_frontend_that_answers_everything_hides_nothing(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(dialects=("v3",), has_frontend=True)
    assert run_at(server.url).created == 28


def test_a_v4_that_knows_no_sort(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(dialects=("v4",), refuses_sort=True)
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 28)
    lists = [asked["filter"] or "" for asked in server.asked if asked.path.endswith("/datasets/public")]
    assert '"order":"pid:asc"' in lists[-1]


def test_the_slash_of_a_pid_is_encoded(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    installation, server = serve(records={"datasets": datasets(3)})
    broken = b'{"pid":"20.500.12345/0001","x":' + b"[" * 3000 + b"]" * 3000 + b"}"
    good = installation.records["datasets"][1]
    installation.records["datasets"][1] = broken
    assert run_at(server.url).status == "partial"
    installation.records["datasets"][1] = good
    installation.where = "works"
    assert run_at(server.url).status == "succeeded"
    assert any(quote("20.500.12345/0001", safe="") in asked.path for asked in server.asked)
    assert len(live(catalogue)) == 3


def test_published_data_have_their_own_numbers(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"publisheddata": published(120)}, dialects=("v3",))
    assert run_at(server.url, page_size="50").created == 120


def test_facets_say_how_many_where_the_count_does_not(
    serve: Serve, run_at: Harvest, probe_at: Callable[..., Probe]
) -> None:
    installation, server = serve(records={"datasets": datasets(25)}, counts=False)
    assert probe_at(server.url).records is None
    installation.has_facets = True
    assert probe_at(server.url).records == 25
    assert run_at(server.url).expected == 25
