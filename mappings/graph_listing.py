"""A page of a list of records for harvesters of DCAT: all that is said of them (Hydra Core)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.index import Change
from mappings.dcat_writing import class_of
from mappings.graph_record import MEMBERSHIP, described, document_of, thing_of
from mappings.graph_syntax import Statements, literal, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of a list of records: the catalogue that holds them, and the addresses of pages.

    ``catalog`` is the IRI of a ``dcat:Catalog``, ``document`` the address of the document about it,
    ``title`` what it is called; ``total`` is told on the first page; ``after`` is the address of the page
    that follows, ``None`` on the last.
    """

    catalog: str
    document: str
    title: str
    here: str
    first: str
    after: str | None
    total: int | None


def describe_page(listing: Listing, changes: Sequence[Change], base_url: str) -> bytes:
    """The statements of one page: its records in full, what holds them, and where the list goes on."""
    out = Statements(listing.here, base_url)
    catalog, page = name(listing.catalog), name(listing.here)
    if catalog is None or page is None:
        return b""
    out.classes(catalog, "dcat:Resource", "dcat:Catalog", "hydra:Collection")
    out.say(catalog, "dct:title", literal(listing.title))
    if listing.here != listing.first:
        # The first page has the whole description beside this.
        out.say(catalog, "dct:description", literal(f"Metadata of fundamental physics: {listing.title}."))
    publisher = f"<{listing.document}#publisher>"
    out.say(catalog, "dct:publisher", publisher)
    out.classes(publisher, "foaf:Agent")
    out.say(publisher, "foaf:name", literal(listing.title))
    out.number(catalog, "hydra:totalItems", listing.total)
    _say_view(out, catalog, page, listing)
    parts = []
    for change in changes:
        if change.record is None:
            continue
        thing = f"<{thing_of(change.id, base_url)}>"
        out.say(catalog, "hydra:member", thing)
        out.say(catalog, MEMBERSHIP.get(class_of(change.record), "dcat:resource"), thing)
        out.say(catalog, "dcat:record", f"<{document_of(change.id, base_url)}>")
        parts.append(described(change, base_url).statements)
    return b"".join([out.written(), *parts])


def _say_view(out: Statements, catalog: str, page: str, listing: Listing) -> None:
    """Where the list begins and goes on."""
    out.say(catalog, "hydra:view", page)
    out.classes(page, "hydra:PartialCollectionView")
    out.say(page, "hydra:first", name(listing.first))
    out.say(page, "hydra:next", name(listing.after))
