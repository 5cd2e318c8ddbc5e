"""A HEPData submission as the REST API gives it: the page of the record, the search's hit, or both."""

from __future__ import annotations

import contextlib
import re
from email.utils import parsedate_to_datetime

from catalogue.record import Agent, DateKind, Mapped, Provenance, Reference
from mappings.agents import read_name, split_name
from mappings.draft import Draft
from mappings.hepdata_keywords import read_keywords
from mappings.hepdata_tables import joined, read_addresses, read_resources, read_table
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url

SITE = "https://www.hepdata.net"
PUBLISHER = Agent(name="HEPData", kind="organisation")
_VERSION = re.compile(r"(?P<concept>10\.17182/hepdata\.\d+)\.v(?P<version>\d+)", re.IGNORECASE | re.ASCII)
_PAGE = (
    *("access_count", "watched", "coordinator", "coordinators", "participant_count", "reviewer_count"),
    *("reviewers_notified", "mode", "table_id_to_show", "table_name_to_show", "table_to_show", "status"),
    *("breadcrumb_text", "version_count", "site_url", "additional_resources", "json_ld", "recid"),
    *("show_review_widget", "show_upload_widget", "show_upload_area", "is_submission_coordinator_or_admin"),
)
"""What changes with each visit or says how the page is drawn."""
_HIT = (
    *("id", "doc_type", "parent_child_join", "total_tables", "control_number", "first_author", "date"),
    *("publication_date", "references", "recid", "version", "uuid", "creation_date"),
)


def read_submission(draft: Draft, node: Node, provenance: Provenance) -> Mapped:
    """One record of a submission with all of its tables; raises `RecordRefused`."""
    page = node.child("submission") if node.has("submission") else node
    hit = node.child("hit")
    record = page.child("record") if page.has("record") else page
    sources = [one for one in (record, hit) if one]
    site = _site(page, provenance)
    for source in sources:
        _identity(draft, source, site)
    _version(draft, [page, *sources])
    _people(draft, sources)
    for source in sources:
        _texts(draft, source)
        _publication(draft, source)
        read_keywords(draft, source)
        read_resources(draft, source)
        _analyses(draft, source)
        read_addresses(draft, source.child("access_urls").child("links"), "All tables")
    _tables(draft, page, hit, node)
    _relations(draft, page, site)
    page.take(*_PAGE)
    for source in sources:
        source.take(*_HIT)
    draft.publisher = PUBLISHER
    draft.keep_all(node.left())
    return draft.finished("collection", provenance, record.path)


def read_table_record(draft: Draft, node: Node, provenance: Provenance) -> Mapped:
    """One table as a record of its own, part of its submission; raises `RecordRefused`."""
    table, record = node.child("table"), node.child("record")
    draft.add_identifier(table.text("doi"), "DOI")
    name, whole = table.text("name", "title"), clean_line(record.text("title"))
    draft.add_title(f"{name}: {whole}" if name and whole else name or whole, table.where("name"))
    draft.add_description(table.text("description", "abstract"), table.where("description"))
    draft.relate("IsPartOf", record.text("hepdata_doi"), "DOI", target_kind="collection", title=whole)
    _people(draft, [record])
    _publication(draft, record)
    read_table(draft, [table], own=True)
    table.take("doi")
    draft.publisher = PUBLISHER
    draft.keep_all(table.left())
    return draft.finished("dataset", provenance, table.path)


def _site(page: Node, provenance: Provenance) -> str:
    said = clean_url(page.text("site_url"))
    if said is None and provenance.url and "/record/" in provenance.url:
        said = provenance.url.partition("/record/")[0]
    return (said or SITE).rstrip("/")


def _identity(draft: Draft, node: Node, site: str) -> None:
    draft.add_identifier(node.text("hepdata_doi"), "DOI")
    inspire = clean_line(node.text("inspire_id"))
    recid = clean_line(node.text("recid"))
    if inspire is not None:
        draft.add_identifier(f"{site}/record/ins{inspire.removeprefix('ins')}", "URL")
        draft.relate("IsSupplementTo", inspire.removeprefix("ins"), "INSPIRE", target_kind="publication")
    if recid is not None:
        draft.add_identifier(f"{site}/record/{recid}", "URL", own=inspire is None)
    if not draft.found_titles:
        draft.add_title(node.text("title"), node.where("title"))
    else:
        node.take("title")


