"""The basket's page, what puts records into it and takes them out, and its downloads; no script needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError, QueryError, SettingsError
from harvesters.object_groups import ObjectGroups, id_of
from web.basket import MOST_ITEMS, Basket, file_key, read_basket, read_item
from web.basket_contents import address, contents_of, package_address, sum_of, totals_of
from web.context import base_url, catalogue
from web.errors import status_of
from web.languages import said_by
from web.operators import check_origin, check_token
from web.packages.base import packaging_of, packagings
from web.rest import json_response
from web.rest_basket import packed

COOKIE = "basket"
_YEAR = 365 * 86400
MOST_FILES = 100
"""Files of one record on the page; the downloads have all."""

blueprint = Blueprint("basket", __name__)


@blueprint.app_context_processor
def _for_all_pages() -> dict[str, Any]:
    """What every page may show: the items of the visitor's basket, and the key of a file."""
    return {"basket": own, "file_key": file_key}


@blueprint.get("/basket")
def basket_page() -> Response:
    """The visitor's own basket, or with «?items=» one that was passed on."""
    shared = request.args.get("items")
    basket = read_basket(shared) if shared is not None else own()
    if _wants_json():
        answer = json_response(_told(basket))
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    return _page(basket, is_own=shared is None)


@blueprint.get("/basket/take/<form>")
def take(form: str) -> Response:
    """A basket in one of the packagings."""
    return packed(packaging_of(form), read_basket(request.args.get("items", "")))


@blueprint.post("/basket")
def change() -> AnyResponse:
    """Puts items in or takes them out, empties the basket, or takes over one that was passed on."""
    check_origin(request, base_url())
    basket = own()
    if request.form.get("action") == "empty":
        basket = Basket()
    elif request.form.get("action") == "remove":
        basket = basket.without(read_item(request.form.get("item", "")))
    elif "items" in request.form:
        basket = basket.with_items(read_basket(request.form["items"]).items)
    else:
        basket = basket.with_items(read_item(one) for one in request.form.getlist("item"))
    answer: AnyResponse = json_response(_told(basket)) if _wants_json() else redirect(_back(), 303)
    path = f"{request.root_path}/"
    answer.set_cookie(
        COOKIE, str(basket), max_age=_YEAR, path=path, secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return answer


@blueprint.post("/basket/group")
def store_group() -> AnyResponse:
    """Stores the records of a basket as an object group, which has a page and an identifier of its own."""
    check_origin(request, base_url())
    given = {name: request.form.get(name, "").strip() for name in ("name", "title", "description", "by")}
    basket = read_basket(request.form.get("items", ""))
    try:
        check_token(request.form.get("token", ""), request, catalogue().settings)
        contents, _ = contents_of(basket)
        group = ObjectGroups(catalogue()).create(
            given["name"],
            given["title"],
            [one.record.id for one in contents.taken],
            by=given["by"],
            description=given["description"] or None,
        )
    except SettingsError as wrong:
        return _page(basket, is_own=basket == own(), given=given, fault=said_by(wrong), status=400)
    except AlmagestError as error:
        return _page(
            basket, is_own=basket == own(), given=given, fault=said_by(error), status=status_of(error)
        )
    return redirect(f"{request.root_path}/records/{id_of(group.name)}", 303)


def _page(
    basket: Basket,
    *,
    is_own: bool,
    given: Mapping[str, str] | None = None,
    fault: str | None = None,
    status: int = 200,
) -> Response:
    """The page; ``given`` is what the form of the group said, ``fault`` why it could not be stored."""
    contents, gone = contents_of(basket)
    totals = totals_of(contents)
    page = render_template(
        "basket.html",
        contents=contents,
        gone=gone,
        is_own=is_own,
        items=str(basket),
        shared_by=request.root_path + address(basket),
        most=MOST_ITEMS,
        most_files=MOST_FILES,
        totals=totals,
        total=sum_of(totals),
        downloads=[
            (one, request.root_path + package_address(basket, one.name)) for one in packagings().values()
        ],
        can_group=bool(catalogue().settings.token),
        given=given or {},
        fault=fault,
    )
    headers = {"Cache-Control": "private, no-store"}
    return Response(page, status, headers, content_type="text/html; charset=utf-8")


def _told(basket: Basket) -> dict[str, Any]:
    """What the page's script needs to know."""
    return {"held": len(basket.items), "items": [str(item) for item in basket.items]}


def _wants_json() -> bool:
    """Whether the page's script asks, which stays where it is."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def own() -> Basket:
    """The visitor's basket; an empty one where the cookie is damaged."""
    try:
        return read_basket(request.cookies.get(COOKIE, ""))
    except QueryError:
        return Basket()


def _back() -> str:
    """The page of ours that sent the form, else the basket."""
    parts = urlsplit(request.headers.get("Referer", ""))
    ours = {urlsplit(base_url()).netloc, request.host}
    if parts.netloc not in ours or not parts.path.startswith("/") or parts.path.startswith("//"):
        return f"{request.root_path}/basket"
    return parts.path + (f"?{parts.query}" if parts.query else "")
