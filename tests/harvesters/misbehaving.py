"""An OAI-PMH server on loopback that behaves well until it is told how not to.

``server.script`` sees each request with the well-behaved answer and gives what is sent in
its place; the attributes of `Repository` bend the protocol itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<responseDate>{date}</responseDate><request>http://localhost/oai</request>"
)
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">{inside}</oai_dc:dc>'
)
NAMESPACES = {
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "oai_datacite": "http://schema.datacite.org/oai/oai-1.1/",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """A record of the repository; ``metadata`` and ``about`` are XML as it is sent."""

    identifier: str
    datestamp: str = "2024-01-01T00:00:00Z"
    title: str = "A title"
    metadata: str | None = None
    about: str = ""
    sets: tuple[str, ...] = ()
    deleted: bool = False

    def header(self) -> str:
        status = ' status="deleted"' if self.deleted else ""
        sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in self.sets)
        return (
            f"<header{status}><identifier>{escape(self.identifier)}</identifier>"
            f"<datestamp>{self.datestamp}</datestamp>{sets}</header>"
        )

    def record(self) -> str:
        if self.deleted:
            return f"<record>{self.header()}</record>"
        inside = f"<dc:title>{escape(self.title)}</dc:title><dc:type>Dataset</dc:type>"
        metadata = self.metadata if self.metadata is not None else DC.format(inside=inside)
        return f"<record>{self.header()}<metadata>{metadata}</metadata>{self.about}</record>"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came: its arguments in their order, its headers, its number from 1."""

    number: int
    path: str
    query: str
    arguments: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""

    def __getitem__(self, name: str) -> str | None:
        return dict(self.arguments).get(name)

    @property
    def verb(self) -> str | None:
        return self["verb"]

    @property
    def token(self) -> str | None:
        return self["resumptionToken"]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An answer: ``cut`` breaks the connection after so many bytes of the body."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml; charset=utf-8"})
    cut: int | None = None


Script = Callable[[Asked, Sent], Sent]


@dataclass
class Repository:
    """Records and the way they are listed."""

    items: list[Item]
    page_size: int = 10
    date: str = "2024-06-01T12:00:00Z"
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    earliest: str = "2020-01-01T00:00:00Z"
    prefixes: Sequence[str] = ("oai_dc",)
    announces_size: bool = True
    announced: int | None = None
    honours_dates: bool = True
    base_url: str = "http://127.0.0.1/oai"
    accepted_dates: Iterable[int] = (10, 20)
    error_status: int = 200
    ends_with_empty_token: bool = True
    token: Callable[[str], str] = str
    untoken: Callable[[str], str] = str

    def answer(self, asked: Asked) -> Sent:
        verb = asked.verb or ""
        handler = {
            "Identify": self.identify,
            "ListMetadataFormats": self.formats,
            "ListSets": self.list_sets,
            "ListRecords": self.list,
            "ListIdentifiers": self.list,
            "GetRecord": self.get,
        }.get(verb)
        return handler(asked) if handler else self.error("badVerb", "no such verb")

    def envelope(self, inside: str, status: int = 200) -> Sent:
        text = HEAD.format(date=self.date) + inside + "</OAI-PMH>"
        return Sent(body=text.encode("utf-8", "surrogatepass"), status=status)

    def error(self, code: str, text: str = "") -> Sent:
        return self.envelope(f'<error code="{code}">{text}</error>', self.error_status)

    def identify(self, asked: Asked) -> Sent:
        return self.envelope(
            f"<Identify><repositoryName>Test repository</repositoryName><baseURL>{self.base_url}</baseURL>"
            "<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail>"
            f"<earliestDatestamp>{self.earliest}</earliestDatestamp><deletedRecord>transient</deletedRecord>"
            f"<granularity>{self.granularity}</granularity></Identify>"
        )

    def formats(self, asked: Asked) -> Sent:
        parts = "".join(
            f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>x</schema>"
            f"<metadataNamespace>{NAMESPACES.get(prefix, prefix)}</metadataNamespace></metadataFormat>"
            for prefix in self.prefixes
        )
        return self.envelope(f"<ListMetadataFormats>{parts}</ListMetadataFormats>")

    def list_sets(self, asked: Asked) -> Sent:
        specs = sorted({spec for item in self.items for spec in item.sets})
        if not specs:
            return self.error("noSetHierarchy")
        parts = "".join(f"<set><setSpec>{spec}</setSpec><setName>{spec}</setName></set>" for spec in specs)
        return self.envelope(f"<ListSets>{parts}</ListSets>")

    def get(self, asked: Asked) -> Sent:
        for item in self.items:
            if item.identifier == asked["identifier"]:
                return self.envelope(f"<GetRecord>{item.record()}</GetRecord>")
        return self.error("idDoesNotExist", "no such record")

    def list(self, asked: Asked) -> Sent:
        if asked.token is not None:
            if len(asked.arguments) != 2:
                return self.error("badArgument", "resumptionToken is exclusive")
            parts = self.untoken(asked.token).split("|")
            if len(parts) != 5:
                return self.error("badResumptionToken", "unknown token")
            offset, prefix, chosen, begin, end = parts
            return self.page(asked, int(offset), prefix, chosen, begin, end)
        begin, end = asked["from"] or "", asked["until"] or ""
        if any(len(date) not in self.accepted_dates for date in (begin, end) if date):
            return self.error("badArgument", "wrong granularity")
        prefix = asked["metadataPrefix"] or ""
        if prefix not in self.prefixes:
            return self.error("cannotDisseminateFormat", prefix)
        return self.page(asked, 0, prefix, asked["set"] or "", begin, end)

    def page(self, asked: Asked, offset: int, prefix: str, chosen: str, begin: str, end: str) -> Sent:
        found = [item for item in self.items if not chosen or chosen in item.sets]
        if self.honours_dates:
            found = [
                item
                for item in found
                if (not begin or item.datestamp[: len(begin)] >= begin)
                and (not end or item.datestamp[: len(end)] <= end)
            ]
        if not found:
            return self.error("noRecordsMatch")
        part = found[offset : offset + self.page_size]
        rows = "".join(item.record() if asked.verb == "ListRecords" else item.header() for item in part)
        size = self.announced if self.announced is not None else len(found)
        attributes = f' completeListSize="{size}" cursor="{offset}"' if self.announces_size else ""
        after = offset + self.page_size
        if after < len(found):
            text = self.token("|".join([str(after), prefix, chosen, begin, end]))
            token = f"<resumptionToken{attributes}>{escape(text)}</resumptionToken>"
        else:
            empty = offset > 0 and self.ends_with_empty_token
            token = f"<resumptionToken{attributes}/>" if empty else ""
        return self.envelope(f"<{asked.verb}>{rows}{token}</{asked.verb}>")


