"""RDF in a folder: Turtle, N-Triples, RDF/XML and JSON-LD; and what is stored of any file is read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from catalogue.errors import RecordRefused
from catalogue.opening import Catalogue
from catalogue.record import Provenance, RawRecord, Record
from catalogue.sources import Source
from harvesters.run import harvest
from harvesters.transport import Transport
from mappings.base import formats, read
from tests.harvesters.conftest import identifiers
from tests.harvesters.file_folders import Pages, issues, mapped, pages, put, raws

__all__ = ["pages"]

PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
"""
ONE = f"""# One dataset, with people who have no names of their own.
{PREFIXES}<https://a.org/1> a dcat:Dataset ; dct:title "Beams"@en, "Strahlen"@de ; dct:issued "2024-03-01" ;
  dct:creator [ a foaf:Person ; foaf:name "Lund, Ada" ], [ a foaf:Person ; foaf:name "Berg, Tor" ] .
"""
TWO = f"""{PREFIXES}<https://a.org/c> a dcat:Catalog ; dct:title "All" ; dcat:dataset <https://a.org/2> .
<https://a.org/2> a dcat:Dataset ; dct:title "Tracks" ; <urn:made:up> "kept" ;
  dct:creator [ foaf:name "Lund, Ada" ], [ foaf:name "Berg, Tor" ], [ foaf:name "Holm, Eva" ] .
"""
TRIPLE = '<https://a.org/3> <http://purl.org/dc/terms/title> "Hits" .\n'
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
LINKED = {
    "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
    "@graph": [
        {"@id": "https://a.org/4", "@type": "dcat:Dataset", "dct:title": "Four"},
        {"@id": "https://a.org/5", "@type": "dcat:Dataset", "dct:title": "Five"},
    ],
}
FILES = {
    "a.ttl": ONE.encode(),
    "b.ttl": TWO.encode(),
    "c.nt": (TRIPLE + f"<https://a.org/3> {TYPE}").encode(),
    "d.jsonld": LINKED,
    "e.txt": ONE.replace("a.org/1", "a.org/6").encode(),
}


def _titles(found: list[RawRecord]) -> list[str]:
    return [mapped(raw).record.title for raw in found]


def test_turtle_and_json_ld_are_known_by_name_and_content(tmp_path: Path, pages: Pages) -> None:
    found = pages(put(tmp_path, FILES))
    assert issues(found) == {}
    assert {raw.format for raw in raws(found)} == {"dcat"}
    assert _titles(raws(found)) == ["Beams", "All", "Tracks", "Hits", "Four", "Five", "Beams"]


def test_the_only_thing_in_a_file_keeps_its_bytes_and_others_become_json_ld(
    tmp_path: Path, pages: Pages
) -> None:
    alone, _, tracks, *_ = raws(pages(put(tmp_path, FILES)))
    assert alone.data == FILES["a.ttl"]
    assert orjson.loads(tracks.data)["@context"]["dcat"] == "http://www.w3.org/ns/dcat#"
    record = mapped(tracks).record
    assert [agent.name for agent in record.creators] == ["Berg, Tor", "Holm, Eva", "Lund, Ada"]
    assert "kept" in {one.text for one in record.extra}


def test_the_same_statements_are_stored_as_the_same_bytes(tmp_path: Path, pages: Pages) -> None:
    put(tmp_path, FILES)
    assert [raw.data for raw in raws(pages(tmp_path))] == [raw.data for raw in raws(pages(tmp_path))]


def test_what_was_stored_without_a_context_is_read() -> None:
    data = b'{"@id":"https://a.org/9","@type":["dcat:Dataset"],"dct:title":["Nine"]}'
    raw = RawRecord(identifier="-", format="dcat", data=data)
    assert mapped(raw).record.title == "Nine"


def test_turtle_that_is_broken_or_describes_nothing_is_told(tmp_path: Path, pages: Pages) -> None:
    files = {
        "a.ttl": b"@prefix a: <b> . a:c d",
        "b.nt": TRIPLE.encode(),
        "c.ttl": b"",
        "d.txt": TRIPLE.encode(),
    }
    told = issues(pages(put(tmp_path, files)))
    assert told.keys() == {"a.ttl", "b.nt", "c.ttl"}
    assert "Not RDF" in told["a.ttl"]
    assert "no dcat:Dataset" in told["b.nt"]
    assert "it is empty" in told["c.ttl"]


def test_other_beginnings(tmp_path: Path, pages: Pages) -> None:
    nameless = f'{PREFIXES}[] a dcat:Dataset ; dct:title "Nameless" .'.encode()
    lead, rest = nameless.rsplit(b"\n", 1)
    bare = b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://www.w3.org/ns/dcat#" '
    bare += b'xmlns:t="http://purl.org/dc/terms/"><d:Dataset><t:title>Bare</t:title></d:Dataset></RDF>'
    lead = lead.replace(b"@prefix", b"PREFIX").replace(b" .\n", b"\n").removesuffix(b" .")
    files = {"a.n3": lead + b"\n" + rest, "b.rdf": bare, "c.jsonl": orjson.dumps(LINKED) + b"\n"}
    found = raws(pages(put(tmp_path, files)))
    assert _titles(found) == ["Nameless", "Bare", "Four", "Five"]


def test_a_harvest_of_turtle_and_a_folder_without_records(
    tmp_path: Path,
    catalogue: Catalogue,
    connect: Callable[..., Transport],
    caplog: pytest.LogCaptureFixture,
) -> None:
    put(tmp_path, {"rdf/" + name: data for name, data in FILES.items()})
    put(tmp_path, {"other/a.h5": b"\x89HDF", "other/b.h5": b"\x89HDF"})
    for name in ("rdf", "other"):
        catalogue.sources.add(Source(name=name, kind="file", url=str(tmp_path / name)))
    run, _ = harvest(catalogue, ["rdf", "other"], connect=connect)
    assert (run.created, run.quarantined, run.status) == (7, 0, "succeeded")
    told = "\n".join(caplog.messages)
    assert "files that hold no records are passed over: 2 «.h5»" in told
    assert "no file in it holds records that are read" in told
    assert "sets and prefix" not in told


@pytest.mark.corpus
def test_what_is_stored_of_every_file_is_read_again_as_the_same(shared: Path, pages: Pages) -> None:
    counts: Counter[str] = Counter()
    for raw in raws(pages(shared / "corpus")):
        if not raw.deleted:
            again = RawRecord(identifier=raw.identifier, format=raw.format, data=raw.data)
            assert _record(again) == _record(raw), raw.identifier
            counts[raw.format] += 1
    assert counts["dcat"] > 80
    assert len(counts) >= 15
    assert counts.keys() >= {form.prefix for form in formats().values() if form.parse} - {"cff"}


def _record(raw: RawRecord) -> Record | str:
    try:
        return read(raw, Provenance(source="test", identifier=raw.identifier)).record
    except RecordRefused as refused:
        return refused.reason


@pytest.mark.corpus
def test_all_of_dcat_as_one_folder(shared: Path, pages: Pages) -> None:
    found = pages(shared / "corpus" / "dcat")
    places = {name.partition("#")[0] for name in identifiers(found)}
    assert len(places) > 50
    assert len(issues(found)) == 6
    assert {raw.format for raw in raws(found)} == {"dcat"}
