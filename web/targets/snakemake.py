"""Snakemake: a workflow that fetches the files of a record, as a skeleton for one's own rules."""

from __future__ import annotations

from collections.abc import Iterator

from web.languages import N_
from web.targets.base import Made, Offer, Target, Use
from web.targets.jobs import inputs_of

NAME = "Snakefile"
_KINDS = frozenset({"dataset", "collection", "event", "image"})
RULES = """

rule all:
    input:
        expand("results/{name}.txt", name=FILES),


rule fetch:
    output:
        "data/{name}",
    params:
        # A function, as its value is taken as it is: braces in an address are no wildcards.
        url=lambda wildcards: FILES[wildcards.name],
    shell:
        "curl --globoff --location --fail --output {output:q} {params.url:q}"


rule analyse:
    input:
        "data/{name}",
    output:
        "results/{name}.txt",
    shell:
        # Your program in its place.
        "wc -c < {input:q} > {output:q}"
"""


def offers(use: Use) -> Iterator[Offer]:
    """The Snakefile, for data that have files."""
    if use.record.kind in _KINDS and inputs_of(use.record, "http", "https"):
        yield Offer(
            label="Snakefile",
            made=NAME,
            leads=True,
            command="snakemake --cores 1",
            needs=N_("Snakemake («pip install snakemake») and curl"),
        )


def snakefile(use: Use) -> bytes:
    """The files by name, as Python, and the rules."""
    inputs = inputs_of(use.record, "http", "https")
    files = "".join(f"    {name!a}: {url!a},\n" for name, url in inputs.items())
    return f"# {use.page}\nFILES = {{\n{files}}}\n{RULES}".encode()


TARGET = Target(
    name="snakemake",
    title="Snakemake",
    kind="run",
    rank=60,
    offers=offers,
    files={NAME: Made("text/x-python; charset=utf-8", snakefile)},
)
