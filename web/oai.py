"""The OAI-PMH 2.0 provider at ``/oai``: HTTP, the envelope of answers, errors."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from isal import igzip
from oaipmh.error import BadArgumentError, BadVerbError, ErrorBase
from werkzeug.exceptions import RequestEntityTooLarge

from catalogue.dissemination import State
from catalogue.errors import StoreError
from mappings.xml_writing import attribute, content
from web.context import EXTENSION
from web.oai_arguments import Arguments, read_arguments
from web.oai_verbs import Provider, response_date
from web.oai_xml import XSI
from web.outages import words_of

blueprint = Blueprint("oai", __name__)

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{_NAMESPACE}" xmlns:xsi="{XSI}" '
    f'xsi:schemaLocation="{_NAMESPACE} {_NAMESPACE}OAI-PMH.xsd">'
)
_EXTENSION = "almagest.oai"
_STARTED = datetime.now(UTC).replace(microsecond=0)
_SMALLEST_TO_COMPRESS = 1000


@blueprint.route("/oai", methods=["GET", "POST"])
def oai() -> Response:
    """Answer a request; what the protocol refuses is an error of the protocol, with status 200."""
    provider = _provider()
    response = Response(content_type="text/xml; charset=utf-8")
    arguments: Arguments | None = None
    try:
        arguments = read_arguments(_pairs())
        with provider.dissemination.reading() as reader:
            validators = _validators(provider, reader.state, arguments)
            if _is_known(validators):
                return _with_validators(Response(status=304), validators)
            answer = provider.answer(reader, arguments)
        _with_validators(response, validators)
    except (BadVerbError, BadArgumentError) as error:
        # Such a request is not repeated in the answer (section 3.6).
        answer, arguments = [_error(error)], None
    except ErrorBase as error:
        answer = [_error(error)]
    _fill(response, b"".join((_head(provider, arguments), *answer, b"</OAI-PMH>\n")))
    return response


@blueprint.errorhandler(StoreError)
def unavailable(error: StoreError) -> Response:
    """A harvester waits and comes again (section 3.1.2.2)."""
    return Response(
        f"{words_of(error)}\n", 503, {"Retry-After": "60"}, content_type="text/plain; charset=utf-8"
    )


@blueprint.record_once
def open_provider(state: BlueprintSetupState) -> None:
    """Make the provider with the application, so that wrong settings are found at the start."""
    state.app.extensions[_EXTENSION] = Provider(state.app.extensions[EXTENSION])


def _provider() -> Provider:
    provider: Provider = current_app.extensions[_EXTENSION]
    return provider


def _pairs() -> list[tuple[str, str]]:
    try:
        return [*request.args.items(multi=True), *request.form.items(multi=True)]
    except RequestEntityTooLarge:
        raise BadArgumentError("The arguments are too long.") from None


def _head(provider: Provider, arguments: Arguments | None) -> bytes:
    echoed = arguments.echoed() if arguments else {}
    attributes = "".join(f' {name}="{attribute(value)}"' for name, value in echoed.items())
    return (
        f"{_HEAD}<responseDate>{response_date()}</responseDate>"
        f"<request{attributes}>{content(provider.base_url)}</request>"
    ).encode()


def _error(error: ErrorBase) -> bytes:
    return f'<error code="{error.oainame()}">{content(str(error))}</error>'.encode()


_Validators = tuple[str | None, datetime | None]


def _validators(provider: Provider, state: State, arguments: Arguments) -> _Validators:
    """The ETag and the time of change of an answer that is made of records.

    They hold until the next change of any record.  The state is read before the answer is
    made: an answer may be newer than its validators, never older.
    """
    if arguments.verb not in {"ListRecords", "ListIdentifiers", "GetRecord"} or request.method == "POST":
        return None, None
    if not state.datestamp or provider.lists_originals(arguments):
        return None, None
    key = f"{state.change} {provider.version} {sorted(arguments.given.items())}"
    etag = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    if state.datestamp >= response_date():
        # Within the present second another change may follow that this time would not tell.
        return etag, None
    return etag, max(datetime.fromisoformat(state.datestamp), _STARTED)


def _is_known(validators: _Validators) -> bool:
    """Whether the client has the answer already (RFC 9110, section 13.2.2)."""
    etag, changed = validators
    if etag is not None and request.if_none_match:
        return request.if_none_match.contains_weak(etag)
    since = request.if_modified_since
    return since is not None and changed is not None and changed <= since


def _with_validators(response: Response, validators: _Validators) -> Response:
    etag, changed = validators
    if etag is not None:
        response.set_etag(etag, weak=True)
    if changed is not None:
        response.last_modified = changed
    return response


def _fill(response: Response, body: bytes) -> None:
    response.headers["Vary"] = "Accept-Encoding"
    if len(body) >= _SMALLEST_TO_COMPRESS and request.accept_encodings["gzip"] > 0:
        body = igzip.compress(body, 2, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.set_data(body)
