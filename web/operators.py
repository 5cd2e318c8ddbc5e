"""Who may change something over HTTP: whoever has the operator's token (ALMAGEST_TOKEN), and nobody else."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Request

from catalogue.errors import AlmagestError
from catalogue.settings import Settings
from web.rate_limit import RateLimit, client_of

_FAILURES = 10
_WINDOW = 600.0


class NotOperator(AlmagestError):
    """The request needs the operator's token, and has none or another one."""


class OtherOrigin(AlmagestError):
    """A form was sent by a page of another site."""


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
