"""Published data of SciCat: v3 with flat fields, v4 with those of DataCite in ``metadata``."""

from __future__ import annotations

import re
from dataclasses import replace

from catalogue.identity import is_url
from catalogue.record import Access, Agent, Distribution, Funding, Mapped, Provenance
from mappings.agents import named_agent, read_name
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.scicat_draft import (
    INTERNAL,
    add_moment,
    add_record_dates,
    moment,
    people,
    relate_pid,
    size_of,
)
from mappings.scicat_people import affiliations, agent_of
from mappings.terms import relation_type, resource_type
from mappings.text import clean_line, clean_url
from vocab.base import vocabulary

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"'<>\])}]+", re.ASCII)
_URL = re.compile(r"https?://[^\s\"'<>\])}]+", re.ASCII)
_PUBLIC = frozenset({"registered", "public", "amended"})
_LEVELS = frozenset({"raw", "derived", "custom"})
_DESCRIPTIONS = {"methods": "methods", "technicalinfo": "technical", "tableofcontents": "table of contents"}


def read_published(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a title nor a DOI."""
    draft = Draft(provenance.identifier)
    nested = node.child("metadata")
    both = (node, nested)
    draft.add_identifier(node.text("doi", "_id", "id"))
    if (pid := clean_url(node.text("pid"))) is not None:
        draft.add_identifier(pid, own=False)
    draft.add_title(node.text("title"), "title")
    draft.add_description(node.text("abstract"), "abstract")
    for one in both:
        draft.add_description(one.text("dataDescription"), one.where("dataDescription"), type="other")
        _add_people(draft, one)
        _add_publisher(draft, one)
        _add_type(draft, one)
        _add_dates(draft, one)
        _add_links(draft, one)
    _add_sizes(draft, node)
    _add_status(draft, node)
    for pid in (pid for name in ("datasetPids", "pidArray") for _, pid in node.texts(name)):
        relate_pid(draft, "HasPart", pid, "dataset")
    if nested.is_object:
        _add_nested(draft, nested)
    add_record_dates(draft, node)
    node.take(*INTERNAL)
    draft.keep_all(node.left())
    return draft.finished("dataset", provenance)


def _add_people(draft: Draft, node: Node) -> None:
    """Creators; ``authors`` are the same people once more, and the affiliation is that of them all."""
    found: list[Agent] = []
    for name in ("creators", "creator", "authors"):
        found = list(dict.fromkeys([*found, *people(draft, node, name)]))
    shared = tuple(affiliations(node, "affiliation"))
    if shared and found:
        found = [replace(one, affiliations=one.affiliations or shared) for one in found]
    else:
        for institution in shared:
            draft.keep(node.where("affiliation"), institution.name)
    draft.creators += [one for one in found if not draft.has("creators", one)]
    for one in node.children("contributors"):
        agent = agent_of(draft, one, "Other") if one.is_object else named_agent(one.text())
        if agent is not None and not draft.has("contributors", agent):
            draft.contributors.append(agent)


def _add_publisher(draft: Draft, node: Node) -> None:
    one = node.child("publisher")
    name = read_name(one.text("name") if one.is_object else one.text())
    if name is not None and draft.publisher is None:
        draft.publisher = Agent(name=name, kind="organisation")


def _add_type(draft: Draft, node: Node) -> None:
    one = node.child("resourceType", "resourceTypeGeneral")
    text = clean_line(one.text("resourceType", "resourceTypeGeneral") if one.is_object else one.text())
    if text is None:
        return
    if text.casefold() in _LEVELS:
        draft.processing_level = text.casefold()
    elif (concept := resource_type(text)) is None or concept.code != "Dataset":
        draft.type_label = text


def _add_dates(draft: Draft, node: Node) -> None:
    if (year := node.text("publicationYear")) is not None and year != "0":
        draft.add_date(year, "issued", node.where("publicationYear"))
    add_moment(draft, node, "registeredTime", "available")
    kinds = vocabulary("date_types")
    for one in node.children("dates"):
        text = moment(one, "date")
        concept = kinds.lookup(one.text("dateType") or "")
        kind = concept.values.get("kind", "other") if concept is not None else "other"
        draft.add_date(text, kind, one.where("date"), one.text("dateInformation"))  # type: ignore[arg-type]


def _add_links(draft: Draft, node: Node) -> None:
    """Landing page, download, and publications as free words with an address somewhere in them."""
    for name in ("url", "landingPage"):
        address = clean_url(node.text(name))
        if address is not None and is_url(address):
            draft.add_identifier(address, "url", own=False)
        elif address is not None:
            draft.keep(node.where(name), address)
    for path, text in node.texts("downloadLink"):
        address = clean_url(text)
        if address is not None and is_url(address):
            draft.distributions.append(Distribution(url=address, protocol=address.partition(":")[0]))
        else:
            draft.keep(path, text)
    for path, text in node.texts("relatedPublications"):
        target = _DOI.search(text) or _URL.search(text)
        if target is None:
            draft.keep(path, text)
        else:
            relate_pid(draft, "IsRelatedTo", target[0].rstrip(".,;"), "publication", text)


def _add_sizes(draft: Draft, node: Node) -> None:
    size, count = size_of(node, "sizeOfArchive"), size_of(node, "numberOfFiles")
    node.take("sizeOfArchive", "numberOfFiles")
    draft.sizes += [f"{size} bytes"] if size is not None else []
    draft.sizes += [f"{count} files"] if count is not None else []


def _add_status(draft: Draft, node: Node) -> None:
    status = clean_line(node.text("status"))
    if status is not None and status.casefold() in _PUBLIC:
        draft.access = Access(right="open")
    elif status is not None:
        draft.access = Access(right="closed")
        draft.keep("status", status)


def _add_nested(draft: Draft, node: Node) -> None:
    """The members that SciCat v4 has from DataCite's JSON."""
    for one in node.children("subjects", "keywords"):
        if one.is_object:
            draft.add_subject(one.text("subject"), uri=one.text("valueURI"), scheme=one.text("subjectScheme"))
        else:
            draft.add_subject(one.text())
    for one in node.children("rightsList", "rights", "license"):
        if one.is_object:
            address = one.text("rightsURI", "rightsUri", "url")
            draft.add_rights(one.text("rights"), address, one.text("rightsIdentifier", "id"))
        else:
            draft.add_rights(one.text())
    for one in node.children("descriptions"):
        type = (one.text("descriptionType") or "").casefold()
        kind = "abstract" if type == "abstract" else _DESCRIPTIONS.get(type, "other")
        draft.add_description(one.text("description"), one.where("description"), type=kind)
    draft.add_language(node.text("language"))
    draft.version = clean_line(node.text("version"))
    draft.sizes += [text for _, text in node.texts("sizes")]
    draft.formats += [text for _, text in node.texts("formats")]
    _add_related(draft, node)
    _add_funding(draft, node)


def _add_related(draft: Draft, node: Node) -> None:
    for one in node.children("relatedIdentifiers"):
        type = clean_line(one.text("relationType"))
        draft.relate(
            relation_type(type) if type else "IsRelatedTo",
            one.text("relatedIdentifier"),
            clean_line(one.text("relatedIdentifierType")),
            target_kind=clean_line(one.text("resourceTypeGeneral")),
        )


def _add_funding(draft: Draft, node: Node) -> None:
    for one in node.children("fundingReferences"):
        funder = read_name(one.text("funderName"))
        if funder is not None:
            draft.funding.append(
                Funding(
                    funder=funder,
                    funder_identifier=clean_url(one.text("funderIdentifier")),
                    award=clean_line(one.text("awardNumber")),
                    award_title=clean_line(one.text("awardTitle")),
                    award_url=clean_url(one.text("awardUri", "awardURI")),
                )
            )
