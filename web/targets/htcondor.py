"""HTCondor, as Compute4PUNCH runs it: a job for every file, read over XRootD, in a container from CVMFS.

Options of an instance: ``image`` (the container where a record names none), ``oauth`` (the service whose
token the jobs get, ``use_oauth_services``), ``requirements``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from catalogue.said import said
from web.languages import N_
from web.targets.base import Instance, Made, Offer, Target, Use
from web.targets.jobs import image_of, inputs_of

SUBMIT, PROGRAM = "job.sub", "job.sh"
IMAGE = "/cvmfs/unpacked.cern.ch/registry.hub.docker.com/rootproject/root:latest"
_KINDS = frozenset({"dataset", "collection", "event", "image"})
_ITEM = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~:/?@!&*+=%-]+")
"""An address that stands for itself in a list of items: no macro «$», quote, comma, «#» or parenthesis."""
_WORDS = re.compile(r"[\w ./:=&|<>!()-]{1,200}", re.ASCII)


def offers(use: Use) -> Iterator[Offer]:
    """The submit file with its program, for data that have files."""
    if use.record.kind not in _KINDS or not items_of(use):
        return
    for instance in use.instances[:1]:
        yield Offer(
            label=said("Submit file for %(title)s", title=instance.title),
            made=SUBMIT,
            leads=True,
            command=f"condor_submit {SUBMIT}",
            needs=N_(
                "an account there (for Compute4PUNCH by Helmholtz ID), and a token for the store, by "
                "oidc-agent or MyToken"
            ),
            note=N_("one job for each file; the program beside it is yours to fill"),
        )
        yield Offer(label=N_("Program of the jobs"), made=PROGRAM)


def items_of(use: Use) -> list[str]:
    """The addresses over which jobs go: by XRootD where there are such, else by HTTP."""
    found = inputs_of(use.record, "root") or inputs_of(use.record, "http", "https")
    safe = (quote(url, safe="/:?@!&*+=%._~-") if url.startswith("http") else url for url in found.values())
    return [url for url in safe if _ITEM.fullmatch(url)]


def submit_file(use: Use) -> bytes:
    """The submit description (HTCondor manual, «Submitting a Job»)."""
    oauth, requirements = use.option("oauth"), use.option("requirements")
    lines = [
        f"# {use.page}",
        f"executable = {PROGRAM}",
        "arguments = $(input)",
        f'+SINGULARITY_JOB_CONTAINER = "{image_of(use, IMAGE)}"',
        "should_transfer_files = YES",
        "when_to_transfer_output = ON_EXIT",
        "request_cpus = 1",
        "request_memory = 2048",
        "request_disk = 4194304",
        "output = job.$(ClusterId).$(ProcId).out",
        "error = job.$(ClusterId).$(ProcId).err",
        "log = job.$(ClusterId).log",
    ]
    if oauth is not None and re.fullmatch(r"[\w*, -]+", oauth, re.ASCII):
        lines.append(f"use_oauth_services = {oauth}")
    if requirements is not None and _WORDS.fullmatch(requirements):
        lines.append(f"requirements = {requirements}")
    return "\n".join([*lines, "queue input from (", *items_of(use), ")", ""]).encode()


def program(use: Use) -> bytes:
    """What a job does with its file: a beginning that works, to be filled."""
    return f"""#!/bin/sh
# A job for one file of {use.page}
set -eu
input=$1

# The token that HTCondor has fetched, for stores that want one (option «oauth» of the submit file).
for token in "${{_CONDOR_CREDS:-/nowhere}}"/*.use; do
    if [ -f "$token" ]; then
        export BEARER_TOKEN_FILE="$token"
        break
    fi
done

case $input in
    root:*) echo "ROOT and uproot read $input where it lies, without a copy" ;;
    *) curl --globoff --location --fail --remote-name "$input" ;;
esac

# Your program, as in: python3 analysis.py "$input"
""".encode()


TARGET = Target(
    name="htcondor",
    title="HTCondor",
    kind="run",
    rank=40,
    offers=offers,
    files={
        SUBMIT: Made("text/plain; charset=utf-8", submit_file),
        PROGRAM: Made("application/x-sh", program),
    },
    instances=(Instance(title="Compute4PUNCH", url="https://www.punch4nfdi.de"),),
)
