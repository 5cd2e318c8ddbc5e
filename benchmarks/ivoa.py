"""How fast the IVOA registry is harvested: many real resources with fresh ivoids, from ten registries.

``python -m benchmarks.ivoa [--records 30000] [--page 100] [--only NAME]``

Each variant runs in a process of its own against the same local server:

- *floor*: download, parse each page with lxml, take each record's texts; nothing stored
- *oai-pmh*: the plain harvester over one list of the same records: the whole pipeline, index excluded
- *ivoa*: a Registry of Registries, then the set ivo_managed of each registry, the same pipeline

The resources are those of the corpus beside the project (../shared/corpus).
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import socketserver
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl, urlsplit

from benchmarks.harvest import floor
from benchmarks.measure import Measurement, emit, measured, table
from benchmarks.provider import FORMATS, HEAD, IDENTIFY

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
REGISTRIES = 10
REFERENCE = "oai-pmh"
_VOR = "http://www.ivoa.net/xml/RegistryInterface/v1.0"


def templates() -> list[tuple[str, str]]:
    """What stands before and behind the identifier in each live resource of the corpus."""
    from lxml import etree

    from harvesters.ivoa_registries import ivoid_in
    from mappings.base import xml_parser
    from mappings.ivo_vor import status_of
    from mappings.xml_reading import first, local_name, text_of

    found = []
    for path in sorted((CORPUS / "ivoa-voresource").glob("*")) + sorted((CORPUS / "ivoa-oaipmh").glob("*")):
        for element in etree.fromstring(path.read_bytes(), xml_parser(recover=True)).iter("*"):
            identifier = first(element, "identifier") if local_name(element) == "Resource" else None
            if (
                identifier is None
                or status_of(element) == "deleted"
                or not ivoid_in(text_of(identifier) or "")
            ):
                continue
            identifier.text = "@IVOID@"
            before, _, behind = etree.tostring(element, encoding="unicode", with_tail=False).partition(
                "@IVOID@"
            )
            found.append((before, behind))
    if not found:
        raise SystemExit("The corpus ../shared/corpus is not beside the project; this benchmark needs it.")
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """A page in the file of prepared pages: its place, and how many records of which registry it has."""

    start: int
    length: int
    registry: int
    records: int


def write_pages(stream: BinaryIO, count: int, page: int) -> list[Part]:
    """Write the records of all pages; each page holds those of one registry."""
    parts: list[Part] = []
    copies = islice(cycle(templates()), count)
    share = -(-count // REGISTRIES)
    for registry in range(REGISTRIES):
        mine = min(share, count - registry * share)
        for begin in range(0, max(mine, 0), page):
            numbers = range(begin, min(begin + page, mine))
            rows = (_record(f"ivo://bench{registry}.example/{n}", next(copies)) for n in numbers)
            body = "".join(rows).encode()
            parts.append(Part(stream.tell(), len(body), registry, len(numbers)))
            stream.write(body)
    return parts


def _record(ivoid: str, template: tuple[str, str]) -> str:
    return (
        f"<record><header><identifier>{ivoid}</identifier><datestamp>2024-01-01T00:00:00Z</datestamp>"
        f"<setSpec>ivo_managed</setSpec></header><metadata>{template[0]}{ivoid}{template[1]}</metadata></record>"
    )


def _registry(number: int, base: str) -> str:
    metadata = (
        f'<ri:Resource xmlns="" xmlns:ri="{_VOR}" xmlns:vg="http://www.ivoa.net/xml/VORegistry/v1.0" '
        f'status="active" xsi:type="vg:Registry"><identifier>ivo://bench{number}.example/registry</identifier>'
        '<capability xsi:type="vg:Harvest" standardID="ivo://ivoa.net/std/Registry">'
        f'<interface xsi:type="vg:OAIHTTP"><accessURL>{base}/{number}</accessURL></interface></capability>'
        f"<full>false</full><managedAuthority>bench{number}.example</managedAuthority></ri:Resource>"
    )
    header = f"<header><identifier>ivo://bench{number}.example/registry</identifier>"
    return (
        f"<record>{header}<datestamp>2024-01-01T00:00:00Z</datestamp></header>"
        f"<metadata>{metadata}</metadata></record>"
    )


class Provider(http.server.BaseHTTPRequestHandler):
    """/rofr lists the registries, /0 … /9 are they, /all has everything in one list."""

    protocol_version = "HTTP/1.1"
    stream: BinaryIO
    parts: list[Part]

    def do_GET(self) -> None:
        """One verb, one body."""
        address = urlsplit(self.path)
        arguments = dict(parse_qsl(address.query))
        base = f"http://{self.headers['Host']}"
        verb = arguments.get("verb")
        if verb == "ListRecords" and address.path == "/rofr":
            rows = "".join(_registry(number, base) for number in range(REGISTRIES))
            content = f"<ListRecords>{rows}</ListRecords>".encode()
        elif verb == "ListRecords":
            content = self._page(address.path[1:], int(arguments.get("resumptionToken", 0)))
        else:
            text = IDENTIFY.format(base=base) if verb == "Identify" else FORMATS.replace("oai_dc", "ivo_vor")
            content = text.encode()
        self._send(f"{HEAD}<request>{base}</request>".encode() + content + b"</OAI-PMH>")

    def _page(self, name: str, number: int) -> bytes:
        parts = [part for part in self.parts if name == "all" or part.registry == int(name)]
        part = parts[number]
        following = number + 1 if number + 1 < len(parts) else ""
        size = sum(one.records for one in parts)
        token = f'<resumptionToken completeListSize="{size}">{following}</resumptionToken>'
        rows = os.pread(self.stream.fileno(), part.length, part.start)
        return b"<ListRecords>" + rows + token.encode() + b"</ListRecords>"

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: it would cost."""


