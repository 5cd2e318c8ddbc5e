"""The programming interfaces and feeds of a repository, as capabilities."""

from __future__ import annotations

from catalogue.record import Capability, Interface
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.re3data_tree import words
from mappings.text import clean_line, clean_url

OAI_PMH = "http://www.openarchives.org/OAI/2.0/"
_STANDARDS = {
    "oai-pmh": OAI_PMH,
    "sparql": "http://www.w3.org/TR/sparql11-protocol/",
    "sword": "http://purl.org/net/sword/",
    "opendap": "https://www.opendap.org/",
    "rss": "https://www.rssboard.org/rss-specification",
    "atom": "http://www.w3.org/2005/Atom",
}
"""Identifiers of the standards that re3data's vocabulary of interfaces names."""


def read_interfaces(draft: Draft, node: Node) -> None:
    """``api`` and ``syndication``: type and address, in elements (4.0), an attribute (2.2) or JSON."""
    for name in ("api", "apis", "syndication", "syndications"):
        for one in node.children(name):
            _read(draft, one)


def _read(draft: Draft, node: Node) -> None:
    type = clean_line(node.text("type"))
    url = clean_url(node.text("url") or words(node))
    documentation = clean_url(node.text("documentation"))
    interfaces = []
    if url is not None:
        interfaces.append(Interface(type=type, url=url))
    if documentation is not None:
        interfaces.append(Interface(type="documentation", url=documentation))
    if not interfaces:
        draft.issue(node.path, "The interface has no address.", type)
        return
    standard = _STANDARDS.get((type or "").lower())
    draft.capabilities.append(Capability(standard=standard, description=type, interfaces=tuple(interfaces)))
