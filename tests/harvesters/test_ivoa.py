"""The IVOA registry: from the list of registries to records, by way of registries that misbehave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.opening import Catalogue
from tests.harvesters.ivoa_server import item
from tests.harvesters.ivoa_sky import ALL, BROKEN, RunOnce, Sky, live, named, once, sky
from tests.harvesters.misbehaving import Asked, Sent

__all__ = ["once", "sky"]


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


def test_what_is_kept_of_a_registry_that_failed(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    sky.breaks("south", BROKEN)
    assert once().status == "partial"
    known = catalogue.sources.memory("test")["registries"]
    assert known["ivo://south/registry"]["since"] is None
    assert "503" in known["ivo://south/registry"]["failed"]
    assert known["ivo://north/registry"]["since"] == "2024-06-01T11:50:00Z"
    assert known["ivo://north/registry"]["failed"] is None
