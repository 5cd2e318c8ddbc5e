"""The rule of each identifier scheme: a value in normal form, or nothing where it cannot be one.

Case and check digits are those of each scheme: DOI (ISO 26324: no case in ASCII), IVOID (IVOA
Identifiers 2.0: no case), ARK (hyphens mean nothing), ORCID and ISNI (ISO 7064 mod 11-2), ISBN and
EAN (mod 10), ISSN (mod 11), SWHID 1.2, URN (RFC 8141).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
_HANDLE = re.compile(r"[0-9a-zA-Z][0-9a-zA-Z.\-]*/\S+", re.ASCII)
_ARK = re.compile(r"ark:/?([0-9a-z]{5,9})/(\S+)", re.IGNORECASE | re.ASCII)
_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z\-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_BIBCODE = re.compile(r"[12]\d{3}[A-Za-z&][A-Za-z0-9.&]{12}[A-Z.0-9a-z][A-Z.:]", re.ASCII)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])", re.ASCII)
_ROR = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}\d{2}", re.IGNORECASE | re.ASCII)
_SWHID = re.compile(r"swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40}", re.IGNORECASE | re.ASCII)
_OAI = re.compile(r"oai:[a-zA-Z0-9][a-zA-Z0-9.\-]*:\S+", re.ASCII)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9\-]{0,31}:\S+", re.IGNORECASE | re.ASCII)
URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://\S+", re.ASCII)
_PLAIN_URL = re.compile(
    r"(https?://)([A-Za-z0-9][A-Za-z0-9.\-]*)(/[^\s?#]*(?:\?[^\s#]+)?(?:#\S+)?)",
    re.ASCII,
)
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]", re.ASCII)


def doi_value(text: str) -> str:
    """A DOI in lower case; only ASCII letters have none (ISO 26324)."""
    if "%" in text:
        text = unquote(text)
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def _doi(text: str) -> str | None:
    if "%" in text:
        text = unquote(text)
    return doi_value(text) if DOI.fullmatch(text) else None


def _handle(text: str) -> str | None:
    if _HANDLE.fullmatch(text) is None:
        return None
    prefix, _, suffix = text.partition("/")
    # The GHR compares prefixes without case, and leaves the case of suffixes to each server.
    return f"{prefix.lower()}/{suffix}"


def _ark(text: str) -> str | None:
    match = _ARK.fullmatch(text)
    if match is None:
        return None
    return f"ark:{match[1].lower()}/{match[2].replace('-', '').rstrip('/.')}"


def _arxiv(text: str) -> str | None:
    text = text.removesuffix(".pdf")
    if _ARXIV.fullmatch(text) is None:
        return None
    archive, slash, number = text.rpartition("/")
    if not slash:
        return text.lower()
    name, dot, group = archive.partition(".")
    return f"{name.lower()}{dot}{group.upper()}/{number.lower()}"


def _bibcode(text: str) -> str | None:
    text = unquote(text).partition("/")[0]
    return text if _BIBCODE.fullmatch(text) else None


def _mod_11_2(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "X" if check == 10 else str(check)


def _orcid(text: str) -> str | None:
    match = _ORCID.fullmatch(text.strip().rstrip("/"))
    if match is None:
        return None
    value = "-".join(match.groups()).upper()
    return value if _mod_11_2(value[:-1].replace("-", "")) == value[-1] else None


def _isni(text: str) -> str | None:
    value = _orcid(text.replace(" ", ""))
    return value.replace("-", "") if value is not None else None


def _ror(text: str) -> str | None:
    text = text.strip().rstrip("/")
    return text.lower() if _ROR.fullmatch(text) else None


def _swhid(text: str) -> str | None:
    core, semicolon, qualifiers = text.partition(";")
    return core.lower() + semicolon + qualifiers if _SWHID.fullmatch(core) else None


def _isbn(text: str) -> str | None:
    """ISBN-13 without hyphens; ISBN-10 is converted."""
    digits = text.replace("-", "").replace(" ", "").upper()
    if len(digits) == 10 and digits[:9].isdigit() and (digits[9].isdigit() or digits[9] == "X"):
        total = sum((10 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(digits))
        if total % 11:
            return None
        body = "978" + digits[:9]
        return body + _ean_check(body)
    if len(digits) == 13 and digits.isdigit() and digits.isascii() and digits[:3] in ("978", "979"):
        return digits if _ean_check(digits[:12]) == digits[12] else None
    return None


def _ean_check(body: str) -> str:
    return str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10)


def _issn(text: str) -> str | None:
    text = text.strip()
    if _ISSN.fullmatch(text) is None:
        return None
    digits = text.replace("-", "").upper()
    total = sum((8 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(digits))
    return f"{digits[:4]}-{digits[4:]}" if total % 11 == 0 else None


def _pmid(text: str) -> str | None:
    text = text.strip().rstrip("/")
    return text if text.isdigit() and text.isascii() and len(text) < 10 else None


def _urn(text: str) -> str | None:
    if _URN.fullmatch(text) is None:
        return None
    _, space, specific = text.split(":", 2)
    space = space.lower()
    # NBN and UUID compare without case (RFC 8458, RFC 9562); LSID and others do not.
    return f"urn:{space}:{specific.lower() if space in ('nbn', 'uuid') else specific}"


def _url(text: str) -> str | None:
    """Scheme and host in lower case, no default port, no empty path (RFC 3986, 6.2)."""
    plain = plain_url(text)
    if plain is not None:
        return plain[1]
    if URL.fullmatch(text) is None:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if not parts.netloc:
        return None
    # An account before the host is nobody's business and no part of the name.
    host = parts.netloc.rpartition("@")[2].lower()
    if port is not None and (parts.scheme, port) in (("http", 80), ("https", 443)):
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, parts.fragment))


def plain_url(text: str) -> tuple[str, str] | None:
    """Host and normal form of an address that has no more to it than a host and a path, as most."""
    match = _PLAIN_URL.fullmatch(text)
    if match is None:
        return None
    before, host, rest = match.groups()
    return host.lower(), f"{before}{host.lower()}{rest}"


def _ivoid(text: str) -> str | None:
    return text.lower() if text[:6].lower() == "ivo://" and len(text) > 6 else None


def _oai(text: str) -> str | None:
    if _OAI.fullmatch(text) is None:
        return None
    _, host, local = text.split(":", 2)
    return f"oai:{host.lower()}:{local}"


def _crossref_funder(text: str) -> str | None:
    return _doi(text) or (f"10.13039/{text}" if text.isdigit() and text.isascii() else None)


def _as_it_is(text: str) -> str | None:
    return text or None


RULES: dict[str, Callable[[str], str | None]] = {
    "doi": _doi,
    "handle": _handle,
    "ark": _ark,
    "arxiv": _arxiv,
    "bibcode": _bibcode,
    "orcid": _orcid,
    "isni": _isni,
    "ror": _ror,
    "swhid": _swhid,
    "isbn": _isbn,
    "issn": _issn,
    "eissn": _issn,
    "pmid": _pmid,
    "urn": _urn,
    "lsid": _urn,
    "url": _url,
    "purl": _url,
    "w3id": _url,
    "ivoid": _ivoid,
    "oai": _oai,
    "crossref-funder": _crossref_funder,
    "gnd": _as_it_is,
    "viaf": _as_it_is,
    "wikidata": _as_it_is,
    "grid": _as_it_is,
}
FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"ivo://\S+", re.IGNORECASE), "ivoid"),
    (_OAI, "oai"),
    (_SWHID, "swhid"),
    (re.compile(r"swh:1:\S+", re.IGNORECASE), "swhid"),
    (_ARK, "ark"),
    (_URN, "urn"),
    (URL, "url"),
    (_BIBCODE, "bibcode"),
    (re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]", re.ASCII), "orcid"),
    (re.compile(r"\d{4}-\d{3}[\dXx]", re.ASCII), "issn"),
)
