"""The pages of digests by e-mail: asking for one, confirming it, ending it; no script needed.

A link only shows a page, as mail programs open links by themselves; what it is about is done by POST.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from flask import Blueprint, Response, render_template, request

from catalogue.errors import AlmagestError, NotFound, QueryError
from catalogue.index import Query
from catalogue.subscriptions import PERIODS, UNCONFIRMED, Every, Subscription, Subscriptions
from web.context import base_url, catalogue
from web.digest_links import LONGEST_TOKEN, Purpose, key_in
from web.digests import ask_for, check_on, confirm, is_on, query_of, searched
from web.errors import status_of
from web.feeds import feed_address
from web.languages import said_by, translated
from web.operators import check_origin
from web.rate_limit import client_of
from web.search_in_words import in_words
from web.search_parameters import DEFAULT, SearchParameters, address, arguments, read_query

blueprint = Blueprint("digest_pages", __name__)
_HOURS = int(UNCONFIRMED.total_seconds() // 3600)


@blueprint.app_template_global()
def digest_address(query: Query) -> str | None:
    """Where one asks for a digest of a search; ``None`` where none are sent."""
    if not is_on(catalogue().settings):
        return None
    bare = replace(query, sort=DEFAULT.sort, size=DEFAULT.size, cursor=None)
    return request.root_path + address("/digests/new", bare)


@blueprint.get("/digests/new")
def new_digest_page() -> Response:
    """The form."""
    check_on(catalogue().settings)
    query = read_query(arguments.parse(SearchParameters, request, location="query"))
    return _form(query)


@blueprint.post("/digests/new")
def ask_for_digest() -> Response:
    """Send the mail that asks for confirmation; from our own page only."""
    check_on(catalogue().settings)
    check_origin(request, base_url())
    query = query_of(request.form.get("search", ""))
    every = request.form.get("every", "")
    if every not in PERIODS:
        raise QueryError(
            translated("A digest comes %(periods)s.", periods=" / ".join(translated(one) for one in PERIODS)),
            parameter="every",
        )
    email = request.form.get("address", "")[:400]
    try:
        ask_for(catalogue(), email, query, cast(Every, every), client_of(request))
    except AlmagestError as error:
        return _form(query, email=email, every=every, fault=error)
    return _told(
        translated("Look into your mail"),
        translated(
            "Unless %(address)s has this digest already, a mail is on its way to it. Open the link in it "
            "within %(hours)s hours; nothing is sent before.",
            address=email.strip(),
            hours=_HOURS,
        ),
    )


@blueprint.get("/digests/confirm")
def confirm_page() -> Response:
    """A button that confirms."""
    return _button("confirm", translated("Begin with this digest?"), translated("Yes, send it to me"))


@blueprint.post("/digests/confirm")
def confirm_digest() -> Response:
    """Begin."""
    one = confirm(catalogue(), _key("confirm"))
    return _told(
        translated("The digest begins"),
        translated(
            "From now on you are told (%(every)s) what changes in this search: %(search)s. A day or week in "
            "which nothing changes brings no mail; each mail has a link that ends it.",
            every=translated(one.every),
            search=in_words(query_of(one.search)),
        ),
    )


@blueprint.get("/digests/unsubscribe")
def unsubscribe_page() -> Response:
    """A button that ends it."""
    return _button("unsubscribe", translated("End this digest?"), translated("End it and delete my address"))


@blueprint.post("/digests/unsubscribe")
def unsubscribe() -> Response:
    """End it, by the button or by the mail program itself (RFC 8058, section 3.2)."""
    Subscriptions(catalogue().database).remove(_key("unsubscribe"))
    return _told(
        translated("The digest has ended"),
        translated("The address is deleted, and nothing more is sent to it."),
    )


def _key(purpose: Purpose) -> str:
    token = request.args.get("token", "") or request.form.get("token", "")
    return key_in(catalogue(), purpose, token[: LONGEST_TOKEN + 1])


def _button(purpose: Purpose, title: str, label: str) -> Response:
    key = _key(purpose)
    try:
        one: Subscription | None = Subscriptions(catalogue().database).get(key)
    except NotFound:
        if purpose == "confirm":
            raise
        one = None
    if one is None:
        return _told(
            translated("The digest has ended"),
            translated("It has ended already, and the address is deleted."),
        )
    return _page(
        title=title,
        sentence=f"{translated(one.every).capitalize()}: {in_words(query_of(one.search))}",
        action=f"{request.root_path}/digests/{purpose}",
        token=request.args.get("token", ""),
        label=label,
    )


def _form(
    query: Query, *, email: str = "", every: str = "weekly", fault: AlmagestError | None = None
) -> Response:
    return _page(
        200 if fault is None else status_of(fault),
        title="A digest by e-mail",
        search=searched(query),
        words=in_words(query),
        email=email,
        every=every,
        periods=tuple(PERIODS),
        hours=_HOURS,
        fault=said_by(fault) if fault is not None else None,
        feed=request.root_path + feed_address("/feed.atom", query),
        back=request.root_path + address("/", query),
    )


def _told(title: str, sentence: str) -> Response:
    return _page(title=title, sentence=sentence)


def _page(status: int = 200, **values: object) -> Response:
    page = render_template("digest.html", **values)
    # A token in an address must not be handed on to whatever the page links to.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return Response(page, status, headers, content_type="text/html; charset=utf-8")
