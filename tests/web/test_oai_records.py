"""Records as the provider gives them: formats, originals, provenance, and XML that stands anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from catalogue.record import Hop, RawRecord
from tests.web.oai_repository import DC, OAI, PROVENANCE, Repository, dublin_core, id_of
from web.oai_xml import self_contained


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = Repository(tmp_path)
    yield opened
    opened.close()


def get(repository: Repository, name: str, prefix: str = "oai_dc", source: str = "zoo") -> etree._Element:
    root = repository.ask(
        verb="GetRecord", identifier=f"oai:x.org:{id_of(name, source)}", metadataPrefix=prefix
    )
    record = root.find(f"{OAI}GetRecord/{OAI}record")
    assert record is not None, etree.tostring(root)
    return record


def prefixes(repository: Repository, **arguments: str) -> list[str]:
    root = repository.ask(verb="ListMetadataFormats", **arguments)
    return [prefix.text for prefix in root.iter(OAI + "metadataPrefix")]


def test_every_writable_format_is_offered(repository: Repository) -> None:
    assert {"oai_dc", "oai_datacite", "datacite"} <= set(prefixes(repository))
    repository.put(dublin_core("a", creator="Curie, M."))
    repository.follow()
    offered = prefixes(repository, identifier=f"oai:x.org:{id_of('a')}")
    assert offered == prefixes(repository)
    assert "original_oai_dc" in offered
    for prefix in offered:
        assert len(get(repository, "a", prefix).find(OAI + "metadata")) == 1


def test_a_record_is_the_same_rendered_before_and_at_request(repository: Repository) -> None:
    repository.put(dublin_core("a", "É < & > \" ' \u2028", creator="Curie, M.", subject="x;y"))
    before = [
        etree.tostring(get(repository, "a", prefix), method="c14n") for prefix in ("oai_dc", "oai_datacite")
    ]
    assert repository.follow() == 1
    after = [
        etree.tostring(get(repository, "a", prefix), method="c14n") for prefix in ("oai_dc", "oai_datacite")
    ]
    assert before == after


def test_the_original_comes_back_as_it_was(repository: Repository) -> None:
    written = (
        '<?xml version="1.0" encoding="iso-8859-1"?><!-- a comment -->\n'
        '<r:dc xmlns:r="http://www.openarchives.org/OAI/2.0/oai_dc/">'
        '<title xmlns="http://purl.org/dc/elements/1.1/">\xc9t\xe9</title></r:dc>'
    ).encode("iso-8859-1")
    repository.put(replace(dublin_core("a"), data=written))
    repository.follow()
    record = get(repository, "a", "original_oai_dc")
    assert record.findtext(f".//{DC}title") == "Été"
    assert record.find(f".//{PROVENANCE}originDescription").get("altered") == "false"
    assert record[1][0].prefix == "r"


def test_originals_only_where_the_source_allows(repository: Repository) -> None:
    repository.add_source("shy", originals="no")
    repository.put(dublin_core("a"))
    repository.put(dublin_core("a", "Secret"), source="shy")
    repository.follow()
    assert repository.identifiers(metadataPrefix="original_oai_dc") == [id_of("a")]
    shy = {"identifier": f"oai:x.org:{id_of('a', 'shy')}"}
    assert (
        repository.error(verb="GetRecord", metadataPrefix="original_oai_dc", **shy)
        == "cannotDisseminateFormat"
    )
    assert "original_oai_dc" not in prefixes(repository, **shy)
    assert get(repository, "a", source="shy").findtext(f".//{DC}title") == "Secret"


def test_the_original_of_one_format_is_not_had_in_another(repository: Repository) -> None:
    repository.put(dublin_core("a"))
    repository.follow()
    name = f"oai:x.org:{id_of('a')}"
    assert repository.error(verb="GetRecord", identifier=name, metadataPrefix="original_datacite") == (
        "cannotDisseminateFormat"
    )


def test_provenance_tells_where_a_record_came_from(repository: Repository) -> None:
    repository.put(dublin_core("a"))
    origin = get(repository, "a").find(f".//{PROVENANCE}originDescription")
    assert origin.get("altered") == "true"
    assert {part.tag.removeprefix(PROVENANCE): part.text for part in origin} == {
        "baseURL": "http://zoo.example.org/oai",
        "identifier": "oai:zoo:a",
        "datestamp": "2020-01-01T00:00:00Z",
        "metadataNamespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    }


def test_provenance_of_a_record_that_was_passed_on(repository: Repository) -> None:
    first = Hop(
        base_url="http://first.example.org/oai?a&b",
        identifier="oai:first:1",
        datestamp="2001-02-03",
        format="http://purl.org/x/",
        harvested="2002-02-02T00:00:00Z",
        altered=False,
    )
    unknown = replace(first, datestamp=None)
    repository.put(replace(dublin_core("a"), chain=(first, first, unknown, first)))
    depth = [origin.findtext(PROVENANCE + "baseURL") for origin in _origins(get(repository, "a"))]
    # Behind a station that says too little the chain cannot go on.
    assert depth == ["http://zoo.example.org/oai", first.base_url, first.base_url]


def _origins(record: etree._Element) -> Iterator[etree._Element]:
    origin = record.find(f".//{PROVENANCE}originDescription")
    while origin is not None:
        yield origin
        origin = origin.find(PROVENANCE + "originDescription")


@pytest.mark.parametrize("stamp", [None, "2020", "yesterday", "2020-01-01T00:00:00+01:00"])
def test_no_provenance_where_too_little_is_known(repository: Repository, stamp: str | None) -> None:
    repository.put(replace(dublin_core("a"), datestamp=stamp))
    assert get(repository, "a").find(OAI + "about") is None


def test_a_bug_in_a_crosswalk_costs_one_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mappings.base import formats

    write = formats()["datacite"].write
    assert write is not None

    def fails(record: object) -> bytes:
        if "bad" in str(record):
            raise ZeroDivisionError
        return write(record)  # type: ignore[arg-type]

    broken = {**formats(), "datacite": replace(formats()["datacite"], write=fails)}
    monkeypatch.setattr("web.oai_records.formats", lambda: broken)
    repository = Repository(tmp_path)
    repository.put(*(dublin_core(name, creator="Curie, M.") for name in ("a", "bad", "c")))
    assert repository.identifiers(metadataPrefix="datacite") == [id_of("a"), id_of("c")]
    assert repository.identifiers() == [id_of("a"), id_of("bad"), id_of("c")]
    bad = {"identifier": f"oai:x.org:{id_of('bad')}"}
    assert repository.error(verb="GetRecord", metadataPrefix="datacite", **bad) == "cannotDisseminateFormat"
    assert "datacite" not in prefixes(repository, **bad)
    repository.close()


def test_a_record_that_was_first_met_as_deleted(repository: Repository) -> None:
    raw = RawRecord(identifier="oai:zoo:x", format="", data=b"", deleted=True)
    repository.put(raw)
    repository.follow()
    assert repository.identifiers() == ["-" + id_of("x")]
    assert repository.identifiers(set="source:zoo") == ["-" + id_of("x")]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        (b'<a:b xmlns:a="u"><a:c/></a:b>', b'<a:b xmlns:a="u"><a:c/></a:b>'),
        (b'<b xmlns="u"><c/></b>', b'<b xmlns="u"><c/></b>'),
        (b"<b xmlns = 'u'><c/></b>", b"<b xmlns = 'u'><c/></b>"),
        (b"<b/>", b'<b xmlns=""/>'),
        (b'<a:b xmlns:a="u"><c>x</c></a:b>', b'<a:b xmlns="" xmlns:a="u"><c>x</c></a:b>'),
        (b'<a:b xmlns:a="u" t="a>b"><c/></a:b>', b'<a:b xmlns="" xmlns:a="u" t="a>b"><c/></a:b>'),
    ],
)
def test_fragments_mean_the_same_anywhere(fragment: bytes, expected: bytes) -> None:
    assert self_contained(fragment) == expected
    inside = etree.fromstring(b'<root xmlns="other">' + self_contained(fragment) + b"</root>")[0]
    alone = etree.fromstring(fragment)
    assert [part.tag for part in inside.iter()] == [part.tag for part in alone.iter()]
