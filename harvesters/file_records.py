"""The records in one file: XML, JSON, JSON Lines, YAML or Turtle, in whichever format it turns out to be."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.outcome import Reader
from catalogue.record import Issue, Mapped, Provenance, RawRecord
from harvesters.archives import BROKEN
from harvesters.file_members import MAXIMUM_FILE, Member
from harvesters.json_client import MAXIMUM_RECORD
from harvesters.oai_pieces import cut, in_utf8, is_response
from mappings.base import Format, format_of, parse, xml_parser
from mappings.documents import documents_in
from mappings.recognition import Recognition, is_deep
from mappings.text import clean_url
from mappings.xml_reading import elements, first, local_name, refuse_answer, text_at

log = logging.getLogger(__name__)

_CUT_FROM = 5_000_000
_LINES = (".jsonl", ".ndjson", ".jsonlines")
_YAML = (".yaml", ".yml", ".cff")
_TURTLE = (".ttl", ".nt", ".n3")
_NO_RECORDS = (
    ".html",
    ".htm",
    ".xsd",
    ".xsl",
    ".xslt",
    ".svg",
    ".css",
    ".js",
    ".py",
    ".ipynb",
    ".dtd",
    ".tex",
)
_RECORDS = (".xml", ".rdf", ".json", ".jsonld", *_LINES, *_YAML, *_TURTLE)
_TURTLE_START = re.compile(
    rb"(?:#[^\n]*\n\s*)*(?:@prefix\s|@base\s|prefix\s+[\w.-]*:\s*<|<\w+:[^<>\s]*>\s+<\w+:[^<>\s]*>\s)", re.I
)
_LOCAL_SCHEMES = frozenset({"other", "url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A record before it has a name: the bytes that are stored, and what its OAI-PMH header says."""

    form: Format
    value: Any
    data: bytes | None = None
    identifier: str | None = None
    datestamp: str | None = None
    sets: tuple[str, ...] = ()
    is_deleted: bool = False


