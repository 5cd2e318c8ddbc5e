"""Which format a document of unknown origin is in: the formats themselves are asked.

First by their own marks (`Format.recognises`), then by the namespace of XML, at last by trying:
the reader that makes most of a document, and leaves least of it aside, is its own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import Any

from catalogue.errors import RecordRefused
from catalogue.record import Provenance, Record
from mappings.base import Format, formats, parse
from mappings.documents import documents_in
from mappings.xml_reading import elements, local_name, namespace

log = logging.getLogger(__name__)

MAXIMUM_DEPTH = 200
_PARTS = tuple(
    name
    for name in Record.__dataclass_fields__
    if name not in {"id", "kind", "titles", "provenance", "extra", "quality"}
)
_LEAST = 1.5
_LOOKED_AT = 200
_VERSION = re.compile(r"[/#]?v?[\d.]*(?:[/#])?$")


class Recognition:
    """Recognises documents one after the other; what looks like an earlier one is not tried again."""

    def __init__(self) -> None:
        self._known: dict[Any, Format | None] = {}

    def of_xml(self, root: Any) -> Format | None:
        """The format of an element: a record, a list or an OAI-PMH answer."""
        shape = tuple(dict.fromkeys(one.tag for one in _outer(root)))
        candidates = [form for form in _readers() if form.is_xml]
        return self._format(shape, root, candidates)

    def of_value(self, value: Any) -> Format | None:
        """The format of a JSON value: a record, a list or an API's answer."""
        if is_deep(value):
            return None
        for form in _readers():
            # JSON is one of the ways to write these, YAML and RDF among them.
            if form.parse is not None and form.recognises is not None and form.recognises(value):
                return form
        candidates = [form for form in _readers() if not form.is_xml and form.parse is None]
        return self._format(("json", *_names(value)), value, candidates)

    def of_rdf(self, data: bytes) -> tuple[Format, Any]:
        """Format and document of RDF in Turtle or N-Triples; raises `RecordRefused` if none describes it."""
        refusal = RecordRefused("No format that is read is written like this.")
        for form in _readers():
            if form.parse is not None and "rdf" in form.media_type:
                try:
                    return form, parse(form, data)
                except RecordRefused as refused:
                    refusal = refused
        raise refusal

    def of_bytes(self, data: bytes) -> tuple[Format | None, Any]:
        """Format and document of what is neither XML nor JSON; raises ``ValueError`` if none can parse it."""
        parsed: list[tuple[Format, Any]] = []
        wrong = ValueError("no format that is read is written like this")
        for form in _readers():
            if form.parse is not None:
                try:
                    parsed.append((form, form.parse(data)))
                except ValueError as error:
                    wrong = error
                except (SyntaxError, RecordRefused):
                    continue  # XML, which this format may be written in as well, or another language
        if not parsed:
            raise wrong
        for form, document in parsed:
            if form.recognises is not None and form.recognises(document):
                return form, document
        for form, document in parsed:
            if form.recognises is None and not is_deep(document) and _score(form, document) >= _LEAST:
                return form, document
        return None, parsed[0][1]

    def _format(self, shape: Any, document: Any, candidates: list[Format]) -> Format | None:
        for form in candidates:
            if form.recognises is not None and form.recognises(document):
                return form
        if shape not in self._known:
            self._known[shape] = _by_namespace(document, candidates) or _by_trial(document, candidates)
        return self._known[shape]


def _readers() -> list[Format]:
    return [form for form in formats().values() if form.read is not None]


def is_deep(value: Any) -> bool:
    """Whether a value is nested so deep that reading it would end in a crash."""
    level: list[Any] = [value]
    for _ in range(MAXIMUM_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _names(value: Any) -> Iterator[str]:
    """What a value looks like: the names in its first objects."""
    for _ in range(3):
        while isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict):
            return
        yield ",".join(sorted(map(str, value))[:_LOOKED_AT])
        value = next((inner for inner in value.values() if isinstance(inner, list) and inner), None)


def _outer(root: Any) -> Iterator[Any]:
    """The root and the first elements inside, in which a record may be wrapped."""
    level = [root]
    for _ in range(5):
        yield from level
        level = [child for one in level for child in list(elements(one))[:3]][:_LOOKED_AT]


def _by_namespace(document: Any, candidates: Iterable[Format]) -> Format | None:
    """The format whose namespace the document uses, whichever version; the outermost counts."""
    if not hasattr(document, "tag"):
        return None
    spaces = {_family(form.namespace): form for form in reversed(list(candidates)) if form.namespace}
    for one in _outer(document):
        space = namespace(one)
        if space is not None and local_name(one) not in {"OAI-PMH"}:
            found = spaces.get(_family(space))
            if found is not None:
                return found
    return None


def _family(address: str | None) -> str:
    return _VERSION.sub("", (address or "").replace("http://", "https://").rstrip("/"))


def _by_trial(document: Any, candidates: Iterable[Format]) -> Format | None:
    best: tuple[float, Format] | None = None
    for form in candidates:
        score = _score(form, document)
        if score >= _LEAST and (best is None or score > best[0]):
            best = score, form
    return best[1] if best is not None else None


def _score(form: Format, document: Any) -> float:
    """How much of the model the reader fills from the first record, less what it had no place for."""
    assert form.read is not None
    try:
        identifier, first = next(iter(documents_in(form, document)), (None, None))
        if first is None or not (isinstance(first, dict) or hasattr(first, "tag")):
            return 0.0
        record = form.read(first, Provenance(source="-", identifier=identifier or "-")).record
    except RecordRefused:
        return 0.0
    except Exception as stumble:
        # A reader may stumble over what is not its own; what is its own it reads once more, outside.
        log.debug("the reader of %s stumbles: %r", form.prefix, stumble)
        return 0.0
    if record.titles[0].type == "identifier":
        return 0.0
    filled = sum(bool(getattr(record, name)) for name in _PARTS)
    return filled / (1.0 + len(record.extra) / (filled + 1.0))
