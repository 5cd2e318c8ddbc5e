"""Operators add, test, change, run, pause and remove sources."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.asked_harvests import AskedHarvests
from catalogue.audit import Audit
from catalogue.opening import Catalogue
from catalogue.sources import OPTIONS, Source
from harvesters.base import harvester_kinds
from tests.harvesters.misbehaving import Repository, Server, some
from tests.web.observatory import harvest, record
from tests.web.signed_in import Operator
from tests.web.test_scheduler import eventually, running
from web.scheduler import Scheduler

NEW = {"name": "muons", "kind": "oai-pmh", "url": "https://lab.example.org/oai", "action": "save"}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Repository(some(25))) as started:
        yield started


def steps(catalogue: Catalogue) -> list[tuple[str, str, Any]]:
    return [
        (step.by, step.action, dict(step.detail))
        for step in Audit(catalogue.database).steps(subject="source")
    ]


def test_the_form_tells_all_options(operator: Operator) -> None:
    text = operator.client.get("/admin/sources/new").text
    for name, meaning in {**OPTIONS, **harvester_kinds()["oai-pmh"].options}.items():
        assert f'name="option-{name}"' in text
        assert operator.page("/admin/sources/new").by_id(f"about-{name}").text_content() == " ".join(
            meaning.split()
        )


def test_the_options_of_another_protocol(operator: Operator, guarded: Catalogue) -> None:
    kind = next(name for name, made in harvester_kinds().items() if made.options and name != "oai-pmh")
    answer = operator.send("/admin/sources/new", {**NEW, "kind": kind, "action": "look", "option-delay": "7"})
    assert answer.status_code == 200 and guarded.sources.all() == []
    for name in harvester_kinds()[kind].options:
        assert f'name="option-{name}"' in answer.text
    assert 'name="option-delay" value="7"' in answer.text and 'value="muons"' in answer.text


def test_a_source_is_tested_before_it_is_saved(
    operator: Operator, guarded: Catalogue, server: Server
) -> None:
    form = {**NEW, "url": server.url, "sets": "a b", "option-delay": "0.5"}
    tested = operator.send("/admin/sources/new", {**form, "sets": "", "action": "test"})
    assert "20 of 20 can be read" in tested.text, tested.text
    assert 'name="option-delay" value="0.5"' in tested.text and guarded.sources.all() == []
    told = operator.done("/admin/sources/new", form)
    assert told == "Source muons is registered; nothing is fetched yet."
    source = guarded.sources.get("muons")
    assert (source.url, source.sets, dict(source.options)) == (server.url, ("a", "b"), {"delay": "0.5"})
    ((by, action, detail),) = steps(guarded)
    assert (by, action, detail["url"]) == ("Ada", "added", [None, server.url])


def test_a_test_tells_what_is_wrong(operator: Operator, guarded: Catalogue) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/oai"
        text = operator.send("/admin/sources/new", {**NEW, "url": url, "action": "test"}).text
    assert "No harvest is possible" in text and guarded.sources.all() == []


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": "../etc"}, "cannot be a source"),
        ({"name": ""}, "cannot be a source"),
        ({"kind": "nonsense"}, "no kind of source"),
        ({"url": "file:///etc/passwd"}, "not an http(s) address"),
        ({"url": ""}, "not an http(s) address"),
        ({"kind": "file", "url": "/etc"}, "on the command line"),
        ({"kind": "file", "url": "/etc", "action": "test"}, "on the command line"),
        ({"schedule": "sometimes"}, "no schedule"),
        ({"option-grace": "long"}, "must be a number"),
        ({"option-include-match": "("}, "include-match"),
    ],
)
def test_nothing_wrong_is_registered(
    operator: Operator, guarded: Catalogue, form: dict[str, str], why: str
) -> None:
    assert why in operator.fault("/admin/sources/new", {**NEW, **form})
    assert guarded.sources.all() == [] and steps(guarded) == []


def test_what_was_typed_stays(operator: Operator) -> None:
    form = {**NEW, "schedule": "sometimes", "option-grace": "3", "option-token": "very-secret"}
    text = operator.send("/admin/sources/new", form).text
    for part in ('value="sometimes"', 'value="muons"', 'name="option-grace" value="3"'):
        assert part in text
    assert "very-secret" not in text


def test_a_taken_name(operator: Operator) -> None:
    operator.done("/admin/sources/new", NEW)
    assert "already" in operator.fault("/admin/sources/new", NEW, status=409)


def test_a_preset_fills_the_form(operator: Operator) -> None:
    page = operator.client.get("/admin/sources/new?preset=rodare").text
    assert 'value="rodare"' in page and 'value="oai_datacite"' in page
    assert "no preset" in operator.page("/admin/sources/new?preset=nonsense", 404).text_of("fault")


def test_changing(operator: Operator, guarded: Catalogue) -> None:
    operator.done("/admin/sources/new", {**NEW, "option-token": "very-secret", "option-grace": "3"})
    page = operator.client.get("/admin/sources/muons").text
    assert "very-secret" not in page and 'name="option-grace" value="3"' in page
    form = {**NEW, "name": "ignored", "schedule": "15 3 * * *", "option-delay": "2"}
    assert operator.done("/admin/sources/muons", form).startswith("Source muons is changed.")
    source = guarded.sources.get("muons")
    assert source.schedule == "15 3 * * *" and dict(source.options) == {"token": "very-secret", "delay": "2"}
    by, action, detail = steps(guarded)[0]
    assert (by, action) == ("Ada", "changed")
    assert detail == {
        "schedule": [None, "15 3 * * *"],
        "option grace": ["3", None],
        "option delay": [None, "2"],
    }
    operator.done("/admin/sources/muons", {**form, "option-token": "another-secret"})
    assert steps(guarded)[0][2] == {"option token": ["…", "…"]}
    operator.done("/admin/sources/muons", {**form, "forget-token": "yes"})
    assert guarded.sources.get("muons").token is None
    assert "secret" not in operator.client.get("/admin/log").text.replace("Secret", "")


def test_what_follows_from_a_change_is_said(operator: Operator, guarded: Catalogue) -> None:
    harvest(guarded, "laboratory", [record("a", "Muons")])
    source = guarded.sources.get("laboratory")
    form = {"kind": source.kind, "url": "https://other.example.org/oai", "action": "save"}
    assert "reads the full list" in operator.done("/admin/sources/laboratory", form)
    form["option-exclude-type"] = "software"
    assert "almagest remap laboratory" in operator.done("/admin/sources/laboratory", form)
    assert operator.fault("/admin/sources/laboratory", {**form, "schedule": "never"}) != ""


def test_a_busy_source_is_not_changed(operator: Operator, guarded: Catalogue) -> None:
    operator.done("/admin/sources/new", NEW)
    with guarded.database.source_lock("muons"):
        operator.fault("/admin/sources/muons", {**NEW, "option-grace": "1"}, status=409)
    assert dict(guarded.sources.get("muons").options) == {}


def test_a_source_of_the_file_is_changed_there(operator: Operator, guarded: Catalogue) -> None:
    guarded.sources.add(Source(name="muons", kind="oai-pmh", url="https://lab.example.org/oai"))
    object.__setattr__(guarded.settings, "file", {"source": [{"name": "muons"}]})
    page = operator.page("/admin/sources/muons")
    assert not any(button.get("value") == "save" for button in page.all("button", tag=True))
    for path, form in (
        ("/admin/sources/muons", NEW),
        ("/admin/sources/muons/pause", {"paused": "yes"}),
        ("/admin/sources/muons/remove", {"name": "muons"}),
    ):
        assert "almagest.toml" in operator.fault(path, form)


def test_a_harvest_runs_and_ends(operator: Operator, guarded: Catalogue, server: Server) -> None:
    operator.done("/admin/sources/new", {**NEW, "url": server.url})
    answer = operator.send("/admin/sources/muons/harvest")
    watch = answer.headers["Location"]
    page = operator.page(watch)
    assert "It waits, no. 1" in page.by_id("watched").text_content()
    assert "Nobody works" in page.text_of("partial")
    assert "waits or is being harvested already" in operator.done("/admin/sources/muons/harvest")
    with running(Scheduler(guarded, look_every=0.1)):
        eventually(lambda: bool(guarded.sources.runs("muons")))
        eventually(lambda: guarded.sources.runs("muons")[0].status == "succeeded")
    (run,) = guarded.sources.runs("muons")
    assert operator.client.get(watch).headers["Location"] == f"/sources/muons/runs/{run.number}"
    assert guarded.sources.state("muons").records == 25
    assert [action for _, action, _ in steps(guarded)] == ["harvest asked for", "added"]


def test_a_harvest_that_waits_is_taken_out(operator: Operator, guarded: Catalogue) -> None:
    operator.done("/admin/sources/new", NEW)
    operator.send("/admin/sources/muons/harvest", {"full": "yes"})
    (asked,) = AskedHarvests(guarded.database).all()
    assert (asked.source, asked.full) == ("muons", True)
    assert "Take out" in operator.client.get("/admin").text
    assert operator.done("/admin/sources/muons/stop") == "muons no longer waits to be harvested."
    assert AskedHarvests(guarded.database).all() == []


def test_a_running_harvest_is_asked_to_end(operator: Operator, guarded: Catalogue) -> None:
    operator.done("/admin/sources/new", NEW)
    with guarded.database.source_lock("muons"):
        run = guarded.sources.begin_run("muons")
        answer = operator.client.get("/admin/sources/muons/watch")
        assert answer.headers["Location"] == f"/sources/muons/runs/{run.number}"
        assert "ends after the page in work" in operator.done("/admin/sources/muons/stop")
        assert guarded.sources.is_to_stop(run)


def test_pausing(operator: Operator, guarded: Catalogue) -> None:
    operator.done("/admin/sources/new", {**NEW, "schedule": "* * * * *"})
    assert "is paused" in operator.done("/admin/sources/muons/pause", {"paused": "yes"})
    assert guarded.sources.get("muons").plan is None
    assert "paused" in operator.client.get("/admin/sources").text
    assert "follows its schedule again" in operator.done("/admin/sources/muons/pause", {"paused": "no"})
    source = guarded.sources.get("muons")
    assert source.plan == source.schedule == "* * * * *" and dict(source.options) == {}


def test_removing(operator: Operator, guarded: Catalogue) -> None:
    harvest(guarded, "laboratory", [record("a", "Muons"), record("b", "Pions")])
    assert "its 2 records" in operator.client.get("/admin/sources/laboratory/remove").text
    assert "Type the name" in operator.fault("/admin/sources/laboratory/remove", {"name": "x"})
    told = operator.done("/admin/sources/laboratory/remove", {"name": "laboratory"})
    assert told == "Source laboratory is removed; 2 records are withdrawn and stay as tombstones."
    assert guarded.sources.all() == [] and steps(guarded)[0][:2] == ("Ada", "removed")
    assert operator.page("/admin/sources/laboratory", 404).text_of("fault") != ""


def test_the_source_of_groups_is_left_alone(operator: Operator, guarded: Catalogue) -> None:
    operator.done("/admin/groups", {"name": "flares", "title": "Flares"})
    (name,) = [source.name for source in guarded.sources.all()]
    assert "never harvested" in operator.fault(f"/admin/sources/{name}/harvest")
    assert "changing groups" in operator.fault(f"/admin/sources/{name}/pause", {"paused": "yes"})
    assert "changing groups" in operator.fault(f"/admin/sources/{name}/remove", {"name": name})