class FileReader:
    """Reads one file after the other and gives each record an identifier that stays.

    That is the identifier of the OAI-PMH header, else the record's own (DOI, ivoid, handle …), else
    the path of the file with the number of the record in it.  A second record of the same name takes
    its path, so that none is lost; the very same one again is passed over.  ``passed_over`` counts
    files that hold no records, by the endings of their names.  ``look`` finds the record's own
    identifier; it is `looked` within the time that a record has.
    """

    def __init__(self, prefix: str | None, *, is_strict: bool = False, look: Reader) -> None:
        self._look = look
        self._form = format_of(prefix) if prefix else None
        self._is_strict = is_strict
        self._recognition = Recognition()
        self._seen: dict[int, int] = {}
        self.passed_over: Counter[str] = Counter()
        self.formats: Counter[str] = Counter()

    def items(self, member: Member, sets: tuple[str, ...]) -> Iterator[RawRecord | Issue]:
        """Records and issues of a file; ``sets`` are those of its place."""
        if member.fault:
            yield self._issue(member.name, member.fault)
            return
        count = 0
        try:
            found = self._documents(member)
            ahead = next(found, None)
            while ahead is not None:
                one, ahead = ahead, next(found, None)
                if isinstance(one, Issue):
                    yield one
                else:
                    is_alone = not count and ahead is None
                    raw = self._record(one, member.name, None if is_alone else count, sets)
                    if raw is not None:
                        yield raw
                count += 1
        except RecordRefused as refused:
            yield self._issue(member.name, refused.reason, refused.path)
        except (ValueError, *BROKEN) as wrong:
            yield self._issue(member.name, f"The file cannot be read: {_said(wrong)}.")

    @staticmethod
    def _issue(identifier: str, reason: str, path: str = "/") -> Issue:
        return Issue(identifier=identifier, path=path or "/", reason=reason, rule="unreadable")

    def _documents(self, member: Member) -> Iterator[Document | Issue]:
        name = _plain_name(member.name)
        if name.endswith(_LINES):
            yield from self._lines(member)
            return
        is_expected = self._is_strict or member.prefix is not None or name.endswith(_RECORDS)
        if name.endswith(_NO_RECORDS) and not self._is_strict:
            self._pass_over(name)
            return
        if member.size > MAXIMUM_FILE and is_expected:
            raise ValueError(f"it has {member.size} bytes, the limit is {MAXIMUM_FILE}; divide it")
        if not is_expected and member.size > MAXIMUM_FILE:
            self._pass_over(name)
            return
        data = member.read(MAXIMUM_FILE + 1 if is_expected else _CUT_FROM)
        if len(data) > MAXIMUM_FILE:
            raise ValueError(f"it has more than {MAXIMUM_FILE} bytes; divide it")
        form = format_of(member.prefix) if member.prefix else self._form
        start = _start(data)
        if form is not None and form.parse is not None:
            yield from self._split(form, parse(form, data), data)
        elif _is_turtle(data, name):
            yield from self._turtle(data, name, is_expected=is_expected)
        elif start == b"<" and _is_html(data) and not self._is_strict and not name.endswith(".xml"):
            self._pass_over(name)
        elif start == b"<" and (is_expected or _is_xml(data)):
            yield from self._xml(form, data, member.name)
        elif start in {b"{", b"["} and not name.endswith(_YAML):
            yield from self._json(form, data, member)
        elif name.endswith(_YAML):
            yield from self._yaml(data)
        elif is_expected:
            raise ValueError("it is empty" if not start else "it is neither XML nor JSON nor YAML nor Turtle")
        else:
            self._pass_over(name)

    def _pass_over(self, name: str) -> None:
        last = name.rpartition("/")[2]
        self.passed_over["." + last.rpartition(".")[2] if "." in last else last[:20]] += 1

    def _xml(self, form: Format | None, data: bytes, name: str) -> Iterator[Document | Issue]:
        """An XML file; an OAI-PMH answer that is long or broken is read record by record."""
        fault = ""
        if len(data) <= _CUT_FROM or not is_response(data):
            try:
                root = etree.fromstring(data, xml_parser())
            except etree.XMLSyntaxError as error:
                fault = error.msg or "no reason given"
            else:
                chosen = form or self._recognition.of_xml(root)
                yield from self._split(_known(chosen, root), root, data)
                return
        pieces = cut(in_utf8(data, None), fault)
        if pieces is None:
            raise RecordRefused(f"Not well-formed XML: {fault or 'no records can be found'}")
        chosen = form
        for number, piece in enumerate(pieces[1]):
            if piece.element is None:
                yield self._issue(
                    piece.identifier or f"{name}#{number}", f"Not well-formed XML: {piece.fault}"
                )
                continue
            try:
                # A deleted record has nothing by which it could be recognised.
                chosen = form or self._recognition.of_xml(piece.element) or chosen
                yield from self._split(_known(chosen, piece.element), piece.element, None)
            except RecordRefused as refused:
                yield self._issue(f"{name}#{number}", refused.reason, refused.path)

    def _json(self, form: Format | None, data: bytes, member: Member) -> Iterator[Document | Issue]:
        data = _utf8(data)
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            if _has_json_lines(data):
                yield from self._lines(member)
                return
            where = f"line {error.lineno}, column {error.colno}"
            raise RecordRefused(f"Not JSON: {error.msg}", path=where) from None
        yield from self._of_value(form, value, data)

    def _of_value(self, form: Format | None, value: Any, data: bytes) -> Iterator[Document]:
        if is_deep(value):
            raise RecordRefused("It is nested too deep to be read.")
        chosen = form or self._recognition.of_value(value)
        if chosen is not None and chosen.parse is not None:
            value = parse(chosen, data)
        yield from self._split(_known(chosen, value), value, data)

    def _yaml(self, data: bytes) -> Iterator[Document]:
        try:
            chosen, value = self._recognition.of_bytes(data)
        except ValueError as error:
            raise RecordRefused(f"Not YAML: {error}") from None
        yield from self._split(_known(chosen, value), value, data)

    def _turtle(self, data: bytes, name: str, *, is_expected: bool) -> Iterator[Document]:
        """Turtle or N-Triples; what only looks so, or describes nothing, is passed over if not called so."""
        data = _utf8(data)
        try:
            chosen, value = self._recognition.of_rdf(data)
        except RecordRefused:
            if is_expected:
                raise
            self._pass_over(name)
            return
        yield from self._split(chosen, value, data)

    def _lines(self, member: Member) -> Iterator[Document | Issue]:
        """JSON Lines: a record a line, however many."""
        lines = (
            member.lines(MAXIMUM_RECORD + 1) if member.lines else iter(member.read(MAXIMUM_FILE).splitlines())
        )
        for number, line in enumerate(lines):
            text = line.strip().removeprefix(b"\xef\xbb\xbf")
            if not text:
                continue
            place = f"{member.name}#{number}"
            if len(line) > MAXIMUM_RECORD:
                yield self._issue(place, f"The line has more than {MAXIMUM_RECORD} bytes.")
                return
            try:
                yield from self._of_value(self._form, orjson.loads(text), text)
            except orjson.JSONDecodeError as error:
                yield self._issue(place, f"Not JSON: {error.msg}", f"line {number + 1}, column {error.colno}")
            except RecordRefused as refused:
                yield self._issue(place, refused.reason, refused.path)

    def _split(self, form: Format, root: Any, data: bytes | None) -> Iterator[Document]:
        """The single records of a parsed file; what is one record as a whole keeps its bytes."""
        documents: Iterable[tuple[str | None, Any]] = documents_in(form, root)
        is_alone = False
        if form.stored is not None:
            documents = list(documents)
            # Not in UTF-16, which only a parser of XML would understand.
            is_alone = len(documents) == 1 and data is not None and b"\0" not in data[:100]
        for identifier, value in documents:
            self.formats[form.prefix] += 1
            header = _header(value) if form.is_xml and hasattr(value, "tag") else None
            kept = data if (is_alone or value is root) and header is None else None
            yield Document(
                form=form,
                value=value,
                data=kept,
                identifier=identifier,
                datestamp=text_at(header, "datestamp") if header is not None else None,
                sets=_sets(header),
                is_deleted=header is not None and header.get("status") == "deleted",
            )

    def _record(
        self, found: Document, name: str, number: int | None, sets: tuple[str, ...]
    ) -> RawRecord | None:
        place = name if number is None else f"{name}#{number}"
        data = b"" if found.is_deleted else found.data if found.data is not None else _written(found)
        identifier = found.identifier or self._own_identifier(found) or place
        known = self._seen.get(hash(identifier))
        if known is not None:
            if known == hash(data):
                return None
            identifier = place
        self._seen[hash(identifier)] = hash(data)
        return RawRecord(
            identifier=identifier,
            format=found.form.prefix,
            data=data,
            datestamp=found.datestamp,
            deleted=found.is_deleted,
            sets=(*sets, *found.sets),
            document=None if found.is_deleted else found.value,
        )

    def _own_identifier(self, found: Document) -> str | None:
        """The record's own identifier of a scheme that others know too, if it can be read at all."""
        raw = RawRecord(identifier="-", format=found.form.prefix, data=b"", document=found.value)
        try:
            record = self._look(raw, Provenance(source="-", identifier="-")).record
        except RecordRefused:
            return None
        except Exception:
            # One record that meets a bug of ours must not cost its neighbours; the log has the trace.
            log.exception("crosswalk %s failed", found.form.prefix)
            return None
        for one in record.identifiers:
            if one.role == "own" and one.scheme not in _LOCAL_SCHEMES and len(one.value) < 500:
                return one.value if ":" in one.value else f"{one.scheme}:{one.value}"
        return None


