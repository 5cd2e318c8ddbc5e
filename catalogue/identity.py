"""The normal form of identifiers, so that the same thing has the same name everywhere."""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote, urlsplit

from catalogue.identifier_rules import DOI, FORMS, RULES, URL, doi_value, plain_url
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
    # What holds an account or an e-mail address is not repeated.
    return Identifier(scheme=found, value=value, written=text if text != value and "@" not in text else None)


def scheme_and_value(text: str, scheme: str | None = None) -> tuple[str, str]:
    """Scheme and normal value of what `normal_identifier` makes an `Identifier` of."""
    if scheme is None or (scheme == "DOI" and "%" not in text):
        # Most identifiers that are met are DOIs in one of three forms.
        at = 16 if text[:16] == "https://doi.org/" else 4 if text[:4] == "doi:" else 0
        if text[at : at + 3] == "10." and DOI.fullmatch(text, at):
            return "doi", doi_value(text[at:])
    found, value = _normal(text.strip(), scheme)
    if found == "handle" and value[:3] == "10.":
        # A DOI is a handle under the prefix 10.
        return "doi", doi_value(value)
    return found, value


@functools.lru_cache(maxsize=512)
def scheme_of(word: str) -> str:
    """The name that we use for what a source calls a scheme; an unknown word stays as it is."""
    stripped = word.strip()
    return _SCHEMES.get(stripped.casefold(), stripped) or "other"


def with_scheme(text: str) -> str:
    """An address of a resolver that is written without its scheme (``doi.org/10.1234/x``) with one."""
    host, slash, _ = text.partition("/")
    return f"https://{text}" if slash and host.casefold() in _RESOLVERS else text


def doi_in(text: str) -> str | None:
    """The DOI inside an OAI or other compound identifier (``oai:host:10.1234/x``), if there is one."""
    at = text.find("10.")
    while at >= 0:
        match = DOI.match(text, at)
        if match and (at == 0 or text[at - 1] in ":/"):
            return doi_value(match.group())
        at = text.find("10.", at + 3)
    return None


def is_url(text: str) -> bool:
    """Whether this is an address of the web (http, https, ftp) with a host."""
    return text.startswith(("http://", "https://", "ftp://")) and URL.fullmatch(text) is not None


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
        rule = RULES.get(scheme)
        if rule is None:
            known = _detected(text) if scheme == "other" else None
            return known or (scheme, text)
        value = rule(_bare(text, scheme))
        if value is not None:
            return scheme, value
    return _detected(text) or ("other", text)


def _detected(text: str) -> tuple[str, str] | None:
    """What a value without a declared scheme is, by its own form."""
    if text[:3] == "10." and DOI.fullmatch(text):
        return "doi", doi_value(text)
    lowered = text[:5].casefold()
    if lowered == "http:" or lowered == "https":
        return _detected_url(text)
    if lowered == "info:":
        return _detected_info(text)
    for pattern, scheme in FORMS:
        if pattern.fullmatch(text):
            value = RULES[scheme](text)
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
    rule = RULES.get(scheme or "")
    if scheme is None or rule is None:
        return None
    value = rule(_bare(rest.strip(), scheme))
    return (scheme, value) if value is not None else None


def _detected_url(text: str) -> tuple[str, str] | None:
    plain = plain_url(text)
    host = plain[0] if plain is not None else _host(text)
    if host is None:
        return None
    scheme = _RESOLVERS.get(host)
    if scheme is not None:
        value = RULES[scheme](_bare(text, scheme))
        if value is not None:
            return scheme, value
    value = plain[1] if plain is not None else RULES["url"](text)
    return ("url", value) if value is not None else None


def _host(text: str) -> str | None:
    """The host of an address in lower case; nothing for what is none."""
    if URL.fullmatch(text) is None:
        return None
    try:
        return (urlsplit(text).hostname or "").casefold()
    except ValueError:
        return None


def _detected_info(text: str) -> tuple[str, str] | None:
    """The «info» URIs of RFC 4452 that libraries use."""
    kind, _, rest = text[5:].partition("/")
    scheme = {"doi": "doi", "hdl": "handle", "bibcode": "bibcode", "arxiv": "arxiv", "pmid": "pmid"}.get(
        kind.casefold()
    )
    if scheme is None:
        return "uri", text
    value = RULES[scheme](rest)
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
