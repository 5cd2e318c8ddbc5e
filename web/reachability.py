"""Whether a file of a record can be reached, asked on demand for a visitor; nothing of it is read."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from catalogue.errors import QueryError, SourceError, SourceForbidden
from catalogue.record import Distribution, Record
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.addresses import Resolver, resolve
from harvesters.guest_transport import GuestTransport, Overdue
from harvesters.transport import Answer
from web.rate_limit import RateLimit, slot
from web.targets.files import is_plain, scheme, web_url

SECONDS = 10.0
"""An answer is waited for no longer."""
WINDOW = 600.0
LIMITS = {"client": 30, "host": 60, "all": 300}
"""Checks within `WINDOW` seconds: of one client, of one host, altogether."""
_ANSWER_WITHIN = 8
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What was found at the address of a file; ``says`` tells it in one sentence."""

    url: str
    reachable: bool
    says: str
    status: int | None = None
    size: int | None = None
    media_type: str | None = None
    seconds: float = 0.0


class _Knock(GuestTransport):
    """Asks, and looks at status and headers only."""

    reads_bodies = False


def is_checkable(file: Distribution) -> bool:
    """Whether a file has an address that can be asked over HTTP."""
    return scheme(file) in {"http", "https", "davs"} and is_plain(file.url) and len(file.url) <= _LONGEST_URL


def checked_file(record: Record, number: int) -> Distribution:
    """The file of this number, from 0; raises `QueryError` where there is none that can be asked."""
    if not 0 <= number < len(record.distributions):
        raise QueryError(
            f"There is no file {number}; the record has {len(record.distributions)}, counted from 0.",
            parameter="file",
        )
    file = record.distributions[number]
    if not is_checkable(file):
        raise QueryError("Only files with an http(s) address can be checked from here.", parameter="file")
    return file


def limited_check(
    settings: Settings, file: Distribution, client: str, *, resolver: Resolver = resolve
) -> Reached:
    """A check for somebody outside; raises `TooMany` where there were too many, or too many are at work."""
    host = urlsplit(web_url(file.url)).hostname or ""
    directory = settings.home / "reachability"
    with slot(directory, max(settings.workers // 2, 1)):
        keys = {f"client {client}": LIMITS["client"], f"host {host}": LIMITS["host"], "all": LIMITS["all"]}
        RateLimit(directory / "recent", WINDOW).take(keys)
        return check(settings, file, resolver=resolver)


def check(settings: Settings, file: Distribution, *, resolver: Resolver = resolve) -> Reached:
    """Ask for the first byte of a file as nobody in particular; nothing private is asked (see `Guard`)."""
    url = web_url(file.url)
    begun = time.monotonic()
    try:
        source = Source(name="reached", kind="file", url=url, options={"timeout": str(_ANSWER_WITHIN)})
        with _Knock(source, settings, seconds=SECONDS, resolver=resolver) as transport:
            answer = transport.get(
                url,
                headers={"Range": "bytes=0-0"},
                is_answer=lambda answer: True,
                attempts=1,
            )
    except SourceError as error:
        return Reached(url=url, reachable=False, says=_failure(error), seconds=_since(begun))
    return _told(file, url, answer, _since(begun))


def _since(begun: float) -> float:
    return round(time.monotonic() - begun, 3)


def _failure(error: SourceError) -> str:
    if isinstance(error, Overdue):
        return f"It has not answered within {SECONDS:g} seconds."
    if isinstance(error, SourceForbidden):
        return "It is not asked from here: only public addresses on the ports of the web are."
    return "It cannot be reached from here: its host is not known, refuses, or breaks off."


def _told(file: Distribution, url: str, answer: Answer, seconds: float) -> Reached:
    size = _size(answer)
    is_there = answer.status in {200, 206, 416}
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:100]
    return Reached(
        url=url,
        reachable=is_there,
        status=answer.status,
        size=size if is_there else None,
        media_type=(kind or None) if is_there else None,
        says=_sentence(answer.status, size, file),
        seconds=seconds,
    )


def _sentence(status: int, size: int | None, file: Distribution) -> str:
    if status in {200, 206, 416}:
        if size is None or file.size is None or size == file.size:
            return "It can be fetched."
        return f"It can be fetched, but has {size} bytes; the record says {file.size}."
    if status in {401, 403, 407}:
        return f"Its host answers, but asks for a login or a token (status {status})."
    if status in {404, 410}:
        return f"Its host answers that it is not there (status {status})."
    if status in {429, 503}:
        return f"Its host is too busy just now (status {status}); try again later."
    if status >= 500:
        return f"Its host fails at it (status {status}); try again later."
    return f"Its host answers with status {status}, which is no file."


def _size(answer: Answer) -> int | None:
    """The bytes of the whole file: by Content-Range (RFC 9110, section 14.4), else Content-Length."""
    total = answer.headers.get("content-range", "").rpartition("/")[2]
    if total == "" and answer.status == 200 and "content-encoding" not in answer.headers:
        total = answer.headers.get("content-length", "")
    return int(total) if total.isascii() and total.isdigit() and len(total) < 19 else None
