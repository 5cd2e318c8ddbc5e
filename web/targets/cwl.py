"""CWL v1.2: a tool that takes the files of a record, and the job that names them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from web.languages import N_
from web.targets.base import Made, Offer, Target, Use
from web.targets.jobs import image_of, inputs_of

TOOL, JOB = "tool.cwl", "job.json"
_KINDS = frozenset({"dataset", "collection", "event", "image"})


def offers(use: Use) -> Iterator[Offer]:
    """The tool and its job, for data that have files."""
    if use.record.kind in _KINDS and inputs_of(use.record, "http", "https"):
        yield Offer(
            label=N_("Tool"),
            made=TOOL,
            command=f"cwltool {TOOL} {JOB}",
            needs=N_("a runner of CWL, as in «pip install cwltool», and Docker"),
            note=N_("counts the bytes of each file; your program in its place"),
        )
        yield Offer(label=N_("Job"), made=JOB)


def tool(use: Use) -> bytes:
    """A CommandLineTool (CWL v1.2, Command Line Tool Description)."""
    document = {
        "cwlVersion": "v1.2",
        "class": "CommandLineTool",
        "doc": use.page,
        "requirements": {"NetworkAccess": {"networkAccess": False}},
        "hints": {"DockerRequirement": {"dockerPull": image_of(use).removeprefix("docker://")}},
        "baseCommand": ["wc", "-c"],
        "inputs": {"files": {"type": "File[]", "inputBinding": {"position": 1}}},
        "outputs": {"counted": {"type": "stdout"}},
        "stdout": "counted.txt",
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()


def job(use: Use) -> bytes:
    """The files of the record as the tool's input."""
    files = [
        {"class": "File", "location": url, "basename": name}
        for name, url in inputs_of(use.record, "http", "https").items()
    ]
    return json.dumps({"files": files}, indent=2).encode()


TARGET = Target(
    name="cwl",
    title="CWL",
    kind="run",
    rank=60,
    offers=offers,
    files={TOOL: Made("application/cwl+yaml", tool), JOB: Made("application/json", job)},
)
