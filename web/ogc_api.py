"""The OpenAPI 3.0 document of OGC API – Records, its parameters from `ItemsParameters`."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

import catalogue as package
from web.errors import PROBLEM
from web.negotiation import JSON
from web.ogc_parameters import ItemsParameters
from web.ogc_record import GEOJSON

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_STANDARD = "https://docs.ogc.org/is/20-004r1/20-004r1.html"
_COLLECTION = {
    "in": "path",
    "name": "collection",
    "required": True,
    "schema": {"type": "string", "enum": ["records"]},
}
_ID = {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}


def api_document(root: str) -> dict[str, Any]:
    """The document of the API whose landing page is at ``root``."""
    spec = APISpec(
        title="Almagest: OGC API – Records",
        version=package.__version__,
        openapi_version="3.0.3",
        plugins=[MarshmallowPlugin()],
        info={"description": "Records of fundamental physics as GeoJSON.", "license": {"name": "Apache-2.0"}},
        servers=[{"url": root}],
        externalDocs={"url": _STANDARD},
    )
    at = "/collections/{collection}"
    for path, summary, media_type, parameters in (
        ("/", "Landing page", JSON, []),
        ("/conformance", "Conformance classes", JSON, []),
        ("/api", "This document", OPENAPI, []),
        ("/collections", "Collections", JSON, []),
        (at, "One collection", JSON, [_COLLECTION]),
        (f"{at}/items", "Search records", GEOJSON, [_COLLECTION, {"in": "query", "schema": ItemsParameters}]),
        (f"{at}/items/{{id}}", "One record", GEOJSON, [_COLLECTION, _ID]),
    ):
        spec.path(path, operations={"get": _operation(summary, media_type, parameters)})
    return spec.to_dict()


def _operation(summary: str, media_type: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    fault = {"description": "What is wrong (RFC 9457).", "content": {PROBLEM: {"schema": {"type": "object"}}}}
    responses = {"200": {"description": summary, "content": {media_type: {"schema": {"type": "object"}}}}}
    statuses = ("400", *(("404",) if parameters else ()), "503")
    return {
        "summary": summary,
        "operationId": summary.lower().replace(" ", "-"),
        "parameters": list(parameters),
        "responses": responses | dict.fromkeys(statuses, fault),
    }
