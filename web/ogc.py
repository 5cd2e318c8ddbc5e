"""OGC API – Records at ``/ogc``: a searchable catalog (part 1: core, 1.0) of one collection, our records."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from marshmallow import Schema, fields, validate

from catalogue.errors import AlmagestError, NotFound, QueryError
from catalogue.index import Hits
from catalogue.json_form import dumps
from web.context import base_url, catalogue
from web.errors import RETRY_AFTER, problem, status_of
from web.negotiation import JSON, conditional
from web.ogc_api import OPENAPI, api_document
from web.ogc_parameters import Items, read_items
from web.ogc_record import GEOJSON, feature, link
from web.outages import words_of
from web.rest_records import joined, withdrawn
from web.result_window import LAST_POSITION, window
from web.search_parameters import arguments
from web.sru_explain import DESCRIPTION

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")

COLLECTION = "records"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-collection",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core-query-parameters",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-api",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/searchable-catalog",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/oas30",
)


class FormParameters(Schema):
    """The form of a document; there is one."""

    f = fields.String(validate=validate.OneOf(["json"]))


@blueprint.get("")
def landing() -> Response:
    """Where everything is (OGC API – Common, part 1, landing page)."""
    _only_form()
    root = _root()
    links = [
        link(root, "self", JSON, "This document"),
        link(f"{root}/api", "service-desc", OPENAPI, "The API in OpenAPI 3.0"),
        link(f"{base_url()}/api/v1/docs", "service-doc", "text/html", "The other API of this service"),
        link(f"{root}/conformance", "conformance", JSON, "What this API conforms to"),
        link(f"{root}/collections", "data", JSON, "The collections"),
    ]
    title = catalogue().settings.repository_name
    return _json({"title": title, "description": DESCRIPTION, "links": links})


@blueprint.get("/conformance")
def conformance() -> Response:
    """The conformance classes that this API declares."""
    _only_form()
    return _json({"conformsTo": list(CONFORMANCE)})


@blueprint.get("/api")
def api() -> Response:
    """The API in OpenAPI 3.0."""
    _only_form()
    return _json(api_document(_root()), OPENAPI)


@blueprint.get("/collections")
def collections() -> Response:
    """The collections: one."""
    _only_form()
    links = [link(f"{_root()}/collections", "self", JSON)]
    return _json({"links": links, "collections": [_collection()]})


@blueprint.get("/collections/<collection>")
def one_collection(collection: str) -> Response:
    """The collection of our records."""
    _check(collection)
    _only_form()
    return _json(_collection())


@blueprint.get("/collections/<collection>/items")
def items(collection: str) -> Response:
    """The records that are searched for, a page of them («record core query parameters»)."""
    _check(collection)
    asked = read_items(request)
    if asked.query.cursor is not None:
        found = catalogue().search(asked.query)
    else:
        found = window(catalogue().search, asked.query, asked.offset, asked.query.size)
    changes = catalogue().store.get_many([hit.id for hit in found.hits])
    features = [
        feature(change, base_url(), _items()) for change in changes.values() if change.record is not None
    ]
    answer = {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": found.total,
        "numberReturned": len(features),
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "links": _page_links(asked, found),
    }
    return _json(answer, GEOJSON)


@blueprint.get("/collections/<collection>/items/<id>")
def item(collection: str, id: str) -> Response:
    """One record as GeoJSON."""
    _check(collection)
    _only_form()
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"/ogc/collections/{COLLECTION}/items/{change.joined}")
    if change.record is None:
        raise withdrawn(change)
    return conditional(_json(feature(change, base_url(), _items()), GEOJSON), change.datestamp)


@blueprint.errorhandler(AlmagestError)
def refused(error: AlmagestError) -> Response:
    """An error as a problem: who asks is a program."""
    more: dict[str, Any] = {"parameter": error.parameter} if isinstance(error, QueryError) else {}
    answer = problem(status_of(error), words_of(error), **more)
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.after_request
def open_to_all(answer: Response) -> Response:
    """Maps in browsers ask from everywhere."""
    answer.headers.setdefault("Access-Control-Allow-Origin", "*")
    return answer


def _root() -> str:
    return f"{base_url()}/ogc"


def _items() -> str:
    return f"{_root()}/collections/{COLLECTION}/items"


def _check(collection: str) -> None:
    if collection != COLLECTION:
        raise NotFound(f"There is no collection «{collection[:60]}»; there is «{COLLECTION}».")


def _only_form() -> None:
    arguments.parse(FormParameters, request, location="query")


def _collection() -> dict[str, Any]:
    """The collection as a catalog (requirements class «record collection»)."""
    address = f"{_root()}/collections/{COLLECTION}"
    return {
        "id": COLLECTION,
        "type": "Collection",
        "itemType": "record",
        "title": catalogue().settings.repository_name,
        "description": DESCRIPTION,
        "extent": {
            "spatial": {
                "bbox": [[-180, -90, 180, 90]],
                "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            },
            "temporal": {"interval": [[None, None]]},
        },
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "conformsTo": [one for one in CONFORMANCE if "records" in one],
        "links": [
            link(address, "self", JSON),
            link(f"{_root()}", "root", JSON),
            link(f"{address}/items", "items", GEOJSON, "The records"),
            link(base_url() + "/", "alternate", "text/html", "The search page"),
        ],
    }


def _page_links(asked: Items, found: Hits) -> list[dict[str, Any]]:
    given = {name: value for name, value in asked.given.items() if name not in {"offset", "cursor"}}
    here = {name: value for name, value in asked.given.items() if name in {"offset", "cursor"}}
    links = [link(_address({**given, **here}), "self", GEOJSON)]
    following: dict[str, Any] = {}
    if asked.query.sort == "relevance":
        # This order has an end, which a cursor would meet with an error.
        stop = asked.offset + asked.query.size
        following = {"offset": stop} if stop < min(found.total, LAST_POSITION) else {}
    elif found.cursor is not None:
        following = {"cursor": found.cursor}
    if following:
        links.append(link(_address({**given, **following}), "next", GEOJSON, "The next page"))
    return [*links, link(_items().removesuffix("/items"), "collection", JSON)]


def _address(parameters: dict[str, Any]) -> str:
    return _items() + ("?" + urlencode(parameters, safe="/,") if parameters else "")


def _json(value: Any, media_type: str = JSON) -> Response:
    return Response(dumps(value), content_type=media_type)
