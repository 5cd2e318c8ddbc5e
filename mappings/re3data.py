"""Repositories as re3data describes them: XML of schema 2.2 and 4.0, and DataCite's JSON of the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from catalogue.errors import NotARecord, RecordRefused
from catalogue.record import Distribution, Mapped, Provenance
from mappings.base import Format, xml_parser
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.re3data_interfaces import read_interfaces
from mappings.re3data_policies import read_policies
from mappings.re3data_tree import plain, scheme_and_text, words
from mappings.terms import read_language
from mappings.text import clean_line, clean_url
from mappings.xml_reading import elements, first, local_name, payload, text_at

_NUMBER = ("re3dataId", "re3data.orgIdentifier", "id")
_DOI_PREFIX = "10."


def parse(data: bytes) -> Any:
    """An XML element, or the plain values of DataCite's JSON; raises ``ValueError``."""
    if data.lstrip()[:1] in (b"{", b"["):
        return orjson.loads(data)
    return etree.fromstring(data, xml_parser())


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """The repositories in a list or an answer of either API."""
    if isinstance(document, dict | list):
        listed = document.get("data", document) if isinstance(document, dict) else document
        for one in listed if isinstance(listed, list) else [listed]:
            yield number_in(one), one
        return
    found = _repositories(document)
    for repository in found or [document]:
        yield identifier_of(repository), repository


def _repositories(root: Any) -> list[Any]:
    """The ``repository`` elements of an answer, also of one by OAI-PMH."""
    if local_name(root) == "repository":
        return [root]
    if local_name(root) in ("re3data", "list"):
        return list(elements(root, "repository"))
    return [one for wrapped in root.iter("{*}re3data") for one in elements(wrapped, "repository")]


def identifier_of(repository: Any) -> str | None:
    """«r3d…» of an XML element, as 4.0, 2.2 and the list of the API have it."""
    wrapped = first(repository, "identifiers")
    texts = [text_at(wrapped, "re3data")] if wrapped is not None else []
    texts += [text_at(repository, name) for name in ("re3data.orgIdentifier", "id")]
    return next((found.rpartition("/")[2] for text in texts if (found := clean_url(text))), None)


def number_in(document: Any) -> str | None:
    """«r3d…» of a JSON object as DataCite has it; its DOI where that is missing."""
    if not isinstance(document, dict):
        return None
    attributes = document.get("attributes")
    found = attributes.get("re3dataId") if isinstance(attributes, dict) else None
    found = found or document.get("re3dataId") or document.get("id")
    return found.strip() or None if isinstance(found, str) else None


def read_record(document: Any, provenance: Provenance) -> Mapped:
    """One repository in either dialect; raises `RecordRefused`."""
    draft = Draft(provenance.identifier)
    if isinstance(document, dict):
        root = Node(document.get("data") if isinstance(document.get("data"), dict) else document)
        draft.add_identifier(root.text("id"), "DOI" if _is_doi(root) else None)
        node = root.child("attributes") if root.has("attributes") else root
        root.take("type", "id")
    elif isinstance(document, etree._Element):
        found = _repositories(payload(document))
        if not found:
            raise NotARecord("There is no repository in this document.", path=f"/{local_name(document)}")
        root = node = Node(plain(found[0]), "repository")
    else:
        raise NotARecord("The repository is neither XML nor a JSON object.", path="/")
    if not node.is_object:
        raise RecordRefused("The repository has no properties.", path=root.path or "/")
    _identity(draft, node)
    _description(draft, node)
    read_interfaces(draft, node)
    read_policies(draft, node)
    node.take("link")
    draft.keep_all(root.left())
    return draft.finished("repository", provenance, node.path)


def _is_doi(root: Node) -> bool:
    value = root.value.get("id") if root.is_object else None
    return isinstance(value, str) and value.startswith(_DOI_PREFIX)


def _identity(draft: Draft, node: Node) -> None:
    for wrapped in node.children("identifiers"):
        draft.add_identifier(wrapped.text("doi"), "DOI")
        _add_number(draft, wrapped.text("re3data"))
    draft.add_identifier(node.text("doi"), "DOI")
    _add_number(draft, node.text(*_NUMBER))
    for one in node.children("repositoryIdentifier", "repositoryIdentifiers", "identifier"):
        scheme, text = scheme_and_text(one)
        draft.add_identifier(text, scheme, own=False)
    for one in node.children("repositoryName", "name"):
        draft.add_title(words(one), one.path, language=read_language(one.text("language")))
    for one in node.children("additionalName", "additionalNames"):
        draft.add_title(
            words(one), one.path, language=read_language(one.text("language")), type="alternative"
        )
    url = clean_url(node.text("repositoryUrl", "url"))
    if url is not None:
        draft.add_identifier(url, "URL", own=False)
        draft.distributions.append(Distribution(url=url, protocol=url.partition(":")[0], title="Website"))


def _add_number(draft: Draft, text: str | None) -> None:
    value = clean_url(text)
    if value is not None and ("://" in value or value.startswith(_DOI_PREFIX)):
        draft.add_identifier(value)
    else:
        draft.add_identifier(value, "re3data")


def _description(draft: Draft, node: Node) -> None:
    for name, type in (("description", "abstract"), ("remarks", "other")):
        for one in node.children(name):
            draft.add_description(
                words(one), one.path, type=type, language=read_language(one.text("language"))
            )
    for one in node.children("type", "types"):
        draft.type_label = ", ".join(filter(None, (draft.type_label, clean_line(words(one)))))
    for one in node.children("repositoryLanguage", "repositoryLanguages", "language"):
        draft.add_language(words(one))
    for one in node.children("subject", "subjects"):
        code, label = one.text("id"), words(one)
        has_code = code is None or (label or "").startswith(code)
        draft.add_subject(label if has_code else f"{code} {label}", scheme=one.text("scheme"))
    for one in node.children("keyword", "keywords"):
        draft.add_subject(words(one))
    for one in node.children("contentType", "contentTypes"):
        label = clean_line(words(one))
        if label is not None:
            draft.formats.append(label)
        one.take("scheme")
    for one in node.children("size"):
        label, updated = clean_line(words(one)), clean_line(one.text("updated"))
        if label is not None:
            draft.sizes.append(f"{label} ({updated})" if updated else label)
    _dates(draft, node)


def _dates(draft: Draft, node: Node) -> None:
    start, end = clean_line(node.text("startDate")), clean_line(node.text("endDate"))
    if start or end:
        text = f"{_day(start)}/{_day(end)}" if end else f"{_day(start)}/.."
        draft.add_date(text, "available", node.where("startDate"))
    draft.add_date(node.text("entryDate", "created"), "other", node.where("entryDate"), "entered in re3data")
    draft.add_date(
        node.text("lastUpdate", "updated"), "updated", node.where("lastUpdate"), "of the description"
    )


def _day(text: str | None) -> str:
    """DataCite writes a day as «2013-05-08T00:00:00.000+00:00»."""
    return (text or "").partition("T")[0]


XML = Format(
    prefix="re3data",
    title="re3data repository",
    media_type="application/xml",
    namespace="http://www.re3data.org/schema/4-0",
    schema="https://schema.re3data.org/4-0/re3dataV4-0.xsd",
    read=read_record,
    split=split,
    parse=parse,
    rank=60,
)
JSON = Format(
    prefix="re3data_json",
    title="re3data repository in DataCite's JSON",
    media_type="application/json",
    read=read_record,
    split=split,
    rank=59,
)
FORMATS = (XML, JSON)
