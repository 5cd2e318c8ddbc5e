"""The pages that follow from the program are what the program says now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.settings import PREFIX, load_settings
from tests.conftest import PROJECT
from web.cli import COMMANDS

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def test_the_generated_pages_are_up_to_date() -> None:
    command = [sys.executable, "docs/generate.py", "--check"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr} Run «make docs»."


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    missing = [name for name in targets if "://" not in name and not (page.parent / name).exists()]
    assert missing == []


def test_the_readme_names_every_command_and_no_other() -> None:
    readme = (PROJECT / "README.md").read_text()
    used = set(re.findall(r"`(?:almagest|\.venv/bin/almagest) ([a-z]+)", readme))
    used |= set(re.findall(r"^ +almagest ([a-z]+)", readme, re.MULTILINE))
    assert used == set(COMMANDS)


def test_the_readme_names_every_setting_and_no_other() -> None:
    readme = (PROJECT / "README.md").read_text()
    fields = set(load_settings({}).__dataclass_fields__) - {"file"}
    named = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", readme))
    assert named == {field.upper() for field in fields}
