"""What all records of ICAT have: identifiers, people, parameters, facilities."""

from __future__ import annotations

import re

from catalogue.identity import scheme_and_value
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Kind,
    Mapped,
    Parameter,
    Provenance,
    Reference,
    Term,
)
from mappings.agents import agent_identifier, read_name
from mappings.dates import OF_DESCRIPTION
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.scicat_draft import add_techniques
from mappings.text import clean_block, clean_line
from vocab.base import vocabulary

KEY = "icat"
_PID = re.compile(
    r"(DOI|IGSN|ROR|URL|HANDLE|HDL|ARK|ORCID|ISNI|GRID|RAID|Crossref Funder ID)\s*:\s*(\S.*)", re.IGNORECASE
)
_INTERNAL = (
    "id",
    "createId",
    "modId",
    "createTime",
    "modTime",
    "investigationGroups",
    "userGroups",
    "groups",
)
_PRIVATE = re.compile(r"(?:^|\.|\])(?:email|createId|modId|id)$|\.user\.name$|[Gg]rouping")
_NO_UNIT = frozenset({"n/a", "na", "-", "none", ""})


def pid_of(text: str | None) -> tuple[str, str | None] | None:
    """A persistent identifier without the name of its scheme before it, and that name."""
    cleaned = clean_line(text)
    if cleaned is None:
        return None
    match = _PID.fullmatch(cleaned)
    if match is None:
        return cleaned, None
    scheme, value = match[1], match[2]
    if scheme.casefold() == "url":
        return value, None
    if scheme_and_value(value, scheme)[0] == "other":
        # What is no valid identifier of the scheme that it names stays as it was written.
        return cleaned, None
    return value, scheme


def add_names(draft: Draft, node: Node, key: str | None) -> None:
    """DOI and pid, else the key of the dump."""
    for name in ("doi", "pid"):
        found = pid_of(node.text(name))
        if found is not None:
            draft.add_identifier(*found)
    draft.add_identifier(key, KEY, own=not draft.identifiers)


def label_of(node: Node) -> str | None:
    """What an object is called."""
    return (
        clean_line(node.text("fullName")) or clean_line(node.text("title")) or clean_line(node.text("name"))
    )


def reference_of(node: Node) -> Reference | None:
    """A thing by its name and pid."""
    label, found = label_of(node), pid_of(node.text("pid"))
    node.take("name", "fullName", "title", "description", "id", "type")
    if found is None:
        return Reference(label=label) if label is not None else None
    scheme, value = scheme_and_value(*found)
    return Reference(label=label or value, identifier=value, scheme=scheme)


def add_facility(draft: Draft, node: Node) -> None:
    """The facility, which is the publisher too."""
    for one in node.children("facility"):
        label = label_of(one) if one.is_object else clean_line(one.text())
        if label is None:
            continue
        url = clean_line(one.text("url")) if one.is_object else None
        draft.facilities.append(Reference(label=label, uri=url))
        if draft.publisher is None:
            draft.publisher = Agent(name=label, kind="organisation")
        one.take()


def add_things(draft: Draft, node: Node) -> None:
    """Instruments and techniques, by the names that datasets and investigations have for them."""
    for name in ("datasetInstruments", "investigationInstruments"):
        for one in node.children(name):
            for instrument in one.children("instrument"):
                short = clean_line(instrument.text("name"))
                found = reference_of(instrument)
                if found is not None:
                    draft.instruments.append(found)
                if found is not None and short not in (None, found.label):
                    draft.keep("instrument.name", f"{found.label}: {short}")
                instrument.take()
    for one in node.children("datasetTechniques"):
        for technique in one.children("technique"):
            pid = (technique.text("pid") or "").removeprefix("PaNET:")
            label = technique.text("name")
            add_techniques(draft, Node({"techniques": [{"pid": pid, "name": label}]}))
            technique.take()


def person_of(node: Node) -> Agent | None:
    """A person; accounts and addresses are not read."""
    given, family = read_name(node.text("givenName")), read_name(node.text("familyName"))
    full = read_name(node.text("fullName"))
    name = f"{family}, {given}" if family and given else full or family
    node.take("email", "name", "fullName", "id", "orderKey")
    if name is None:
        return None
    return Agent(
        name=name,
        given=given if family else None,
        family=family if given else None,
        kind="person" if family and given else None,
        identifiers=_orcid(node),
        affiliations=tuple(_affiliations(node)),
    )


def _orcid(node: Node) -> tuple[AgentIdentifier, ...]:
    text = clean_line(node.text("orcidId"))
    found = agent_identifier(text, "orcid") if text is not None else None
    return (found,) if found is not None else ()


def _affiliations(node: Node) -> list[Affiliation]:
    found: list[Affiliation] = []
    for one in node.children("affiliations"):
        # The name only says at which place of the list it stands («01: Nancy»).
        label = clean_line(one.text("fullReference")) or clean_line(one.text("name"))
        pid = pid_of(one.text("pid"))
        one.take("name")
        if label is not None and pid is not None:
            scheme, value = scheme_and_value(*pid)
            found.append(Affiliation(name=label, identifier=value, scheme=scheme))
        elif label is not None:
            found.append(Affiliation(name=label))
    plain = clean_line(node.text("affiliation"))
    if plain is not None and not found:
        found.append(Affiliation(name=plain))
    return found


def add_parameters(draft: Draft, node: Node, group: str | None = None) -> None:
    """Values with their ranges and units; a probe is a messenger too."""
    for one in node.children("parameters"):
        kind = one.child("type")
        name = clean_line(kind.text("name")) if kind.is_object else clean_line(kind.text())
        if name is None:
            continue
        unit = clean_line(kind.text("units")) if kind.is_object else None
        text = clean_block(one.text("stringValue")) or clean_line(one.text("dateTimeValue"))
        draft.parameters.append(
            Parameter(
                name=name,
                value=_number(one, "numericValue"),
                low=_number(one, "rangeBottom"),
                high=_number(one, "rangeTop"),
                text=text,
                unit=unit if unit is not None and unit.casefold() not in _NO_UNIT else None,
                path=group,
            )
        )
        kind.take()
        one.take("id")
        concept = vocabulary("messengers").lookup(text) if text and name.casefold() == "probe" else None
        if concept is not None:
            draft.messengers.append(Term(label=concept.label, uri=concept.uri, scheme="messenger"))


def _number(node: Node, name: str) -> float | None:
    try:
        return float(node.text(name) or "")
    except ValueError:
        return None


def add_stamps(draft: Draft, node: Node) -> None:
    """When the description was made and changed."""
    draft.add_date(node.text("createTime"), "created", "createTime", OF_DESCRIPTION)
    draft.add_date(node.text("modTime"), "updated", "modTime", OF_DESCRIPTION)


def finished(draft: Draft, node: Node, kind: Kind, provenance: Provenance) -> Mapped:
    """The record; what nobody took is kept, but accounts and addresses."""
    add_stamps(draft, node)
    node.take(*_INTERNAL)
    draft.keep_all((path, text) for path, text in node.left() if not _PRIVATE.search(path))
    return draft.finished(kind, provenance)
