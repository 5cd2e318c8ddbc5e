"""The single records inside a file: an OAI-PMH answer, a list, a collection, or one record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.base import Format, parse
from mappings.text import clean_url
from mappings.xml_reading import elements, first, local_name, payload, refuse_answer, text_at

_LISTS = frozenset({"Resource", "resource", "dc"})


def documents(form: Format, data: bytes) -> Iterator[tuple[str | None, Any]]:
    """Identifier (of the OAI header, where there is one) and document of each record in ``data``.

    A deleted record comes as its OAI record, which every reader refuses.  Raises `RecordRefused`
    for what is not well-formed, and for an OAI-PMH answer without records.
    """
    yield from documents_in(form, parse(form, data))


def documents_in(form: Format, document: Any) -> Iterator[tuple[str | None, Any]]:
    """The same of what has been parsed already."""
    if form.split is not None:
        yield from form.split(document)
    elif form.is_xml:
        yield from _xml_documents(document)
    elif isinstance(document, list):
        yield from ((None, one) for one in document)
    else:
        yield None, document


def _xml_documents(root: Any) -> Iterator[tuple[str | None, Any]]:
    name = local_name(root)
    if name == "OAI-PMH":
        records = [record for record in root.iter("{*}record") if _is_oai_record(record)]
        if not records:
            refuse_answer(root)
        yield from map(_oai_document, records)
    elif _is_oai_record(root):
        yield _oai_document(root)
    elif records := list(elements(root, "record")):
        for record in records:
            yield _oai_document(record) if _is_oai_record(record) else (None, record)
    elif name not in _LISTS and (listed := [one for one in elements(root) if local_name(one) in _LISTS]):
        yield from ((None, one) for one in listed)
    else:
        yield None, root


def _is_oai_record(element: Any) -> bool:
    """Whether this is the ``record`` of OAI-PMH, not that of MARC."""
    return local_name(element) == "record" and (
        first(element, "header") is not None or first(element, "metadata") is not None
    )


def _oai_document(record: Any) -> tuple[str | None, Any]:
    header = first(record, "header")
    identifier = clean_url(text_at(header, "identifier")) if header is not None else None
    metadata = first(record, "metadata")
    if metadata is None or not len(metadata):
        return identifier, record
    return identifier, payload(metadata)
