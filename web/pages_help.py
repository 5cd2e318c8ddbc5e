"""The help pages: the query language, the API by example, OAI-PMH, how to become a source, how to cite."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from catalogue.errors import IndexError_, NotFound
from catalogue.index import Query
from harvesters.base import harvester_kinds
from mappings.base import formats
from web.context import base_url, catalogue
from web.languages import N_, _
from web.negotiation import representations
from web.search_help import LIMITS, ORDER, SECTIONS
from web.search_parameters import address

TOPICS = {
    "api": N_("The API by example"),
    "oai": N_("OAI-PMH for harvesters"),
    "source": N_("How to become a source"),
    "cite": N_("How to cite"),
}
ABOUT = {
    "api": N_("Search and read records from a shell, from Python and from JavaScript."),
    "oai": N_("Take everything, or a set, and only what has changed since."),
    "source": N_("What we can read, what makes records good, how to test an endpoint."),
    "cite": N_("Records, searches and this catalogue."),
}
_WORD = re.compile(r"[A-Za-z]{5,20}")
_LOOKED_AT = 10

blueprint = Blueprint("help_pages", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the examples speak of: a record of this catalogue, and a word that finds it."""

    id: str
    word: str


@blueprint.get("/help")
def help_index() -> str:
    """What there is help on."""
    return render_template("help.html", topics=[(name, _(TOPICS[name]), _(ABOUT[name])) for name in TOPICS])


@blueprint.get("/help/search")
def search_help() -> str:
    """The query language with examples that are links."""
    return render_template(
        "help_search.html", sections=SECTIONS, order=ORDER, limits=LIMITS, search_for=_search_for
    )


@blueprint.get("/help/<name>")
def topic(name: str) -> str:
    """One topic; its examples hold the address of this catalogue and one of its records."""
    if name not in TOPICS:
        raise NotFound(f"There is no help on «{name[:100]}»; there is on search, {', '.join(TOPICS)}.")
    settings = catalogue().settings
    return render_template(
        f"help_{name}.html",
        title=_(TOPICS[name]),
        base=base_url(),
        sample=_sample(),
        kinds=[(kind, one.title) for kind, one in harvester_kinds().items()],
        readable=[form for form in _by_title() if form.read],
        writable=[form for form in _by_title() if form.write],
        forms=representations(),
        contact=settings.contact,
        admin_email=settings.admin_email,
    )


def _sample() -> Sample | None:
    """The newest record with a plain word in its title; none where nothing is held or found."""
    try:
        found = catalogue().search(Query(sort="newest", size=_LOOKED_AT, counts=()))
    except IndexError_:
        return None
    for change in catalogue().store.get_many([hit.id for hit in found.hits]).values():
        if change.record is not None:
            # Nothing but letters of harvested text goes into a command that is copied to a shell.
            words = [word for word in change.record.title.split() if _WORD.fullmatch(word)]
            if words:
                return Sample(id=change.id, word=max(words, key=len).lower())
    return None


def _by_title() -> list[_Form]:
    return [
        _Form(prefix=form.prefix, title=form.title, read=form.read is not None, write=form.write is not None)
        for form in sorted(formats().values(), key=lambda form: form.title.casefold())
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    prefix: str
    title: str
    read: bool
    write: bool


def _search_for(words: str) -> str:
    return address(f"{request.root_path}/", Query(words=words))
