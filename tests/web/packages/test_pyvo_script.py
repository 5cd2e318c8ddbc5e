"""The script for services is Python whatever a record says, and runs against real services."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from astropy.table import Table
from hypothesis import HealthCheck, given, settings

from catalogue.record import Capability, Interface, Text
from tests.web.conftest import served
from tests.web.packages.conftest import Filled
from tests.web.targets.test_files import hostile
from tests.web.targets.test_notebook import observatory
from web.packages.base import Contents
from web.packages.pyvo_script import pack


def with_services(contents: Contents, *services: tuple[str, str]) -> Contents:
    capabilities = tuple(
        Capability(standard=f"ivo://ivoa.net/std/{name}", interfaces=(Interface(url=url),))
        for name, url in services
    )
    taken = tuple(
        replace(one, record=replace(one.record, capabilities=capabilities)) for one in contents.taken
    )
    return replace(contents, taken=taken)


def run(contents: Contents, folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "services.py"
    script.write_bytes(b"".join(pack(contents)))
    return subprocess.run(
        [sys.executable, str(script)], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_it_keeps_what_services_answer_and_says_what_failed(filled: Filled, tmp_path: Path) -> None:
    with served(observatory()) as base:
        services = ("TAP", f"{base}/tap"), ("ConeSearch", f"{base}/cone"), ("SSA", f"{base}/nowhere")
        contents = with_services(filled(()), *services)
        answer = run(contents, tmp_path)
    id = contents.taken[0].record.id
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"{id}-1.vot: 2 rows of Table access (TAP)" in answer.stdout
    assert answer.stderr.count("FAILED Spectra (SSA)") == 1 and "Traceback" not in answer.stderr
    for number in (1, 2):
        assert list(Table.read(tmp_path / f"{id}-{number}.vot")["name"]) == ["M 31", "M 32"]


def test_a_basket_without_services_says_so(filled: Filled, tmp_path: Path) -> None:
    answer = run(filled(()), tmp_path)
    assert (answer.returncode, answer.stdout.count("No record of this basket")) == (0, 1)
    chosen = with_services(filled(()), ("TAP", "https://a.example.org/tap"))
    part = replace(chosen, taken=(replace(chosen.taken[0], whole=False),))
    assert b"a.example.org" not in b"".join(pack(part))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(path=hostile, title=hostile)
def test_whatever_a_record_says_only_calls_are_added(filled: Filled, path: str, title: str) -> None:
    contents = with_services(filled(()), ("TAP", f"https://a.example.org/{path}"))
    (one,) = contents.taken
    named = replace(one, record=replace(one.record, titles=(Text(value=title or "x"),)))
    body = ast.parse(b"".join(pack(replace(contents, taken=(named,))))).body
    assert [type(part) for part in body[:5]] == [
        ast.Expr,
        ast.Import,
        ast.Import,
        ast.Assign,
        ast.FunctionDef,
    ]
    for part in body[5:]:
        assert isinstance(part, ast.Expr) and isinstance(part.value, ast.Call)
        assert ast.unparse(part.value.func) in {"ask", "print", "sys.exit"}
        if ast.unparse(part.value.func) == "ask":
            path_, about, question = part.value.args
            assert isinstance(path_, ast.Constant) and isinstance(about, ast.Constant)
            assert isinstance(question, ast.Lambda)
            assert ast.unparse(question).startswith("lambda: pyvo.dal.TAPService('https://a.example.org/")
