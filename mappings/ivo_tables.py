"""Tablesets of VODataService 1.2 (section 3.3), and the tables of its first version."""

from __future__ import annotations

from typing import Any

from catalogue.record import Column, TableDescription
from mappings.draft import Draft
from mappings.text import clean_block, clean_line
from mappings.xml_reading import elements, local_name, text_at, text_of

_COLUMN_PARTS = frozenset({"name", "description", "unit", "ucd", "utype", "dataType", "flag"})


def read_tableset(draft: Draft, tableset: Any) -> None:
    """The tables of all schemas; what is said of a schema stays as extra value."""
    for schema in elements(tableset):
        if local_name(schema) != "schema":
            draft.keep_below(schema, f"tableset/{local_name(schema)}")
            continue
        name = clean_line(text_at(schema, "name"))
        for child in elements(schema):
            found = local_name(child)
            if found == "table":
                read_table(draft, child)
            elif found != "name":
                path = f"tableset/schema[{name}]/{found}" if name else f"tableset/schema/{found}"
                draft.keep_below(child, path)


def read_table(draft: Draft, table: Any) -> None:
    """One table with its columns."""
    name = clean_line(text_at(table, "name")) or f"table {len(draft.tables) + 1}"
    columns: list[Column] = []
    flags: dict[str, list[str]] = {}
    for child in elements(table):
        found = local_name(child)
        if found == "column":
            column = _column(draft, child, name, flags)
            if column is not None:
                columns.append(column)
        elif found not in ("name", "description"):
            draft.keep_below(child, f"table[{name}]/{found}")
    for flag, flagged in flags.items():
        draft.keep(f"table[{name}]/column/flag", f"{flag}: {', '.join(flagged)}")
    draft.tables.append(
        TableDescription(
            name=name, description=clean_block(text_at(table, "description")), columns=tuple(columns)
        )
    )


def _column(draft: Draft, element: Any, table: str, flags: dict[str, list[str]]) -> Column | None:
    parts: dict[str, str | None] = {}
    for child in elements(element):
        name = local_name(child)
        if name == "dataType":
            parts[name] = _datatype(child)
        elif name == "flag":
            flag = clean_line(text_of(child))
            if flag is not None:
                flags.setdefault(flag, []).append(clean_line(text_at(element, "name")) or "?")
        elif name in _COLUMN_PARTS:
            parts[name] = clean_line(text_of(child))
        else:
            draft.keep_below(child, f"table[{table}]/column/{name}")
    column = parts.get("name")
    if column is None:
        draft.issue(f"table[{table}]/column", "The column has no name.", parts.get("description"))
        return None
    return Column(
        name=column,
        ucd=parts.get("ucd"),
        unit=parts.get("unit"),
        datatype=parts.get("dataType"),
        utype=parts.get("utype"),
        description=parts.get("description"),
    )


def _datatype(element: Any) -> str | None:
    """The type with its array size: ``double[2]``, ``char[*]``."""
    name = clean_line(text_of(element))
    if name is None:
        return None
    size = clean_line(element.get("arraysize") or element.get("size"))
    return f"{name}[{size}]" if size and size != "1" else name
