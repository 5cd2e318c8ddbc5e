"""InvenioRDM JSON (records of its REST API, version 11 and later) as a record of the model."""

from __future__ import annotations

from typing import Any

from catalogue.record import Access, Agent, Mapped, Provenance
from mappings.agents import named_agent
from mappings.draft import Draft
from mappings.invenio_agents import label, read_agents
from mappings.invenio_codemeta import read_codemeta
from mappings.invenio_custom import read_custom_fields
from mappings.invenio_document import checked, is_legacy
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
from mappings.zenodo_reading import read_legacy

_SAID_ELSEWHERE = ("links", "stats", "ui", "expanded", "is_draft", "is_published", "revision_id", "status")
"""Addresses of the API, counts that change by themselves, texts made for a page of the repository."""
_ACCESS_WORDS = ("public", "restricted", "open", "embargoed", "metadata-only")


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record in either dialect, with what was fetched beside it; raises `RecordRefused`."""
    record, beside = checked(document)
    draft = Draft(provenance.identifier)
    node, files, codemeta = Node(record), Node(beside.get("files"), "files"), Node(None)
    if isinstance(beside.get("codemeta"), dict):
        codemeta = Node(beside["codemeta"], "codemeta")
    for fault in Node(beside, "").children("faults"):
        draft.issue(fault.text("path") or "files", fault.text("reason") or "This file could not be read.")
    kind = read_legacy(draft, node, files) if is_legacy(record) else _read_record(draft, node, files)
    if codemeta:
        read_codemeta(draft, codemeta)
    for one in (node, files, codemeta):
        draft.keep_all(one.left())
    return draft.finished(kind, provenance, "metadata")


def _read_record(draft: Draft, record: Node, files: Node) -> Any:
    metadata = record.child("metadata")
    parent = record.child("parent")
    _identify(draft, record)
    concept = read_concept(draft, parent.child("pids").child("doi").text("identifier"))
    read_alternates(draft, metadata, "identifiers")
    resource_type = metadata.child("resource_type")
    code = resource_type.text("id") or resource_type.text()
    words = label(resource_type) if resource_type.has("title") else None
    kind, draft.type_label = kind_and_label(clean_line(code), words)
    read_texts(draft, metadata)
    draft.creators = read_agents(draft, metadata, "creators")
    draft.contributors = read_agents(draft, metadata, "contributors")
    draft.publisher = _publisher(metadata)
    read_dates(draft, record, metadata)
    read_subjects(draft, metadata)
    read_rights(draft, metadata)
    read_relations(draft, metadata, concept)
    read_funding(draft, metadata)
    read_places(draft, metadata)
    _plain_values(draft, metadata)
    read_custom_fields(draft, record.child("custom_fields"))
    _communities(draft, parent, record.child("links"))
    read_files(draft, record, files)
    _access(draft, record, parent)
    record.take(*_SAID_ELSEWHERE)
    record.take("deletion_status")
    return kind


def _identify(draft: Draft, record: Node) -> None:
    """Its persistent identifiers; without any, the address of its page is its name."""
    for scheme, node in record.child("pids").members():
        value = node.text("identifier") or node.text()
        draft.add_identifier(value, scheme, own=scheme != "oai")
        node.take("provider", "client")
    if not any(one.role == "own" for one in draft.identifiers):
        draft.add_identifier(record.child("links").text("self_html"), "url")
    draft.add_identifier(record.child("swh").text("swhid"), "swhid", own=False)


def _publisher(metadata: Node) -> Agent | None:
    node = metadata.child("publisher")
    return named_agent(label(node) if node.is_object else node.text())


def _plain_values(draft: Draft, metadata: Node) -> None:
    for node in metadata.children("languages"):
        draft.add_language(node.text("id") or node.text() or label(node))
        if node.is_object:
            label(node)
    draft.version = clean_line(metadata.text("version"))
    draft.sizes += [text for _, one in metadata.texts("sizes") if (text := clean_line(one))]
    draft.formats += [text for _, one in metadata.texts("formats") if (text := clean_line(one))]


def _communities(draft: Draft, parent: Node, links: Node) -> None:
    """Each community is a collection that the record is part of, named by the address of its page."""
    site = site_of(clean_url(links.text("self_html")))
    listed = parent.child("communities")
    for node in listed.children("entries"):
        slug = clean_line(node.text("slug"))
        if slug is None or site is None:
            continue
        title = node.child("metadata").text("title")
        address = f"{site}/communities/{slug}"
        draft.relate("IsPartOf", address, "url", target_kind="collection", title=title)
        # The rest describes the community, not the record.
        node.take()
    if listed.has("entries"):
        listed.take("ids", "default")


def _access(draft: Draft, record: Node, parent: Node) -> None:
    """The repository's own word on access goes before what the licences say."""
    access = record.child("access")
    embargo = access.child("embargo")
    status = access.text("status")
    is_public = access.text("record") == "public" and access.text("files") in ("public", None)
    until = clean_line(embargo.text("until"))
    settings = parent.child("access").child("settings")
    how = clean_block(settings.text("accept_conditions_text"))
    settings.take("allow_guest_requests", "allow_user_requests", "secret_link_expiration")
    parent.child("access").take("owned_by", "grants", "links")
    is_embargoed = embargo.scalar("active") is True or status == "embargoed"
    if is_embargoed:
        draft.access = Access(right="embargoed", until=until, how=how)
    elif status == "metadata-only":
        draft.access = Access(right="metadata-only", how=how)
    elif status == "restricted" or (access and not is_public):
        draft.access = Access(right="restricted", how=how)
    elif access and is_public:
        draft.access = Access(right="open", how=how)
    for name in ("record", "files", "status"):
        word = access.text(name)
        if word and word not in _ACCESS_WORDS:
            draft.keep(access.where(name), word)
    if until is not None and not is_embargoed:
        draft.keep(embargo.where("until"), until)
