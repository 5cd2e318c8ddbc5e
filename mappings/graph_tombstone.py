"""What the document about a withdrawn record says: that it is, since when, and what has taken its place."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.graph import NamedGraph
from catalogue.index import Change
from catalogue.record import Record
from mappings.graph_record import document_of, thing_of
from mappings.graph_syntax import Statements, literal, moment, name_of

WITHDRAWN = "<http://publications.europa.eu/resource/authority/dataset-status/WITHDRAWN>"
"""The status of the EU's authority table that DCAT-AP 3 demands for ``adms:status``."""


def describe_tombstone(
    change: Change, last: Record | None, successors: Iterable[str], base_url: str
) -> NamedGraph:
    """The statements about a tombstone; ``last`` is what it was, ``successors`` are ids of live records.

    The graph itself holds nothing of it (`graph_record.py`): who asks for the document is told here.
    """
    document = document_of(change.id, base_url)
    out = Statements(document, base_url)
    thing = f"<{thing_of(change.id, base_url)}>"
    out.classes(out.document, "dcat:CatalogRecord", "prov:Entity")
    out.say(out.document, "foaf:primaryTopic", thing)
    out.say(out.document, "adms:status", WITHDRAWN)
    out.say(out.document, "dct:modified", moment(change.datestamp))
    out.say(out.document, "prov:invalidatedAtTime", moment(change.datestamp))
    if last is not None:
        title = last.titles[0]
        out.say(thing, "dct:title", literal(title.value, title.language))
        for one in last.identifiers:
            if one.role == "own":
                out.say(thing, "owl:sameAs", name_of(one.scheme, one.value))
    for id in successors:
        out.say(thing, "dct:isReplacedBy", f"<{thing_of(id, base_url)}>")
    return NamedGraph(name=document, statements=out.written())
