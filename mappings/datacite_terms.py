"""DataCite 4.6's own words for what the model knows: schemes, types, relations, roles.

What DataCite has no term for has none here either.
"""

from __future__ import annotations

import functools

from catalogue.record import Date, DateKind, Identifier, Relation
from mappings.dates import best_date, year_of
from mappings.terms import default_type, kind_of
from vocab.base import vocabulary

SCHEMA = "http://datacite.org/schema/kernel-4"
IDENTIFIER_TYPES = {
    "doi": "DOI",
    "handle": "Handle",
    "ark": "ARK",
    "arxiv": "arXiv",
    "bibcode": "bibcode",
    "cstr": "CSTR",
    "ean13": "EAN13",
    "eissn": "EISSN",
    "igsn": "IGSN",
    "isbn": "ISBN",
    "issn": "ISSN",
    "istc": "ISTC",
    "lissn": "LISSN",
    "lsid": "LSID",
    "pmid": "PMID",
    "purl": "PURL",
    "rrid": "RRID",
    "upc": "UPC",
    "url": "URL",
    "urn": "URN",
    "w3id": "w3id",
}
_ORDER_OF_NAMES = ("doi", "handle", "ark", "urn", "ivoid", "swhid", "arxiv", "bibcode")
TITLE_TYPES = {
    "subtitle": "Subtitle",
    "alternative": "AlternativeTitle",
    "translated": "TranslatedTitle",
    "short": "AlternativeTitle",
}
DESCRIPTION_TYPES = {
    "abstract": "Abstract",
    "methods": "Methods",
    "series": "SeriesInformation",
    "table of contents": "TableOfContents",
    "technical": "TechnicalInfo",
}
DATE_TYPES = {
    "created": "Created",
    "issued": "Issued",
    "updated": "Updated",
    "available": "Available",
    "collected": "Collected",
    "valid": "Valid",
    "withdrawn": "Withdrawn",
    "accepted": "Accepted",
    "submitted": "Submitted",
    "copyrighted": "Copyrighted",
}
YEAR_ORDER: tuple[DateKind, ...] = (
    "issued",
    "available",
    "copyrighted",
    "created",
    "submitted",
    "accepted",
    "updated",
)
ACCESS = {
    "open": "info:eu-repo/semantics/openAccess",
    "embargoed": "info:eu-repo/semantics/embargoedAccess",
    "restricted": "info:eu-repo/semantics/restrictedAccess",
    "closed": "info:eu-repo/semantics/closedAccess",
    "metadata-only": "http://purl.org/coar/access_right/c_14cb",
}

NAME_TYPES = {"person": "Personal", "organisation": "Organizational"}
AGENT_SCHEMES = {
    "orcid": ("ORCID", "https://orcid.org"),
    "ror": ("ROR", "https://ror.org"),
    "isni": ("ISNI", "https://isni.org"),
    "gnd": ("GND", "https://d-nb.info/gnd"),
    "viaf": ("VIAF", "https://viaf.org"),
    "wikidata": ("Wikidata", "https://www.wikidata.org"),
    "grid": ("GRID", None),
}
"""Name and address of the schemes in which people and organisations are identified."""


def main_identifier(identifiers: tuple[Identifier, ...]) -> Identifier | None:
    """The own DOI, else the own name in another scheme, else the first identifier."""
    if len(identifiers) == 1 and identifiers[0].scheme == "doi":
        return identifiers[0]
    own = [one for one in identifiers if one.role == "own"]
    for scheme in _ORDER_OF_NAMES:
        for one in own:
            if one.scheme == scheme:
                return one
    return next(iter(own or [one for one in identifiers if one.role == "alternate"]), None)


def publication_year(dates: tuple[Date, ...]) -> str:
    """The year of issue, or the one preferred for citation (DataCite 4.6, property 5); 0000 if unknown."""
    dated = [date for date in dates if year_of(date) is not None]
    best = best_date(dated, YEAR_ORDER)
    return (year_of(best) if best is not None else None) or "0000"


@functools.lru_cache(maxsize=256)
def relation_name(type: str) -> str | None:
    """The relation type where kernel 4.6 has it: an unspecific or newer one would be no valid term."""
    concept = vocabulary("relation_types").lookup(type)
    return concept.code if concept is not None and concept.values.get("datacite") == "4.6" else None


@functools.lru_cache(maxsize=256)
def target_type(kind: str | None) -> str | None:
    """The resourceTypeGeneral of what a relation points to, where its kind is known."""
    for concept in vocabulary("resource_types"):
        if concept.values["kind"] == kind:
            return default_type(kind_of(concept)).values["datacite"]
    return None


def version_of(concept: Identifier) -> Relation:
    """The relation to the concept of all versions, whose identifier a record may bear."""
    return Relation(type="IsVersionOf", scheme=concept.scheme, value=concept.value)


def funder_type(identifier: str) -> str:
    """The funderIdentifierType of a funder's address."""
    for mark, kind in (
        ("10.13039/", "Crossref Funder ID"),
        ("ror.org/", "ROR"),
        ("isni.org/", "ISNI"),
        ("grid.", "GRID"),
    ):
        if mark in identifier:
            return kind
    return "Other"


@functools.lru_cache(maxsize=256)
def role_name(role: str | None) -> str:
    """The contributorType; a role that DataCite does not list is «Other»."""
    concept = vocabulary("contributor_roles").lookup(role) if role else None
    return concept.code if concept is not None else "Other"
