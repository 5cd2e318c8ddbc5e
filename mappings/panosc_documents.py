"""Documents of the PaNOSC search API: publications and proposals, with their members."""

from __future__ import annotations

from dataclasses import replace

from catalogue.record import Agent, Kind, Mapped, Provenance
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.panosc_datasets import INTERNAL, add_access, add_named_parameters
from mappings.scicat_draft import add_moment, add_period, add_pid, moment, people, relate_pid
from mappings.scicat_people import affiliations, agent_of
from mappings.terms import joined_type
from mappings.text import clean_line

_LEADERS = frozenset({"principal investigator", "pi", "author", "creator", "main proposer", "proposer"})
_ROLES = {"co-investigator": "ProjectMember", "local contact": "ContactPerson", "member": "ProjectMember"}


def read_document(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a title nor a pid."""
    draft = Draft(provenance.identifier)
    draft.add_identifier(node.text("doi"), "doi")
    add_pid(draft, node.text("pid"))
    draft.add_title(node.text("title"), "title")
    draft.add_description(node.text("summary"), "summary")
    draft.add_description(node.text("citation"), "citation", type="other")
    add_access(draft, node)
    add_period(draft, moment(node, "startDate"), moment(node, "endDate"), "startDate")
    add_moment(draft, node, "releaseDate", "available")
    draft.add_rights(node.text("license"))
    for _, keyword in node.texts("keywords"):
        draft.add_subject(keyword)
    for one in node.children("members"):
        _add_member(draft, one)
    # Some providers give creators in place of members.
    draft.creators += [one for one in people(draft, node, "creators") if not draft.has("creators", one)]
    add_named_parameters(draft, node)
    for one in node.children("datasets"):
        relate_pid(draft, "HasPart", one.text("pid"), "dataset", one.text("title"))
        # What belongs to a dataset is said by its own record.
        one.take()
    kind = _add_type(draft, node)
    node.take(*INTERNAL)
    draft.keep_all(node.left())
    return draft.finished(kind, provenance)


def _add_type(draft: Draft, node: Node) -> Kind:
    """A proposal is a project; a publication of data, as SciCat's are, is still a publication here."""
    words = clean_line(node.text("type"))
    if words is not None and words.casefold() in ("proposal", "experiment", "investigation"):
        draft.type_label = words
        return "project"
    kind, draft.type_label = joined_type(None, words)
    return "document" if kind == "other" else kind


def _add_member(draft: Draft, node: Node) -> None:
    """A person in a role; those who lead or write are creators."""
    one = node.child("person")
    agent = agent_of(draft, one) if one.is_object else None
    role = clean_line(node.text("role"))
    if agent is None:
        return
    agent = replace(agent, kind="person", role=None)
    agent = replace(agent, affiliations=(*agent.affiliations, *affiliations(node, "affiliation")))
    one.take("id")
    node.take("id", "documentId", "affiliationId", "personId")
    _place(draft, agent, role)


def _place(draft: Draft, agent: Agent, role: str | None) -> None:
    if role is None or role.casefold() in _LEADERS:
        if not draft.has("creators", agent):
            draft.creators.append(agent)
    else:
        known = _ROLES.get(role.casefold(), role)
        draft.contributors.append(replace(agent, role=known))
