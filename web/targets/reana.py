"""REANA: a workflow that the record has (reana.yaml), or one that is made of its files and its code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

from catalogue.record import Record
from catalogue.said import said
from mappings.links import web_address
from web.languages import N_
from web.targets.base import Instance, Made, Offer, Target, Use
from web.targets.files import is_plain, quoted
from web.targets.jobs import Repository, image_of, inputs_of, program_of, repository_of, slug

NAME = "reana.yaml"
_VERSION = "0.9.3"
_SPECIFICATION = re.compile(r"reana[\w.-]*\.ya?ml", re.IGNORECASE)


def offers(use: Use) -> Iterator[Offer]:
    """A launch at each REANA, and the reana.yaml where one had to be made."""
    found = _found(use.record)
    if found is None and not _can_be_made(use.record):
        return
    if found is None:
        yield Offer(
            label="reana.yaml",
            made=NAME,
            note=N_(
                "made of the files and the code of this record: a first step, to be filled with your own"
            ),
        )
    query = found or {"url": use.file(TARGET.name, NAME)}
    for instance in use.instances:
        yield Offer(
            label=said("Run on %(title)s", title=instance.title),
            url=f"{instance.url}/launch?{urlencode(query | {'name': slug(use.record.title)})}",
            needs=N_("an account there"),
        )


def _found(record: Record) -> dict[str, str] | None:
    """Where the record's own workflow is: a file of it, or one in its repository."""
    addresses = [file.url for file in record.distributions]
    specification = record.environment.specification if record.environment is not None else None
    for address in [*addresses, specification or ""]:
        if not is_plain(address) or web_address(address) is None:
            continue
        path = urlsplit(address).path
        if _SPECIFICATION.fullmatch(path.rpartition("/")[2]):
            return {"url": address.replace("/blob/", "/raw/")}
    repository = repository_of(record)
    if repository is not None and specification and _SPECIFICATION.fullmatch(specification):
        branch = f"/tree/{repository.branch}" if repository.branch else ""
        return {"url": repository.url + branch, "specification": specification}
    return None


def _can_be_made(record: Record) -> bool:
    is_run = record.kind in {"software", "workflow", "dataset", "collection", "event", "image"}
    return is_run and (bool(inputs_of(record, "http", "https")) or repository_of(record) is not None)


def specification(use: Use) -> bytes:
    """A serial workflow: fetch the files, fetch the code, run it (REANA specification 0.9)."""
    inputs = inputs_of(use.record, "http", "https")
    repository = repository_of(use.record)
    program = program_of(use.record) if repository is not None else None
    return serial(
        record=use.page,
        inputs=inputs,
        repositories={"code": repository} if repository is not None else {},
        command=f"cd code && {' '.join(map(quoted, program))}" if program else "ls -lR",
        image=image_of(use),
        backend=use.option("backend"),
    )


def serial(
    *,
    record: str,
    inputs: Mapping[str, str],
    repositories: Mapping[str, Repository],
    command: str,
    image: str,
    backend: str | None,
) -> bytes:
    """A reana.yaml whose steps fetch ``inputs`` (addresses by path) and code (by folder), and run a command.

    ``record`` is the address of the page that it is made of; ``command`` is trusted.
    """
    image = image.removeprefix("docker://")
    steps: list[dict[str, Any]] = []
    if inputs:
        fetch = [
            "curl --globoff --location --fail --create-dirs "
            # REANA takes «$name» in a command for a parameter of the workflow.
            f"--output {quoted('data/' + path)} {quoted(url.replace('$', '%24'))}"
            for path, url in inputs.items()
        ]
        steps.append({"name": "fetch", "environment": image, "commands": fetch})
    if repositories:
        clones = [one.clone(folder).replace("$", "$$") for folder, one in repositories.items()]
        steps.append({"name": "code", "environment": image, "commands": clones})
    run: dict[str, Any] = {"name": "run", "environment": image, "commands": [command]}
    if backend:
        run["compute_backend"] = backend
    steps.append(run)
    # What is there in the end; an output that is not made would fail the workflow.
    folders = ["data"] if inputs else list(repositories)
    document = {
        "version": _VERSION,
        "inputs": {"parameters": {"record": record}},
        "workflow": {"type": "serial", "specification": {"steps": steps}},
        "outputs": {"directories": folders},
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000).encode()


TARGET = Target(
    name="reana",
    title="REANA",
    kind="run",
    rank=30,
    offers=offers,
    files={NAME: Made("application/yaml", specification)},
    instances=(
        Instance(title="REANA of PUNCH4NFDI", url="https://reana-p4n.aip.de"),
        Instance(title="REANA at CERN", url="https://reana.cern.ch"),
    ),
)
