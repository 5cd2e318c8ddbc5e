"""The mails of digests, as plain text and as HTML; nothing harvested is trusted in either."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from urllib.parse import urlsplit

from catalogue.index import Change, Query
from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.subscriptions import UNCONFIRMED, Subscription
from web.digest_links import link
from web.feeds import feed_address
from web.languages import in_english
from web.pages_text import people, published
from web.search_in_words import in_words
from web.search_parameters import address

LISTED = 30
"""Records that one digest tells of by name; the rest is counted."""
_LONGEST_TITLE = 300
_LONGEST_PEOPLE = 200
_LONGEST_SUBJECT = 150
_LONGEST_SEARCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What has changed in a search: the newest first, how many in all, whether there are still more."""

    listed: tuple[Change, ...]
    count: int
    is_more: bool = False

    @property
    def number(self) -> str:
        """How many records, in words."""
        return f"{'more than ' if self.is_more else ''}{self.count} record{'s' if self.count != 1 else ''}"


def confirmation(catalogue: Catalogue, one: Subscription, query: Query) -> EmailMessage:
    """The mail that asks whether the owner of the address wants this."""
    settings = catalogue.settings
    service, search = (
        _line(settings.repository_name, 100),
        _line(in_english(lambda: in_words(query)), _LONGEST_SEARCH),
    )
    hours = int(UNCONFIRMED.total_seconds() // 3600)
    message = _message(settings, one, f"{service}: please confirm a digest by e-mail")
    message["Message-ID"] = _identity(settings, one, f"confirm-{one.created}")
    sentences = [
        f"Somebody, probably you, wants to be told by e-mail ({one.every}) what changes in this search "
        f"at {service}:",
        search,
        f"To begin, open this page within {hours} hours and confirm it:",
        link(catalogue, "confirm", one.key),
        "If it was not you, do nothing: your address is then deleted, and nothing more is sent.",
    ]
    _set(message, sentences)
    return message


def digest(catalogue: Catalogue, one: Subscription, query: Query, news: News, position: int) -> EmailMessage:
    """What has changed since the last digest."""
    settings = catalogue.settings
    service, search = (
        _line(settings.repository_name, 100),
        _line(in_english(lambda: in_words(query)), _LONGEST_SEARCH),
    )
    end = link(catalogue, "unsubscribe", one.key)
    message = _message(settings, one, f"{service}: {news.number} changed in {search}")
    message["Message-ID"] = _identity(settings, one, f"{one.position}-{position}")
    message["List-Unsubscribe"] = f"<{end}>"
    if end.startswith("https:"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    sentences = [f"{news.number} changed in your search at {service}:", search]
    if lost := one.sending or one.doubtful:
        sentences.append(
            f"The digest of {lost[:10]} may not have reached you; the feed has what was in it: "
            f"{settings.base_url}{feed_address('/feed.atom', query)}"
        )
    if len(news.listed) < news.count or news.is_more:
        rest = f"{news.count - len(news.listed)}{' and' if news.is_more else ''} more"
        after = [f"And {rest}; all of them: {settings.base_url}{_changed(query)}"]
    else:
        after = [f"The search: {settings.base_url}{_changed(query)}"]
    after += [f"You get this {one.every}, as this address was confirmed on {(one.confirmed or '')[:10]}."]
    after += [f"To end it and have your address deleted: {end}"]
    _set(message, sentences, news.listed, after, settings.base_url)
    return message


def _changed(query: Query) -> str:
    pairs = address("/", query)
    return pairs + ("&" if "?" in pairs else "?") + "sort=changed"


def _message(settings: Settings, one: Subscription, subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = one.address
    message["Subject"] = _line(subject, _LONGEST_SUBJECT)
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "list"
    return message


def _identity(settings: Settings, one: Subscription, what: str) -> str:
    """The same for the same digest, so that a receiver can tell one that came twice."""
    hashed = hashlib.blake2b(f"{one.key} {what}".encode(), digest_size=16).hexdigest()
    host = (urlsplit(settings.base_url).hostname or "localhost").strip("[]").replace(":", "-")
    return f"<digest-{hashed}@{host}>"


def _set(
    message: EmailMessage,
    sentences: Sequence[str],
    changes: Sequence[Change] = (),
    after: Sequence[str] = (),
    base_url: str = "",
) -> None:
    records = [_told(change, base_url) for change in changes]
    parts = [*sentences, *("\n".join(f"  {line}" for line in lines if line) for lines in records), *after]
    message.set_content("\n\n".join(parts) + "\n", cte="quoted-printable")
    entries = "".join(
        f'<li><p><a href="{escape(url)}">{escape(title)}</a><br>{escape(by)}</p></li>'
        for title, by, url in records
    )
    listed = f"<ol>{entries}</ol>" if entries else ""
    page = "".join(f"<p>{_linked(text)}</p>" for text in sentences) + listed
    page += "".join(f"<p>{_linked(text)}</p>" for text in after)
    message.add_alternative(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{page}</body></html>\n',
        subtype="html",
        cte="quoted-printable",
    )


def _told(change: Change, base_url: str) -> tuple[str, str, str]:
    """Title, who and when, and the page of a record here."""
    record = change.record
    assert record is not None
    by = ", ".join(filter(None, (record.kind, people(record.creators), str(published(record) or ""))))
    return (
        _line(record.title, _LONGEST_TITLE),
        _line(by, _LONGEST_PEOPLE),
        f"{base_url}/records/{change.id}",
    )


def _linked(text: str) -> str:
    """A sentence of ours, whose last word may be an address of ours."""
    before, space, last = text.rpartition(" ")
    if last.startswith(("https://", "http://")):
        return f'{escape(before)}{space}<a href="{escape(last)}">{escape(last)}</a>'
    return escape(text)


def _line(text: str, longest: int) -> str:
    """One line of printable text, whatever a source has written."""
    text = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
