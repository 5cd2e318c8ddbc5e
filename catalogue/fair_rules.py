"""The rules by which records are assessed: metrics of FAIRsFAIR, each with what is looked for in a record.

A metric that asks for several things is several rules, so that each mending counts; their points are
those of the metric.  A rule without points tells of good practice beyond the metrics.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from catalogue import fair_facts as facts
from catalogue.record import Record
from catalogue.said import said

VERSION = 1
"""Of the rules: with another one, every record is assessed anew."""

LETTERS = {
    "F": said("Findable"),
    "A": said("Accessible"),
    "I": said("Interoperable"),
    "R": said("Reusable"),
}

METRICS = {
    "FsF-F1-01D": said("It has a name that nothing else in the world has"),
    "FsF-F1-02D": said("Its name lasts"),
    "FsF-F2-01M": said("It is described by what one searches for and cites"),
    "FsF-F3-01M": said("The description names the data"),
    "FsF-F4-01M": said("Search engines and registries can find it"),
    "FsF-A1-01M": said("It says who may have it, and how"),
    "FsF-A1-02M": said("The description is given out over a standard protocol"),
    "FsF-A1-03D": said("The data are given out over a standard protocol"),
    "FsF-I1-01M": said("The description is written in a formal language"),
    "FsF-I2-01M": said("It uses terms of vocabularies"),
    "FsF-I3-01M": said("It is linked to what belongs to it"),
    "FsF-R1-01MD": said("It says what the data contain"),
    "FsF-R1.1-01M": said("It says under which licence it may be used"),
    "FsF-R1.2-01M": said("It says how it came to be"),
    "FsF-R1.3-01M": said("It is described by the standard of its field"),
    "FsF-R1.3-02D": said("Its files are in formats that its field reads"),
}
"""Identifier of each metric → what it asks, in our words; in the order of the letters."""


def _always(record: Record) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that is looked for: its points, the level of maturity it stands for, and what to say."""

    id: str
    metric: str
    points: float
    level: int
    holds: Callable[[Record], bool]
    found: str
    lacking: str
    mend: str
    applies: Callable[[Record], bool] = field(default=_always)
    by_catalogue: bool = False


