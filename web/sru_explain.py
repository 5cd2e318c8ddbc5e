"""What the SRU service can do, as a ZeeRex record (OASIS searchRetrieve 1.0, part 7)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from catalogue.cql_clauses import INDEXES, RELATIONS
from mappings.base import Format
from mappings.xml_writing import attribute
from web.oai_xml import element

ZEEREX = "http://explain.z3950.org/dtd/2.0/"

DESCRIPTION = "Metadata of fundamental physics: data, software, services, instruments and publications."


def explain_record(base_url: str, name: str, forms: Iterable[Format], *, default: int, most: int) -> str:
    """The ``explain`` element of the service of this name, whose records can be had in these formats."""
    return (
        f'<explain xmlns="{ZEEREX}">{_server(base_url)}'
        f"<databaseInfo>{element('title', name)}{element('description', DESCRIPTION)}</databaseInfo>"
        f"{_indexes()}{_schemas(forms)}{_configuration(default, most)}</explain>"
    )


def _server(base_url: str) -> str:
    parts = urlsplit(base_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    database = f"{parts.path}/sru".lstrip("/")
    return (
        f'<serverInfo protocol="SRU" version="2.0" transport="{attribute(parts.scheme)}" method="GET POST">'
        f"{element('host', parts.hostname or '')}{element('port', str(port))}{element('database', database)}"
        "</serverInfo>"
    )


def _indexes() -> str:
    sets = "".join(
        f'<set name="{name}" identifier="{attribute(one.identifiers[0])}"/>' for name, one in INDEXES.items()
    )
    sortable = {("dc", "title"), ("dc", "date")}
    indexes = "".join(
        f'<index search="true" sort="{"true" if (name, index) in sortable else "false"}">'
        f'{element("title", title)}<map><name set="{name}">{index}</name></map></index>'
        for name, one in INDEXES.items()
        for index, title, _ in one.indexes.values()
    )
    return f"<indexInfo>{sets}{indexes}</indexInfo>"


def _schemas(forms: Iterable[Format]) -> str:
    listed = "".join(
        f'<schema name="{attribute(form.prefix)}" identifier="{attribute(form.namespace or form.prefix)}"'
        + (f' location="{attribute(form.schema)}"' if form.schema else "")
        + f">{element('title', form.title)}</schema>"
        for form in forms
    )
    return f"<schemaInfo>{listed}</schemaInfo>"


def _configuration(default: int, most: int) -> str:
    supported = [("relation", name) for name in RELATIONS]
    supported += [("booleanOperator", name) for name in ("and", "or", "not")]
    supported += [("maskingCharacter", "*"), ("recordXMLEscaping", "xml"), ("recordXMLEscaping", "string")]
    return (
        "<configInfo>"
        f'<default type="numberOfRecords">{default}</default><default type="retrieveSchema">oai_dc</default>'
        f'<setting type="maximumRecords">{most}</setting>'
        + "".join(f'<supports type="{kind}">{attribute(value)}</supports>' for kind, value in supported)
        + "</configInfo>"
    )
