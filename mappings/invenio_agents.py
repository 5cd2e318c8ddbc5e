"""People and organisations of InvenioRDM and Zenodo JSON."""

from __future__ import annotations

from typing import Literal

from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.agents import agent_identifier, read_name, split_name
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.terms import contributor_role
from mappings.text import clean_line

_KINDS: dict[str, Literal["person", "organisation"]] = {
    "personal": "person",
    "organizational": "organisation",
    "organisational": "organisation",
}
_SCHEMES = ("orcid", "gnd", "isni", "ror")


def label(node: Node) -> str | None:
    """The label of a vocabulary's entry: its English title, else any title, else its identifier."""
    if not node.is_object:
        return clean_line(node.text())
    title = node.child("title")
    found = title.text("en") or next((one.text() for _, one in title.members() if one.text()), None)
    found = clean_line(found or title.text())
    title.take()
    return found or clean_line(node.text("id", "name"))


def read_agents(draft: Draft, parent: Node, *names: str, role: str | None = None) -> list[Agent]:
    """The agents of the first of these lists that is there; ``role`` is theirs where they say none."""
    found: list[Agent] = []
    for node in parent.children(*names):
        agent = _agent(draft, node, role)
        if agent is not None:
            found.append(agent)
    return found


def _agent(draft: Draft, node: Node, role: str | None) -> Agent | None:
    person = node.child("person_or_org") if node.has("person_or_org") else node
    given, family = read_name(person.text("given_name")), read_name(person.text("family_name"))
    name = read_name(person.text("name") or person.text()) or ", ".join(filter(None, (family, given)))
    if not name:
        return None
    type_ = person.text("type") if person is not node else None
    kind = _KINDS.get((type_ or "").casefold())
    if type_ and kind is None:
        draft.keep(person.where("type"), type_)
    if given or family:
        kind = kind or "person"
    elif kind == "person" or (kind is None and person is node and person.has("orcid")):
        given, family = split_name(name)
        kind = "person"
    said = node.child("role") if person is not node else node.child("role", "type")
    code = said.text("id") if said.is_object else said.text()
    if said.is_object:
        label(said)
    return Agent(
        name=name,
        given=given,
        family=family,
        kind=kind,
        identifiers=_identifiers(draft, person),
        affiliations=_affiliations(draft, node),
        role=contributor_role(code) or role,
    )


def _identifiers(draft: Draft, person: Node) -> tuple[AgentIdentifier, ...]:
    said: list[tuple[Node, str | None, str | None]] = []
    for node in person.children("identifiers"):
        said.append((node, node.text("identifier") or node.text(), node.text("scheme")))
    for scheme in _SCHEMES:
        node = person.child(scheme)
        value = node.text("value", "identifier", "id") if node.is_object else node.text()
        said.append((node, value, scheme))
    found: dict[AgentIdentifier, None] = {}
    for node, value, known in said:
        if value is None:
            continue
        identifier = agent_identifier(value, known)
        if identifier is None:
            draft.issue(node.path, f"This is not valid as {known or 'identifier'}.", value)
            draft.keep(node.path, f"{known}: {value}" if known else value)
        else:
            found[identifier] = None
    return tuple(found)


def _affiliations(draft: Draft, node: Node) -> tuple[Affiliation, ...]:
    found: list[Affiliation] = []
    for one in node.children("affiliations", "affiliation"):
        affiliation = read_affiliation(draft, one)
        if affiliation is not None and affiliation not in found:
            found.append(affiliation)
    return tuple(found)


def read_affiliation(draft: Draft, node: Node) -> Affiliation | None:
    """An institution by name, with its ROR or another identifier: of those said, the first valid one."""
    if not node.is_object:
        name = read_name(node.text())
        return Affiliation(name=name) if name is not None else None
    own = node.text("id")
    name = read_name(node.text("name")) or read_name(own)
    best: AgentIdentifier | None = None
    for one in node.children("identifiers"):
        value, scheme = one.text("identifier") or one.text(), one.text("scheme")
        found = agent_identifier(value, scheme) if value else None
        if found is None and value:
            draft.issue(one.path, f"This is not valid as {scheme or 'identifier'}.", value)
            draft.keep(one.path, f"{scheme}: {value}" if scheme else value)
        elif found is not None and best is not None and found != best:
            draft.keep(one.path, f"{found.scheme}: {found.value}")
        best = best or found
    if own is not None and (best is None or best.value != own):
        # The vocabulary of affiliations is ROR's wherever its identifiers are.
        ror = agent_identifier(own, "ror")
        if ror is None or ror.scheme != "ror":
            draft.keep(node.where("id"), own if name != own else None)
        best = best or (ror if ror is not None and ror.scheme == "ror" else None)
    if name is None:
        return Affiliation(name=best.value, identifier=best.value, scheme=best.scheme) if best else None
    return Affiliation(
        name=name,
        identifier=best.value if best else None,
        scheme=best.scheme if best else None,
    )
