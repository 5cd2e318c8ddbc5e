"""Identifiers as IRIs (RFC 3987), by which linked data names things, and records by theirs."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from urllib.parse import quote

from catalogue.identity import resolver_url, scheme_and_value
from catalogue.record import Identifier, Record
from mappings.datacite_terms import main_identifier

_FORBIDDEN = re.compile(
    r"""[\x00-\x20\x7f-\xa0<>"{}|\\^`\u200b-\u200f\u2028-\u202f\ufdd0-\ufdef\ufff0-\uffff]"""
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s]+")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEB = re.compile(r"(?:https?|ftp)://[^/?#\[\]@:]+(?::\d{1,5})?(?:[/?#][^\[\]]*)?", re.IGNORECASE)


def iri(text: str) -> str:
    """The text with what may not stand in an IRI percent-encoded."""
    if "%" in text:
        text = _BARE_PERCENT.sub("%25", text)
    return _FORBIDDEN.sub(lambda match: quote(match[0]), text)


@functools.lru_cache(maxsize=16384)
def iri_of(scheme: str, value: str) -> str | None:
    """The IRI of an identifier: where it resolves, or itself where it is one (URN, ivoid …)."""
    found = resolver_url(scheme, value)
    if (
        found is None
        and _ABSOLUTE.fullmatch(value)
        and not value.lower().startswith(("javascript:", "data:"))
    ):
        found = value
    if found is None:
        # «isbn:…», «issn:…» and the like, where they are read back as what they are.
        said = f"{scheme}:{value}"
        found = said if scheme_and_value(said) == (scheme, value) else None
    return iri(found) if found is not None else None


@functools.lru_cache(maxsize=16384)
def web_address(text: str | None) -> str | None:
    """An address that a browser can follow, as IRI; nothing for anything else."""
    if text is None:
        return None
    found = iri(text)
    return found if _WEB.fullmatch(found) else None


def record_iri(record: Record) -> str | None:
    """The IRI of a record's thing: of its best identifier, else of the first that has one."""
    main = main_identifier(record.identifiers)
    name = iri_of(main.scheme, main.value) if main is not None else None
    if name is None:
        known = [one for one in record.identifiers if one.role != "version-of-concept"]
        found = (iri_of(one.scheme, one.value) for one in known)
        name = next((one for one in found if one is not None), None)
    return name


def with_page(record: Record, authority: str, base_url: str) -> Record:
    """The record with the address of its page, where nothing that names it is an IRI (`Format.complete`)."""
    if record_iri(record) is not None:
        return record
    page = Identifier(scheme="url", value=f"{base_url}/records/{record.id}", role="alternate")
    return replace(record, identifiers=(*record.identifiers, page))
