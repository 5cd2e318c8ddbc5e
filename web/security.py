"""What a browser may do with our answers, and which addresses of sources become links.

Harvested text is never trusted: templates escape it, and an address becomes a link only
when its scheme is one that shows or fetches something.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from flask import Flask, Response, current_app, request

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For everything that is no page of ours: an original of a source may be XHTML with scripts."""

OPEN = (
    "/api/", "/records/", "/oai", "/id/", "/catalog", "/sources/", "/people/", "/organisations/",
    "/vocabularies/", "/terms", "/.well-known/", "/fdp", "/ldes", "/dumps",
)  # fmt: skip
"""What pages of any origin may read, where it is no page of ours."""

LINK_SCHEMES = frozenset({"http", "https", "ftp", "ftps"})

RESOLVERS: Mapping[str, str] = {
    "doi": "https://doi.org/",
    "handle": "https://hdl.handle.net/",
    "hdl": "https://hdl.handle.net/",
    "orcid": "https://orcid.org/",
    "ror": "https://ror.org/",
    "isni": "https://isni.org/isni/",
    "gnd": "https://d-nb.info/gnd/",
    "arxiv": "https://arxiv.org/abs/",
    "bibcode": "https://ui.adsabs.harvard.edu/abs/",
    "ark": "https://n2t.net/",
    "urn": "https://nbn-resolving.org/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "swhid": "https://archive.softwareheritage.org/",
    "rrid": "https://scicrunch.org/resolver/",
}
"""Where an identifier of a scheme can be looked up, put before its normal value."""

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def safe_url(text: str | None) -> str | None:
    """The address if it may become a link (http, https, ftp with a host), else ``None``."""
    if not text or _CONTROL.search(text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    return text if parts.scheme.lower() in LINK_SCHEMES and host else None


def identifier_url(scheme: str | None, value: str | None) -> str | None:
    """Where an identifier leads, if its scheme has a resolver or it is an address itself."""
    if not value:
        return None
    if link := safe_url(value):
        return link
    scheme = (scheme or "").lower()
    if scheme == "urn" and not value.lower().startswith("urn:nbn:"):
        return None
    resolver = RESOLVERS.get(scheme)
    return resolver + quote(value, safe="/:;()._-~+,@!$&*='") if resolver else None


def without_credentials(url: str) -> str:
    """The address without user name and password; of a path of this machine only the last name."""
    if "://" not in url:
        return url.rstrip("/").rpartition("/")[2]
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def install(app: Flask) -> None:
    """Give every answer its security headers, and the open API to every origin."""
    app.after_request(_protect)


def _protect(answer: Response) -> Response:
    leads_on = 300 <= answer.status_code < 400
    is_page = answer.mimetype == "text/html" and request.method != "OPTIONS" and not leads_on
    answer.headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    answer.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["HTTPS_ONLY"]:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not is_page and request.path.startswith(OPEN):
        answer.headers.setdefault("Access-Control-Allow-Origin", "*")
        answer.headers.setdefault(
            "Access-Control-Expose-Headers", "ETag, Last-Modified, Link, Location, Retry-After"
        )
        if request.method == "OPTIONS":
            answer.headers.setdefault("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
            answer.headers.setdefault(
                "Access-Control-Allow-Headers", "Accept, If-Modified-Since, If-None-Match"
            )
            answer.headers.setdefault("Access-Control-Max-Age", "86400")
    return answer
