"""Names, types and wrappings of XML elements as they really come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def local_name(element: Any) -> str:
    """The name of an element without its namespace; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Any) -> str | None:
    """The namespace of an element."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag[0] == "{" else None


def elements(parent: Any, name: str | None = None) -> Iterator[Any]:
    """The child elements, or those with this local name."""
    for child in parent:
        if isinstance(child.tag, str) and (name is None or child.tag.rpartition("}")[2] == name):
            yield child


def first(parent: Any, name: str) -> Any | None:
    """The first child element with this local name."""
    return next(elements(parent, name), None)


def text_of(element: Any) -> str | None:
    """All text inside an element."""
    return element.text if not len(element) else "".join(element.itertext())


def text_at(parent: Any, name: str) -> str | None:
    """All text inside the first child with this local name."""
    found = first(parent, name)
    return text_of(found) if found is not None else None


def type_name(element: Any) -> tuple[str | None, str | None]:
    """Namespace and local name of ``xsi:type``, its prefix resolved where the element stands.

    The namespace is ``None`` for an undeclared prefix or no namespace.
    """
    value = element.get(XSI_TYPE)
    if value is None:
        return None, None
    prefix, colon, name = value.strip().rpartition(":")
    return element.nsmap.get(prefix if colon else None), name


def payload(document: Any) -> Any:
    """What an OAI-PMH record or its ``metadata`` element holds; anything else is returned as it is.

    Raises `RecordRefused` for a deleted record, an OAI-PMH error and a record without metadata.
    """
    name = local_name(document)
    if name == "OAI-PMH":
        refuse_answer(document)
    header, metadata = first(document, "header"), first(document, "metadata")
    if name == "record" and (header is not None or metadata is not None):
        if metadata is None:
            deleted = header is not None and header.get("status") == "deleted"
            reason = "The source has deleted the record." if deleted else "The record has no metadata."
            raise NotARecord(reason, path="/record/header")
        return payload(metadata)
    if name == "metadata":
        children = list(elements(document))
        if not children:
            raise NotARecord("The metadata of the record are empty.", path="/record/metadata")
        if len(children) == 1 and (len(children[0]) or not local_name(children[0]).islower()):
            return children[0]
    return document


def refuse_answer(document: Any) -> None:
    """Raise `RecordRefused` for an OAI-PMH answer that is an error or holds no records."""
    error = first(document, "error")
    if error is not None:
        words = " ".join((text_of(error) or "").split())
        code = error.get("code") or "error"
        raise NotARecord(f"The answer is the OAI-PMH error {code}: {words}", path="/OAI-PMH/error")
    verb = next((local_name(child) for child in elements(document) if local_name(child)[0].isupper()), "")
    raise NotARecord(f"The OAI-PMH answer holds no record ({verb or 'empty'}).", path=f"/OAI-PMH/{verb}")


def flattened(element: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text and attribute below an element, by path; children of the same name are counted."""
    names = [local_name(child) for child in elements(element)]
    if element.text and element.text.strip():
        yield path, text_of(element) or "" if not names else element.text
    for key, value in element.attrib.items():
        if not key.startswith("{") and value.strip():
            yield f"{path}/@{key}", value
    total = Counter(names)
    count: Counter[str] = Counter()
    for child, name in zip(elements(element), names, strict=True):
        count[name] += 1
        numbered = f"{name}[{count[name]}]" if total[name] > 1 else name
        yield from flattened(child, f"{path}/{numbered}")
        if child.tail and child.tail.strip():
            yield path, child.tail