RULES: tuple[Rule, ...] = (
    Rule(
        id="unique-identifier",
        metric="FsF-F1-01D",
        points=1,
        level=3,
        holds=facts.has_unique_identifier,
        found=said("It has an identifier that is its own in the whole world."),
        lacking=said("It has no identifier of its own that is unique in the world."),
        mend=said("Give it a DOI, a handle, an IVOID or at least an address of its own."),
    ),
    Rule(
        id="persistent-identifier",
        metric="FsF-F1-02D",
        points=1,
        level=3,
        holds=facts.has_persistent_identifier,
        found=said("Its identifier is of a scheme that promises to last."),
        lacking=said("It has no persistent identifier."),
        mend=said("Register a DOI, a handle or an IVOID for it, and name it in the record."),
    ),
    Rule(
        id="title",
        metric="FsF-F2-01M",
        points=0.5,
        level=1,
        holds=facts.has_title,
        found=said("It has a title."),
        lacking=said("It has no title."),
        mend=said("Give it a title that tells it from others."),
    ),
    Rule(
        id="creators",
        metric="FsF-F2-01M",
        points=0.2,
        level=2,
        holds=lambda record: bool(record.creators),
        found=said("It names who made it."),
        lacking=said("It names nobody who made it."),
        mend=said("Name its creators, with their ORCID."),
    ),
    Rule(
        id="publisher",
        metric="FsF-F2-01M",
        points=0.15,
        level=2,
        holds=lambda record: record.publisher is not None,
        found=said("It names its publisher."),
        lacking=said("It names no publisher."),
        mend=said("Name who publishes it, with their ROR."),
    ),
    Rule(
        id="date",
        metric="FsF-F2-01M",
        points=0.15,
        level=2,
        holds=facts.has_date,
        found=said("It has a date."),
        lacking=said("It has no date."),
        mend=said("Say when it was issued or collected, as ISO 8601 writes dates."),
    ),
    Rule(
        id="description",
        metric="FsF-F2-01M",
        points=0.5,
        level=3,
        holds=lambda record: bool(record.descriptions),
        found=said("A text describes it."),
        lacking=said("Nothing describes it."),
        mend=said("Add an abstract: what it is, how and why it was made."),
    ),
    Rule(
        id="subjects",
        metric="FsF-F2-01M",
        points=0.5,
        level=3,
        holds=lambda record: bool(record.subjects),
        found=said("It has subjects."),
        lacking=said("It has no subjects."),
        mend=said("Add subjects, best from a vocabulary such as UAT or PaNET."),
    ),
    Rule(
        id="names-data",
        metric="FsF-F3-01M",
        points=0.5,
        level=1,
        holds=facts.names_data,
        found=said("It names files, services or a repository of code."),
        lacking=said("It leads to no file and no service."),
        mend=said(
            "Name the address of each file, with size and checksum, or of the service that gives it out."
        ),
        applies=facts.is_work,
    ),
    Rule(
        id="data-address",
        metric="FsF-F3-01M",
        points=0.5,
        level=3,
        holds=facts.has_data_address,
        found=said("Programs can follow the address of the data."),
        lacking=said("No address leads a program to the data."),
        mend=said("Write the full address (https://…) of each file or service."),
        applies=facts.is_work,
    ),
    Rule(
        id="search-engines",
        metric="FsF-F4-01M",
        points=1,
        level=2,
        holds=_always,
        found=said("This catalogue tells search engines of it, as schema.org and in its sitemap."),
        lacking="",
        mend="",
        by_catalogue=True,
    ),
    Rule(
        id="registry",
        metric="FsF-F4-01M",
        points=1,
        level=3,
        holds=facts.is_in_registry,
        found=said("Its identifier stands in a registry that others search."),
        lacking=said("Its identifier is in no registry that others search."),
        mend=said("Register a DOI (at DataCite or Crossref), or an IVOID at a registry of the IVOA."),
    ),
    Rule(
        id="access-right",
        metric="FsF-A1-01M",
        points=0.5,
        level=1,
        holds=lambda record: record.access is not None,
        found=said("It says who may have it."),
        lacking=said("It does not say who may have it."),
        mend=said(
            "State the access right (open, embargoed, restricted, closed) and, if not open, how to ask."
        ),
        applies=facts.is_work,
    ),
    Rule(
        id="access-conditions",
        metric="FsF-A1-01M",
        points=0.5,
        level=3,
        holds=facts.tells_conditions,
        found=said("The conditions of access are complete."),
        lacking=said("It does not say until when it is closed, or whom to ask."),
        mend=said(
            "Give the day on which an embargo ends; where access is restricted, say to whom and how to ask."
        ),
        applies=facts.is_work,
    ),
    Rule(
        id="metadata-protocol",
        metric="FsF-A1-02M",
        points=1,
        level=3,
        holds=_always,
        found=said("This catalogue gives the description out over HTTP and OAI-PMH."),
        lacking="",
        mend="",
        by_catalogue=True,
    ),
    Rule(
        id="data-protocol",
        metric="FsF-A1-03D",
        points=1,
        level=3,
        holds=facts.has_standard_protocol,
        found=said("The data are offered over a protocol that common programs speak."),
        lacking=said("No address of the data begins with a protocol that common programs speak."),
        mend=said("Offer the data over https (or ftp, XRootD, S3), and write that address into the record."),
        applies=facts.is_work,
    ),
    Rule(
        id="formal-language",
        metric="FsF-I1-01M",
        points=1,
        level=2,
        holds=_always,
        found=said("This catalogue puts it into its page as JSON-LD."),
        lacking="",
        mend="",
        by_catalogue=True,
    ),
    Rule(
        id="formal-exchange",
        metric="FsF-I1-01M",
        points=1,
        level=3,
        holds=_always,
        found=said("This catalogue gives it out as RDF by content negotiation and answers SPARQL about it."),
        lacking="",
        mend="",
        by_catalogue=True,
    ),
    Rule(
        id="vocabulary",
        metric="FsF-I2-01M",
        points=0.5,
        level=1,
        holds=facts.names_vocabulary,
        found=said("It uses words of a named vocabulary."),
        lacking=said("Its subjects are free words: none is a term of a vocabulary."),
        mend=said("Take subjects from a vocabulary of the field (UAT, PaNET, PhySH …), and name it."),
    ),
    Rule(
        id="term-addresses",
        metric="FsF-I2-01M",
        points=0.5,
        level=3,
        holds=facts.has_term_addresses,
        found=said("Terms have their addresses beside them."),
        lacking=said("No term has the address of its concept beside it."),
        mend=said("Write the address of the term beside each subject."),
    ),
    Rule(
        id="related",
        metric="FsF-I3-01M",
        points=0.5,
        level=2,
        holds=facts.has_related,
        found=said("It tells of things that belong to it."),
        lacking=said("It is tied to nothing else."),
        mend=said(
            "Name the paper, the software, the project and the data that belong to it by their identifiers."
        ),
    ),
    Rule(
        id="related-identifiers",
        metric="FsF-I3-01M",
        points=0.5,
        level=3,
        holds=facts.has_related_identifiers,
        found=said("What belongs to it is named by identifiers that programs can follow."),
        lacking=said("Nothing that belongs to it is named by an identifier that programs can follow."),
        mend=said("Name related things by DOI, arXiv number, ORCID, ROR or address in place of words."),
    ),
    Rule(
        id="agent-identifiers",
        metric="FsF-I3-01M",
        points=0,
        level=3,
        holds=facts.has_agent_identifiers,
        found=said("Some of its creators have an identifier."),
        lacking=said("None of its creators has an identifier."),
        mend=said("Give people by ORCID, institutions by ROR."),
        applies=lambda record: bool(record.creators),
    ),
    Rule(
        id="kind",
        metric="FsF-R1-01MD",
        points=1,
        level=1,
        holds=lambda record: record.kind != "other",
        found=said("It says what kind of thing it is."),
        lacking=said("It does not say what kind of thing it is."),
        mend=said("Give its general resource type, such as Dataset or Software."),
    ),
    Rule(
        id="file-sizes",
        metric="FsF-R1-01MD",
        points=0.5,
        level=2,
        holds=facts.has_sizes,
        found=said("Each file has a size."),
        lacking=said("Not every file has a size."),
        mend=said("Give the bytes of each file: one plans by them."),
        applies=facts.is_work_with_files,
    ),
    Rule(
        id="file-types",
        metric="FsF-R1-01MD",
        points=0.5,
        level=2,
        holds=facts.has_media_types,
        found=said("Each file has a media type."),
        lacking=said("Not every file has a media type."),
        mend=said("Give the media type of each file: programs choose by it."),
        applies=facts.is_work_with_files,
    ),
    Rule(
        id="observed",
        metric="FsF-R1-01MD",
        points=1,
        level=3,
        holds=facts.tells_what_was_observed,
        found=said("It says what was measured, where, when, at which energy or with what."),
        lacking=said("It says neither where, when or at which energy, nor with what it was observed."),
        mend=said("Add its parameters or columns, its coverage, its facility and its instrument."),
        applies=facts.is_observed,
    ),
    Rule(
        id="checksums",
        metric="FsF-R1-01MD",
        points=1,
        level=3,
        holds=facts.has_checksums,
        found=said("Each file has a checksum, so that its content can be verified."),
        lacking=said("Not every file has a checksum."),
        mend=said("Give a SHA-256 of each file: one checks by it."),
        applies=facts.is_work_with_files,
    ),
    Rule(
        id="licence",
        metric="FsF-R1.1-01M",
        points=1,
        level=1,
        holds=lambda record: bool(record.rights),
        found=said("It states its licence or rights."),
        lacking=said("It has no licence: nobody knows whether it may be used."),
        mend=said("State one by its SPDX identifier or its address, such as CC-BY-4.0."),
        applies=facts.is_work,
    ),
    Rule(
        id="known-licence",
        metric="FsF-R1.1-01M",
        points=1,
        level=3,
        holds=facts.has_known_licence,
        found=said("Programs know its licence."),
        lacking=said("Its licence is told in words that no program knows."),
        mend=said("State the licence by its SPDX identifier or its address as well."),
        applies=facts.is_work,
    ),
    Rule(
        id="origin",
        metric="FsF-R1.2-01M",
        points=1,
        level=2,
        holds=facts.tells_origin,
        found=said("It says who made it and when."),
        lacking=said("It does not say both who made it and when."),
        mend=said("Name the people who made it, and the day on which it was made or issued."),
    ),
    Rule(
        id="making",
        metric="FsF-R1.2-01M",
        points=1,
        level=3,
        holds=facts.tells_making,
        found=said("It says with what, from what or how it was made."),
        lacking=said("It does not say with what, from what or how it was made."),
        mend=said(
            "Name instrument, method, software or the data it comes from (IsDerivedFrom, IsCompiledBy …)."
        ),
    ),
    Rule(
        id="general-standard",
        metric="FsF-R1.3-01M",
        points=0.5,
        level=1,
        holds=facts.is_in_rich_standard,
        found=said("Its source gives it in a standard with typed fields."),
        lacking=said("Its source gives it in Dublin Core only, or in a form of its own."),
        mend=said("Offer the metadata as DataCite or in the standard of the field as well."),
    ),
    Rule(
        id="community-standard",
        metric="FsF-R1.3-01M",
        points=0.5,
        level=3,
        holds=facts.is_in_community_standard,
        found=said("Its source gives it in a standard of its field."),
        lacking=said("Its source gives it in no standard of its field."),
        mend=said(
            "Offer the metadata in the standard of the field as well, such as VOResource or that of PaNOSC."
        ),
    ),
    Rule(
        id="file-formats",
        metric="FsF-R1.3-02D",
        points=1,
        level=3,
        holds=facts.has_known_formats,
        found=said("Its files are in open formats that programs of the field read."),
        lacking=said("No file is in a format that is known as open or as one of the field."),
        mend=said(
            "Offer the data in an open format of the field too (FITS, HDF5, NeXus, ROOT, VOTable, CSV …)."
        ),
        applies=facts.is_work_with_files,
    ),
)

NO_FILES = "names-data"
OF_FILES = frozenset(
    {"data-address", "data-protocol", "file-sizes", "file-types", "checksums", "file-formats"}
)
"""The rules that cannot hold where `NO_FILES` does not."""
