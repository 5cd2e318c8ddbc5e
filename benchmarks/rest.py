"""What harvesting a REST API costs, and how much of the rate that its server allows is reached.

A benchmark of one API is a file that gives its `Api` objects to `main`:

- *floor*: download the pages, parse them with orjson; nothing stored
- the kind: the whole pipeline (raw kept, mapped, hashed, committed), index excluded
- the kind «at 50 ms a page»: the same, and the server takes that long for each page.  One request
  after the other then allows page size ÷ page time records a second; the goal is 80 % of it.
"""

from __future__ import annotations

import argparse
import http.server
import json
import socketserver
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.measure import Measurement, emit, measured, table

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
GOAL = 0.8
MARK = "@IDENTIFIER@"
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One API over copies of its records with fresh identifiers.

    ``templates``  what stands before and behind the identifier in each record
    ``path``       the address of the list below the server's; ``page`` records are asked for at once
    ``window``     (skip, limit) of a request for the list
    ``asked``      the request for a page, for the floor
    ``envelope``   the answer around the records of a page: (records, how many there are) -> body
    ``other``      answers to everything else: (path, query, how many) -> body; ``None``: 404
    """

    kind: str
    path: str
    page: int
    templates: Callable[[], Sequence[tuple[bytes, bytes]]]
    window: Callable[[Query], tuple[int, int]]
    asked: Callable[[int, int], Mapping[str, str]]
    envelope: Callable[[list[bytes], int], bytes]
    other: Callable[[str, Query, int], bytes | None]


def template(document: Mapping[str, object], name: str) -> tuple[bytes, bytes]:
    """A record cut where its identifier stands."""
    text = json.dumps({**document, name: MARK}, ensure_ascii=False, separators=(",", ":"))
    before, _, behind = text.partition(MARK)
    return before.encode(), behind.encode()


class _Handler(http.server.BaseHTTPRequestHandler):
    """Pages are made while they are asked for: 100,000 real records would fill the memory."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    api: Api
    records: int
    page_time: float
    cut: Sequence[tuple[bytes, bytes]]

    def do_GET(self) -> None:
        """A page, or what the API says besides."""
        begun = time.perf_counter()
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query))
        status, body = 200, b""
        if address.path == self.api.path:
            body = self._page(query)
            time.sleep(max(self.page_time - (time.perf_counter() - begun), 0))
        else:
            found = self.api.other(address.path, query, self.records)
            status, body = (200, found) if found is not None else (404, b'{"message":"Not found"}')
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, query: Query) -> bytes:
        skip, limit = self.api.window(query)
        found = []
        for number in range(skip, min(skip + limit, self.records)):
            before, behind = self.cut[number % len(self.cut)]
            found.append(b"%s20.500.99999/%08d%s" % (before, number, behind))
        return self.api.envelope(found, self.records)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: it would cost."""


def _serve(api: Api, records: int, page_time: float) -> None:
    """Say the port, serve until killed."""
    _Handler.api, _Handler.records, _Handler.page_time = api, records, page_time
    _Handler.cut = api.templates()
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


def _floor(api: Api, url: str, records: int) -> int:
    """Download and parse, page by page."""
    import httpx
    import orjson

    count = 0
    with httpx.Client() as client:
        for skip in range(0, records, api.page):
            body = client.get(f"{url}{api.path}?{urlencode(api.asked(skip, api.page))}").content
            orjson.loads(body)
            count += min(api.page, records - skip)
    return count


def _almagest(api: Api, url: str, home: Path) -> int:
    """One harvest of our own to a committed store; how many records came."""
    from catalogue.opening import Catalogue
    from catalogue.settings import load_settings
    from catalogue.sources import Source
    from harvesters.run import harvest

    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home)}))
    options = {"page-size": str(api.page)}
    catalogue.sources.add(Source(name="bench", kind=api.kind, url=url, options=options))
    (run,) = harvest(catalogue, ["bench"])
    if run.status != "succeeded":
        raise SystemExit(f"the harvest ended as {run.status}: {run.error}")
    catalogue.close()
    return run.fetched


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.terminate()


def _measure(module: str, api: Api, variant: str, records: int, page_time: float) -> Measurement:
    """Server and client in processes of their own."""
    common = ("--kind", api.kind, "--records", str(records), "--page-time", str(page_time))
    with _process(module, *common, "--run", "server") as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        with _process(module, *common, "--run", variant, "--url", url) as client:
            answer = client.communicate()[0]
    if client.returncode:
        raise SystemExit(f"{variant} of {api.kind} ended with exit code {client.returncode}")
    values = json.loads(answer.strip().splitlines()[-1])
    values.pop("per_cpu_second")
    return Measurement(**values)


def _rate(api: Api, one: Measurement, page_time: float) -> str:
    allowed, achieved = api.page / page_time, one.records / one.wall_seconds
    met = "yes" if achieved >= GOAL * allowed else "no"
    return (
        f"| {api.kind} | {page_time * 1000:.0f} | {api.page} | {allowed:,.0f} | {achieved:,.0f} "
        f"| {achieved / allowed:.0%} | {met} |"
    )


def main(module: str, apis: Sequence[Api], description: str | None) -> None:
    """Measure all variants of these APIs and print the tables."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rated", type=int, help="records for the shares of the rate (a fifth of all)")
    parser.add_argument("--kind", choices=[api.kind for api in apis])
    parser.add_argument("--page-time", type=float, action="append", help="seconds (0.05 and 0.2)")
    parser.add_argument("--run", choices=("server", "floor", "almagest"), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    chosen = [api for api in apis if options.kind in (None, api.kind)]
    if options.run == "server":
        _serve(chosen[0], options.records, options.page_time[0])
    elif options.run:
        _variant(chosen[0], options.run, options.url, options.records)
    else:
        rated = options.rated or max(options.records // 5, 1)
        _compare(module, chosen, options.records, rated, options.page_time or [0.05, 0.2])


def _variant(api: Api, variant: str, url: str, records: int) -> None:
    name = variant if variant == "floor" else api.kind
    with tempfile.TemporaryDirectory() as folder, measured(api.kind, name, records) as measurement:
        is_floor = variant == "floor"
        fetched = _floor(api, url, records) if is_floor else _almagest(api, url, Path(folder))
    if fetched != records:
        raise SystemExit(f"{name} fetched {fetched} of {records} records")
    emit(measurement)


def _compare(module: str, apis: Sequence[Api], records: int, rated: int, page_times: Sequence[float]) -> None:
    tables: list[str] = []
    rates = [
        "| kind | page ms | records a page | allowed a second | reached a second | share | ≥ 80 % |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for api in apis:
        measurements = [_measure(module, api, name, records, 0) for name in ("floor", "almagest")]
        for one in measurements:
            emit(one)
        tables.append(table(measurements, "floor"))
        for page_time in page_times:
            one = _measure(module, api, "almagest", rated, page_time)
            one.note = f"{page_time * 1000:.0f} ms a page"
            emit(one)
            rates.append(_rate(api, one, page_time))
    print("\n\n".join([*tables, "\n".join(rates)]))
