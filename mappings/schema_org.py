"""schema.org in JSON-LD: datasets, software, articles and other works, as pages embed them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Kind, Mapped, Provenance
from mappings.base import Format
from mappings.draft import Draft
from mappings.json_ld import Entities, context_of, in_one_spelling, types_of, word
from mappings.json_reading import Node
from mappings.links import with_page
from mappings.schema_agents import read_agents
from mappings.schema_coverage import read_coverage
from mappings.schema_org_writing import write
from mappings.schema_software import read_software
from mappings.schema_works import read_work
from mappings.terms import joined_type, resource_type

_TYPES = {
    "softwaresourcecode": "Software",
    "softwareapplication": "Software",
    "webapplication": "Software",
    "mobileapplication": "Software",
    "commandlineapplication": "Software",
    "desktopapplication": "Software",
    "softwarelibrary": "Software",
    "softwarepackage": "Software",
    "apireference": "Document",
    "computationalworkflow": "Workflow",
    "howto": "Workflow",
    "dataset": "Dataset",
    "datafeed": "Dataset",
    "datacatalog": "Collection",
    "collection": "Collection",
    "scholarlyarticle": "JournalArticle",
    "blogposting": "Text",
    "article": "Text",
    "techarticle": "Text",
    "report": "Report",
    "thesis": "Dissertation",
    "webapi": "Service",
    "service": "Service",
    "project": "Project",
    "researchproject": "Project",
    "imageobject": "Image",
    "event": "Event",
    "learningresource": "Lesson",
    "course": "Lesson",
    "researchorganization": "Organisation",
    "organization": "Organisation",
}
_UNSPECIFIC = frozenset({"thing", "creativework"})
_SOFTWARE: frozenset[Kind] = frozenset({"software", "workflow", "service"})


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from one work; raises `RecordRefused`."""
    plain = in_one_spelling(document)
    entities = Entities(plain)
    return read_main(entities, _main(entities), provenance)


def read_main(
    entities: Entities,
    work: Node,
    provenance: Provenance,
    default: str | None = None,
    draft: Draft | None = None,
    *,
    without: frozenset[str] = frozenset(),
) -> Mapped:
    """The record of one entity, with what its document says besides as extra values.

    ``without`` are the relations that the caller has read.
    """
    draft = draft or Draft(provenance.identifier)
    kind = kind_of_work(draft, work, default)
    read_work(draft, entities, work, without=without)
    read_agents(draft, entities, work)
    read_coverage(draft, entities, work)
    if kind in _SOFTWARE or work.has("codeRepository", "programmingLanguage", "softwareRequirements"):
        read_software(draft, entities, work)
    draft.keep_all(entities.root.left(), but=("@type",))
    return draft.finished(kind, provenance)


def kind_of_work(draft: Draft, work: Node, default: str | None = None) -> Kind:
    """The kind by the type and the additional type; the words stay as label where they say more."""
    types = types_of(work)
    general = next((found for one in types if (found := _TYPES.get(one.casefold())) is not None), None)
    own = next((one for one in types if one.casefold() not in _UNSPECIFIC), None)
    words = work.text("additionalType") or (None if general else own)
    general = general or default
    if words is not None:
        words = word(words)
        before, slash, after = words.partition("/")
        if general is None and slash and resource_type(before) is not None:
            general, words = before, after
    kind, draft.type_label = joined_type(general, words)
    return kind


def _main(entities: Entities) -> Node:
    """The work that a document is about: of several, the first with a type that is a work's."""
    if not entities.graph:
        return entities.root
    for node in entities.graph:
        if any(one.casefold() in _TYPES for one in types_of(node)):
            return node
    raise NotARecord("The graph holds no work, such as a Dataset or a SoftwareSourceCode.", path="@graph")


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The works in a list or graph, each with the entities that it names."""
    if isinstance(document, list):
        for one in document:
            yield from split(one) if isinstance(one, dict) else [(None, one)]
        return
    graph = document.get("@graph") if isinstance(document, dict) else None
    works = [one for one in graph if _is_work(one)] if isinstance(graph, list) else []
    if not isinstance(graph, list) or len(works) < 2:
        yield None, document
        return
    others = [one for one in graph if not _is_work(one)]
    for one in works:
        inner = {"@context": document.get("@context"), "@graph": [one, *_named_by(one, others)]}
        yield None, inner


def _is_work(entity: Any) -> bool:
    types = entity.get("@type", entity.get("type")) if isinstance(entity, dict) else None
    several = types if isinstance(types, list) else [types]
    return any(isinstance(one, str) and word(one).casefold() in _WORKS for one in several)


_WORKS = frozenset(_TYPES) - {"organization", "researchorganization", "project", "service", "imageobject"}


def _named_by(work: Any, others: list[Any]) -> list[Any]:
    """The entities that a work names, and those that they name."""
    known = {one["@id"]: one for one in others if isinstance(one, dict) and isinstance(one.get("@id"), str)}
    found: dict[str, Any] = {}
    waiting: list[Any] = [work]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and value in known and value not in found:
            found[value] = known[value]
            waiting.extend(known[value].values())
    return list(found.values())


def recognises(document: Any) -> bool:
    """Whether a JSON value says that it is schema.org."""
    one = document[0] if isinstance(document, list) and document else document
    context = context_of(one)
    return "schema.org" in context and "codemeta" not in context


FORMAT = Format(
    prefix="schema_org",
    title="schema.org JSON-LD",
    media_type="application/ld+json",
    namespace="https://schema.org/",
    read=read,
    write=write,
    complete=with_page,
    suffix="schema_org.jsonld",
    recognises=recognises,
    split=split,
    rank=60,
)
