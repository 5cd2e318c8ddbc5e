"""DCAT 1 to 3, as DCAT-AP, CKAN and others write it, as a record of the model."""

from __future__ import annotations

from typing import Any, cast

from catalogue.errors import RecordRefused
from catalogue.identity import is_url
from catalogue.record import (
    Access,
    Affiliation,
    Agent,
    AgentIdentifier,
    Capability,
    DateKind,
    Funding,
    Interface,
    Kind,
    Mapped,
    Provenance,
    Reference,
)
from mappings.agents import agent_identifier, read_name
from mappings.dates import mjd_interval, read_date
from mappings.dcat_graph import trees_of_xml
from mappings.dcat_parts_reading import european_licence, read_distribution, read_place, short_of, text_of
from mappings.dcat_words import DATES, RELATION_TERMS, RELATIONS
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.rights import access_of
from mappings.terms import contributor_role, joined_type, read_language, relation_type, resource_type
from mappings.text import clean_block, clean_line

_KINDS: dict[str, Kind] = {
    "dcat:Dataset": "dataset",
    "dcat:DatasetSeries": "collection",
    "dcat:DataService": "service",
    "dcat:Catalog": "repository",
    "dcat:Catalogue": "repository",
}
_MORE_RELATIONS = {
    "dct:source": "IsDerivedFrom",
    "dcat:hasVersion": "HasVersion",
    "dcat:previousVersion": "IsNewVersionOf",
    "dcat:inSeries": "IsPartOf",
    "dcat:dataset": "HasPart",
    "dcat:service": "HasPart",
    "dcat:catalog": "HasPart",
    "dcat:servesDataset": "IsServiceFor",
    "foaf:page": "IsDocumentedBy",
}
_MORE_DATES: dict[str, DateKind] = {"dct:date": "other"}


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a tree of `dcat_graph`, a list of them or an ``rdf:RDF`` element (the first is meant).

    Raises `RecordRefused` where nothing is described.
    """
    if not isinstance(document, dict | list):
        document = trees_of_xml(document)
    if isinstance(document, list):
        document = document[0] if document else None
    if not isinstance(document, dict):
        raise RecordRefused("This is no description by DCAT.")
    node = Node(document)
    draft = Draft(provenance.identifier)
    _identify(draft, node)
    kind = _kind(draft, node)
    _words(draft, node)
    _people(draft, node)
    _dates(draft, node)
    _subjects(draft, node)
    _rights(draft, node)
    _relations(draft, node)
    _data(draft, node, kind)
    for one in node.children("schema:funding"):
        _funding(draft, one)
    for one in node.children("@type"):
        one.take()
    draft.keep_all((path, text) for path, text in node.left() if ".@type" not in path)
    return draft.finished(kind, provenance, "dct:title")


def _identify(draft: Draft, node: Node) -> None:
    name = node.text("@id")
    for one in node.children("dct:identifier"):
        draft.add_identifier(text_of(one))
    is_named = any(one.role == "own" and one.scheme != "other" for one in draft.identifiers)
    if name is not None and not name.startswith(("_:", "urn:uuid:")):
        # An address beside a lasting name of its own is only where that name is described.
        draft.add_identifier(name, own=not is_named)
    for one in node.children("adms:identifier"):
        scheme = one.text("dct:creator") or (short_of(one.child("dct:creator")) if one.is_object else None)
        value = one.text("skos:notation", "@id") if one.is_object else one.text()
        draft.add_identifier(value, clean_line(scheme), own=False)
    for one in node.children("dcat:landingPage", "foaf:homepage"):
        address = one.text("@id") if one.is_object else one.text()
        if address is not None and is_url(address):
            draft.add_identifier(address, own=False)
        one.take()


def _kind(draft: Draft, node: Node) -> Kind:
    """By what ``dct:type`` says, else by the class."""
    general = next((_KINDS[text] for _, text in node.texts("@type") if text in _KINDS), None)
    known: str | None = None
    words: list[str] = []
    for one in node.children("dct:type"):
        label = clean_line(text_of(one))
        uri = one.text("@id") if one.is_object else None
        concept = (resource_type(uri) if uri else None) or (resource_type(label) if label else None)
        if concept is not None and known is None:
            known = concept.code
        elif label is not None:
            words.append(label)
        one.take()
    if known is not None:
        kind, draft.type_label = joined_type(known, "/".join(words) or None)
        return kind
    draft.type_label = "/".join(words) or None
    return general or "other"


def _words(draft: Draft, node: Node) -> None:
    for one in sorted(node.children("dct:title"), key=_is_foreign):
        type = "translated" if draft.found_titles else None
        draft.add_title(text_of(one), one.path, language=_language(one), type=type)
    for one in node.children("dct:alternative"):
        draft.add_title(text_of(one), one.path, type="alternative", language=_language(one))
    titles = [title.value for title in draft.found_titles]
    for one in node.children("dct:description"):
        words = text_of(one)
        if words not in titles:
            draft.add_description(words, one.path, language=_language(one))
    for one in node.children("dct:language"):
        draft.add_language(_last(one.text("@id")) if one.is_object else one.text())
    version = node.child("dcat:version", "owl:versionInfo", "schema:version")
    draft.version = clean_line(text_of(version))
    draft.sizes += [
        size for one in node.children("dct:extent") if (size := clean_line(text_of(one))) is not None
    ]
    draft.formats += [
        words
        for one in node.children("dct:format")
        if (words := clean_line(text_of(one) or short_of(one))) is not None
    ]


def _language(node: Node) -> str | None:
    return read_language(node.text("@language")) if node.is_object else None


def _is_foreign(node: Node) -> bool:
    """Whether a title is in a language other than English: of several, the main one is English."""
    return (_language(node) or "en").partition("-")[0] != "en"


def _last(address: str | None) -> str | None:
    return address.rstrip("/").rpartition("/")[2] if address is not None else None


def _people(draft: Draft, node: Node) -> None:
    draft.creators += [found for one in node.children("dct:creator") if (found := _agent(one)) is not None]
    for one in node.children("dct:contributor"):
        agent = _agent(one)
        if agent is not None:
            draft.contributors.append(agent)
    for one in node.children("prov:qualifiedAttribution"):
        role = one.child("dcat:hadRole")
        said = text_of(role) or _last(role.text("@id"))
        agent = _agent(one.child("prov:agent"), contributor_role(said) or "Other")
        if agent is not None:
            draft.contributors.append(agent)
        role.take()
    for one in node.children("dct:publisher"):
        if draft.publisher is None:
            draft.publisher = _agent(one)
    for one in node.children("dcat:contactPoint"):
        name = read_name(one.text("vcard:fn", "vcard:organization-name") if one.is_object else None)
        if name is not None:
            draft.contributors.append(Agent(name=name, role="ContactPerson"))
        # How to reach a person is not kept; the page of a help desk is.
        one.take(*(member for member, _ in one.members() if member != "vcard:hasURL"))
        if not one.is_object:
            one.take()


def _agent(node: Node, role: str | None = None) -> Agent | None:
    if not node.is_object:
        name = read_name(node.text())
        return Agent(name=name, role=role) if name is not None else None
    identifiers = _identifiers(node)
    name = read_name(node.text("foaf:name", "vcard:fn", "rdfs:label", "schema:name"))
    name = (
        name or read_name(text_of(node.child("foaf:name"))) or (identifiers[0].value if identifiers else None)
    )
    if name is None:
        return None
    types = {text.rpartition(":")[2] for _, text in node.texts("@type")}
    places = [Affiliation(name=found.name, identifier=_value(found), scheme=_scheme(found))
              for one in node.children("org:memberOf") if (found := _agent(one)) is not None]  # fmt: skip
    node.take("foaf:mbox")
    return Agent(
        name=name,
        given=read_name(node.text("foaf:givenName")),
        family=read_name(node.text("foaf:familyName")),
        kind="person" if "Person" in types else "organisation" if "Organization" in types else None,
        identifiers=identifiers,
        affiliations=tuple(places),
        role=role,
    )


def _value(agent: Agent) -> str | None:
    return agent.identifiers[0].value if agent.identifiers else None


def _scheme(agent: Agent) -> str | None:
    return agent.identifiers[0].scheme if agent.identifiers else None


def _identifiers(node: Node) -> tuple[AgentIdentifier, ...]:
    found: dict[AgentIdentifier, None] = {}
    for one in (*node.children("dct:identifier"), *node.children("@id")):
        text = one.value if isinstance(one.value, str) else None
        identifier = agent_identifier(text, None) if text else None
        if identifier is not None and identifier.scheme not in ("other", "url", "uri"):
            found[identifier] = None
            one.take()
        elif text is not None and text.startswith("_:"):
            one.take()
    return tuple(found)


def _dates(draft: Draft, node: Node) -> None:
    names = {name: cast(DateKind, kind) for kind, name in DATES.items()} | _MORE_DATES
    for name, kind in names.items():
        for one in node.children(name):
            draft.add_date(text_of(one), kind, one.path)
    for one in node.children("dct:temporal"):
        start = clean_line(one.text("dcat:startDate", "schema:startDate"))
        end = clean_line(one.text("dcat:endDate", "schema:endDate"))
        if not start and not end:
            draft.add_date(text_of(one), "collected", one.path)
            continue
        draft.add_date(start if start == end else f"{start or ''}/{end or ''}", "collected", one.path)
        interval = mjd_interval(*_ends(start, end))
        if interval is not None and interval not in draft.temporal:
            draft.temporal.append(interval)


def _ends(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    first = read_date(start, "collected") if start else None
    last = read_date(end, "collected") if end else None
    return first.start if first else None, last.end if last else None


def _subjects(draft: Draft, node: Node) -> None:
    for one in node.children("dcat:keyword"):
        draft.add_subject(text_of(one))
    for name in ("dcat:theme", "dct:subject"):
        for one in node.children(name):
            uri = one.text("@id") if one.is_object else None
            scheme = one.child("skos:inScheme")
            label = text_of(one) or uri
            draft.add_subject(
                label, uri=uri if uri != label else None, scheme=text_of(scheme) or scheme.text("@id")
            )


def _rights(draft: Draft, node: Node) -> None:
    for name in ("dct:license", "dct:rights"):
        for one in node.children(name):
            if one.is_object:
                address = one.text("@id")
                code = one.text("dct:identifier") or european_licence(address)
                draft.add_rights(text_of(one), address, code)
            else:
                text = one.text()
                draft.add_rights(text, None, european_licence(text))
    for one in node.children("dct:accessRights"):
        known = access_of((one.text("@id") if one.is_object else one.text()) or "")
        if known is None:
            draft.add_rights(text_of(one), one.text("@id") if one.is_object else None)
            continue
        until = clean_line(one.text("dct:available")) if one.is_object else None
        how = clean_block(text_of(one)) if one.is_object else None
        draft.access = Access(right=known.right, until=until, how=how)


def _relations(draft: Draft, node: Node) -> None:
    names = {name: type for type, name in RELATIONS.items()} | _MORE_RELATIONS
    for name, type in names.items():
        for one in node.children(name):
            _relate(draft, type, one)
    for one in node.children("dcat:qualifiedRelation"):
        role = one.child("dcat:hadRole")
        term = (role.text("@id") or "").removeprefix(RELATION_TERMS)
        said = relation_type(_last(term) or text_of(role) or "IsRelatedTo")
        role.take()
        for target in one.children("dct:relation"):
            _relate(draft, said, target)


def _relate(draft: Draft, type: str, node: Node) -> None:
    if not node.is_object:
        draft.relate(type, node.text())
        return
    label = text_of(node.child("dct:type"))
    concept = resource_type(label) if label else None
    value = node.text("@id") or node.text("dct:identifier")
    kind = str(concept.values["kind"]) if concept is not None else None
    draft.relate(type, value, target_kind=kind, title=text_of(node.child("dct:title")))
    node.child("dct:type").take()


def _data(draft: Draft, node: Node, kind: Kind) -> None:
    for name in ("dct:spatial",):
        for one in node.children(name):
            read_place(draft, one)
    for name in ("dcat:distribution", "adms:sample"):
        for one in node.children(name):
            read_distribution(draft, one)
    for activity in node.children("prov:wasGeneratedBy"):
        for one in activity.children("prov:used"):
            label = text_of(one) or one.text("@id")
            if label is not None:
                uri = one.text("@id")
                draft.instruments.append(Reference(label=label, uri=uri if uri and is_url(uri) else None))
    if kind == "service" or node.has("dcat:endpointURL"):
        addresses = [short_of(one) for one in node.children("dcat:endpointURL")]
        standards = [short_of(one) for one in node.children("dct:conformsTo")]
        interfaces = tuple(Interface(url=address) for address in addresses if address is not None)
        for number, standard in enumerate(standards or [None]):
            if interfaces or standard is not None:
                draft.capabilities.append(
                    Capability(standard=standard, interfaces=() if number else interfaces)
                )


def _funding(draft: Draft, node: Node) -> None:
    funder = node.child("schema:funder")
    name = clean_line(funder.text("schema:name") if funder.is_object else funder.text())
    if name is not None:
        draft.funding.append(
            Funding(
                funder=name,
                funder_identifier=funder.text("@id", "schema:identifier"),
                award=clean_line(node.text("schema:identifier")),
                award_title=clean_line(node.text("schema:name")),
                award_url=node.text("schema:url"),
            )
        )
