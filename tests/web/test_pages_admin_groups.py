"""Object groups on the pages of operators."""

from __future__ import annotations

import pytest

from catalogue.audit import Audit
from catalogue.opening import Catalogue
from catalogue.record import record_id
from harvesters.object_groups import ObjectGroups
from tests.web.observatory import harvest, record
from tests.web.signed_in import Operator

A, B = record_id("laboratory", "a"), record_id("laboratory", "b")
NEW = {"name": "flares", "title": "Flares of 2019", "members": A}


@pytest.fixture(autouse=True)
def records(guarded: Catalogue) -> None:
    harvest(guarded, "laboratory", [record("a", "Flare one"), record("b", "Flare two")])


def members(catalogue: Catalogue) -> list[str]:
    return [member.id for member in ObjectGroups(catalogue).get("flares").members]


def test_a_group_from_its_making_to_its_end(operator: Operator, guarded: Catalogue) -> None:
    assert operator.done("/admin/groups", NEW) == "The group flares is made, with 1 member."
    path = "/admin/groups/flares"
    assert (
        operator.done(path, {"action": "add", "members": f"{B}\n{A}"})
        == "The group flares has 2 members now."
    )
    assert members(guarded) == [A, B]
    operator.done(path, {"action": "remove", "member": [A]})
    assert members(guarded) == [B]
    operator.done(path, {"action": "describe", "title": "Flares", "description": "Of the Sun"})
    group = ObjectGroups(guarded).get("flares")
    assert (group.title, group.description) == ("Flares", "Of the Sun")
    assert operator.done(path, {"action": "dissolve", "sure": "yes"}) == "The group flares is dissolved."
    assert "dissolved" in operator.page(path).text_of("sentence")
    assert operator.fault(path, {"action": "add", "members": A}, status=409) != ""
    assert operator.done("/admin/groups", NEW) == "The group flares is made, with 1 member."
    steps = Audit(guarded.database).steps(subject="group")
    assert [step.action for step in reversed(steps)] == [
        "created",
        "added",
        "removed",
        "described",
        "dissolved",
        "created",
    ]
    assert {step.by for step in steps} == {"Ada"}


def test_from_the_page_of_a_record(operator: Operator, guarded: Catalogue) -> None:
    page = operator.page(f"/admin/records/{A}")
    making = operator.page(page.link("Make a group with it").partition("#")[0])
    assert making.by_id("members").text_content() == A
    operator.done("/admin/groups", NEW)
    told = operator.done("/admin/groups-of-records", {"group": "flares", "member": B})
    assert told == "It is in the group flares, which has 2 members now." and members(guarded) == [A, B]


@pytest.mark.parametrize(
    ("path", "form", "status", "why"),
    [
        ("", {**NEW, "name": "Ä"}, 400, "cannot be a group's name"),
        ("", {**NEW, "name": "other", "title": " "}, 400, "needs a title"),
        ("", {**NEW, "name": "other", "members": "doi:10.5072/none"}, 404, "no live record"),
        ("", NEW, 409, "already"),
        ("/flares", {"action": "add", "members": " "}, 400, "Name records"),
        ("/flares", {"action": "remove"}, 400, "Mark the members"),
        ("/flares", {"action": "remove", "member": B}, 404, "None of these"),
        ("/flares", {"action": "dissolve"}, 400, "Mark that the group"),
        ("/flares", {"action": "nonsense"}, 400, "Press one"),
        ("/none", {"action": "add", "members": A}, 404, "no group"),
    ],
)
def test_what_cannot_be(
    operator: Operator, guarded: Catalogue, path: str, form: dict[str, str], status: int, why: str
) -> None:
    operator.done("/admin/groups", NEW)
    assert why in operator.fault(f"/admin/groups{path}", form, status=status)
    assert [group.name for group in ObjectGroups(guarded).all()] == ["flares"] and members(guarded) == [A]
