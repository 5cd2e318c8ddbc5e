"""The dumps at ``/dumps``: a page of them, and the files with their parts, dates and checksums."""

from __future__ import annotations

import base64
from datetime import datetime

from flask import Blueprint, Response, render_template, request, send_from_directory
from werkzeug.wrappers import Response as Answer

from catalogue.errors import NotFound
from catalogue.json_form import as_json
from web.context import base_url, catalogue
from web.dump_writing import MEDIA_TYPE, SYNTAXES
from web.dumps import CHECKSUMS, Dump, Dumps
from web.rest import json_response

blueprint = Blueprint("dump_pages", __name__)

_LATEST = "latest"


@blueprint.get("/dumps")
def dumps_page() -> Answer:
    """All dumps that are kept, as a page or as JSON."""
    found = Dumps(catalogue().settings.home).all()
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        answer = json_response({"dumps": [as_json(one) for one in found]})
    else:
        page = render_template("dumps.html", dumps=found, syntaxes=SYNTAXES, checksums=CHECKSUMS)
        answer = Response(page, content_type="text/html; charset=utf-8")
    answer.vary.add("Accept")
    return answer


@blueprint.get("/dumps/<name>")
def one_dump(name: str) -> Answer:
    """What is known of one dump, as JSON."""
    return json_response(as_json(_dump(name)))


@blueprint.get("/dumps/<name>/<file>")
def dump_file(name: str, file: str) -> Answer:
    """A file of a dump, whole or in part (RFC 9110, section 14); «latest» leads to the newest."""
    dump = _dump(name)
    known = {one.name: one for one in dump.files}
    if file not in known and file != CHECKSUMS:
        raise NotFound(f"The dump {dump.name} has no file «{file}»; it has {', '.join([*known, CHECKSUMS])}.")
    if name == _LATEST:
        answer = Response(status=307)
        answer.headers["Location"] = f"{base_url()}/dumps/{dump.name}/{file}"
        return answer
    written = known.get(file)
    response = send_from_directory(
        Dumps(catalogue().settings.home).folder / dump.name,
        file,
        mimetype=MEDIA_TYPE if written else "text/plain",
        conditional=True,
        etag=written.sha256 if written else True,
        last_modified=datetime.fromisoformat(dump.at),
        max_age=86400,
    )
    if written is not None:
        # What RFC 9530 calls the digest of the whole representation, whichever part is sent.
        digest = base64.b64encode(bytes.fromhex(written.sha256)).decode()
        response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return response


def _dump(name: str) -> Dump:
    dumps = Dumps(catalogue().settings.home)
    found = dumps.newest() if name == _LATEST else dumps.get(name)
    if found is None:
        raise NotFound(f"There is no dump «{name}»; {base_url()}/dumps lists those that are kept.")
    return found
