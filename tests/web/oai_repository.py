"""A small repository for the tests of the OAI-PMH provider: real crosswalks, a real database, XSDs."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from catalogue.opening import Catalogue
from catalogue.record import Page, RawRecord, record_id
from catalogue.representations import Representations
from catalogue.settings import load_settings
from catalogue.sources import Source
from mappings.base import read
from tests.conftest import SHARED
from web import oai
from web.context import EXTENSION
from web.oai_records import Records

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"
_DC_ROOT = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
SCHEMAS = Path(__file__).with_name("schemas")
_MIXED = "http://namespace.openaire.eu/schema/oaire/"
"""What takes single elements of DataCite and Dublin Core, which are no documents by themselves."""
_SCHEMA_OF = {
    "http://www.openarchives.org/OAI/2.0/oai_dc/": SCHEMAS / "oai_dc.xsd",
    "http://www.openarchives.org/OAI/2.0/oai-identifier": SCHEMAS / "oai-identifier.xsd",
    "http://www.openarchives.org/OAI/2.0/provenance": SCHEMAS / "provenance.xsd",
    "http://datacite.org/schema/kernel-4": SHARED / "schemas" / "datacite" / "kernel-4" / "metadata.xsd",
    "http://www.openarchives.org/OAI/2.0/": SHARED / "schemas" / "oai" / "OAI-PMH.xsd",
}


class Repository:
    """A catalogue with one source «zoo» and its provider, asked in process."""

    def __init__(self, home: Path, **environ: str) -> None:
        given = {f"ALMAGEST_{name.upper()}": value for name, value in environ.items()}
        settings = load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_REPOSITORY_ID": "x.org", **given})
        self.catalogue = Catalogue(settings)
        self.add_source("zoo")
        self.app = Flask("tests")
        self.app.extensions[EXTENSION] = self.catalogue
        self.app.register_blueprint(oai.blueprint)
        self.client: FlaskClient = self.app.test_client()

    def add_source(self, name: str, **options: str) -> None:
        if name not in {source.name for source in self.catalogue.sources.all()}:
            url = f"http://{name}.example.org/oai"
            self.catalogue.sources.add(Source(name=name, kind="oai-pmh", url=url, options=options))

    def put(self, *raws: RawRecord, source: str = "zoo") -> None:
        """Harvest these records as one page."""
        run = self.catalogue.sources.begin_run(source)
        run = self.catalogue.store.put_page(run, Page(records=raws), read)
        assert run.quarantined == 0
        self.catalogue.sources.finish_run(run, "succeeded", since=run.started)

    def follow(self) -> int:
        """Render what has changed, as the scheduler does."""
        return Representations(self.catalogue.database, Records(self.catalogue.settings)).follow()

    def ask(self, **arguments: str) -> Any:
        """The root of the answer to a GET; valid, with status 200."""
        named = {name.rstrip("_"): value for name, value in arguments.items()}
        response = self.client.get("/oai", query_string=named)
        assert response.status_code == 200, response.text
        return parsed(response.data)

    def error(self, **arguments: str) -> str | None:
        """The error code of an answer."""
        return error_of(self.ask(**arguments))

    def walk(self, verb: str = "ListRecords", **arguments: str) -> list[Any]:
        """All pages of a list; none where no record matches."""
        pages = [self.ask(verb=verb, **arguments)]
        if error_of(pages[0]) == "noRecordsMatch":
            return []
        assert error_of(pages[0]) is None
        while token := pages[-1].findtext(f".//{OAI}resumptionToken"):
            pages.append(self.ask(verb=verb, resumptionToken=token))
        return pages

    def identifiers(self, **arguments: str) -> list[str]:
        """The short ids of a whole list in its order, those of tombstones with a minus before."""
        found = []
        for page in self.walk("ListIdentifiers", **{"metadataPrefix": "oai_dc", **arguments}):
            for header in page.iter(OAI + "header"):
                mark = "-" if header.get("status") == "deleted" else ""
                found.append(mark + header.findtext(OAI + "identifier").removeprefix("oai:x.org:"))
        return found

    def close(self) -> None:
        self.catalogue.close()


def dublin_core(
    identifier: str, title: str | None = None, *, deleted: bool = False, **more: str
) -> RawRecord:
    """A raw oai_dc record; each keyword is an element, several values apart by semicolons."""
    body = f"<dc:title>{escape(title or identifier)}</dc:title><dc:type>dataset</dc:type>"
    for name, values in more.items():
        body += "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for value in values.split(";"))
    data = b"" if deleted else f"{_DC_ROOT}{body}</oai_dc:dc>".encode()
    return RawRecord(
        identifier=f"oai:zoo:{identifier}",
        format="oai_dc",
        data=data,
        deleted=deleted,
        datestamp="2020-01-01T00:00:00Z",
    )


def id_of(identifier: str, source: str = "zoo") -> str:
    return record_id(source, f"oai:zoo:{identifier}")


def error_of(root: Any) -> str | None:
    error = root.find(OAI + "error")
    return None if error is None else str(error.get("code"))


def parsed(data: bytes) -> Any:
    """The root of an answer, after all in it that has a schema was held against that."""
    root = etree.fromstring(data)
    assert root.tag == OAI + "OAI-PMH"
    assert root.prefix is None
    for element in root.iter(etree.Element):
        parent = element.getparent()
        namespace = etree.QName(element).namespace
        above = etree.QName(parent).namespace if parent is not None else None
        if above not in (namespace, _MIXED) and (schema := _schema(namespace)):
            # By itself, as a reader that knows only this schema meets it.
            schema.assertValid(etree.fromstring(etree.tostring(element, with_tail=False)))
    return root


@functools.cache
def _schema(namespace: str | None) -> etree.XMLSchema | None:
    path = _SCHEMA_OF.get(namespace or "")
    return etree.XMLSchema(etree.parse(path)) if path is not None and path.is_file() else None
