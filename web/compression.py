"""Answers that travel compressed: text of some length, for whoever takes gzip (RFC 9110, section 8.4.1.3).

Pages of operators are left as they are: they hold the token of their forms, and the length of a
compressed page tells of what stands in it (the attack named BREACH).  Streams are left as well.
"""

from __future__ import annotations

import functools

from flask import Flask, Response, request
from isal import igzip

SMALLEST = 1000
"""Bytes below which it is not worth the work."""

LEVEL = 2
_TEXT = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/ld+json",
        "application/linkset",
        "application/n-quads",
        "application/n-triples",
        "application/problem+json",
        "application/trig",
        "application/xml",
        "image/svg+xml",
    }
)
_PRIVATE = "/admin"


def install(app: Flask) -> None:
    """Compress the answers of an application."""
    app.after_request(_compress)


def _compress(answer: Response) -> Response:
    if not _is_text(answer) or request.path.startswith(_PRIVATE):
        return answer
    answer.vary.add("Accept-Encoding")
    if (
        request.accept_encodings["gzip"] <= 0
        or answer.status_code not in {200, 400, 404, 410}
        or answer.headers.get("Content-Encoding")
        or "Content-Range" in answer.headers
    ):
        return answer
    if request.endpoint == "static":
        answer.direct_passthrough = False
        data = _kept(answer.get_data())
    elif answer.is_streamed:
        return answer
    else:
        data = answer.get_data()
        data = igzip.compress(data, LEVEL, mtime=0) if len(data) >= SMALLEST else b""
    if data:
        answer.set_data(data)
        answer.headers["Content-Encoding"] = "gzip"
        etag, is_weak = answer.get_etag()
        if etag is not None and not is_weak:
            answer.set_etag(etag, weak=True)
    return answer


def _is_text(answer: Response) -> bool:
    kind = answer.mimetype or ""
    return kind.startswith("text/") or kind in _TEXT or kind.endswith(("+json", "+xml"))


@functools.lru_cache(maxsize=64)
def _kept(data: bytes) -> bytes:
    """A file of ours, compressed once; nothing where it is too small."""
    return igzip.compress(data, 3, mtime=0) if len(data) >= SMALLEST else b""
