"""The sample sources as one local HTTP server: `python -m web.demo.server` prints its address."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from web.demo import datacite, dublin_core, marc, voresource
from web.demo.repository import Repository

NEXT_DAY = "/next-day"


class SampleServer(ThreadingHTTPServer):
    """Serves the repositories on a loopback port, each under its own path."""

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
        for repository in self.repositories.values():
            new, changed, deleted = repository.next_day(now)
            lines.append(f"{new} {changed} {deleted} {repository.name}")
        return "\n".join(lines)


class _Handler(BaseHTTPRequestHandler):
    server: SampleServer

    def do_GET(self) -> None:
        """OAI-PMH requests."""
        address = urlsplit(self.path)
        self._answer(address.path, address.query)

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
