"""Instruments, facilities and samples of ICAT."""

from __future__ import annotations

from catalogue.record import Agent, Distribution, Mapped, Provenance, Reference
from mappings.draft import Draft
from mappings.icat_values import (
    add_facility,
    add_names,
    add_parameters,
    finished,
    label_of,
    person_of,
)
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url


def read_instrument(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor an identifier."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    _named(draft, node)
    add_facility(draft, node)
    for one in node.children("instrumentScientists"):
        for user in one.children("user"):
            agent = person_of(user)
            if agent is not None:
                draft.contributors.append(_with_role(agent, "ContactPerson"))
    return finished(draft, node, "instrument", provenance)


def read_facility(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor an identifier."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    _named(draft, node)
    node.take("daysUntilRelease")
    return finished(draft, node, "facility", provenance)


def read_sample(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor an identifier."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    draft.add_title(node.text("name"), "name")
    kind = node.child("type")
    formula = clean_line(kind.text("molecularFormula"))
    name = clean_line(kind.text("name")) if kind.is_object else clean_line(kind.text())
    draft.type_label = name
    if formula is not None:
        draft.add_subject(formula, scheme="molecular formula")
    kind.take()
    add_parameters(draft, node)
    for one in node.children("investigation"):
        label, number = label_of(one), clean_line(one.text("name"))
        if label is not None:
            draft.proposals.append(Reference(label=label, identifier=number))
        one.take()
    return finished(draft, node, "sample", provenance)


def _named(draft: Draft, node: Node) -> None:
    """Full name, short name, description and page."""
    label, short = label_of(node), clean_line(node.text("name"))
    draft.add_title(label, "fullName")
    if short is not None and short != label:
        draft.add_title(short, "name", type="short")
    draft.add_description(node.text("description"), "description")
    draft.type_label = clean_line(node.child("type").text()) if not node.child("type").is_object else None
    url = clean_url(node.text("url"))
    if url is not None:
        draft.add_identifier(url, "URL", own=False)
        draft.distributions.append(Distribution(url=url, title="Website"))


def _with_role(agent: Agent, role: str) -> Agent:
    return Agent(
        name=agent.name,
        given=agent.given,
        family=agent.family,
        kind=agent.kind,
        identifiers=agent.identifiers,
        affiliations=agent.affiliations,
        role=role,
    )
