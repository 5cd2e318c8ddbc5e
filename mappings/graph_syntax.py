"""N-Triples as text (RDF 1.1 N-Triples): names, literals, and the statements of one document.

What is written here is read by strict parsers: every name is an absolute IRI (RFC 3987, section 2.2),
every literal is of the form that its datatype has, and nothing that XML forbids is in any of them, so
that the same can be said in RDF/XML.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import quote

from mappings.dcat_words import NAMESPACES
from mappings.links import iri, iri_of
from mappings.terms import is_language_tag

LONGEST_NAME = 2000
"""Characters of an IRI; what is longer is no name."""

PREFIXES: Mapping[str, str] = {
    **NAMESPACES,
    "csvw": "http://www.w3.org/ns/csvw#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "time": "http://www.w3.org/2006/time#",
    "void": "http://rdfs.org/ns/void#",
    "vann": "http://purl.org/vocab/vann/",
    "fdp": "https://w3id.org/fdp/fdp-o#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "ldes": "https://w3id.org/ldes#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "r3d": "http://www.re3data.org/schema/3-0#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "tree": "https://w3id.org/tree#",
}
"""The vocabularies that the graph speaks; ours, which hangs on the base URL, is «alm» (`prefixes`)."""

_UCS = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)
)
_PLAIN = rf"A-Za-z0-9\-._~!$&'()*+,;={_UCS}"
_CODED = "%[0-9A-Fa-f]{2}"
_NOT_IN_IRI = re.compile(rf"[^{_PLAIN}:/?#@%\[\]]")
_IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://(?:[{_PLAIN}]|{_CODED})*(?::[0-9]*)?(?=[/?#]|\Z)|(?!//))"
    rf"(?:[{_PLAIN}:@/]|{_CODED})*(?:\?(?:[{_PLAIN}:@/?]|{_CODED})*)?(?:#(?:[{_PLAIN}:@/?]|{_CODED})*)?"
)
_WEB = re.compile(r"(?:https?|ftp):", re.IGNORECASE)
_HOST = re.compile(r"[a-z]+://[^/?#:]", re.IGNORECASE)
_UNSAFE = re.compile(
    r"(?:javascript|vbscript|data|file|blob|about|view-source|chrome|mailto|tel):", re.IGNORECASE
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-](?:0\d|1[0-3]):[0-5]\d)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_XSD = NAMESPACES["xsd"]


class Words(dict[str, str]):
    """«dct:title» → its IRI in angle brackets, for one base URL; raises KeyError for an unknown prefix."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._namespaces = prefixes(base_url)

    def __missing__(self, word: str) -> str:
        prefix, _, name = word.partition(":")
        found = self[word] = f"<{self._namespaces[prefix]}{name}>"
        return found


@functools.lru_cache(maxsize=64)
def words(base_url: str) -> Words:
    """The words of all vocabularies, ours below this base URL."""
    return Words(base_url)


@functools.lru_cache(maxsize=64)
def prefixes(base_url: str) -> Mapping[str, str]:
    """Prefix → namespace, ours as «alm»."""
    return {**PREFIXES, "alm": f"{base_url}/terms#"}


class Statements:
    """The statements of one document, in the order in which they are made, each once."""

    def __init__(self, document: str, base_url: str) -> None:
        self.address = document
        self.base_url = base_url
        self.document = f"<{document}>"
        self.words = words(base_url)
        self._lines: list[str] = []
        self._counts: dict[str, int] = {}
        self._shared: dict[tuple[str, str], str] = {}

    def say(self, subject: str, word: str, value: str | None) -> None:
        """A statement by a word such as «dct:title»; nothing where there is no value."""
        if value is not None:
            self._lines.append(f"{subject} {self.words[word]} {value} .\n")

    def classes(self, subject: str, *classes: str) -> None:
        """Of which classes a thing is, each a word such as «dcat:Dataset»."""
        for one in classes:
            self._lines.append(f"{subject} {self.words['rdf:type']} {self.words[one]} .\n")

    def label(self, subject: str, word: str, text: str | None, language: str | None = None) -> None:
        """A statement with a text."""
        if text:
            self._lines.append(f"{subject} {self.words[word]} {literal(text, language)} .\n")

    def number(self, subject: str, word: str, value: float | int | None) -> None:
        """A statement with a number."""
        if value is not None:
            self._lines.append(f"{subject} {self.words[word]} {number(value)} .\n")

    def part(self, kind: str) -> str:
        """A name below the document for the next part of a kind: «#file-1», «#file-2» …"""
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"<{self.address}#{kind}-{count}>"

    def shared(self, kind: str, text: str) -> str:
        """The name below the document for a part of a kind that a text tells from others of the kind."""
        found = self._shared.get((kind, text))
        if found is None:
            found = self._shared[kind, text] = self.part(kind)
        return found

    def below(self, name: str) -> str:
        """A name below the document for what is there once."""
        return f"<{self.address}#{name}>"

    def written(self) -> bytes:
        """All of it as N-Triples."""
        return "".join(dict.fromkeys(self._lines)).encode()


