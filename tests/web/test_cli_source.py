"""`almagest source`: registering, listing, testing and removing sources."""

from __future__ import annotations

import json
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.database import Database
from catalogue.sources import OPTIONS
from harvesters.base import harvester_kinds
from tests.web.command_line import PATHS, Home, one_sentence, sample_server

ADD = ("source", "add", "one", "--kind", "oai-pmh", "--url", "http://127.0.0.1:9/oai")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty data directory."""
    return Home(tmp_path, {})


@pytest.fixture(scope="module")
def samples() -> Iterator[str]:
    """The address of the sample sources."""
    with sample_server() as server:
        yield server.address


def test_add_list_show_remove(home: Home) -> None:
    options = ("--set", "a", "--set", "b:c", "--prefix", "oai_dc", "--schedule", "15 3 * * *")
    assert home(*ADD, *options, "--option", "grace=0").exit_code == 0
    (listed,) = home.json("source", "list")
    (shown,) = home.json("source", "show", "one")
    for found in (listed, shown):
        assert found["name"] == "one"
        assert found["kind"] == "oai-pmh"
        assert found["url"] == "http://127.0.0.1:9/oai"
        assert found["sets"] == ["a", "b:c"]
        assert found["prefix"] == "oai_dc"
        assert found["schedule"] == "15 3 * * *"
        assert found["options"] == {"grace": "0"}
        assert found["records"] == 0
        assert found["last_run"] is None
    assert shown["runs"] == []
    assert "never" in home("source", "list").stdout
    assert "15 3 * * *" in home("source", "show", "one").stdout
    removed = home("source", "remove", "one", "--yes")
    assert removed.exit_code == 0
    assert home.json("source", "list") == []


def test_no_source_yet(home: Home) -> None:
    answer = home("source", "list")
    assert answer.exit_code == 0
    assert answer.stdout == ""
    assert "almagest source add NAME" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--kind", "gopher", "--url", "http://x/"), ", ".join(sorted(harvester_kinds()))),
        (("--kind", "oai-pmh", "--url", "ftp://x/oai"), "is not an http(s) address"),
        (("--kind", "oai-pmh", "--url", "x"), "is not an http(s) address"),
        (("--kind", "oai-pmh", "--url", "http://"), "is not an http(s) address"),
        (("--kind", "oai-pmh", "--url", "http://[x/"), "is not an address"),
        (("--kind", "oai-pmh", "--url", "http://x:99999/"), "is not an address"),
        (("--kind", "oai-pmh", "--url", "http://x/oai?verb=Identify"), "must end before «?verb=»"),
        (("--kind", "oai-pmh", "--url", "http://me:sesame@x/"), "--option token-env=VARIABLE"),
        (
            ("--kind", "oai-pmh", "--url", "http://x/", "--option", "grrace=1"),
            "delay, exclude-match",
        ),
        (("--kind", "oai-pmh", "--url", "http://x/", "--option", "grace"), "is written NAME=VALUE"),
        (("--kind", "oai-pmh", "--url", "http://x/", "--option", "grace=soon"), "must be a number from 0 up"),
        (("--kind", "oai-pmh", "--url", "http://x/", "--option", "shrink=20"), "between 0 and 1"),
        (("--kind", "oai-pmh", "--url", "http://x/", "--schedule", "daily"), "give five cron fields"),
        (("--kind", "oai-pmh", "--url", "http://x/", "--schedule", "61 * * * *"), "give five cron fields"),
    ],
)
def test_a_wrong_source_is_refused(arguments: tuple[str, ...], expected: str, home: Home) -> None:
    answer = home("source", "add", "one", *arguments)
    assert answer.exit_code == 2
    assert expected in one_sentence(answer)
    assert "sesame" not in answer.stderr
    assert home.json("source", "list") == []


@pytest.mark.parametrize("command", ["add", "change"])
def test_the_help_tells_every_kind_and_option(command: str, home: Home) -> None:
    told = home("source", command, "--help").stdout
    for kind, harvester in harvester_kinds().items():
        assert f"  {kind} " in told
        for option in harvester.options:
            assert f"  {option} " in told.partition(f"Options of the kind {kind}:")[2]
    assert all(f"  {option} " in told.partition("Options of every source:")[2] for option in OPTIONS)


def test_a_change_of_nothing_is_asked_what_it_means(home: Home) -> None:
    home(*ADD)
    answer = home("source", "change", "one")
    assert answer.exit_code == 2 and "Say what to change" in answer.stderr


def test_a_preset_says_what_its_operator_should_know(home: Home) -> None:
    answer = home("source", "add", "--preset", "b2find")
    assert answer.exit_code == 0
    assert "narrow it with --set" in answer.stderr and "Nobody of us has asked this address" in answer.stderr


@pytest.mark.parametrize("name", ["Zenodo", "a b", "../etc", "", "-x" * 40])
def test_a_name_that_is_none(name: str, home: Home) -> None:
    answer = home("source", "add", "--kind", "oai-pmh", "--url", "http://x/", "--", name)
    assert answer.exit_code == 2
    assert "cannot be a source's name" in one_sentence(answer)


def test_a_name_is_taken_once(home: Home) -> None:
    assert home(*ADD).exit_code == 0
    again = home(*ADD)
    assert again.exit_code == 2
    assert "There is a source «one» already" in one_sentence(again)


@pytest.mark.parametrize(
    "command", [("source", "show"), ("source", "remove"), ("source", "test"), ("issues",)]
)
def test_an_unknown_source(command: tuple[str, ...], home: Home) -> None:
    home(*ADD)
    answer = home(*command, "two")
    assert answer.exit_code == 2
    assert "There is no source «two»" in one_sentence(answer)


def test_a_token_is_never_shown(home: Home) -> None:
    home(*ADD, "--option", "token=open-sesame")
    for command in (("source", "list"), ("source", "show", "one"), ("harvest", "one"), ("doctor",)):
        for form in ((), ("--json",)):
            answer = home("--verbose", *command, *form)
            assert "open-sesame" not in answer.output
    (shown,) = home.json("source", "show", "one")
    assert shown["options"] == {"token": "…"}


def test_remove_asks_first(home: Home) -> None:
    home(*ADD)
    answer = home("source", "remove", "one")
    assert answer.exit_code == 2
    assert "say --yes" in one_sentence(answer)
    assert len(home.json("source", "list")) == 1


@pytest.mark.parametrize(("reply", "code", "left"), [(b"n\n", 1, 1), (b"y\n", 0, 0)])
def test_remove_asks_on_a_terminal(reply: bytes, code: int, left: int, home: Home) -> None:
    home(*ADD)
    master, slave = pty.openpty()
    with home.start("source", "remove", "one", stdin=slave) as process:
        os.close(slave)
        os.write(master, reply)
        _, errors = process.communicate(timeout=60)
    os.close(master)
    assert process.returncode == code
    assert "Withdraw the 0 records of one and remove it?" in errors
    assert len(home.json("source", "list")) == left


def test_test_probes_and_previews_and_writes_nothing(home: Home, samples: str) -> None:
    home("source", "add", "alma", "--kind", "oai-pmh", "--url", samples + "/alma/oai/request")
    lines = home.json("source", "test", "alma", "--limit", "45")
    assert len(lines) == 45
    refused = [line for line in lines if line["status"] == "refused"]
    mapped = [line for line in lines if line["status"] == "mapped"]
    assert [line["identifier"] for line in refused] == ["oai:alma.example.org:9902"]
    assert "not well-formed" in refused[0]["reason"].lower()
    assert all(line["record"]["provenance"]["source"] == "alma" for line in mapped)
    answer = home("source", "test", "alma", "--limit", "3")
    assert "Alma: Theses of Eight Institutes" in answer.stdout
    assert "oai_dc" in answer.stdout
    assert home.json("records", "--deleted") == []
    (shown,) = home.json("source", "show", "alma")
    assert shown["runs"] == []


def test_test_of_a_source_that_does_not_answer(home: Home) -> None:
    home(*ADD)
    answer = home("source", "test", "one")
    assert answer.exit_code == 1
    assert "http://127.0.0.1:9/oai" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.output


def test_sources_of_the_settings_file(home: Home) -> None:
    table = """
        [[source]]
        name = "one"
        kind = "oai-pmh"
        url = "https://one.example.org/oai"
        set = "physics"
        schedule = "0 4 * * *"
        options = { grace = 0, originals = false }
    """
    (home.path / "almagest.toml").write_text(table)
    (one,) = home.json("source", "list")
    assert one["sets"] == ["physics"]
    assert one["options"] == {"grace": "0", "originals": "no"}
    (home.path / "almagest.toml").write_text(table.replace("0 4 * * *", "0 5 * * *"))
    (changed,) = home.json("source", "list")
    assert changed["schedule"] == "0 5 * * *"
    (home.path / "almagest.toml").write_text("")
    assert json.loads(home("source", "list", "--json").stdout)["name"] == "one"


def test_a_source_keeps_its_settings_while_it_is_harvested(home: Home) -> None:
    table = '[[source]]\nname = "one"\nkind = "oai-pmh"\nurl = "https://one.example.org/oai"\n'
    (home.path / "almagest.toml").write_text(table)
    home("source", "list")
    (home.path / "almagest.toml").write_text(table + 'set = "physics"\n')
    database = Database(f"sqlite:///{home.path}/catalogue.db")
    with database.source_lock("one"):
        listed = home("source", "list")
    assert listed.exit_code == 0
    assert "its new settings wait until then" in listed.stderr
    assert [one["sets"] for one in home.json("source", "list")] == [["physics"]]
    database.close()


def test_a_source_is_changed_and_its_rules_after_a_remap(samples: str, home: Home) -> None:
    home.register(samples)
    (first,) = home.json("harvest", "library")
    live = first["created"]
    told = home("source", "change", "library", "--option", "include-set=nowhere", "--schedule", "1 2 * * *")
    assert told.exit_code == 0 and "almagest remap library" in told.stderr
    refused = home("remap", "library")
    assert refused.exit_code == 2
    assert f"would withdraw {live} of its {live} records ({live} by include-set)" in one_sentence(refused)
    assert home.json("source", "show", "library")[0]["records"] == live
    (remapped,) = home.json("remap", "library", "--yes")
    assert remapped["excluded"] == live
    (shown,) = home.json("source", "show", "library")
    assert (shown["records"], shown["excluded"], shown["schedule"]) == (0, live, "1 2 * * *")
    assert shown["options"]["overlap"] == "0"
    told = home("harvest", "library", "--full")
    assert "its rules take in none of its" in told.stderr
    home("source", "change", "library", "--without", "include-set", "--schedule", "")
    (remapped,) = home.json("remap", "library")
    assert (remapped["created"], remapped["excluded"]) == (live, 0)
    assert home.json("source", "show", "library")[0]["schedule"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "--option", "grace=1"), "no source «nowhere»"),
        (("library", "--without", "grace"), "has no option «grace»"),
        (("library", "--option", "grrace=1"), "no option «grrace»"),
        (("library", "--option", "exclude-match=["), "is no regular expression"),
        (("library", "--url", "ftp://x"), "is not an http(s) address"),
        (("library", "--schedule", "daily"), "five cron fields"),
    ],
)
def test_a_wrong_change_changes_nothing(home: Home, arguments: tuple[str, ...], said: str) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    if not home.json("source", "list"):
        home("source", "add", "library", "--kind", "oai-pmh", "--url", "http://x/oai")
    before = home.json("source", "list")
    answer = home("source", "change", *arguments)
    assert answer.exit_code == 2 and said in one_sentence(answer)
    assert home.json("source", "list") == before


def test_a_configured_source_is_changed_where_it_stands(home: Home) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    text = '[[source]]\nname = "lab"\nkind = "oai-pmh"\nurl = "http://x/oai"\n'
    (home.path / "almagest.toml").write_text(text)
    assert home.json("source", "list")[0]["name"] == "lab"
    answer = home("source", "change", "lab", "--option", "grace=1")
    assert answer.exit_code == 2 and "stands in almagest.toml" in one_sentence(answer)


def test_the_preview_tells_what_rules_exclude(samples: str, home: Home) -> None:
    url = f"{samples}{PATHS['library']}"
    home("source", "add", "library", "--kind", "oai-pmh", "--url", url, "--option", "include-set=nowhere")
    lines = home.json("source", "test", "library", "--limit", "5")
    assert {line["status"] for line in lines} <= {"excluded", "deleted"}
    assert "By rule include-set." in {line["reason"] for line in lines}
    assert "excluded" in home("source", "test", "library").stdout


def test_a_path_is_kept_as_an_absolute_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home.path / "elsewhere"
    (folder / "records").mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert home("source", "add", "files", "--kind", "file", "--url", "records").exit_code == 0
    assert home.json("source", "show", "files", "--json")[0]["url"] == str(folder / "records")


def test_a_configured_path_begins_at_the_data_directory(home: Home) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    table = '[[source]]\nname = "files"\nkind = "file"\nurl = "records"\n'
    (home.path / "almagest.toml").write_text(table, "utf-8")
    assert home.json("source", "show", "files", "--json")[0]["url"] == str(home.path / "records")


@pytest.mark.parametrize(
    ("kind", "url", "options", "said"),
    [
        ("datacite", "https://api.datacite.org", ("shrink=0.5",), "would be all of DataCite"),
        ("datacite", "https://api.datacite.org", ("query= ",), "would be all of DataCite"),
        (
            "scicat",
            "https://scicat.example.org",
            ("kinds=datasets sample",),
            "knows no «sample», only datasets",
        ),
        ("panosc", "https://panosc.example.org/api", ("kinds=dataset",), "knows no «dataset», only"),
        ("codemeta", "https://github.com/", (), "would be all of GitHub"),
        (
            "ivoa",
            "https://rofr.example.org/oai",
            ("registry=every",),
            "Option registry of source x is one of",
        ),
    ],
)
def test_a_kind_checks_its_own_options(
    home: Home, kind: str, url: str, options: tuple[str, ...], said: str
) -> None:
    given = [word for option in options for word in ("--option", option)]
    refused = home("source", "add", "x", "--kind", kind, "--url", url, *given)
    assert refused.exit_code == 2
    assert said in one_sentence(refused)
    assert home.json("source", "list") == []


def test_what_is_asked_for_can_be_changed_and_the_consequence_is_said(samples: str, home: Home) -> None:
    home.register(samples)
    (first,) = home.json("harvest", "library")
    told = home("source", "change", "library", "--set", "a", "--set", "b", "--prefix", "oai_dc")
    assert told.exit_code == 0
    assert f"reads the full list: of the {first['created']} records those that are not in it" in told.stderr
    (shown,) = home.json("source", "show", "library")
    assert (shown["sets"], shown["prefix"], shown["kind"]) == (["a", "b"], "oai_dc", "oai-pmh")
    assert home("source", "change", "library", "--set", "", "--prefix", "").exit_code == 0
    (shown,) = home.json("source", "show", "library")
    assert (shown["sets"], shown["prefix"]) == ([], None)
    home("source", "change", "library", "--kind", "scicat", "--option", "kinds=datasets")
    home("source", "change", "library", "--kind", "datacite", "--option", "query=muon")
    (shown,) = home.json("source", "show", "library")
    assert (shown["kind"], shown["options"]) == ("datacite", {"overlap": "0", "query": "muon"})
    assert "no kind of source «nope»" in one_sentence(home("source", "change", "library", "--kind", "nope"))


def test_a_preset_is_harvested_each_night_at_a_time_of_its_own(home: Home) -> None:
    told = home("source", "add", "--preset", "rodare")
    assert "almagest serve» harvests it each night" in told.stderr
    home("source", "add", "--preset", "gsi")
    assert (
        "only harvested when you say so"
        in home("source", "add", "--preset", "juser", "--schedule", "").stderr
    )
    home("source", "add", "--preset", "hepdata", "--schedule", "0 9 * * sun")
    listed = {one["name"]: one["schedule"] for one in home.json("source", "list")}
    assert (listed["juser"], listed["hepdata"]) == (None, "0 9 * * sun")
    assert listed["rodare"] != listed["gsi"]
    assert all(0 <= int(listed[name].split()[1]) < 5 for name in ("rodare", "gsi"))


def test_mail_without_a_server_is_said(home: Home) -> None:
    given = ("--kind", "oai-pmh", "--url", "https://one.example.org/oai")
    mail = ("--option", "notify=mailto:ops@example.org")
    assert "set ALMAGEST_SMTP_URL" in home("source", "add", "one", *given, *mail).stderr
    assert "set ALMAGEST_SMTP_URL" in home("source", "change", "one", "--option", "grace=3").stderr
    assert any("set ALMAGEST_SMTP_URL" in (one["remedy"] or "") for one in home.json("doctor"))
    assert "ALMAGEST_SMTP_URL" not in home("source", "change", "one", "--without", "notify").stderr
    assert all("ALMAGEST_SMTP_URL" not in (one["remedy"] or "") for one in home.json("doctor"))
