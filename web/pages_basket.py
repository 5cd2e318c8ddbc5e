"""The basket's page, what puts records into it and takes them out, and its downloads; no script needed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import QueryError
from web.basket import MOST_ITEMS, Basket, file_key, read_basket, read_item
from web.context import base_url, catalogue
from web.operators import check_origin
from web.packages.base import Contents, Taken, packaging_of, packagings
from web.rest import json_response

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
    contents, gone = contents_of(basket)
    page = render_template(
        "basket.html",
        contents=contents,
        gone=gone,
        is_own=shared is None,
        shared_by=address(basket),
        most=MOST_ITEMS,
        most_files=MOST_FILES,
        files=sum(len(one.files) for one in contents.taken),
        size=_size(contents),
        downloads=[
            (one, f"{request.root_path}/basket/take/{one.name}?{_items(basket)}")
            for one in packagings().values()
        ],
    )
    headers = {"Cache-Control": "private, no-store"}
    return Response(page, 200, headers, content_type="text/html; charset=utf-8")


@blueprint.get("/basket/take/<form>")
def take(form: str) -> Response:
    """A basket in one of the packagings."""
    packaging = packaging_of(form)
    contents, _ = contents_of(read_basket(request.args.get("items", "")))
    answer = Response(packaging.pack(contents), content_type=packaging.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{packaging.file_name}"'
    return answer


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


def contents_of(basket: Basket) -> tuple[Contents, list[str]]:
    """What is in a basket now, and the ids of records that are gone."""
    store = catalogue().store
    ids = list(dict.fromkeys(item.record for item in basket.items))
    changes = store.get_many(ids)
    taken, gone = [], []
    for id in ids:
        change = changes.get(id)
        if change is not None and change.joined is not None:
            change = store.get_many([change.joined]).get(change.joined)
        if change is None or change.record is None:
            gone.append(id)
            continue
        keys = {item.file for item in basket.items if item.record == id}
        files = change.record.distributions
        chosen = files if None in keys else tuple(file for file in files if file_key(file) in keys)
        taken.append(Taken(change=change, record=change.record, files=chosen, whole=None in keys))
    contents = Contents(taken=tuple(taken), page=base_url() + address(basket), settings=catalogue().settings)
    return contents, gone


def address(basket: Basket) -> str:
    """The path at which anyone sees this basket."""
    return f"/basket?{_items(basket)}"


def _items(basket: Basket) -> str:
    return urlencode({"items": str(basket)})


def _size(contents: Contents) -> int | None:
    sizes = [file.size for one in contents.taken for file in one.files]
    return (
        sum(size for size in sizes if size is not None) if any(size is not None for size in sizes) else None
    )


def _back() -> str:
    """The page of ours that sent the form, else the basket."""
    parts = urlsplit(request.headers.get("Referer", ""))
    ours = {urlsplit(base_url()).netloc, request.host}
    if parts.netloc not in ours or not parts.path.startswith("/") or parts.path.startswith("//"):
        return f"{request.root_path}/basket"
    return parts.path + (f"?{parts.query}" if parts.query else "")
