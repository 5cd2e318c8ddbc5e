"""REST: the whole result of a search as one file, made while it is sent."""

from __future__ import annotations

import logging
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from catalogue.errors import QueryError
from catalogue.index import SORTS, Query
from catalogue.settings import Settings
from web.context import catalogue
from web.exports import Export, export_of, in_blocks
from web.rate_limit import RateLimit, client_of, slot
from web.record_stream import Tally
from web.rest import PREFIX, RestBlueprint
from web.search_parameters import DEFAULT, SearchParameters, address, read_query
from web.whole_result import whole_result

log = logging.getLogger(__name__)

MOST = 1_000_000
"""Records of an export."""
WINDOW = 600.0
LIMITS = {"client": 30, "all": 300}
"""Exports within `WINDOW` seconds: of one client, altogether."""
LONGEST = 3600.0
"""Seconds within which an export is to be fetched: a client that does not read holds a place."""
_LONGEST_NAME = 60

blueprint = RestBlueprint("export", __name__, "Export: a whole result as one file.")


ExportParameters = type(
    "ExportParameters",
    (SearchParameters,),
    {
        # A cursor goes from page to page, and here is one.
        "Meta": type("Meta", (), {"exclude": ("cursor",)}),
        "format": fields.String(
            required=True,
            validate=validate.Length(max=100),
            metadata={
                "description": "jsonl, csv, votable, parquet, or a format that records are written in: "
                "bibtex, ris, oai_dc, datacite …",
                "example": "csv",
            },
        ),
        "sort": fields.String(
            validate=validate.OneOf(SORTS),
            metadata={"description": "Does not matter here: the newest change comes first."},
        ),
        "size": fields.Integer(
            validate=validate.Range(1, MOST),
            metadata={"description": "Records at most; the whole result if not told."},
        ),
    },
)
"""marshmallow schema of an export."""


@blueprint.endpoint("/export", query=ExportParameters, media_type="*/*", errors=(429, 501, 503))
def export(values: dict[str, Any]) -> Response:
    """The whole result of a search as one file, the newest change first; at most 1,000,000 records.

    JSON Lines (`jsonl`) holds a unified record a line.  `csv`, `votable` and `parquet` have the columns
    id, identifier, title, creators, year, kind, source, access, sky (MOC), time (MJD), energy (J) and url.
    XML formats come as one ListRecords of OAI-PMH.  A client may ask 30 times in 10 minutes, and has an
    hour to fetch the answer.  One that breaks off, which HTTP shows as incomplete, must be asked for again.
    """
    form = export_of(values.pop("format"))
    most = values.pop("size", None)
    query = read_query(values)
    with ExitStack() as stack:
        _allowed(stack, catalogue().settings)
        blocks = _begun(form, query, most)
        # Whatever happens before the first block is sent is still answered by a problem.
        first = next(blocks, b"")
        response = Response(_sent(first, blocks, form.name), content_type=_content_type(form.media_type))
        response.call_on_close(stack.pop_all().close)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(form, query)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def export_addresses(forms: Iterable[Export], query: Query) -> list[str]:
    """The paths of the whole result of a search in several forms, whatever order and page one looks at."""
    search = address("", replace(query, sort=DEFAULT.sort, size=DEFAULT.size, cursor=None))
    asked = search.replace("?", "&", 1)
    return [f"{PREFIX}/export?format={form.name}{asked}" for form in forms]


def _allowed(stack: ExitStack, settings: Settings) -> None:
    """Raises `TooMany`; else holds a place for the export as long as the stack is open."""
    directory = settings.home / "exports"
    stack.enter_context(slot(directory, max(settings.workers, 1)))
    RateLimit(directory / "recent", WINDOW).take(
        {f"client {client_of(request)}": LIMITS["client"], "all": LIMITS["all"]}
    )


def _begun(form: Export, query: Query, most: int | None) -> Iterator[bytes]:
    total, changes = whole_result(catalogue(), query, most)
    if most is None and total > MOST:
        raise QueryError(
            f"{total:,} records are found, and at most {MOST:,} are exported at once; narrow the search, "
            "say with size how many you want, or harvest over OAI-PMH.",
            parameter="size",
        )
    return in_blocks(form.write(changes, catalogue().settings, Tally()))


def _sent(first: bytes, blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    end = time.monotonic() + LONGEST
    yield first
    try:
        for block in blocks:
            if time.monotonic() > end:
                raise TimeoutError(f"it was not fetched within {LONGEST:g} seconds")
            yield block
    except Exception:
        # The status is sent; all that is left is not to end the answer as if it were whole.
        log.exception("an export as %s broke off", name)
        raise


def _content_type(media_type: str) -> str:
    has_own = media_type.endswith(("json", "jsonl", "parquet"))
    return media_type if has_own else f"{media_type}; charset=utf-8"


def file_name(form: Export, query: Query) -> str:
    """A name for the file that tells what was asked, in ASCII: «almagest-dark-matter-2024-02-29.csv»."""
    plain = unicodedata.normalize("NFKD", query.words).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    asked = "-".join(words)[:_LONGEST_NAME].strip("-")
    kind = "" if form.name == form.extension else form.name.replace("_", "-")
    parts = ("almagest", asked, kind if form.extension in {"jsonl", "xml", "json", "txt"} else "",
             datetime.now(UTC).date().isoformat())  # fmt: skip
    return "-".join(part for part in parts if part) + f".{form.extension}"
