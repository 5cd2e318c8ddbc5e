"""`almagest crosswalk report` on files, folders and what the catalogue has stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.command_line import FAST, Home

RECORD = {
    "recid": "1",
    "title": "Collisions of the specimen",
    "relations": [{"type": "isParentOf", "title": "Raw data of the specimen", "recid": "7"}],
    "oddity": {"deep": ["a value without any place"]},
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", {})


def _written(folder: Path, name: str, value: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_the_fields_of_a_file_and_the_totals(home: Home, tmp_path: Path) -> None:
    path = _written(tmp_path / "files", "one.json", RECORD)
    *fields, total = home.json("crosswalk", "report", "cernopendata", str(path))
    by_name = {line["field"]: line for line in fields}
    assert by_name["title"]["to"] == ["titles.value"]
    assert (by_name["oddity.deep"]["kept"], by_name["oddity.deep"]["lost"]) == (1, 0)
    assert by_name["relations.title"]["mapped"] == 1
    assert total["field"] is None
    assert (total["records"], total["records_mapped"], total["share"]) == (1, 1, 1.0)
    assert total["came"] == sum(line["came"] for line in fields) == 6
    assert total["came"] == total["mapped"] + total["kept"] + total["aside"] + total["lost"]


def test_a_folder_by_file_with_a_record_that_is_refused(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    good, bad = _written(folder, "good.json", RECORD), folder / "bad.json"
    bad.write_text("{", "utf-8")
    answer = home("crosswalk", "report", "cernopendata", str(folder), "--by-file", "--json")
    assert answer.exit_code == 1
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    totals = {line["file"]: line for line in lines if line["field"] is None}
    assert totals[str(good)]["records_mapped"] == 1
    assert (totals[str(bad)]["records"], totals[str(bad)]["records_mapped"]) == (1, 0)
    assert "Not JSON" in next(iter(totals[str(bad)]["refused"]))


def test_a_person_sees_a_table_and_the_share(home: Home, tmp_path: Path) -> None:
    path = _written(tmp_path / "files", "one.json", RECORD)
    answer = home("crosswalk", "report", "cernopendata", str(path))
    assert answer.exit_code == 0
    assert "oddity.deep" in answer.stdout
    assert "1 of 1 records are mapped (100.0%; the goal is 99%)." in answer.stderr


def test_without_files_the_stored_originals_are_counted(home: Home, tmp_path: Path) -> None:
    empty = home("crosswalk", "report", "cernopendata")
    assert empty.exit_code == 2
    assert "name files, or harvest" in empty.stderr
    folder = tmp_path / "files"
    _written(folder, "one.json", RECORD)
    added = home(
        "source", "add", "heap", "--kind", "file", "--url", str(folder), "--prefix", "cernopendata", *FAST
    )
    assert added.exit_code == 0, added.stderr
    assert home("harvest", "heap").exit_code == 0
    *_, total = home.json("crosswalk", "report", "cernopendata", "--by-file")
    assert (total["file"], total["records"], total["records_mapped"]) == ("heap", 1, 1)


def test_a_format_that_is_only_written_and_a_file_that_is_not_there(home: Home, tmp_path: Path) -> None:
    assert "is written, not read" in home("crosswalk", "report", "bibtex", "x").stderr
    missing = home("crosswalk", "report", "oai_dc", str(tmp_path / "absent.xml"))
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr


DCAT = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://a.org/1> a dcat:Dataset ; dct:title "One" ; dct:creator [ dct:title "Nameless" ] .
<https://a.org/2> a dcat:Dataset ; dct:title "Two" ; dcat:keyword "beam" .
"""


def test_what_was_harvested_out_of_a_longer_file_is_mapped_again_and_reported(
    home: Home, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "two.ttl").write_text(DCAT, "utf-8")
    assert home("source", "add", "heap", "--kind", "file", "--url", str(folder), *FAST).exit_code == 0
    assert home("harvest", "heap").exit_code == 0
    again = home("remap", "heap")
    assert again.exit_code == 0, again.stderr
    assert "quarantined" not in again.stdout + again.stderr or "0 quarantined" in again.stdout + again.stderr
    *fields, total = home.json("crosswalk", "report", "dcat")
    assert (total["records"], total["records_mapped"], total["share"]) == (2, 2, 1.0)
    assert "dct:title" in {line["field"] for line in fields}


def test_of_no_records_no_share_is_told(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "none.ttl"
    path.write_text("<https://a.org/1> <https://a.org/is> 'x' .", "utf-8")
    answer = home("crosswalk", "report", "dcat", str(path))
    assert "There is no record of «dcat» here" in answer.stderr
    assert "%" not in answer.stderr
    (total,) = home.json("crosswalk", "report", "dcat", str(path))
    assert (total["records"], total["share"]) == (0, None)
