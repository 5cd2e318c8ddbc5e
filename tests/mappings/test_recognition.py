"""Documents of unknown origin find their format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from catalogue.errors import RecordRefused
from mappings.base import xml_parser
from mappings.recognition import Recognition, is_deep


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ({"@context": "https://w3id.org/codemeta/3.0"}, "codemeta"),
        ([{"@context": ["https://schema.org"], "@type": "Dataset"}], "schema_org"),
        ({"@graph": [{"@id": "./ro-crate-metadata.json"}]}, "rocrate"),
        ({"bagit": [], "files": []}, "bagit"),
        ({"a": 1}, None),
        (
            {"@context": {"dcat": "http://www.w3.org/ns/dcat#"}, "@graph": [3, {"@type": "dcat:Dataset"}]},
            "dcat",
        ),
        ([{"@type": ["http://www.w3.org/ns/dcat#DataService"]}], "dcat"),
        ({"@context": "https://example.org/dcat-ap.jsonld", "@type": "Dataset"}, "dcat"),
        ({"@type": ["dcat:Dataset", "schema:Dataset"], "@context": "https://schema.org"}, "schema_org"),
        ([], None),
        (3, None),
        ({"title": "Only a title"}, None),
    ],
)
def test_json(value: Any, prefix: str | None) -> None:
    found = Recognition().of_value(value)
    assert (found.prefix if found else None) == prefix


@pytest.mark.parametrize(
    ("data", "prefix"),
    [
        (b"cff-version: 1.2.0\ntitle: x", "cff"),
        (b"workflow: {type: serial}", "reana"),
        (b"a: b", None),
    ],
)
def test_yaml(data: bytes, prefix: str | None) -> None:
    found, _ = Recognition().of_bytes(data)
    assert (found.prefix if found else None) == prefix


def test_turtle() -> None:
    data = (
        b"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<https://a.org/1> a dcat:Dataset ; dcat:keyword 'x' ."
    )
    form, document = Recognition().of_rdf(data)
    assert form.prefix == "dcat"
    assert document[0]["@id"] == "https://a.org/1"
    with pytest.raises(RecordRefused, match=r"no dcat:Dataset"):
        Recognition().of_rdf(b"<https://a.org/1> <https://a.org/is> 'x' .")


def test_broken_yaml() -> None:
    with pytest.raises(ValueError, match="expected"):
        Recognition().of_bytes(b"a: [")


def test_depth() -> None:
    value: Any = 1
    for _ in range(10_000):
        value = [value]
    assert is_deep(value)
    assert Recognition().of_value(value) is None
    assert not is_deep({"a": [{"b": 1}] * 1000})


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("folder", "prefixes", "share"),
    [
        ("oai-dc", {"oai_dc"}, 0.95),
        ("datacite-xml", {"datacite", "oai_datacite"}, 0.95),
        ("oai-datacite", {"datacite", "oai_datacite"}, 0.95),
        ("ivoa-oaipmh", {"ivo_vor"}, 0.95),
        ("ivoa-voresource", {"ivo_vor"}, 0.85),
        ("marcxml", {"marcxml"}, 0.85),
        ("codemeta", {"codemeta"}, 0.95),
        ("schema-org", {"schema_org"}, 0.9),
        ("ro-crate", {"rocrate"}, 1.0),
        ("reana", {"reana"}, 1.0),
        ("scicat", {"scicat"}, 0.7),
        ("cernopendata", {"cernopendata"}, 0.95),
    ],
)
def test_the_corpus(shared: Path, folder: str, prefixes: set[str], share: float) -> None:
    recognition = Recognition()
    found = []
    for path in sorted((shared / "corpus" / folder).iterdir()):
        data = path.read_bytes()
        try:
            if path.suffix == ".yaml":
                form, _ = recognition.of_bytes(data)
            elif data.lstrip().startswith(b"<"):
                form = recognition.of_xml(etree.fromstring(data, xml_parser()))
            else:
                form = recognition.of_value(orjson.loads(data))
        except (etree.XMLSyntaxError, orjson.JSONDecodeError):
            continue
        found.append(form.prefix if form is not None else "")
    right = sum(prefix in prefixes for prefix in found)
    assert right >= share * len(found), sorted(set(found))
