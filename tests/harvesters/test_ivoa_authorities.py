"""Whose records are whose: authorities that move, registries that go or claim too much."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from catalogue.opening import Catalogue
from tests.harvesters.ivoa_server import item
from tests.harvesters.ivoa_sky import ALL, BROKEN, RunOnce, Sky, live, named, once, sky

__all__ = ["once", "sky"]


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
