"""DCAT 3 with the application profile DCAT-AP 3: RDF/XML is written; Turtle and JSON-LD are read too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.base import Format
from mappings.dcat_graph import parse, trees_of_xml
from mappings.dcat_reading import read
from mappings.dcat_words import NAMESPACES
from mappings.dcat_writing import write
from mappings.links import with_page

_RDF = f"{{{NAMESPACES['rdf']}}}RDF"
_DCAT = f"{{{NAMESPACES['dcat']}}}"


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The datasets, services and catalogues of a document, by their names."""
    trees = document if isinstance(document, list) else None
    if trees is None:
        trees = [document] if isinstance(document, dict) else trees_of_xml(document)
    for tree in trees:
        yield tree.get("@id") if isinstance(tree, dict) else None, tree


def recognises(document: Any) -> bool:
    """Whether an element is RDF with something of DCAT in it."""
    if getattr(document, "tag", None) != _RDF:
        return False
    return any(isinstance(one.tag, str) and one.tag.startswith(_DCAT) for one in document)


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
    complete=with_page,
    recognises=recognises,
    suffix="dcat.rdf",
    rank=50,
)
