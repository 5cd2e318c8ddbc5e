"""Sending one e-mail by the mail server of the settings (RFC 5321), and knowing whether it went."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from catalogue.errors import AlmagestError, SettingsError
from catalogue.settings import Settings

TIMEOUT = 20.0
"""Seconds for each step of a delivery."""


class MailUnavailable(AlmagestError):
    """No mail can be sent just now."""


class NotSent(AlmagestError):
    """The mail server has not taken the message, for sure."""


class MaybeSent(AlmagestError):
    """The connection was lost after the message was handed over: it may arrive, or not."""


@contextlib.contextmanager
def mail_server(settings: Settings, timeout: float = TIMEOUT) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server, logged in; raises `SettingsError`, ``OSError``, ``SMTPException``."""
    if not settings.smtp_url:
        raise SettingsError("no mail server is known; set ALMAGEST_SMTP_URL.")
    parts = urlsplit(settings.smtp_url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=timeout)
    with server:
        if parse_qs(parts.query).get("tls") == ["starttls"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def deliver(settings: Settings, message: EmailMessage, address: str, timeout: float = TIMEOUT) -> None:
    """Hand one message over for one address; raises `NotSent`, `MaybeSent`."""
    is_accepted, is_handed_over = False, False
    try:
        with mail_server(settings, timeout) as server:
            server.ehlo_or_helo_if_needed()
            _check(server.mail(settings.mail_from))
            _check(server.rcpt(address))
            is_handed_over = True
            _check(server.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n"))))
            is_accepted = True
    except smtplib.SMTPResponseException as refused:
        if not is_accepted:
            raise NotSent(f"The mail server answers {_answer(refused)}.") from None
    except (OSError, smtplib.SMTPException) as error:
        if is_accepted:
            return
        why = " ".join(str(error).split())[:200] or type(error).__name__
        if is_handed_over:
            raise MaybeSent(f"The mail server was lost in the middle of a message ({why}).") from None
        raise NotSent(f"The mail server cannot be used ({why}); check ALMAGEST_SMTP_URL.") from None
    except SettingsError as error:
        raise NotSent(str(error)) from None


def _check(answer: tuple[int, bytes]) -> None:
    """Raises ``SMTPResponseException`` for what is no consent."""
    if not 200 <= answer[0] < 300:
        raise smtplib.SMTPResponseException(*answer)


def _answer(refused: smtplib.SMTPResponseException) -> str:
    text = refused.smtp_error
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    told = "".join(mark if mark.isprintable() else " " for mark in told)
    return f"«{refused.smtp_code} {' '.join(told.split())[:200]}»"
