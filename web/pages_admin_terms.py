"""The page of terms that no vocabulary knows, and of the aliases that say what they mean."""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError
from mappings.matching import FIELDS, NOTHING
from vocab.base import aliases
from web.admin import admin_blueprint, done, fault_status, operator, page, said_whole_by
from web.aliases import LONGEST_TERM, say_alias
from web.context import catalogue
from web.languages import translated
from web.unknown import FACETS, guesses, unknown

blueprint = admin_blueprint("admin_terms", __name__)

TERMS_SHOWN = 30


@blueprint.get("/terms")
def terms_page() -> Response:
    """The most frequent unknown terms of a field, with guesses, and all aliases."""
    return _page()


@blueprint.post("/terms")
def make_alias() -> AnyResponse:
    """Say what a term means."""
    name, _, code = request.form.get("concept", "").partition(" ")
    if request.form.get("vocabulary"):
        name, code = request.form["vocabulary"], request.form.get("code", "").strip()
    term = request.form.get("term", "")[: LONGEST_TERM + 1].strip()
    source = request.form.get("source", "").strip()
    try:
        if source:
            catalogue().sources.get(source)
        changed = say_alias(catalogue(), name, term, code, source=source, by=operator().name)
    except AlmagestError as error:
        return _page(error)
    if not changed:
        return done(translated("That was said already."), _url())
    apply = f"almagest remap {source}".strip()
    return done(
        translated(
            "«%(term)s» means %(name)s %(code)s; stored records follow after: %(apply)s",
            term=term,
            name=name,
            code=code,
            apply=apply,
        ),
        _url(),
    )


@blueprint.post("/terms/forget")
def forget_alias() -> AnyResponse:
    """Take an alias out."""
    form = request.form
    source, name, term = (form.get(part, "") for part in ("source", "vocabulary", "term"))
    if say_alias(catalogue(), name, term, None, source=source, by=operator().name):
        return done(
            translated(
                "«%(term)s» is no alias any more; stored records follow after: almagest remap", term=term
            ),
            _url(),
        )
    return done(translated("There was no such alias."), _url())


def _page(fault: AlmagestError | None = None) -> Response:
    field = request.values.get("field", "")
    field = field if field in FACETS else next(iter(FACETS))
    source = request.args.get("source", "")
    terms, is_all, lacking = [], True, None
    try:
        if source:
            catalogue().sources.get(source)
        found, is_all = unknown(catalogue(), field, source=source or None)
        terms = [(term, guesses(field, term.term)) for term in found[:TERMS_SHOWN]]
        is_all = is_all and len(found) <= TERMS_SHOWN
    except AlmagestError as error:
        lacking = said_whole_by(error)
    return page(
        "admin_terms.html",
        fault_status(fault),
        field=field,
        fields=list(FACETS),
        vocabularies=FIELDS[field],
        terms=terms,
        is_all=is_all,
        lacking=lacking,
        aliases=aliases(),
        nothing=NOTHING,
        sources=[one.name for one in catalogue().sources.all()],
        chosen=source,
        longest=LONGEST_TERM,
        form=request.form,
        fault=fault and said_whole_by(fault),
    )


def _url() -> str:
    field = request.form.get("field", "")
    return url_for("admin_terms.terms_page", field=field if field in FACETS else None)
