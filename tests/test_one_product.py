"""Real records of one thing from several sources, each in a format of its own, come out as one product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.database import Database
from catalogue.index import Change
from catalogue.record import Page, RawRecord, Record
from catalogue.runs import Sources
from catalogue.sources import Source
from catalogue.store import Store
from mappings.base import format_of, parse, read, written_at
from mappings.documents import documents_in

pytestmark = pytest.mark.corpus

SEVERAL = {
    "10.5438/4k3m-nyvg": (
        "datacite-xml/bolognese__fixtures_datacite.xml",
        "datacite-json/api.datacite.org_dois_10.5438_4k3m-nyvg_include=media_client_7b347c.json",
        "schema-org/commonmeta-py__fixtures_schema_org.json",
    ),
    "10.6071/z7wc73": (
        "datacite-xml/bolognese__fixtures_schema_4.0.xml",
        "schema-org/bolognese__fixtures_schema_org_geolocation.json",
    ),
    "10.5067/altcy-tj122": (
        "datacite-xml/lupo__files_datacite_gsfc.xml",
        "datacite-json/api.datacite.org_dois_10.5067_altcy-tj122_include=media_client_8d201a.json",
    ),
    "10.17616/r3qp53": (
        "re3data/www.re3data.org_api_beta_repositories_query=10.17616_R3QP53_8626f6.xml",
        "re3data/api.datacite.org_re3data_10.17616_r3qp53__cf2ceb.json",
    ),
}
"""Files of the corpus about one thing, each in another format."""
ONCE = {
    "10.1594/pangaea.902845": (
        "datacite-xml/doi.pangaea.de_10.1594_PANGAEA.902845_format=metadata_datacite4_d273bf.xml",
        "In-situ airborne measurements of atmospheric and sea surface parameters",
    ),
    "10.5281/zenodo.10357859": (
        "oai-dc/zenodo.org_oai2d_verb=GetRecord_identifier=oai_zenodo.org_10357859"
        "_metadataPrefix=oai_dc_fbbc0b.xml",
        "Research Data Management Organiser (RDMO)",
    ),
}
"""What the corpus has in one format only; the other sources give it on in theirs."""
WRITTEN = (
    *("datacite", "datacite_json", "oai_datacite", "oai_dc", "oai_openaire"),
    *("schema_org", "dcat", "inveniordm", "rocrate"),
)
_FOLDERS = {"datacite-xml": "datacite", "datacite-json": "datacite_json", "schema-org": "schema_org"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    database = Database(f"sqlite:///{tmp_path / 'catalogue.db'}")
    yield Store(database)
    database.close()


def harvested(store: Store, source: str, prefix: str, data: bytes) -> None:
    """The one record in these bytes, as a harvest of a source of this name brings it."""
    form = format_of(prefix)
    [(identifier, document)] = documents_in(form, parse(form, data))
    sources = Sources(store.database)
    sources.add(Source(name=source, kind="oai-pmh", url=f"https://{source}.example.org/"))
    run = sources.begin_run(source)
    raw = RawRecord(identifier=identifier or source, format=prefix, data=data, document=document)
    run = store.put_page(run, Page(records=(raw,)), read)
    assert run.quarantined == 0
    sources.finish_run(run, "succeeded", since=run.started)


def the_product(store: Store, doi: str, count: int) -> Record:
    """The record of the only product, sensible in itself."""
    [product] = _all(store)
    assert len(product.members) == len({one.source for one in product.members}) == count
    record = product.record
    assert record is not None
    assert [one.role for one in record.identifiers if (one.scheme, one.value) == ("doi", doi)] == ["own"]
    names = [frozenset(one.name.casefold().replace(",", " ").split()) for one in record.creators]
    assert names
    assert len(names) == len(set(names))
    assert [one.type for one in record.titles].count("main") == 1
    return record


def _all(store: Store) -> list[Change]:
    return list(store.walk())


@pytest.mark.parametrize("doi", SEVERAL)
def test_real_files_in_several_formats(shared: Path, store: Store, doi: str) -> None:
    for number, name in enumerate(SEVERAL[doi]):
        folder, _, file = name.partition("/")
        prefix = _FOLDERS.get(folder) or ("re3data" if file.endswith(".xml") else "re3data_json")
        harvested(store, f"source{number}", prefix, (shared / "corpus" / name).read_bytes())
    if doi != "10.17616/r3qp53":
        the_product(store, doi, len(SEVERAL[doi]))
    else:
        [product] = _all(store)
        assert len(product.members) == 2


@pytest.mark.parametrize("doi", ONCE)
def test_a_real_record_and_what_others_make_of_it(shared: Path, store: Store, doi: str) -> None:
    name, title = ONCE[doi]
    data = (shared / "corpus" / name).read_bytes()
    harvested(store, "origin", "oai_dc" if name.startswith("oai-dc") else "datacite", data)
    [first] = _all(store)
    assert first.record is not None
    assert first.record.title is not None
    assert title in first.record.title
    for prefix in WRITTEN:
        write = written_at(format_of(prefix), "example.authority", "https://repository.example.org").write
        assert write is not None
        harvested(store, prefix.replace("_", "-"), prefix, write(first.record))
    record = the_product(store, doi, len(WRITTEN) + 1)
    assert record.title == first.record.title
    assert [one.name for one in record.creators] == [one.name for one in first.record.creators]
    # A crate and a dcat:Dataset say «dataset» of what has no kind, and any kind is believed before none.
    assert record.kind == (first.record.kind if first.record.kind != "other" else "dataset")