def literal(text: str, language: str | None = None) -> str:
    """A text, in a language where that is a tag of BCP 47 (in lower case, as RDF 1.1 compares them)."""
    written = f'"{escaped(text)}"'
    return f"{written}@{language.lower()}" if language and is_language_tag(language) else written


def escaped(text: str) -> str:
    """A text for the inside of a literal, without what XML 1.0 forbids (section 2.2)."""
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text).translate(_ESCAPES)
    elif "\\" in text or '"' in text:
        text = text.translate(_ESCAPES)
    return text


def typed(text: str, datatype: str) -> str:
    """A literal of a datatype, which is a full IRI; the caller knows that the text is of its form."""
    return f'"{escaped(text)}"^^<{datatype}>'


def number(value: float | int) -> str:
    """A whole number as ``xsd:integer``, any other as ``xsd:double`` (XML Schema 1.1 part 2)."""
    if isinstance(value, int):
        return f'"{value}"^^<{_XSD}integer>'
    if not math.isfinite(value):
        return f'"{"NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"}"^^<{_XSD}double>'
    return f'"{value!r}"^^<{_XSD}double>'


@functools.lru_cache(maxsize=16384)
def moment(text: str) -> str:
    """A date in the datatype of its precision; what is no date of the calendar stays a plain text."""
    kind = _precision(text)
    return typed(text, _XSD + kind) if kind is not None else literal(text)


def instant(text: str) -> tuple[str, str] | None:
    """The property of OWL-Time (section 4.2) that tells a date of this precision, and the date.

    ``None`` for what is no date, and for a time of day without its zone, of which OWL-Time has none.
    """
    kind = _precision(text)
    if kind == "dateTime":
        match = _MOMENT.fullmatch(text)
        has_zone = match is not None and match[2] is not None
        return ("time:inXSDDateTimeStamp", typed(text, _XSD + "dateTimeStamp")) if has_zone else None
    word = {"date": "time:inXSDDate", "gYear": "time:inXSDgYear", "gYearMonth": "time:inXSDgYearMonth"}
    return (word[kind], moment(text)) if kind is not None else None


def _precision(text: str) -> str | None:
    try:
        if _DAY.fullmatch(text):
            date.fromisoformat(text)
            return "date"
        if (match := _MOMENT.fullmatch(text)) is not None:
            datetime.fromisoformat(match[1][:19])
            return "dateTime"
    except ValueError:
        return None
    if _YEAR.fullmatch(text):
        return "gYear" if text != "0000" else None
    return "gYearMonth" if _MONTH.fullmatch(text) and text[:4] != "0000" else None


@functools.lru_cache(maxsize=65536)
def name(text: str | None) -> str | None:
    """What is an absolute IRI, or can be encoded as one, in angle brackets; nothing for all else.

    Nothing that a browser would run or read from its own disk is a name, nor what holds an account or is
    the address of a person.
    """
    if text is None or len(text) > LONGEST_NAME:
        return None
    found = _NOT_IN_IRI.sub(lambda match: quote(match[0], errors="replace"), iri(text.strip()))
    if "[" in found or "]" in found:
        found = found.replace("[", "%5B").replace("]", "%5D")
    if _UNSAFE.match(found) or not _IRI.fullmatch(found):
        return None
    if _WEB.match(found) and not _HOST.match(found):
        return None
    return f"<{found}>"


@functools.lru_cache(maxsize=65536)
def name_of(scheme: str, value: str) -> str | None:
    """The name of what an identifier names, where that is an IRI."""
    return name(iri_of(scheme, value))
