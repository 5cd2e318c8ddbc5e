"""The pages of curation: a record's, the list of decisions, the claims that nobody has decided on."""

from __future__ import annotations

from itertools import islice
from typing import Any

import orjson
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.claims import open_claims
from catalogue.curation import LONGEST_NOTE, Curation
from catalogue.decisions import Decision
from catalogue.errors import AlmagestError, NotFound, QueryError, SettingsError
from catalogue.identity import scheme_and_value
from catalogue.json_form import as_json
from catalogue.product import CORRECTABLE
from catalogue.record import Record
from catalogue.related import members_of
from catalogue.relation_keys import name_of
from catalogue.relations import RelationLookup
from harvesters.object_groups import ObjectGroups
from mappings.text import shorten
from web.admin import admin_blueprint, done, fault_status, operator, page, said_whole_by
from web.context import catalogue
from web.decision_json import as_value
from web.languages import translated

blueprint = admin_blueprint("admin_records", __name__)

DECISIONS_OF_A_PAGE = 100
CLAIMS_OF_A_PAGE = 50
_LONGEST_ID = 2000
_LONGEST_VALUE = 200_000
_SHOWN = 300
"""Characters of the value of a correction in a list."""


@blueprint.get("/records")
def find() -> AnyResponse:
    """To the page of the record that has this id or identifier."""
    text = request.args.get("id", "").strip()[:_LONGEST_ID]
    return redirect(url_for("admin_records.record_page", id=_known(text)), 303)


