"""Datasets, instruments and samples of the PaNOSC search API."""

from __future__ import annotations

from catalogue.record import Access, Distribution, Mapped, Provenance, Reference
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.scicat_draft import (
    LOCAL,
    add_moment,
    add_pid,
    add_techniques,
    pid_scheme,
    relate_pid,
    size_of,
)
from mappings.scicat_parameters import add_parameter, quantity_of
from mappings.text import clean_line, clean_url

INTERNAL = ("score", "id", "datasetId", "documentId", "instrumentId")
"""The rank in an answer, and keys that say what other members say."""


def read_dataset(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a title nor a pid."""
    draft = Draft(provenance.identifier)
    add_pid(draft, node.text("pid"))
    draft.add_title(node.text("title"), "title")
    add_access(draft, node)
    add_moment(draft, node, "creationDate", "created")
    for _, keyword in node.texts("keywords"):
        draft.add_subject(keyword)
    if (size := size_of(node, "size")) is not None:
        draft.sizes.append(f"{size} bytes")
    node.take("size")
    add_techniques(draft, node)
    add_named_parameters(draft, node)
    _add_instrument(draft, node)
    _add_samples(draft, node)
    _add_files(draft, node)
    document = node.child("document")
    paper = node.text("documentId") or document.text("pid", "doi")
    relate_pid(draft, "IsPartOf", paper, "document", document.text("title") if document.is_object else None)
    document.take()
    node.take(*INTERNAL)
    draft.keep_all(node.left())
    return draft.finished("dataset", provenance)


def read_instrument(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor a pid."""
    draft = Draft(provenance.identifier)
    add_pid(draft, node.text("pid") or node.text("id"))
    draft.add_title(node.text("name"), "name")
    if (facility := clean_line(node.text("facility"))) is not None:
        draft.facilities.append(Reference(label=facility))
    add_techniques(draft, node)
    node.take(*INTERNAL)
    draft.keep_all(node.left())
    return draft.finished("instrument", provenance)


def read_sample(node: Node, provenance: Provenance) -> Mapped:
    """Raises `RecordRefused` where it has neither a name nor a pid."""
    draft = Draft(provenance.identifier)
    add_pid(draft, node.text("pid"))
    draft.add_title(node.text("name"), "name")
    draft.add_description(node.text("description"), "description")
    add_named_parameters(draft, node)
    for one in node.children("datasets"):
        relate_pid(draft, "IsSourceOf", one.text("pid"), "dataset", one.text("title"))
        one.take()
    node.take(*INTERNAL)
    draft.keep_all(node.left())
    return draft.finished("sample", provenance)


def add_access(draft: Draft, node: Node) -> None:
    """Public, or not yet."""
    public = node.scalar("isPublic")
    if isinstance(public, bool):
        draft.access = Access(right="open" if public else "restricted")


def add_named_parameters(draft: Draft, node: Node) -> None:
    """Parameters with name, value and unit."""
    for one in node.children("parameters"):
        if not one.is_object:
            continue
        name, unit = one.text("name"), clean_line(one.text("unit"))
        value = Node(one.value.get("value"), one.where("value"))
        one.take("id", "datasetId", "documentId", "value")
        if name is not None:
            add_parameter(draft, name, quantity_of(draft, value, has_unit=unit is not None), unit=unit)


def _add_instrument(draft: Draft, node: Node) -> None:
    one = node.child("instrument")
    pid = clean_url(node.text("instrumentId") or one.text("pid"))
    label = clean_line(one.text("name")) or pid
    if label is None:
        return
    scheme = pid_scheme(pid) if pid else None
    draft.instruments.append(Reference(label=label, identifier=pid, scheme=scheme))
    relate_pid(draft, "IsCollectedBy", pid, "instrument", clean_line(one.text("name")))
    if (facility := clean_line(one.text("facility"))) is not None:
        draft.facilities.append(Reference(label=facility))
    one.take("pid", "id", "score")


def _add_samples(draft: Draft, node: Node) -> None:
    for one in node.children("samples"):
        pid = clean_url(one.text("pid")) if one.is_object else None
        label = clean_line(one.text("name", "description") if one.is_object else one.text()) or pid
        if label is not None:
            scheme = (pid_scheme(pid) or LOCAL) if pid else None
            draft.samples.append(Reference(label=label, identifier=pid, scheme=scheme))


def _add_files(draft: Draft, node: Node) -> None:
    """Names and sizes; nobody says at which address they are."""
    for one in node.children("files"):
        name, folder = clean_line(one.text("name")), clean_line(one.text("path"))
        one.take("id", "datasetId")
        if name is not None:
            address = name if folder is None or folder.endswith(name) else f"{folder.rstrip('/')}/{name}"
            address = folder if folder is not None and folder.endswith(name) else address
            draft.distributions.append(Distribution(url=address, title=name, size=size_of(one, "size")))
        one.take("size")
