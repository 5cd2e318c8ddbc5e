"""No page says anything of its own that is not a message: seen by a language that marks all messages.

In it every message stands between brackets; what a page shows outside of them is data, a name, or forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from tests.web.graphs import fill
from tests.web.page import read_page
from web import languages
from web.app import create_app

PAGES = (
    "/", "/?q=shear", "/?q=zzzz&type=dataset&time=2017/2018&published=2019", "/?q=(a", "/?sky=1,2",
    "/?sort=fit", "/?facility=zzz&instrument=yyy", "/facets/creator", "/facets/creator?contains=zzz",
    "/browse", "/browse/uat", "/browse/uat?contains=zzz", "/sources", "/sources/observatory", "/sources/test",
    "/statistics", "/basket", "/help", "/help/search", "/help/api", "/help/oai", "/help/source", "/help/cite",
    "/nothing", "/records/nothing", "/sparql", "/sparql?query=ASK+{+?a+foo:b+?c+}&format=html",
    "/sparql?query=SELECT+?a+?b+{VALUES+(?a+?b)+{(<urn:x:1>+1)+(<urn:x:2>+2)}}&format=html",
    "/terms", "/catalog", "/dumps", "/sources/observatory/fair", "/vocabularies", "/vocabularies/techniques",
    "/vocabularies/techniques?code=PaNET01188", "/people", "/organisations", "/people/0000-0002-1825-0097",
    "/sources/new", "/remote?q=shear",    "/digests/new?q=shear", "/sign-in",
)  # fmt: skip
NAMES = frozenset({
    "Aladin", "Almagest", "and", "AP", "API", "arXiv", "Atom", "BibTeX", "Binder", "CERN", "CodeMeta",
    "Core", "CSL-JSON", "CSV", "curl", "CWL", "Data", "DataCite", "DCAT", "DCAT-AP", "DOI", "Dublin",
    "EUDAT", "FAIR", "FsF", "GB", "Guidelines", "HEPData", "HTCondor", "HTTP", "HTTPS", "in",
    "InvenioRDM", "ISO", "IVOA", "JSON", "JSON-LD", "kB", "LDES", "Lines", "LoopBack", "MB", "MJD",
    "MOC", "N-Triples", "Notebook", "OAI", "OAI-PMH", "of", "OGC", "Open", "OpenAIRE", "ORCID", "PACS",
    "PaNET", "PaNOSC", "Parquet", "PROV-O", "pyvo", "RDF", "RDF/XML", "re3data", "REANA", "registries",
    "registry", "ResourceSync", "REST", "RIS", "rucio", "schema.org", "SciCat", "search", "SHACL", "SI",
    "SKOS", "Snakefile", "Snakemake", "SPARQL", "SRU", "STILTS", "SVG", "TB", "TOPCAT", "TSV", "Turtle",
    "UAT", "UCD", "URI", "URL", "UTC", "VISA", "VoID", "VOTable", "wget", "XML", "xrdcp", "Zenodo",
})  # fmt: skip
"""What is called the same in every language."""
_UNIT = re.compile(r"[µnmkMGTPEZYRQzafp]?(eV|Hz|m)|\de\d+ Hz")
_SKIPPED = frozenset(
    {"script", "style", "code", "pre", "kbd", "option", "time", "datalist", "link", "textarea"}
)
_SHOWN = ("aria-label", "title", "placeholder", "alt")


class Marked(NullTranslations):
    """A language in which every message stands between brackets."""

    def gettext(self, message: str) -> str:
        """The message, marked."""
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The form of English, marked."""
        return f"⟦{one if count == 1 else many}⟧"


@pytest.fixture
def client(shared_catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A visitor who reads that language."""
    real = languages.messages
    marked = Marked()
    monkeypatch.setattr(languages, "messages", lambda code: marked if code == "en_GB" else real(code))
    monkeypatch.setattr(languages, "languages", lambda: {"en": "English", "en_GB": "Marked"})
    fill(shared_catalogue)
    app: Flask = create_app(shared_catalogue)
    visitor = app.test_client()
    visitor.set_cookie(languages.COOKIE, "en_GB")
    return visitor


class Reader:
    """Goes through a page as it is read, and keeps what stands outside of the brackets."""

    def __init__(self) -> None:
        self.depth = 0

    def outside(self, text: str) -> str:
        """The part of a text that no message holds."""
        kept = []
        for letter in text:
            self.depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
            if self.depth == 0 and letter != "⟧":
                kept.append(letter)
        return " ".join("".join(kept).split())

    def texts(self, element: Element, skipped: bool = False) -> Iterator[str]:
        """All that a visitor sees or hears, in its order."""
        skipped = skipped or element.tag in _SKIPPED or element.get("lang") not in {None, "en_GB"}
        for name in _SHOWN:
            if not skipped and element.get(name):
                yield Reader().outside(str(element.get(name)))
        for text, child in [(element.text, None), *((child.tail, child) for child in element)]:
            if child is not None and isinstance(child.tag, str):
                yield from self.texts(child, skipped)
            said = self.outside(text or "")
            if not skipped:
                yield said


def forgotten(client: FlaskClient, path: str, data: str) -> list[str]:
    """What a page says itself, and not as a message."""
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code < 500, path
    page = read_page(answer.text)
    assert page.first("html").get("lang") == "en_GB"
    found = []
    for text in Reader().texts(page.root):
        words = [word for word in re.split(r"[^\w./-]+", text) if re.search(r"[A-Za-z]{2}", word)]
        unknown = [word for word in words if word.strip("./-") not in NAMES and not _UNIT.fullmatch(word)]
        if [word for word in unknown if word not in data]:
            found.append(text)
    return found


@pytest.fixture
def data(client: FlaskClient) -> str:
    """Everything that is data on the pages: records, sources, vocabularies."""
    records = client.get("/api/v1/records?size=100").json
    parts = [json.dumps(records, ensure_ascii=False), client.get("/api/v1/sources").text]
    return " ".join(parts)


EXCEPTIONS = re.compile(
    r"OGC API Records|^application/|^text/|urn:|small angle|wfl:|goldbook:|SAXS|"
    r"keV/10 keV|temperature <|https?://|example\.org|Thesaurus|techniques? at|Categories of|Classification|"
    r"carriers of information|astronomy|astrophysics|Heliophysics|medium|technique$|zzz|yyy|shear|processes$|"
    r"The record has no|FsF-|observatory ·|licence\.$|\.(ipynb|sub|sh|cwl|json|ajs|fits)$|\(\d{4}\): "
)
"""Examples of values, names of concepts, titles of vocabularies, what was asked for, reasons, citations."""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_nothing_but_messages_and_data(client: FlaskClient, data: str, path: str) -> None:
    assert [text for text in forgotten(client, path, data) if not EXCEPTIONS.search(text)] == []


def test_the_pages_of_records_say_nothing_but_messages_and_data(client: FlaskClient, data: str) -> None:
    ids = [hit["id"] for hit in json.loads(client.get("/api/v1/records?size=100").text)["hits"]]
    for id in ids:
        for path in (f"/records/{id}", f"/records/{id}/use", f"/records/{id}/relations"):
            said = [text for text in forgotten(client, path, data) if not EXCEPTIONS.search(text)]
            assert said == [], path
