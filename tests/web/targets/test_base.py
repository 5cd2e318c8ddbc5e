"""Targets are found by themselves, and settings say which instances of them exist."""

from __future__ import annotations

import re

import pytest

from catalogue.errors import NotFound, SettingsError
from tests.conftest import PROJECT
from tests.web.observatory import record
from web.targets.base import KINDS, instances_of, target_of, targets, use_of


def test_every_target_has_its_name_from_its_file_and_a_kind_that_the_page_knows() -> None:
    for name, target in targets().items():
        assert target.name == name
        assert target.kind in KINDS
        assert target.title
    assert {"http", "xrootd", "binder"} <= set(targets())


def test_an_unknown_target_is_told_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"There is no target «reanna»; known are .*binder"):
        target_of("reanna")


def test_settings_replace_the_public_instances_and_an_empty_address_takes_them_away() -> None:
    binder = target_of("binder")
    own = {"target": [{"kind": "binder", "url": "https://hub.example.org/", "title": "Our hub", "queue": 3}]}
    (instance,) = instances_of(binder, own)
    assert (instance.title, instance.url, instance.options) == (
        "Our hub",
        "https://hub.example.org",
        {"queue": "3"},
    )
    assert instances_of(binder, {"target": [{"kind": "binder", "url": ""}]}) == ()
    assert instances_of(binder, {}) == binder.instances


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({"kind": "binder"}, "written as"),
        ([{"kind": "bindr", "url": "https://hub.example.org"}], "no target «bindr»"),
        ([{"kind": "binder"}], "needs «url»"),
        ([{"kind": "binder", "url": "javascript:alert(1)"}], "needs «url»"),
    ],
)
def test_wrong_tables_are_refused(tables: object, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        instances_of(target_of("binder"), {"target": tables})


def test_files_have_addresses_below_the_page_of_the_record() -> None:
    use = use_of(target_of("binder"), record("data", "Data"), "https://catalogue.example.org/records/abc", {})
    assert use.file("binder", "x.txt") == "https://catalogue.example.org/records/abc/use/binder/x.txt"


def test_the_docs_name_every_target_and_every_kind_of_instance_is_one() -> None:
    page = (PROJECT / "docs" / "targets.md").read_text()
    first, _, second = page.partition("## Which instances there are")
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.*?) \|", first, re.MULTILINE))))
    assert named == set(targets())
    kinds = set(re.findall(r"^\| `(\w+)` \|", second, re.MULTILINE))
    assert kinds <= set(targets())
    assert {name for name, target in targets().items() if target.instances} <= kinds
