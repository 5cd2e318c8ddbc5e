"""The JSON of the old Zenodo (developers.zenodo.org), which the new one gives still."""

from __future__ import annotations

from catalogue.record import Access, AccessRight, Kind
from mappings.agents import named_agent
from mappings.draft import Draft
from mappings.invenio_agents import read_agents
from mappings.invenio_custom import read_custom_fields, read_imprint, read_journal, read_thesis
from mappings.invenio_files import read_files
from mappings.invenio_parts import (
    read_alternates,
    read_concept,
    read_dates,
    read_funding,
    read_places,
    read_relations,
    read_rights,
    read_subjects,
    read_texts,
)
from mappings.invenio_types import kind_and_label
from mappings.json_reading import Node
from mappings.text import clean_block, clean_line, clean_url, site_of

_SAID_ELSEWHERE = ("links", "stats", "owners", "owner", "revision", "state", "status", "submitted", "recid")
"""Addresses of the API, counts that change by themselves, and the repository's own bookkeeping."""
_RIGHTS: dict[str, AccessRight] = {
    "open": "open",
    "embargoed": "embargoed",
    "restricted": "restricted",
    "closed": "closed",
}


def read_legacy(draft: Draft, record: Node, files: Node) -> Kind:
    """A record of the old form into the draft; its kind."""
    metadata = record.child("metadata")
    doi = record.text("doi") or metadata.text("doi")
    page = clean_url(record.child("links").text("self_html", "html"))
    draft.add_identifier(doi or page, "doi" if doi else "url")
    concept = read_concept(draft, record.text("conceptdoi") or metadata.text("conceptdoi"))
    read_alternates(draft, metadata, "alternate_identifiers")
    draft.add_identifier(record.child("swh").text("swhid"), "swhid", own=False)
    type_ = metadata.child("resource_type")
    code = "-".join(filter(None, (type_.text("type"), type_.text("subtype")))) or type_.text()
    kind, draft.type_label = kind_and_label(clean_line(code), clean_line(type_.text("title")))
    read_texts(draft, metadata)
    draft.creators = read_agents(draft, metadata, "creators")
    draft.contributors = read_agents(draft, metadata, "contributors")
    read_dates(draft, record, metadata)
    read_subjects(draft, metadata)
    read_rights(draft, metadata)
    read_relations(draft, metadata, concept)
    read_funding(draft, metadata)
    read_places(draft, metadata)
    draft.add_language(metadata.text("language"))
    draft.version = clean_line(metadata.text("version"))
    _publication(draft, metadata)
    read_custom_fields(draft, metadata.child("custom") if metadata.has("custom") else Node(None))
    _communities(draft, metadata, page)
    read_files(draft, record, files)
    _access(draft, metadata)
    _take_repetitions(record, metadata)
    return kind


def _publication(draft: Draft, metadata: Node) -> None:
    imprint = metadata.child("imprint")
    draft.publisher = named_agent(imprint.text("publisher") or metadata.text("publisher"))
    read_journal(draft, metadata.child("journal"))
    read_imprint(draft, imprint)
    read_thesis(draft, metadata.child("thesis"))


def _communities(draft: Draft, metadata: Node, page: str | None) -> None:
    """Each community is a collection that the record is part of, named by the address of its page."""
    site = site_of(page)
    for node in metadata.children("communities"):
        slug = clean_line(node.text("id", "identifier") or node.text())
        if slug and site is not None:
            draft.relate("IsPartOf", f"{site}/communities/{slug}", "url", target_kind="collection")
        elif slug:
            draft.keep(node.path, slug)


def _access(draft: Draft, metadata: Node) -> None:
    """The repository's own word on access goes before what the licences say."""
    said = metadata.text("access_right")
    right = _RIGHTS.get((said or "").casefold())
    if said and right is None:
        draft.issue(metadata.where("access_right"), "This is no access right of Zenodo's.", said)
        draft.keep(metadata.where("access_right"), said)
    until = clean_line(metadata.text("embargo_date"))
    how = clean_block(metadata.text("access_conditions"))
    if right is not None:
        draft.access = Access(right=right, until=until if right == "embargoed" else None, how=how)
        if until is not None and right != "embargoed":
            draft.keep(metadata.where("embargo_date"), until)
    metadata.take("access_right_category")


def _take_repetitions(record: Node, metadata: Node) -> None:
    """What is said twice, and what follows from the rest."""
    record.take(*_SAID_ELSEWHERE)
    record.take("id", "conceptrecid", "doi", "doi_url", "title", "metadata_doi")
    metadata.take("doi", "prereserve_doi")
    for node in metadata.child("relations").children("version"):
        for end in ("parent", "last_child"):
            node.child(end).take()