def looked(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A record as its crosswalk alone reads it, for a first look; raises `RecordRefused`."""
    form = format_of(raw.format)
    assert form.read is not None
    return form.read(raw.document, provenance)


def _known(form: Format | None, document: Any) -> Format:
    """Raises `RecordRefused` where no format claims the document."""
    if form is not None:
        return form
    if hasattr(document, "tag"):
        if local_name(document) == "OAI-PMH" and next(document.iter("{*}record"), None) is None:
            refuse_answer(document)
        looks = f"the root element «{document.tag}»"
    elif isinstance(document, dict):
        looks = "the names " + ", ".join(f"«{name}»" for name in list(document)[:5])
    else:
        looks = f"a {type(document).__name__}"
    raise RecordRefused(f"It is in no format that is read: it has {looks[:300]}.")


def _header(document: Any) -> Any | None:
    """The OAI-PMH header of a record's metadata, or of a deleted record itself."""
    for one in (document, *document.iterancestors()):
        if local_name(one) == "record":
            return first(one, "header")
    return None


def _sets(header: Any | None) -> tuple[str, ...]:
    specs = elements(header, "setSpec") if header is not None else ()
    return tuple(text for one in specs if (text := clean_url(one.text)) is not None)


def _written(found: Document) -> bytes:
    """The bytes of a record out of a longer file, which its crosswalk reads again."""
    if hasattr(found.value, "tag"):
        return etree.tostring(found.value, encoding="utf-8", with_tail=False)
    if found.form.stored is not None:
        return found.form.stored(found.value)
    return orjson.dumps(found.value, option=orjson.OPT_NON_STR_KEYS)


def _plain_name(name: str) -> str:
    """The name in lower case, without the ending of a compression."""
    folded = name.casefold()
    for ending in (".gz", ".bz2", ".xz"):
        folded = folded.removesuffix(ending)
    return folded


def _start(data: bytes) -> bytes:
    return _utf8(data[:4_000]).lstrip()[:1]


def _utf8(data: bytes) -> bytes:
    """The same in UTF-8 where a byte order mark says that it is UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _is_html(data: bytes) -> bool:
    return data[:1_000].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _is_xml(data: bytes) -> bool:
    """Whether a file that is not called so is XML: not N-Triples, which begin with «<» too."""
    start = _utf8(data[:1_000]).lstrip()
    return (
        re.match(rb"<(?:\?xml|!--|!DOCTYPE|[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?[\s>/])", start) is not None
    )


def _is_turtle(data: bytes, name: str) -> bool:
    """Whether a file is Turtle or N-Triples by its name, or begins like one and is not called otherwise."""
    start = _utf8(data[:4_000]).lstrip()
    if name.endswith(_TURTLE):
        return bool(start) and re.match(rb"\{|<(?:\?xml|!|rdf:RDF)", start) is None
    return not name.endswith(_LINES + _YAML) and _TURTLE_START.match(start) is not None


def _has_json_lines(data: bytes) -> bool:
    """Whether the first two lines are JSON objects."""
    lines = [line for line in data[:1_000_000].splitlines()[:4] if line.strip()][:2]
    try:
        return len(lines) == 2 and all(isinstance(orjson.loads(line), dict) for line in lines)
    except orjson.JSONDecodeError:
        return False


def _said(wrong: Exception) -> str:
    text = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
    return (text or type(wrong).__name__).rstrip(".")