class Server:
    """The server on a port of its own, in a ``with`` statement; ``asked`` are its requests so far."""

    def __init__(self, repository: Repository, *, host: str = "127.0.0.1") -> None:
        self.repository = repository
        self.script: Script = lambda asked, sent: sent
        self.asked: list[Asked] = []
        outer = self

        class Handler(_Handler):
            server_ = outer

        self._server = _QuietServer((host, 0), Handler)
        self.url = f"http://{host}:{self._server.server_address[1]}/oai"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def verbs(self) -> list[str]:
        return [asked.verb or "" for asked in self.asked]

    def lists(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.verb == "ListRecords"]


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, as some tests do, is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            number=len(self.server_.asked) + 1,
            path=parts.path,
            query=parts.query,
            arguments=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            method=self.command,
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
        )
        self.server_.asked.append(asked)
        sent = self.server_.script(asked, self.server_.repository.answer(asked))
        self.send_response(sent.status)
        for name, value in sent.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in sent.headers and "Transfer-Encoding" not in sent.headers:
            self.send_header("Content-Length", str(len(sent.body)))
        self.end_headers()
        try:
            self.wfile.write(sent.body if sent.cut is None else sent.body[: sent.cut])
        except ConnectionError:
            self.close_connection = True
        if sent.cut is not None:
            self.close_connection = True

    do_POST = do_GET

    def log_message(self, *arguments: Any) -> None:
        """Tests are quiet."""


def some(count: int, *, begin: int = 0, **values: Any) -> list[Item]:
    """Items with identifiers oai:test:0000 …, one a day from 2024-01-01 on."""
    items = []
    for number in range(begin, begin + count):
        month, day = divmod(number % 336, 28)
        stamp = f"{2024 + number // 336}-{month + 1:02d}-{day + 1:02d}T00:00:{number % 60:02d}Z"
        one = Item(identifier=f"oai:test:{number:04d}", datestamp=stamp, title=f"Title {number}")
        items.append(replace(one, **values))
    return items


def times(count: int, wrong: Callable[[Asked, Sent], Sent | None]) -> Script:
    """A script that applies ``wrong`` until it has changed ``count`` answers."""
    left = [count]

    def script(asked: Asked, sent: Sent) -> Sent:
        if left[0] > 0:
            changed = wrong(asked, sent)
            if changed is not None:
                left[0] -= 1
                return changed
        return sent

    return script


def on_list(number: int, change: Callable[[Sent], Sent]) -> Callable[[Asked, Sent], Sent | None]:
    """Changes the ListRecords answer of this number, counted from 1, whenever it is asked."""
    seen: dict[str, int] = {}

    def wrong(asked: Asked, sent: Sent) -> Sent | None:
        if asked.verb != "ListRecords":
            return None
        position = seen.setdefault(asked.query, len(seen) + 1)
        return change(sent) if position == number else None

    return wrong
