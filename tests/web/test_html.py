"""The validator of W3C finds no error in the HTML of the pages, in no language."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.full_record import full_record
from tests.lacking import lacking
from tests.services import Unavailable, find_java, find_vnu
from tests.web.observatory import harvest, observatory, record
from tests.web.test_browser import PAGES
from tests.web.test_pages_record import ATTACK
from web.app import create_app
from web.languages import languages

pytestmark = pytest.mark.services

SURVEY = f"/records/{record_id('observatory', 'survey:1')}"
MORE = {
    "region": "/?moc=3/1-40&time=2000/&energy=1+eV/&parameter=t+<+3+K",
    "basket": "/basket",
    "relations": f"{SURVEY}/relations",
    "sparql": "/sparql",
    "new source": "/sources/new",
    "sign in": "/admin",
}


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A visitor of a catalogue with records of all kinds, a hostile one, a withdrawn one."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(catalogue, "observatory", observatory())
    harvest(catalogue, "hostile", [full_record(lambda path: ATTACK)])
    harvest(catalogue, "laboratory", [record(f"lab:{number}", f"Muons {number}") for number in range(30)])
    harvest(catalogue, "laboratory", [], deleted=["lab:3"])
    yield create_app(catalogue).test_client()
    catalogue.close()


@pytest.mark.parametrize("language", languages())
def test_all_pages_are_valid(visitor: FlaskClient, tmp_path: Path, language: str) -> None:
    files = {}
    for name, path in (PAGES | MORE).items():
        answer = visitor.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.mimetype == "text/html", (name, answer.status)
        files[name] = tmp_path / f"{name}.html"
        files[name].write_bytes(answer.data)
    faults = [one for one in _checked(files) if one["type"] == "error"]
    told = [f"{Path(one['url']).stem}: {one['message']} {one.get('extract', '')!r}" for one in faults]
    assert told == []


def _checked(files: Mapping[str, Path]) -> list[Any]:
    """What the validator says of all files together."""
    try:
        program = find_vnu()
    except Unavailable as error:
        lacking(str(error))
    java = find_java()
    assert java is not None
    done = subprocess.run(
        [java / "bin" / "java", "-Xss8m", "-jar", program, "--format", "json", *files.values()],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    found: list[Any] = json.loads(done.stderr)["messages"]
    return found
