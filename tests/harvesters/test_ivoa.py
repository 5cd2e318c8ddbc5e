"""The IVOA registry: from the list of registries to records, by way of registries that misbehave."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Page
from catalogue.runs import Run
from catalogue.settings import Settings, load_settings
from catalogue.sources import Source
from harvesters.ivoa import Ivoa
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.ivoa_server import Observatories, Registry, item, registry
from tests.harvesters.misbehaving import Asked, Item, Sent, Server

Connect = Callable[..., Transport]
RunOnce = Callable[..., Run]


class Sky:
    """A Registry of Registries and three publishing ones, with what a test changes of them."""

    def __init__(self, server: Server, observatories: Observatories) -> None:
        self.server = server
        self.base = server.url.removesuffix("/oai")
        self.at = observatories.at
        self.at["/rofr"] = Registry()
        for name, count in (("north", 12), ("south", 5), ("east", 5)):
            self.at[f"/{name}"] = Registry(items=[item(f"ivo://{name}/{n}") for n in range(count)])
            self.lists(name, [name])

    def lists(self, name: str, authorities: list[str], url: str = "", **values: str) -> None:
        """Let the Registry of Registries list this registry so."""
        self.forgets(name)
        document = registry(f"ivo://{name}/registry", url or f"{self.base}/{name}", authorities, **values)
        self.at["/rofr"].items.append(
            Item(identifier=f"ivo://{name}/registry", metadata=document, sets=("ivoa_publishers",))
        )

    def forgets(self, name: str) -> None:
        """Let the Registry of Registries list it no more."""
        self.at["/rofr"].items[:] = [
            one for one in self.at["/rofr"].items if one.identifier != f"ivo://{name}/registry"
        ]

    def breaks(self, name: str, sent: Sent, after: int = 0) -> None:
        """Let a registry answer so from its request of number ``after`` on."""
        seen = []

        def script(asked: Asked, good: Sent) -> Sent:
            if asked.path != f"/{name}":
                return good
            seen.append(asked)
            return sent if len(seen) > after else good

        self.server.script = script

    def mends(self) -> None:
        """Let all behave again, and forget what was asked."""
        self.server.script = lambda asked, sent: sent
        self.server.asked.clear()

    def asked_of(self, name: str) -> list[Asked]:
        """The lists that were asked of a registry."""
        return [one for one in self.server.lists() if one.path == f"/{name}"]


BROKEN = Sent(body=b"out of order", status=503)


@pytest.fixture
def sky() -> Iterator[Sky]:
    observatories = Observatories()
    with Server(observatories) as server:
        yield Sky(server, observatories)


@pytest.fixture
def once(catalogue: Catalogue, sky: Sky, connect: Connect) -> RunOnce:
    """One harvest of the whole sky."""

    def run(*, full: bool = False, **values: Any) -> Run:
        if not catalogue.sources.all():
            values.setdefault("url", f"{sky.base}/rofr")
            values.setdefault("options", {"grace": "0", "shrink": "1"})
            catalogue.sources.add(Source(name="test", kind="ivoa", **values))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return run


def live(catalogue: Catalogue) -> set[str]:
    """The identifiers of all live records."""
    return {change.record.provenance.identifier for change in catalogue.store.walk() if change.record}


def named(name: str, count: int) -> set[str]:
    return {f"ivo://{name}/{number}" for number in range(count)}


ALL = named("north", 12) | named("south", 5) | named("east", 5)


def test_all_that_the_registries_manage(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    run = once()
    assert (run.status, run.error) == ("succeeded", None)
    assert (run.fetched, run.created, run.expected, run.full) == (22, 22, 22, True)
    assert live(catalogue) == ALL
    assert {one["set"] for one in sky.server.lists() if not one.token} == {"ivoa_publishers", "ivo_managed"}
    assert run.requests == len(sky.server.asked)
    (record,) = [c.record for c in catalogue.store.walk() if "east/3" in str(c.record)]
    assert record is not None
    assert record.provenance.sets == ("ivo_managed", "ivo://east/registry", "ivo://east")
    assert record.provenance.url == (
        f"{sky.base}/east?verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://east/3"
    )


def test_a_registry_is_asked_for_changes_since_its_own_last_harvest(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    sky.at["/south"].date = "2024-05-01T00:00:00Z"
    once()
    sky.mends()
    sky.at["/south"].items[0] = item("ivo://south/0", datestamp="2024-06-01T12:00:00Z", title="Anew")
    run = once()
    assert (run.status, run.full, run.fetched, run.updated) == ("succeeded", False, 1, 1)
    assert sky.asked_of("north")[0]["from"] == "2024-06-01T11:50:00Z"
    assert sky.asked_of("south")[0]["from"] == "2024-04-30T23:50:00Z"


def test_a_dead_registry_fails_alone_and_keeps_its_records(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    once()
    del sky.at["/east"].items[4], sky.at["/south"].items[4]
    sky.breaks("south", BROKEN)
    run = once(full=True)
    assert run.status == "partial"
    assert run.error is not None
    assert run.error.startswith(
        "1 parts of its list could not be read and keep their records: ivo://south/reg"
    )
    assert "answers «503" in run.error
    assert (run.fetched, run.deleted) == (16, 1)
    assert live(catalogue) == ALL - {"ivo://east/4"}
    sky.mends()
    once(full=True)
    assert live(catalogue) == ALL - {"ivo://east/4", "ivo://south/4"}


def test_a_registry_that_was_away_is_asked_from_its_own_last_success(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    once()
    for registry_ in sky.at.values():
        registry_.date = "2024-06-08T12:00:00Z"
    sky.at["/south"].items[1] = item("ivo://south/1", datestamp="2024-06-03T00:00:00Z", title="While away")
    sky.breaks("south", BROKEN)
    assert once().status == "partial"
    sky.mends()
    run = once()
    assert (run.status, run.updated) == ("succeeded", 1)
    assert sky.asked_of("south")[0]["from"] == "2024-06-01T11:50:00Z"
    assert sky.asked_of("north")[0]["from"] == "2024-06-08T11:50:00Z"
    # What failed last time comes last.
    assert [one.path for one in sky.server.asked if one.verb == "Identify"][-1] == "/south"


def test_a_registry_that_breaks_down_in_the_middle(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    sky.breaks("north", BROKEN, after=3)
    run = once()
    assert run.status == "partial"
    assert run.error is not None
    assert "10 records had come by then" in run.error
    assert (run.fetched, run.expected) == (20, 20)
    sky.mends()
    run = once()
    assert live(catalogue) == ALL
    assert sky.asked_of("north")[0]["from"] is None


@pytest.mark.parametrize(
    "sent",
    [
        Sent(body=b"<html><head><title>Maintenance</title></head></html>"),
        Sent(body=b"", status=200),
        Sent(body=b"gone", status=404),
        Sent(body=b"no", status=403),
        Sent(body=b"<OAI-PMH>", cut=5),
    ],
)
def test_a_registry_that_answers_something_else(
    once: RunOnce, catalogue: Catalogue, sky: Sky, sent: Sent
) -> None:
    once()
    sky.breaks("south", sent)
    run = once(full=True)
    assert run.status == "partial"
    assert live(catalogue) == ALL


def test_a_dead_registry_costs_few_requests(once: RunOnce, sky: Sky) -> None:
    sky.breaks("south", BROKEN)
    once()
    assert len([one for one in sky.server.asked if one.path == "/south"]) == 3


def test_all_registries_dead_is_a_failed_run(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    once()
    sky.server.script = lambda asked, sent: sent if asked.path == "/rofr" else BROKEN
    run = once(full=True)
    assert run.status == "failed"
    assert run.error is not None
    assert run.error.startswith("None of the 3 registries could be read; the first: ")
    assert live(catalogue) == ALL
    sky.mends()
    assert once(full=True).fetched == 22


def test_expired_tokens_inside_a_registry(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    expired = []

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.path == "/north" and asked.token and not expired:
            expired.append(asked)
            return sky.at["/north"].error("badResumptionToken", "expired")
        return sent

    sky.server.script = script
    assert once().status == "succeeded"
    assert expired
    assert live(catalogue) == ALL


def test_records_of_foreign_authorities_are_left_out_and_told(
    once: RunOnce, catalogue: Catalogue, sky: Sky, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "harvesters.ivoa")
    sky.at["/south"].items += [
        item("ivo://north/1", title="A copy"),
        item("ivo://north/2", deleted=True),
        item("ivo://nobody/1"),
    ]
    run = once()
    assert (run.status, run.fetched, run.quarantined, run.expected) == ("succeeded", 22, 0, 22)
    assert live(catalogue) == ALL
    assert "A copy" not in str([change.record for change in catalogue.store.walk()])
    assert (
        "registry ivo://south/registry (Registry south/registry): 5 records; 3 left out, as it does not "
        "manage their authorities: north 2, nobody 1"
    ) in caplog.text


def test_ivoids_are_the_same_in_any_case(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    sky.lists("south", ["SOUTH"])
    sky.at["/south"].items[:] = [
        item("ivo://South/0"),
        item("ivo://SOUTH/1", header="oai:registry.example.org:ivo://SOUTH/1"),
        item("ivo://south/2", header="south-2"),
    ]
    once()
    assert {one for one in live(catalogue) if "south" in one.lower()} == named("south", 3)
    sky.at["/south"].items[:] = [
        item("IVO://SOUTH/0", datestamp="2024-06-01T12:00:00Z", deleted=True),
        item("ivo://south/1", datestamp="2024-06-01T12:00:00Z", title="Anew"),
    ]
    run = once()
    assert (run.deleted, run.updated, run.created) == (1, 1, 0)


def test_the_status_of_a_resource_counts_whatever_its_header_says(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    sky.at["/south"].items[0] = item("ivo://south/0", status="deleted")
    sky.at["/south"].items[1] = item("ivo://south/1", status="inactive")
    assert once().status == "succeeded"
    assert live(catalogue) == ALL - {"ivo://south/0"}
    sky.at["/east"].items[0] = item("ivo://east/0", status="deleted", datestamp="2024-06-01T12:00:00Z")
    assert once().deleted == 1
    assert live(catalogue) == ALL - {"ivo://south/0", "ivo://east/0"}


def test_an_authority_that_moves_keeps_its_records(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    once()
    moved = sky.at["/south"].items[:]
    sky.at["/south"].items[:] = [
        replace(one, deleted=True, datestamp="2024-06-02T00:00:00Z", metadata=None) for one in moved
    ]
    # In the new registry they have their old datestamps.
    sky.at["/east"].items += moved
    sky.lists("south", ["pole"])
    sky.lists("east", ["east", "south"])
    sky.mends()
    run = once()
    assert (run.status, run.deleted, run.created) == ("succeeded", 0, 0)
    assert live(catalogue) == ALL
    assert sky.asked_of("east")[0]["from"] is None
    sets = {
        change.record.provenance.sets
        for change in catalogue.store.walk()
        if change.record and change.record.provenance.identifier.startswith("ivo://south/")
    }
    assert sets == {("ivo_managed", "ivo://east/registry", "ivo://south")}
    assert once(full=True).deleted == 0
    # What the new registry deletes is deleted.
    sky.at["/east"].items[-1] = item("ivo://south/4", deleted=True, datestamp="2024-06-03T00:00:00Z")
    assert once().deleted == 1


def test_an_authority_whose_new_registry_is_down_keeps_its_records(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    once()
    sky.at["/south"].items[:] = []
    sky.at["/south"].items.append(item("ivo://pole/0"))
    sky.lists("south", ["pole"])
    sky.lists("east", ["east", "south"])
    sky.breaks("east", BROKEN)
    for _ in range(2):
        run = once(full=True)
        assert run.error is not None
        assert "ivo://south: Its new registry ivo://east/registry could not be read." in run.error
        assert live(catalogue) == ALL | {"ivo://pole/0"}


def test_two_registries_that_claim_one_authority(
    once: RunOnce, catalogue: Catalogue, sky: Sky, caplog: pytest.LogCaptureFixture
) -> None:
    sky.lists("north", ["north", "shared"])
    sky.lists("south", ["south", "shared"], updated="2024-02-01T00:00:00")
    sky.at["/north"].items.append(item("ivo://shared/0", title="The old one"))
    sky.at["/south"].items.append(item("ivo://shared/0", title="The new one"))
    assert once().fetched == 23
    assert "The new one" in str([change.record for change in catalogue.store.walk()])
    assert (
        "The authority shared is claimed by ivo://north/registry and ivo://south/registry; its records are "
        "taken from ivo://south/registry."
    ) in caplog.text


def test_a_registry_that_is_listed_no_more_keeps_its_records_for_the_time_of_grace(
    once: RunOnce, catalogue: Catalogue, sky: Sky, caplog: pytest.LogCaptureFixture
) -> None:
    options = {"grace": "7", "shrink": "1"}
    once(options=options)
    sky.forgets("south")
    assert once().status == "succeeded"
    assert "ivo://south/registry is listed no more; its records stay for the time of grace" in caplog.text
    assert once(full=True).deleted == 0
    assert live(catalogue) == ALL
    sky.lists("south", ["south"])
    sky.mends()
    assert once().status == "succeeded"
    # Some may have been withdrawn meanwhile, so it is read in whole.
    assert sky.asked_of("south")[0]["from"] is None
    sky.forgets("south")
    catalogue.sources.change(replace(catalogue.sources.get("test"), options={**options, "grace": "0"}))
    assert once(full=True).deleted == 5
    assert live(catalogue) == ALL - named("south", 5)


def test_a_registry_out_of_service_keeps_its_records_and_one_deleted_does_not(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    once()
    sky.lists("south", ["south"], status="inactive")
    sky.lists("east", ["east"], status="deleted")
    sky.mends()
    run = once(full=True)
    assert run.error is not None
    assert "ivo://south/registry is out of service by its own record; it was not asked." in run.error
    assert not sky.asked_of("south")
    assert live(catalogue) == ALL - named("east", 5)


def test_a_registry_that_suddenly_has_nothing_keeps_its_records(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    once()
    sky.at["/south"].items.clear()
    run = once(full=True)
    assert run.error is not None
    assert "ivo://south/registry gives no record, and a registry has at least its own" in run.error
    assert live(catalogue) == ALL


def test_a_full_registry_is_asked_for_no_more_than_it_manages(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    sky.lists("south", ["south"], full="true")
    sky.at["/south"].items[:] = [item(f"ivo://any/{n}", managed=False) for n in range(50)]
    run = once()
    assert run.error is not None
    assert "ivo://south/registry gives no record" in run.error
    assert [one["set"] for one in sky.asked_of("south")] == ["ivo_managed"]


def test_a_set_that_the_operator_has_chosen_must_be_there(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    sky.at["/south"].has_sets = False
    run = once(sets=("ivo_managed",))
    assert run.error is not None
    assert "noSetHierarchy" in run.error
    assert live(catalogue) == ALL - named("south", 5)


def test_a_list_without_end_does_not_keep_us_from_the_others(
    once: RunOnce, catalogue: Catalogue, sky: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.ivoa.LONGEST", 10)
    run = once()
    assert run.error is not None
    assert "ivo://north/registry gives more than 10 records, which no registry has" in run.error
    assert named("south", 5) | named("east", 5) <= live(catalogue)


def test_a_registry_that_gives_less_than_it_announces_withdraws_nothing(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    once()
    del sky.at["/north"].items[11], sky.at["/east"].items[4]
    sky.at["/north"].announced = 12
    run = once(full=True)
    assert run.status == "partial"
    assert run.error is not None
    assert "ivo://north/registry: 1 of the records that it announced did not come." in run.error
    assert live(catalogue) == ALL - {"ivo://east/4"}


def test_a_registry_that_gives_less_than_it_announces_is_asked_for_the_same_once_more(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    whole = list(sky.at["/north"].items)
    sky.at["/north"].items[:] = whole[:11]
    sky.at["/north"].announced = 12
    assert once().status == "partial"
    assert ALL - live(catalogue) == {"ivo://north/11"}
    sky.at["/north"].items[:] = whole
    done = once()
    assert (done.status, done.full, done.created) == ("succeeded", False, 1)
    assert live(catalogue) == ALL


def test_a_registry_that_counts_wrong_for_ever_is_asked_for_its_changes_after_the_second_time(
    once: RunOnce, sky: Sky, catalogue: Catalogue
) -> None:
    sky.at["/north"].announced = 13
    fetched = [once().fetched for _ in range(3)]
    assert fetched[0] > fetched[1] > fetched[2]


@pytest.mark.parametrize("managed", [True, False])
def test_a_registry_without_sets(once: RunOnce, catalogue: Catalogue, sky: Sky, managed: bool) -> None:
    sky.at["/south"].has_sets = managed
    sky.at["/south"].items[:] = [replace(one, sets=()) for one in sky.at["/south"].items]
    sky.at["/south"].items.append(item("ivo://north/1", title="A copy", managed=False))
    run = once()
    assert (run.status, run.fetched) == ("succeeded", 22)
    assert live(catalogue) == ALL
    assert [one["set"] for one in sky.asked_of("south")] == ["ivo_managed", None]


def test_private_addresses_in_the_list_are_not_asked(
    settings: Settings, catalogue: Catalogue, sky: Sky, connect: Connect
) -> None:
    sky.lists("south", ["south"], url="http://10.0.0.1/oai")
    sky.lists("east", ["east"], url="http://169.254.169.254/latest")
    sky.lists("west", ["west"], url="file:///etc/passwd")
    hosts = {"rofr.example.org": "127.0.0.1"}

    def resolver(host: str, port: int) -> list[str]:
        return [hosts.get(host, host)]

    def guarded(source: Source, settings: Settings, **more: Any) -> Transport:
        return connect(source, settings, resolver=resolver, **more)

    url = f"{sky.base}/rofr".replace("127.0.0.1", "rofr.example.org")
    catalogue.sources.add(Source(name="test", kind="ivoa", url=url))
    run = harvest(catalogue, ["test"], connect=guarded)[0]
    assert run.status == "partial"
    assert live(catalogue) == named("north", 12)
    assert run.error is not None
    assert "10.0.0.1 has the private address 10.0.0.1, to which this source may not lead us" in run.error
    assert "169.254.169.254 has the private address" in run.error
    assert "only http and https addresses may" in run.error


def test_the_list_cannot_be_had(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    once()
    sky.at["/south"].items[0] = item("ivo://south/0", datestamp="2024-06-01T12:00:00Z", title="Anew")
    sky.breaks("rofr", BROKEN)
    run = once()
    assert (run.status, run.updated) == ("partial", 1)
    assert run.error is not None
    assert f"{sky.base}/rofr: " in run.error
    assert "The registries known before (3) are harvested." in run.error
    assert once(full=True).deleted == 0
    assert live(catalogue) == ALL


def test_the_list_could_never_be_had(once: RunOnce, sky: Sky) -> None:
    sky.breaks("rofr", BROKEN)
    run = once()
    assert (run.status, run.number) == ("failed", 1)
    assert run.error is not None
    assert "/rofr answers «503" in run.error


@pytest.mark.parametrize("fault", ["empty", "refused", "shorter", "unreadable"])
def test_a_list_that_is_not_whole_forgets_nobody(
    once: RunOnce, catalogue: Catalogue, sky: Sky, fault: str
) -> None:
    once()
    rofr = sky.at["/rofr"]
    if fault == "empty":
        rofr.items.clear()
    elif fault == "refused":
        rofr.has_sets = False
    elif fault == "shorter":
        rofr.announced, rofr.page_size = 3, 1
        sky.forgets("south")
    else:
        rofr.items[1] = replace(rofr.items[1], metadata="<ri:Resource>&nope;</ri:Resource>")
    run = once(full=True)
    assert run.status == "partial"
    assert run.error is not None
    assert "egistries known before" in run.error
    assert run.fetched == 22
    assert live(catalogue) == ALL


def test_one_full_registry(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    full = sky.at["/full"] = Registry(items=[*sky.at["/north"].items, *sky.at["/south"].items])
    full.described = registry("ivo://full/registry", "http://else.example.org", ["full"], full="true")
    run = once(url=f"{sky.base}/full")
    assert (run.status, run.fetched) == ("succeeded", 17)
    assert live(catalogue) == named("north", 12) | named("south", 5)
    assert [one["set"] for one in sky.asked_of("full") if not one.token] == ["ivoa_publishers", None]
    sky.mends()
    once()
    assert sky.asked_of("full")[-1]["from"] == "2024-06-01T11:50:00Z"


@pytest.mark.parametrize(("described", "mode"), [(True, "auto"), (False, "auto"), (False, "publishing")])
def test_one_publishing_registry(
    once: RunOnce, catalogue: Catalogue, sky: Sky, described: bool, mode: str
) -> None:
    south = sky.at["/south"]
    south.described = registry("ivo://south/registry", "", ["south"]) if described else ""
    south.items += [item("ivo://north/1", managed=False), item("ivo://north/2")]
    run = once(url=f"{sky.base}/south", options={"registry": mode})
    assert run.status == "succeeded"
    # Without its own record nobody can tell what it manages.
    assert live(catalogue) == named("south", 5) | (set() if described else {"ivo://north/2"})


def test_several_addresses_where_one_has_everything(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    copies = [item("ivo://north/1", title="A copy"), item("ivo://nobody/1")]
    sky.at["/full"] = Registry(items=copies)
    sky.at["/full"].described = registry("ivo://full/registry", "", ["full"], full="true")
    run = once(options={"urls": f"{sky.base}/full"})
    assert (run.status, run.fetched) == ("succeeded", 23)
    assert live(catalogue) == ALL | {"ivo://nobody/1"}
    assert "A copy" not in str([change.record for change in catalogue.store.walk()])


def test_the_list_is_a_publishing_registry_itself(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    rofr = sky.at["/rofr"]
    rofr.described = registry("ivo://ivoa.example/rofr", "", ["ivoa.example"])
    rofr.items.append(item("ivo://ivoa.example/std/tap", kind="vr:Resource"))
    assert once().fetched == 23
    assert "ivo://ivoa.example/std/tap" in live(catalogue)


def test_an_unknown_mode_is_told(once: RunOnce) -> None:
    run = once(options={"registry": "all"})
    assert run.status == "failed"
    assert run.error == "Option registry of source test is one of auto, rofr, full, publishing, not «all»."


def test_one_broken_record_costs_only_itself(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    items = sky.at["/south"].items
    items[1] = replace(items[1], identifier="ivo://South/1", metadata="<ri:Resource>\x03</ri:Resource>")
    items[2] = replace(items[2], metadata="")
    run = once()
    assert (run.status, run.fetched, run.quarantined) == ("partial", 22, 2)
    assert live(catalogue) == ALL - {"ivo://south/1", "ivo://south/2"}
    told = {issue.identifier for _, issue in catalogue.sources.issues("test")}
    assert told == {"ivo://south/1", "ivo://south/2"}
    # Of what was lost nothing comes with the changes: it is asked for one by one.
    items[2] = item("ivo://south/2")
    sky.mends()
    once()
    assert [one["identifier"] for one in sky.server.asked if one.verb == "GetRecord"] == ["ivo://south/2"]
    assert live(catalogue) == ALL - {"ivo://south/1"}


def test_lost_records_are_asked_for_as_their_registry_writes_them(
    once: RunOnce, catalogue: Catalogue, sky: Sky
) -> None:
    items = sky.at["/south"].items
    items[2] = replace(items[2], identifier="ivo://South/2", metadata="")
    once()
    assert catalogue.sources.memory("test")["written"] == {"ivo://south/2": "ivo://South/2"}
    items[2] = item("ivo://South/2")
    once()
    assert live(catalogue) == ALL
    assert catalogue.sources.memory("test")["written"] == {}


def all_pages(source: Source, transport: Transport, checkpoint: Any = None, upto: int = 10**6) -> list[Page]:
    found = []
    for page in Ivoa(source, transport).pages(None, checkpoint):
        found.append(page)
        if len(found) >= upto:
            break
    return found


def test_a_killed_run_goes_on_inside_the_registry(sky: Sky, settings: Settings, connect: Connect) -> None:
    source = Source(name="test", kind="ivoa", url=f"{sky.base}/rofr")
    with connect(source, settings) as transport:
        whole = all_pages(source, transport)
    expected = [raw.identifier for page in whole for raw in page.records]
    assert set(expected) == ALL
    for upto in range(1, len(whole)):
        sky.mends()
        with connect(source, settings) as transport:
            before = all_pages(source, transport, upto=upto)
        sky.mends()
        with connect(source, settings) as transport:
            after = all_pages(source, transport, json.loads(json.dumps(before[-1].checkpoint)))
        assert [raw.identifier for page in [*before, *after] for raw in page.records] == expected
        assert after[-1].expected == 22
        assert not sky.asked_of("rofr")


@pytest.mark.parametrize("pages", [1, 3, 4, 5])
def test_a_stopped_harvest_goes_on(
    once: RunOnce, catalogue: Catalogue, sky: Sky, connect: Connect, pages: int
) -> None:
    once()
    del sky.at["/east"].items[4], sky.at["/north"].items[11]
    stop = threading.Event()

    def watch(run: Run) -> None:
        if run.pages >= pages:
            stop.set()

    run = harvest(catalogue, ["test"], full=True, connect=connect, stop=stop, progress=watch)[0]
    assert run.status == "interrupted"
    assert live(catalogue) == ALL
    run = once()
    assert (run.status, run.full, run.deleted) == ("succeeded", True, 2)
    assert live(catalogue) == ALL - {"ivo://east/4", "ivo://north/11"}


def harvest_in_a_process(home: str) -> None:
    """One harvest of the source «test» of this home."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": home}))
    harvest(opened, ["test"], full=True)


