"""The script is run by a real shell against a real server: what it gets, checks, keeps and misses."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from flask import Flask, abort

from catalogue.record import Checksum, Distribution
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.packages.conftest import Filled
from web.packages.base import Contents
from web.packages.shell_script import pack


def run(contents: Contents, folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "fetch.sh"
    script.write_bytes(b"".join(pack(contents)))
    return subprocess.run(
        ["/bin/sh", str(script)], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def site() -> Flask:
    app = Flask("files")

    @app.get("/<path:name>")
    def file(name: str) -> str:
        return abort(404) if "missing" in name else f"bytes of {name}"

    return app


def test_files_are_fetched_checked_and_fetched_once(filled: Filled, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        lacking("curl is not installed; «make services» installs it")
    good = hashlib.sha256(b"bytes of a.txt").hexdigest()
    with served(site()) as base:
        contents = filled(
            (
                Distribution(url=f"{base}/a.txt", checksum=Checksum(algorithm="SHA-256", value=good.upper())),
                Distribution(url=f"{base}/$(touch%20x)'b.txt"),
            )
        )
        first, again = run(contents, tmp_path), run(contents, tmp_path)
    folder = tmp_path / contents.taken[0].record.id
    assert (first.returncode, again.returncode) == (0, 0), first.stderr
    assert (folder / "a.txt").read_text() == "bytes of a.txt"
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "touch_x_b.txt"]
    assert again.stdout.count("have ") == 2 and "got" not in again.stdout


def test_a_missing_or_false_file_is_told_and_the_others_are_there(filled: Filled, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        lacking("curl is not installed; «make services» installs it")
    wrong = Checksum(algorithm="md5", value="0" * 32)
    with served(site()) as base:
        contents = filled(
            (
                Distribution(url=f"{base}/missing.txt"),
                Distribution(url=f"{base}/false.txt", checksum=wrong),
                Distribution(url=f"{base}/good.txt"),
            )
        )
        answer = run(contents, tmp_path)
    assert answer.returncode == 1
    assert "FAILED" in answer.stderr and "wrong checksum" in answer.stderr
    assert (tmp_path / contents.taken[0].record.id / "good.txt").exists()


def test_what_no_tool_takes_is_named(filled: Filled) -> None:
    contents = filled((Distribution(url="https://me:secret@a.example.org/x"), Distribution(url="-o x")))
    script = b"".join(pack(contents)).decode()
    assert script.count("# cannot be fetched: ") == 2 and "secret" not in script
