"""Who made, keeps and gives out what a DIF describes."""

from __future__ import annotations

from dataclasses import replace

from catalogue.record import Agent, AgentIdentifier, Distribution
from mappings.agents import agent_identifier, read_name
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_url
from mappings.xml_tree import words, words_at

_ROLES = {
    "investigator": "Researcher",
    "technical contact": "ContactPerson",
    "data center contact": "ContactPerson",
    "metadata author": "DataCurator",
    "dif author": "DataCurator",
}


def read_citation(draft: Draft, node: Node) -> None:
    """How the data are cited: creators, title, version, release and publisher."""
    first = not draft.creators
    for name in _names(words_at(node, "Dataset_Creator")):
        agent = Agent(name=name)
        if first and agent not in draft.creators:
            draft.creators.append(agent)
    for name in _names(words_at(node, "Dataset_Editor")):
        draft.contributors.append(Agent(name=name, role="Editor"))
    title = words_at(node, "Dataset_Title")
    if title is not None and title not in {one.value for one in draft.found_titles}:
        draft.add_title(
            title, node.where("Dataset_Title"), type="alternative" if draft.found_titles else None
        )
    publisher = read_name(words_at(node, "Dataset_Publisher"))
    if publisher is not None and draft.publisher is None:
        draft.publisher = Agent(name=publisher)
    draft.version = draft.version or words_at(node, "Version")
    draft.add_date(words_at(node, "Dataset_Release_Date"), "issued", node.where("Dataset_Release_Date"))
    draft.add_identifier(words_at(node, "Dataset_DOI"), "DOI")
    for one in node.children("Persistent_Identifier"):
        draft.add_identifier(words_at(one, "Identifier"), words_at(one, "Type"))
    for one in node.children("Online_Resource"):
        url = clean_url(words(one))
        if url is not None:
            draft.distributions.append(Distribution(url=url, title="Online resource"))


def _names(text: str | None) -> list[str]:
    """The names in a list; most write «Family, A., Family, B.», which stays as it is written."""
    cleaned = read_name(text)
    if cleaned is None:
        return []
    parts = cleaned.split(";") if ";" in cleaned else cleaned.split(" and ")
    return [found for one in parts if (found := read_name(one))]


def read_personnel(draft: Draft, node: Node) -> None:
    """People with their roles; never how to reach them."""
    for one in node.children("Personnel"):
        roles = [found for role in one.children("Role") if (found := words(role))]
        for agent in _people(one):
            for role in roles or [""]:
                found = _ROLES.get(role.casefold(), role.title().replace(" ", "") or None)
                draft.contributors.append(replace(agent, role=found))


def _people(node: Node) -> list[Agent]:
    found = [_person(one) for one in node.children("Contact_Person")] or [_person(node)]
    groups = [words_at(one, "Name") for one in node.children("Contact_Group")]
    found += [Agent(name=name, kind="organisation") for name in groups if name is not None]
    for one in (node, *node.children("Contact_Person"), *node.children("Contact_Group")):
        one.take("Email", "Phone", "FAX", "Fax", "Contact_Address", "Address", "@uuid")
    return [one for one in found if one is not None]


def _person(node: Node) -> Agent | None:
    first, middle, last = (words_at(node, f"{part}_Name") for part in ("First", "Middle", "Last"))
    given = " ".join(part for part in (first, middle) if part) or None
    name = read_name(", ".join(part for part in (last, given) if part))
    if name is None:
        return None
    if given is None:
        return Agent(name=name)
    return Agent(name=name, given=given, family=last, kind="person", identifiers=_orcid(node))


def _orcid(node: Node) -> tuple[AgentIdentifier, ...]:
    value = words_at(node, "ORCID_ID")
    found = agent_identifier(value, "orcid") if value is not None else None
    return (found,) if found is not None else ()


def read_organization(draft: Draft, node: Node) -> None:
    """A data centre: publisher where the citation names none, else a contributor."""
    named = node.child("Data_Center_Name", "Organization_Name")
    name = read_name(words_at(named, "Long_Name", "Short_Name"))
    for one in node.children("Data_Set_ID", "Dataset_ID"):
        draft.add_identifier(words(one), "DIF", own=False)
    url = clean_url(words_at(node, "Data_Center_URL", "Organization_URL"))
    if name is not None:
        short = words_at(named, "Short_Name")
        if short is not None and short != name:
            draft.keep(named.where("Short_Name"), short)
        agent = Agent(name=name, kind="organisation")
        if draft.publisher is None:
            draft.publisher = agent
        else:
            types = {words(one) for one in node.children("Organization_Type")}
            role = "Distributor" if not types or "DISTRIBUTOR" in types else "HostingInstitution"
            draft.contributors.append(Agent(name=name, kind="organisation", role=role))
    draft.keep(node.where("URL"), url)
    read_personnel(draft, node)
