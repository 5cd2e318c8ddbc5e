"""Instruments, proposals and samples of SciCat."""

from __future__ import annotations

from dataclasses import replace

from catalogue.record import Agent, Mapped, Provenance, Reference
from mappings.agents import read_name
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.scicat_draft import (
    INTERNAL,
    LOCAL,
    add_period,
    add_pid,
    add_record_dates,
    moment,
    people,
    references,
)
from mappings.scicat_parameters import add_parameters
from mappings.text import clean_line


def read_instrument(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor a pid."""
    draft = Draft(provenance.identifier)
    add_pid(draft, node.text("pid") or node.text("_id") or node.text("id"))
    unique = clean_line(node.text("uniqueName"))
    draft.add_title(node.text("name") or unique, "name")
    if unique is not None:
        draft.add_identifier(unique, LOCAL, own=False)
    draft.add_description(node.text("description"), "description")
    if (facility := clean_line(node.text("facility"))) is not None:
        draft.facilities.append(Reference(label=facility))
    add_parameters(draft, node.child("customMetadata"))
    return _finished(draft, node, "instrument", provenance)


def read_proposal(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a title nor an identifier."""
    draft = Draft(provenance.identifier)
    number = node.text("proposalId") or node.text("_id") or node.text("id")
    # Numbers of proposals are counted at each facility anew.
    draft.add_identifier(number, None if (number or "").startswith("10.") else LOCAL, own=False)
    draft.add_title(node.text("title"), "title")
    draft.add_description(node.text("abstract"), "abstract")
    draft.type_label = clean_line(node.text("type"))
    leader = _person(node, "pi_firstname", "pi_lastname")
    proposer = _person(node, "firstname", "lastname")
    draft.creators += [one for one in (leader or proposer,) if one is not None]
    if proposer is not None and proposer not in draft.creators:
        draft.contributors.append(replace(proposer, role="ProjectMember"))
    node.take("email", "pi_email")
    add_period(draft, moment(node, "startTime"), moment(node, "endTime"), "startTime")
    for period in node.children("MeasurementPeriodList", "measurementPeriodList"):
        _add_period(draft, period)
    draft.instruments += references(node, "instrumentIds", "instrumentId")
    if (parent := clean_line(node.text("parentProposalId"))) is not None:
        draft.relate("IsPartOf", parent, LOCAL, target_kind="project")
    add_parameters(draft, node.child("metadata"))
    return _finished(draft, node, "project", provenance)


def read_sample(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a description nor an identifier."""
    draft = Draft(provenance.identifier)
    draft.add_identifier(node.text("sampleId") or node.text("_id") or node.text("id"), LOCAL, own=False)
    name, description = node.text("sampleName"), node.text("description")
    draft.add_title(name or description, "description")
    if name is not None:
        draft.add_description(description, "description")
    draft.creators += people(draft, node, "owner")
    draft.type_label = clean_line(node.text("type"))
    draft.proposals += references(node, "proposalId", "proposalIds", scheme=LOCAL)
    if (parent := clean_line(node.text("parentSampleId"))) is not None:
        draft.relate("IsPartOf", parent, LOCAL, target_kind="sample")
    add_parameters(draft, node.child("sampleCharacteristics"))
    return _finished(draft, node, "sample", provenance)


def _finished(draft: Draft, node: Node, kind: str, provenance: Provenance) -> Mapped:
    add_record_dates(draft, node)
    node.take(*INTERNAL)
    draft.keep_all(node.left())
    return draft.finished(kind, provenance)  # type: ignore[arg-type]


def _person(node: Node, given: str, family: str) -> Agent | None:
    first, last = read_name(node.text(given)), read_name(node.text(family))
    name = ", ".join(part for part in (last, first) if part)
    return Agent(name=name, given=first, family=last, kind="person") if name else None


def _add_period(draft: Draft, period: Node) -> None:
    """A time of measurement, on an instrument by name or as «/PSI/SLS/TOMCAT»."""
    place = clean_line(period.text("instrument"))
    if place is not None:
        parts = [part for part in place.split("/") if part]
        draft.instruments.append(Reference(label=parts[-1] if parts else place))
        draft.facilities += [Reference(label=parts[-2])] if len(parts) > 1 else []
    add_period(draft, moment(period, "start"), moment(period, "end"), period.path)
    period.take("id", "createdAt")
