"""DCAT 3 with the application profile DCAT-AP 3: RDF/XML is written; Turtle and JSON-LD are read too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.base import Format
from mappings.dcat_graph import parse, stored, trees_of_xml
from mappings.dcat_reading import read
from mappings.dcat_words import NAMESPACES
from mappings.dcat_writing import write
from mappings.json_ld import context_of
from mappings.links import with_page

_RDF = f"{{{NAMESPACES['rdf']}}}RDF"
_DCAT = f"{{{NAMESPACES['dcat']}}}"
_CLASSES = frozenset({"Dataset", "DatasetSeries", "DataService", "Catalog", "Catalogue", "Resource"})
_STARTS = ("dcat:", NAMESPACES["dcat"])


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The datasets, services and catalogues of a document, by their names."""
    trees = document if isinstance(document, list) else None
    if trees is None:
        trees = [document] if isinstance(document, dict) else trees_of_xml(document)
    for tree in trees:
        yield tree.get("@id") if isinstance(tree, dict) else None, tree


def recognises(document: Any) -> bool:
    """Whether an element is RDF, or a JSON value JSON-LD, with something of DCAT in it."""
    if isinstance(document, dict | list):
        return _is_json_ld(document)
    if getattr(document, "tag", None) != _RDF:
        return False
    return any(isinstance(one.tag, str) and one.tag.startswith(_DCAT) for one in document)


def _is_json_ld(document: Any) -> bool:
    """Whether a thing in the document or in its graph is of a class of DCAT, and not of schema.org too."""
    context = context_of(document)
    is_ours = "dcat" in context and "schema.org" not in context
    return any(_is_of_dcat(set(_types(one)), is_ours) for one in _things(document))


def _is_of_dcat(types: set[str], is_ours: bool) -> bool:
    if any(type.startswith("schema:") or "schema.org/" in type for type in types):
        return False
    short = {type.removeprefix(start) for type in types for start in _STARTS if type.startswith(start)}
    return bool(short & _CLASSES) or (is_ours and bool(types & _CLASSES))


def _things(document: Any) -> Iterator[dict[str, Any]]:
    for one in document if isinstance(document, list) else [document]:
        graph = one.get("@graph") if isinstance(one, dict) else None
        for thing in graph if isinstance(graph, list) else [one]:
            if isinstance(thing, dict):
                yield thing


def _types(thing: dict[str, Any]) -> Iterator[str]:
    for name in ("@type", "type"):
        value = thing.get(name)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


FORMAT = Format(
    prefix="dcat",
    title="DCAT 3 (DCAT-AP 3)",
    media_type="application/rdf+xml",
    namespace=NAMESPACES["dcat"],
    schema="http://www.openarchives.org/OAI/2.0/rdf.xsd",
    read=read,
    write=write,
    split=split,
    parse=parse,
    stored=stored,
    complete=with_page,
    recognises=recognises,
    suffix="dcat.rdf",
    rank=50,
)
