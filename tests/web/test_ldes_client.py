"""The event stream as the LDES client of the community reads it (ldes-client on npm)."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from catalogue.opening import Catalogue
from mappings.graph_record import describe
from tests import services
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory, record
from web import ldes
from web.app import create_app

IS_VERSION_OF = "http://purl.org/dc/terms/isVersionOf"


_XSD = rb"http://www.w3.org/2001/XMLSchema#"
_BARE = (
    (re.compile(rb"> ([+-]?\d+) <"), b"integer"),
    (re.compile(rb"> ([+-]?\d*\.?\d+[eE][+-]?\d+) <"), b"double"),
    (re.compile(rb"> (true|false) <"), b"boolean"),
)


def _quad(line: bytes) -> bytes:
    """A line of the client as N-Quads: it writes numbers as Turtle does, without quotes and type."""
    for bare, kind in _BARE:
        line = bare.sub(rb'> "\1"^^<' + _XSD + kind + rb"> <", line)
    return line


def client() -> Path:
    """The program; `make services` installs it."""
    try:
        return services.find_ldes_client()
    except services.Unavailable as error:
        return lacking(str(error))


@pytest.fixture
def stream(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Catalogue, str]]:
    """A catalogue with updates and a deletion on several pages, and the address of its stream."""
    monkeypatch.setattr(ldes, "PAGE", 5)
    address = f"http://127.0.0.1:{services._free_port()}"
    empty.settings = replace(empty.settings, base_url=address)
    harvest(empty, "observatory", observatory())
    harvest(empty, "lab", [record(f"r:{n}", f"Record {n}") for n in range(8)])
    harvest(empty, "lab", [record("r:0", "Changed")], deleted=["r:1"])
    with served(create_app(empty), int(address.rpartition(":")[2])):
        yield empty, address


def test_the_client_follows_all_pages_and_brings_each_member_whole(
    stream: tuple[Catalogue, str], tmp_path: Path
) -> None:
    catalogue, address = stream
    command = [str(client()), f"{address}/ldes", "-o", "ascending"]
    environment = {**os.environ, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    lines = b"\n".join(_quad(line) for line in ran.stdout.splitlines() if line.startswith(b"<"))
    members: dict[str, set[str]] = {}
    of: dict[str, str] = {}
    for quad in parse(lines, format=RdfFormat.N_QUADS):
        name = str(getattr(quad.graph_name, "value", ""))
        subject = str(getattr(quad.subject, "value", ""))
        if quad.predicate.value == IS_VERSION_OF and subject == name:
            of[name] = str(getattr(quad.object, "value", ""))
        elif subject != name:
            members.setdefault(name, set()).add(str(quad.triple))
    expected = {}
    for change in catalogue.store.changes(limit=100):
        said = parse(describe(change, address).statements, format=RdfFormat.N_TRIPLES)
        expected[f"{address}/records/{change.id}"] = {str(one.triple) for one in said}
    assert {of[name]: members.get(name, set()) for name in of} == expected
