"""What a stranger gets: the tree, the wheel, the program."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import catalogue
from tests.conftest import PROJECT
from tests.lacking import lacking

PACKAGES = {"catalogue", "harvesters", "mappings", "vocab", "web"}
TOP_LEVEL = PACKAGES | {
    *("tests", "setup.cfg", "Dockerfile", "README.md", "CHANGELOG.md", "LICENSE", "Makefile"),
    *("docs", "benchmarks", ".ci", ".gitignore", ".dockerignore", "compose.yaml"),
    *("pyproject.toml", "requirements.txt", "requirements-dev.txt"),
}
FOREIGN = re.compile(
    r"/work/(main|shared|\.library)|/roo[t]/|/tmp/\w|/home/\w"
    r"|pypi\.org|pythonhosted\.org|crates\.io|npmjs\.(org|com)|maven\.(org|apache\.org)|\bdeb\.debian\.org"
)
"""Paths of one machine, and hosts of package registries."""


def _git(*arguments: str) -> list[str]:
    command = ["git", "-C", str(PROJECT), *arguments, "-z"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lacking("the project is not a git clone here")
    return [name for name in done.stdout.split("\0") if name]


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    return [name for name in _git("ls-files") if (PROJECT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tracked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tracked files, so that no left-over gets in."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in tracked:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, source / name)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(source))
    (built,) = target.glob("almagest-*.whl")
    return built


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--no-input", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_top_level_holds_only_what_was_agreed(tracked: list[str]) -> None:
    assert {name.split("/")[0] for name in tracked} <= TOP_LEVEL


def test_no_file_names_a_machine_or_a_registry(tracked: list[str]) -> None:
    found = []
    for name in tracked:
        text = (PROJECT / name).read_bytes().decode("utf-8", "ignore")
        found += [f"{name}: {match[0]}" for match in FOREIGN.finditer(text)]
    assert found == []


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path, tracked: list[str]) -> None:
    with zipfile.ZipFile(wheel) as files:
        inside = {name for name in files.namelist() if ".dist-info/" not in name}
    assert inside == {name for name in tracked if name.split("/")[0] in PACKAGES}


def test_the_wheel_carries_its_licence_and_its_only_console_script(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        (folder,) = {name.split("/")[0] for name in files.namelist() if ".dist-info/" in name}
        assert "Apache License" in files.read(f"{folder}/licenses/LICENSE").decode()
        scripts = files.read(f"{folder}/entry_points.txt").decode().split()
        metadata = files.read(f"{folder}/METADATA").decode()
    assert scripts == ["[console_scripts]", "almagest", "=", "web.cli:main"]
    assert f"Version: {catalogue.__version__}\n" in metadata


def test_the_installed_program_runs_away_from_the_source(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    _pip("install", "--no-deps", "--no-index", "--target", str(site), str(wheel))
    environment = os.environ | {"PYTHONPATH": str(site), "ALMAGEST_HOME": str(tmp_path / "data")}

    def almagest(*arguments: str) -> str:
        command = [site / "bin" / "almagest", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert catalogue.__version__ in almagest("--version")
    assert almagest("source", "list", "--json") == ""
    assert (tmp_path / "data" / "catalogue.db").is_file()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_locks_satisfy_what_the_project_asks_for(lock: str) -> None:
    settings = configparser.ConfigParser()
    settings.read(PROJECT / "setup.cfg")
    wanted = settings["options"]["install_requires"].split("\n")
    if lock == "requirements-dev.txt":
        wanted += settings["options.extras_require"]["dev"].split("\n")
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (PROJECT / lock).read_text(), re.MULTILINE)
    versions = {canonicalize_name(name): version for name, version in pinned}
    for requirement in map(Requirement, filter(None, wanted)):
        assert versions[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_the_locks_hold_every_dependency_with_hashes_and_no_address() -> None:
    run, develop = ((PROJECT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt"))
    for lock in (run, develop):
        entries = re.findall(r"^(\S+)==(\S+)(?: ; .*)? \\\n    --hash=sha256:", lock, re.MULTILINE)
        assert len(entries) == len(re.findall(r"^[^\s#]", lock, re.MULTILINE)) > 30
        assert "://" not in lock
        assert "--index" not in lock
    pinned = re.compile(r"^(\S+==\S+)", re.MULTILINE)
    assert set(pinned.findall(run)) <= set(pinned.findall(develop))


def test_an_interpreter_that_is_too_old_is_told_in_one_sentence(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / ".ci", tmp_path / ".ci")
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    command = ["bash", ".ci/environment", "requirements.txt"]
    environment = os.environ | {"PYTHON": str(old)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Almagest needs Python 3.11 or later, and {old} is not. Install it")
    assert done.stderr.count("\n") == 1
