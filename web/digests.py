"""Digests by e-mail of what changes in a search: asked for, confirmed, sent and ended.

Off unless the operator has set both the mail server and the address that mails come from.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from marshmallow import ValidationError, fields

from catalogue.errors import AlmagestError, NotFound, QueryError
from catalogue.index import Change, Query
from catalogue.opening import Catalogue
from catalogue.settings import ADDRESS, Settings
from catalogue.subscriptions import Every, Subscription, Subscriptions
from harvesters.mail import MailUnavailable, MaybeSent, NotSent, deliver
from web.digest_mail import LISTED, News, confirmation, digest
from web.rate_limit import RateLimit
from web.search_parameters import DEFAULT, SearchParameters, address, arguments, read_query

log = logging.getLogger(__name__)

WINDOW = 3600.0
LIMITS = {"client": 6, "address": 3, "all": 300}
"""Askings within `WINDOW` seconds: of one client, for one address, altogether."""
LONGEST_SEARCH = 4000
"""Characters of the query string of a search."""
_AT_ONCE = 100
_COUNTED = 1000
_PAUSE = 60.0


class NoDigests(NotFound):
    """This installation sends no digests."""


def check_on(settings: Settings) -> None:
    """Raises `NoDigests` where the operator has not set what it needs."""
    if not is_on(settings):
        raise NoDigests(
            "This service sends no digests by e-mail; follow the feed of the search instead. Its operator "
            "can turn them on by the settings ALMAGEST_SMTP_URL and ALMAGEST_MAIL_FROM."
        )


def is_on(settings: Settings) -> bool:
    """Whether digests are sent at all."""
    return bool(settings.smtp_url and settings.mail_from)


def searched(query: Query) -> str:
    """The query string that stands for a search, whatever order and page one looks at."""
    bare = replace(query, sort=DEFAULT.sort, size=DEFAULT.size, cursor=None)
    return address("", bare).removeprefix("?")


def query_of(search: str, home: Path | None = None) -> Query:
    """The search of a query string; raises `QueryError`.  ``home`` as in `read_query`."""
    if len(search) > LONGEST_SEARCH:
        raise QueryError(f"The search has more than {LONGEST_SEARCH} characters.", parameter="search")
    schema = SearchParameters()
    given: dict[str, Any] = {}
    for name, value in parse_qsl(search.removeprefix("?")):
        if isinstance(schema.fields.get(name), fields.List):
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    try:
        values: Mapping[str, Any] = schema.load(given)
    except ValidationError as error:
        arguments.handle_error(error, None, schema)
        raise
    return read_query(values, home)


def ask_for(catalogue: Catalogue, email: str, query: Query, every: Every, client: str) -> None:
    """Send a mail to an address that asks whether its owner wants the digest.

    Whether the address has it already is told to nobody.  Raises `NoDigests`, `QueryError` for what is
    no address, `TooMany`, `Conflict`, `MailUnavailable`.
    """
    check_on(catalogue.settings)
    email = email.strip()
    if not ADDRESS.fullmatch(email):
        raise QueryError(
            f"«{email[:80]}» is no e-mail address that digests can be sent to; give one like NAME@HOST.",
            parameter="address",
        )
    search = searched(query)
    if len(search) > LONGEST_SEARCH:
        raise QueryError(
            f"The search has {len(search)} characters, and a digest {LONGEST_SEARCH} at most.", parameter="q"
        )
    catalogue.search(replace(query, size=1, counts=(), cursor=None))
    keys = {f"client {client}": LIMITS["client"], f"address {email.lower()}": LIMITS["address"]}
    RateLimit(catalogue.settings.home / "digest-askings", WINDOW).take({**keys, "all": LIMITS["all"]})
    subscriptions = Subscriptions(catalogue.database)
    made = subscriptions.add(email, search, every)
    if made is None:
        return
    try:
        deliver(catalogue.settings, confirmation(catalogue, made, query), made.address)
    except NotSent as error:
        subscriptions.remove(made.key)
        log.error("a mail that asks for confirmation was not sent: %s", _without_address(str(error), made))
        raise MailUnavailable("The mail could not be sent just now; please try again later.") from None
    except MaybeSent:
        log.warning("a mail that asks for confirmation may not have been sent")


def confirm(catalogue: Catalogue, key: str) -> Subscription:
    """Begin with what changes from now on; raises `NotFound`."""
    return Subscriptions(catalogue.database).confirm(key, catalogue.index.position())


@dataclass(slots=True)
class Sent:
    """How many digests went out, had nothing to tell, failed for now, and were given up and reported."""

    sent: int = 0
    nothing: int = 0
    failed: int = 0
    reported: int = 0
    forgotten: int = 0


def send_due(catalogue: Catalogue, *, moment: str | None = None, stop: threading.Event | None = None) -> Sent:
    """Send the digests that are due, and forget who has not confirmed; raises `NoDigests`, `IndexError_`."""
    check_on(catalogue.settings)
    subscriptions, counts = Subscriptions(catalogue.database), Sent()
    counts.forgotten = subscriptions.remove_unconfirmed()
    for one in subscriptions.due(moment):
        if stop is not None and stop.is_set():
            break
        outcome = _send(catalogue, subscriptions, one)
        if outcome is not None:
            setattr(counts, outcome, getattr(counts, outcome) + 1)
    return counts


def _send(catalogue: Catalogue, subscriptions: Subscriptions, one: Subscription) -> str | None:
    """Tell one subscriber; what it came to, ``None`` where another process was quicker."""
    position = catalogue.index.position()
    try:
        query = query_of(one.search, catalogue.settings.home)
        news = changed_since(catalogue, query, one.position, position)
    except QueryError as error:
        return _failed(subscriptions, one, f"The search can no longer be asked: {error}")
    if not subscriptions.claim(one, max(position, one.position)):
        return None
    if not news.count:
        subscriptions.skipped(one)
        return "nothing"
    try:
        deliver(catalogue.settings, digest(catalogue, one, query, news, position), one.address)
    except NotSent as error:
        return _failed(subscriptions, one, str(error))
    except MaybeSent as error:
        log.warning("digest %d may not have arrived and is not sent again: %s", one.number, error)
        subscriptions.sent(one, is_sure=False, fault=str(error))
        return "sent"
    subscriptions.sent(one)
    return "sent"


def _failed(subscriptions: Subscriptions, one: Subscription, fault: str) -> str:
    fault = _without_address(fault, one)
    if subscriptions.failed(one, fault):
        log.error(
            "digest %d could not be sent and waits until the next one is due (almagest digest list): %s",
            one.number,
            fault,
        )
        return "reported"
    log.warning("digest %d could not be sent and is tried again: %s", one.number, fault)
    return "failed"


def _without_address(fault: str, one: Subscription) -> str:
    """What a mail server says, as the log may keep it: without the address, which it often repeats."""
    return re.sub(re.escape(one.address), "the address", fault, flags=re.IGNORECASE)


def changed_since(catalogue: Catalogue, query: Query, after: int, until: int) -> News:
    """What of a search has changed after one change and up to another; what has gone is not told."""
    query = replace(query, sort="changed", size=_AT_ONCE, cursor=None, counts=())
    listed: list[Change] = []
    count = 0
    while True:
        found = catalogue.search(query)
        for change in catalogue.store.get_many([hit.id for hit in found.hits]).values():
            if change.sequence <= after:
                return News(listed=tuple(listed), count=count)
            # What has changed again after that belongs to the next digest.
            if change.record is not None and change.sequence <= until:
                count += 1
                if len(listed) < LISTED:
                    listed.append(change)
        if found.cursor is None:
            return News(listed=tuple(listed), count=count)
        if count >= _COUNTED:
            return News(listed=tuple(listed), count=count, is_more=True)
        query = replace(query, cursor=found.cursor)


def send_until(catalogue: Catalogue, stop: threading.Event, *, pause: float = _PAUSE) -> None:
    """Send what is due each minute until told to stop; a fault is told once, not each minute."""
    told: str | None = None
    while is_on(catalogue.settings) and not stop.is_set():
        try:
            send_due(catalogue, stop=stop)
            told = None
        except AlmagestError as error:
            if str(error) != told:
                log.error("digests cannot be sent: %s", error)
            told = str(error)
        except Exception as error:  # A fault of ours in one digest must not end all of them.
            if str(error) != told:
                log.exception("digests cannot be sent")
            told = str(error)
        stop.wait(pause)
