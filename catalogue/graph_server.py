"""The graph in a SPARQL 1.1 server that the operator runs: the only room of its HTTP.

Queries go by the SPARQL 1.1 Protocol, section 2.1 (POST with a form), changes by section 2.2 (SPARQL 1.1
Update).  The records of one request are replaced together, and what has been applied is noted in the same
request as the last of them.  The default graph of the server has to be the union of all named graphs: of
GraphDB, RDF4J, Virtuoso and Blazegraph it is, Fuseki wants ``tdb2:unionDefaultGraph true``.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx
import orjson

from catalogue.errors import GraphError, GraphTooCostly, GraphUnavailable, QueryError, SettingsError
from catalogue.graph import STATE, Asked, NamedGraph, state_of
from catalogue.graph_answers import complete, computes_too_long, is_too_long, patience
from catalogue.sparql_text import read_sparql

log = logging.getLogger(__name__)

_AT_ONCE = 900_000
"""Bytes of statements in one request: less than nginx takes by default (1 MB)."""
_LONG = 3600.0
"""Seconds of computing that we grant to what we ask for ourselves."""
_SHORT = 3.0
_CONNECTED_IN = 5.0
_JSON = "application/sparql-results+json"
_NAME_OR_TEXT = re.compile(r'<[^>]*>|"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_NOT_IN_NAMES = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_CUT_OFF = re.compile(rb"##[ *]+Incomplete results[ *]+##\s*\Z")
"""How Fuseki ends an answer of status 200 that it has stopped at the limit of time."""
_LONGEST_END = 200
_SPECIAL = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server takes queries and updates, and who we are to it; ``shown`` is what messages may tell."""

    query: str
    update: str
    shown: str
    account: tuple[str, str] | None = None
    token: str = ""


def endpoint_of(url: str, update_url: str = "", token: str = "") -> Endpoint:
    """The endpoint that an address means; with ``update_url`` the address is that of queries.

    Without it the usual ones are known: of GraphDB and RDF4J (``…/repositories/NAME``), of servers that take
    both at one address (``…/sparql``), and else ``…/query`` and ``…/update`` below the address, as of Fuseki.
    Raises `SettingsError`.
    """
    try:
        parts = urlsplit(url)
        is_good = bool(parts.hostname) and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        is_good = False
    if not is_good:
        raise SettingsError("ALMAGEST_GRAPH_URL must be the address of a SPARQL server without a query.")
    account = None
    if parts.username is not None:
        account = unquote(parts.username), unquote(parts.password or "")
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])).rstrip("/")
    if update_url:
        query, update = plain, update_url
    elif re.search(r"/repositories/[^/]+\Z", plain):
        query, update = plain, f"{plain}/statements"
    elif plain.endswith("/sparql"):
        query, update = plain, plain
    else:
        base = plain.removesuffix("/query")
        query, update = f"{base}/query", f"{base}/update"
    return Endpoint(query=query, update=update, shown=plain, account=account, token=token)


@dataclass(frozen=True, slots=True)
class _State:
    position: int = 0
    edition: str = ""
    remembered: str = ""