@blueprint.get("/records/<id>")
def record_page(id: str) -> AnyResponse:
    """What can be decided on a record, and what was."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return redirect(url_for("admin_records.record_page", id=change.joined), 303)
    return _page(id)


@blueprint.post("/records/<id>/join")
def join(id: str) -> AnyResponse:
    """Join it with others, given by ids or identifiers."""
    return _decided(id, lambda: _curation().join([id, *_ids("others")], by=_by(), note=_note()))


@blueprint.post("/records/<id>/split")
def split(id: str) -> AnyResponse:
    """Set some of its records apart."""
    chosen = request.form.getlist("member")[:1000]
    if not chosen:
        return _page(
            id, QueryError(translated("Choose the records that are something else."), parameter="member")
        )
    return _decided(id, lambda: _curation().split(chosen, by=_by(), note=_note()))


@blueprint.post("/records/<id>/correct")
def correct(id: str) -> AnyResponse:
    """Say what a field says."""
    field, text = request.form.get("field", ""), request.form.get("value", "")
    if request.form.get("action") == "look":
        return redirect(url_for("admin_records.record_page", id=id, field=field) + "#correct", 303)

    def decide() -> Decision:
        if len(text) > _LONGEST_VALUE:
            raise SettingsError(
                translated("This is too long for a form; give it with --file on the command line.")
            )
        is_nothing = request.form.get("nothing") == "yes"
        if not is_nothing and not text.strip():
            raise SettingsError(translated("Say what the field says, or mark that it says nothing."))
        value = None if is_nothing else as_value(field, text.strip())
        return _curation().correct(id, field, value, by=_by(), note=_note())

    return _decided(id, decide)


@blueprint.get("/decisions")
def decisions_page() -> Response:
    """All decisions, newest first."""
    before = request.args.get("before", "")
    is_standing = request.args.get("standing") == "yes"
    found = _curation().decisions(
        standing=is_standing,
        before=int(before[:18]) if before.isascii() and before.isdigit() else None,
        limit=DECISIONS_OF_A_PAGE + 1,
    )
    shown = found[:DECISIONS_OF_A_PAGE]
    return page(
        "admin_decisions.html",
        decisions=[(one, _says(one)) for one in shown],
        titles=_titles(shown),
        is_standing=is_standing,
        following=shown[-1].number if len(found) > len(shown) else None,
    )


@blueprint.post("/decisions/<int:number>/undo")
def undo(number: int) -> AnyResponse:
    """Take a decision back."""
    decision = _curation().undo(number, by=_by())
    back = request.form.get("record", "")
    url = (
        url_for("admin_records.record_page", id=back[:20])
        if back
        else url_for("admin_records.decisions_page") + f"#decision-{number}"
    )
    return done(translated("Decision %(number)s is undone.", number=decision.number), url)


@blueprint.get("/claims")
def claims_page() -> Response:
    """What records say to be and are not joined with, a page at a time."""
    source = request.args.get("source", "") or None
    if source is not None:
        catalogue().sources.get(source)
    found = list(islice(open_claims(catalogue().database, source=source), CLAIMS_OF_A_PAGE + 1))
    return page(
        "admin_claims.html",
        claims=found[:CLAIMS_OF_A_PAGE],
        has_more=len(found) > CLAIMS_OF_A_PAGE,
        sources=[one.name for one in catalogue().sources.all()],
        chosen=source,
    )


@blueprint.post("/claims/join")
def join_claim() -> AnyResponse:
    """Believe a claim."""
    decision = _curation().join([_known(one) for one in request.form.getlist("id")[:2]], by=_by())
    return done(
        translated("Joined, as decision %(number)s.", number=decision.number),
        url_for("admin_records.claims_page"),
    )


def _decided(id: str, decide: Any) -> AnyResponse:
    """Make a decision; back to the page of the record, with the fault where there is one."""
    try:
        decision: Decision = decide()
    except AlmagestError as error:
        return _page(id, error)
    told = {"join": "Joined", "split": "Split", "correct": "Corrected"}[decision.kind]
    change = catalogue().store.change(id)
    stands = change.joined or (id if change.record is not None else decision.records[0])
    sentence = f"{told}, as decision {decision.number}. The search follows within seconds."
    return done(sentence, url_for("admin_records.record_page", id=stands))


def _page(id: str, fault: AlmagestError | None = None) -> Response:
    change = catalogue().store.change(id)
    if change.joined is not None:
        change = catalogue().store.change(change.joined)
    record = change.record
    field = request.values.get("field", "")
    if field not in CORRECTABLE:
        field = "titles"
    typed = request.form.get("value")
    decisions = _curation().decisions(id=change.id)
    return page(
        "admin_record.html",
        fault_status(fault),
        id=change.id,
        record=record,
        members=members_of(change) if record is not None else (),
        fields=CORRECTABLE,
        field=field,
        value=_present(record, field) if typed is None and record is not None else typed or "",
        others=request.form.get("others", ""),
        note=request.form.get("note", ""),
        longest_note=LONGEST_NOTE,
        decisions=[(one, _says(one)) for one in decisions],
        titles=_titles(decisions),
        groups=[] if record is None else ObjectGroups(catalogue()).all(),
        fault=fault and said_whole_by(fault),
    )


def _present(record: Record, field: str) -> str:
    """What a field says now, as one would type it."""
    value: Any = as_json(record)
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _says(decision: Decision) -> str:
    return shorten((decision.value or b"").decode(), _SHOWN)


def _titles(decisions: list[Decision]) -> dict[str, str]:
    """Record → its title, as far as it is live."""
    ids = sorted({id for one in decisions for id in one.records[:10]})
    found = catalogue().store.get_many(ids)
    return {id: change.record.title for id, change in found.items() if change.record is not None}


def _ids(name: str) -> list[str]:
    """The ids of the records that a field of the form names, by ids or identifiers."""
    named = request.form.get(name, "")[: 50 * _LONGEST_ID].split()
    if not named:
        raise SettingsError(
            translated("Name the other records by their ids or identifiers, separated by spaces.")
        )
    return [_known(text) for text in named]


def _known(text: str) -> str:
    """The id of a record that is here, given by its id, its page's address or an identifier."""
    last = text.rstrip("/").rpartition("/")[2]
    for id in (text, last):
        if len(id) == 20 and set(id) <= set("0123456789abcdef"):
            catalogue().store.change(id)
            return id
    name = name_of(*scheme_and_value(text), "") if text else ""
    lookup = RelationLookup(catalogue().database, catalogue().settings.base_url)
    found = lookup.things([name]).get(name, ()) if name else ()
    if not found:
        raise NotFound(
            f"There is no live record «{text[:200]}»; give its id here or its identifier, like doi:10.5072/a."
        )
    return found[0]


def _by() -> str:
    return operator().name


def _note() -> str | None:
    return request.form.get("note", "").strip() or None


def _curation() -> Curation:
    return Curation(catalogue().database)
