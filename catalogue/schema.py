"""The model as marshmallow schemas and as JSON Schema, both derived from record.py.

There is no second list of fields: a new field of a dataclass appears in the schemas,
in the OpenAPI description and in docs/record.schema.json by itself.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import orjson
from marshmallow import Schema, fields, post_dump, post_load, validate

from catalogue.record import Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Values(fields.List[Any]):
    """A list that becomes a tuple, as the model wants it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class ModelSchema(Schema):
    """A schema of one dataclass: loads into it, dumps without what is empty."""

    model: type

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """The dataclass from validated values."""
        return self.model(**data)

    @post_dump
    def present(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Only what holds something."""
        return {name: value for name, value in data.items() if value is not None and value != []}


@functools.cache
def schema_of(model: type) -> type[ModelSchema]:
    """The marshmallow schema of a dataclass of the model."""
    hints = typing.get_type_hints(model)
    made: dict[str, Any] = {"model": model, "__doc__": model.__doc__}
    for part in dataclasses.fields(model):
        required = part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING
        made[part.name] = _field(hints[part.name], required=required)
    return type(f"{model.__name__}Schema", (ModelSchema,), made)


def _field(hint: Any, *, required: bool = False) -> fields.Field[Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        (present,) = (argument for argument in arguments if argument is not types.NoneType)
        return _field(present, required=required)
    if origin is Literal:
        return fields.String(required=required, validate=validate.OneOf(arguments))
    if origin is tuple:
        several = arguments[-1] is Ellipsis
        length = validate.Length(min=1) if several else validate.Length(equal=len(arguments))
        checks = [length] if required or not several else []
        return _Values(_field(arguments[0]), required=required, validate=checks)
    if dataclasses.is_dataclass(hint):
        return fields.Nested(schema_of(typing.cast(type, hint)), required=required)
    if hint is str:
        return fields.String(required=required, validate=validate.Length(min=1))
    if hint is int:
        return fields.Integer(required=required, strict=True)
    if hint is float:
        return fields.Float(required=required)
    if hint is bool:
        return fields.Boolean(required=required, truthy={True}, falsy={False})
    raise TypeError(f"the model has no schema for {hint!r}")


def json_schema() -> dict[str, Any]:
    """The unified record as JSON Schema (2020-12); absent is absent, never null."""
    schema: dict[str, Any] = _without_null(msgspec.json.schema(Record))
    definitions = schema.pop("$defs")
    record = definitions.pop("Record")
    record["properties"]["titles"]["minItems"] = 1
    return {"$schema": DIALECT, **record, "title": "Almagest record", "$defs": definitions}


def _without_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_null(part) for part in value]
    if not isinstance(value, dict):
        return value
    cleaned = {name: _without_null(part) for name, part in value.items() if name != "default"}
    if "anyOf" in cleaned:
        present = [part for part in cleaned["anyOf"] if part != {"type": "null"}]
        if len(present) == 1:
            del cleaned["anyOf"]
            cleaned.update(present[0])
    if isinstance(cleaned.get("description"), str):
        # Python 3.13 takes the indentation out of docstrings, earlier ones leave it in.
        cleaned["description"] = inspect.cleandoc(cleaned["description"])
    if cleaned.get("type") == "string" and "enum" not in cleaned:
        cleaned["minLength"] = 1
    return cleaned


def json_schema_text() -> str:
    """The JSON Schema as it is kept in docs/record.schema.json."""
    return orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"


if __name__ == "__main__":
    sys.stdout.write(json_schema_text())
