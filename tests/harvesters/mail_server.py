"""A mail server on loopback that keeps what it is given, or refuses it."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path


class MailServer(socketserver.ThreadingTCPServer):
    """``messages`` are what came; ``refuses`` makes it answer 554, ``logins`` are the credentials seen."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.refuses = False
        self.is_silent = False
        self.certificate: Path | None = None
        """Certificate and key in one file; with it the server speaks STARTTLS."""
        self.encrypted = 0
        self.connections = 0

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        if self.server.is_silent:
            self.rfile.read()
            return
        self._say("220 mail.example.org")
        self._talk()

    def _talk(self) -> None:
        for line in self.rfile:
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == "DATA":
                self._say("354 go on")
                self._keep()
            elif verb.upper() == "STARTTLS":
                self._say("220 go on")
                self._encrypt()
                return
            elif verb.upper() == "QUIT":
                self._say("221 bye")
                return
            else:
                self._answer(verb.upper(), rest)

    def _encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.server.certificate is not None
        context.load_cert_chain(self.server.certificate)
        with contextlib.suppress(OSError), context.wrap_socket(self.request, server_side=True) as secured:
            self.server.encrypted += 1
            self.rfile, self.wfile = secured.makefile("rb"), secured.makefile("wb", buffering=0)
            self._talk()

    def _answer(self, verb: str, rest: str) -> None:
        if verb == "EHLO":
            extra = "250-STARTTLS\r\n" if self.server.certificate else ""
            self._say(f"250-mail.example.org\r\n{extra}250 AUTH PLAIN")
        elif verb == "AUTH":
            self.server.logins.append(base64.b64decode(rest.split()[-1]).decode().strip("\0"))
            self._say("235 welcome")
        elif verb == "MAIL" and self.server.refuses:
            self._say("554 no mail from here")
        else:
            if verb == "RCPT":
                self.server.recipients.append(rest.partition("<")[2].rstrip(">"))
            self._say("250 well")

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        parsed = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.server.messages.append(parsed)
        self._say("250 kept")

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(text.encode() + b"\r\n")


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """The server while it runs."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
