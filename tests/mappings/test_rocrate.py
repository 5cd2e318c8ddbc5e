"""RO-Crate metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings.base import format_of
from mappings.documents import documents

FORM = format_of("rocrate")


def read(graph: Any, **more: Any) -> Mapped:
    assert FORM.read is not None
    return FORM.read({"@graph": graph, **more}, Provenance(source="test", identifier="crate"))


def descriptor(about: str = "./") -> dict[str, Any]:
    conforms = {"@id": "https://w3id.org/ro/crate/1.1"}
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": about},
        "conformsTo": conforms,
    }


def test_root_files_and_people() -> None:
    found = read(
        [
            descriptor(),
            {
                "@id": "./",
                "@type": "Dataset",
                "name": "Runs",
                "author": [{"@id": "https://orcid.org/0000-0002-1825-0097"}],
                "license": {"@id": "https://spdx.org/licenses/CC-BY-4.0"},
                "hasPart": [
                    {"@id": "a.csv"},
                    {"@id": "sub/"},
                    {"@id": "https://doi.org/10.5072/other"},
                    {"@id": "b"},
                ],
                "mentions": {"@id": "#action"},
            },
            {
                "@id": "a.csv",
                "@type": "File",
                "name": "A",
                "contentSize": 12,
                "encodingFormat": ["text/csv", {"@id": "x"}],
            },
            {"@id": "sub/", "@type": "Dataset", "name": "Folder"},
            {"@id": "https://doi.org/10.5072/other", "@type": "Dataset", "name": "Other"},
            {
                "@id": "https://orcid.org/0000-0002-1825-0097",
                "@type": "Person",
                "name": "Ada Lund",
                "email": "a@b.org",
            },
            {
                "@id": "#action",
                "@type": "CreateAction",
                "instrument": {"@id": "https://doi.org/10.5072/tool"},
            },
            {"@id": "https://doi.org/10.5072/tool", "@type": "SoftwareApplication", "name": "Tool"},
            {"@id": "#sample", "@type": "Thing", "name": "Crystal"},
        ]
    ).record
    assert (found.kind, found.title) == ("dataset", "Runs")
    assert found.creators[0].identifiers[0].value == "0000-0002-1825-0097"
    assert [(one.url, one.size, one.media_type) for one in found.distributions] == [
        ("a.csv", 12, "text/csv"),
        ("sub/", None, None),
        ("b", None, None),
    ]
    assert {(one.type, one.value) for one in found.relations} == {
        ("HasPart", "10.5072/other"),
        ("IsCompiledBy", "10.5072/tool"),
    }
    assert "Crystal" in [one.text for one in found.extra]
    assert "a@b.org" not in repr(found)


def test_a_workflow_crate() -> None:
    found = read(
        [
            descriptor(),
            {
                "@id": "./",
                "@type": "Dataset",
                "name": "W",
                "mainEntity": {"@id": "w.cwl"},
                "hasPart": {"@id": "w.cwl"},
            },
            {
                "@id": "w.cwl",
                "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
                "programmingLanguage": {"@id": "#cwl"},
            },
            {"@id": "#cwl", "@type": "ComputerLanguage", "name": "Common Workflow Language"},
        ]
    ).record
    assert found.environment is not None
    assert found.environment.languages == ("Common Workflow Language",)
    assert found.environment.entry_point == "w.cwl"


def test_a_root_of_another_name() -> None:
    found = read(
        [
            descriptor("https://example.org/c/"),
            {"@id": "https://example.org/c/", "@type": "Dataset", "name": "C"},
        ]
    )
    assert found.record.title == "C"


@pytest.mark.parametrize(
    "graph", [None, [], [1], [descriptor()], [{"@id": "x", "name": "no root"}], {"@id": "./", "name": "x"}]
)
def test_what_is_no_crate(graph: Any) -> None:
    with pytest.raises(RecordRefused):
        read(graph)


@pytest.mark.parametrize("value", [None, 1, [], {}, [[]], [None], {"@id": 5}, {"@id": "./"}, "x"])
def test_values_of_every_type_in_every_place(value: Any) -> None:
    names = (
        "hasPart",
        "author",
        "license",
        "mainEntity",
        "mentions",
        "conformsTo",
        "identifier",
        "publisher",
    )
    root = {"@id": "./", "@type": "Dataset", "name": "R", **dict.fromkeys(names, value)}
    assert read([descriptor(), root, {"@id": value}, value]).record.title == "R"


def test_crates_made_by_ro_crate_py(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("1")
    crate = ROCrate()
    crate.name = "Made"
    crate.add_file(str(tmp_path / "d.txt"), properties={"contentSize": "1"})
    crate.write(str(tmp_path / "out"))
    document = json.loads((tmp_path / "out" / "ro-crate-metadata.json").read_text())
    assert FORM.recognises is not None and FORM.recognises(document)
    found = read(document["@graph"]).record
    assert (found.title, [one.url for one in found.distributions]) == ("Made", ["d.txt"])


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    assert FORM.read is not None
    for path in sorted((shared / "corpus" / "ro-crate").iterdir()):
        [(_, document)] = documents(FORM, path.read_bytes())
        found = FORM.read(document, Provenance(source="corpus", identifier=path.name)).record
        assert [one.type for one in found.relations].count("HasPart") >= 1, path.name
