"""A HEPData submission as its YAML stream: a document about the whole, then one for each table."""

from __future__ import annotations

from typing import Any

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, Text
from mappings.draft import Draft
from mappings.hepdata_keywords import read_keywords
from mappings.hepdata_submission import PUBLISHER, SITE, add_date
from mappings.hepdata_tables import read_resources, read_table
from mappings.json_reading import Node
from mappings.text import clean_block, clean_line, shorten

_OF_TABLES = ("name", "data_file", "independent_variables", "dependent_variables")
_OF_SUBMISSIONS = (
    *("comment", "abstract", "record_ids", "hepdata_doi", "data_license", "dateupdated", "modifications"),
    *("related_to_hepdata_records", "additional_resources", "title", "description", "keywords"),
)
_TITLE_LENGTH = 200


def read_yaml(draft: Draft, documents: list[Any], provenance: Provenance) -> Mapped:
    """A submission; raises `RecordRefused` for what is none."""
    nodes = []
    for index, document in enumerate(documents):
        if document is None:
            continue
        if not isinstance(document, dict):
            raise RecordRefused("This document of the stream is no mapping.", path=f"documents[{index}]")
        nodes.append(Node(document, f"documents[{index}]"))
    about = [node for node in nodes[:1] if not node.has(*_OF_TABLES)]
    tables = nodes[len(about) :]
    if not tables and not (about and about[0].has(*_OF_SUBMISSIONS)):
        raise RecordRefused(
            "This YAML is no submission: it has neither a comment nor a table with a name.",
            path="documents",
        )
    for node in about:
        _about(draft, node)
    for node in tables:
        read_table(draft, [node])
    _title(draft, about, tables)
    draft.publisher = PUBLISHER
    for node in nodes:
        draft.keep_all(node.left())
    return draft.finished("collection", provenance, "documents[0]")


def _about(draft: Draft, node: Node) -> None:
    draft.add_identifier(node.text("hepdata_doi"), "DOI")
    for one in node.children("record_ids"):
        _number(draft, one)
    draft.add_title(node.text("title"), node.where("title"))
    draft.add_description(node.text("comment"), node.where("comment"))
    draft.add_description(node.text("abstract"), node.where("abstract"), type="other")
    text = clean_line(node.text("dateupdated"))
    if text is not None:
        # dd/mm/yyyy hh:mm:ss, as the old HEPData wrote it
        day, slash, rest = text.partition("/")
        month, _, year = rest.partition("/")
        draft.add_date(f"{year[:4]}-{month}-{day}" if slash else text, "updated", node.where("dateupdated"))
    add_date(draft, node, "last_updated", "updated")
    for licence in node.children("data_license", "license"):
        draft.add_rights(licence.text("description"), licence.text("url"), licence.text("name"))
    for _, number in node.texts("related_to_hepdata_records"):
        draft.relate("IsRelatedTo", f"{SITE}/record/{number}", "URL")
    read_keywords(draft, node)
    read_resources(draft, node)


def _number(draft: Draft, node: Node) -> None:
    """INSPIRE's number is that of the paper, and names the submission's page too."""
    scheme, value = clean_line(node.text("type")), clean_line(node.text("id"))
    if value is None:
        return
    if (scheme or "").lower() == "inspire":
        draft.add_identifier(f"{SITE}/record/ins{value}", "URL")
        draft.relate("IsSupplementTo", value, "INSPIRE", target_kind="publication")
    else:
        draft.add_identifier(value, scheme, own=False)


def _title(draft: Draft, about: list[Node], tables: list[Node]) -> None:
    """Submissions have no title of their own: their description, comment or first table names them."""
    if draft.found_titles:
        return
    candidates = [node.text("description") for node in about] + [node.text("comment") for node in about]
    candidates += [node.text("description") for node in tables[:1]] + [
        node.text("name") for node in tables[:1]
    ]
    for candidate in candidates:
        text = clean_block(candidate)
        if text is not None:
            first = clean_line(text.partition("\n\n")[0]) or text
            draft.found_titles.append(Text(value=shorten(first, _TITLE_LENGTH)))
            draft.issue("documents[0]", "The submission has no title; its first words stand in its place.")
            return
