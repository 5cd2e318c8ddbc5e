"""Statements of rights as licences (SPDX) and access rights (COAR); other words stay words."""

from __future__ import annotations

import re
from typing import cast

from catalogue.record import Access, AccessRight, Rights, Term
from mappings.text import clean_block, clean_line, clean_url
from vocab.base import concluded, vocabulary

_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([a-z+\-]+)/(\d\.\d)"
    r"(?:/([a-z]{2,3}))?(?:/(?:legalcode|deed)(?:\.[a-zA-Z_\-]+)?)?/?(?:[#?].*)?",
    re.IGNORECASE,
)
_EMBARGO_END = re.compile(r"info:eu-repo/date/embargoEnd/(\d{4}(?:-\d{2}(?:-\d{2})?)?)", re.IGNORECASE)


@concluded(4096)
def licence_of(text: str) -> Term | None:
    """The licence that an address, an SPDX identifier or a name means, as Term with SPDX URI."""
    match = _CREATIVE_COMMONS.fullmatch(text)
    if match is not None:
        text = _creative_commons(*match.groups())
    found = vocabulary("licences").lookup(text)
    if found is None and text.endswith((".html", ".txt", ".json")) and "spdx.org/licenses/" in text:
        found = vocabulary("licences").lookup(text.rpartition(".")[0])
    if found is None and text.casefold().endswith(" license"):
        found = vocabulary("licences").lookup(text[: -len(" license")])
    return Term(label=found.code, uri=found.uri, scheme="SPDX") if found is not None else None


@concluded(2048)
def access_of(text: str) -> Access | None:
    """The access right that a COAR or info:eu-repo URI or a word means."""
    match = _EMBARGO_END.fullmatch(text)
    if match is not None:
        return Access(right="embargoed", until=match[1])
    found = vocabulary("access_rights").lookup(text)
    return Access(right=cast(AccessRight, found.values["right"])) if found is not None else None


@concluded(4096)
def read_rights(
    text: str | None, url: str | None = None, identifier: str | None = None
) -> tuple[Rights | None, Access | None]:
    """One statement of rights: what it licenses, and what it says of access.

    ``identifier`` is a licence's identifier (SPDX where valid).
    """
    words, address = clean_block(text), clean_url(url)
    if address is None and words is not None and _is_address(words):
        words, address = None, words
    access = (access_of(address) if address else None) or (access_of(words) if words else None)
    if access is not None:
        # The address of an access right is no licence, and its name is said by the right itself.
        if address and access_of(address):
            address = None
        if words and access_of(words):
            words = None
    licence = None
    for candidate in (identifier, address, words):
        cleaned = clean_line(candidate)
        if cleaned is not None and len(cleaned) < 300:
            licence = licence or licence_of(cleaned)
    if licence is None and identifier is not None and clean_line(identifier):
        licence = Term(label=clean_line(identifier) or identifier)
    if words is None and address is None and licence is None:
        return None, access
    return Rights(text=words, url=address, licence=licence), access


def merged(statements: list[Rights]) -> tuple[Rights, ...]:
    """Name and address of one licence, which Dublin Core says in two elements, as one statement."""
    found: list[Rights] = []
    for statement in statements:
        last = found[-1] if found else None
        if (
            last is not None
            and last.licence is not None
            and last.licence == statement.licence
            and (last.text is None or statement.text is None or last.text == statement.text)
            and (last.url is None or statement.url is None or last.url == statement.url)
        ):
            found[-1] = Rights(
                text=last.text or statement.text,
                url=last.url or statement.url,
                licence=last.licence,
                holder=last.holder or statement.holder,
            )
        else:
            found.append(statement)
    return tuple(found)


def joined_access(first: Access | None, second: Access | None) -> Access | None:
    """Two statements about access as one: the first right, and the end of the embargo from either."""
    if first is None or second is None:
        return first or second
    until = first.until or second.until
    right = "embargoed" if second.until and second.right == "embargoed" else first.right
    return Access(
        right=right,
        until=until,
        to=first.to or second.to,
        how=first.how or second.how,
    )


def _creative_commons(folder: str, code: str, version: str, country: str | None) -> str:
    code = code.casefold()
    if folder.casefold() == "publicdomain":
        return f"CC0-{version}" if code == "zero" else f"CC-PDM-{version}" if code == "mark" else code
    code = "by-nc-nd" if code == "by-nd-nc" else code
    return "-".join(part for part in ("CC", code, version, country) if part)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "info:", "urn:")) and not any(c.isspace() for c in text)
