"""`almagest search`: the same search as REST, on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.web.command_line import Home, one_sentence
from tests.web.observatory import harvest, observatory
from web.app import create_app
from web.search_parameters import SearchParameters

SURVEY = record_id("observatory", "survey:1")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    path = tmp_path_factory.mktemp("home")
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(path)}))
    harvest(catalogue, "observatory", observatory())
    catalogue.close()
    return Home(path, {})


def test_hits_are_listed_with_their_number(home: Home) -> None:
    answer = home("search", "weak", "lensing")
    assert answer.exit_code == 0
    (line,) = answer.stdout.splitlines()
    assert line.startswith(f"{SURVEY}  dataset       2023  Weak lensing shear catalogue")
    assert "Okafor, Ngozi; Lindqvist, Åsa" in line
    assert "1 record is found, 1 listed here." in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        (["neutrino OR pulsars"], {"q": "neutrino OR pulsars"}),
        (["--", "-lensing"], {"q": "-lensing"}),
        (["--type", "dataset", "--messenger", "photon", "--messenger", "neutrino"],
         {"type": "dataset", "messenger": ["photon", "neutrino"]}),
        (["--published", "2022/", "--sort", "oldest"], {"published": "2022/", "sort": "oldest"}),
        (["--sky", "0,0,180"], {"sky": "0,0,180"}),
        (["--time", "2017/2018"], {"time": "2017/2018"}),
        (["--energy", "2 eV"], {"energy": "2 eV"}),
        (["--parameter", "temperature < 2 K"], {"parameter": "temperature < 2 K"}),
        (["--size", "2", "--sort", "title"], {"size": "2", "sort": "title"}),
    ],
)  # fmt: skip
def test_the_command_finds_what_rest_finds(
    home: Home, arguments: list[str], query: dict[str, str | list[str]]
) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home.path)}))
    asked = create_app(catalogue).test_client().get("/api/v1/records", query_string=query).json
    catalogue.close()
    answer = home("search", "--json", *arguments)
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert found
    assert found == [{name: hit[name] for name in hit if name != "links"} for hit in asked["hits"]]


def test_what_nothing_answers_to_is_told_with_what_was_meant(home: Home) -> None:
    misspelt = home("search", "lensnig")
    assert misspelt.exit_code == 0 and not misspelt.stdout
    assert "Did you mean «lensing»?" in misspelt.stderr
    assert "Did you mean" not in home("search", "lensing").stderr
    assert "No record has the type «datset»; there is «Dataset»" in home("search", "--type", "datset").stderr


def test_a_search_that_was_understood_otherwise_says_how(home: Home) -> None:
    assert 'Understood as: pulsar OR concept:"Pulsars"' in home("search", "pulsar").stderr
    for words in ('"lensing"', "nothingofthekind", ""):
        assert "Understood" not in home("search", words).stderr


def test_every_parameter_of_rest_is_an_option(home: Home) -> None:
    told = home("search", "--help").stdout
    for name in SearchParameters().fields:
        assert f"--{name} " in told or name in {"q", "region"}


def test_pages_are_walked_by_cursor(home: Home) -> None:
    first = home("search", "--size", "4", "--sort", "title")
    assert "7 records are found, 4 listed here." in first.stderr
    cursor = first.stderr.strip().rpartition(" ")[2]
    second = home("search", "--size", "4", "--sort", "title", f"--cursor={cursor}")
    lines = first.stdout.splitlines() + second.stdout.splitlines()
    assert len(lines) == len(set(lines)) == 7
    assert "--cursor" not in second.stderr


def test_what_has_no_coverage_is_said(home: Home) -> None:
    assert "6 more say nothing of their sky." in home("search", "--sky", "0,0,180").stderr


def test_a_whole_result_is_written(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "found.csv"
    answer = home("search", "--type", "dataset", "--format", "csv", "-o", str(file))
    assert answer.exit_code == 0 and answer.stdout == ""
    assert f"4 records are in {file}." in answer.stderr
    with file.open(newline="") as lines:
        assert {row["kind"] for row in csv.DictReader(lines)} == {"dataset"}
    some = home("search", "--format", "jsonl", "--size", "3")
    assert len([json.loads(line) for line in some.stdout.splitlines()]) == 3
    assert home("search", "lensing", "--format", "bibtex").stdout.startswith("@")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--sky", "1,2"], "write RA,DEC,RADIUS"),
        (["--size", "0"], "«size»"),
        (["--sort", "best"], "«sort»"),
        (["--format", "nix"], "There is no format «nix» to export; known are jsonl, csv"),
        (["--format", "csv", "--size", "0"], "--size is 1 at least"),
        (["--format", "csv", "--cursor", "x"], "A cursor belongs to a page"),
        (["--format", "csv", "--json"], "Say one of --json and --format"),
        (["-o", "x"], "Say with --format"),
        (["--format", "csv", "-o", "no/such/folder/x"], "cannot be written"),
        (["a" * 1001], "«q»"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(home: Home, arguments: list[str], sentence: str) -> None:
    answer = home("search", *arguments)
    assert answer.exit_code == 2
    assert sentence in one_sentence(answer)
    assert answer.stdout == ""


def test_a_caret_points_at_what_is_wrong(home: Home) -> None:
    answer = home("search", "muon year:abc")
    assert answer.exit_code == 2
    lines = answer.stderr.splitlines()
    assert lines[0] == "  muon year:abc" and lines[1] == " " * 12 + "^" and "is not a date" in lines[2]
