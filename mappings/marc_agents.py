"""Persons and corporate bodies of MARC (fields 100, 110, 700, 710)."""

from __future__ import annotations

import re

from catalogue.record import Affiliation, Agent, AgentIdentifier
from mappings.agents import agent_identifier, read_name, split_name
from mappings.marc_draft import MarcDraft
from mappings.marc_fields import Field, trimmed
from mappings.terms import contributor_role

_AUTHORSHIP = frozenset({"aut", "cre", "author", "creator"})
_IDENTIFIER = re.compile(r"\(([A-Za-z\-]+)\)\s*(.+)|(ORCID|INSPIRE)[:\-]\s*(.+)", re.IGNORECASE)


def read_person(draft: MarcDraft, field: Field) -> None:
    """An author, or a person with another role; a name with a title ($t) is a related work instead."""
    if any(code == "t" for code, _ in field.subfields):
        return
    text = field.one("a")
    name = read_name(trimmed(text)) if text is not None else None
    if name is None:
        return
    given, family = split_name(name)
    role = _role(field)
    agent = Agent(
        name=name,
        given=given,
        family=family,
        kind="person" if field.first == "1" or given else None,
        identifiers=_identifiers(draft, field),
        affiliations=tuple(Affiliation(name=one) for one in field.all("u")),
        role=role,
    )
    (draft.creators if role is None else draft.contributors).append(agent)


def read_corporate(draft: MarcDraft, field: Field) -> None:
    """A corporate author, a contributing body, or the collaboration ($g) of CERN and INSPIRE."""
    if any(code == "t" for code, _ in field.subfields):
        return
    for group in field.all("g"):
        draft.contributors.append(Agent(name=group, kind="organisation", role="ResearchGroup"))
    parts = [trimmed(part) for part in field.all("ab")]
    name = read_name(". ".join(part for part in parts if part))
    if name is None:
        return
    role = _role(field)
    agent = Agent(name=name, kind="organisation", identifiers=_identifiers(draft, field), role=role)
    (draft.creators if role is None and field.tag == "110" else draft.contributors).append(agent)


def _role(field: Field) -> str | None:
    """What a person did other than to write; a second role stays in the rest."""
    word = field.one("4") or field.one("e")
    if word is None or trimmed(word).casefold().rstrip(".") in _AUTHORSHIP:
        return None
    return contributor_role(trimmed(word))


def _identifiers(draft: MarcDraft, field: Field) -> tuple[AgentIdentifier, ...]:
    """ORCID, GND, INSPIRE … as «(orcid)0000-…», «ORCID:0000-…» or an address."""
    found: list[AgentIdentifier] = []
    for text in field.all("0ijk1"):
        match = _IDENTIFIER.fullmatch(text)
        scheme, value = (match[1] or match[3], match[2] or match[4]) if match else (None, text)
        identifier = agent_identifier(value, scheme)
        if identifier is None or identifier.scheme == "other":
            draft.keep(f"{field.tag}$0", text)
        elif identifier not in found:
            found.append(identifier)
    return tuple(found)
