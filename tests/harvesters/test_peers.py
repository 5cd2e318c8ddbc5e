"""Well-behaved servers that others wrote: the `oaipmh` library's, and the provider beside the project."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from oaipmh import common, error, metadata, server

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.base import harvester_of
from harvesters.run import harvest
from harvesters.transport import Transport

Connect = Callable[..., Transport]


class Library:
    """A repository of 45 records behind the interface of the `oaipmh` library."""

    def __init__(self) -> None:
        self.rows = [
            (f"oai:lib:{n}", datetime(2024, 1 + n % 12, 1 + n % 28, n % 24), n % 9 == 8) for n in range(45)
        ]

    def identify(self) -> Any:
        return common.Identify(
            repositoryName="Library",
            baseURL="http://127.0.0.1/oai",
            protocolVersion="2.0",
            adminEmails=["a@example.org"],
            earliestDatestamp=datetime(2024, 1, 1),
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["identity"],
        )

    def listMetadataFormats(self, identifier: str | None = None) -> Any:
        namespace = "http://www.openarchives.org/OAI/2.0/oai_dc/"
        return [("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", namespace)]

    def listSets(self, cursor: int = 0, batch_size: int = 10) -> Any:
        return [("all", "Everything", "")][cursor : cursor + batch_size]

    def listRecords(
        self,
        metadataPrefix: str,
        set: str | None = None,
        from_: datetime | None = None,
        until: datetime | None = None,
        cursor: int = 0,
        batch_size: int = 10,
    ) -> Any:
        found = [
            row
            for row in self.rows
            if (from_ is None or row[1] >= from_) and (until is None or row[1] <= until)
        ]
        if not found:
            raise error.NoRecordsMatchError("none")
        return [self.record(*row) for row in found[cursor : cursor + batch_size]]

    @staticmethod
    def record(identifier: str, datestamp: datetime, deleted: bool) -> Any:
        header = common.Header(None, identifier, datestamp, ["all"], deleted)
        title = {"title": [f"Title of {identifier} & more"], "type": ["Dataset"], "creator": ["Müller, Eva"]}
        return header, None if deleted else common.Metadata(None, title), None


@contextmanager
def library() -> Iterator[str]:
    """The address of the `oaipmh` library's server, in pages of 10."""
    registry = metadata.MetadataRegistry()
    registry.registerWriter("oai_dc", server.oai_dc_writer)
    answering = server.BatchingServer(Library(), registry, resumption_batch_size=10)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answering.handleRequest(dict(parse_qsl(urlsplit(self.path).query)))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}/oai"
    finally:
        http.shutdown()
        http.server_close()


@contextmanager
def provider(folder: Path, place: Path) -> Iterator[str]:
    """The address of the provider beside the project, with 500 records in pages of 100."""
    for name in ("gen.py", "serve.py"):
        shutil.copy(folder / name, place)
    subprocess.run([sys.executable, "gen.py", "--n", "500"], cwd=place, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-u", "serve.py", "--port", port],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready ")
        yield f"http://127.0.0.1:{port}/oai/100"
    finally:
        process.terminate()
        process.wait(10)


def harvested(catalogue: Catalogue, connect: Connect, url: str, **values: Any) -> Run:
    catalogue.sources.add(Source(name="peer", kind="oai-pmh", url=url, **values))
    return harvest(catalogue, ["peer"], connect=connect)[0]


def test_the_server_of_the_oaipmh_library(catalogue: Catalogue, connect: Connect) -> None:
    with library() as url:
        run = harvested(catalogue, connect, url)
        assert (run.status, run.fetched, run.created, run.deleted) == ("succeeded", 45, 40, 5)
        again = harvest(catalogue, ["peer"], connect=connect)[0]
        assert (again.status, again.fetched, again.full) == ("succeeded", 0, False)
        with connect(catalogue.sources.get("peer"), catalogue.settings) as transport:
            probe = harvester_of(catalogue.sources.get("peer"), transport).probe()
        assert (probe.name, probe.sets, probe.chosen_format, probe.faults) == (
            "Library",
            ("all",),
            "oai_dc",
            (),
        )
    titles = {change.record.title for change in catalogue.store.walk() if change.record}
    assert "Title of oai:lib:7 & more" in titles


@pytest.mark.corpus
@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite", None])
def test_the_provider_beside_the_project(
    catalogue: Catalogue, connect: Connect, shared: Path, tmp_path: Path, prefix: str | None
) -> None:
    place = tmp_path / "provider"
    place.mkdir()
    with provider(shared / "provider", place) as url:
        run = harvested(catalogue, connect, url, prefix=prefix)
        assert (run.status, run.error) == ("succeeded", None)
        assert (run.fetched, run.created, run.deleted, run.expected) == (500, 495, 5, 500)
        assert run.requests == 7
