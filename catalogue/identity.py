"""The normal form of identifiers, so that the same thing has the same name everywhere.

Case rules, resolvers and check digits are those of each scheme: DOI (ISO 26324: no case in
ASCII), IVOID (IVOA Identifiers 2.0: no case), ARK (hyphens mean nothing), ORCID and ISNI
(ISO 7064 mod 11-2), ISBN and EAN (mod 10), ISSN (mod 11), SWHID 1.2, URN (RFC 8141).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

from catalogue.record import Identifier

_SCHEMES = {
    "doi": "doi",
    "handle": "handle",
    "hdl": "handle",
    "handle.net": "handle",
    "pid": "handle",
    "ark": "ark",
    "arxiv": "arxiv",
    "ads": "bibcode",
    "bibcode": "bibcode",
    "ivoid": "ivoid",
    "ivo-id": "ivoid",
    "ivo": "ivoid",
    "urn": "urn",
    "url": "url",
    "uri": "uri",
    "purl": "purl",
    "w3id": "w3id",
    "orcid": "orcid",
    "isni": "isni",
    "ror": "ror",
    "grid": "grid",
    "gnd": "gnd",
    "viaf": "viaf",
    "wikidata": "wikidata",
    "isbn": "isbn",
    "issn": "issn",
    "eissn": "eissn",
    "lissn": "lissn",
    "istc": "istc",
    "upc": "upc",
    "ean13": "ean13",
    "pmid": "pmid",
    "pubmed": "pmid",
    "pmcid": "pmcid",
    "lsid": "lsid",
    "igsn": "igsn",
    "rrid": "rrid",
    "raid": "raid",
    "cstr": "cstr",
    "swhid": "swhid",
    "swh": "swhid",
    "oai": "oai",
    "crossref funder id": "crossref-funder",
    "crossref funder": "crossref-funder",
    "crossref funderid": "crossref-funder",
    "inspire": "inspire",
}
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
_HANDLE = re.compile(r"[0-9a-zA-Z][0-9a-zA-Z.\-]*/\S+", re.ASCII)
_ARK = re.compile(r"ark:/?([0-9a-z]{5,9})/(\S+)", re.IGNORECASE | re.ASCII)
_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z\-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE | re.ASCII)
_BIBCODE = re.compile(r"[12]\d{3}[A-Za-z&][A-Za-z0-9.&]{12}[A-Z.0-9a-z][A-Z.:]", re.ASCII)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])", re.ASCII)
_ROR = re.compile(r"0[a-hj-km-np-tv-z0-9]{6}\d{2}", re.IGNORECASE | re.ASCII)
_SWHID = re.compile(r"swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40}", re.IGNORECASE | re.ASCII)
_OAI = re.compile(r"oai:[a-zA-Z0-9][a-zA-Z0-9.\-]*:\S+", re.ASCII)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9\-]{0,31}:\S+", re.IGNORECASE | re.ASCII)
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://\S+", re.ASCII)
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]", re.ASCII)
_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9\-]*)\s*:\s*(\S.*)", re.ASCII)

# Resolvers that only stand before an identifier of another scheme.
_RESOLVERS = {
    "doi.org": "doi",
    "dx.doi.org": "doi",
    "www.doi.org": "doi",
    "hdl.handle.net": "handle",
    "arxiv.org": "arxiv",
    "www.arxiv.org": "arxiv",
    "export.arxiv.org": "arxiv",
    "orcid.org": "orcid",
    "www.orcid.org": "orcid",
    "ror.org": "ror",
    "www.ror.org": "ror",
    "isni.org": "isni",
    "www.isni.org": "isni",
    "n2t.net": "ark",
    "ui.adsabs.harvard.edu": "bibcode",
    "adsabs.harvard.edu": "bibcode",
    "archive.softwareheritage.org": "swhid",
    "pubmed.ncbi.nlm.nih.gov": "pmid",
    "d-nb.info": "gnd",
    "viaf.org": "viaf",
    "www.viaf.org": "viaf",
    "wikidata.org": "wikidata",
    "www.wikidata.org": "wikidata",
    "grid.ac": "grid",
    "www.grid.ac": "grid",
}
_PATH_WORDS = ("abs/", "pdf/", "isni/", "gnd/", "viaf/", "wiki/", "entity/", "institutes/")


def normal_identifier(text: str, scheme: str | None = None) -> Identifier:
    """``text`` in the normal form of its scheme, without resolver; ``written`` where that differs.

    ``scheme`` is what the source calls it (DOI, Handle, «Local accession number» …); it is believed
    where the value can be one.  Without it the value itself must say what it is.  What nothing is
    known of keeps its value, with the source's own word or «other» as scheme.
    """
    found, value = scheme_and_value(text, scheme)
    return Identifier(scheme=found, value=value, written=text if text != value else None)


def scheme_and_value(text: str, scheme: str | None = None) -> tuple[str, str]:
    """Scheme and normal value of what `normal_identifier` makes an `Identifier` of."""
    if scheme is None:
        # Most identifiers that are met are DOIs in one of three forms.
        at = 16 if text[:16] == "https://doi.org/" else 4 if text[:4] == "doi:" else 0
        if text[at : at + 3] == "10." and _DOI.fullmatch(text, at):
            return "doi", _doi_value(text[at:])
    found, value = _normal(text.strip(), scheme)
    if found == "handle" and value[:3] == "10.":
        # A DOI is a handle under the prefix 10.
        return "doi", _doi_value(value)
    return found, value


@functools.lru_cache(maxsize=512)
def scheme_of(word: str) -> str:
    """The name that we use for what a source calls a scheme; an unknown word stays as it is."""
    stripped = word.strip()
    return _SCHEMES.get(stripped.casefold(), stripped) or "other"


def doi_in(text: str) -> str | None:
    """The DOI inside an OAI or other compound identifier (``oai:host:10.1234/x``), if there is one."""
    at = text.find("10.")
    while at >= 0:
        match = _DOI.match(text, at)
        if match and (at == 0 or text[at - 1] in ":/"):
            return _doi_value(match.group())
        at = text.find("10.", at + 3)
    return None


def is_url(text: str) -> bool:
    """Whether this is an address of the web (http, https, ftp) with a host."""
    return text.startswith(("http://", "https://", "ftp://")) and _URL.fullmatch(text) is not None


@functools.lru_cache(maxsize=4096)
def resolver_url(scheme: str, value: str) -> str | None:
    """The web address at which an identifier resolves, where its scheme has a resolver."""
    prefix = {
        "doi": "https://doi.org/",
        "handle": "https://hdl.handle.net/",
        "orcid": "https://orcid.org/",
        "ror": "https://ror.org/",
        "arxiv": "https://arxiv.org/abs/",
        "bibcode": "https://ui.adsabs.harvard.edu/abs/",
        "ark": "https://n2t.net/",
        "swhid": "https://archive.softwareheritage.org/",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
        "isni": "https://isni.org/isni/",
        "wikidata": "https://www.wikidata.org/entity/",
        "viaf": "https://viaf.org/viaf/",
        "gnd": "https://d-nb.info/gnd/",
        "crossref-funder": "https://doi.org/",
    }.get(scheme)
    if prefix:
        return prefix + value
    return value if is_url(value) else None


def _normal(text: str, hint: str | None) -> tuple[str, str]:
    """Scheme and normal value."""
    if hint is not None:
        scheme = scheme_of(hint)
        rule = _RULES.get(scheme)
        if rule is None:
            known = _detected(text) if scheme == "other" else None
            return known or (scheme, text)
        value = rule(_bare(text, scheme))
        if value is not None:
            return scheme, value
    return _detected(text) or ("other", text)


def _detected(text: str) -> tuple[str, str] | None:
    """What a value without a declared scheme is, by its own form."""
    if text[:3] == "10." and _DOI.fullmatch(text):
        return "doi", _doi_value(text)
    lowered = text[:5].casefold()
    if lowered == "http:" or lowered == "https":
        return _detected_url(text)
    if lowered == "info:":
        return _detected_info(text)
    for pattern, scheme in _FORMS:
        if pattern.fullmatch(text):
            value = _RULES[scheme](text)
            if value is not None:
                return scheme, value
    return _detected_prefix(text)


def _detected_prefix(text: str) -> tuple[str, str] | None:
    """``doi:10…``, ``hdl:…``, ``arXiv:…``, ``ISBN 978…`` and the like."""
    match = _PREFIX.fullmatch(text)
    if match is None:
        word, _, rest = text.partition(" ")
        if word.casefold().rstrip(":") not in ("isbn", "issn", "doi", "pmid", "orcid"):
            return None
    else:
        word, rest = match.groups()
    scheme = _SCHEMES.get(word.casefold().rstrip(":"))
    rule = _RULES.get(scheme or "")
    if scheme is None or rule is None:
        return None
    value = rule(_bare(rest.strip(), scheme))
    return (scheme, value) if value is not None else None


def _detected_url(text: str) -> tuple[str, str] | None:
    if _URL.fullmatch(text) is None:
        return None
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    scheme = _RESOLVERS.get(host)
    if scheme is not None:
        value = _RULES[scheme](_bare(text, scheme))
        if value is not None:
            return scheme, value
    value = _url(text)
    return ("url", value) if value is not None else None


def _detected_info(text: str) -> tuple[str, str] | None:
    """The «info» URIs of RFC 4452 that libraries use."""
    kind, _, rest = text[5:].partition("/")
    scheme = {"doi": "doi", "hdl": "handle", "bibcode": "bibcode", "arxiv": "arxiv", "pmid": "pmid"}.get(
        kind.casefold()
    )
    if scheme is None:
        return "uri", text
    value = _RULES[scheme](rest)
    return (scheme, value) if value is not None else ("uri", text)


def _bare(text: str, scheme: str) -> str:
    """The identifier without resolver and without the name of its scheme."""
    lowered = text.casefold()
    if lowered.startswith(("http://", "https://")) and scheme not in ("url", "uri", "purl", "w3id"):
        host, _, path = text.partition("//")[2].partition("/")
        if _RESOLVERS.get(host.casefold()) in (scheme, "doi", "handle") or scheme in ("ark", "swhid"):
            path = unquote(path).strip()
            for word in _PATH_WORDS:
                if path.casefold().startswith(word):
                    return path[len(word) :].rstrip("/")
            if scheme == "ark":
                at = path.casefold().find("ark:")
                return path[at:] if at >= 0 else path
            return path.rstrip("/") if scheme not in ("doi", "handle") else path
    if lowered.startswith("info:"):
        return text[5:].partition("/")[2]
    for word in _OWN_WORDS.get(scheme, ()):
        if lowered.startswith(word):
            return text[len(word) :].lstrip(": \t")
    return text


_OWN_WORDS = {
    "doi": ("doi:", "doi "),
    "handle": ("hdl:", "handle:"),
    "arxiv": ("arxiv:",),
    "bibcode": ("bibcode:", "ads:"),
    "isbn": ("isbn-13:", "isbn-10:", "isbn:", "isbn ", "urn:isbn:"),
    "issn": ("issn:", "issn ", "urn:issn:"),
    "eissn": ("eissn:", "issn:"),
    "pmid": ("pmid:", "pmid "),
    "orcid": ("orcid:", "orcid "),
    "ror": ("ror:",),
    "isni": ("isni:",),
    "gnd": ("gnd:",),
    "viaf": ("viaf:",),
    "wikidata": ("wikidata:",),
}


def _doi_value(text: str) -> str:
    if "%" in text:
        text = unquote(text)
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def _doi(text: str) -> str | None:
    if "%" in text:
        text = unquote(text)
    return _doi_value(text) if _DOI.fullmatch(text) else None


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
    if _URL.fullmatch(text) is None:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if not parts.netloc:
        return None
    account, at, host = parts.netloc.rpartition("@")
    host = host.lower()
    if port is not None and (parts.scheme, port) in (("http", 80), ("https", 443)):
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, account + at + host, parts.path or "/", parts.query, parts.fragment))


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


_RULES: dict[str, Callable[[str], str | None]] = {
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
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"ivo://\S+", re.IGNORECASE), "ivoid"),
    (_OAI, "oai"),
    (_SWHID, "swhid"),
    (re.compile(r"swh:1:\S+", re.IGNORECASE), "swhid"),
    (_ARK, "ark"),
    (_URN, "urn"),
    (_URL, "url"),
    (_BIBCODE, "bibcode"),
    (re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]", re.ASCII), "orcid"),
)
