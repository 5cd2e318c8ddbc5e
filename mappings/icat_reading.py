"""Datasets, investigations, studies and publications of ICAT."""

from __future__ import annotations

from dataclasses import replace

from catalogue.identity import is_url, resolver_url, scheme_and_value
from catalogue.record import Checksum, DateKind, Distribution, Funding, Mapped, Provenance, Reference
from mappings.draft import FILE_LIMIT, Draft
from mappings.icat_values import (
    KEY,
    add_facility,
    add_names,
    add_parameters,
    add_things,
    finished,
    label_of,
    person_of,
    pid_of,
    reference_of,
)
from mappings.json_reading import Node
from mappings.scicat_draft import add_period, size_of
from mappings.terms import contributor_role, relation_type, resource_type
from mappings.text import clean_block, clean_line
from vocab.base import vocabulary

_LEADERS = frozenset({"principal investigator", "principal_investigator", "pi", "proposer", "main proposer"})
_HASHES = {8: "crc32", 32: "md5", 40: "sha1", 64: "sha256"}


def read_dataset(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor an identifier."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    draft.add_title(node.text("name"), "name")
    draft.add_description(node.text("description"), "description")
    draft.processing_level = _type(node)
    add_period(draft, node.text("startDate"), node.text("endDate"), "startDate")
    for one in node.children("investigation"):
        _of_investigation(draft, one)
    for one in node.children("sample"):
        _sample(draft, one)
    add_facility(draft, node)
    add_things(draft, node)
    add_parameters(draft, node)
    _sizes(draft, node)
    _files(draft, node)
    return finished(draft, node, "dataset", provenance)


def read_investigation(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a title nor an identifier."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    draft.add_title(node.text("title"), "title")
    number, visit = clean_line(node.text("name")), clean_line(node.text("visitId"))
    draft.add_title(number, "name", type="alternative" if draft.found_titles else None)
    if number is not None:
        draft.proposals.append(Reference(label=number, identifier=number))
    draft.keep("visitId", visit)
    draft.add_description(node.text("summary"), "summary")
    draft.type_label = _type(node)
    add_period(draft, node.text("startDate"), node.text("endDate"), "startDate")
    draft.add_date(node.text("releaseDate"), "available", "releaseDate")
    _people(draft, node)
    _keywords(draft, node)
    add_facility(draft, node)
    add_things(draft, node)
    add_parameters(draft, node)
    _sizes(draft, node)
    for one in node.children("datasets"):
        _relate(draft, "HasPart", one, "dataset")
    for one in node.children("samples"):
        _sample(draft, one)
    for one in node.children("publications"):
        _publication(draft, one)
    for name, part in (("shifts", "instrument"), ("investigationFacilityCycles", "facilityCycle")):
        for one in node.children(name):
            inner = one.child(part)
            inner.take(
                *(("facility",) if part == "facilityCycle" else ("description", "facility", "id", "pid"))
            )
    _funding(draft, node)
    return finished(draft, node, "collection", provenance)


def read_study(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor an identifier."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    draft.add_title(node.text("name"), "name")
    draft.add_description(node.text("description"), "description")
    add_period(draft, node.text("startDate"), node.text("endDate"), "startDate")
    for user in node.children("user"):
        agent = person_of(user) if user.is_object else None
        if agent is not None:
            draft.creators.append(agent)
            user.take()
    for one in node.children("studyInvestigations"):
        for investigation in one.children("investigation"):
            _relate(draft, "HasPart", investigation, "collection")
    return finished(draft, node, "project", provenance)


def read_publication(node: Node, key: str | None, provenance: Provenance) -> Mapped:
    """Data that were published with a DOI; raises `RecordRefused` where they have neither title nor name."""
    draft = Draft(provenance.identifier)
    add_names(draft, node, key)
    draft.add_title(node.text("title"), "title")
    draft.add_description(node.text("description"), "description")
    draft.type_label = _type(node)
    draft.add_date(node.text("publicationDate"), "issued", "publicationDate")
    for one in node.children("dates"):
        _date(draft, one)
    for one in node.children("users"):
        _author(draft, one)
    _subjects(draft, node)
    add_facility(draft, node)
    for content in node.children("content"):
        for name, part in (
            ("dataCollectionDatasets", "dataset"),
            ("dataCollectionInvestigations", "investigation"),
        ):
            for one in content.children(name):
                for inner in one.children(part):
                    _relate(draft, "HasPart", inner, "dataset" if part == "dataset" else "collection")
        content.take("id")
    for one in node.children("dataset"):
        _relate(draft, "HasPart", one, "dataset")
    for one in node.children("relatedItems", "relatedIdentifiers"):
        _related(draft, one)
    _funding(draft, node)
    return finished(draft, node, "dataset", provenance)


def _type(node: Node) -> str | None:
    """The name of the type."""
    for kind in node.children("type"):
        name = clean_line(kind.text("name")) if kind.is_object else clean_line(kind.text())
        kind.take()
        return name
    return None


def _of_investigation(draft: Draft, node: Node) -> None:
    """What the investigation says of its datasets: people, instruments, keywords, proposal."""
    number = clean_line(node.text("name"))
    label = label_of(node) or number
    if label is not None:
        draft.proposals.append(Reference(label=label, identifier=number))
    _relate(draft, "IsPartOf", node, "collection")
    _people(draft, node)
    _keywords(draft, node)
    add_facility(draft, node)
    draft.add_date(node.text("releaseDate"), "available", "releaseDate")
    node.take()


def _people(draft: Draft, node: Node) -> None:
    """Principal investigators create, the others contribute."""
    for one in node.children("investigationUsers"):
        role = clean_line(one.text("role")) or ""
        for user in one.children("user"):
            agent = person_of(user) if user.is_object else None
            user.take()
            if agent is None:
                continue
            if role.casefold() in _LEADERS:
                draft.creators.append(agent)
            else:
                found = contributor_role(role) or "Researcher"
                draft.contributors.append(replace(agent, role=found))
        one.take("id")


def _author(draft: Draft, node: Node) -> None:
    agent = person_of(node)
    role = clean_line(node.text("contributorType"))
    for user in node.children("user"):
        if agent is None and user.is_object:
            agent = person_of(user)
        elif agent is not None and not agent.identifiers and user.is_object:
            agent = replace(agent, identifiers=(person_of(user) or agent).identifiers)
        user.take()
    if agent is None:
        return
    if role is None or role.casefold() == "creator":
        draft.creators.append(agent)
    else:
        draft.contributors.append(replace(agent, role=contributor_role(role)))


def _keywords(draft: Draft, node: Node) -> None:
    for one in node.children("keywords"):
        draft.add_subject(one.text("name") if one.is_object else one.text())
        one.take("id")


def _subjects(draft: Draft, node: Node) -> None:
    """Subjects with their scheme; a list in one text where there are no others."""
    for one in node.children("subjects"):
        uri = clean_line(one.text("valueURI"))
        draft.add_subject(
            one.text("name") if one.is_object else one.text(), uri=uri, scheme=one.text("subjectScheme")
        )
    for text in (node.text("subject") or "").split(";"):
        if clean_line(text) not in {one.label for one in draft.subjects}:
            draft.add_subject(text)


def _sample(draft: Draft, node: Node) -> None:
    """A sample; what it is made of stands beside its name."""
    if not node.is_object:
        label = clean_line(node.text())
        draft.samples += [Reference(label=label)] if label is not None else []
        return
    kind = node.child("type")
    made_of = (
        (clean_line(kind.text("name")), clean_line(kind.text("molecularFormula"))) if kind.is_object else ()
    )
    found = reference_of(node)
    if found is None:
        return
    draft.samples.append(found)
    told = [one for one in made_of if one is not None and one != found.label]
    if told:
        draft.keep("sample.type", f"{found.label}: {', '.join(told)}")
    add_parameters(draft, node, "sample")
    node.take()


def _relate(draft: Draft, type: str, node: Node, kind: str) -> None:
    """A relation to another object of the dump, by its DOI or its key."""
    if not node.is_object:
        draft.relate(type, node.text(), KEY, target_kind=kind)
        return
    title = clean_line(node.text("title")) or clean_line(node.text("name"))
    found = pid_of(node.text("doi") or node.text("pid")) or ((node.text("id") or title or ""), KEY)
    draft.relate(type, found[0] or None, found[1], target_kind=kind, title=title)
    if node.has("id", "doi", "pid"):
        # It has a record of its own.
        node.take()


def _publication(draft: Draft, node: Node) -> None:
    """A paper about the data."""
    found = pid_of(node.text("doi")) or pid_of(node.text("url"))
    title = clean_block(node.text("fullReference"))
    if found is not None:
        draft.relate("IsReferencedBy", *found, target_kind="publication", title=title)
    elif title is not None:
        draft.keep("publications.fullReference", title)


def _related(draft: Draft, node: Node) -> None:
    found = pid_of(node.text("identifier"))
    title = clean_line(node.text("title")) or clean_line(node.text("fullReference"))
    said = clean_line(node.text("relatedItemType"))
    concept = resource_type(said) if said else None
    if found is None:
        return
    kind = concept.values["kind"] if concept is not None else None
    type_ = relation_type(clean_line(node.text("relationType")) or "IsRelatedTo")
    draft.relate(type_, *found, target_kind=kind, title=title)


def _date(draft: Draft, node: Node) -> None:
    concept = vocabulary("date_types").lookup(node.text("dateType") or "")
    kind: DateKind = concept.values["kind"] if concept is not None else "other"  # type: ignore[assignment]
    draft.add_date(
        node.text("date"), kind, node.where("date"), None if kind != "other" else node.text("dateType")
    )


def _funding(draft: Draft, node: Node) -> None:
    for one in node.children("fundingReferences"):
        for funding in one.children("funding"):
            funder = clean_line(funding.text("funderName"))
            if funder is None:
                continue
            pid = pid_of(funding.text("funderIdentifier"))
            scheme, value = scheme_and_value(*pid) if pid is not None else ("", None)
            identifier = resolver_url(scheme, value) or value if value is not None else None
            draft.funding.append(
                Funding(
                    funder=funder,
                    funder_identifier=identifier,
                    award=clean_line(funding.text("awardNumber")),
                    award_title=clean_line(funding.text("awardTitle")),
                )
            )
            funding.take("id")


def _sizes(draft: Draft, node: Node) -> None:
    """How many files and bytes; zero says nothing."""
    files, size = size_of(node, "fileCount"), size_of(node, "fileSize")
    if files:
        draft.sizes.append(f"{files} files" if files > 1 else "1 file")
    if size:
        draft.sizes.append(f"{size} bytes")


def _files(draft: Draft, node: Node) -> None:
    for one in node.children("datafiles"):
        name = clean_line(one.text("name"))
        location = clean_line(one.text("location"))
        if name is None and location is None:
            continue
        if len(draft.distributions) > FILE_LIMIT:
            break
        address = location or name or ""
        checksum = clean_line(one.text("checksum"))
        kind = one.child("datafileFormat", "format")
        media = clean_line(kind.text("name")) if kind.is_object else clean_line(kind.text())
        if media is not None:
            draft.formats.append(media)
        draft.distributions.append(
            Distribution(
                url=address,
                protocol=address.partition("://")[0].lower() if is_url(address) else None,
                title=name,
                size=size_of(one, "fileSize"),
                checksum=Checksum(algorithm=_HASHES[len(checksum)], value=checksum)
                if checksum is not None and len(checksum) in _HASHES
                else None,
            )
        )
        # Times and parameters of each file are those of the data.
        one.take()