def serve(count: int, page: int, folder: Path) -> None:
    """Prepare the pages, say the port, serve until killed."""
    with (folder / "pages").open("wb") as stream:
        Provider.parts = write_pages(stream, count, page)
    Provider.stream = (folder / "pages").open("rb")
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Provider) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


def almagest(kind: str, url: str, home: Path) -> int:
    """One harvest of our own to a committed store; how many records came."""
    from catalogue.opening import Catalogue
    from catalogue.settings import load_settings
    from catalogue.sources import Source
    from harvesters.run import harvest

    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home)}))
    catalogue.sources.add(Source(name="bench", kind=kind, url=url, prefix="ivo_vor"))
    (run,) = harvest(catalogue, ["bench"])
    if run.status != "succeeded":
        raise SystemExit(f"the harvest ended as {run.status}: {run.error}")
    catalogue.close()
    return run.fetched


VARIANTS: dict[str, Callable[[str, Path], int]] = {
    "floor": lambda base, home: floor(f"{base}/all", home),
    REFERENCE: lambda base, home: almagest("oai-pmh", f"{base}/all", home),
    "ivoa": lambda base, home: almagest("ivoa", f"{base}/rofr", home),
}


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """This module in a process of its own, ended with the block."""
    command = [sys.executable, "-m", "benchmarks.ivoa", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.terminate()


def run_variant(name: str, base: str, count: int) -> Measurement:
    """One variant in a process of its own."""
    with process("--variant", name, "--url", base, "--records", str(count)) as running:
        answer = running.communicate()[0]
    if running.returncode:
        raise SystemExit(f"{name} ended with exit code {running.returncode}")
    values = json.loads(answer.strip().splitlines()[-1])
    values.pop("per_cpu_second")
    return Measurement(**values)


def main() -> None:
    """Measure all variants and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--page", type=int, default=100)
    parser.add_argument("--only", choices=VARIANTS, action="append")
    parser.add_argument("--variant", choices=[*VARIANTS, "server"], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.variant == "server":
            serve(options.records, options.page, options.folder)
        elif options.variant:
            with measured("ivoa", options.variant, options.records) as measurement:
                fetched = VARIANTS[options.variant](options.url, Path(name))
            if fetched != options.records:
                raise SystemExit(f"{options.variant} fetched {fetched} of {options.records} records")
            emit(measurement)
        else:
            _compare(options.records, options.page, options.only or list(VARIANTS), name)


def _compare(count: int, page: int, names: list[str], folder: str) -> None:
    of_server = ("--variant", "server", "--records", str(count), "--page", str(page), "--folder", folder)
    with process(*of_server) as server:
        assert server.stdout is not None
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        measurements = []
        for name in names:
            measurements.append(run_variant(name, base, count))
            emit(measurements[-1])
            time.sleep(0.5)
    print(table(measurements, REFERENCE if REFERENCE in names else names[0]))


if __name__ == "__main__":
    main()
