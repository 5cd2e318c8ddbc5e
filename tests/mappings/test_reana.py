"""reana.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings.base import format_of, parse

FORM = format_of("reana")
SERIAL = """
version: 0.6.0
inputs:
  files: [code/fit.C]
  parameters: {events: 20000, lumi: 0.00122, name: sample, nested: {a: [1, 2]}}
workflow:
  type: serial
  specification:
    steps:
      - {name: gen, environment: "docker.io/a:1", commands: ["root -b -q", "ls"]}
      - {name: fit, environment: "docker.io/b:2", commands: ["python fit.py"]}
outputs: {files: [results/plot.png, results/out]}
"""


def read(text: str, **values: str) -> Mapped:
    assert FORM.read is not None
    provenance = Provenance(source="test", identifier="https://git.example.org/g/h4l/reana.yaml", **values)
    return FORM.read(parse(FORM, text.encode()), provenance)


def test_a_serial_workflow() -> None:
    found = read(SERIAL, url="https://git.example.org/g/h4l/-/blob/main/reana.yaml").record
    assert (found.kind, found.title) == ("workflow", "Workflow h4l")
    assert found.environment is not None
    assert found.environment.languages == ("REANA serial",)
    assert found.environment.container == "docker.io/a:1"
    assert found.environment.requirements == ("docker.io/b:2",)
    assert found.environment.entry_point == "root -b -q"
    assert found.environment.specification == "https://git.example.org/g/h4l/-/blob/main/reana.yaml"
    assert {one.name: one.value or one.text for one in found.parameters} == {
        "events": 20000.0,
        "lumi": 0.00122,
        "name": "sample",
        "nested": "1; 2",
    }
    assert found.formats == ("png",)
    assert ("inputs.files[0]", "code/fit.C") in [(one.path, one.text) for one in found.extra]


def test_a_workflow_in_a_file_of_its_own() -> None:
    found = read("workflow: {type: snakemake, file: workflow/Snakefile}").record
    assert found.environment is not None
    assert (found.environment.languages, found.environment.entry_point) == (
        ("Snakemake",),
        "workflow/Snakefile",
    )


@pytest.mark.parametrize("text", ["[]", "inputs: 1", "workflow: serial", "workflow: []"])
def test_what_is_no_workflow(text: str) -> None:
    with pytest.raises(RecordRefused):
        read(text)


@pytest.mark.parametrize("value", ["null", "1", "[]", "[[1]]", "{a: 1}", "[{b: {c: 1}}]", "text"])
def test_values_of_every_type_in_every_place(value: str) -> None:
    text = f"inputs: {value}\noutputs: {value}\nworkflow:\n  type: {value}\n  file: {value}\n"
    assert read(text + f"  specification: {value}\n").record.kind == "workflow"
    assert read(f"inputs: {{parameters: {value}}}\nworkflow: {{specification: {{steps: {value}}}}}\n").record


@pytest.mark.corpus
def test_every_workflow_of_the_corpus(shared: Path) -> None:
    paths = sorted((shared / "corpus" / "reana").iterdir())
    assert len(paths) > 20
    for path in paths:
        environment = read(path.read_text("utf-8")).record.environment
        assert environment is not None and environment.languages and environment.entry_point, path.name
