"""Sources made of presets and of described repositories."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.errors import NotFound, SettingsError
from catalogue.opening import Catalogue
from catalogue.record import Capability, Interface, Record, record_id
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.presets import Preset, presets
from tests.web.command_line import Home
from tests.web.observatory import harvest, record
from web.new_sources import changed, command_line, described, source_of, suggested_name
from web.registration import checked

OAI = "http://www.openarchives.org/OAI/2.0/"


def repository(identifier: str, *urls: str, title: str = "Archive of Müon Physics") -> Record:
    """A record of kind repository with OAI-PMH endpoints."""
    interfaces = tuple(Interface(type="OAI-PMH", url=url) for url in urls)
    capability = Capability(standard=OAI, interfaces=interfaces)
    return replace(record(identifier, title), kind="repository", capabilities=(capability,))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, {})


def test_presets_are_listed(home: Home) -> None:
    listed = {one["name"]: one for one in home.json("source", "presets")}
    assert listed["rodare"]["url"] == "https://rodare.hzdr.de/oai2d"
    assert set(listed["rodare"]) >= {"name", "title", "kind", "community", "url", "origin", "reached"}
    answer = home("source", "presets")
    assert "rodare" in answer.stdout and "not asked by us" in answer.stderr


def test_a_preset_is_registered_as_it_is_and_with_changes(home: Home) -> None:
    assert home("source", "add", "--preset", "rodare").exit_code == 0
    given = ("--set", "user-fwk", "--option", "delay=2", "--schedule", "0 3 * * *")
    assert home("source", "add", "fwk", "--preset", "rodare", *given).exit_code == 0
    fwk, rodare = home.json("source", "list")
    assert (rodare["name"], rodare["prefix"], rodare["sets"]) == ("rodare", "oai_datacite", [])
    assert (fwk["name"], fwk["prefix"], fwk["sets"]) == ("fwk", "oai_datacite", ["user-fwk"])
    assert fwk["options"] == {"title": rodare["options"]["title"], "delay": "2"}
    assert fwk["schedule"] == "0 3 * * *"
    taken = home("source", "add", "--preset", "rodare")
    assert taken.exit_code == 2 and "already" in taken.stderr


def test_wrong_calls(home: Home) -> None:
    unknown = home("source", "add", "--preset", "nowhere")
    assert unknown.exit_code == 2 and "known are" in unknown.stderr
    bare = home("source", "add", "one")
    assert bare.exit_code == 2 and "--preset" in bare.stderr
    both = home("source", "add", "--preset", "rodare", "--from-record", "x")
    assert both.exit_code == 2 and "not both" in both.stderr


def test_a_source_of_a_described_repository(home: Home) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home.path)}))
    urls = ("https://a.example/oai", "https://b.example/oai")
    harvest(catalogue, "re3data", [repository("r1", *urls), record("r2", "No endpoint")])
    catalogue.close()
    id = record_id("re3data", "r1")
    assert home("source", "add", "--from-record", id).exit_code == 0
    assert home("source", "add", "b", "--from-record", id, "--endpoint", "2").exit_code == 0
    found = {one["name"]: one for one in home.json("source", "list")}
    assert found["archive-of-muon-physics"]["url"] == urls[0]
    assert (found["b"]["url"], found["b"]["kind"]) == (urls[1], "oai-pmh")
    for arguments, why in (
        (("--from-record", record_id("re3data", "r2")), "names no endpoint"),
        (("--from-record", "nowhere"), "There is no record"),
        (("c", "--from-record", id, "--endpoint", "3"), "names 2 endpoints, not 3"),
    ):
        answer = home("source", "add", *arguments)
        assert answer.exit_code == 2 and why in answer.stderr, answer.stderr


def test_what_is_given_replaces_what_is_known() -> None:
    known = Source(name="a", kind="oai-pmh", url="https://a.example", prefix="p", options={"delay": "1"})
    assert changed(known) == known
    assert changed(known, options={"grace": "0"}).options == {"delay": "1", "grace": "0"}
    other = changed(known, kind="invenio")
    assert (other.kind, other.prefix, other.options) == ("invenio", None, {})


def test_withdrawn_records_make_no_source(empty: Catalogue) -> None:
    harvest(empty, "re3data", [repository("r1", "https://a.example/oai")])
    id = record_id("re3data", "r1")
    assert source_of(described(empty, id)).url == "https://a.example/oai"
    with pytest.raises(SettingsError):
        source_of(described(empty, id), 0)
    harvest(empty, "re3data", [], deleted=["r1"])
    with pytest.raises(NotFound, match="withdrawn"):
        described(empty, id)


def test_names_are_made_of_titles() -> None:
    assert suggested_name("Zenodo") == "zenodo"
    assert suggested_name("<intR>²Dok[§]") == "intr-2dok"
    assert suggested_name("天文") == "source"
    assert suggested_name("A" * 99) == "a" * 40
    assert (
        suggested_name("Canadian Astronomy Data Centre of the Herzberg")
        == "canadian-astronomy-data-centre-of-the"
    )


def test_the_command_line_is_quoted_and_without_secrets() -> None:
    source = Source(
        name="a", kind="oai-pmh", url="https://a.example/oai?x=1&y='$(id)'", sets=("s s",),
        options={"token": "secret", "delay": "1"},
    )  # fmt: skip
    line = command_line(source)
    assert "secret" not in line and "--option delay=1" in line and "--set 's s'" in line
    assert "'https://a.example/oai?x=1&y='\"'\"'$(id)'\"'\"''" in line
    assert command_line(source, record="r-1", number=2).startswith(
        "almagest source add a --from-record r-1 --endpoint 2 "
    )


@pytest.mark.parametrize("one", presets().values(), ids=lambda one: one.name)
def test_each_preset_passes_what_registration_checks(one: Preset) -> None:
    assert checked(one.source()) == one.source()


@pytest.mark.parametrize("name", ["test", "new"])
def test_names_that_pages_have_are_taken(home: Home, name: str) -> None:
    answer = home("source", "add", name, "--kind", "oai-pmh", "--url", "https://a.example/oai")
    assert answer.exit_code == 2 and "choose another name" in answer.stderr
