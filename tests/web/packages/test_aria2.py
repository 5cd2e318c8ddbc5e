"""aria2 fetches what its input file says, checks it, and is told nothing else."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, given, settings

from catalogue.record import Checksum, Distribution
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.packages.conftest import Filled
from tests.web.targets.test_files import hostile
from web.packages.aria2 import pack

LINE = re.compile(
    r"#.*|(?:https?|ftp|sftp):\S+| dir=[0-9a-f]{20}| out=[\w+@=][\w.+@=-]*| checksum=[a-z0-9-]+=[0-9a-f]+"
)


def test_files_are_fetched_and_checked(filled: Filled, tmp_path: Path) -> None:
    if shutil.which("aria2c") is None:
        lacking("aria2 is not installed; «make services» installs it")
    app = Flask("files")
    app.add_url_rule("/<name>", view_func=lambda name: f"bytes of {name}")
    good = Checksum(algorithm="SHA-256", value=hashlib.sha256(b"bytes of a.txt").hexdigest().upper())
    with served(app) as base:
        contents = filled(
            (
                Distribution(url=f"{base}/a.txt", checksum=good),
                Distribution(url=f"{base}/$(touch%20x)'b[1-3].txt", title="\n dir=/x"),
                Distribution(url="root://eos.example.org//x"),
            ),
            (Distribution(url=f"{base}/c.txt", checksum=Checksum(algorithm="md5", value="0" * 32)),),
        )
        (tmp_path / "basket.aria2").write_bytes(b"".join(pack(contents)))
        done = subprocess.run(
            ["aria2c", "--no-conf", "--input-file=basket.aria2", "--quiet"],
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    first, _ = (tmp_path / one.record.id for one in contents.taken)
    assert (first / "a.txt").read_text() == "bytes of a.txt"
    assert sorted(path.name for path in first.iterdir()) == ["a.txt", "touch_x_b_1-3_.txt"]
    assert done.returncode == 32, "the false checksum is found"  # man aria2c, «Exit status»


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(path=hostile, title=hostile, algorithm=hostile, value=hostile)
def test_hostile_texts_make_no_options(
    filled: Filled, path: str, title: str, algorithm: str, value: str
) -> None:
    known = Checksum(algorithm=algorithm or "md5", value=value or "0")
    file = Distribution(url=f"https://a.example.org/{path}", title=title, checksum=known)
    for line in b"".join(pack(filled((file,)))).decode().split("\n")[:-1]:
        assert LINE.fullmatch(line), line
