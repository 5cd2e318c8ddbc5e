"""Identifiers, related works and files of MARC (fields 02X, 03X, 088, 76X–78X, 856, 999C5)."""

from __future__ import annotations

import re

from catalogue.identity import scheme_and_value
from catalogue.record import Checksum, Distribution, Relation
from mappings.marc_draft import MarcDraft
from mappings.marc_fields import Field
from mappings.terms import relation_type
from mappings.text import clean_line, clean_url

_ORGANISATION = re.compile(r"\(([^()]+)\)\s*(.+)")
_STANDARD_NUMBERS = {"1": "upc", "3": "ean13"}
_LINK_TYPES = {
    "775": "IsVariantFormOf",
    "776": "IsVariantFormOf",
    "780": "Continues",
    "785": "IsContinuedBy",
    "787": "IsRelatedTo",
}


def read_isbn(draft: MarcDraft, field: Field) -> None:
    """ISBN, without the word about the binding that may follow."""
    for text in field.all("a"):
        draft.add_number("isbn", text.split(" ")[0].rstrip(":;,"), own=False)


def read_issn(draft: MarcDraft, field: Field) -> None:
    """ISSN of a serial."""
    for text in field.all("a"):
        draft.add_number("issn", text, own=False)


def read_identifier(draft: MarcDraft, field: Field) -> None:
    """Other standard identifiers; Zenodo marks alternates with $q."""
    scheme = field.one("2") or _STANDARD_NUMBERS.get(field.first)
    own = field.one("q") is None
    for text in field.all("a"):
        draft.add_number(scheme, text, own=own)


def read_system_number(draft: MarcDraft, field: Field) -> None:
    """Numbers of other systems: «(OCoLC)123», or the system in $9 (CERN, INSPIRE)."""
    system = field.one("9")
    for text in field.all("a"):
        match = _ORGANISATION.fullmatch(text)
        if match is not None:
            draft.add_number(match[1], match[2], own=False)
        elif system is not None and system.casefold() == "arxiv":
            draft.add_number("arxiv", text.removeprefix("oai:arXiv.org:"))
        elif system is not None:
            draft.add_number(system, text, own=False)
        else:
            draft.add_number("other", text, own=False)


def read_report_number(draft: MarcDraft, field: Field) -> None:
    """Report numbers; of arXiv they are arXiv identifiers."""
    system = field.one("9")
    arxiv = system is not None and system.casefold() == "arxiv"
    for text in field.all("a"):
        if arxiv or text.casefold().startswith("arxiv:"):
            draft.add_number("arxiv", text)
        else:
            draft.add_number("report number", text, own=False)


def read_host(draft: MarcDraft, field: Field) -> None:
    """Related works: Zenodo's relation ($i), scheme ($n) and value ($a); else by ISSN, ISBN or DOI."""
    written = [text for code, text in field.subfields if code == "i"]
    type_ = relation_type(written[0].strip()) if written else _LINK_TYPES.get(field.tag, "IsPartOf")
    scheme = next((text.strip() for code, text in field.subfields if code == "n"), None)
    taken: set[str] = set()
    for code, hint in (("a", scheme), ("x", "issn"), ("z", "isbn"), ("o", None)):
        for text in [text for one, text in field.subfields if one == code]:
            kind, value = scheme_and_value(text.strip(), hint)
            if kind in ("other", "uri") or (hint in ("issn", "isbn") and kind != hint):
                continue
            titled = _first(field, "t") or _first(field, "p") if code in "xz" else None
            relation = Relation(type=type_, scheme=kind, value=value, title=clean_line(titled))
            draft.add_relation(relation, f"{field.tag}$t")
            taken.add(code)
            if titled is not None:
                taken.update("tp")
    if taken:
        field.all("".join(taken | {"i"} | ({"n"} if scheme is not None else set())))


def read_reference(draft: MarcDraft, field: Field) -> None:
    """What an INSPIRE record cites (999C5), where it has a DOI or an arXiv identifier."""
    if field.first + field.second != "C5":
        return
    for text in field.all("a"):
        scheme, value = scheme_and_value(text.removeprefix("doi:").strip())
        if scheme == "other":
            draft.keep("999C5$a", text)
        else:
            draft.add_relation(Relation(type="References", scheme=scheme, value=value))
    for text in field.all("r"):
        scheme, value = scheme_and_value(text)
        if scheme == "arxiv":
            draft.add_relation(Relation(type="References", scheme=scheme, value=value))
        else:
            draft.keep("999C5$r", text)


def read_file(draft: MarcDraft, field: Field) -> None:
    """Electronic location: address, title, media type, size and checksum."""
    # Zenodo writes the checksum where others have a public note.
    checksum = _checksum(_first(field, "z"))
    note = field.one("z")
    title = field.one("y3") or (note if checksum is None else None)
    media_type, written = field.one("q"), field.one("s")
    size = int(written) if written is not None and written.isdigit() and written.isascii() else None
    if written is not None and size is None:
        draft.keep("856$s", written)
    for text in field.all("u"):
        url = clean_url(text)
        if url is None or ("@" in url and "://" not in url):
            continue
        draft.distributions.append(
            Distribution(url=url, title=title, media_type=media_type, size=size, checksum=checksum)
        )


def _first(field: Field, code: str) -> str | None:
    return next((text.strip() for one, text in field.subfields if one == code), None)


def _checksum(text: str | None) -> Checksum | None:
    algorithm, colon, value = (text or "").partition(":")
    if colon and algorithm.casefold() in ("md5", "sha1", "sha256", "sha512"):
        return Checksum(algorithm=algorithm.casefold(), value=value.strip())
    return None
