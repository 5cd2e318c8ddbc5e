"""Tablesets (VODataService 1.2, section 3.3): schemas, tables, columns with their types."""

from __future__ import annotations

import re

from catalogue.record import Column, Record, TableDescription
from mappings.ivo_writing_parts import grown, part, written_parts
from mappings.ivo_writing_values import element, token, value_of

_TYPE = re.compile(r"(?:adql:)?([A-Za-z]+)(?:\[(.*)\])?")
_VOTABLE_NAMES = """
boolean bit unsignedByte short int long char unicodeChar float double floatComplex doubleComplex
"""
_TAP_NAMES = """
BOOLEAN SMALLINT INTEGER BIGINT REAL DOUBLE TIMESTAMP CHAR VARCHAR BINARY VARBINARY POINT REGION CLOB BLOB
"""
_VOTABLE, _TAP = frozenset(_VOTABLE_NAMES.split()), frozenset(_TAP_NAMES.split())
_OF_SCHEMA = re.compile(r"tableset/schema\[(.*)\]/([a-z]+)")
_OF_TABLE = re.compile(r"table\[(.*)\]/((?:title|utype|nrows|foreignKey|column/flag)(?:/.*|\[\d+\].*)?)")
_SCHEMA = part(
    "schema", None, part("title?", "token"), part("description?", "token"), part("utype?", "token")
)
_BEFORE = part("table", None, part("title?", "token"))
_MIDDLE = part("table", None, part("utype?", "token"), part("nrows?", "natural"))
_AFTER = part(
    "table",
    None,
    part(
        "foreignKey*",
        None,
        part("targetTable", "token"),
        part("fkColumn+", None, part("fromColumn", "token"), part("targetColumn", "token")),
        part("description?", "token"),
        part("utype?", "token"),
    ),
)


def written_tableset(record: Record) -> str:
    """The tables by schema; a name that two tables have is written once."""
    schemas: dict[str, dict[str, TableDescription]] = {}
    seen: set[str] = set()
    for table in record.tables:
        name = token(table.name)
        if name is not None and name not in seen:
            seen.add(name)
            schemas.setdefault(_schema_of(name), {})[name] = table
    if not schemas:
        return ""
    of_schemas, of_tables = _kept(record)
    out: list[str] = []
    for schema, tables in schemas.items():
        said = written_parts(grown(_SCHEMA, of_schemas.get(schema, ()))) or ""
        inside = "".join(_table(name, one, of_tables.get(name, [])) for name, one in tables.items())
        out.append(f"<schema>{element('name', schema)}{said}{inside}</schema>")
    return f"<tableset>{''.join(out)}</tableset>"


def _schema_of(name: str) -> str:
    """The schema that the qualified name of a table begins with."""
    return name.rpartition(".")[0] or "default"


def _kept(record: Record) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    """What the model has no place for, by schema and by table."""
    of_schemas: dict[str, list[tuple[str, str]]] = {}
    of_tables: dict[str, list[tuple[str, str]]] = {}
    for extra in record.extra:
        for pattern, found in ((_OF_SCHEMA, of_schemas), (_OF_TABLE, of_tables)):
            match = pattern.fullmatch(extra.path)
            if match is not None:
                found.setdefault(match[1], []).append((match[2], extra.text))
    return of_schemas, of_tables


def _table(name: str, table: TableDescription, kept: list[tuple[str, str]]) -> str:
    flags: dict[str, list[str]] = {}
    for path, text in kept:
        if path == "column/flag":
            flag, _, columns = text.partition(": ")
            for column in columns.split(", "):
                flags.setdefault(column, []).append(flag)
    return (
        f"<table>{element('name', name)}{written_parts(grown(_BEFORE, kept)) or ''}"
        f"{element('description', token(table.description))}{written_parts(grown(_MIDDLE, kept)) or ''}"
        f"{''.join(_column(one, flags.get(one.name, ())) for one in table.columns)}"
        f"{written_parts(grown(_AFTER, kept)) or ''}</table>"
    )


def _column(column: Column, flags: list[str] | tuple[()]) -> str:
    return (
        f"<column>{element('name', token(column.name))}{element('description', token(column.description))}"
        f"{element('unit', token(column.unit))}{element('ucd', token(column.ucd))}"
        f"{element('utype', token(column.utype))}{_data_type(column.datatype)}"
        f"{''.join(element('flag', token(one)) for one in flags)}</column>"
    )


def _data_type(text: str | None) -> str:
    """The type of VOTable or TAP that is meant; a type of neither cannot be said of a column of a table."""
    match = _TYPE.fullmatch(text or "")
    if match is None:
        return ""
    name, size = match.groups()
    if name in _VOTABLE:
        shape = value_of("shape", size or "")
        said = f' arraysize="{shape}"' if shape else ""
        return f'<dataType xsi:type="vs:VOTableType"{said}>{name}</dataType>'
    if name.upper() in _TAP:
        count = value_of("positive", size or "")
        said = f' size="{count}"' if count else ""
        return f'<dataType xsi:type="vs:TAPType"{said}>{name.upper()}</dataType>'
    return ""
