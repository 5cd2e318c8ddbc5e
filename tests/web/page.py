"""A page as a test reads it: parsed by the rules of HTML, with what breaks them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

import html5lib


class Node:
    """An element of a page."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def get(self, name: str) -> str | None:
        """An attribute."""
        return self.element.get(name)

    def text_content(self) -> str:
        """All text within, with single spaces."""
        return " ".join("".join(self.element.itertext()).split())

    def find(self, tag: str) -> Node:
        """The first element of this name within."""
        return Node(next(self.element.iter(tag)))

    def __iter__(self) -> Any:
        return (Node(element) for element in self.element.iter())


class Page:
    """A whole page: ``errors`` are the places where it is no valid HTML."""

    def __init__(self, root: Element, errors: list[str]) -> None:
        self.root = root
        self.errors = errors

    def all(self, name: str, *, tag: bool = False) -> list[Node]:
        """The elements of a class, or of a tag."""
        return [
            Node(element)
            for element in self.root.iter()
            if (element.tag == name if tag else name in (element.get("class") or "").split())
        ]

    def first(self, name: str) -> Any:
        """The first element of a class or tag, or ``None``."""
        found = self.all(name) or self.all(name, tag=True)
        return found[0] if found else None

    def by_id(self, id: str) -> Any:
        """The element with this id, or ``None``."""
        return next((Node(element) for element in self.root.iter() if element.get("id") == id), None)

    def text_of(self, name: str) -> str:
        """The text of the first element of a class."""
        return str(self.first(name).text_content())

    def texts_in(self, name: str, tag: str) -> list[str]:
        """The texts of the elements of one tag within those of a class."""
        return [part.text_content() for node in self.all(name) for part in node if part.element.tag == tag]

    def links_in(self, name: str) -> list[str]:
        """The addresses of all links within the elements of a class."""
        return [part.get("href") for node in self.all(name) for part in node if part.element.tag == "a"]

    def find_link(self, text: str) -> str | None:
        """The address of the first link whose text holds this."""
        for node in self.all("a", tag=True):
            if text in node.text_content():
                return node.get("href")
        return None

    def link(self, text: str) -> str:
        """The same, which must be there."""
        found = self.find_link(text)
        assert found is not None, text
        return found

    def repeated_ids(self) -> list[str]:
        """Ids that more than one element has."""
        counts = Counter(element.get("id") for element in self.root.iter() if element.get("id"))
        return [str(id) for id, count in counts.items() if count > 1]


def read_page(text: str) -> Page:
    """Parse a page as a browser does, keeping what it complains about."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(text)
    errors = [f"{position}: {code} {data}" for position, code, data in parser.errors]
    return Page(root, errors)


def foreign(text: str) -> str:
    """A page without the script that all pages of ours have, and without JSON-LD: what else runs is foreign.

    JSON-LD is no script that runs; in ours stands no «<», so that none can end it.
    """
    text = text.replace('<script type="module" src="/static/page.js"></script>', "")
    return re.sub('<script type="application/ld[+]json">[^<]*</script>', "", text)
