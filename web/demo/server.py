"""The sample sources as one local HTTP server: `python -m web.demo.server` prints its address."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from web.demo import datacite, dublin_core, marc, voresource
from web.demo.repository import Repository
from web.demo.sample import Sample, samples

NEXT_DAY = "/next-day"


class SampleServer(ThreadingHTTPServer):
    """Serves the repositories and the other samples on a loopback port, each under its own path."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.repositories: dict[str, Repository] = {
            repository.path: repository
            for repository in (
                datacite.repository(),
                voresource.repository(),
                dublin_core.repository(),
                marc.repository(),
            )
        }
        self.samples: dict[str, Sample] = {sample.path: sample for sample in samples()}

    @property
    def address(self) -> str:
        """The address without path."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a client that goes away in the middle is none of our faults."""

    def next_day(self) -> str:
        """Let a day pass at all sources; what happened, a line a source."""
        now = datetime.now(UTC)
        lines = []
        everything: list[Repository | Sample] = [*self.repositories.values(), *self.samples.values()]
        for source in everything:
            new, changed, deleted = source.next_day(now)
            lines.append(f"{new} {changed} {deleted} {source.name}")
        return "\n".join(lines)


class _Handler(BaseHTTPRequestHandler):
    server: SampleServer

    def do_GET(self) -> None:
        """Requests of OAI-PMH, and of whatever else a sample speaks."""
        address = urlsplit(self.path)
        first = "/" + address.path.split("/")[1]
        sample = self.server.samples.get(first)
        if sample is None:
            self._answer(address.path, address.query)
            return
        query = parse_qs(address.query, keep_blank_values=True)
        path = unquote(address.path.removeprefix(first))
        reply = sample.answer(self.server.address + first, path, query, datetime.now(UTC))
        self._send(reply.status, reply.body, reply.media_type)

    def do_POST(self) -> None:
        """OAI-PMH requests, and the passing of a day."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("ascii", "replace")
        if self.path == NEXT_DAY:
            self._send(200, self.server.next_day().encode(), "text/plain; charset=utf-8")
        else:
            self._answer(urlsplit(self.path).path, body)

    def _answer(self, path: str, query: str) -> None:
        repository = self.server.repositories.get(path)
        if repository is None:
            self._send(404, b"No repository is here.\n", "text/plain; charset=utf-8")
            return
        base = self.server.address + repository.path
        status, document = repository.answer(base, parse_qs(query, keep_blank_values=True), datetime.now(UTC))
        self._send(status, document, "text/xml; charset=utf-8")

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the harvest tells what it asks."""


def main() -> None:
    """Serve until standard input ends, as it does when the demo that started us is gone."""
    server = SampleServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(server.address + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
