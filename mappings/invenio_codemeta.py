"""What a codemeta.json beside a record of a repository adds to it (CodeMeta 2 and 3).

The record itself is what its repository says; here only gaps of it are filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalogue.record import Agent, AgentIdentifier, Environment
from mappings.agents import agent_identifier, read_name
from mappings.draft import Draft
from mappings.invenio_agents import read_affiliation
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url

_REQUIREMENTS = ("softwareRequirements", "runtimePlatform", "operatingSystem", "processorRequirements")
_RELATIONS = {
    "referencePublication": "IsDescribedBy",
    "citation": "References",
    "isPartOf": "IsPartOf",
    "hasPart": "HasPart",
    "softwareHelp": "IsDocumentedBy",
    "isBasedOn": "IsDerivedFrom",
}


def read_codemeta(draft: Draft, codemeta: Node) -> None:
    """Environment, ORCID iDs and affiliations of the authors, relations, keywords; the rest stays."""
    draft.environment = _environment(draft.environment, codemeta)
    known = [*_people(draft, codemeta, "author", "creator"), *_people(draft, codemeta, "contributor")]
    draft.creators = [_completed(agent, known) for agent in draft.creators]
    draft.contributors = [_completed(agent, known) for agent in draft.contributors]
    for name, type_ in _RELATIONS.items():
        for node in codemeta.children(name):
            value = clean_url(node.text("@id", "id", "url", "identifier") or node.text())
            title = clean_line(node.text("name", "title", "headline"))
            if value is not None and ("://" in value or value.startswith("10.")):
                draft.relate(type_, value, title=title)
            elif value is not None:
                draft.keep(node.path, value)
    words = {one.label.casefold() for one in draft.subjects}
    for _, text in codemeta.texts("keywords"):
        for word in text.split(","):
            if word.strip().casefold() not in words:
                draft.add_subject(word)
    if not draft.rights:
        for _, text in codemeta.texts("license"):
            draft.add_rights(text)
    draft.version = draft.version or clean_line(codemeta.text("version"))
    _take_repetitions(draft, codemeta)


def _environment(before: Environment | None, codemeta: Node) -> Environment | None:
    languages = list(before.languages if before else ())
    for node in codemeta.children("programmingLanguage"):
        language = clean_line(node.text() or _named(node))
        if language is not None and language.casefold() not in [one.casefold() for one in languages]:
            languages.append(language)
    requirements = [
        text
        for name in _REQUIREMENTS
        for node in codemeta.children(name)
        if (text := clean_line(node.text() or _named(node)))
    ]
    repository = before.repository if before else None
    said = clean_url(codemeta.text("codeRepository"))
    if not (languages or requirements or repository or said):
        return before
    return Environment(
        languages=tuple(languages),
        repository=repository or said,
        requirements=tuple(dict.fromkeys(requirements)),
    )


def _named(node: Node) -> str | None:
    """Name and version of a thing («Python 3.11»)."""
    version = node.text("version")
    name = node.text("name", "identifier", "@id")
    node.take("@type", "type", "url")
    return f"{name} {version}" if name and version and version not in name else name


def _people(draft: Draft, codemeta: Node, *names: str) -> Iterator[Agent]:
    for node in codemeta.children(*names):
        given, family = read_name(node.text("givenName")), read_name(node.text("familyName"))
        name = read_name(node.text("name")) or ", ".join(filter(None, (family, given)))
        value = clean_url(node.text("@id", "id", "identifier"))
        identifier = agent_identifier(value, None) if value and "_:" not in value else None
        if not name:
            continue
        affiliations = [read_affiliation(draft, one) for one in node.children("affiliation")]
        yield Agent(
            name=name,
            given=given,
            family=family,
            identifiers=_of_person(identifier),
            affiliations=tuple(one for one in affiliations if one is not None),
        )


def _of_person(identifier: AgentIdentifier | None) -> tuple[AgentIdentifier, ...]:
    return (identifier,) if identifier is not None and identifier.scheme in ("orcid", "isni", "gnd") else ()


def _completed(agent: Agent, known: list[Agent]) -> Agent:
    """The agent with the identifiers and affiliations that only the codemeta.json knows of him."""
    same = [one for one in known if _names(one) & _names(agent)]
    if len(same) != 1:
        return agent
    return replace(
        agent,
        given=agent.given or same[0].given,
        family=agent.family or same[0].family,
        kind=agent.kind or ("person" if same[0].family else None),
        identifiers=agent.identifiers or same[0].identifiers,
        affiliations=agent.affiliations or same[0].affiliations,
    )


def _names(agent: Agent) -> set[str]:
    """The ways to write a name: «Family, Given», «Given Family»."""
    found = {agent.name}
    if agent.given and agent.family:
        found |= {f"{agent.family}, {agent.given}", f"{agent.given} {agent.family}"}
    return {name.casefold() for name in found}


def _take_repetitions(draft: Draft, codemeta: Node) -> None:
    """What the repository's own record says too."""
    codemeta.take("@context", "@type", "type", "license")
    if clean_line(codemeta.text("name")) not in [one.value for one in draft.found_titles]:
        draft.keep(codemeta.where("name"), codemeta.text("name"))
    if draft.version != clean_line(codemeta.text("version")):
        draft.keep(codemeta.where("version"), codemeta.text("version"))
