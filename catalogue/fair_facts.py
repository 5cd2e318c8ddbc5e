"""What a record shows of being FAIR: the questions that the rules of `fair_rules.py` ask."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from catalogue.identity import resolver_url
from catalogue.product import JOINABLE
from catalogue.record import Distribution, Record


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORKS = frozenset(
    {"dataset", "collection", "event", "image", "publication", "software", "workflow", "lesson", "document"}
)
"""Kinds of things that one can have: only of these are files, licence and access asked for."""

_OBSERVED = frozenset({"dataset", "collection", "event", "image"})
_UNIQUE = JOINABLE | {
    "url",
    "purl",
    "w3id",
    "uuid",
    "oai",
    "lsid",
    "isbn",
    "issn",
    "orcid",
    "ror",
    "raid",
    "cstr",
}
_PERSISTENT = JOINABLE | {"purl", "w3id", "lsid", "isbn", "issn", "orcid", "ror", "raid", "cstr"}
_REGISTERED = frozenset({"doi", "ivoid", "arxiv", "bibcode", "igsn", "swhid", "isbn", "issn", "orcid", "ror"})
_PEOPLE = frozenset({"orcid", "isni", "ror", "viaf", "gnd"})
_PROTOCOLS = frozenset(
    {"http", "https", "ftp", "ftps", "sftp", "root", "xroot", "xrootd", "s3", "gsiftp", "dav", "davs", "git"}
)
_COMMUNITY = _words(
    """ads cernopendata cff citation codemeta dif hepdata icat iso19139 ivo_vor panosc re3data re3data_json
    reana rocrate scicat software_repository"""
)
_GENERAL = _words(
    """bibtex csl datacite datacite_json dcat eudatcore inveniordm marcxml oai_datacite oai_openaire ris
    schema_org zenodo"""
)
_MADE_FROM = _words(
    """Compiles IsCollectedBy IsCompiledBy IsContinuedBy Continues IsDerivedFrom IsDescribedBy
    IsDocumentedBy IsNewVersionOf IsOriginalFormOf IsVariantFormOf IsVersionOf Requires"""
)
_TEXTS_OF_MAKING = frozenset({"methods", "technical"})
_OPEN_TYPES = _words(
    """application/fits image/fits application/x-votable+xml application/x-hdf5 application/x-hdf
    application/vnd.hdf5 application/x-netcdf application/netcdf application/x-root application/json
    application/ld+json application/xml application/yaml application/vnd.apache.parquet application/pdf
    application/rdf+xml application/x-ipynb+json application/zip application/gzip application/x-tar
    application/octet-stream+fits"""
)
_OPEN_FAMILIES = ("text/", "image/", "application/x-votable", "application/fits")
_OPEN_SUFFIXES = _words(
    """fits fit fz vot votable xml hdf5 h5 hdf nxs nexus nx root nc netcdf csv tsv ecsv txt dat asc json jsonl
    yaml yml parquet pdf png jpg jpeg tif tiff svg gif md html hepmc lhe yoda cif mtz pdb edf mzml asdf
    zarr npy npz py ipynb c cc cpp f90 jl r sh tex rst bib ttl rdf zip gz tgz tar xz bz2 zst"""
)


def is_work(record: Record) -> bool:
    """Whether it is something that one can have."""
    return record.kind in WORKS


def is_observed(record: Record) -> bool:
    """Whether somebody observed or measured it."""
    return record.kind in _OBSERVED


def is_work_with_files(record: Record) -> bool:
    """Whether files are asked for: of works, unless a service or a repository of code gives them out."""
    return is_work(record) and bool(record.distributions or not (record.capabilities or record.environment))


def _own(record: Record) -> Iterator[str]:
    return (one.scheme for one in record.identifiers if one.role == "own")


def has_unique_identifier(record: Record) -> bool:
    """Whether one of its own identifiers is unique in the world."""
    return any(scheme in _UNIQUE for scheme in _own(record))


def has_persistent_identifier(record: Record) -> bool:
    """Whether one of its own identifiers is of a scheme that promises to last."""
    return any(scheme in _PERSISTENT for scheme in _own(record))


def is_in_registry(record: Record) -> bool:
    """Whether one of its own identifiers is kept by a registry that can be searched."""
    return any(scheme in _REGISTERED for scheme in _own(record))


def has_title(record: Record) -> bool:
    """Whether its title says more than its identifier."""
    names = {one.value for one in record.identifiers} | {one.written for one in record.identifiers}
    return any(title.value not in names for title in record.titles)


def has_date(record: Record) -> bool:
    """Whether any date has a beginning or an end."""
    return any(date.start or date.end for date in record.dates)


def names_data(record: Record) -> bool:
    """Whether it leads to files, a service, or the code itself."""
    return bool(record.distributions or record.capabilities or record.environment)


def _addresses(record: Record) -> Iterator[str]:
    yield from (one.url for one in record.distributions)
    for capability in record.capabilities:
        yield from (one.url for one in capability.interfaces if one.url)
    if record.environment is not None and record.environment.repository:
        yield record.environment.repository


def _protocol(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.scheme if parts.netloc else ""


def has_data_address(record: Record) -> bool:
    """Whether an address of the data is complete."""
    return any(_protocol(one) for one in _addresses(record))


def has_standard_protocol(record: Record) -> bool:
    """Whether an address of the data is of a protocol that common programs speak."""
    return any(_protocol(one) in _PROTOCOLS for one in _addresses(record))


def tells_conditions(record: Record) -> bool:
    """Whether the access right is complete: an embargo has its end, a restriction a way to ask."""
    access = record.access
    if access is None:
        return False
    if access.right == "embargoed":
        return access.until is not None
    return access.right != "restricted" or bool(access.to or access.how)


def _terms(record: Record) -> Iterator[tuple[str | None, str | None]]:
    """Address and scheme of all that may come from a vocabulary."""
    for term in (*record.subjects, *record.techniques, *record.messengers):
        yield term.uri, term.scheme
    for reference in (*record.instruments, *record.facilities, *record.experiments):
        yield reference.uri, reference.scheme


def names_vocabulary(record: Record) -> bool:
    """Whether any term comes from a vocabulary that has a name."""
    return any(uri or scheme for uri, scheme in _terms(record))


def has_term_addresses(record: Record) -> bool:
    """Whether any term has the address of its concept."""
    return any(uri for uri, _ in _terms(record))


def has_related(record: Record) -> bool:
    """Whether it tells of anything that belongs to it."""
    return bool(record.relations or record.funding or record.samples or record.proposals)


def has_related_identifiers(record: Record) -> bool:
    """Whether a related thing is named by an identifier that programs can follow."""
    return any(
        one.scheme in JOINABLE or resolver_url(one.scheme, one.value) is not None for one in record.relations
    )


def has_agent_identifiers(record: Record) -> bool:
    """Whether any creator has an identifier of people or organisations."""
    return any(known.scheme in _PEOPLE for one in record.creators for known in one.identifiers)


def _each_file(record: Record, known: tuple[bool, ...]) -> bool:
    return bool(record.distributions) and all(known)


def has_sizes(record: Record) -> bool:
    """Whether each file has a size."""
    return _each_file(record, tuple(one.size is not None for one in record.distributions))


def has_media_types(record: Record) -> bool:
    """Whether each file has a media type."""
    return _each_file(record, tuple(one.media_type is not None for one in record.distributions))


def has_checksums(record: Record) -> bool:
    """Whether each file has a checksum."""
    return _each_file(record, tuple(one.checksum is not None for one in record.distributions))


def tells_what_was_observed(record: Record) -> bool:
    """Whether it says what was measured, or where, when, at which energy, with what."""
    return bool(
        record.parameters
        or record.coverage
        or record.facilities
        or record.instruments
        or record.techniques
        or any(table.columns for table in record.tables)
    )


def has_known_licence(record: Record) -> bool:
    """Whether a licence is of SPDX, or has an address."""
    return any(one.licence is not None or one.url for one in record.rights)


def tells_origin(record: Record) -> bool:
    """Whether it says who made it and when."""
    return bool(record.creators or record.contributors) and has_date(record)


def tells_making(record: Record) -> bool:
    """Whether it says with what, from what or how it was made."""
    return bool(
        record.instruments
        or record.facilities
        or record.experiments
        or record.samples
        or record.techniques
        or record.environment
        or any(one.type in _TEXTS_OF_MAKING for one in record.descriptions)
        or any(one.type in _MADE_FROM for one in record.relations)
    )


def is_in_rich_standard(record: Record) -> bool:
    """Whether the source gives it in a standard that says more than Dublin Core."""
    return record.provenance.format in _GENERAL or is_in_community_standard(record)


def is_in_community_standard(record: Record) -> bool:
    """Whether the source gives it in a standard of its field."""
    return record.provenance.format in _COMMUNITY


def has_known_formats(record: Record) -> bool:
    """Whether any file is in an open format or one of the field, by its media type or its suffix."""
    return any(_is_open(one) for one in record.distributions)


def _is_open(file: Distribution) -> bool:
    media_type = (file.media_type or "").partition(";")[0].strip().casefold()
    if media_type in _OPEN_TYPES or media_type.startswith(_OPEN_FAMILIES):
        return True
    path = (file.title or "").casefold(), file.url.partition("?")[0].casefold()
    return any(name.rpartition(".")[2] in _OPEN_SUFFIXES for name in path if "." in name)
