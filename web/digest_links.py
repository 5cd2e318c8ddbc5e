"""The links in digests: signed, so that only who has the mail can confirm or end a subscription."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Literal

from catalogue.errors import NotFound
from catalogue.opening import Catalogue
from catalogue.representations import kept_secret
from catalogue.subscriptions import UNCONFIRMED

Purpose = Literal["confirm", "unsubscribe"]
LONGEST_TOKEN = 200
_TOKEN = re.compile(r"([A-Za-z0-9_-]{24})\.(\d{1,12})\.([A-Za-z0-9_-]{32})", re.ASCII)
_SECRET = "digest_secret"  # noqa: S105 (the name of a secret, not the secret)


def token_of(catalogue: Catalogue, purpose: Purpose, key: str) -> str:
    """What a link carries: the key, until when it holds (0: for ever), and our signature of both."""
    until = int(time.time() + UNCONFIRMED.total_seconds()) if purpose == "confirm" else 0
    return f"{key}.{until}.{_signature(catalogue, purpose, key, until)}"


def key_in(catalogue: Catalogue, purpose: Purpose, token: str) -> str:
    """The key in a token of ours; raises `NotFound` that says whether it is too old or none of ours."""
    match = _TOKEN.fullmatch(token)
    if match is not None:
        key, until = match[1], int(match[2])
        if hmac.compare_digest(match[3], _signature(catalogue, purpose, key, until)):
            if until and until < time.time():
                raise NotFound("This link is too old; ask for the digest once more.")
            return key
    raise NotFound("This link is not complete, or none of this service; copy the whole of it from the mail.")


def link(catalogue: Catalogue, purpose: Purpose, key: str) -> str:
    """The address in a mail."""
    return f"{catalogue.settings.base_url}/digests/{purpose}?token={token_of(catalogue, purpose, key)}"


def _signature(catalogue: Catalogue, purpose: Purpose, key: str, until: int) -> str:
    secret = catalogue.settings.secret or kept_secret(catalogue.database, _SECRET)
    said = f"digest\n{purpose}\n{key}\n{until}"
    made = hmac.digest(secret.encode(), said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made[:24]).decode()
