"""The names by which relations find what they mean, and the names that a record answers to.

A name is «scheme:value» in normal form.  What is no identifier in the whole world (a PID of a SciCat,
a number of an archive) is one within its source, whose name then stands before it.  Tables keep a
number of 64 bits for each name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from catalogue.identity import is_url, scheme_and_value
from catalogue.product import JOINABLE
from catalogue.record import Record, Relation

OURS = "almagest"
"""The scheme of our own ids, for what has no identifier that all the world knows."""

MOST_RELATIONS = 10_000
"""Relations of one record that are found from their other end."""

_ADDRESSES = frozenset({"url", "uri", "purl", "w3id"})
_SERIALS = frozenset({"issn", "eissn", "lissn", "issn-l"})
"""What names a journal is written on each of its articles."""
_WORLDWIDE = (
    JOINABLE
    | _ADDRESSES
    | _SERIALS
    | frozenset(
        {
            OURS,
            "oai",
            "isbn",
            "istc",
            "upc",
            "ean13",
            "pmid",
            "pmcid",
            "lsid",
            "raid",
            "cstr",
            "inspire",
            "re3data",
            "UUID",
            "uuid",
            "orcid",
            "isni",
            "ror",
            "grid",
            "gnd",
            "viaf",
            "wikidata",
            "crossref-funder",
        }
    )
)
_ID = re.compile(r"[0-9a-f]{20}")
_STATE = re.compile(r"(url:[^/?#]+/[^/?#]+/[^?#]+?)/(?:-/)?(?:tree|releases/tag)/.+")
"""The address of a repository before that of one of its states, as GitHub, GitLab and others write it."""
_ARXIV_DOI = "10.48550/arxiv."


def name_of(scheme: str, value: str, source: str) -> str:
    """The name that an identifier stands for in a record of this source."""
    if scheme in _ADDRESSES or value.startswith(("https://", "http://")):
        found, normal = scheme_and_value(value)
        return f"url:{_folded(normal)}" if found == "url" else f"{found}:{normal}"
    return f"{scheme}:{value}" if scheme in _WORLDWIDE else f"{source} {scheme}:{value}"


def names_of(relation: Relation, source: str) -> tuple[str, ...]:
    """The names of what a relation in a record of this source leads to, the best first.

    A tag or a branch of a code repository is a state of what has its code there.
    """
    name = name_of(relation.scheme, relation.value, source)
    state = _STATE.fullmatch(name) if name.startswith("url:") else None
    return (name,) if state is None else (name, state[1])


def target_names(record: Record) -> Iterator[str]:
    """The names of all that a record relates to."""
    for relation in record.relations[:MOST_RELATIONS]:
        yield from names_of(relation, record.provenance.source)


def own_names(record: Record) -> Iterator[str]:
    """What a record, as its source tells it, is called itself; ISSN are those of journals."""
    source = record.provenance.source
    for one in record.identifiers:
        if one.role == "own" and one.scheme not in _SERIALS:
            yield name_of(one.scheme, one.value, source)
    if record.kind in {"software", "workflow"} and record.environment is not None:
        repository = record.environment.repository
        if repository and is_url(repository):
            yield name_of("url", repository, source)


def names_beside_joining(record: Record) -> Iterator[str]:
    """Those of a record's own names by which it is found, yet never joined."""
    return (name for name in own_names(record) if name.partition(":")[0] not in JOINABLE)


def same_names(name: str) -> Iterator[str]:
    """A name, and the other form that it has: arXiv gives each of its papers a DOI."""
    yield name
    scheme, _, value = name.partition(":")
    if scheme == "arxiv":
        yield f"doi:{_ARXIV_DOI}{value.lower()}"
    elif scheme == "doi" and value.startswith(_ARXIV_DOI):
        yield f"arxiv:{value.removeprefix(_ARXIV_DOI)}"


def our_id(name: str, base_url: str) -> str | None:
    """The id in a name that is one of ours: by our own scheme, or by the address of a page of ours."""
    scheme, _, value = name.partition(":")
    if scheme == "url":
        ours, _, value = value.rpartition("/")
        value = value.partition(".")[0]
        if ours not in (_folded(f"{base_url}/records"), _folded(f"{base_url}/api/v1/records")):
            return None
    elif scheme != OURS:
        return None
    return value if _ID.fullmatch(value) else None


def our_names(ids: Iterable[str], base_url: str) -> Iterator[str]:
    """The names that we have given to what has these ids."""
    for id in ids:
        yield f"{OURS}:{id}"
        yield f"url:{_folded(f'{base_url}/records/{id}')}"


def _folded(address: str) -> str:
    """An address without what makes no difference: the scheme, «www.», the end «.git» or «/»."""
    bare = address.partition("://")[2].removeprefix("www.")
    return bare.rstrip("/").removesuffix(".git")
