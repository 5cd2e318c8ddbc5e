"""Where records of the CERN Open Data portal point to."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urljoin

from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.terms import relation_type

PORTAL = "https://opendata.cern.ch"
_TYPES = {
    "ischildof": "IsDerivedFrom",
    "isparentof": "IsSourceOf",
    "isproducedby": "IsCompiledBy",
    "produces": "Compiles",
    "isrelatedto": "IsRelatedTo",
}
"""Relations of the portal that DataCite calls otherwise."""


class Portal:
    """The addresses of the portal that a record came from (``url``: that of the record)."""

    def __init__(self, url: str | None = None) -> None:
        self.root = PORTAL
        for folder in ("/record/", "/docs/", "/glossary/"):
            if url is not None and folder in url:
                self.root = url.partition(folder)[0]

    def record(self, recid: str) -> str:
        """The landing page of a record."""
        return f"{self.root}/record/{quote(recid.strip(), safe='')}"

    def document(self, slug: str) -> str:
        """A page of documentation or news."""
        return f"{self.root}/docs/{quote(slug.strip(), safe='')}"

    def term(self, anchor: str) -> str:
        """An entry of the glossary."""
        return f"{self.root}/glossary/{quote(anchor.strip(), safe='')}"

    def file(self, recid: str, name: str) -> str:
        """A file of a record that has no other address."""
        return f"{self.root}/record/{quote(recid.strip(), safe='')}/files/{quote(name)}"

    def relate_all(self, draft: Draft, links: Iterable[Node], type: str) -> None:
        """A relation for each link; it has a recid, a DOI, an address (also one within the portal)."""
        for link in links:
            # What links to nothing stays as it is.
            if not link.has("doi", "recid", "url") and link.is_object:
                continue
            title = link.text("title") or link.text("description")
            path = link.where("title")
            doi, recid, url = link.text("doi"), link.text("recid"), link.text("url") or link.text()
            if doi is not None:
                link.take("recid")
                draft.relate(type, doi, "DOI", title=title, path=path)
            elif recid is not None:
                draft.relate(type, self.record(recid), "URL", title=title, path=path)
            elif url is not None:
                draft.relate(type, self._absolute(draft, link, url), title=title, path=path)

    def _absolute(self, draft: Draft, link: Node, url: str) -> str | None:
        try:
            return urljoin(self.root + "/", url.strip())
        except ValueError:
            draft.issue(link.path, "This is no address.", url)
            return None


def read_links(draft: Draft, node: Node, portal: Portal) -> None:
    """The relations of a record, what it is used with, and its further links."""
    for relation in node.children("relations"):
        said = relation.text("type") or "isRelatedTo"
        portal.relate_all(draft, [relation], _TYPES.get(said.lower(), relation_type(said)))
    for name in ("links", "source_code_links"):
        portal.relate_all(draft, node.children(name), "References")
