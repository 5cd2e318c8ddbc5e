"""«Test my endpoint»: what an address that anybody gives is, its faults, and its records mapped.

Nothing is written.  The work is done by a thread that is left behind when its time is up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from catalogue.errors import AlmagestError, SettingsError, SourceError, SourceForbidden, SourceUnreachable
from catalogue.json_form import as_json
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.addresses import Resolver, resolve
from harvesters.base import Probe, harvester_kinds
from harvesters.faults import hint_of
from harvesters.guest_transport import GuestTransport
from harvesters.transport import HostFailing
from web.errors import BUG
from web.preview import previewed
from web.rate_limit import RateLimit, slot
from web.registration import checked
from web.security import without_credentials

log = logging.getLogger(__name__)

SECONDS = 30.0
"""A test takes no longer."""
RECORDS = 20
"""Records that are previewed."""
WINDOW = 600.0
LIMITS = {"client": 10, "host": 20, "all": 60}
"""Tests within `WINDOW` seconds: of one client, of one tested host, altogether."""
LONGEST_URL = 1000
_ANSWER_WITHIN = 10
_AT_FIRST = ("oai-pmh", "scicat", "invenio", "opendata", "hepdata", "re3data", "panosc", "datacite")
_NOT_GUESSED = frozenset({"ivoa", "codemeta"})
"""A registry of registries is asked by its own name only, as is a list of software."""
_NAME = "tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A protocol that was tried on an address, and why it is not that; ``None`` where it is."""

    kind: str
    title: str
    why_not: str | None


@dataclass(slots=True, kw_only=True)
class EndpointTest:
    """What has been found of an endpoint.

    ``error`` is why there is no more; ``lines`` are those of `web.preview`.
    """

    url: str
    kind: str | None = None
    tried: list[Tried] = field(default_factory=list)
    probe: Probe | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None
    seconds: float = 0.0
    requests: int = 0

    @property
    def faults(self) -> list[tuple[str, str | None]]:
        """Faults with their hints."""
        return [(str(fault), hint_of(fault)) for fault in self.probe.faults] if self.probe else []

    @property
    def mapped(self) -> int:
        """Records that could be read."""
        return sum(line["status"] == "mapped" for line in self.lines)

    @property
    def refused(self) -> int:
        """Records that could not."""
        return sum(line["status"] == "refused" for line in self.lines)


def asked_source(url: str, kind: str | None, prefix: str | None = None, sets: Iterable[str] = ()) -> Source:
    """The source that a request from outside describes; raises `SettingsError` for what may not be asked.

    A whole request of OAI-PMH («…?verb=Identify») is taken for its base URL.
    """
    url = url.strip()
    if len(url) > LONGEST_URL:
        raise SettingsError(f"An address may have {LONGEST_URL} characters at most.")
    base, _, query = url.partition("?")
    kinds = testable_kinds()
    if kind is not None and kind not in kinds:
        raise SettingsError(f"«{kind[:40]}» cannot be tested; known are {', '.join(kinds)}.")
    return checked(
        Source(
            name=_NAME,
            kind=kind or kinds[0],
            url=base if "verb=" in query else url,
            prefix=prefix or None,
            sets=tuple(sets),
            options={"timeout": str(_ANSWER_WITHIN)},
        )
    )


def testable_kinds() -> tuple[str, ...]:
    """The kinds of sources that are reached by an address, those that are tried first in front."""
    known = [name for name, kind in harvester_kinds().items() if not kind.local]
    first = [name for name in _AT_FIRST if name in known]
    return (*first, *(name for name in known if name not in first))


def limited_test(
    settings: Settings, source: Source, client: str, *, guess: bool, resolver: Resolver = resolve
) -> EndpointTest:
    """A test for somebody outside; raises `TooMany` where there were too many, or too many are at work.

    The limits hold for all processes of this machine together.
    """
    host = urlsplit(source.url).hostname or ""
    directory = settings.home / "endpoint-tests"
    stack = ExitStack()
    stack.enter_context(slot(directory, max(settings.workers, 1)))
    try:
        keys = {f"client {client}": LIMITS["client"], f"host {host}": LIMITS["host"], "all": LIMITS["all"]}
        RateLimit(directory / "recent", WINDOW).take(keys)
    except BaseException:
        stack.close()
        raise
    return run_test(settings, source, guess=guess, resolver=resolver, at_end=stack.close)


