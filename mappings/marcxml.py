"""MARC 21 in XML, as libraries write it and as Invenio (CDS, INSPIRE, Zenodo) does.

Bibliographic records only: authority data are refused.  A subfield without a place stays as extra
value under its tag and code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalogue.errors import NotARecord
from catalogue.identity import doi_in
from catalogue.record import (
    Identifier,
    Mapped,
    Place,
    Provenance,
    Reference,
    Rights,
    Term,
    Text,
)
from mappings.base import Format
from mappings.dates import OF_DESCRIPTION
from mappings.marc_agents import read_corporate, read_person
from mappings.marc_draft import MarcDraft
from mappings.marc_fields import Field, controls_of, fields_of, trimmed
from mappings.marc_links import (
    read_file,
    read_host,
    read_identifier,
    read_isbn,
    read_issn,
    read_reference,
    read_report_number,
    read_system_number,
)
from mappings.rights import joined_access, licence_of, read_rights
from mappings.terms import joined_type, read_language, resource_type
from mappings.xml_reading import elements, first, local_name, namespace, payload

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
_AUTHORITY_FIELDS = """
014 053 065 073 148 150 151 155 162 180 181 182 185 368 371 372 373 374 375 376 448 450 451 455 548 562 582
640 641 642 643 644 645 646 663 664 665 666 667 670 675 678 680 681 682 688
"""
_AUTHORITY_TAGS = frozenset(_AUTHORITY_FIELDS.split())
_SUBJECT_SCHEMES = {"0": "LCSH", "1": "LCSHAC", "2": "MeSH", "3": "NAL", "5": "CSH", "6": "RVM"}
_LEADER_TYPES = {
    ("a", "m"): "Book",
    ("a", "s"): "Journal",
    ("a", "a"): "Text",
    ("a", "b"): "Text",
    ("t", "m"): "Text",
    ("e", "m"): "Image",
    ("g", "m"): "Audiovisual",
    ("k", "m"): "Image",
    ("r", "m"): "PhysicalObject",
    ("i", "m"): "Sound",
    ("j", "m"): "Sound",
}


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a MARC ``record``; raises `RecordRefused` for another root and for authority data."""
    element = _record(document)
    fields, controls = fields_of(element), controls_of(element)
    _refuse_authority(fields, controls)
    draft = MarcDraft(provenance.identifier)
    _read_controls(draft, controls)
    for field in fields:
        handler = _HANDLERS.get(field.tag)
        if handler is not None:
            handler(draft, field)
        for code, text in field.rest():
            draft.keep(f"{field.tag}${code}", text)
    return _finished(draft, provenance, controls)


def _record(document: Any) -> Any:
    element = document
    element = payload(element)
    if local_name(element) == "collection":
        inside = first(element, "record")
        element = element if inside is None else inside
    parts = {local_name(one) for one in elements(element)}
    if local_name(element) != "record" or (parts and not parts & {"datafield", "controlfield", "leader"}):
        reason = f"The root element is «{local_name(element)}» in the namespace «{namespace(element)}», "
        raise NotARecord(reason + "not a MARC record.", path=f"/{local_name(element)}")
    return element


def _refuse_authority(fields: list[Field], controls: dict[str, str]) -> None:
    leader = controls.get("LDR", "")
    if len(leader) > 6 and leader[6] == "z":
        raise NotARecord("This is an authority record (leader/06 is z).", path="/record/leader")
    tags = {field.tag for field in fields}
    marks = sorted(tags & _AUTHORITY_TAGS)
    if marks and "245" not in tags:
        reason = f"This is an authority record (field {marks[0]}, and no title statement)."
        raise NotARecord(reason, path=f"/record/datafield[@tag='{marks[0]}']")


