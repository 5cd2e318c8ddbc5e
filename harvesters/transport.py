"""HTTP as a harvest needs it: polite, patient, bounded and on its guard.

The only file that knows httpx.  A request is one GET: it waits for its turn at the
host's `Gate`, follows redirects by hand, and is repeated when the host is busy, broken
or silent.  What remains is raised as one of our errors.
"""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import ssl
import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from catalogue.errors import SourceError, SourceForbidden, SourceProtocolError, SourceUnreachable
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.addresses import Guard, Resolver, parts_of, resolve, shown, with_parameters
from harvesters.deadline import Deadline
from harvesters.politeness import (
    GATES,
    Clock,
    Gates,
    Stopped,
    SystemClock,
    backoff,
    rate_limit_pause,
    retry_after,
    user_agent,
)

log = logging.getLogger(__name__)

MAXIMUM_BODY = 128_000_000
"""Bytes of one answer, after decompression; a longer one is refused."""
MAXIMUM_REDIRECTS = 5
ATTEMPTS = 6
"""How often a request is made before we give up; twice where the host never answered at all."""
_COMPRESSIONS = {"gzip", "deflate", "br", "zstd"}
"""What httpx would undo.  Some of them, and several at once, make gigabytes of one packet."""
_NOWHERE = (SplitResult("", "", "", "", ""), "", 0)
_SLOWEST = 10
"""One answer may take so many times the option ``timeout`` altogether."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host answered: status, headers (names in lower case), decoded body, final URL."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    url: str


class HostFailing(SourceUnreachable):
    """The host is there, but fails (500, 502, 504) at this very request each time."""


class _Busy(Exception):
    """An attempt that failed in a way that another one may not."""

    def __init__(self, why: str, *, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait
        self.status = status


class Transport:
    """The requests of one source; close it, or use it in a ``with`` statement.

    ``from_operator`` is off for addresses that came from outside, which may not be private (see
    `harvesters.guest_transport`).  ``whose`` begins each line in the log.  ``http``, ``clock``,
    ``gates`` and ``resolver`` are the seams for tests.  Raises `SettingsError` without the credential
    that the source names.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        run: int | None = None,
        stop: threading.Event | None = None,
        from_operator: bool = True,
        http: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
        gates: Gates = GATES,
        resolver: Resolver = resolve,
    ) -> None:
        source.check_credential()
        homes = [parts_of(url) for url in source.urls if "://" in url]
        parts, self._home, self._home_port = homes[0] if homes else _NOWHERE
        self.source = source
        self.whose = f"source={source.name}" + (f" run={run}" if run is not None else "")
        self.requests = 0
        self._closed = False
        self.clock: Clock = clock or SystemClock(stop)
        self._http = http
        self._gates = gates
        self._gates_entered: set[str] = set()
        self._clients: dict[tuple[str, str, int], httpx.Client] = {}
        self._agent = user_agent(settings)
        self._home_is_safe = parts.scheme == "https"
        self._login = (parts.username, parts.password or "") if parts.username else None
        self._has_answered = False
        self._from_operator = from_operator
        self._moved: dict[str, str] = {}
        self._streams: dict[object, Any] = {}
        self._guard = Guard(
            {host for _, host, _ in homes},
            trust_homes=from_operator,
            allow_private=settings.allow_private,
            resolver=resolver,
        )

    reads_bodies = True
    """Whether answers are read; else their status and headers are all that is looked at."""

    @property
    def maximum_body(self) -> int:
        """Bytes of one answer at most."""
        return MAXIMUM_BODY

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and give up the place at the hosts' gates; nothing is asked any more."""
        self._closed = True
        for host in self._gates_entered:
            self._gates.of(host).leave(self)
        for client in list(self._clients.values()):
            client.close()
        self._clients.clear()
        self._streams.clear()

    def get(
        self,
        url: str,
        parameters: Sequence[tuple[str, str]] = (),
        *,
        accept: str = "*/*",
        headers: Mapping[str, str] = MappingProxyType({}),
        is_answer: Callable[[Answer], bool] = lambda answer: False,
        attempts: int | None = None,
    ) -> Answer:
        """One GET, repeated while the host is busy or breaks off, ``attempts`` times at most.

        Any status but 408, 429 and 5xx is an answer; ``is_answer`` may recognise one of
        the protocol among those too.  ``headers`` are sent along, «If-None-Match» for one;
        they must hold no secret, as they go wherever a redirect leads.
        Raises `SourceUnreachable`, `SourceForbidden`, `SourceProtocolError`.
        """
        asked = with_parameters(url, parameters)
        wanted = {"Accept": accept, **headers}
        attempt = 1
        while True:
            try:
                return self._follow(asked, wanted, is_answer)
            except _Busy as busy:
                if attempt >= (attempts or (ATTEMPTS if self._has_answered else 2)):
                    times = f"{attempt} times in a row"
                    kind = HostFailing if busy.status in {500, 502, 504} else SourceUnreachable
                    raise kind(f"{shown(url)} {busy.why}, {times}; try again later.") from None
                wait = backoff(attempt) if busy.wait is None else busy.wait
                log.warning("%s %s; asking again in %.1f s", self.whose, busy.why, wait)
                self.clock.sleep(wait)
                attempt += 1

    def post(self, url: str, body: bytes, *, content_type: str, attempts: int = 2) -> Answer:
        """One POST, repeated like a GET; a redirect is an answer and is not followed.

        Raises `SourceUnreachable`, `SourceForbidden`, `SourceProtocolError`.
        """
        wanted = {"Accept": "*/*", "Content-Type": content_type}
        for attempt in range(1, attempts + 1):
            try:
                return self._ask(url, wanted, lambda answer: False, False, body)
            except _Busy as busy:
                why = busy.why
                if attempt < attempts:
                    self.clock.sleep(backoff(attempt) if busy.wait is None else busy.wait)
        raise SourceUnreachable(f"{shown(url)} {why}.")

    def _follow(self, url: str, wanted: Mapping[str, str], is_answer: Callable[[Answer], bool]) -> Answer:
        asked = self._moved_to(url)
        redirected = asked != url
        for _ in range(MAXIMUM_REDIRECTS + 1):
            answer = self._ask(asked, wanted, is_answer, redirected)
            location = answer.headers.get("location")
            if answer.status not in {301, 302, 303, 307, 308} or not location:
                return answer
            target = self._checked_redirect(asked, location)
            if answer.status in {301, 308}:
                self._note_move(asked, target)
            asked, redirected = target, True
        raise SourceProtocolError(
            f"{shown(url)} redirects more than {MAXIMUM_REDIRECTS} times; check the address of the source."
        )

    def _checked_redirect(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
        except ValueError:
            raise SourceForbidden(
                f"{shown(url)} redirects to «{location[:200]}», which is no address."
            ) from None
        parts, _, _ = parts_of(target)
        if urlsplit(url).scheme == "https" and parts.scheme == "http" and self._has_secret:
            raise SourceForbidden(
                f"{shown(url)} redirects to {shown(target)}, which is not encrypted, although "
                "this source has a credential; nothing was sent there."
            )
        return target

    def _note_move(self, url: str, target: str) -> None:
        old, _, query = url.partition("?")
        new, _, new_query = target.partition("?")
        if query == new_query:
            self._moved[old] = new

    def _moved_to(self, url: str) -> str:
        base, mark, query = url.partition("?")
        return self._moved.get(base, base) + mark + query

    def _ask(
        self,
        url: str,
        wanted: Mapping[str, str],
        is_answer: Callable[[Answer], bool],
        redirected: bool,
        body: bytes | None = None,
    ) -> Answer:
        """One exchange with one host; raises `_Busy` when it is worth repeating."""
        _, host, _ = parts_of(url)
        gate = self._gates.of(host)
        if host not in self._gates_entered:
            self._gates_entered.add(host)
            gate.enter(self, self.source.delay, self.source.requests_per_minute)
        gate.wait(self.clock)
        if self._closed:
            raise Stopped("The harvest was stopped; the next one goes on where it was.")
        try:
            answer = self._exchange(url, wanted, redirected, body)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict) as error:
            ours, again = translated(error, url)
            if again:
                raise _Busy(_predicate(ours, url)) from error
            raise ours from error
        self._has_answered = True
        pause = rate_limit_pause(answer.headers, self.clock.time())
        if pause is not None:
            gate.close_for(pause, self.clock)
            if answer.status in {403, 429}:
                raise _Busy("has had as many requests as it allows for now", wait=pause, status=answer.status)
        if (answer.status not in {408, 429} and answer.status < 500) or is_answer(answer):
            return answer
        wait = retry_after(answer.headers.get("retry-after"), self.clock.time())
        if wait is not None:
            gate.close_for(wait, self.clock)
        raise _Busy(f"answers «{answer.status} {answer.reason}»", wait=wait, status=answer.status)

    def _exchange(self, url: str, wanted: Mapping[str, str], redirected: bool, body: bytes | None) -> Answer:
        parts, host, port = parts_of(url)
        headers = {**wanted, "User-Agent": self._agent, "Accept-Encoding": "gzip"}
        login = None
        if self._may_see_secret(parts.scheme, host, port):
            if self.source.token:
                headers["Authorization"] = f"Bearer {self.source.token}"
            login = None if self.source.token else self._login
        proxied = self._http is None and _is_proxied(parts.scheme, host)
        addresses = self._addresses(host, port, redirected, proxied)
        client = self._client(parts.scheme, host, port, proxied)
        for number, address in enumerate(addresses, 1):
            try:
                pinned = None if proxied else address
                return self._read(client, httpx.URL(url), pinned, headers, login, body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise AssertionError("a host without addresses is refused before")

    def _addresses(self, host: str, port: int, redirected: bool, proxied: bool) -> Sequence[str]:
        try:
            return self._guard.addresses(host, port, redirected=redirected)
        except SourceUnreachable as unknown:
            if proxied and self._from_operator:  # behind a proxy only the proxy need know the name
                return (host,)
            if self._has_answered:
                raise _Busy("has a host whose name cannot be looked up just now") from unknown
            raise

    def _read(
        self,
        client: httpx.Client,
        url: httpx.URL,
        address: str | None,
        headers: Mapping[str, str],
        login: tuple[str, str] | None,
        sent: bytes | None,
    ) -> Answer:
        """Ask exactly the address that was checked: the name is not looked up a second time."""
        asked = url.copy_with(userinfo=b"")
        headers = {**headers, "Host": asked.netloc.decode("ascii")}
        pinned = asked if address is None else asked.copy_with(host=address)
        self.requests += 1
        longest = self.source.timeout * _SLOWEST
        deadline = self.clock.monotonic() + longest
        cut = Deadline(self._streams, (client, threading.get_ident()), longest)
        extensions = {"sni_hostname": asked.raw_host.decode("ascii"), "trace": cut.trace}
        method = "GET" if sent is None else "POST"
        with contextlib.ExitStack() as stack:
            exchange = client.stream(
                method, pinned, headers=headers, auth=login, content=sent, extensions=extensions
            )
            try:
                with cut:
                    response = stack.enter_context(exchange)
            except httpx.HTTPError as error:
                if cut.is_over:
                    raise httpx.ReadTimeout("too slow") from error
                raise
            _check_compression(response, url)
            body = io.BytesIO()
            for part in response.iter_bytes() if self.reads_bodies else ():
                if body.write(part) and body.tell() > self.maximum_body:
                    raise SourceProtocolError(
                        f"{shown(str(url))} answers with more than {self.maximum_body // 1_000_000} MB "
                        "at once; ask its operator for smaller pages."
                    )
                if self.clock.monotonic() > deadline:
                    raise httpx.ReadTimeout("too slow", request=response.request)
            return Answer(
                status=response.status_code,
                reason=response.reason_phrase,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=body.getvalue(),
                url=str(asked),
            )

    def _client(self, scheme: str, host: str, port: int, proxied: bool) -> httpx.Client:
        # One client per host: a connection that was made for one name must not serve another
        # that happens to live at the same address.
        key = (scheme, host, port)
        if key not in self._clients:
            self._clients[key] = httpx.Client(
                transport=self._http,
                timeout=max(self.source.timeout, 0.001),
                verify=_tls(),
                trust_env=proxied,
                follow_redirects=False,
            )
        return self._clients[key]

    @property
    def _has_secret(self) -> bool:
        return bool(self.source.token or self._login)

    def _may_see_secret(self, scheme: str, host: str, port: int) -> bool:
        """Only the source's own origin, and the encrypted one of its host where its own is not encrypted."""
        is_upgrade = scheme == "https" and not self._home_is_safe
        is_origin = port == self._home_port and (scheme == "https") == self._home_is_safe
        return host.lower() == self._home.lower() and (is_origin or is_upgrade)


_TRANSLATION: tuple[tuple[type[Exception], type[SourceError], str, bool], ...] = (
    (httpx.TimeoutException, SourceUnreachable, "does not answer in time", True),
    (httpx.ConnectError, SourceUnreachable, "cannot be connected to", True),
    (httpx.NetworkError, SourceUnreachable, "breaks the connection", True),
    (httpx.ProxyError, SourceUnreachable, "cannot be reached by the proxy", True),
    (
        httpx.UnsupportedProtocol,
        SourceForbidden,
        "may not be asked: only http and https addresses may",
        False,
    ),
    (httpx.LocalProtocolError, SourceProtocolError, "cannot be asked with this token or address", False),
    (httpx.RemoteProtocolError, SourceUnreachable, "breaks off in the middle of its answer", True),
    (httpx.ProtocolError, SourceProtocolError, "does not speak HTTP", True),
    (httpx.DecodingError, SourceProtocolError, "sends an answer whose compression is broken", True),
    (httpx.TooManyRedirects, SourceProtocolError, "redirects for ever", False),
    (httpx.HTTPStatusError, SourceProtocolError, "answers with an error", False),
    (httpx.HTTPError, SourceUnreachable, "cannot be asked", True),
    (httpx.InvalidURL, SourceForbidden, "is no address that can be asked", False),
    (httpx.CookieConflict, SourceProtocolError, "sends contradictory cookies", False),
    (httpx.StreamError, SourceUnreachable, "was disconnected", True),
)


def translated(error: Exception, url: str) -> tuple[SourceError, bool]:
    """An error of httpx as one of ours, and whether another attempt may help.

    Raises the error itself when it is none of httpx's: that is a bug.
    """
    for theirs, ours, what, again in _TRANSLATION:
        if isinstance(error, theirs):
            cause = error.__cause__
            while cause is not None and not isinstance(cause, ssl.SSLError):
                cause = cause.__cause__ or cause.__context__
            if isinstance(cause, ssl.SSLCertVerificationError):
                return SourceUnreachable(
                    f"{shown(url)} has no valid certificate: {cause.verify_message}."
                ), False
            return ours(f"{shown(url)} {what}; check the address of the source."), again
    raise error


def _predicate(error: SourceError, url: str) -> str:
    return str(error).removeprefix(shown(url)).partition(";")[0].strip()


def _check_compression(response: httpx.Response, url: httpx.URL) -> None:
    given = response.headers.get("content-encoding", "").lower()
    undone = [name for part in given.split(",") if (name := part.strip()) in _COMPRESSIONS]
    if undone not in ([], ["gzip"], ["deflate"]):
        raise SourceProtocolError(
            f"{shown(str(url))} compresses its answers by «{given[:40]}», although gzip was asked for; "
            "ask its operator."
        )


def _is_proxied(scheme: str, host: str) -> bool:
    proxies = urllib.request.getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(host)


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
