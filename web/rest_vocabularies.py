"""REST: the controlled vocabularies by which values are understood."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response
from marshmallow import Schema, fields, validate

from catalogue.errors import NotFound
from vocab.base import Concept, Vocabulary, vocabularies, vocabulary
from web.context import base_url
from web.rest import PREFIX, RestBlueprint, json_response
from web.vocabulary_json import concept_json
from web.vocabulary_update import known_vocabulary

blueprint = RestBlueprint("vocabularies", __name__, "Vocabularies: concepts with labels, URIs and matches.")


class VocabularyAnswer(Schema):
    """A vocabulary: what it is, where it is from, how many concepts it has."""

    name = fields.String(required=True)
    title = fields.String()
    uri = fields.String()
    origin = fields.String()
    version = fields.String()
    licence = fields.String()
    date = fields.String()
    concepts = fields.Integer(required=True)
    links = fields.Dict(keys=fields.String(), values=fields.Url(), required=True)


class VocabulariesAnswer(Schema):
    """All vocabularies by name."""

    vocabularies = fields.List(fields.Nested(VocabularyAnswer), required=True)


class ConceptAnswer(Schema):
    """A concept with what stands above it and what means the same elsewhere."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    uri = fields.String()
    broader = fields.List(fields.String())
    alternatives = fields.List(fields.String())
    matches = fields.List(fields.String())


class ShortConcept(Schema):
    """A concept as it stands beside another one."""

    vocabulary = fields.String(required=True)
    code = fields.String(required=True)
    label = fields.String(required=True)
    uri = fields.String()
    relation = fields.String(metadata={"description": "exact, broader or narrower (in other vocabularies)"})


class WholeConceptAnswer(ConceptAnswer):
    """A concept with its place in the hierarchy and what stands for it in other vocabularies."""

    values = fields.Dict(keys=fields.String(), values=fields.String())
    ancestors = fields.List(fields.Nested(ShortConcept))
    narrower = fields.List(fields.Nested(ShortConcept))
    elsewhere = fields.List(fields.Nested(ShortConcept))
    links = fields.Dict(keys=fields.String(), values=fields.Url(), required=True)


class ConceptsAnswer(VocabularyAnswer):
    """A vocabulary with its concepts."""

    concepts = fields.List(fields.Nested(ConceptAnswer), required=True)  # type: ignore[assignment]


class ConceptParameters(Schema):
    """Which concepts."""

    term = fields.String(
        validate=validate.Length(max=1000),
        metadata={"description": "Only the concept that this URI, code or label means."},
    )


@blueprint.endpoint("/vocabularies", answer=VocabulariesAnswer)
def all_vocabularies() -> Response:
    """All vocabularies, without their concepts."""
    return json_response({"vocabularies": [_about(vocabulary(name)) for name in vocabularies()]})


@blueprint.endpoint("/vocabularies/<name>", query=ConceptParameters, answer=ConceptsAnswer, errors=(404,))
def one_vocabulary(values: dict[str, Any], name: str) -> Response:
    """One vocabulary with its concepts, or with the one that a term means."""
    chosen = known_vocabulary(name)
    concepts = list(chosen)
    if "term" in values:
        concept = chosen.lookup(values["term"])
        concepts = [concept] if concept else []
    return json_response({**_about(chosen), "concepts": [_concept(concept) for concept in concepts]})


@blueprint.endpoint("/vocabularies/<name>/<path:code>", answer=WholeConceptAnswer, errors=(404,))
def one_concept(name: str, code: str) -> Response:
    """One concept by its code, with all above it, what is below, and its relatives elsewhere."""
    chosen = known_vocabulary(name)
    if code not in chosen:
        raise NotFound(f"The vocabulary «{name}» has no concept with the code «{code}».")
    links = {
        "self": f"{base_url()}{PREFIX}/vocabularies/{name}/{quote(code)}",
        "vocabulary": f"{base_url()}{PREFIX}/vocabularies/{name}",
    }
    return json_response({**concept_json(chosen, chosen[code], whole=True), "links": links})


def _about(chosen: Vocabulary) -> dict[str, Any]:
    known = {name: text for name, text in chosen.about.items() if name in VocabularyAnswer._declared_fields}
    address = f"{base_url()}{PREFIX}/vocabularies/{chosen.name}"
    return {"name": chosen.name, **known, "concepts": len(chosen), "links": {"self": address}}


def _concept(concept: Concept) -> dict[str, Any]:
    values = {name: getattr(concept, name) for name in ConceptAnswer._declared_fields}
    return {name: value for name, value in values.items() if value}
