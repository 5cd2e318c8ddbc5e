"""Values as the types of the VOResource schemas want them; ``None`` for what cannot be one."""

from __future__ import annotations

import functools
import math
import re
from datetime import UTC, datetime
from urllib.parse import quote

from catalogue.identity import normal_identifier, resolver_url
from catalogue.record import Identifier
from mappings.text import clean_line
from mappings.xml_writing import attribute, content

# A resource identifier (IVOA Identifiers 2.0, section 2.3; VOResource 1.1, vr:IdentifierURI).
_KEY = r"[\w\-.!~*'()+=]+"
_IVOID = re.compile(rf"ivo://\w[\w\-.!~*'()+=]{{2,}}(?:/{_KEY})*", re.IGNORECASE)
_ADDRESS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    r"(?://(?:[^/?#@:\[\]]*@)?(?:[^/?#@:\[\]]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?(?=[/?#]|$)|(?!//))"
    r"[^#\[\]]*(?:#[^#\[\]]*)?"
)
_UNSAFE = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f]|%(?![0-9A-Fa-f]{2})")
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_FORMS = {
    "nmtoken": re.compile(r"[\w.\-:]+"),
    "ncname": re.compile(r"[^\W\d][\w.\-]*"),
    "key": re.compile(r"(?:[A-Za-z0-9;/?:@&=+$,\-_.!~*'()]|%[A-Fa-f0-9]{2})+"),
    "authority": re.compile(r"\w[\w\-.!~*'()+=]{2,}"),
    "shape": re.compile(r"(?:[0-9]+x)*[0-9]*[0-9*]"),
}
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?", re.ASCII)


def token(text: str | None) -> str | None:
    """An ``xs:token`` that says something."""
    return clean_line(text)


@functools.lru_cache(maxsize=8192)
def ivoid(text: str | None) -> str | None:
    """The identifier of a registry record: an IVOID without query and fragment."""
    cleaned = (text or "").strip()
    if not _IVOID.fullmatch(cleaned):
        return None
    return "ivo" + cleaned[3:]


@functools.lru_cache(maxsize=8192)
def uri(text: str | None) -> str | None:
    """An absolute URI; what may not stand in one is percent-encoded (RFC 3986)."""
    encoded = _UNSAFE.sub(lambda match: quote(match[0], safe=""), (text or "").strip())
    return encoded if _ADDRESS.fullmatch(encoded) else None


def web_address(text: str | None) -> str | None:
    """An address that a browser opens (``http`` or ``https``)."""
    found = uri(text)
    return found if found is not None and _WEB.match(found) else None


def own_ivoid(identifier: Identifier) -> str | None:
    """An identifier as the IVOID of a record, in the case in which its registry writes it."""
    if identifier.scheme != "ivoid":
        return None
    written = ivoid(identifier.written)
    value = ivoid(identifier.value)
    return written if written is not None and written.casefold() == (value or "").casefold() else value


@functools.lru_cache(maxsize=8192)
def identifier_uri(scheme: str, value: str) -> str | None:
    """An identifier of any scheme as URI, from which its scheme can be read again where that is possible."""
    for candidate in (value, f"{_PREFIXES.get(scheme, scheme)}:{value}", resolver_url(scheme, value)):
        found = uri(candidate)
        if found is not None:
            known = normal_identifier(found)
            if (known.scheme, known.value) == (scheme, value):
                return found
    return uri(value)


_PREFIXES = {"handle": "hdl"}


def agent_uri(scheme: str, value: str) -> str | None:
    """The identifier of a person or an organisation as URI; resolvers are what registries expect."""
    return uri(resolver_url(scheme, value)) or identifier_uri(scheme, value)


def number(value: float) -> str | None:
    """A number without an exponent that it does not need."""
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def value_of(kind: str, text: str) -> str | None:
    """The text as a value of a simple type.

    ``kind`` is token, string, uri, ivoid, nmtoken, ncname, key (the fragment of a standard key),
    authority, shape (of an array), boolean, integer, natural (0 upwards), positive, float, or
    several words separated by ``|`` for an enumeration.
    """
    cleaned = " ".join(text.split())
    if "|" in kind:
        return next((word for word in kind.split("|") if word.casefold() == cleaned.casefold()), None) or None
    match kind:
        case "token":
            return cleaned or None
        case "string":
            return text.strip() or None
        case "uri":
            return uri(cleaned)
        case "ivoid":
            return ivoid(cleaned)
        case "nmtoken" | "ncname" | "key" | "authority" | "shape":
            return cleaned if _FORMS[kind].fullmatch(cleaned) else None
        case "boolean":
            return {"1": "true", "true": "true", "0": "false", "false": "false"}.get(cleaned.casefold())
        case "float":
            found = _number(cleaned)
            return number(found) if found is not None else None
        case _:
            return _integer(kind, cleaned)


def _integer(kind: str, text: str) -> str | None:
    found = _number(text)
    least = {"integer": -math.inf, "natural": 0, "positive": 1}[kind]
    if found is None or not found.is_integer() or found < least or abs(found) > 2**31 - 1:
        return None
    return str(int(found))


def timestamp(point: str | None) -> str | None:
    """A moment of ISO 8601 as ``vr:UTCTimestamp``, what is not said being zero."""
    if point is None or not point[:4].isdigit() or point[:4] == "0000":
        return None
    day, _, time = point.partition("T")
    day += {4: "-01-01", 7: "-01"}.get(len(day), "")
    time = time or "00:00:00Z"
    if len(time.rstrip("Z")) == 5:
        time = time.rstrip("Z") + ":00"
    if time[-6:-5] in ("+", "-"):
        return _in_utc(f"{day}T{time}")
    written = f"{day}T{time.rstrip('Z')}Z"
    return written if _STAMP.fullmatch(written) and ":60" not in written else None


def _in_utc(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None


def element(name: str, text: str | None, attributes: str = "") -> str:
    """An element where there is a text for it."""
    return f"<{name}{attributes}>{content(text)}</{name}>" if text else ""


def attribute_of(name: str, value: str | None) -> str:
    """An attribute with a space before it, where there is a value for it."""
    return f' {name}="{attribute(value)}"' if value else ""
