"""Who made a resource, what it is about, what it is related to (VOResource 1.1, section 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalogue.identity import normal_identifier, resolver_url
from catalogue.record import Agent, Date, Record, Reference, Relation
from mappings.dates import OF_DESCRIPTION
from mappings.ivo_writing_values import (
    agent_uri,
    attribute_of,
    element,
    identifier_uri,
    ivoid,
    timestamp,
    token,
    uri,
    web_address,
)
from vocab.base import vocabulary

UNKNOWN = ":unav"
"""What stands where the schema demands a text and none is known; every reader of ours drops it."""

_SOURCES = ("bibcode", "doi", "arxiv", "url")
_ROLES = {one.values["kind"]: one.code for one in vocabulary("date_types") if one.values["kind"] != "other"}


def written_curation(record: Record) -> str:
    """Publisher, creators, contributors, dates, version and contacts; never an e-mail address."""
    contacts = [one for one in record.contributors if one.role == "ContactPerson"]
    others = [one for one in record.contributors if one.role != "ContactPerson"]
    logo = element("logo", uri(_kept(record, "curation/creator/logo", record.creators)))
    address = element("address", token(_kept(record, "curation/contact/address", contacts)))
    return (
        "<curation>"
        + _named("publisher", record.publisher or Agent(name=UNKNOWN))
        + "".join(_person("creator", one, logo) for one in record.creators)
        + "".join(_named("contributor", one) for one in others)
        + "".join(_date(one) for one in record.dates)
        + element("version", token(record.version))
        + "".join(_person("contact", one, address) for one in contacts or (Agent(name=UNKNOWN),))
        + "</curation>"
    )


def _kept(record: Record, path: str, agents: Sequence[Agent]) -> str | None:
    """What was said of the only agent of its kind."""
    found = [one.text for one in record.extra if one.path == path]
    return found[0] if len(found) == len(agents) == 1 else None


def _identified(agent: Agent) -> tuple[str | None, list[str]]:
    """The IVOID of an agent, and its other identifiers as URIs."""
    own: str | None = None
    others: list[str] = []
    for one in agent.identifiers:
        found = ivoid(one.value) if own is None and one.scheme == "ivoid" else None
        if found is not None:
            own = found
            continue
        other = agent_uri(one.scheme, one.value)
        if other is not None:
            others.append(other)
    return own, others


def _named(name: str, agent: Agent) -> str:
    """A resource name: it has room for one identifier of each kind."""
    own, others = _identified(agent)
    said = attribute_of("ivo-id", own) + attribute_of("altIdentifier", next(iter(others), None))
    return element(name, token(agent.name) or UNKNOWN, said)


def _person(name: str, agent: Agent, more: str) -> str:
    own, others = _identified(agent)
    return (
        f"<{name}{attribute_of('ivo-id', own)}>{element('name', token(agent.name) or UNKNOWN)}{more}"
        f"{''.join(element('altIdentifier', one) for one in others)}</{name}>"
    )


def _date(date: Date) -> str:
    """A day or a moment; a month or a year becomes its first day, as the schema has no less."""
    if date.text == OF_DESCRIPTION or date.start is None or date.start != date.end:
        return ""
    moment = timestamp(date.start)
    if moment is None:
        return ""
    role = _ROLES.get(date.kind) or date.text or "Other"
    return element("date", moment if "T" in date.start else moment[:10], attribute_of("role", role))


def written_content(record: Record, address: str) -> str:
    """Subjects, description, source, page, types and relations.

    ``address`` is that of the page which describes the resource.
    """
    source = _source(record.relations)
    kept = {name: [one.text for one in record.extra if one.path == f"content/{name}"] for name in _KEPT}
    relations = [one for one in (*record.relations, *_concepts(record)) if one is not source]
    return (
        "<content>"
        + ("".join(_subjects(record)) or element("subject", UNKNOWN))
        + element("description", _description(record) or UNKNOWN)
        + (
            _written_source(source)
            if source is not None
            else element("source", next(iter(kept["source"]), None))
        )
        + element("referenceURL", address)
        + "".join(element("type", token(one)) for one in kept["type"])
        + "".join(element("contentLevel", token(one)) for one in kept["contentLevel"])
        + "".join(_relationship(one) for one in relations)
        + "".join(_unidentified(record))
        + "</content>"
    )


_KEPT = ("source", "type", "contentLevel")


def _subjects(record: Record) -> Iterator[str]:
    for one in record.subjects:
        yield element("subject", token(one.label))


def _description(record: Record) -> str | None:
    """The abstract, else the first description of any type."""
    found = [one.value for one in record.descriptions if one.type in ("abstract", None)]
    return next(iter(found or [one.value for one in record.descriptions]), None)


def _source(relations: Iterable[Relation]) -> Relation | None:
    """The publication from which the resource was derived; there is room for one."""
    for one in relations:
        if one.type == "IsDerivedFrom" and one.target_kind == "publication" and one.scheme in _SOURCES:
            return one
    return None


def _written_source(source: Relation) -> str:
    if source.scheme == "bibcode":
        return element("source", source.value, ' format="bibcode"')
    return element("source", identifier_uri(source.scheme, source.value))


def _concepts(record: Record) -> Iterator[Relation]:
    for one in record.identifiers:
        if one.role == "version-of-concept":
            yield Relation(type="IsVersionOf", scheme=one.scheme, value=one.value)


def _relationship(relation: Relation) -> str:
    """A related resource, by its IVOID or another identifier."""
    own = ivoid(relation.value) if relation.scheme == "ivoid" else None
    other = identifier_uri(relation.scheme, relation.value) if own is None else None
    if own is None and other is None:
        return ""
    type_ = token(relation.type) or "IsRelatedTo"
    said = attribute_of("ivo-id", own) + attribute_of("altIdentifier", other)
    name = token(relation.title) or own or other
    return (
        f"<relationship>{element('relationshipType', _TERMS.get(type_, type_))}"
        f"{element('relatedResource', name, said)}</relationship>"
    )


def _unidentified(record: Record) -> Iterator[str]:
    """Related resources of which only the name is known."""
    for one in record.extra:
        before, _, type_ = one.path.partition("content/relationship/")
        if type_ and not before and "/" not in type_:
            said = element("relationshipType", token(type_))
            yield f"<relationship>{said}{element('relatedResource', token(one.text))}</relationship>"


_TERMS = {"IsRelatedTo": "related-to"}


def written_names(name: str, references: Iterable[Reference]) -> str:
    """Facilities or instruments with their identifiers."""
    out: list[str] = []
    for one in references:
        said = ""
        if one.identifier is not None:
            scheme = one.scheme or normal_identifier(one.identifier).scheme
            own = ivoid(one.identifier) if scheme == "ivoid" else None
            other = identifier_uri(scheme, one.identifier) if own is None else None
            said = attribute_of("ivo-id", own) + attribute_of("altIdentifier", other)
        out.append(element(name, token(one.label), said))
    return "".join(out)


def reference_url(record: Record) -> str | None:
    """The page that describes the thing: an address among its names, else where a name resolves, else
    where its record was found or where it can be used."""
    for one in record.identifiers:
        if one.scheme == "url" and (found := web_address(one.written or one.value)):
            return found
    for one in record.identifiers:
        if found := web_address(resolver_url(one.scheme, one.value)):
            return found
    addresses = [
        record.provenance.url,
        *(one.url for one in record.distributions[:1]),
        *(one.url for capability in record.capabilities for one in capability.interfaces),
    ]
    return next((found for one in addresses if (found := web_address(one))), None)
