"""The starter notebook: valid, its Python is Python whatever a record says, and it runs."""

from __future__ import annotations

import ast
import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

from astropy.io.votable import from_table
from astropy.table import Table
from flask import Flask, Response, request
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Capability, Checksum, Distribution, Interface, Provenance, Record
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.observatory import record
from tests.web.targets.test_files import hostile
from web.targets.base import Use, target_of

try:
    import nbclient
    import nbformat
except ImportError:
    nbclient = nbformat = None

TABLE = Table({"ra": [10.5, 11.0], "name": ["M 31", "M 32"]})


def made(one: Record) -> Any:
    """The notebook, read and validated by nbformat."""
    if nbformat is None:
        lacking("nbformat and nbclient are not installed; «make install» installs them")
    use = Use(record=one, page="https://c.example.org/records/x")
    (offer,) = target_of("notebook").offers(use)
    document = nbformat.reads(target_of("notebook").files[offer.made or ""].make(use).decode(), as_version=4)
    nbformat.validate(document)
    return document


def observatory() -> Flask:
    """TAP, a cone search and files, as a data centre serves them."""
    app = Flask("centre")
    votable = BytesIO()
    from_table(TABLE).to_xml(votable)
    xml = votable.getvalue().replace(
        b'<RESOURCE type="results">', b'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="OK"/>'
    )
    if b"QUERY_STATUS" not in xml:
        xml = xml.replace(b"<RESOURCE", b'<RESOURCE type="results"', 1)
    csv = "ra,name\n10.5,M 31\n"

    def rows() -> Response:
        asked = request.values
        assert "SELECT TOP 10" in asked.get("QUERY", "") or "SR" in asked, dict(asked)
        return Response(xml, mimetype="application/x-votable+xml")

    app.add_url_rule("/tap/sync", "tap", rows, methods=["GET", "POST"])
    app.add_url_rule("/cone", "cone", rows)
    app.add_url_rule("/t.csv", "csv", lambda: Response(csv, mimetype="text/csv"))
    app.add_url_rule("/notes.bin", "notes", lambda: Response(b"12345"))
    return app


def test_it_runs_against_services_and_files(tmp_path: Path) -> None:
    with served(observatory()) as base:
        one = record(
            "all",
            "Alles <script>hacked()</script> [x](javascript:1)",
            capabilities=(
                Capability(
                    standard="ivo://ivoa.net/std/TAP",
                    interfaces=(Interface(url=f"{base}/tap", type="vs:ParamHTTP"),),
                ),
                Capability(
                    standard="ivo://ivoa.net/std/ConeSearch", interfaces=(Interface(url=f"{base}/cone"),)
                ),
            ),
            distributions=(
                Distribution(
                    url=f"{base}/t.csv",
                    checksum=Checksum(
                        algorithm="sha256", value=hashlib.sha256(b"ra,name\n10.5,M 31\n").hexdigest()
                    ),
                ),
                Distribution(url=f"{base}/notes.bin"),
            ),
        )
        document = made(one)
        assert "<script" not in document.cells[0].source and "\\[x\\]" in document.cells[0].source
        assert document.cells[1].source == "%pip install --quiet astropy pyvo requests"
        del document.cells[1]
        nbclient.NotebookClient(document, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    shown = [
        "".join(str(part) for part in cell.outputs) for cell in document.cells if cell.cell_type == "code"
    ]
    assert len(shown) == 4
    assert all("M 31" in text for text in shown[:3]) and "notes.bin 5" in shown[3]
    assert (tmp_path / "notes.bin").read_bytes() == b"12345"


def test_root_files_and_scicat_have_their_libraries() -> None:
    files = (
        Distribution(url="root://eos.example.org//x.root"),
        Distribution(url="https://a.example.org/y.root"),
        Distribution(url="https://a.example.org/"),
    )
    one = record("r", "R", distributions=files)
    install, *cells = [cell.source for cell in made(one).cells if cell.cell_type == "code"]
    assert install == "%pip install --quiet aiohttp fsspec-xrootd uproot"
    assert ["uproot.open" in cell for cell in cells] == [True, True]
    origin = Provenance(
        source="s",
        identifier="20.5/x'y",
        format="scicat",
        url="https://scicat.example.org/api/v3/datasets/20.5",
    )
    (cell,) = [
        cell.source
        for cell in made(Record(id="x", kind="dataset", titles=one.titles, provenance=origin)).cells
        if "scitacean" in cell.source and cell.cell_type == "code" and "pip" not in cell.source
    ]
    assert "https://scicat.example.org/api/v3'" in cell and '"20.5/x\'y"' in cell


def test_a_record_without_anything_to_fetch_has_none() -> None:
    page = Distribution(url="https://a.example.org/about", media_type="text/html")
    use = Use(record=record("x", "X", distributions=(page,)), page="https://c.example.org/records/x")
    assert list(target_of("notebook").offers(use)) == []


@given(path=hostile, title=hostile, checksum=hostile, ending=st.sampled_from(["", ".root", ".csv", ".fits"]))
def test_whatever_a_record_says_stays_a_text(path: str, title: str, checksum: str, ending: str) -> None:
    file = Distribution(
        url=f"https://a.example.org/d/{path}{ending}",
        title=title,
        checksum=Checksum(algorithm="md5", value=checksum),
    )
    one = record("x", title or "X", distributions=(file,))
    use = Use(record=one, page="https://c.example.org/records/x")
    for _ in target_of("notebook").offers(use):
        calls = {
            "open",
            "get",
            "Path",
            "raise_for_status",
            "iter_content",
            "write",
            "file_digest",
            "hexdigest",
        }
        calls |= {"print", "stat", "info", "read", "classnames"}
        cells = [cell.source for cell in made(one).cells if cell.cell_type == "code"]
        assert cells[0].replace("%pip install --quiet ", "").replace("-", "").replace(" ", "").isalpha()
        for source in cells[1:]:
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id  # type: ignore[attr-defined]
                    assert name in calls
