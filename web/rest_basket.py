"""REST: a basket by its text – what is in it, and taking it away in a packaging."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from catalogue.errors import QueryError
from catalogue.record import Distribution
from web.basket import MOST_ITEMS, Basket, file_key, read_basket, read_item
from web.basket_contents import Total, address, contents_of, package_address, sum_of, totals_of
from web.context import base_url
from web.packages.base import Packaging, Taken, packaging_of, packagings
from web.rest import PREFIX, RestBlueprint, json_response
from web.targets.files import scheme

MOST_FILES = 1000
"""Files of one record in an answer; the packagings have all."""

blueprint = RestBlueprint("baskets", __name__, "Baskets: records and files put together, and taken away.")


class BasketItems(Schema):
    """What a basket is made of."""

    items = fields.List(
        fields.String(validate=validate.Length(1, 40)),
        required=True,
        validate=validate.Length(1, MOST_ITEMS),
        metadata={"description": "Ids of records, or «ID-KEY» for one file of a record."},
    )


class BasketFile(Schema):
    """A file in a basket."""

    url = fields.String(required=True)
    item = fields.String(required=True, metadata={"description": "What puts this file alone into a basket."})
    title = fields.String()
    size = fields.Integer()
    protocol = fields.String(required=True)


class BasketRecord(Schema):
    """A record in a basket, with those of its files that were chosen."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    whole = fields.Boolean(required=True, metadata={"description": "Whether the record itself was chosen."})
    files = fields.List(fields.Nested(BasketFile), required=True)
    more = fields.Integer(required=True, metadata={"description": "Files that were left out of this list."})
    self = fields.Url(required=True)


class BasketTotal(Schema):
    """What files come to."""

    protocol = fields.String()
    files = fields.Integer(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes, as far as sizes are told."})
    unsized = fields.Integer(required=True, metadata={"description": "Files that do not tell their size."})


class BasketPackage(Schema):
    """A form in which it is taken away."""

    form = fields.String(required=True)
    title = fields.String(required=True)
    media_type = fields.String(required=True)
    url = fields.Url(required=True)


class BasketAnswer(Schema):
    """A basket as it is now."""

    basket = fields.String(required=True, metadata={"description": "Its text, which stays the same."})
    records = fields.List(fields.Nested(BasketRecord), required=True)
    gone = fields.List(fields.String(), required=True, metadata={"description": "Records that are gone."})
    total = fields.Nested(BasketTotal, required=True)
    protocols = fields.List(fields.Nested(BasketTotal), required=True)
    packages = fields.List(fields.Nested(BasketPackage), required=True)
    page = fields.Url(required=True)


@blueprint.endpoint("/baskets", body=BasketItems, answer=BasketAnswer, errors=(400,), status=200)
def make_basket(values: dict[str, Any]) -> Response:
    """The basket of these items, and the text that stands for it; nothing is kept here."""
    return json_response(_answer(Basket().with_items(read_item(one) for one in values["items"])))


@blueprint.endpoint("/baskets/<text>", answer=BasketAnswer, errors=(400,))
def one_basket(text: str) -> Response:
    """What is in a basket now, by the text that its address has («items»)."""
    return json_response(_answer(read_basket(text)))


@blueprint.endpoint("/baskets/<text>/<form>", media_type="*/*", errors=(400,))
def take_basket(text: str, form: str) -> Response:
    """A basket in a packaging: rocrate, bagit, metalink, reana, csv …; the answer above names them."""
    return packed(packaging_of(form), read_basket(text))


def packed(packaging: Packaging, basket: Basket) -> Response:
    """A basket as a file to be kept."""
    contents, _ = contents_of(basket)
    answer = Response(packaging.pack(contents), content_type=packaging.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{packaging.file_name}"'
    return answer


def _answer(basket: Basket) -> dict[str, Any]:
    if not basket.items:
        raise QueryError("Nothing is in this basket.", parameter="items")
    contents, gone = contents_of(basket)
    totals = totals_of(contents)
    return {
        "basket": str(basket),
        "records": [_record(one) for one in contents.taken],
        "gone": gone,
        "total": _sizes(sum_of(totals)),
        "protocols": [{"protocol": one.protocol, **_sizes(one)} for one in totals],
        "packages": [
            {
                "form": one.name,
                "title": one.title,
                "media_type": one.media_type,
                "url": base_url() + package_address(basket, one.name),
            }
            for one in packagings().values()
        ],
        "page": base_url() + address(basket),
    }


def _record(one: Taken) -> dict[str, Any]:
    id = one.record.id
    return {
        "id": id,
        "title": one.record.title,
        "kind": one.record.kind,
        "whole": one.whole,
        "files": [_file(id, file) for file in one.files[:MOST_FILES]],
        "more": max(len(one.files) - MOST_FILES, 0),
        "self": f"{base_url()}{PREFIX}/records/{id}",
    }


def _file(id: str, file: Distribution) -> dict[str, Any]:
    told = {"title": file.title, "size": file.size}
    return {
        "url": file.url,
        "item": f"{id}-{file_key(file)}",
        **{name: value for name, value in told.items() if value is not None},
        "protocol": scheme(file),
    }


def _sizes(total: Total) -> dict[str, int]:
    return {"files": total.files, "size": total.size, "unsized": total.unsized}
