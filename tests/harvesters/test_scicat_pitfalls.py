"""SciCat installations that misbehave: nothing is lost but what cannot be had, and that is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import harvester_of
from harvesters.transport import Transport
from tests.harvesters.conftest import FakeClock
from tests.harvesters.misbehaving import Asked, Sent
from tests.harvesters.scicat_fixtures import Harvest, Serve, live, run_at, serve, stack
from tests.harvesters.scicat_server import FRONTEND, JSON, answer, datasets

__all__ = ["run_at", "serve", "stack"]

PROJECT = Path(__file__).resolve().parents[2]


def is_list(asked: Asked) -> bool:
    """Whether this asks for a page of datasets (not to find out what there is)."""
    return _limits(asked).get("limit", 0) > 1 and not asked.path.endswith("/count")


def _limits(asked: Asked) -> dict[str, int]:
    limits: dict[str, int] = json.loads(asked["filter"] or "{}").get("limits", {})
    return limits


def on_page(skip: int, change: Callable[[Sent], Sent], times: int = 10**6) -> Callable[[Asked, Sent], Sent]:
    """A script that changes the answers which hold the record of this number."""
    left = [times]

    def script(asked: Asked, sent: Sent) -> Sent:
        limits = _limits(asked)
        begin = limits.get("skip", 0)
        if is_list(asked) and begin <= skip < begin + limits["limit"] and left[0] > 0:
            left[0] -= 1
            return change(sent)
        return sent

    return script


@pytest.mark.parametrize("cap", [3, 7, 100])
def test_a_silent_limit_below_ours(serve: Serve, run_at: Harvest, cap: int) -> None:
    _, server = serve(cap=cap, records={"datasets": datasets(25)}, dialects=("v3",))
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 25)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 20, 30])
def test_every_length_of_list(serve: Serve, run_at: Harvest, number: int, counts: bool) -> None:
    _, server = serve(records={"datasets": datasets(number)}, counts=counts)
    run = run_at(server.url)
    assert (run.status, run.error, run.created) == ("succeeded", None, number)


@pytest.mark.parametrize("lies", [-1, -5, -20, -100])
def test_a_count_that_says_fewer_costs_no_record(serve: Serve, run_at: Harvest, lies: int) -> None:
    _, server = serve(lies=lies, records={"datasets": datasets(25)})
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 25)


def test_a_count_that_says_more_is_told_and_nothing_is_withdrawn(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    installation, server = serve(records={"datasets": datasets(25)})
    assert run_at(server.url, grace="0", shrink="1").created == 25
    installation.lies = 4
    installation.records["datasets"] = installation.records["datasets"][:20]
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 0)
    assert (run.error or "").startswith("Incomplete: 20 of 24 records came; nothing was withdrawn;")
    assert len(live(catalogue)) == 25


def test_a_count_that_nobody_believes(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    installation, server = serve(records={"datasets": datasets(25)}, lies=4)
    assert run_at(server.url, grace="0", shrink="1", count="no").status == "succeeded"
    installation.records["datasets"] = installation.records["datasets"][:20]
    assert run_at(server.url, full=True).deleted == 5
    assert len(live(catalogue)) == 20


BROKEN = {
    "NaN": b'{"pid":"20.500.12345/0013","scientificMetadata":{"x":NaN}}',
    "invalid UTF-8": b'{"pid":"20.500.12345/0013","datasetName":"\xff\xfe"}',
    "deep nesting": b'{"pid":"20.500.12345/0013","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "25 MB": b'{"pid":"20.500.12345/0013","x":"' + b"x" * 25_000_000 + b'"}',
    "a control character": b'{"pid":"20.500.12345/0013","datasetName":"\x01"}',
    "a lone surrogate": b'{"pid":"20.500.12345/0013","datasetName":"\\ud800"}',
    "cut off": b'{"pid":"20.500.12345/0013","datasetName":"x',
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_one_broken_record_costs_only_itself(
    serve: Serve, run_at: Harvest, catalogue: Catalogue, broken: bytes
) -> None:
    installation, server = serve(records={"datasets": datasets(25)})
    good = installation.records["datasets"][13]
    installation.records["datasets"][13] = broken
    run = run_at(server.url, page_size="12")
    assert (run.status, run.created, run.quarantined) == ("partial", 24, 1), run.error
    ((_, issue),) = catalogue.sources.issues("test")
    assert issue.identifier == "datasets/20.500.12345/0013"
    assert issue.reason
    installation.records["datasets"][13] = good
    run = run_at(server.url)
    assert run.status == "succeeded"
    assert len(live(catalogue)) == 25


def test_a_broken_record_blocks_no_withdrawal(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    installation, server = serve(records={"datasets": datasets(25)})
    installation.records["datasets"][13] = BROKEN["NaN"]
    run_at(server.url, grace="0", shrink="1")
    del installation.records["datasets"][20:]
    assert run_at(server.url, full=True).deleted == 5


def test_a_record_without_identifier_is_told_by_its_place(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    _, server = serve(
        records={"datasets": [*datasets(3), {"datasetName": "Nameless"}, b"7", *datasets(2, begin=5)]}
    )
    run = run_at(server.url)
    assert (run.status, run.created) == ("partial", 5)
    host = server.url.removeprefix("http://")
    found = {issue.identifier for _, issue in catalogue.sources.issues("test")}
    assert found == {f"({host}/datasets, record {number} of the list)" for number in (4, 5)}


def test_500_on_one_page_costs_one_record(
    serve: Serve, run_at: Harvest, clock: FakeClock, catalogue: Catalogue
) -> None:
    _, server = serve(records={"datasets": datasets(25)})

    def script(asked: Asked, sent: Sent) -> Sent:
        limits = _limits(asked)
        begin = limits.get("skip", 0)
        holds = begin <= 13 < begin + limits.get("limit", 0)
        is_whole = "fields" not in (asked["filter"] or "")
        return answer({"message": "boom"}, 500) if holds and is_whole and sent.status == 200 else sent

    server.script = script
    run = run_at(server.url)
    assert (run.status, run.created, run.quarantined) == ("partial", 24, 1), run.error
    ((_, issue),) = catalogue.sources.issues("test")
    assert issue.identifier == "datasets/20.500.12345/0013"
    assert "500" in issue.reason


def test_500_that_passes(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"datasets": datasets(25)})
    server.script = on_page(13, lambda sent: answer({}, 500), times=3)
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 25)


def test_html_with_200_on_one_page_is_got_around(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"datasets": datasets(25)})
    page = Sent(body=FRONTEND, headers={"Content-Type": "text/html"})
    server.script = on_page(13, lambda sent: page, times=1)
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 25)


def test_401_later_in_the_run_keeps_what_is_there(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    _, server = serve()
    assert run_at(server.url, grace="0", shrink="1").created == 28
    server.script = on_page(13, lambda sent: answer({"message": "Unauthorized"}, 401))
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 0)
    assert "Unauthorized" in (run.error or "")
    assert len(live(catalogue)) == 28
    server.script = lambda asked, sent: sent
    assert run_at(server.url, full=True).status == "succeeded"


@pytest.mark.parametrize(
    ("options", "hint"),
    [({}, "name the environment variable that holds it"), ({"token": "wrong"}, "not accepted; renew it.")],
)
def test_a_host_that_lets_nobody_in_is_asked_little_and_told_of_once(
    serve: Serve, run_at: Harvest, options: dict[str, str], hint: str
) -> None:
    _, server = serve()
    server.script = lambda asked, sent: answer({"message": "Unauthorized"}, 401)
    run = run_at(server.url, **options)
    assert run.status == "failed"
    error = run.error or ""
    assert (error.count("«401 Unauthorized»"), error.count(hint)) == (1, 1)
    assert len(server.asked) <= 6


def test_401_on_the_only_list_fails_the_run(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"datasets": datasets(25)})
    server.script = on_page(13, lambda sent: answer({"message": "Unauthorized"}, 401))
    run = run_at(server.url)
    assert run.status == "failed"
    assert "«401 Unauthorized»: «Unauthorized»" in (run.error or "")


def test_what_comes_while_the_list_is_read_is_not_lost(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    installation, server = serve(records={"datasets": datasets(25, begin=10)})

    def script(asked: Asked, sent: Sent) -> Sent:
        if is_list(asked) and _limits(asked).get("skip") == 0 and len(installation.records["datasets"]) == 25:
            # Two come before those that have been read, so that two of these are read twice.
            installation.records["datasets"][:0] = datasets(2, updatedAt="2999-01-01T00:00:00.000Z")
        return sent

    server.script = script
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 25), run.error
    assert run_at(server.url).created == 2
    assert len(live(catalogue)) == 27


def test_a_list_that_shrinks_while_it_is_read_is_told(
    serve: Serve, run_at: Harvest, catalogue: Catalogue
) -> None:
    installation, server = serve(records={"datasets": datasets(30)})

    def script(asked: Asked, sent: Sent) -> Sent:
        if is_list(asked) and _limits(asked).get("skip") == 0:
            del installation.records["datasets"][:1]
        return sent

    server.script = script
    run = run_at(server.url, grace="0")
    # One has gone, and one was skipped over: nothing is taken for withdrawn.
    assert (run.status, run.deleted) == ("partial", 0)
    server.script = lambda asked, sent: sent
    assert run_at(server.url, full=True).status == "succeeded"
    assert len(live(catalogue)) == 29


def test_a_circle_comes_to_an_end(serve: Serve, run_at: Harvest) -> None:
    _, server = serve(records={"datasets": datasets(10)}, counts=False)

    def script(asked: Asked, sent: Sent) -> Sent:
        body = json.dumps(datasets(10)).encode()
        return replace(sent, body=body, headers=JSON) if is_list(asked) else sent

    server.script = script
    run = run_at(server.url)
    assert run.status == "failed"
    assert "would never come to an end" in (run.error or "")
    assert len(server.asked) < 40


def test_retry_after_is_heeded(serve: Serve, run_at: Harvest, clock: FakeClock) -> None:
    _, server = serve(records={"datasets": datasets(25)})
    busy = replace(answer({"message": "slow down"}, 429), headers={**JSON, "Retry-After": "77"})
    server.script = on_page(13, lambda sent: busy, times=2)
    run = run_at(server.url)
    assert (run.status, run.created) == ("succeeded", 25)
    assert sum(clock.slept) >= 2 * 77


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (answer({"message": "boom"}, 500), "500"),
        (answer({"message": "boom"}, 503), "503"),
        (Sent(body=b"[]", cut=1), "breaks off"),
    ],
)
def test_a_list_that_fails_is_not_taken_for_one_that_is_not_public(
    serve: Serve, run_at: Harvest, catalogue: Catalogue, failure: Sent, said: str
) -> None:
    _, server = serve()
    assert run_at(server.url, grace="0", shrink="1").created == 28

    def script(asked: Asked, sent: Sent) -> Sent:
        return failure if "publisheddata" in asked.path.lower() else sent

    server.script = script
    run = run_at(server.url, full=True)
    assert (run.status, run.deleted) == ("partial", 0)
    assert said in (run.error or "")
    assert len(live(catalogue)) == 28


def test_a_withdrawn_dataset_has_its_grace(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    installation, server = serve(records={"datasets": datasets(25)})
    assert run_at(server.url).created == 25
    gone = installation.records["datasets"].pop(3)
    assert run_at(server.url, full=True).deleted == 0
    assert len(live(catalogue)) == 25
    installation.records["datasets"].insert(3, gone)
    run_at(server.url, full=True)
    installation.records["datasets"].pop(3)
    source = catalogue.sources.get("test")
    catalogue.sources.change(replace(source, options={**source.options, "grace": "0"}))
    assert run_at(server.url, full=True).deleted == 1
    assert len(live(catalogue)) == 24


def test_a_shrunken_list_withdraws_nothing(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    installation, server = serve(records={"datasets": datasets(25)})
    assert run_at(server.url, grace="0").created == 25
    del installation.records["datasets"][10:]
    run = run_at(server.url, full=True)
    assert run.status == "failed"
    assert len(live(catalogue)) == 25


PROGRAM = """
import sys
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from harvesters.run import harvest
harvest(Catalogue(load_settings({"ALMAGEST_HOME": sys.argv[1]})), ["test"])
"""


def test_kill_and_resume(serve: Serve, run_at: Harvest, catalogue: Catalogue) -> None:
    installation, server = serve(dialects=("v3",), records={"datasets": datasets(60)})
    installation.records["datasets"][41] = BROKEN["NaN"].replace(b"0013", b"0041")
    killed = threading.Event()

    def script(asked: Asked, sent: Sent) -> Sent:
        if _limits(asked).get("skip") == 30:
            killed.wait(60)
        return sent

    server.script = script
    catalogue.sources.add(Source(name="test", kind="scicat", url=server.url, options={"page-size": "10"}))
    home = str(catalogue.settings.home)
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, home], cwd=PROJECT)
    begun = time.monotonic()
    while len(live(catalogue)) < 30 and time.monotonic() - begun < 50:
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(30)
    killed.set()
    assert len(live(catalogue)) == 30
    asked = len(server.asked)
    run = run_at(server.url)
    assert run.status == "partial", run.error
    assert min(_limits(one)["skip"] for one in server.asked[asked:] if is_list(one)) >= 20
    assert len(live(catalogue)) == 59
    ((_, issue),) = catalogue.sources.issues("test")
    assert issue.identifier == "datasets/20.500.12345/0041"


@pytest.mark.parametrize("where", ["works", "ignored", "nothing"])
def test_a_cut_off_run_goes_on_whatever_the_filter_does(
    serve: Serve, settings: Settings, connect: Callable[..., Transport], where: str
) -> None:
    _, server = serve(records={"datasets": datasets(35)}, where=where)
    source = Source(name="test", kind="scicat", url=server.url, options={"page-size": "10"})
    since, known = "2024-01-01T00:00:00Z", [f"{server.url.removeprefix('http://')}/datasets"]
    with connect(source, settings) as transport:
        harvester = harvester_of(source, transport)
        harvester.memory = {"public": known}
        pages = harvester.pages(since, None)
        first = [next(pages), next(pages)]
        pages.close()
    with connect(source, settings) as transport:
        harvester = harvester_of(source, transport)
        harvester.memory = {"public": known}
        rest = list(harvester.pages(since, json.loads(json.dumps(first[-1].checkpoint))))
    names = [raw.identifier for page in [*first, *rest] for raw in page.records]
    assert names == [f"datasets/20.500.12345/{number:04d}" for number in range(35)]
    assert (harvester.missing, harvester.unread) == (0, {})
    assert harvester.memory == {"public": known, "behind": {}}
    assert harvester.whole == (set() if where == "works" else set(known))
