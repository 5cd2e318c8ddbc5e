"""The JSON form of the model: the same names, nothing that is empty.

orjson writes and msgspec reads, both straight from the dataclasses, so that there is
no second list of fields; `schema.py` derives the marshmallow schemas from them too.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import orjson

from catalogue.errors import RecordRefused
from catalogue.record import Provenance, Record

_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS
_writers: dict[type, Callable[[Any], dict[str, Any]]] = {}
_decoder = msgspec.json.Decoder(Record)
_provenance_decoder = msgspec.json.Decoder(Provenance)


def present(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that hold something."""
    kind = type(value)
    writer = _writers.get(kind)
    if writer is None:
        writer = _writers[kind] = _writer(kind)
    return writer(value)


def _writer(kind: type) -> Callable[[Any], dict[str, Any]]:
    """A function that collects the fields, made from their names as dataclasses make ``__init__``.

    It runs some twenty times a record, and a loop over the fields takes three times as long.
    """
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no JSON form")
    lines = ["def writer(value):", " found = {}"]
    for part in dataclasses.fields(kind):
        lines.append(f" part = value.{part.name}")
        empty = "part" if part.default == () else "part is not None"
        lines.append(f" if {empty}: found[{part.name!r}] = part")
    scope: dict[str, Any] = {}
    exec("\n".join([*lines, " return found"]), scope)  # noqa: S102
    made: Callable[[Any], dict[str, Any]] = scope["writer"]
    return made


def dumps(value: Any) -> bytes:
    """Any value of the model as JSON bytes without what is empty."""
    return orjson.dumps(value, default=present, option=_OPTIONS)


def as_json(value: Any) -> Any:
    """Any value of the model as plain dicts, lists and scalars."""
    return orjson.loads(dumps(value))


def body_of(record: Record) -> bytes:
    """What the source says about the thing: the record without our id and its provenance.

    Two harvests of an unchanged record give the same bytes, whenever they ran.
    """
    told = present(record)
    del told["id"], told["provenance"]
    return orjson.dumps(told, default=present, option=_OPTIONS)


def content_hash(data: bytes) -> bytes:
    """16 bytes of BLAKE2b: equal exactly when the content is."""
    return hashlib.blake2b(data, digest_size=16).digest()


def joined(id: str, provenance: bytes, body: bytes) -> bytes:
    """The full JSON of a record from its stored parts, without parsing them."""
    return b'{"id":"%b","provenance":%b,%b' % (id.encode(), provenance, body[1:])


def read_record(data: bytes) -> Record:
    """A record from its JSON form; raises `RecordRefused` with the path of what is wrong."""
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError as error:
        reason, _, path = str(error).partition(" - at ")
        raise RecordRefused(reason, path=path.strip("`") or "$") from error


def read_provenance(data: bytes) -> Provenance:
    """A provenance from its JSON form."""
    return _provenance_decoder.decode(data)
