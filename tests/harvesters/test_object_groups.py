"""Object groups are records like others, and remember who changed them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import Conflict, NotFound, SettingsError, SourceBusy
from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from catalogue.related import related
from catalogue.relations import RelationLookup
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.groups import NAME
from harvesters.object_groups import ObjectGroups, id_of
from harvesters.run import harvest as run_harvest
from mappings.base import read
from tests.web.observatory import harvest, record

DATA, PLAIN = record_id("lab", "data"), record_id("lab", "plain")


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """A laboratory with a record that has a DOI and one that has nothing but our id."""
    environ = {"ALMAGEST_HOME": str(tmp_path)}
    if request.param == "postgresql":
        environ["ALMAGEST_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    opened = Catalogue(load_settings(environ))
    doi = Identifier(scheme="doi", value="10.5072/data")
    harvest(opened, "lab", [record("data", "Data", identifiers=(doi,)), record("plain", "Plain")])
    yield opened
    opened.close()


@pytest.fixture
def groups(catalogue: Catalogue) -> ObjectGroups:
    return ObjectGroups(catalogue)


def seen_from(catalogue: Catalogue, id: str) -> list[tuple[str | None, list[str]]]:
    lookup = RelationLookup(catalogue.database, catalogue.settings.base_url)
    found = related(catalogue.store, lookup, id).relations
    return [(one.type, [thing.title for thing in one.things]) for one in found]


def test_a_group_is_a_collection_whose_members_lead_to_it(catalogue: Catalogue, groups: ObjectGroups) -> None:
    made = groups.create("flares", "Flares", ["doi:10.5072/data", PLAIN], by="ada", description="By hand.")
    assert [(one.scheme, one.value) for one in made.members] == [("doi", "10.5072/data"), ("almagest", PLAIN)]
    change = catalogue.store.change(id_of("flares"))
    assert change.record is not None and change.source == NAME
    assert (change.record.kind, change.record.title) == ("collection", "Flares")
    assert change.record.descriptions[0].value == "By hand."
    assert seen_from(catalogue, id_of("flares")) == [("HasPart", ["Data"]), ("HasPart", ["Plain"])]
    assert seen_from(catalogue, DATA) == seen_from(catalogue, PLAIN) == [("IsPartOf", ["Flares"])]
    assert "ada" not in str(change.record)


def test_every_change_is_kept_with_who_and_when(catalogue: Catalogue, groups: ObjectGroups) -> None:
    groups.create("flares", "Flares", [DATA], by="ada")
    groups.add("flares", [PLAIN, DATA], by="bob")
    groups.remove("flares", ["10.5072/data"], by="ada")
    changed = groups.describe("flares", by="eve", title="Flares of 2019")
    assert groups.get("flares") == changed
    assert [(one.by, one.action, one.members) for one in changed.changes] == [
        ("ada", "created", (DATA,)),
        ("bob", "added", (PLAIN,)),
        ("ada", "removed", (DATA,)),
        ("eve", "described", ()),
    ]
    assert all(one.at.endswith("Z") for one in changed.changes)
    assert seen_from(catalogue, DATA) == [] and seen_from(catalogue, PLAIN) == [
        ("IsPartOf", ["Flares of 2019"])
    ]
    versions = catalogue.store.history(id_of("flares"))
    assert len(versions) == 4
    # What changes nothing is no change.
    assert groups.add("flares", [PLAIN], by="bob") == changed
    assert groups.describe("flares", by="bob", title="Flares of 2019") == changed


def test_a_dissolved_group_leaves_a_tombstone_and_comes_back_under_its_id(
    catalogue: Catalogue, groups: ObjectGroups
) -> None:
    groups.create("flares", "Flares", [DATA], by="ada")
    groups.dissolve("flares", by="bob")
    assert catalogue.store.change(id_of("flares")).record is None
    assert seen_from(catalogue, DATA) == [] and groups.all() == []
    gone = groups.get("flares")
    assert gone.is_dissolved and gone.changes[-1].by == "bob"
    for attempt in (groups.add, groups.remove):
        with pytest.raises(Conflict):
            attempt("flares", [DATA], by="ada")
    again = groups.create("flares", "Flares again", [PLAIN], by="ada")
    assert [one.action for one in again.changes] == ["created", "dissolved", "created"]
    assert [one.value for one in again.members] == [PLAIN]
    assert catalogue.store.get(id_of("flares")).title == "Flares again"


def test_harvest_and_remap_leave_groups_as_they_are(catalogue: Catalogue, groups: ObjectGroups) -> None:
    groups.create("flares", "Flares", [DATA], by="ada")
    before = catalogue.store.change(id_of("flares"))
    for full in (False, True):
        (run,) = run_harvest(catalogue, [NAME], full=full)
        assert (run.status, run.fetched, run.deleted, run.requests) == ("succeeded", 0, 0, 0)
    _, counts = catalogue.store.remap(NAME, read)
    assert counts["unchanged"] == 1
    assert catalogue.store.change(id_of("flares")) == before
    assert not catalogue.sources.get(NAME).originals, "who made changes is nobody else's business"


def test_members_that_join_a_product_or_are_withdrawn(catalogue: Catalogue, groups: ObjectGroups) -> None:
    groups.create("flares", "Flares", [DATA, PLAIN], by="ada")
    doi = Identifier(scheme="doi", value="10.5072/data")
    harvest(catalogue, "other", [record("copy", "Copy", identifiers=(doi,))])
    product = catalogue.store.change(DATA).joined
    assert product is not None
    assert seen_from(catalogue, product) == [("IsPartOf", ["Flares"])]
    with pytest.raises(NotFound):
        groups.add("flares", ["0123456789abcdef0123"], by="ada")
    assert len(groups.add("flares", [product], by="ada").members) == 2
    catalogue.store.withdraw("lab", [PLAIN])
    assert [things for _, things in seen_from(catalogue, id_of("flares"))] == [["Data"], []]
    assert len(groups.remove("flares", [PLAIN], by="ada").members) == 1


def test_groups_may_be_in_groups_but_not_in_themselves(catalogue: Catalogue, groups: ObjectGroups) -> None:
    groups.create("small", "Small", [DATA], by="ada")
    groups.create("large", "Large", [id_of("small")], by="ada")
    assert seen_from(catalogue, id_of("small"))[-1] == ("IsPartOf", ["Large"])
    with pytest.raises(SettingsError, match="in itself"):
        groups.add("large", [id_of("large")], by="ada")


def test_faults_are_one_sentence(catalogue: Catalogue, groups: ObjectGroups) -> None:
    with pytest.raises(NotFound, match="none is there"):
        groups.get("flares")
    with pytest.raises(SettingsError, match="cannot be a group's name"):
        groups.create("No Name", "Title", [], by="ada")
    with pytest.raises(SettingsError, match="needs a title"):
        groups.create("flares", "  ", [], by="ada")
    with pytest.raises(SettingsError, match="--by"):
        groups.create("flares", "Flares", [], by=" ")
    with pytest.raises(NotFound, match="no live record «doi:10"):
        groups.create("flares", "Flares", ["doi:10.5072/nobody"], by="ada")
    assert groups.create("flares", "Flares", [], by="ada").members == ()
    with pytest.raises(Conflict, match="already"):
        groups.create("flares", "Flares", [], by="ada")
    with pytest.raises(NotFound, match="known are flares"):
        groups.get("suns")
    with pytest.raises(NotFound, match="None of these"):
        groups.remove("flares", [DATA], by="ada")
    with catalogue.database.source_lock(NAME), pytest.raises(SourceBusy):
        groups.add("flares", [DATA], by="ada")


def test_a_source_that_has_taken_the_name_is_said(catalogue: Catalogue, groups: ObjectGroups) -> None:
    catalogue.sources.add(Source(name=NAME, kind="oai-pmh", url="http://localhost/oai"))
    with pytest.raises(Conflict, match="object groups need that name"):
        groups.create("flares", "Flares", [], by="ada")