def _read_controls(draft: MarcDraft, controls: dict[str, str]) -> None:
    number = controls.get("001", "").strip()
    if number:
        draft.add_number("recid", number, own=False)
    changed = controls.get("005", "").strip()
    if changed:
        draft.add_date(changed, "updated", "005", OF_DESCRIPTION)
    general = controls.get("008", "")
    if len(general) >= 38 and general[35:38].isalpha():
        draft.fixed_language = read_language(general[35:38])
    if len(general) >= 11 and general[7:11].isdigit() and general[6] in "sret":
        draft.fixed_year = general[7:11]
    for tag, text in controls.items():
        if tag not in ("LDR", "001", "005", "008"):
            draft.keep(tag, text)


def _finished(draft: MarcDraft, provenance: Provenance, controls: dict[str, str]) -> Mapped:
    header_doi = doi_in(provenance.identifier)
    if header_doi is not None and not any(one.scheme == "doi" for one in draft.identifiers):
        draft.identifiers.insert(0, Identifier(scheme="doi", value=header_doi, written=provenance.identifier))
    if draft.fixed_year is not None and not any(one.kind == "issued" for one in draft.dates):
        draft.add_date(draft.fixed_year, "issued", "008")
    if not draft.languages and draft.fixed_language:
        draft.languages.append(draft.fixed_language)
    kind, draft.type_label = joined_type(*_types(draft, controls.get("LDR", "")))
    return draft.finished(kind, provenance, "245")


def _types(draft: MarcDraft, leader: str) -> tuple[str | None, str | None]:
    """General type and words: a collection name that is a type, else the leader."""
    known = [word for word in draft.types if resource_type(word) is not None]
    for word in draft.types:
        if word not in known:
            draft.keep("980$a", word)
    if len(known) > 1:
        return known[0], known[1]
    if known:
        return known[0], None
    return (_LEADER_TYPES.get((leader[6], leader[7])), None) if len(leader) > 7 else (None, None)


def _title(draft: MarcDraft, field: Field) -> None:
    parts = [trimmed(part) for part in field.all("anp")]
    main = ". ".join(part for part in parts if part)
    if main:
        draft.found_titles.append(Text(value=draft.title(main, "245"), type="main"))
    rest = field.all("b")
    if rest:
        draft.found_titles.append(Text(value=draft.title(trimmed(" ".join(rest)), "245"), type="subtitle"))


def _other_title(kind: str) -> Callable[[MarcDraft, Field], None]:
    def handler(draft: MarcDraft, field: Field) -> None:
        parts = [trimmed(part) for part in field.all("abnp")]
        value = ". ".join(part for part in parts if part)
        if value:
            draft.found_titles.append(Text(value=draft.title(value, field.tag), type=kind))

    return handler


def _imprint(draft: MarcDraft, field: Field) -> None:
    """Publisher and date of publication (260; 264 with its second indicator for what it is)."""
    if field.tag == "264" and field.second in "023":
        return
    if field.tag == "264" and field.second == "4":
        for text in field.all("c"):
            draft.add_date(trimmed(text).lstrip("©℗c "), "copyrighted", "264$c")
        return
    draft.set_publisher(field.one("b"))
    for text in field.all("c"):
        issued = any(one.kind == "issued" for one in draft.dates)
        draft.add_date(trimmed(text), "other" if issued else "issued", f"{field.tag}$c")


def _preprint(draft: MarcDraft, field: Field) -> None:
    for text in field.all("c"):
        draft.add_date(trimmed(text), "submitted", "269$c")


def _languages(draft: MarcDraft, field: Field) -> None:
    field.all("2")
    for text in field.all("a"):
        # Older records write several codes as one word.
        codes = (
            [text] if len(text) % 3 or len(text) < 6 else [text[i : i + 3] for i in range(0, len(text), 3)]
        )
        for code in codes:
            language = read_language(code)
            if language is not None:
                draft.languages.append(language)


def _edition(draft: MarcDraft, field: Field) -> None:
    draft.version = draft.version or field.one("a")


def _extent(draft: MarcDraft, field: Field) -> None:
    for text in field.all("a"):
        draft.sizes.append(trimmed(text))


