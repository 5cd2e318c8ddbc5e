"""HTTP: the commands really fetch, from a server on this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from catalogue.record import Distribution
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.observatory import record
from web.targets.base import Use, target_of


def offers(*files: Distribution) -> list[tuple[str, str | None, str | None]]:
    use = Use(record=record("data", "Data", distributions=files), page="https://c.example.org/records/x")
    return [(offer.label, offer.command, offer.needs) for offer in target_of("http").offers(use)]


def test_each_file_has_a_command_of_each_tool_and_says_what_it_needs() -> None:
    (curl, wget) = offers(Distribution(url="https://a.example.org/x.fits", access="restricted"))
    assert curl[0] == "curl" and wget[0] == "wget"
    assert curl[2] is not None and "«restricted»" in curl[2]


def test_other_protocols_are_left_to_their_targets() -> None:
    assert offers(Distribution(url="root://eos.example.org//x"), Distribution(url="s3://b/x")) == []


@pytest.mark.parametrize("tool", ["curl", "wget"])
def test_the_commands_fetch(tool: str, tmp_path: Path) -> None:
    if shutil.which(tool) is None:
        lacking(f"{tool} is not installed; «make services» installs it")
    app = Flask("files")
    app.add_url_rule("/<path:name>", view_func=lambda name: f"bytes of {name}")
    with served(app) as base:
        found = offers(Distribution(url=f"{base}/d/table%20of$(id)'s[1-3].csv"))
        (command,) = [command for label, command, _ in found if label == tool]
        assert command is not None
        subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True, timeout=30, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == ["table_of_id_s_1-3_.csv"]
    assert (tmp_path / "table_of_id_s_1-3_.csv").read_text() == "bytes of d/table of$(id)'s[1-3].csv"
