"""The script for Rucio, run by a real shell with a client that writes down what it is asked."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from catalogue.record import Distribution, Identifier
from tests.web.packages.conftest import Filled
from tests.web.targets.test_files import hostile
from web.packages.base import Contents
from web.packages.rucio_script import pack

CLIENT = """#!/usr/bin/env python3
import json, sys
with open("asked", "a") as kept:
    kept.write(json.dumps(sys.argv[1:]) + "\\n")
sys.exit("missing" in sys.argv[-1])
"""


def run(contents: Contents, folder: Path) -> tuple[int, list[list[str]]]:
    client = folder / "rucio"
    client.write_text(CLIENT)
    client.chmod(0o755)
    script = folder / "rucio.sh"
    script.write_bytes(b"".join(pack(contents)))
    (folder / "asked").write_text("")
    path = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["/bin/sh", str(script)], cwd=folder, env=path, timeout=60, check=False)
    return done.returncode, [json.loads(line) for line in (folder / "asked").read_text().splitlines()]


def test_every_data_identifier_is_fetched_into_the_folder_of_its_record(
    filled: Filled, tmp_path: Path
) -> None:
    contents = filled(
        (Distribution(url="rucio:ams02:run1"), Distribution(url="https://a.example.org/x")),
        (Distribution(url="rucio://cms/missing"),),
        (),
    )
    first, second, third = contents.taken
    own = replace(first.record, identifiers=(Identifier(scheme="rucio", value="ams02:all"),))
    table = {"kind": "rucio", "url": "https://r.example.org", "scopes": "cms", "account": "me", "rse": "X"}
    contents = replace(
        contents,
        taken=(replace(first, record=own), second, third),
        settings=replace(contents.settings, file={"target": [table]}),
    )
    code, asked = run(contents, tmp_path)
    assert code == 1
    at = ["-H", "https://r.example.org", "--account", "me"]
    assert asked == [
        ["download", "--dir", own.id, "ams02:all"],
        ["download", "--dir", own.id, "ams02:run1"],
        [*at, "download", "--dir", second.record.id, "--rses", "X", "cms:missing"],
    ]
    assert f"# {third.record.id}: nothing" in b"".join(pack(contents)).decode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(scope=hostile, name=hostile)
def test_hostile_identifiers_are_words_or_left_out(
    filled: Filled, tmp_path: Path, scope: str, name: str
) -> None:
    urls = (f"rucio:{scope}:{name}", f"rucio://{scope}/{name}", f"rucio:ok:{name}")
    code, asked = run(filled(tuple(Distribution(url=url) for url in urls)), tmp_path)
    assert code in (0, 1)
    assert all(words[:2] == ["download", "--dir"] and len(words) == 4 for words in asked)
