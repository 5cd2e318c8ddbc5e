"""An OAI-PMH provider that costs almost nothing: its pages are made before it starts.

``python -m benchmarks.provider --records 100000 --page 1000`` writes every page of one
ListRecords walk into a file and answers each request by sending one from there.  It
honours resumption tokens only: enough for a benchmark of harvesters.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import resource
import socketserver
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl, urlsplit

from benchmarks.generate import oai_record, records

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
    "<responseDate>2026-01-01T00:00:00Z</responseDate>"
)
IDENTIFY = (
    "<Identify><repositoryName>Benchmark</repositoryName><baseURL>{base}</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>bench@example.org</adminEmail>"
    "<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
)
FORMATS = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
    "<schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>"
    "<metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace>"
    "</metadataFormat></ListMetadataFormats>"
)


def write_pages(path: Path, count: int, page: int) -> list[tuple[int, int]]:
    """Write all pages of a walk into one file; where each begins and how long it is."""
    places: list[tuple[int, int]] = []
    batch: list[str] = []
    with path.open("wb") as stream:
        for record in records(count):
            batch.append(oai_record(record))
            if len(batch) == page or record.number == count - 1:
                places.append(_write_page(stream, batch, record.number + 1, count))
                batch.clear()
    return places


def _write_page(stream: BinaryIO, batch: list[str], end: int, count: int) -> tuple[int, int]:
    token = str(end) if end < count else ""
    body = (
        f'{HEAD}<request verb="ListRecords">http://127.0.0.1/oai</request><ListRecords>{"".join(batch)}'
        f'<resumptionToken completeListSize="{count}" cursor="{end - len(batch)}">{token}</resumptionToken>'
        "</ListRecords></OAI-PMH>"
    ).encode()
    start = stream.tell()
    stream.write(body)
    return start, len(body)


class Provider(http.server.BaseHTTPRequestHandler):
    """Answers from the prepared file."""

    protocol_version = "HTTP/1.1"
    pages: BinaryIO
    places: list[tuple[int, int]]
    page_size: int

    def do_GET(self) -> None:
        """One verb, one body."""
        address = urlsplit(self.path)
        arguments = dict(parse_qsl(address.query))
        if address.path == "/stats":
            usage = resource.getrusage(resource.RUSAGE_SELF)
            self._send(json.dumps({"cpu_seconds": usage.ru_utime + usage.ru_stime}).encode())
            return
        verb = arguments.get("verb")
        if verb == "ListRecords":
            start, length = self.places[int(arguments.get("resumptionToken", 0)) // self.page_size]
            self._send(os.pread(self.pages.fileno(), length, start))
        else:
            base = f"http://{self.headers['Host']}/oai"
            answer = IDENTIFY.format(base=base) if verb == "Identify" else FORMATS
            self._send(f'{HEAD}<request verb="{verb}">{base}</request>{answer}</OAI-PMH>'.encode())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: it would cost."""


def main() -> None:
    """Prepare the pages, say the port, serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--page", type=int, default=1000)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--file", type=Path, required=True, help="where the prepared pages go")
    options = parser.parse_args()
    Provider.places = write_pages(options.file, options.records, options.page)
    Provider.page_size = options.page
    Provider.pages = options.file.open("rb")
    socketserver.ThreadingTCPServer.daemon_threads = True
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", options.port), Provider) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
