"""The documentation of the API as a page, written from the OpenAPI document on the server."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.accept import Offer, choose
from web.errors import RETRY_AFTER
from web.negotiation import HTML, JSON
from web.rest import DESCRIPTION, PREFIX

blueprint = Blueprint("docs", __name__)

EXPLANATIONS = {
    400: "A parameter is unknown, repeated or wrong; «parameter» names it, «position» points into it.",
    401: "This needs the operator's token, as «Authorization: Bearer»; nothing was done.",
    403: "It is there, but may not be passed on.",
    404: "There is no such record, source, vocabulary, form or page.",
    405: "This address does not answer that method.",
    406: "The record has no form that «Accept» allows; «alternatives» lists those it has.",
    409: "There is one of this name already, or it is being harvested just now.",
    410: "The record was withdrawn; «since» says when. Its history remains. "
    "Of a product that was parted, «records» says where its records are.",
    429: "Too many of these in a short time; ask again after the seconds of Retry-After.",
    500: "A fault of this service; it is logged.",
    501: "This installation lacks a package for it; the text names it.",
    503: f"Not available for the moment; ask again after {RETRY_AFTER} seconds (Retry-After).",
}
METHODS = ("get", "post", "delete")
_DESCRIPTIONS = (Offer(media_type=JSON), Offer(media_type=HTML))


@blueprint.get(PREFIX)
def root() -> Response:
    """The address of the interface, which the graph names, leads to its description."""
    choice = choose(_DESCRIPTIONS, request.accept_mimetypes)
    is_for_people = choice is not None and choice.place == 1
    answer = redirect(url_for("docs.docs_page" if is_for_people else "api-docs.openapi_json"), 303)
    answer.vary.add("Accept")
    return answer


@blueprint.get(f"{PREFIX}/docs")
def docs_page() -> str:
    """Every endpoint with its parameters and answers, every schema, every problem."""
    document = _document()
    return render_template(
        "docs.html",
        about=DESCRIPTION,
        groups=[
            (tag, [endpoint for endpoint in _endpoints(document) if tag["name"] in endpoint["tags"]])
            for tag in document["tags"]
        ],
        schemas=sorted(document["components"]["schemas"].items()),
        problems=[(status, HTTPStatus(status).phrase, text) for status, text in EXPLANATIONS.items()],
        type_of=type_of,
    )


def _document() -> dict[str, Any]:
    made: dict[str, Any] = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return made


def _endpoints(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                yield _endpoint(path, method, operations[method], operations.get("parameters", []))


def _endpoint(
    path: str, method: str, operation: dict[str, Any], common: list[dict[str, Any]]
) -> dict[str, Any]:
    responses = operation["responses"]
    answer = next(responses[status] for status in ("200", "201") if status in responses)
    before = "" if method == "get" else f"{method}-"
    return {
        "method": method.upper(),
        "path": path,
        "anchor": before + path.strip("/").replace("/", "-").replace("{", "").replace("}", ""),
        "summary": operation["summary"],
        "tags": operation["tags"],
        "parameters": [
            part for part in [*common, *operation.get("parameters", [])] if not part.get("deprecated")
        ],
        "body": _answer(operation["requestBody"])[1] if "requestBody" in operation else None,
        "answer": _answer(answer),
        "problems": sorted(int(status) for status in responses if int(status) >= 400),
    }


def _answer(response: dict[str, Any]) -> tuple[str, str]:
    for media_type, content in response.get("content", {}).items():
        return media_type, type_of(content.get("schema", {}))
    return "*/*", ""


def type_of(schema: dict[str, Any]) -> str:
    """A schema in a few words: the name it refers to, or its type and limits."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(type_of(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if kind == "object" and "additionalProperties" in schema:
        return f"map to {type_of(schema['additionalProperties'])}"
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "minimum" in schema and "maximum" in schema:
        words += f" {schema['minimum']}–{schema['maximum']}"
    if "maxLength" in schema:
        words += f", at most {schema['maxLength']} characters"
    return words
