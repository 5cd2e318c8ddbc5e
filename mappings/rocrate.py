"""RO-Crate 1.0 to 1.2: research data packed with ro-crate-metadata.json."""

from __future__ import annotations

from typing import Any

from catalogue.errors import NotARecord, RecordRefused
from catalogue.identity import is_url
from catalogue.record import Distribution, Environment, Mapped, Provenance
from mappings.base import Format
from mappings.draft import FILE_LIMIT, Draft
from mappings.json_ld import Entities, in_one_spelling, types_of
from mappings.json_reading import Node
from mappings.rocrate_writing import write
from mappings.schema_org import read_main
from mappings.schema_works import read_distribution, read_relation
from mappings.text import clean_line

_READ = frozenset({"hasPart"})
_DESCRIPTORS = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from the metadata of a crate: root, files, instruments; raises `RecordRefused`."""
    entities = Entities(in_one_spelling(document))
    if not entities.graph:
        raise NotARecord("This is no RO-Crate: there is no «@graph».", path="@graph")
    descriptor = _descriptor(entities)
    root = _root(entities, descriptor)
    draft = Draft(provenance.identifier)
    for node in descriptor.children("conformsTo") if descriptor is not None else ():
        draft.keep("conformsTo", node.text("@id") if node.is_object else node.text())
    if descriptor is not None:
        descriptor.take()
    _parts(draft, entities, root)
    _instruments(draft, entities, root)
    workflow = entities.of(root.child("mainEntity"))
    if "computationalworkflow" in {one.casefold() for one in types_of(workflow)}:
        _workflow(draft, entities, workflow)
        return read_main(entities, root, provenance, default="Workflow", draft=draft, without=_READ)
    return read_main(entities, root, provenance, default="Dataset", draft=draft, without=_READ)


def _descriptor(entities: Entities) -> Node | None:
    """The entity that says where the root is (RO-Crate 1.1, section «Finding the Root Data Entity»)."""
    for node in entities.graph:
        name = node.value.get("@id") if isinstance(node.value, dict) else None
        if isinstance(name, str) and name.rpartition("/")[2] in _DESCRIPTORS:
            return node
    return None


def _root(entities: Entities, descriptor: Node | None) -> Node:
    names = ["./", ".", ""]
    if descriptor is not None:
        about = descriptor.child("about").text("@id")
        names = [about, *names] if about is not None else names
    for name in names:
        found = entities.named(name)
        if found is not None:
            return found
    raise RecordRefused("The crate does not say which entity is its root.", path="@graph")


def _parts(draft: Draft, entities: Entities, root: Node) -> None:
    """Files as distributions, everything else as relations."""
    seen = 0
    for node in root.children("hasPart"):
        part = entities.of(node)
        types = {one.casefold() for one in types_of(part)} if part.is_object else set()
        name = part.text("@id") if part.is_object else part.text()
        is_file = bool(types & {"file", "mediaobject", "imageobject"}) or not types
        if not is_file or (not types and name is not None and "doi.org/" in name):
            _part(draft, entities, part, name)
            continue
        seen += 1
        if seen <= FILE_LIMIT:
            read_distribution(draft, entities, part)
            if part.is_object:
                part.take("@id")


def _part(draft: Draft, entities: Entities, part: Node, name: str | None) -> None:
    """A folder of the crate is a place of files; a data set elsewhere is a relation."""
    if name is not None and not is_url(name) and part.is_object and not part.has("identifier"):
        draft.distributions.append(Distribution(url=name, title=clean_line(part.text("name"))))
        return
    read_relation(draft, entities, part, "HasPart")
    if part.is_object:
        part.take("@id")


def _instruments(draft: Draft, entities: Entities, root: Node) -> None:
    """What made the data: the instruments and programs of the crate's actions."""
    for action in (*root.children("mentions"), *root.children("wasGeneratedBy")):
        found = entities.of(action)
        for node in found.children("instrument") if found.is_object else ():
            tool = entities.of(node)
            types = {one.casefold() for one in types_of(tool)} if tool.is_object else set()
            if any("software" in one or "workflow" in one for one in types):
                read_relation(draft, entities, tool, "IsCompiledBy", "software")


def _workflow(draft: Draft, entities: Entities, workflow: Node) -> None:
    """The main workflow of a Workflow RO-Crate."""
    language = entities.of(workflow.child("programmingLanguage"))
    name = clean_line(language.text("name") if language.is_object else language.text())
    draft.environment = Environment(
        languages=(name,) if name else (), entry_point=clean_line(workflow.text("@id"))
    )


def recognises(document: Any) -> bool:
    """Whether a JSON value has the descriptor of an RO-Crate in its graph."""
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list):
        return False
    return any(
        isinstance(one, dict)
        and isinstance(one.get("@id"), str)
        and one["@id"].rpartition("/")[2] in _DESCRIPTORS
        for one in graph
    )


FORMAT = Format(
    prefix="rocrate",
    title="RO-Crate metadata",
    media_type="application/vnd.rocrate.ld+json",
    namespace="https://w3id.org/ro/crate/",
    schema="https://w3id.org/ro/crate/1.2",
    read=read,
    write=write,
    suffix="rocrate.jsonld",
    recognises=recognises,
    split=lambda document: [(None, document)],
    rank=60,
)
