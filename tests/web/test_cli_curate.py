"""`almagest curate`, as a curator uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.web.command_line import Home
from tests.web.oai_repository import Repository
from tests.web.test_products import record

FIRST, SECOND, THIRD = record_id("zoo", "a"), record_id("farm", "b"), record_id("zoo", "c")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A catalogue of three records, two of which share an identifier."""
    opened = Repository(tmp_path)
    opened.add_source("farm")
    opened.put(record("a", "Alpha", "10.5072/same"), record("c", "Gamma", "10.5072/other"))
    opened.put(record("b", "Beta", "10.5072/same"), source="farm")
    opened.catalogue.close()
    return Home(tmp_path, {})


def titles(home: Home) -> list[str]:
    return sorted(one["titles"][0]["value"] for one in home.json("records"))


def test_from_split_to_undo(home: Home) -> None:
    assert titles(home) == ["Alpha", "Gamma"]
    split = home("curate", "split", SECOND, "--by", "Vera Rubin", "--note", "another plate")
    assert split.exit_code == 0, split.stderr
    assert "Vera Rubin split off" in split.stderr and "Beta" in split.stderr
    assert titles(home) == ["Alpha", "Beta", "Gamma"]
    joined = home("curate", "join", FIRST, THIRD, "--by", "Annie")
    assert joined.exit_code == 0 and "of 2 records" in joined.stderr
    assert titles(home) == ["Alpha", "Beta"]
    log = home.json("curate", "log")
    assert [(one["number"], one["kind"], one["by"]) for one in log] == [
        (2, "join", "Annie"),
        (1, "split", "Vera Rubin"),
    ]
    assert home("curate", "undo", "1", "--by", "Annie").exit_code == 0
    assert titles(home) == ["Alpha"]
    undone = home("curate", "log", SECOND).stdout
    assert "another plate; undone by Annie on 20" in undone
    assert home.json("curate", "log", "--standing")[0]["number"] == 2
    again = home("curate", "undo", "1")
    assert again.exit_code == 2 and "was undone by Annie" in again.stderr


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("titles", "A better title", [{"value": "A better title", "type": "main"}]),
        ("descriptions", "Words", [{"value": "Words", "type": "abstract"}]),
        ("titles", '"Quoted"', [{"value": "Quoted", "type": "main"}]),
        ("subjects", "pulsars", [{"label": "pulsars"}]),
        ("languages", '["de"]', ["de"]),
        ("version", "2", "2"),
    ],
)
def test_a_correction_in_plain_words_or_json(home: Home, field: str, value: str, expected: Any) -> None:
    done = home("curate", "correct", THIRD, field, json.dumps(value) if field == "version" else value)
    assert done.exit_code == 0, done.stderr
    (found,) = [one for one in home.json("records") if one["id"] == THIRD]
    assert found[field] == expected
    shown = [one for one in home.json("records", "--source", "zoo") if one["id"] == THIRD]
    assert shown[0].get(field) != expected, "the source's own record is as the source tells it"


def test_a_correction_from_a_file_and_to_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "value.json"
    file.write_text('[{"value": "From a file"}]')
    assert home("curate", "correct", THIRD, "titles", "--file", str(file)).exit_code == 0
    assert "From a file" in titles(home)
    assert home("curate", "correct", THIRD, "identifiers", "--nothing").exit_code == 0
    (found,) = [one for one in home.json("records") if one["id"] == THIRD]
    assert "identifiers" not in found
    piped = home("curate", "correct", THIRD, "titles", "--file", "-", input='[{"value": "Piped"}]')
    assert piped.exit_code == 0 and "Piped" in titles(home)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("correct", THIRD, "titles"), "Give a VALUE, or --file, or --nothing"),
        (("correct", THIRD, "titles", "x", "--nothing"), "Give a VALUE, or --file, or --nothing"),
        (("correct", THIRD, "titles", '[{"value"'), "begins like JSON, but is none"),
        (("correct", THIRD, "titles", "5"), "no value of the field titles"),
        (("correct", THIRD, "provenance", "x"), "is not one of"),
        (("correct", "nothing", "titles", "x"), "no record «nothing»"),
        (("correct", THIRD, "titles", "--file", "absent.json"), "cannot be read"),
        (("split", THIRD), "leave at least one"),
        (("join", THIRD), "two records or products"),
        (("undo", "7"), "no decision 7"),
        (("log", "nothing"), "no record «nothing»"),
        (("claims", "--source", "nobody"), "no source «nobody»"),
    ],
)
def test_what_is_wrong_is_said(home: Home, arguments: tuple[str, ...], reason: str) -> None:
    failed = home("curate", *arguments)
    assert failed.exit_code == 2
    assert reason in failed.stderr and "Traceback" not in failed.stderr
    assert home("curate", "log").stderr.strip() == "Nothing was decided."


def test_claims_are_listed(home: Home) -> None:
    assert home("curate", "claims").stderr.strip() == "There are no open claims."
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home.path)}))
    catalogue.close()
    assert home.json("curate", "claims", "--source", "zoo") == []


def test_products_tell_of_their_records_on_the_command_line(home: Home) -> None:
    (product,) = [one for one in home.json("records") if "product" in one]
    assert [one["id"] for one in product["product"]["members"]] == [FIRST, SECOND]
    assert product["product"]["said"]["titles"] == [[0]]


def test_a_new_priority_says_when_it_holds(home: Home) -> None:
    done = home("source", "change", "farm", "--option", "priority=2")
    assert "almagest remap farm" in done.stderr
    assert titles(home) == ["Alpha", "Gamma"]
    assert home("remap", "farm").exit_code == 0
    assert titles(home) == ["Beta", "Gamma"]


def test_the_log_shows_what_a_correction_says(home: Home) -> None:
    assert home("curate", "correct", THIRD, "version", '"2"', "--by", "Vera").exit_code == 0
    assert home("curate", "correct", THIRD, "titles", "x" * 100, "--by", "Vera").exit_code == 0
    titles, version = home("curate", "log", THIRD).stdout.splitlines()
    assert version.endswith(f'Vera corrected version of {THIRD} to "2"')
    value = titles.partition(f"corrected titles of {THIRD} to ")[2]
    assert value.startswith('[{"value":"xxx') and value.endswith("x…") and len(value) == 60
    assert "Nothing was decided" in home("curate", "log", FIRST).stderr
