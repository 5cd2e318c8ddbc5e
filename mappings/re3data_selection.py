"""Which repositories of re3data are wanted: by subject, content and country."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mappings.json_reading import Node
from mappings.re3data_tree import plain, words
from mappings.xml_reading import elements, local_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Wanted subjects (DFG codes or words), content types (words) and countries (ISO 3166 alpha-3).

    Of each, one must fit; what is empty is not asked for.
    """

    subjects: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.subjects or self.contents or self.countries)

    def takes(self, document: Any) -> bool:
        """Whether a repository, as XML element or plain values, is wanted."""
        if self.is_everything:
            return True
        node = _repository(document)
        subjects = [_subject(one) for one in node.children("subject", "subjects")]
        contents = [words(one) or "" for one in node.children("contentType", "contentTypes")]
        countries = [one.text("country") or "" for one in node.children("institution", "institutions")]
        return (
            (not self.subjects or any(_fits(want, one) for want in self.subjects for one in subjects))
            and (not self.contents or any(_has(want, one) for want in self.contents for one in contents))
            and (not self.countries or any(_is(want, one) for want in self.countries for one in countries))
        )


def listed(text: str | None) -> tuple[str, ...]:
    """The values of an option, separated by commas."""
    return tuple(one.strip() for one in (text or "").split(",") if one.strip())


def _repository(document: Any) -> Node:
    if isinstance(document, dict):
        inner = document.get("data", document)
        attributes = inner.get("attributes") if isinstance(inner, dict) else None
        return Node(attributes if isinstance(attributes, dict) else inner)
    return Node(plain(next(_elements(document), document)))


def _elements(root: Any) -> Iterator[Any]:
    if local_name(root) == "repository":
        yield root
    else:
        yield from elements(root, "repository")


def _subject(node: Node) -> tuple[str, str]:
    """Code and words; 2.2 writes both in one text, «31302 Oceanography»."""
    code, text = node.text("id"), words(node) or ""
    if code is None:
        first, _, rest = text.partition(" ")
        code, text = (first, rest) if first.isdigit() else ("", text)
    return code, text


def _fits(want: str, subject: tuple[str, str]) -> bool:
    """A code names its branch: «307» takes 30702 too; words are looked for in the name."""
    code, text = subject
    return code.startswith(want) if want.isdigit() else _has(want, text)


def _has(want: str, text: str) -> bool:
    return want.casefold() in text.casefold()


def _is(want: str, text: str) -> bool:
    return want.casefold() == text.casefold()
