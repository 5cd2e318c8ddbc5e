"""A dataset of SciCat: raw, derived or custom, with the field names of API v3, v4 and of LoopBack."""

from __future__ import annotations

import re
from dataclasses import replace

from catalogue.identity import is_url
from catalogue.record import (
    Access,
    Agent,
    Checksum,
    Distribution,
    Mapped,
    Place,
    Provenance,
    Reference,
)
from mappings.draft import FILE_LIMIT, Draft
from mappings.json_reading import Node
from mappings.scicat_draft import (
    INTERNAL,
    LOCAL,
    add_moment,
    add_period,
    add_pid,
    add_record_dates,
    add_techniques,
    mjd,
    moment,
    orcid,
    people,
    pid_scheme,
    relate_pid,
    size_of,
)
from mappings.scicat_parameters import add_parameters
from mappings.terms import relation_type
from mappings.text import clean_line, clean_url

_HOST_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://[^/\s?#]+", re.ASCII)


def read_dataset(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor a pid."""
    draft = Draft(provenance.identifier)
    add_pid(draft, node.text("pid") or node.text("_id") or node.text("id"))
    _add_title(draft, node)
    draft.add_description(node.text("description"), "description")
    if (kind := clean_line(node.text("type"))) is not None:
        draft.processing_level = kind
    _add_people(draft, node)
    _add_access(draft, node)
    _add_place(draft, node)
    _add_dates(draft, node)
    for _, keyword in node.texts("keywords"):
        draft.add_subject(keyword)
    draft.add_rights(node.text("license"))
    if (form := clean_line(node.text("dataFormat"))) is not None:
        draft.formats.append(form)
    add_techniques(draft, node)
    _add_things(draft, node)
    _add_relations(draft, node)
    if (metadata := node.child("scientificMetadata")).is_object:
        add_parameters(draft, metadata)
    _add_files(draft, node)
    node.take(*INTERNAL, "accessGroups")
    draft.keep_all(node.left())
    return draft.finished("dataset", provenance)


def _add_title(draft: Draft, node: Node) -> None:
    """The name; without one SciCat calls a dataset after the last two parts of its folder."""
    draft.add_title(node.text("datasetName", "title"), "datasetName")
    if not draft.found_titles and not draft.identifiers:
        parts = [part for part in (node.text("sourceFolder") or "").split("/") if part]
        if parts:
            draft.issue("datasetName", "There is no name; the end of the source folder stands in its place.")
            draft.add_title("/".join(parts[-2:]), "sourceFolder")


def _add_people(draft: Draft, node: Node) -> None:
    """Investigators created it; the owner, who has it in custody, did only where nobody else is named."""
    node.take("ownerEmail", "contactEmail", "email")
    draft.creators += people(draft, node, "principalInvestigators", "principalInvestigator", "investigator")
    for name in ("principalInvestigator", "investigator"):
        draft.creators += [one for one in people(draft, node, name) if one not in draft.creators]
    owners = people(draft, node, "owner")
    identifiers = orcid(draft, node.text("orcidOfOwner"), "orcidOfOwner")
    if identifiers and len(owners) == 1:
        named = replace(owners[0], identifiers=identifiers)
        draft.creators = [named if one == owners[0] else one for one in draft.creators]
        owners = [named]
    for owner in owners:
        if not draft.creators:
            draft.creators.append(owner)
        elif owner not in draft.creators:
            draft.contributors.append(replace(owner, role="DataManager"))


def _add_access(draft: Draft, node: Node) -> None:
    """Published data are open; others are for their groups, until the day that the policy sets."""
    published = node.scalar("isPublished")
    cycle = node.child("datasetlifecycle", "datasetLifecycle")
    until = moment(cycle, "dateOfPublishing")
    groups = ", ".join(text for _, text in node.texts("accessGroups")) or node.text("ownerGroup")
    if published is True or published == "true":
        draft.access = Access(right="open")
    elif published is not None:
        day = until[:10] if until is not None and mjd(until) is not None else None
        draft.access = Access(right="embargoed" if day else "restricted", until=day, to=clean_line(groups))
    add_moment(draft, cycle, "publishedOn", "issued")
    draft.keep(cycle.where("archiveRetentionTime"), moment(cycle, "archiveRetentionTime"))
    # The rest is the state of an archive's machinery, which changes while the dataset does not.
    cycle.take()


def _add_place(draft: Draft, node: Node) -> None:
    """Where it was taken: «/PSI/SLS/TOMCAT» is an institute, its facility and an instrument there."""
    location = clean_line(node.text("creationLocation"))
    if location is None:
        return
    parts = [part.strip() for part in location.strip("/").split("/") if part.strip()]
    if is_url(location) or not parts:
        draft.keep("creationLocation", location)
        return
    draft.places.append(Place(name=", ".join(parts)))
    if len(parts) > 1:
        draft.publisher = Agent(name=parts[0], kind="organisation")
        draft.facilities.append(Reference(label=parts[-2]))
        draft.instruments.append(Reference(label=parts[-1]))
    else:
        draft.facilities.append(Reference(label=parts[0]))


def _add_dates(draft: Draft, node: Node) -> None:
    add_moment(draft, node, "creationTime", "created")
    start, end = moment(node, "startTime"), moment(node, "endTime")
    if start is None and end is not None:
        # Without a beginning of its own the time of creation is that (model.md, coverage.time).
        created = moment(node, "creationTime")
        low, high = mjd(created), mjd(end)
        start = created if low is not None and high is not None and low <= high else None
    add_period(draft, start, end, "endTime")
    add_record_dates(draft, node)


def _add_things(draft: Draft, node: Node) -> None:
    """Instruments, samples and proposals: by their identifiers, or whole where they were asked for."""
    found = _referred(node, ("instrumentIds", "instrumentId"), ("instruments", "instrument"), ("pid",))
    if len(found) == 1 and len(draft.instruments) == 1 and found[0].label == found[0].identifier:
        # The path of creation gives the name of the one instrument, the other field its pid.
        found = [replace(found[0], label=draft.instruments[0].label)]
        draft.instruments.clear()
    draft.instruments += found
    for reference in found:
        relate_pid(draft, "IsCollectedBy", reference.identifier, "instrument", reference.label)
    draft.samples += _referred(
        node, ("sampleIds", "sampleId"), ("samples", "sample"), ("sampleId", "pid"), LOCAL
    )
    draft.proposals += _referred(
        node, ("proposalIds", "proposalId"), ("proposals", "proposal"), ("proposalId", "pid"), LOCAL
    )


def _referred(
    node: Node,
    ids: tuple[str, ...],
    objects: tuple[str, ...],
    keys: tuple[str, ...],
    scheme: str | None = None,
) -> list[Reference]:
    """References by identifier; the objects that were asked for along give their names."""
    names: dict[str, str] = {}
    for one in (one for name in objects for one in node.children(name) if one.is_object):
        identifier = clean_line(one.text(*keys))
        label = clean_line(one.text("name", "title", "sampleName", "description"))
        if identifier is not None:
            names.setdefault(identifier, label or identifier)
        one.take()
    for name in ids:
        for _, text in node.texts(name):
            cleaned = clean_url(text)
            if cleaned is not None:
                names.setdefault(cleaned, cleaned)
    return [
        Reference(label=label, identifier=identifier, scheme=scheme or pid_scheme(identifier))
        for identifier, label in names.items()
    ]


def _add_relations(draft: Draft, node: Node) -> None:
    for _, pid in node.texts("inputDatasets"):
        relate_pid(draft, "IsDerivedFrom", pid, "dataset")
    for _, software in node.texts("usedSoftware"):
        relate_pid(draft, "IsCompiledBy", software, "software")
    for one in node.children("relationships"):
        type = clean_line(one.text("relationship"))
        relate_pid(draft, relation_type(type) if type else "IsRelatedTo", one.text("pid"), "dataset")
    for one in node.children("externalLinks"):
        relate_pid(draft, "IsRelatedTo", one.text("url"), None, one.text("title"))


def _add_files(draft: Draft, node: Node) -> None:
    """The folder where the data lie, and its files where their lists came along."""
    size, count = size_of(node, "size"), size_of(node, "numberOfFiles")
    node.take("size", "numberOfFiles")
    if size is not None:
        draft.sizes.append(f"{size} bytes")
    if count is not None:
        draft.sizes.append(f"{count} files")
    folder, host = clean_line(node.text("sourceFolder")), clean_url(node.text("sourceFolderHost"))
    base = _address(folder, host)
    if base is not None:
        draft.distributions.append(
            Distribution(url=base, protocol=_protocol(base), title="Source folder", size=size)
        )
    elif folder is not None and folder not in (".", "/"):
        draft.keep("sourceFolder", folder)
    if host is not None and (base is None or not base.startswith(host)):
        if is_url(host):
            draft.distributions.append(
                Distribution(url=host, protocol=_protocol(host), title="Host of the data")
            )
        else:
            draft.keep("sourceFolderHost", host)
    for block in (*node.children("origdatablocks"), *node.children("datablocks")):
        _add_block(draft, block, base or "")


def _add_block(draft: Draft, block: Node, base: str) -> None:
    """The files of a data block (origdatablock: on disk; datablock: in an archive)."""
    archive = clean_line(block.text("archiveId"))
    algorithm = clean_line(block.text("chkAlg"))
    for file in block.children("dataFileList"):
        path = clean_line(file.text("path"))
        if path is None:
            continue
        if len(draft.distributions) > FILE_LIMIT:
            break
        checksum = clean_line(file.text("chk"))
        address = path if "://" in path else f"{base.rstrip('/')}/{path.lstrip('/')}" if base else path
        draft.distributions.append(
            Distribution(
                url=address,
                protocol=_protocol(address),
                title=path.rpartition("/")[2] or path,
                size=size_of(file, "size"),
                checksum=Checksum(algorithm=algorithm.lower(), value=checksum)
                if checksum and algorithm
                else None,
                part_of=archive,
            )
        )
    # Owners, permissions and times of each file are those of a disk, not of the data.
    block.take()


def _address(folder: str | None, host: str | None) -> str | None:
    """The folder as an address; ``None`` where nobody says on which host it is."""
    if folder is None:
        return None
    if "://" in folder:
        return clean_url(folder)
    if host is not None and _HOST_URL.fullmatch(host.rstrip("/")) and folder.startswith("/"):
        return host.rstrip("/") + folder
    return None


def _protocol(address: str) -> str | None:
    scheme, mark, _ = address.partition("://")
    return scheme.lower() if mark else None
