"""A gate before a real Elasticsearch: TLS, an API key, and misbehaviour as a test tells it."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

CUT, LOST, HALF = "cut", "lost", "half"
"""Hang up at once; pass it on and hang up; pass it on and give half the answer."""

Spoiled = str | tuple[int, dict[str, str]] | None
"""One of the above, or an own answer of status and headers, or nothing spoilt."""


class Gate:
    """A reverse proxy; ``spoil`` is asked for each request by method, path and body.

    ``refuse`` is asked for each document of a bulk request whether it is to be refused with 429.
    """

    def __init__(
        self, upstream: str, *, context: ssl.SSLContext | None = None, authorization: str | None = None
    ) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.authorization = authorization
        self.spoil: Callable[[str, str, bytes], Spoiled] = lambda *_: None
        self.refuse: Callable[[int, bytes], bool] | None = None
        self.bulks: list[int] = []
        gate = self

        class Handler(_Handler):
            pass

        Handler.gate = gate
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gate: Gate

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        gate = self.gate
        if gate.authorization is not None and self.headers.get("Authorization") != gate.authorization:
            self._answer(401, {}, b'{"error":{"type":"security_exception","reason":"no"},"status":401}')
            return
        spoiled = gate.spoil(self.command, self.path, body)
        if isinstance(spoiled, tuple):
            error = {"error": {"type": "es_rejected_execution_exception"}, "status": spoiled[0]}
            self._answer(spoiled[0], spoiled[1], json.dumps(error).encode())
            return
        if spoiled == CUT:
            self.close_connection = True
            return
        if "_bulk" in self.path:
            gate.bulks.append(len(_documents(body)))
        status, answer = self._bulk(body) if gate.refuse and "_bulk" in self.path else self._pass(body)
        if spoiled == LOST:
            self.close_connection = True
            return
        self._answer(status, {}, answer, half=spoiled == HALF)

    def _pass(self, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.gate.upstream, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() in {"content-type", "accept"}}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        self._type = answer.getheader("Content-Type", "application/json")
        content = answer.read()
        connection.close()
        return answer.status, content

    def _bulk(self, body: bytes) -> tuple[int, bytes]:
        """Passes on what is not refused, and puts the refusals into the answer where they belong."""
        documents = _documents(body)
        assert self.gate.refuse is not None
        refused = [self.gate.refuse(number, one) for number, one in enumerate(documents)]
        taken = b"".join(one for one, no in zip(documents, refused) if not no)
        items = iter(json.loads(self._pass(taken)[1])["items"] if taken else [])
        self._type = "application/vnd.elasticsearch+json;compatible-with=8"
        error = {"type": "es_rejected_execution_exception", "reason": "queue full"}
        merged = [
            {"index": {"_id": "?", "status": 429, "error": error}} if no else next(items) for no in refused
        ]
        return 200, json.dumps({"errors": any(refused), "items": merged, "took": 1}).encode()

    def _answer(self, status: int, headers: dict[str, str], content: bytes, *, half: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", getattr(self, "_type", "application/json"))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Elastic-Product", "Elasticsearch")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if half else content)
        self.close_connection = half

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve


def _documents(body: bytes) -> list[bytes]:
    """The lines of a bulk request, those of one document together."""
    found: list[bytes] = []
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        found.append(line if line.startswith(b'{"delete"') else line + next(lines))
    return found


# --- certificates -----------------------------------------------------------------------------------


class Authority:
    """An authority of its own that signs certificates for 127.0.0.1, made by openssl."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.file = folder / f"{name}.pem"
        _openssl(
            "req", "-x509", *_KEY, "-keyout", folder / f"{name}.key", "-out", self.file,
            "-subj", f"/CN={name}", "-days", "2", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip

    def signed(self, name: str) -> Path:
        """A PEM file of a certificate and its key."""
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "crt"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
        _openssl("req", "-new", *_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.folder / f"{self.name}.key",
            "-set_serial", "7", "-days", "2", "-out", certificate, "-extfile", extensions,
        )  # fmt: skip
        both = self.folder / f"{name}.both"
        both.write_text(certificate.read_text() + key.read_text())
        return both


def fingerprint(certificate: Path) -> str:
    """The SHA-256 fingerprint as openssl writes it, with colons."""
    text = _openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
    return text.strip().partition("=")[2]


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True)
    return done.stdout
