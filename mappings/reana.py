"""reana.yaml: an analysis that can be run again (REANA specification 0.3 to 0.9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Environment, Mapped, Parameter, Provenance, Text
from mappings.base import Format
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line
from mappings.yaml_reading import document_in

_LANGUAGES = {"cwl": "CWL", "snakemake": "Snakemake", "yadage": "Yadage", "serial": "REANA serial"}
_STEPS = 1_000
_COMMAND = 2_000


def read(document: Any, provenance: Provenance) -> Mapped:
    """A workflow from a reana.yaml; raises `RecordRefused`.

    The file has no title: what names it at its source stands in its place.
    """
    if not isinstance(document, dict):
        raise NotARecord("A reana.yaml is a YAML mapping.")
    reana = Node(document)
    workflow = reana.child("workflow")
    if not workflow.is_object:
        raise NotARecord("This is no reana.yaml: there is no «workflow».", path="workflow")
    draft = Draft(provenance.identifier)
    draft.found_titles.append(Text(value=_title(provenance), type="identifier"))
    type = clean_line(workflow.text("type"))
    steps = list(_steps(workflow))
    images = list(dict.fromkeys(image for node in steps if (image := clean_line(node.text("environment")))))
    draft.environment = Environment(
        languages=(_LANGUAGES.get(type.casefold(), type),) if type else (),
        container=images[0] if images else None,
        requirements=tuple(images[1:]),
        entry_point=clean_line(workflow.text("file")) or _first_command(steps),
        specification=provenance.url or "reana.yaml",
    )
    inputs = reana.child("inputs")
    for name, node in inputs.child("parameters").members():
        draft.parameters.append(_parameter(name, node))
    draft.formats.extend(_endings(reana.child("outputs")))
    draft.keep_all(_shortened(path, text) for path, text in reana.left())
    return draft.finished("workflow", provenance)


def _title(provenance: Provenance) -> str:
    """«Workflow h4l» of «…/h4l/reana.yaml»."""
    parts = [part for part in provenance.identifier.replace("#", "/").split("/") if part]
    known = [part for part in parts if not part.casefold().startswith("reana.") and not part.isdigit()]
    return f"Workflow {known[-1]}" if known else provenance.identifier


def _steps(workflow: Node) -> Iterator[Node]:
    specification = workflow.child("specification")
    yield from (node for node in specification.children("steps")[:_STEPS] if node.is_object)


def _first_command(steps: list[Node]) -> str | None:
    for node in steps:
        for command in node.children("commands"):
            text = command.text()
            if text is not None:
                return clean_line(text[:_COMMAND])
    return None


def _parameter(name: str, node: Node) -> Parameter:
    value = node.scalar()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    written = node.text()
    if written is None:
        node.take()
        written = "; ".join(text for _, text in Node(node.value).left()) or None
    number = float(value) if is_number and abs(value) < 1e300 else None  # type: ignore[arg-type]
    if number is None and written is not None:
        number = _number(written)
    return Parameter(
        name=name, value=number, text=None if number is not None else written, path="inputs.parameters"
    )


def _number(text: str) -> float | None:
    """A number that YAML's core schema leaves as text («0.00122»)."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None


def _endings(outputs: Node) -> Iterator[str]:
    """The kinds of files that the workflow makes."""
    if isinstance(outputs.value, dict) and isinstance(outputs.value.get("files"), list):
        for name in outputs.value["files"]:
            ending = (
                name.rpartition("/")[2].rpartition(".")[2] if isinstance(name, str) and "." in name else ""
            )
            if ending.isalnum() and len(ending) < 8:
                yield ending.lower()


def _shortened(path: str, text: str) -> tuple[str, str]:
    return path, text if len(text) <= _COMMAND else text[:_COMMAND] + " …"


def recognises(document: Any) -> bool:
    """Whether a YAML value is a reana.yaml."""
    workflow = document.get("workflow") if isinstance(document, dict) else None
    return isinstance(workflow, dict) and "type" in workflow


FORMAT = Format(
    prefix="reana",
    title="REANA workflow specification",
    media_type="application/yaml",
    schema="https://docs.reana.io/reference/reana-yaml/",
    read=read,
    recognises=recognises,
    parse=document_in,
    rank=20,
)
