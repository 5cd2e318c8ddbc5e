"""JSON records with very many values cost no more than their size either."""

from __future__ import annotations

import time
from typing import Any

import pytest

from catalogue.record import Provenance
from mappings.base import format_of

MANY = 20_000
_SCICAT = {"pid": "20.500.99999/1", "datasetName": "T", "type": "raw", "sourceFolder": "/x"}
_PUBLISHED = {"doi": "10.5072/1", "title": "T"}
_PANOSC = {"pid": "20.500.99999/1", "title": "T"}
_DOCUMENT = {"pid": "10.5072/1", "title": "T", "type": "publication"}
_OPEN_DATA = {"recid": "1", "title": "T"}
_HEPDATA = {"inspire_id": "1", "title": "T"}
_RE3DATA = {"id": "r1", "repositoryName": "T"}


def _filled(value: Any, number: int) -> Any:
    """The value with its number wherever it says «#»."""
    if isinstance(value, dict):
        return {name: _filled(one, number) for name, one in value.items()}
    if isinstance(value, str):
        return float(number + 1) if value == "#" else value.replace("#", str(number))
    return value


@pytest.mark.parametrize(
    ("prefix", "document", "name", "element"),
    [
        ("scicat", _SCICAT, "keywords", "k#x"),
        ("scicat", _SCICAT, "techniques", {"name": "t#x", "pid": "p#x"}),
        ("scicat", _SCICAT, "principalInvestigators", "A#x, B"),
        ("scicat", _SCICAT, "instrumentIds", "i#x"),
        ("scicat", _SCICAT, "sampleIds", "s#x"),
        ("scicat", _SCICAT, "inputDatasets", "20.500.99999/#x"),
        ("scicat", _SCICAT, "origdatablocks", {"dataFileList": [{"path": "a#x"}]}),
        ("scicat", _SCICAT, "relationships", {"relationship": "x", "pid": "20.500.99999/#x"}),
        ("scicat", _PUBLISHED, "creator", "A#x, B"),
        ("scicat", _PUBLISHED, "contributors", {"name": "A#x, B"}),
        ("scicat", _PUBLISHED, "relatedPublications", "see 10.5072/x#x"),
        ("panosc", _PANOSC, "parameters", {"name": "photon energy", "value": "#", "unit": "eV"}),
        ("panosc", _PANOSC, "samples", {"name": "s#x", "pid": "p#x"}),
        ("panosc", _PANOSC, "files", {"name": "f#x", "path": "/x/#x"}),
        ("panosc", _DOCUMENT, "members", {"role": "PI", "person": {"fullName": "A#x, B"}}),
        ("panosc", _DOCUMENT, "datasets", {"pid": "20.500.99999/#x", "title": "T"}),
        ("cernopendata", _OPEN_DATA, "authors", {"name": "A#x, B"}),
        ("cernopendata", _OPEN_DATA, "keywords", "k#x"),
        ("cernopendata", _OPEN_DATA, "relations", {"recid": "#x", "type": "isRelatedTo"}),
        ("cernopendata", _OPEN_DATA, "files", {"key": "a#x", "uri": "root://h.example//a#x", "size": 1}),
        ("cernopendata", _OPEN_DATA, "dataset_semantics", {"variable": "v#x"}),
        ("cernopendata", _OPEN_DATA, "system_details", {"release": "r#x"}),
        ("cernopendata", _OPEN_DATA, "run_period", "Run#x"),
        ("hepdata", _HEPDATA, "data_tables", {"name": "T#x", "doi": "10.5072/t#x"}),
        ("hepdata", _HEPDATA, "authors", {"full_name": "A#x, B"}),
        ("hepdata", _HEPDATA, "collaborations", "C#x"),
        ("hepdata", _HEPDATA, "keywords", {"name": "cmenergies", "value": "#"}),
        ("hepdata", _HEPDATA, "additional_resources", {"url": "https://h.example/#x"}),
        ("re3data_json", _RE3DATA, "institutions", {"name": "I#x", "identifiers": ["ROR:#x"]}),
        ("re3data_json", _RE3DATA, "apis", {"type": "REST", "url": "https://h.example/#x"}),
        ("re3data_json", _RE3DATA, "types", "t#x"),
        ("re3data_json", _RE3DATA, "dataAccesses", {"type": "open", "restrictions": ["x#x"]}),
    ],
)
def test_many_elements(prefix: str, document: dict[str, Any], name: str, element: Any) -> None:
    read = format_of(prefix).read
    assert read is not None
    many = {**document, name: [_filled(element, number) for number in range(MANY)]}
    start = time.process_time()
    mapped = read(many, Provenance(source="s", identifier="1"))
    assert time.process_time() - start < 8
    assert mapped.record.title == "T"
    assert len(mapped.issues) <= 201


def test_many_energies_of_one_scan() -> None:
    read = format_of("scicat").read
    assert read is not None
    scan = [{"value": number + 1, "unit": "eV"} for number in range(MANY)]
    start = time.process_time()
    mapped = read({**_SCICAT, "scientificMetadata": {"energy": scan}}, Provenance(source="s", identifier="1"))
    assert time.process_time() - start < 8
    assert mapped.record.coverage is not None
