"""Resumption tokens that hold all they need (OAI-PMH 2.0, section 3.5).

A token says which list it goes on with and after which sequence number, signed so that only
what we gave out is taken back.  Nothing is kept on our side, so it never expires.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

import msgspec

_SIGNATURE_BYTES = 16
_LONGEST = 4096


class Token(msgspec.Struct, array_like=True, frozen=True):
    """Where a list goes on.

    ``after`` is the number of the last item given out, ``cursor`` how many were, ``size``
    the length of the whole list where it was known at the start.
    """

    verb: str
    prefix: str
    after: int = 0
    cursor: int = 0
    size: int | None = None
    set: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Writes and reads tokens with a secret key."""

    key: bytes

    def write(self, token: Token) -> str:
        """The token as text that needs no escaping in URLs or XML."""
        data = msgspec.json.encode(token)
        return _text(self._sign(data) + data)

    def read(self, written: str) -> Token | None:
        """The token, or ``None`` where it is not one of ours."""
        if len(written) > _LONGEST or not written.isascii():
            return None
        try:
            signed = base64.b64decode(written + "=" * (-len(written) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        signature, data = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(data)) or _text(signed) != written:
            return None
        try:
            return msgspec.json.decode(data, type=Token)
        except msgspec.DecodeError:
            # Signed by an earlier version, whose tokens had other fields.
            return None

    def _sign(self, data: bytes) -> bytes:
        return hmac.digest(self.key, b"resumptionToken" + data, "sha256")[:_SIGNATURE_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
