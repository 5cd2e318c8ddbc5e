"""The page of one record, with every field of the model; its other forms by suffix and ``Accept``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request

from catalogue.ended import fate_of, parts_of
from catalogue.index import Change, Query
from catalogue.record import Record
from catalogue.related import members_of
from catalogue.similar import similar_words
from catalogue.store import Version
from harvesters.endpoints import endpoints_of
from mappings.bibliography import cited
from mappings.schema_page import of_page
from web import signposting, tombstones
from web.context import base_url, catalogue
from web.coverage_pictures import coverage_pictures
from web.errors import record_address, wants_problem
from web.head_tags import head_tags
from web.json_ld_pages import shown as shown_here
from web.negotiation import (
    HTML,
    answer,
    by_suffix,
    conditional,
    negotiated,
    path_of,
    product_json,
    representations,
)
from web.pages_relations import leading_on, shown
from web.rdf_documents import Syntax
from web.record_files import MOST_ROWS, file_table
from web.rest_records import changed_fields, joined, may_pass_on, withdrawn
from web.search_parameters import address
from web.targets.base import KINDS
from web.uses import offered

MAXIMUM_ROWS = 500
"""Rows of one list on the page; the whole list is in the other forms."""

OFFERS_SHOWN = 10
"""Offers of one target on the page of the record; its page of uses has the others."""

STYLES = {"author-date": "Author and date", "numeric": "As physicists number them"}
"""The styles of citations beside that of DataCite, by what the page calls them."""

LEADS_ON = frozenset({"IsObsoletedBy", "IsPreviousVersionOf", "IsReplacedBy", "IsVersionOf"})
"""Relations of a withdrawn record that say where to go."""

blueprint = Blueprint("record_pages", __name__)


@blueprint.get("/records/<name>")
def record_page(name: str) -> Response:
    """A record as a page, or by suffix or ``Accept`` in another form; 410 with a tombstone page."""
    id, dot, suffix = name.partition(".")
    form = by_suffix(suffix) if dot else None
    change = catalogue().store.change(id)
    if change.joined is not None:
        # The page says there why one has come to another address.
        told = "" if dot else f"?joined={id}"
        return joined(f"/records/{change.joined}{dot}{suffix}{told}")
    if change.record is None:
        return _tombstone(change, suffix)
    if form is None:
        form = negotiated(id, HTML)
    return answer(form, change) if form is not None else _page(change, change.record)


def _page(change: Change, record: Record) -> Response:
    versions = catalogue().store.history_of(change)
    forms = [
        {
            "title": form.title,
            "media_type": form.media_type,
            "suffix": form.suffix,
            "path": request.root_path + path_of(record.id, form),
        }
        for form in representations()
    ]
    page = render_template(
        "record.html",
        record=record,
        changed=change.datestamp,
        forms=forms,
        originals=may_pass_on(record.provenance.source),
        history=_history(versions),
        most=MAXIMUM_ROWS,
        files=file_table(record, request.args),
        citations=citations(record),
        came_from=_came_from(change),
        base_url=base_url(),
        endpoints=endpoints_of(record) if record.kind == "repository" else (),
        product=product_json(change) if change.members else None,
        related=shown(change),
        pictures=coverage_pictures(record),
        uses=list(offered(_beginning(record), OFFERS_SHOWN)),
        use_kinds=KINDS,
        similar=_similar(record),
        signposts=signposting.in_head(signposting.of_page(record)),
        tags=head_tags(record),
        json_ld=of_page(record, shown_here(change.datestamp)),
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Link"] = signposting.header(signposting.of_page(record))
    response = conditional(response, change.datestamp)
    # The page tells what is in the visitor's basket.
    response.vary.add("Cookie")
    return response


def _similar(record: Record) -> str | None:
    """The search for records like this one; ``None`` where it has nothing to compare."""
    words = similar_words(record)
    return address(request.root_path + "/", Query(words=words)) if words else None


def _beginning(record: Record) -> Record:
    """A record with as many files as a page shows: what they are good for, the page of uses says of all."""
    return replace(record, distributions=record.distributions[:MOST_ROWS])


def citations(record: Record) -> list[tuple[str, str]]:
    """A record as one cites it, in each style: its title, and the citation."""
    return [(STYLES[style], cited(record, style)) for style in STYLES]


def _came_from(change: Change) -> str | None:
    """The id under which the visitor asked for a record that is part of this one; only if that is so."""
    id = request.args.get("joined", "")
    return id if any(member.id == id for member in members_of(change)) and id != change.id else None


def _history(versions: list[Version]) -> list[dict[str, Any]]:
    """The states of a record, newest first, with the fields that changed."""
    return [
        {
            "datestamp": version.datestamp,
            "deleted": version.record is None,
            "first": earlier is None,
            "changed": changed_fields(version, earlier),
        }
        for version, earlier in zip(versions, [*versions[1:], None])
    ]


def _tombstone(change: Change, suffix: str) -> Response:
    versions = catalogue().store.history_of(change)
    last = next((version.record for version in versions if version.record is not None), None)
    parts = parts_of(catalogue().store, change)
    leads = leading_on(last, LEADS_ON) if last else []
    live = [part.stands.id for part in parts if part.stands is not None]
    live += [thing.id for _, things in leads for thing in things]
    found = tombstones.Tombstone(change=change, last=last, successors=list(dict.fromkeys(live)))
    form = tombstones.form_wanted(suffix)
    if isinstance(form, Syntax):
        return tombstones.as_rdf(found, form)
    if form != HTML:
        said = withdrawn(change)
        if suffix not in ("", "json") and not wants_problem():
            raise said
        return tombstones.as_problem(found, str(said), [record_address(id) for id in said.records])
    is_parted = any(part.stands is not None for part in parts)
    page = render_template(
        "gone.html",
        id=change.id,
        source=change.source,
        since=change.datestamp,
        parts=parts if is_parted else (),
        fate=fate_of(parts) if is_parted else None,
        last=last,
        successors=leads,
        similar=_similar(last) if last else None,
        history=_history(versions),
    )
    return tombstones.signposted(Response(page, 410, content_type="text/html; charset=utf-8"), found)
