"""Who may change something over HTTP: whoever has the operator's token (ALMAGEST_TOKEN), and nobody else.

Programs send the token with each request.  A person signs in with it once, and then has a session: a
cookie that says who he is and until when, signed by us, which only our own pages can use.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Request

from catalogue.audit import Audit
from catalogue.errors import AlmagestError, SettingsError
from catalogue.opening import Catalogue
from catalogue.representations import kept_secret
from catalogue.settings import Settings
from web.rate_limit import RateLimit, client_of

_FAILURES = 10
_WINDOW = 600.0
SESSION = "almagest-operator"
"""The cookie of a session."""
FORM_TOKEN = "form-token"  # noqa: S105 (the name of a field)
IDLE = 3600
"""Seconds without a page after which a session has ended."""
LONGEST = 12 * 3600
"""Seconds after which every session has ended."""
LONGEST_NAME = 100
_SECRET = "session_secret"  # noqa: S105 (the name of a secret, not the secret)
_SIGNATURE = 32
_LONGEST_COOKIE = 2000


class NotOperator(AlmagestError):
    """The request needs the operator's token, and has none or another one."""


class OtherOrigin(AlmagestError):
    """A form was sent by a page of another site."""


@dataclass(frozen=True, slots=True)
class Session:
    """An operator who has signed in: the name he gave, when (seconds since 1970), and until when it holds."""

    id: str
    name: str
    begun: int
    until: int


def sign_in(name: str, token: str, request: Request, catalogue: Catalogue) -> Session:
    """Begin a session; raises `NotOperator`, `TooMany`, and `SettingsError` for what is no name."""
    check_token(token, request, catalogue.settings)
    name = " ".join(name.split())
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise SettingsError(f"Say who you are, in at most {LONGEST_NAME} printable characters.")
    present = int(time.time())
    session = Session(id=secrets.token_hex(12), name=name, begun=present, until=present + IDLE)
    Audit(catalogue.database).note(by=name, subject="session", name=session.id, action="begun")
    return session


def sign_out(session: Session, catalogue: Catalogue) -> None:
    """End a session, also for whoever has copied its cookie."""
    Audit(catalogue.database).note(by=session.name, subject="session", name=session.id, action="ended")


def session_of(request: Request, catalogue: Catalogue) -> Session | None:
    """The session of a request, good for a further hour; ``None`` for a visitor."""
    found = _read(request.cookies.get(SESSION, ""), catalogue)
    present = int(time.time())
    if found is None or not found.begun <= present < min(found.until, found.begun + LONGEST):
        return None
    if Audit(catalogue.database).has(subject="session", name=found.id, action="ended"):
        return None
    return replace(found, until=present + IDLE)


def cookie_of(session: Session, catalogue: Catalogue) -> str:
    """What the cookie of a session holds."""
    data = f"{session.id}\n{session.begun}\n{session.until}\n{session.name}".encode()
    return base64.urlsafe_b64encode(_signed(b"session", data, catalogue) + data).decode("ascii")


def form_token(session: Session, catalogue: Catalogue) -> str:
    """What each form of a session's pages bears, which nobody else can know."""
    return base64.urlsafe_b64encode(_signed(b"form", session.id.encode(), catalogue)).decode("ascii")


def check_form(request: Request, session: Session, catalogue: Catalogue) -> None:
    """Check that a form comes from a page of this session; raises `OtherOrigin`."""
    check_origin(request, catalogue.settings.base_url)
    given = request.form.get(FORM_TOKEN, "")
    if not hmac.compare_digest(given.encode(), form_token(session, catalogue).encode()):
        raise OtherOrigin(
            "This form is of an earlier session; nothing was done. Load its page anew and repeat it."
        )


def _read(cookie: str, catalogue: Catalogue) -> Session | None:
    if not cookie or len(cookie) > _LONGEST_COOKIE or not catalogue.settings.token:
        return None
    try:
        raw = base64.b64decode(cookie.encode("ascii"), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    signature, data = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signed(b"session", data, catalogue)):
        return None
    id, begun, until, name = data.decode().split("\n")
    return Session(id=id, name=name, begun=int(begun), until=int(until))


def _signed(purpose: bytes, data: bytes, catalogue: Catalogue) -> bytes:
    """Our signature; with another token (ALMAGEST_TOKEN) all sessions have ended."""
    secret = catalogue.settings.secret or kept_secret(catalogue.database, _SECRET)
    key = hmac.digest(secret.encode(), catalogue.settings.token.encode(), hashlib.sha256)
    return hmac.digest(key, purpose + b"\n" + data, hashlib.sha256)


def check_bearer(request: Request, settings: Settings) -> None:
    """Check the token of an «Authorization: Bearer» header; raises `NotOperator`, `TooMany`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    check_token(token.strip() if scheme.lower() == "bearer" else "", request, settings)


def check_token(token: str, request: Request, settings: Settings) -> None:
    """Check a token in a time that tells nothing of it; ten wrong ones in ten minutes are all one has.

    Raises `NotOperator`, `TooMany`.
    """
    if not settings.token:
        raise NotOperator("Nobody may do this over HTTP: the setting ALMAGEST_TOKEN is empty.")
    if not token:
        raise NotOperator("This needs the operator's token (ALMAGEST_TOKEN).")
    guesses = RateLimit(settings.home / "wrong-tokens", _WINDOW)
    # Before the token is looked at: who has guessed too often must not learn that the next one is right.
    # The limit of all together is not looked at here, lest strangers lock the operator out.
    mine = {f"client {client_of(request)}": _FAILURES}
    guesses.check(mine)
    if not hmac.compare_digest(token.encode(), settings.token.encode()):
        guesses.take({**mine, "all": 10 * _FAILURES})
        raise NotOperator("This is not the operator's token (ALMAGEST_TOKEN).")


def check_origin(request: Request, base_url: str) -> None:
    """Check that a form comes from a page of ours; raises `OtherOrigin`.

    A browser says where from: by Sec-Fetch-Site, or by Origin.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = {_origin(base_url), _origin(request.host_url)}
    if site is not None and site != "same-origin":
        raise OtherOrigin("This form was sent by a page of another site; nothing was done.")
    if (origin is None and site is None) or (origin is not None and origin not in ours):
        raise OtherOrigin("This form does not say that it comes from a page of ours; nothing was done.")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
