"""Citation File Format 1.0 to 1.2: CITATION.cff, how software or data want to be cited."""

from __future__ import annotations

import re
from typing import Any

from catalogue.errors import NotARecord
from catalogue.identity import is_url, normal_identifier
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Distribution,
    Environment,
    Identifier,
    Kind,
    Mapped,
    Provenance,
    Term,
)
from mappings.agents import agent_identifier, read_name
from mappings.base import Format
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url
from mappings.yaml_reading import document_in

_MOST = 1_000
_CONCEPT = re.compile(r"\bconcept\b|\ball versions\b", re.IGNORECASE)
_SCHEMES = {"doi": "doi", "url": None, "swh": "swhid", "other": None}
_KINDS: dict[str, str] = {
    "software": "software",
    "software-code": "software",
    "software-container": "software",
    "software-executable": "software",
    "software-virtual-machine": "software",
    "data": "dataset",
    "dataset": "dataset",
    "database": "dataset",
}


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a CITATION.cff; raises `RecordRefused`."""
    if not isinstance(document, dict):
        raise NotARecord("A CITATION.cff is a YAML mapping.")
    cff = Node(document)
    if not cff.has("cff-version", "authors", "title"):
        raise NotARecord("This is no Citation File Format: there is no «cff-version».", path="cff-version")
    cff.take("cff-version", "message")
    draft = Draft(provenance.identifier)
    draft.add_title(cff.text("title"), "title")
    draft.add_description(cff.text("abstract"), "abstract")
    _identifiers(draft, cff)
    draft.creators.extend(_agents(draft, cff, "authors"))
    draft.contributors.extend(_agents(draft, cff, "contact", "ContactPerson"))
    draft.add_date(cff.text("date-released"), "issued", "date-released")
    words = dict.fromkeys(text for _, one in cff.texts("keywords") if (text := clean_line(one)) is not None)
    draft.subjects.extend(Term(label=text) for text in words)
    _rights(draft, cff)
    draft.version = clean_line(cff.text("version"))
    _places(draft, cff)
    _citations(draft, cff)
    draft.keep_all(cff.left())
    kind: Kind = "dataset" if _KINDS.get(cff.text("type") or "") == "dataset" else "software"
    return draft.finished(kind, provenance)


def _identifiers(draft: Draft, cff: Node) -> None:
    doi = clean_url(cff.text("doi"))
    if doi is not None:
        draft.add_identifier(doi, "doi")
    for node in cff.children("identifiers")[:_MOST]:
        type, value = node.text("type") or "other", node.text("value")
        if value is None:
            continue
        scheme = _SCHEMES.get(type.casefold())
        words = node.text("description")
        known = normal_identifier(value, scheme)
        if known.scheme == "doi" and words and _CONCEPT.search(words) and _has_another_doi(cff, node, doi):
            # What names all versions must not join them to one product.
            draft.identifiers.append(Identifier(scheme="doi", value=known.value, role="version-of-concept"))
        else:
            draft.add_identifier(value, scheme, own=known.scheme not in ("other", "url"))
        if words:
            draft.keep(node.where("description"), f"{words} ({value})")


def _has_another_doi(cff: Node, node: Node, doi: str | None) -> bool:
    """Whether this version has a DOI of its own beside the one of all versions."""
    others = [one.text("value") for one in cff.children("identifiers") if one is not node]
    known = normal_identifier(node.text("value") or "", "doi")
    found = [normal_identifier(one, None) for one in (doi, *others) if one]
    return any(one.scheme == "doi" for one in found) and not (
        doi is not None and normal_identifier(doi, "doi").value == known.value
    )


def _agents(draft: Draft, cff: Node, member: str, role: str | None = None) -> list[Agent]:
    found = (_agent(draft, node, role) for node in cff.children(member))
    return [agent for agent in found if agent is not None]


def _agent(draft: Draft, node: Node, role: str | None) -> Agent | None:
    """A person, or an entity, which has a ``name`` (CFF 1.2.0, definitions.person and .entity)."""
    node.take("email", "tel", "fax")
    if not node.is_object:
        name = read_name(node.text())
        return Agent(name=name, role=role) if name else None
    family = read_name(_words(node, "name-particle", "family-names", "name-suffix"))
    given = read_name(node.text("given-names"))
    name = ", ".join(part for part in (family, given) if part) or read_name(node.text("name", "alias"))
    if name is None:
        return None
    is_person = bool(family or given)
    affiliations = tuple(
        Affiliation(name=text) for _, one in node.texts("affiliation") if (text := read_name(one)) is not None
    )
    return Agent(
        name=name,
        given=given if is_person else None,
        family=family if is_person else None,
        kind="person" if is_person else "organisation" if node.has("name") else None,
        identifiers=_orcid(draft, node),
        affiliations=affiliations,
        role=role,
    )


def _words(node: Node, *names: str) -> str:
    return " ".join(text for name in names if (text := clean_line(node.text(name))) is not None)


def _orcid(draft: Draft, node: Node) -> tuple[AgentIdentifier, ...]:
    text = clean_url(node.text("orcid"))
    if text is None:
        return ()
    found = agent_identifier(text, "orcid")
    if found is None:
        draft.issue(node.where("orcid"), "This is not valid as ORCID.", text)
        return ()
    return (found,)


def _rights(draft: Draft, cff: Node) -> None:
    urls = [text for _, text in cff.texts("license-url")]
    licences = [text for _, text in cff.texts("license")]
    for index, text in enumerate(licences):
        draft.add_rights(None, urls[0] if urls and len(licences) == 1 and not index else None, text)
    for url in urls if len(licences) != 1 else ():
        draft.add_rights(None, url)


def _places(draft: Draft, cff: Node) -> None:
    """Where the code, its releases and its page are; the commit that the file speaks of."""
    code = clean_url(cff.text("repository-code"))
    other = clean_url(cff.text("repository"))
    if code or other:
        draft.environment = Environment(repository=code or other)
    if code and other and other != code:
        draft.keep("repository", other)
    artifact = clean_url(cff.text("repository-artifact"))
    if artifact and is_url(artifact):
        draft.distributions.append(Distribution(url=artifact))
    url = clean_url(cff.text("url"))
    if url:
        draft.add_identifier(url, own=False)


def _citations(draft: Draft, cff: Node) -> None:
    """The paper to cite in place of the software, and what the software refers to."""
    own = {(one.scheme, one.value) for one in draft.identifiers}
    for node in cff.children("preferred-citation"):
        _cited(draft, node, "IsSupplementTo", own)
    for node in cff.children("references"):
        _cited(draft, node, "References", own)


def _cited(draft: Draft, node: Node, type: str, own: set[tuple[str, str]]) -> None:
    value = clean_url(node.text("doi"))
    scheme = "doi" if value else None
    if value is None:
        listed = next((one.text("value") for one in node.children("identifiers") if one.has("value")), None)
        value = clean_url(listed) or clean_url(node.text("url", "repository-code", "repository"))
    if value is None:
        return
    known = normal_identifier(value, scheme)
    if (known.scheme, known.value) in own:
        return
    said = (node.text("type") or "").casefold()
    kind = _KINDS.get(said) or ("publication" if said and said != "generic" else None)
    draft.relate(type, value, scheme, target_kind=kind, title=node.text("title"))


def recognises(document: Any) -> bool:
    """Whether a YAML value says that it is Citation File Format."""
    return isinstance(document, dict) and "cff-version" in document


FORMAT = Format(
    prefix="cff",
    title="Citation File Format",
    media_type="application/yaml",
    schema="https://citation-file-format.github.io/1.2.0/schema.json",
    read=read,
    recognises=recognises,
    parse=document_in,
    rank=30,
)
