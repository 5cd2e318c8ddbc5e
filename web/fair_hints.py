"""What a record lacks to be findable, accessible, interoperable and reusable, and what one does about it.

After the FAIR principles (Wilkinson et al. 2016) and the FAIR Data Maturity Model (RDA 2020), as far as a
record alone can show it: whether an address still answers, it does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalogue.product import JOINABLE
from catalogue.record import Record

_WORKS = frozenset(
    {"dataset", "collection", "event", "image", "publication", "software", "workflow", "lesson", "document"}
)
_OBSERVED = frozenset({"dataset", "collection", "event", "image"})
_PEOPLE = frozenset({"orcid", "isni", "ror", "viaf", "gnd"})


@dataclass(frozen=True, slots=True)
class Hint:
    """What is missing, what to do about it, and for which of the four principles it counts."""

    principle: str
    missing: str
    remedy: str


def fair_hints(record: Record) -> list[Hint]:
    """What is missing, in the order of the four letters."""
    return [hint for rule in _RULES for hint in rule(record)]


def _identifier(record: Record) -> Iterator[Hint]:
    if not any(one.role == "own" and one.scheme in JOINABLE for one in record.identifiers):
        yield Hint(
            "Findable",
            "It has no persistent identifier.",
            "Register a DOI, a handle or an IVOID for it, and name it in the record.",
        )


def _description(record: Record) -> Iterator[Hint]:
    if not record.descriptions:
        yield Hint(
            "Findable", "Nothing describes it.", "Add an abstract: what it is, how and why it was made."
        )
    if not record.subjects:
        yield Hint(
            "Findable", "It has no subjects.", "Add subjects, best from a vocabulary such as UAT or PaNET."
        )


def _people(record: Record) -> Iterator[Hint]:
    if not record.creators:
        yield Hint("Findable", "It names nobody who made it.", "Name its creators, with their ORCID.")
    elif not any(known.scheme in _PEOPLE for one in record.creators for known in one.identifiers):
        yield Hint(
            "Findable",
            "None of its creators has an identifier.",
            "Give people by ORCID, institutions by ROR.",
        )


def _dates(record: Record) -> Iterator[Hint]:
    if not any(date.start or date.end for date in record.dates):
        yield Hint(
            "Findable", "It has no date.", "Say when it was issued or collected, as ISO 8601 writes dates."
        )


def _ways(record: Record) -> Iterator[Hint]:
    if record.kind not in _WORKS:
        return
    if not (record.distributions or record.capabilities or record.environment):
        yield Hint(
            "Accessible",
            "It leads to no file and no service.",
            "Name the address of each file, with size and checksum, or of the service that gives it out.",
        )
    if record.access is None:
        yield Hint(
            "Accessible",
            "It does not say who may have it.",
            "State the access right (open, embargoed, restricted, closed) and, if not open, how to ask.",
        )


def _files(record: Record) -> Iterator[Hint]:
    files = record.distributions if record.kind in _WORKS else ()
    for what, count, remedy in (
        ("size", sum(one.size is None for one in files), "Give the bytes of each file: one plans by them."),
        (
            "checksum",
            sum(one.checksum is None for one in files),
            "Give a SHA-256 of each file: one checks by it.",
        ),
        (
            "media type",
            sum(one.media_type is None for one in files),
            "Give media types: programs choose by them.",
        ),
    ):
        if count:
            which = "No file has" if count == len(files) else f"{count} of {len(files)} files have no"
            article = f" a {what}." if count == len(files) else f" {what}."
            yield Hint("Interoperable", which + article, remedy)


def _terms(record: Record) -> Iterator[Hint]:
    if record.subjects and not any(one.uri for one in record.subjects):
        yield Hint(
            "Interoperable",
            "Its subjects are free words: none is a term of a vocabulary.",
            "Write the address of the term beside each subject.",
        )
    if record.kind in _OBSERVED and not (record.coverage or record.facilities or record.instruments):
        yield Hint(
            "Interoperable",
            "It says neither where, when or at which energy, nor with what it was observed.",
            "Add its coverage, its facility and its instrument.",
        )
    if not record.relations:
        yield Hint(
            "Interoperable",
            "It is tied to nothing else.",
            "Name the paper, the software, the project and the data that belong to it, by their identifiers.",
        )


def _rights(record: Record) -> Iterator[Hint]:
    if record.kind not in _WORKS:
        return
    if not record.rights:
        yield Hint(
            "Reusable",
            "It has no licence: nobody knows whether it may be used.",
            "State one by its SPDX identifier or its address, such as CC-BY-4.0.",
        )
    elif not any(one.licence is not None or one.url for one in record.rights):
        yield Hint(
            "Reusable",
            "Its licence is told in words that no program knows.",
            "State it by its SPDX identifier or its address as well.",
        )


_RULES: tuple[Callable[[Record], Iterator[Hint]], ...] = (
    _identifier,
    _description,
    _people,
    _dates,
    _ways,
    _files,
    _terms,
    _rights,
)
