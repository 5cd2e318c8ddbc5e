"""What a DIF is about, with what it was measured, how one gets it."""

from __future__ import annotations

from catalogue.record import Distribution, Reference
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_url
from mappings.xml_tree import words, words_at

_KEYWORD = ("Category", "Topic", "Term", *(f"Variable_Level_{level}" for level in (1, 2, 3)))
_GCMD = "GCMD"


def read_subjects(draft: Draft, node: Node) -> None:
    """Science keywords as their paths, other keywords, disciplines, topics of ISO 19115."""
    for one in node.children("Parameters", "Science_Keywords"):
        names = (*_KEYWORD, "Detailed_Variable")
        path = [text for name in names if (text := words_at(one, name))]
        one.take("@uuid")
        if path:
            draft.add_subject(" > ".join(path), scheme=_GCMD)
    for one in node.children("Discipline"):
        path = [text for name in ("Discipline_Name", "Subdiscipline") if (text := words_at(one, name))]
        draft.add_subject(" > ".join(path) or None, scheme=_GCMD)
    for name in ("Keyword", "Ancillary_Keyword"):
        for one in node.children(name):
            draft.add_subject(words(one))
    for one in node.children("ISO_Topic_Category"):
        draft.add_subject(words(one), scheme="ISO 19115")


def read_things(draft: Draft, node: Node) -> None:
    """Platforms, instruments and projects by their long names."""
    for one in node.children("Source_Name"):
        draft.facilities += _named(draft, one)
    for one in node.children("Sensor_Name"):
        draft.instruments += _named(draft, one)
    for one in node.children("Platform"):
        draft.facilities += _named(draft, one)
        one.take("@uuid")
        for instrument in one.children("Instrument"):
            draft.instruments += _named(draft, instrument)
            instrument.take("@uuid")
    for one in node.children("Project"):
        draft.experiments += _named(draft, one)
        one.take("@uuid")
    for one in node.children("Product_Level_Id"):
        draft.processing_level = draft.processing_level or words(one)


def _named(draft: Draft, node: Node) -> list[Reference]:
    long, short = words_at(node, "Long_Name"), words_at(node, "Short_Name")
    label = long or short or (words(node) if not node.is_object else None)
    if label is None or label.casefold() == "not applicable":
        return []
    if long and short and short != long:
        draft.keep(node.where("Short_Name"), f"{long}: {short}")
    return [Reference(label=label)]


def read_access(draft: Draft, node: Node) -> None:
    """Who may use the data, and how."""
    for one in node.children("Use_Constraints"):
        licence = one.child("License_URL") if one.is_object else Node(None)
        address = words_at(
            licence.child("URL") if licence.child("URL").is_object else licence, "Linkage", "URL"
        )
        text = words_at(one, "Description", "License_Text", "#text") if one.is_object else words(one)
        if one.is_object and one.child("Description").is_object:
            text = words_at(one.child("Description"), "Description")
        draft.add_rights(text, address)
    for one in node.children("Access_Constraints"):
        draft.add_rights(words_at(one, "Description", "#text") if one.is_object else words(one))


def read_links(draft: Draft, node: Node) -> None:
    """Where the data and their documents are, in which form, and what belongs to them."""
    for one in node.children("Related_URL"):
        kind = one.child("URL_Content_Type", "Content_Type")
        title = words_at(one, "Title", "Description")
        type_ = " > ".join(text for name in ("Type", "Subtype") if (text := words_at(kind, name)))
        for address in one.children("URL"):
            url = clean_url(words(address))
            if url is None:
                continue
            media = words_at(one, "MimeType", "Mime_Type")
            draft.distributions.append(
                Distribution(url=url, protocol=_protocol(url), title=title or type_ or None, media_type=media)
            )
        if title and type_:
            draft.keep(kind.path, f"{title}: {type_}")
    for one in node.children("Distribution"):
        for name, found in (("Distribution_Size", draft.sizes), ("Distribution_Format", draft.formats)):
            text = words_at(one, name)
            if text is not None:
                found.append(text)
    _relations(draft, node)


def _relations(draft: Draft, node: Node) -> None:
    for one in node.children("Reference"):
        identifier = one.child("Persistent_Identifier")
        doi = words_at(one, "DOI") or words_at(identifier, "Identifier")
        if one.is_object and doi:
            draft.relate("References", doi, "DOI", target_kind="publication", title=words_at(one, "Title"))
    for one in node.children("Parent_DIF"):
        draft.relate("IsPartOf", words(one), "DIF")
    for one in node.children("Metadata_Association"):
        entry = one.child("Entry_ID") if one.child("Entry_ID").is_object else one
        type_ = (words_at(one, "Type") or "").casefold()
        relation = {"parent": "IsPartOf", "child": "HasPart"}.get(type_, "IsRelatedTo")
        draft.relate(relation, words_at(entry, "Short_Name", "Entry_ID"), "DIF")


def _protocol(url: str) -> str | None:
    return url.partition("://")[0].lower() if "://" in url else None