def run_test(
    settings: Settings,
    source: Source,
    *,
    guess: bool,
    seconds: float | None = None,
    resolver: Resolver = resolve,
    at_end: Callable[[], None] = lambda: None,
    from_operator: bool = False,
) -> EndpointTest:
    """Test an address for so many seconds at most; with ``guess`` the kind is found by trying.

    What the address does wrong is told by the result.  ``at_end`` is called when the last
    thread that works on it has ended, which may be later.  An operator may test what is private.
    """
    seconds = SECONDS if seconds is None else seconds
    testing = _Testing(settings, source, guess, seconds, resolver, from_operator)

    def work() -> None:
        try:
            testing.run()
        finally:
            at_end()

    thread = threading.Thread(target=work, daemon=True, name="endpoint test")
    thread.start()
    thread.join(seconds + 1)
    if thread.is_alive():
        testing.stop()
    return testing.result()


class _Testing:
    """One test, at work in a thread of its own."""

    def __init__(
        self,
        settings: Settings,
        source: Source,
        guess: bool,
        seconds: float,
        resolver: Resolver,
        from_operator: bool,
    ) -> None:
        self._settings = settings
        self._source = source
        self._guess = guess
        self._resolver = resolver
        self._from_operator = from_operator
        self._seconds = seconds
        self._begun = time.monotonic()
        self._transport: GuestTransport | None = None
        self._is_stopped = False
        self._found = EndpointTest(url=without_credentials(source.url))

    def run(self) -> None:
        """Try the kinds until one fits; then look at its records."""
        try:
            for kind in self._kinds():
                if self._is_it(kind):
                    return
            self._found.error = "It speaks none of the protocols that were tried; check the address."
        except AlmagestError as error:
            self._found.error = str(error)
        except Exception:
            log.exception("the test of %s failed", self._found.url)
            self._found.error = BUG

    def stop(self) -> None:
        """The time is up; what was found so far stays."""
        self._is_stopped = True
        if self._transport is not None:
            self._transport.stop()

    def result(self) -> EndpointTest:
        """What has been found, also by a test that was stopped."""
        found = self._found
        if self._is_stopped:
            error = f"It has not come to its end within {self._seconds:g} seconds."
            found = replace(found, tried=list(found.tried), lines=list(found.lines), error=error)
        requests = self._transport.requests if self._transport is not None else 0
        return replace(found, seconds=time.monotonic() - self._begun, requests=found.requests + requests)

    def _kinds(self) -> list[str]:
        if not self._guess:
            return [self._source.kind]
        return [kind for kind in testable_kinds() if kind not in _NOT_GUESSED]

    def _is_it(self, kind: str) -> bool:
        """Whether the address speaks this protocol; raises what makes any further trial useless."""
        made = harvester_kinds()[kind]
        source = replace(self._source, kind=kind)
        left = self._seconds - (time.monotonic() - self._begun)
        if self._transport is not None:
            self._found.requests += self._transport.requests
        with GuestTransport(
            source,
            self._settings,
            seconds=left,
            resolver=self._resolver,
            from_operator=self._from_operator,
        ) as transport:
            self._transport = transport
            try:
                harvester = made(source, transport)
                self._found.probe = harvester.probe()
            except HostFailing as error:
                why = str(error)
            except (SourceForbidden, SourceUnreachable):
                raise
            except (SourceError, SettingsError) as error:
                why = str(error)
            else:
                self._found.kind = kind
                self._found.tried.append(Tried(kind=kind, title=made.title, why_not=None))
                with closing(previewed(source, harvester)) as lines:
                    for line in islice(lines, RECORDS):
                        self._found.lines.append(line)
                return True
        self._found.tried.append(Tried(kind=kind, title=made.title, why_not=why))
        return False


def answer_of(test: EndpointTest) -> dict[str, Any]:
    """A test as plain JSON."""
    return {
        "url": test.url,
        "kind": test.kind,
        "tried": test.tried,
        "endpoint": test.probe and {**as_json(test.probe), "faults": None, "sets": list(test.probe.sets)},
        "faults": [{"fault": fault, "hint": hint} for fault, hint in test.faults],
        "records": test.lines,
        "error": test.error,
        "seconds": round(test.seconds, 3),
        "requests": test.requests,
    }
