"""SRU at ``/sru``: explain and searchRetrieve of SRU 2.0 (OASIS searchRetrieve 1.0, part 3) and SRU 1.1, 1.2.

The search is our own, asked in CQL.  What a client does wrong is a diagnostic with status 200.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from catalogue.cql import parse_cql
from catalogue.cql_clauses import CqlError, plain_term
from catalogue.errors import IndexError_, QueryError, RecordRefused, StoreError
from catalogue.index import Change, Query
from mappings.base import Format
from web.context import EXTENSION, base_url, catalogue
from web.errors import RETRY_AFTER
from web.oai_records import Records
from web.oai_xml import self_contained
from web.outages import words_of
from web.result_window import LAST_POSITION, window
from web.sru_answers import VERSIONS, Diagnostic, Envelope, Found
from web.sru_explain import explain_record

log = logging.getLogger(__name__)
blueprint = Blueprint("sru", __name__)

DEFAULT_RECORDS = 10
MAXIMUM_RECORDS = 100
DEFAULT_SCHEMA = "oai_dc"
SCHEMA_ALIASES = dict.fromkeys(("dc", "info:srw/schema/1/dc-v1.1", "info:srw/schema/1/dc-schema"), "oai_dc")

_EXTENSION = "almagest.sru"
_PARAMETERS = (
    "operation",
    "version",
    "query",
    "queryType",
    "startRecord",
    "maximumRecords",
    "recordXMLEscaping",
    "recordPacking",
    "recordSchema",
)
_IGNORED = ("httpAccept", "resultSetTTL", "renderedBy", "extraRequestData")
"""Parameters that a server may pass over (part 3, section 4)."""
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """A searchRetrieve request whose parameters are allowed."""

    query: str
    start: int
    count: int
    schema: Format
    escaping: str


@blueprint.route("/sru", methods=["GET", "POST"])
def sru() -> Response:
    """Answer a request: a search where there is a query, else what can be searched (part 3, section 4)."""
    given: Mapping[str, str] = {}
    version, status = "2.0", 200
    try:
        given = _given()
        version = _version(given)
        envelope = Envelope(version)
        body = _answer(envelope, given)
    except Diagnostic as fault:
        body = Envelope(version).refused(given, fault)
    except (IndexError_, StoreError) as error:
        status = 503
        body = Envelope(version).refused(given, Diagnostic(2, words_of(error)))
    response = Response(body, status, content_type=Envelope(version).content_type)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers.setdefault("Access-Control-Allow-Origin", "*")
    return response


@blueprint.record_once
def open_schemas(state: BlueprintSetupState) -> None:
    """The formats that can be written as XML, as this installation writes them."""
    state.app.extensions[_EXTENSION] = Records(state.app.extensions[EXTENSION].settings).formats


def schemas() -> Mapping[str, Format]:
    """The record schemas that can be asked for, by short name."""
    found: Mapping[str, Format] = current_app.extensions[_EXTENSION]
    return found


def _given() -> dict[str, str]:
    try:
        pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    except RequestEntityTooLarge:
        raise Diagnostic(12, "The request is too long.") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise Diagnostic(6, f"The parameter «{name[:40]}» is given more than once.", name[:40])
        given[name] = value
    return {name: value for name, value in given.items() if value != ""}


def _version(given: Mapping[str, str]) -> str:
    version = given.get("version", "2.0")
    if version not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise Diagnostic(5, f"There is no version «{version[:20]}» here; there are {known}.", VERSIONS[0])
    return version


def _answer(envelope: Envelope, given: Mapping[str, str]) -> bytes:
    operation = given.get("operation", "searchRetrieve" if "query" in given else "explain")
    if operation == "explain":
        return envelope.explained(
            explain_record(
                base_url(),
                catalogue().settings.repository_name,
                schemas().values(),
                default=DEFAULT_RECORDS,
                most=MAXIMUM_RECORDS,
            )
        )
    if operation != "searchRetrieve":
        reason = f"The operation «{operation[:40]}» is not supported; there are searchRetrieve and explain."
        raise Diagnostic(4, reason, operation[:40])
    asked = _retrieval(envelope, given)
    try:
        cql = parse_cql(asked.query)
        query = Query(words=cql.words, sort=cql.sort, counts=())
        found = window(catalogue().search, query, asked.start - 1, asked.count)
    except CqlError as error:
        raise Diagnostic(error.number, str(error), error.details) from None
    except QueryError as error:
        raise Diagnostic(48, str(error)) from None
    if found.total and asked.start > min(found.total, LAST_POSITION):
        raise Diagnostic(61, _out_of_range(found.total))
    changes = catalogue().store.get_many([hit.id for hit in found.hits])
    records = [_written(changes.get(hit.id), asked) for hit in found.hits]
    return envelope.retrieved(given, asked.start, found.total, records, asked.escaping)


def _out_of_range(total: int) -> str:
    if total <= LAST_POSITION:
        return f"There are {total} records."
    return f"There are {total} records, of which the first {LAST_POSITION} can be had; narrow the search."


def _retrieval(envelope: Envelope, given: Mapping[str, str]) -> Retrieval:
    for name in given:
        if name == "stylesheet":
            raise Diagnostic(110, "Stylesheets are not supported; leave the parameter out.")
        if name not in _PARAMETERS and name not in _IGNORED and not name.startswith("x-"):
            known = ", ".join(_PARAMETERS)
            raise Diagnostic(
                8, f"The parameter «{name[:40]}» is not supported; known are {known}.", name[:40]
            )
    if "query" not in given:
        raise Diagnostic(7, "The parameter «query» is missing.", "query")
    if given.get("queryType", "cql") not in {"cql", "searchTerms"}:
        raise Diagnostic(6, "Queries are in CQL; leave queryType out.", "queryType")
    query = given["query"]
    if given.get("queryType") == "searchTerms":
        query = f'cql.anywhere all "{plain_term(query)}"'
    return Retrieval(
        query=query,
        start=_number(given, "startRecord", 1, 1),
        count=min(_number(given, "maximumRecords", DEFAULT_RECORDS, 0), MAXIMUM_RECORDS),
        schema=_schema(given.get("recordSchema", DEFAULT_SCHEMA)),
        escaping=_escaping(envelope, given),
    )


def _number(given: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = given.get(name, str(default))
    if not _NUMBER.fullmatch(text) or int(text) < least:
        raise Diagnostic(6, f"The parameter «{name}» is a whole number from {least}.", name)
    return int(text)


def _escaping(envelope: Envelope, given: Mapping[str, str]) -> str:
    """How records are put into the answer; until version 1.2 the parameter was called recordPacking."""
    value = given.get(envelope.escaping_name, "xml")
    if value not in {"xml", "string"}:
        raise Diagnostic(71, f"«{envelope.escaping_name}» is xml or string.", value[:40])
    return value


def _schema(name: str) -> Format:
    known = schemas()
    found = known.get(SCHEMA_ALIASES.get(name, name))
    if found is None:
        found = next((form for form in known.values() if name in {form.namespace, form.schema}), None)
    if found is None:
        raise Diagnostic(66, f"There is no schema «{name[:60]}»; known are {', '.join(known)}.", name[:100])
    return found


def _written(change: Change | None, asked: Retrieval) -> Found | Diagnostic:
    """A record in its schema, or why there is none: it must not cost its neighbours."""
    form = asked.schema
    if change is None or change.record is None:
        return Diagnostic(65, "The record was withdrawn just now.")
    try:
        assert form.write is not None
        document = self_contained(form.write(change.record))
    except RecordRefused as error:
        return Diagnostic(67, f"The record {change.id} cannot be had as {form.prefix}: {error}", form.prefix)
    except Exception:
        # A bug of one crosswalk with one record; the log has the trace.
        log.exception("crosswalk %s failed to write %s", form.prefix, change.id)
        return Diagnostic(67, f"The record {change.id} cannot be had as {form.prefix}.", form.prefix)
    return Found(schema=form.namespace or form.prefix, document=document)
