"""Records of the CERN Open Data portal (JSON schema records/record-v1.0.0 and docs/docs-v1.0.0)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import (
    Agent,
    AgentIdentifier,
    Column,
    Kind,
    Mapped,
    Provenance,
    TableDescription,
)
from mappings.agents import agent_identifier, named_agent, read_name, split_name
from mappings.base import Format
from mappings.cernopendata_files import read_files
from mappings.cernopendata_links import Portal, read_links
from mappings.cernopendata_physics import read_physics
from mappings.cernopendata_software import read_software
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_block, clean_line

_KINDS: dict[str, Kind] = {
    "dataset": "dataset",
    "software": "software",
    "environment": "software",
    "supplementaries": "document",
    "documentation": "document",
    "news": "document",
    "glossary": "document",
}
_FINER: dict[tuple[str, str], Kind] = {
    ("software", "workflow"): "workflow",
    ("environment", "condition"): "dataset",
    ("supplementaries", "luminosity"): "dataset",
    ("supplementaries", "correction"): "dataset",
    ("documentation", "activities"): "lesson",
}
_TEXTS = (
    ("abstract", "abstract"),
    ("short_description", "abstract"),
    ("definition", "abstract"),
    ("methodology", "methods"),
    ("usage", "technical"),
    ("use_with", "technical"),
    ("validation", "technical"),
    ("pileup", "technical"),
    ("note", "other"),
    ("body", "other"),
)
_MACHINERY = ("$schema", "_bucket", "bucket", "_files", "control_number", "pids", "_oai")
"""What the portal keeps for itself; its files are said by «files» and «_file_indices»."""


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The records in a list of fixtures, an answer of the search, or one record."""
    hits = document.get("hits") if isinstance(document, dict) else None
    listed = hits.get("hits") if isinstance(hits, dict) else document
    for one in listed if isinstance(listed, list) else [document]:
        yield identifier_of(one), one


def identifier_of(document: Any) -> str | None:
    """The recid of a record, or the slug of a page of documentation."""
    if not isinstance(document, dict):
        return None
    inner = document.get("metadata")
    for part in (document, inner if isinstance(inner, dict) else {}):
        for name in ("id", "recid", "slug", "anchor"):
            value = part.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
    return None


def read_record(document: Any, provenance: Provenance) -> Mapped:
    """A record as a fixture has it or as the API wraps it; raises `RecordRefused`."""
    if not isinstance(document, dict):
        raise NotARecord("The record is no JSON object.", path="/")
    outer = Node(document)
    wrapped = isinstance(document.get("metadata"), dict)
    node = outer.child("metadata") if wrapped else outer
    draft = Draft(provenance.identifier)
    portal = Portal(provenance.url)
    if wrapped:
        outer.take("id", "links", "revision", "type", "$schema")
        draft.add_date(outer.text("created"), "other", "created", "record created")
        draft.add_date(outer.text("updated"), "updated", "updated", "of the description")
    _identity(draft, node, portal)
    _texts(draft, node, portal)
    _people(draft, node)
    _dates(draft, node)
    _subjects(draft, node)
    _semantics(draft, node)
    read_physics(draft, node)
    read_software(draft, node, portal)
    read_links(draft, node, portal)
    read_files(draft, node, portal)
    kind = _kind(draft, node)
    node.take(*_MACHINERY)
    draft.keep_all(outer.left())
    return draft.finished(kind, provenance, node.path)


def _identity(draft: Draft, node: Node, portal: Portal) -> None:
    draft.add_identifier(node.text("doi"), "DOI")
    recid = node.text("recid")
    if recid is not None:
        draft.add_identifier(portal.record(recid), "URL")
    slug = node.text("slug")
    if slug is not None:
        draft.add_identifier(portal.document(slug), "URL")
    anchor = node.text("anchor")
    if anchor is not None and recid is None and slug is None:
        draft.add_identifier(portal.term(anchor), "URL")
    draft.add_title(node.text("title", "term"), node.where("title"))
    draft.add_title(node.text("title_additional"), node.where("title_additional"), type="alternative")
    draft.publisher = named_agent(node.text("publisher")) or Agent(
        name="CERN Open Data Portal", kind="organisation"
    )
    licence = node.child("license")
    draft.add_rights(licence.text("description"), licence.text("url"), licence.text("attribution"))
    draft.add_language(node.text("language"))