def _version(draft: Draft, nodes: list[Node]) -> None:
    """The version that the page says, or the DOI; the DOI without version names all versions."""
    said = next((found for node in nodes if (found := clean_line(node.text("version")))), None)
    for identifier in tuple(draft.identifiers):
        match = _VERSION.fullmatch(identifier.value) if identifier.scheme == "doi" else None
        if match is not None:
            said = said or match["version"]
            draft.relate("IsVersionOf", match["concept"], "DOI")
    draft.version = said


def _people(draft: Draft, nodes: list[Node]) -> None:
    """Collaborations first, then the authors that the search gives (the first ten)."""
    known: set[str] = set()
    for node in nodes:
        for _, text in node.texts("collaborations"):
            name = clean_line(text)
            if name is not None and name not in known:
                known.add(name)
                draft.creators.append(Agent(name=name, kind="organisation"))
                draft.experiments.append(Reference(label=name))
    for node in nodes:
        for author in (*node.children("first_author"), *node.children("summary_authors", "authors")):
            name = read_name(author.text("full_name") or author.text())
            author.take("affiliation")
            if name is not None and name not in known:
                known.add(name)
                given, family = split_name(name)
                draft.creators.append(Agent(name=name, given=given, family=family, kind="person"))
        node.take("authors", "summary_authors")


def _texts(draft: Draft, node: Node) -> None:
    draft.add_description(node.text("data_abstract"), node.where("data_abstract"))
    draft.add_description(node.text("abstract"), node.where("abstract"), type="other")
    for name, kind in (("last_updated", "updated"), ("creation_date", "created")):
        add_date(draft, node, name, "updated" if kind == "updated" else "created")
    draft.add_date(node.text("year"), "issued", node.where("year"))
    for _, text in node.texts("subject_area"):
        draft.add_subject(text, scheme="arXiv")
    for _, text in node.texts("type"):
        draft.add_subject(text, scheme="type of publication")


def add_date(draft: Draft, node: Node, name: str, kind: DateKind) -> None:
    """A date as ISO 8601 or as HTTP writes it («Tue, 03 Mar 2020 10:00:00 GMT»)."""
    text = node.text(name)
    if text is None or any(one.kind == kind and one.start for one in draft.dates):
        return
    if "," in text and ":" in text:
        with contextlib.suppress(ValueError, TypeError):
            text = parsedate_to_datetime(text).strftime("%Y-%m-%dT%H:%M:%SZ")
    draft.add_date(text, kind, node.where(name))


def _publication(draft: Draft, node: Node) -> None:
    """The paper that the data belong to."""
    title = node.text("journal_info")
    draft.relate("IsSupplementTo", node.text("doi"), "DOI", target_kind="publication", title=title)
    draft.relate("IsSupplementTo", node.text("arxiv_id"), "arXiv", target_kind="publication")
    for thesis in node.children("dissertation"):
        add_date(draft, thesis, "defense_date", "other")


def _analyses(draft: Draft, node: Node) -> None:
    """Implementations of the analysis in Rivet, MadAnalysis, SModelS …"""
    for one in node.children("analyses"):
        draft.relate(
            "IsReferencedBy",
            one.text("analysis"),
            target_kind="software",
            title=one.text("filename") or one.text("type"),
        )
        one.take("type")


def _tables(draft: Draft, page: Node, hit: Node, node: Node) -> None:
    listed = [*hit.children("data"), *_own_data(page)]
    for nodes in joined(page.children("data_tables"), listed, node.children("tables")):
        read_table(draft, nodes)


def _own_data(page: Node) -> list[Node]:
    """The tables of a hit that stands alone."""
    return page.children("data") if not page.has("data_tables") else []


def _relations(draft: Draft, page: Node, site: str) -> None:
    for member in ("related_recids", "related_to_this_recids", "related_records"):
        for one in page.children(member):
            recid = clean_line(one.text("recid") or one.text())
            if recid is not None:
                draft.relate("IsRelatedTo", f"{site}/record/{recid}", "URL", title=one.text("title"))
    message = page.child("revision_message")
    draft.add_description(message.text("message"), message.where("message"), type="other")
    message.take("version")
