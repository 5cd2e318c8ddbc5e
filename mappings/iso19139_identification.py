"""What a resource of ISO 19139 is: citation, abstract, keywords, constraints, aggregates."""

from __future__ import annotations

from catalogue.record import Agent, DateKind
from mappings.agents import read_name
from mappings.draft import Draft
from mappings.iso19139_people import read_party
from mappings.iso19139_values import anchor_at, block_of, inside, text_at, text_of, texts_at
from mappings.json_reading import Node

_DATES: dict[str, DateKind] = {
    "creation": "created",
    "publication": "issued",
    "revision": "updated",
    "released": "available",
    "adopted": "accepted",
    "validityBegins": "valid",
    "expiry": "withdrawn",
}
_ACCESS = {"restricted": "restricted", "unrestricted": "open", "private": "closed", "confidential": "closed"}
_ASSOCIATIONS = {
    "largerWorkCitation": "IsPartOf",
    "partOfSeamlessDatabase": "IsPartOf",
    "series": "IsPartOf",
    "crossReference": "References",
    "source": "IsDerivedFrom",
    "isComposedOf": "HasPart",
    "dependency": "Requires",
    "revisionOf": "IsNewVersionOf",
}


def read_identification(draft: Draft, node: Node) -> None:
    """One ``MD_DataIdentification`` or ``SV_ServiceIdentification``, but for its extent."""
    for _, citation in inside(node, "citation"):
        _citation(draft, citation)
    for name, type_ in (("abstract", "abstract"), ("purpose", "other"), ("supplementalInformation", "other")):
        for one in node.children(name):
            draft.add_description(block_of(one), one.path, type=type_)
    for one in node.children("pointOfContact"):
        read_party(draft, one)
    for text in texts_at(node, "credit"):
        name_ = read_name(text)
        if name_ is not None:
            draft.contributors.append(Agent(name=name_, role="Other"))
    for text in texts_at(node, "language"):
        draft.add_language(text)
    for _, format_ in inside(node, "resourceFormat"):
        add_format(draft, format_)
    _keywords(draft, node)
    for type_name, one in inside(node, "resourceConstraints"):
        _constraints(draft, type_name, one)
    for _, one in inside(node, "aggregationInfo"):
        _aggregate(draft, one)


def add_format(draft: Draft, node: Node) -> None:
    """A format with its version, where it says one."""
    name, version = text_at(node, "name"), text_at(node, "version")
    if name is not None:
        draft.formats.append(f"{name} {version}" if version and version.casefold() != "unknown" else name)


def _citation(draft: Draft, node: Node) -> None:
    draft.add_title(text_at(node, "title"), node.where("title"))
    for text in texts_at(node, "alternateTitle"):
        draft.add_title(text, node.where("alternateTitle"), type="alternative")
    draft.add_title(text_at(node, "collectiveTitle"), node.where("collectiveTitle"), type="other")
    for _, date in inside(node, "date"):
        said = text_at(date, "dateType")
        kind = _DATES.get(said or "")
        draft.add_date(text_at(date, "date"), kind or "other", node.where("date"), None if kind else said)
    for _, identifier in inside(node, "identifier"):
        value = anchor_at(identifier, "code") or text_at(identifier, "code")
        text_at(identifier, "code")
        space = text_at(identifier, "codeSpace")
        tells_itself = value is not None and ("://" in value or value.startswith("10."))
        draft.add_identifier(value, None if tells_itself or (space and "/" in space) else space)
    for one in node.children("citedResponsibleParty"):
        read_party(draft, one)
    draft.version = draft.version or text_at(node, "edition")


def _keywords(draft: Draft, node: Node) -> None:
    for _, group in inside(node, "descriptiveKeywords"):
        thesaurus = next((text_at(one, "title") for _, one in inside(group, "thesaurusName")), None)
        for one in group.children("keyword"):
            address = next((anchor.text("@href") for anchor in one.children("Anchor")), None)
            is_web = address is not None and address.startswith("http")
            draft.add_subject(text_of(one), uri=address if is_web else None, scheme=thesaurus)
        text_at(group, "type")
    for text in texts_at(node, "topicCategory"):
        draft.add_subject(text, scheme="ISO 19115")


def _constraints(draft: Draft, type_name: str, node: Node) -> None:
    """Limits of use and access: words, addresses, codes."""
    for one in node.children("otherConstraints", "useLimitation"):
        address = next((anchor.text("@href") for anchor in one.children("Anchor")), None)
        draft.add_rights(block_of(one), address)
    if node.has("otherConstraints"):
        for one in node.children("useLimitation"):
            draft.add_rights(block_of(one))
    for text in (*texts_at(node, "accessConstraints"), *texts_at(node, "classification")):
        if text in _ACCESS:
            draft.add_rights(_ACCESS[text])
        elif text != "otherRestrictions":
            draft.keep(node.where("accessConstraints"), text)
    for text in texts_at(node, "useConstraints"):
        if text not in ("otherRestrictions", "license"):
            draft.keep(node.where("useConstraints"), text)


def _aggregate(draft: Draft, node: Node) -> None:
    said = text_at(node, "associationType")
    type_ = _ASSOCIATIONS.get(said or "", "IsRelatedTo")
    title = next((text_at(one, "title") for _, one in inside(node, "aggregateDataSetName")), None)
    found = [text_at(one, "code") for _, one in inside(node, "aggregateDataSetIdentifier")]
    for _, name in inside(node, "aggregateDataSetName"):
        found += [text_at(one, "code") for _, one in inside(name, "identifier")]
    values = [one for one in found if one is not None]
    for value in values:
        draft.relate(type_, value, title=title)
    if not values and title is not None:
        draft.keep(node.where("aggregateDataSetName"), title)
