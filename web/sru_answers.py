"""Answers of SRU as XML, in the namespaces of its versions (schemas sruResponse.xsd and srw-types.xsd)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappings.xml_writing import content
from web.oai_xml import element
from web.result_window import LAST_POSITION
from web.sru_explain import ZEEREX

VERSIONS = ("2.0", "1.2", "1.1")

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OASIS = "http://docs.oasis-open.org/ns/search-ws/"
_DIAGNOSTICS_SCHEMA = "info:srw/schema/1/diagnostics-v1.1"
_EXACT = "info:srw/vocabulary/resultCountPrecision/1/exact"
_ECHOED = (
    "queryType",
    "query",
    "startRecord",
    "maximumRecords",
    "recordXMLEscaping",
    "recordPacking",
    "recordSchema",
)
"""Parameters that an answer repeats, in the order of the schemas."""
_LONGEST_ECHO = 4000


class Diagnostic(Exception):
    """What is wrong with a request or a record, by the number of SRU's list (part 3, appendix B)."""

    def __init__(self, number: int, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.number = number
        self.details = details


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record as XML, and the URI of its schema."""

    schema: str
    document: bytes


class Envelope:
    """Answers in one version of SRU."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._is_old = version != "2.0"
        self._namespace = "http://www.loc.gov/zing/srw/" if self._is_old else f"{_OASIS}sruResponse"
        self._diagnostic = f"{self._namespace}diagnostic/" if self._is_old else f"{_OASIS}diagnostic"
        self.escaping_name = "recordPacking" if self._is_old else "recordXMLEscaping"
        self.content_type = "text/xml; charset=utf-8" if self._is_old else "application/sru+xml"

    def explained(self, record: str) -> bytes:
        """An explainResponse around the ZeeRex record of the service."""
        inside = self._record(ZEEREX, record.encode(), 1, "xml")
        return self._answer("explainResponse", [inside])

    def retrieved(
        self,
        given: Mapping[str, str],
        start: int,
        total: int,
        records: Sequence[Found | Diagnostic],
        escaping: str,
    ) -> bytes:
        """A searchRetrieveResponse with ``records``, the first of which is at position ``start``."""
        parts = [element("numberOfRecords", str(total)).encode()]
        if records:
            parts += [b"<records>", *self._records(records, start, escaping), b"</records>"]
        following = start + len(records)
        if records and following <= min(total, LAST_POSITION):
            parts.append(element("nextRecordPosition", str(following)).encode())
        parts.append(self._echo(given))
        if not self._is_old:
            parts.append(element("resultCountPrecision", _EXACT).encode())
        return self._answer("searchRetrieveResponse", parts)

    def refused(self, given: Mapping[str, str], fault: Diagnostic) -> bytes:
        """A searchRetrieveResponse, or explainResponse where there is no query, that says what is wrong."""
        diagnostics = f"<diagnostics>{self._fault(fault)}</diagnostics>".encode()
        if "query" not in given and given.get("operation") != "searchRetrieve":
            return self._answer("explainResponse", [diagnostics])
        none = element("numberOfRecords", "0").encode()
        return self._answer("searchRetrieveResponse", [none, self._echo(given), diagnostics])

    def _answer(self, name: str, parts: Sequence[bytes]) -> bytes:
        head = f'{_DECLARATION}<{name} xmlns="{self._namespace}">{element("version", self.version)}'
        return b"".join((head.encode(), *parts, f"</{name}>\n".encode()))

    def _records(self, records: Sequence[Found | Diagnostic], start: int, escaping: str) -> Iterator[bytes]:
        for position, record in enumerate(records, start):
            if isinstance(record, Diagnostic):
                yield self._record(_DIAGNOSTICS_SCHEMA, self._fault(record).encode(), position, escaping)
            else:
                yield self._record(record.schema, record.document, position, escaping)

    def _record(self, schema: str, document: bytes, position: int, escaping: str) -> bytes:
        data = content(document.decode()).encode() if escaping == "string" else document
        return (
            f"<record>{element('recordSchema', schema)}{element(self.escaping_name, escaping)}".encode()
            + b"<recordData>%b</recordData>" % data
            + f"{element('recordPosition', str(position))}</record>".encode()
        )

    def _echo(self, given: Mapping[str, str]) -> bytes:
        echoed = "".join(
            element(name, given[name][:_LONGEST_ECHO])
            for name in _ECHOED
            if name in given and not (self._is_old and name in {"queryType", "recordXMLEscaping"})
        )
        version = element("version", self.version)
        name = "echoedSearchRetrieveRequest"
        return f"<{name}>{version}{echoed}</{name}>".encode("utf-8", "replace")

    def _fault(self, fault: Diagnostic) -> str:
        details = element("details", fault.details) if fault.details else ""
        return (
            f'<diagnostic xmlns="{self._diagnostic}"><uri>info:srw/diagnostic/1/{fault.number}</uri>'
            f"{details}{element('message', str(fault))}</diagnostic>"
        )