class ServerGraph:
    """The graph in a SPARQL server; see `catalogue.graph.Graph` for the methods.

    Only one process may write at a time; `Following` sees to that.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._is_checked = False

    # --- reading ---------------------------------------------------------------

    def position(self) -> int:
        """The sequence number of the last change that is in the graph; 0 when it is empty."""
        return self._state().position

    def edition(self) -> str:
        """How the statements were made; empty when there are none."""
        return self._state().edition

    def remembered(self) -> str:
        """What the follower has left here for itself."""
        return self._state().remembered

    def query(self, asked: Asked) -> Iterator[bytes]:
        """The answer in pieces, once it is complete."""
        self._check()
        text = read_sparql(asked.text).text
        form = {
            "query": text,
            "default-graph-uri": list(asked.default_graphs),
            "named-graph-uri": list(asked.named_graphs),
            "timeout": f"{max(asked.seconds, 1):.0f}",
        }
        return complete(lambda answer: self._ask(form, asked.media_type, asked.seconds, asked.bytes, answer))

    def size(self) -> int:
        """How many statements there are; the server counts them."""
        rows = self._rows("SELECT (COUNT(*) AS ?count) { GRAPH ?graph { ?s ?p ?o } }")
        return int(rows[0]["count"])

    def _state(self) -> _State:
        try:
            rows = self._rows(f"SELECT ?p ?o {{ GRAPH <{STATE}> {{ <{STATE}> ?p ?o }} }}", _SHORT)
        except GraphTooCostly:
            raise self._odd("takes too long to answer") from None
        found = {row["p"].removeprefix(f"{STATE}#"): row["o"] for row in rows}
        try:
            return _State(
                int(found.get("position", 0)), found.get("edition", ""), found.get("remembered", "")
            )
        except ValueError:
            raise self._odd("tells no number as the position of the graph") from None

    def _check(self) -> None:
        """Once: whether the graph is there, and its union the default graph."""
        if self._is_checked:
            return
        if not self._state().edition:
            raise GraphUnavailable("The graph is not built yet; the operator runs `almagest graph sync`.")
        if not self._rows(f"SELECT ?o {{ <{STATE}> <{STATE}#position> ?o }}"):
            raise self._odd(
                "does not look into named graphs by default; make the union of all graphs its default graph "
                "(Fuseki: tdb2:unionDefaultGraph true)"
            )
        self._is_checked = True

    def _rows(self, text: str, seconds: float = _LONG) -> list[dict[str, str]]:
        answer = b"".join(complete(lambda to: self._ask({"query": text}, _JSON, seconds, 1 << 40, to)))
        try:
            bindings = orjson.loads(answer)["results"]["bindings"]
            return [{name: str(cell["value"]) for name, cell in row.items()} for row in bindings]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._odd("answers with something else than SPARQL results in JSON") from None

    def _ask(
        self, form: dict[str, Any], media_type: str, seconds: float, size: int, answer: IO[bytes]
    ) -> None:
        deadline = time.monotonic() + patience(seconds)
        taken, end = 0, b""
        try:
            with self._client().stream(
                "POST",
                self._endpoint.query,
                data=form,
                headers={"Accept": media_type},
                timeout=httpx.Timeout(patience(seconds), connect=_CONNECTED_IN),
            ) as response:
                if response.status_code != 200:
                    raise self._refusal(response, seconds)
                for piece in response.iter_bytes():
                    taken += len(piece)
                    if taken > size:
                        raise is_too_long(size)
                    if time.monotonic() > deadline:
                        raise computes_too_long(seconds)
                    answer.write(piece)
                    end = (end + piece)[-_LONGEST_END:]
                if _CUT_OFF.search(end):
                    raise computes_too_long(seconds)
        except httpx.ReadTimeout:
            raise computes_too_long(seconds) from None
        except httpx.HTTPError as error:
            raise self._silence(error) from error

    # --- writing ---------------------------------------------------------------

    def apply(self, graphs: Sequence[NamedGraph], position: int, remember: str | None = None) -> None:
        """Replace named graphs; the position is noted in the same request as the last of them."""
        state = replace(self._state(), position=position)
        if remember is not None:
            state = replace(state, remembered=remember)
        *first, last = _parts(graphs)
        for part in first:
            self._replace(part)
        self._replace([*last, _as_graph(state)])

    def settle(self) -> None:
        """Nothing is left to do."""

    def rebuild(
        self, batches: Iterable[tuple[Sequence[NamedGraph], int]], edition: str, remember: str = ""
    ) -> None:
        """Replace all graphs one after the other, and then take away those that are not among them.

        A server has but one place: queries see old and new records beside each other meanwhile, each whole.
        """
        names, state = {hash(STATE)}, _State(0, edition, remember)
        for graphs, position in batches:
            state = replace(state, position=position)
            names.update(hash(graph.name) for graph in graphs)
            for part in _parts(graphs):
                self._replace(part)
        present = self._rows("SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } }")
        gone = [row["graph"] for row in present if hash(row["graph"]) not in names]
        for part in _parts([NamedGraph(name=name, statements=b"") for name in gone]):
            self._replace(part)
        self._replace([_as_graph(state)])

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _replace(self, graphs: Sequence[NamedGraph]) -> None:
        """Replace graphs in one request; what the server cannot read is a fault of ours, and left out."""
        if not graphs:
            return
        try:
            self._update(_update(graphs))
        except (QueryError, ValueError) as error:
            if len(graphs) == 1:
                log.error("the statements about %s are left out: %s", graphs[0].name, error)
                if graphs[0].statements:
                    self._replace([replace(graphs[0], statements=b"")])
                return
            for graph in graphs:
                self._replace([graph])

    def _update(self, text: bytes) -> None:
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        try:
            response = self._client().post(
                self._endpoint.update,
                content=text,
                headers=headers,
                timeout=httpx.Timeout(_LONG, connect=_CONNECTED_IN),
            )
        except httpx.HTTPError as error:
            raise self._silence(error) from error
        if not response.is_success:
            raise self._refusal(response, _LONG)

    # --- HTTP ------------------------------------------------------------------

    def _client(self) -> httpx.Client:
        with self._lock:
            if self._opened is None:
                headers = {"User-Agent": "almagest", "Accept-Encoding": "identity"}
                if self._endpoint.token:
                    headers["Authorization"] = f"Bearer {self._endpoint.token}"
                self._opened = httpx.Client(
                    headers=headers, auth=self._endpoint.account, trust_env=False, follow_redirects=False
                )
            return self._opened

    def _refusal(self, response: httpx.Response, seconds: float) -> GraphError | QueryError:
        """What an answer that is none means."""
        status = response.status_code
        said = _beginning(response)
        if status == 400:
            return QueryError(f"The query cannot be read: {said}", parameter="query")
        if status in {408, 503, 504} and re.search(r"time(d\s*|-)?\s*out|timed", said, re.IGNORECASE):
            return computes_too_long(seconds)
        if status in {401, 403}:
            return self._odd(f"does not let us in (HTTP {status}); mend ALMAGEST_GRAPH_URL or its token")
        if status in {404, 405}:
            return self._odd(
                f"has nothing there (HTTP {status}); mend ALMAGEST_GRAPH_URL or ALMAGEST_GRAPH_UPDATE_URL"
            )
        return self._odd(f"answers with HTTP {status}: {said}")

    def _odd(self, what: str) -> GraphUnavailable:
        return GraphUnavailable(f"The SPARQL server at {self._endpoint.shown} {what}.")

    def _silence(self, error: httpx.HTTPError) -> GraphUnavailable:
        return self._odd(f"does not answer ({type(error).__name__}: {str(error)[:200]})")


def _as_graph(state: _State) -> NamedGraph:
    return state_of(state.position, state.edition, state.remembered)


def _beginning(response: httpx.Response) -> str:
    """The first words of an answer, without reading more."""
    found = b""
    for piece in response.iter_bytes():
        found += piece
        if len(found) > 2000:
            break
    return " ".join(found[:2000].decode("utf-8", "replace").split())[:300]


def _parts(graphs: Sequence[NamedGraph]) -> Iterator[list[NamedGraph]]:
    """Graphs as they go into one request each; of one name the last one."""
    part: list[NamedGraph] = []
    size = 0
    for graph in {graph.name: graph for graph in graphs}.values():
        if part and size + len(graph.statements) > _AT_ONCE:
            yield part
            part, size = [], 0
        part.append(graph)
        size += len(graph.statements)
    yield part


def _update(graphs: Sequence[NamedGraph]) -> bytes:
    """The request that replaces graphs (SPARQL 1.1 Update, sections 3.1.1 and 3.2.2).

    Raises ``ValueError`` for a name that is none.
    """
    if odd := [graph.name for graph in graphs if _NOT_IN_NAMES.search(graph.name)]:
        raise ValueError(f"<{odd[0]}> is no IRI")
    drops = [f"DROP SILENT GRAPH <{graph.name}> ;\n".encode() for graph in graphs]
    inserts = [
        b"GRAPH <%b> {\n%b}\n" % (graph.name.encode(), _plain(graph.statements))
        for graph in graphs
        if graph.statements
    ]
    return b"".join([*drops, b"INSERT DATA {\n", *inserts, b"}\n"] if inserts else drops)


def _plain(statements: bytes) -> bytes:
    r"""N-Triples without ``\u…``, which SPARQL replaces before it reads anything else (section 19.2).

    Raises ``ValueError`` for a name that is none.
    """
    if b"\\u" not in statements and b"\\U" not in statements:
        return statements
    return _NAME_OR_TEXT.sub(_unescaped, statements.decode()).encode()


def _unescaped(found: re.Match[str]) -> str:
    if found[0].startswith('"'):
        return _ESCAPED.sub(_character, found[0])
    name = _ESCAPED.sub(_character, found[0][1:-1])
    if _NOT_IN_NAMES.search(name):
        raise ValueError(f"{found[0]} is no IRI")
    return f"<{name}>"


def _character(found: re.Match[str]) -> str:
    escape = found[1]
    if len(escape) == 1:
        return found[0]
    character = chr(int(escape[1:], 16))
    return _SPECIAL.get(character, character)
