"""REANA: the workflow of a basket is what its schema asks; its commands are those of a shell."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import jsonschema
import yaml
from hypothesis import HealthCheck, given, settings

from catalogue.record import Distribution, Environment
from tests.web.packages.conftest import Filled
from tests.web.targets.reana_schema import REANA
from tests.web.targets.test_files import hostile
from web.packages.base import Contents
from web.packages.reana import MOST_FILES, pack
from web.targets.reana import serial


def steps(contents: Contents) -> dict[str, list[str]]:
    document = yaml.safe_load(b"".join(pack(contents)))
    jsonschema.validate(document, REANA)
    return {step["name"]: step["commands"] for step in document["workflow"]["specification"]["steps"]}


def test_files_and_code_of_all_records_are_fetched(filled: Filled) -> None:
    contents = filled(
        (Distribution(url="https://a.example.org/x.fits"), Distribution(url="root://b.example.org//x.root")),
        (Distribution(url="https://a.example.org/d/x.fits"),),
    )
    first, second = contents.taken
    code = Environment(repository="https://git.example.org/lab/code")
    contents = replace(
        contents, taken=(replace(first, record=replace(first.record, environment=code)), second)
    )
    found = steps(contents)
    assert [line.split("--output ")[1] for line in found["fetch"]] == [
        f"data/{first.record.id}/x.fits https://a.example.org/x.fits",
        f"data/{second.record.id}/x.fits https://a.example.org/d/x.fits",
    ]
    assert found["code"] == [
        f"git clone --depth 1 -- https://git.example.org/lab/code code/{first.record.id}"
    ]
    assert b"".join(pack(contents)).startswith(b"# Not in it")
    part = replace(contents, taken=(replace(contents.taken[0], whole=False),))
    assert "code" not in steps(part)


def test_settings_say_the_container_and_where_it_runs(filled: Filled) -> None:
    contents = filled((Distribution(url="https://a.example.org/x"),))
    table = {"kind": "reana", "url": "https://r.example.org", "image": "lab/x:1", "backend": "compute4punch"}
    contents = replace(contents, settings=replace(contents.settings, file={"target": [table]}))
    document = yaml.safe_load(b"".join(pack(contents)))
    run = document["workflow"]["specification"]["steps"][-1]
    assert (run["environment"], run["compute_backend"]) == ("lab/x:1", "compute4punch")
    assert document["outputs"] == {"directories": ["data"]}


def test_a_basket_without_files_and_with_too_many(filled: Filled) -> None:
    assert set(steps(filled(()))) == {"run"}
    many = tuple(Distribution(url=f"https://a.example.org/{n}") for n in range(MOST_FILES + 3))
    contents = filled(many)
    assert len(steps(contents)["fetch"]) == MOST_FILES
    assert b"too many: 3 files" in next(iter(pack(contents)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(path=hostile, title=hostile)
def test_hostile_texts_are_words(filled: Filled, tmp_path: Path, path: str, title: str) -> None:
    found = steps(filled((Distribution(url=f"https://a.example.org/d/{path}", title=title),)))
    lines = [line for commands in found.values() for line in commands]
    assert {line.split()[0] for line in lines} <= {"curl", "ls"}
    assert not any(re.search(r"\$(?!\$)", line.replace("$$", "")) for line in lines)
    check = subprocess.run(["/bin/sh", "-n"], input="\n".join(lines), text=True, check=False, timeout=20)
    assert check.returncode == 0


def test_what_is_made_is_one_document() -> None:
    made = serial(record="x", inputs={}, repositories={}, command="ls", image="docker://i", backend=None)
    assert yaml.safe_load(made)["workflow"]["specification"]["steps"][0]["environment"] == "i"