def _kind(draft: Draft, node: Node) -> Kind:
    said = node.child("type")
    primary = said.text("primary") or ("Glossary" if node.has("anchor", "definition") else "")
    secondary = [text for _, text in said.texts("secondary")]
    kind = _KINDS.get(primary.strip().lower(), "other")
    for one in secondary:
        kind = _FINER.get((primary.strip().lower(), one.strip().lower()), kind)
    draft.type_label = clean_line("/".join(filter(None, (primary, *secondary))))
    if kind == "dataset" and secondary:
        draft.processing_level = clean_line(", ".join(secondary))
    return kind


def _texts(draft: Draft, node: Node, portal: Portal) -> None:
    """Descriptions; each may be a plain text or an object with text and links."""
    for name, type in _TEXTS:
        for part in node.children(name):
            for text in (part.text(), part.text("description"), part.text("content")):
                draft.add_description(text, part.path, type=type)
            part.take("format")
            portal.relate_all(draft, part.children("links"), "References")


def _people(draft: Draft, node: Node) -> None:
    for author in node.children("authors", "author"):
        found = _agent(draft, author)
        if found is not None:
            draft.creators.append(found)
    for collaboration in node.children("collaboration"):
        name = read_name(collaboration.text("name") or collaboration.text())
        if name is None:
            continue
        if draft.creators:
            group = Agent(name=name, kind="organisation", role="ResearchGroup")
            draft.contributors.append(group)
        else:
            draft.creators.append(Agent(name=name, kind="organisation"))


def _agent(draft: Draft, author: Node) -> Agent | None:
    name = read_name(author.text("name") or author.text())
    if name is None:
        return None
    given, family = split_name(name)
    identifiers: list[AgentIdentifier] = []
    for scheme in ("orcid", "inspireid", "cernid"):
        value = author.text(scheme)
        found = (
            agent_identifier(value, {"orcid": "ORCID", "inspireid": "INSPIRE"}.get(scheme, scheme))
            if (value)
            else None
        )
        if found is not None:
            identifiers.append(found)
        elif value:
            draft.issue(author.where(scheme), "This cannot be such an identifier; it is left out.", value)
    return Agent(name=name, given=given, family=family, kind="person", identifiers=tuple(identifiers))


def _dates(draft: Draft, node: Node) -> None:
    for path, text in node.texts("date_created"):
        draft.add_date(text, "created", path)
    for path, text in node.texts("date_published"):
        draft.add_date(text, "issued", path)
    for path, text in node.texts("date_reprocessed"):
        draft.add_date(text, "updated", path, "reprocessed")


def _subjects(draft: Draft, node: Node) -> None:
    for _, text in node.texts("keywords"):
        draft.add_subject(text)
    for _, text in node.texts("tags"):
        draft.add_subject(text)
    for categories in node.children("categories"):
        scheme = categories.text("source")
        for name in ("primary", "secondary"):
            for _, text in categories.texts(name):
                draft.add_subject(text, scheme=scheme)
    for _, text in node.texts("signature"):
        draft.add_subject(text, scheme="signature")
    for _, text in node.texts("category"):
        draft.add_subject(text)


def _semantics(draft: Draft, node: Node) -> None:
    """The variables of a dataset as the columns of one table."""
    columns = []
    for variable in node.children("dataset_semantics"):
        name = clean_line(variable.text("variable", "name"))
        if name is not None:
            columns.append(
                Column(
                    name=name,
                    unit=clean_line(variable.text("unit", "units")),
                    datatype=clean_line(variable.text("type")),
                    description=clean_block(variable.text("description")),
                )
            )
    if columns:
        draft.tables.append(TableDescription(name="Variables", columns=tuple(columns)))


FORMAT = Format(
    prefix="cernopendata",
    title="CERN Open Data JSON",
    media_type="application/json",
    schema="https://opendata.cern.ch/schema/records/record-v1.0.0.json",
    read=read_record,
    split=split,
    rank=60,
)