def _described(kind: str) -> Callable[[MarcDraft, Field], None]:
    def handler(draft: MarcDraft, field: Field) -> None:
        value = field.block("ab" if kind == "abstract" else "a")
        if value is not None:
            draft.descriptions.append(Text(value=draft.description(value, field.tag), type=kind))

    return handler


def _access(draft: MarcDraft, field: Field) -> None:
    rights, access = read_rights(field.one("a"), field.one("u"))
    draft.access = joined_access(draft.access, access)
    if rights is not None:
        draft.rights.append(rights)


def _licence(draft: MarcDraft, field: Field) -> None:
    rights, access = read_rights(field.one("a"), field.one("u"))
    draft.access = joined_access(draft.access, access)
    if rights is not None:
        draft.rights.append(rights)


def _copyright(draft: MarcDraft, field: Field) -> None:
    holder, statement = field.one("d"), field.one("f")
    _, access = read_rights(field.one("l"))
    draft.access = joined_access(draft.access, access)
    if holder is not None or statement is not None:
        draft.rights.append(Rights(text=statement, holder=holder))


def _subject(draft: MarcDraft, field: Field) -> None:
    """A heading with its subdivisions; a licence that Invenio files here is a licence."""
    scheme = field.one("2") or (_SUBJECT_SCHEMES.get(field.second) if field.tag < "653" else None)
    label = " -- ".join(trimmed(part) for part in field.all("avxyz"))
    if not label:
        return
    if scheme is not None and "opendefinition" in scheme:
        draft.rights.append(Rights(text=label, licence=licence_of(label)))
        return
    uri = next((one for one in field.all("01") if one.startswith("http")), None)
    draft.subjects.append(Term(label=label, uri=uri, scheme=scheme))
    if field.tag == "651":
        draft.places.append(Place(name=label))


def _experiment(draft: MarcDraft, field: Field) -> None:
    draft.facilities.extend(Reference(label=one) for one in field.all("a"))
    draft.experiments.extend(Reference(label=one) for one in field.all("e"))


def _collection(draft: MarcDraft, field: Field) -> None:
    draft.types.extend(field.all("ab"))


def _oai(draft: MarcDraft, field: Field) -> None:
    value = field.one("o")
    if value is not None:
        draft.add_number("oai", value)


_HANDLERS: dict[str, Callable[[MarcDraft, Field], None]] = {
    "020": read_isbn,
    "022": read_issn,
    "024": read_identifier,
    "035": read_system_number,
    "037": read_report_number,
    "041": _languages,
    "088": read_report_number,
    "100": read_person,
    "110": read_corporate,
    "130": _other_title("alternative"),
    "210": _other_title("alternative"),
    "240": _other_title("alternative"),
    "242": _other_title("translated"),
    "245": _title,
    "246": _other_title("alternative"),
    "250": _edition,
    "260": _imprint,
    "264": _imprint,
    "269": _preprint,
    "300": _extent,
    "500": _described("other"),
    "505": _described("table of contents"),
    "506": _access,
    "520": _described("abstract"),
    "540": _licence,
    "542": _copyright,
    "600": _subject,
    "610": _subject,
    "611": _subject,
    "630": _subject,
    "648": _subject,
    "650": _subject,
    "651": _subject,
    "653": _subject,
    "655": _subject,
    "693": _experiment,
    "695": _subject,
    "700": read_person,
    "710": read_corporate,
    "773": read_host,
    "775": read_host,
    "776": read_host,
    "780": read_host,
    "785": read_host,
    "787": read_host,
    "856": read_file,
    "909": _oai,
    "980": _collection,
    "999": read_reference,
}

FORMAT = Format(
    prefix="marcxml",
    title="MARC 21 XML",
    media_type="application/marcxml+xml",
    namespace=NAMESPACE,
    schema=SCHEMA,
    read=read,
    rank=50,
    suffix="marc.xml",
)
