"""CodeMeta 1, 2 and 3: codemeta.json, the description that software carries in its repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord
from catalogue.identity import scheme_and_value
from catalogue.record import Mapped, Provenance
from mappings.base import Format
from mappings.codemeta_writing import write
from mappings.draft import Draft
from mappings.json_ld import Entities, context_of, in_one_spelling, types_of
from mappings.json_reading import Node
from mappings.schema_org import read_main
from mappings.terms import relation_type

CONTEXT = "https://w3id.org/codemeta/3.0"
_SOFTWARE = frozenset(
    {
        "softwaresourcecode",
        "softwareapplication",
        "webapplication",
        "commandlineapplication",
        "computationalworkflow",
    }
)
_TELLING = ("codeRepository", "programmingLanguage", "softwareRequirements", "author", "agents", "license")


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a codemeta.json; raises `RecordRefused` for what is none."""
    plain = in_one_spelling(document)
    if "$schema" in plain:
        raise NotARecord("This is a JSON Schema, no description of software.", path="$schema")
    entities = Entities(plain)
    work = _main(entities)
    if not (isinstance(document, dict) and "@context" in document) and not work.has("@type", *_TELLING):
        raise NotARecord("Neither «@context» nor «@type» says that this is CodeMeta.")
    draft = Draft(provenance.identifier)
    _relationships(draft, work)
    return read_main(entities, work, provenance, default="Software", draft=draft)


def _main(entities: Entities) -> Node:
    for node in entities.graph:
        if any(one.casefold() in _SOFTWARE for one in types_of(node)):
            return node
    return entities.graph[0] if entities.graph else entities.root


def _relationships(draft: Draft, work: Node) -> None:
    """The typed relations of CodeMeta 1."""
    for node in work.children("relationships"):
        type, value = node.text("relationshipType"), node.text("relatedIdentifier")
        if type and value:
            scheme, normal = scheme_and_value(value, node.text("relatedIdentifierType"))
            draft.relate(relation_type(type[:1].upper() + type[1:]), normal, scheme)


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The descriptions in a list, or in a graph of several programs."""
    if isinstance(document, list):
        yield from ((None, one) for one in document)
        return
    graph = document.get("@graph") if isinstance(document, dict) else None
    several = [one for one in graph if _is_software(one)] if isinstance(graph, list) else []
    if len(several) < 2:
        yield None, document
        return
    others = [one for one in graph or () if not _is_software(one)]
    for one in several:
        yield None, {"@context": document.get("@context"), "@graph": [one, *others]}


def _is_software(entity: Any) -> bool:
    types = entity.get("@type", entity.get("type")) if isinstance(entity, dict) else None
    several = types if isinstance(types, list) else [types]
    return any(isinstance(one, str) and one.rpartition(":")[2].casefold() in _SOFTWARE for one in several)


def recognises(document: Any) -> bool:
    """Whether a JSON value says that it is CodeMeta."""
    one = document[0] if isinstance(document, list) and document else document
    return "codemeta" in context_of(one)


FORMAT = Format(
    prefix="codemeta",
    title="CodeMeta",
    media_type="application/vnd.codemeta.ld+json",
    namespace="https://w3id.org/codemeta/",
    schema=CONTEXT,
    read=read,
    write=write,
    suffix="codemeta.json",
    recognises=recognises,
    split=split,
    rank=60,
)