@pytest.mark.parametrize(("path", "number"), [("/rofr", 2), ("/north", 4), ("/south", 1), ("/south", 3)])
def test_kill_minus_nine_in_the_middle(tmp_path: Path, sky: Sky, path: str, number: int) -> None:
    home = str(tmp_path / "home")
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": home}))
    options = {"grace": "0", "shrink": "1"}
    catalogue.sources.add(Source(name="test", kind="ivoa", url=f"{sky.base}/rofr", options=options))
    harvest(catalogue, ["test"])
    before = catalogue.store.last_sequence()
    del sky.at["/east"].items[4], sky.at["/south"].items[4]
    process = multiprocessing.get_context("forkserver").Process(target=harvest_in_a_process, args=(home,))
    asked_there: list[Asked] = []

    def script(asked: Asked, sent: Sent) -> Sent:
        asked_there.extend([asked] if asked.path == path else [])
        if len(asked_there) == number and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)
        return sent

    sky.server.script = script
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    sky.mends()
    run = harvest(catalogue, ["test"], full=True)[0]
    assert (run.status, run.error) == ("succeeded", None)
    assert live(catalogue) == ALL - {"ivo://east/4", "ivo://south/4"}
    assert catalogue.store.last_sequence() == before + 2
    catalogue.close()


def test_what_is_kept_of_a_registry_that_failed(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    sky.breaks("south", BROKEN)
    assert once().status == "partial"
    known = catalogue.sources.memory("test")["registries"]
    assert known["ivo://south/registry"]["since"] is None
    assert "503" in known["ivo://south/registry"]["failed"]
    assert known["ivo://north/registry"]["since"] == "2024-06-01T11:50:00Z"
    assert known["ivo://north/registry"]["failed"] is None
