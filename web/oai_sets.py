"""The sets of the OAI-PMH provider (OAI-PMH 2.0, section 2.6): by source, type, subject and query.

A curated set is a table ``[[set]]`` of almagest.toml with ``spec``, ``name``, ``query`` and
perhaps ``description``: the records that the query finds, kept as members when they change.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.errors import QueryError, SettingsError
from catalogue.index import Change, Query
from catalogue.index_document import Document, document_of
from catalogue.items import HIDDEN, SOURCE, Item
from catalogue.matching import matcher
from catalogue.product import Member
from catalogue.record import Record

SPEC = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")
"""A setSpec (OAI-PMH.xsd, setSpecType)."""

PARENTS = {
    "source": "All records, by source",
    "type": "All records, by type",
    "subject": "Records with a subject",
}
UNIVERSAL = frozenset({"source", "type"})
"""Sets that hold every item."""

_SUBJECTS = 50
_SLUG_LENGTH = 80
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedSet:
    """A set by query."""

    spec: str
    name: str
    query: str
    description: str | None = None


class Sets:
    """Which sets there are, and which an item is in."""

    def __init__(self, curated: tuple[CuratedSet, ...]) -> None:
        self.curated = {one.spec: one for one in curated}
        self._fits: dict[str, Callable[[Document], bool]] = {}
        for one in curated:
            try:
                self._fits[one.spec] = matcher(Query(words=one.query))
            except QueryError as error:
                raise SettingsError(
                    f"almagest.toml: the query of set {one.spec} is wrong: {error}"
                ) from error

    def of(self, item: Item) -> dict[str, str]:
        """The specs and names of the sets an item is in; a tombstone is in those it was in.

        The set of a source has the records as that source tells them: not the products, but a
        view of each of their records.
        """
        found = {} if item.is_product else self._of_source(item)
        record = item.record
        if record is None or item.view is not None:
            return found
        found[f"type:{record.kind}"] = record.kind
        for term in record.subjects[:_SUBJECTS]:
            found[f"subject:{slug(term.label)}"] = term.label
        if record.subjects:
            found["subject"] = PARENTS["subject"]
        if self._fits:
            document = document_of(_last_change(item, record))
            found |= {spec: self.curated[spec].name for spec, fits in self._fits.items() if fits(document)}
        return found

    @staticmethod
    def _of_source(item: Item) -> dict[str, str]:
        found = {SOURCE + item.source.name: item.source.name}
        if item.provenance.format:
            found[HIDDEN + item.provenance.format] = ""
        return found

    def exists(self, spec: str) -> bool:
        """Whether a set of this spec can have members."""
        return spec in self.curated or spec.partition(":")[0] in PARENTS


def _last_change(item: Item, record: Record) -> Change:
    return Change(
        sequence=item.sequence,
        id=item.id,
        source=item.source.name,
        datestamp=item.datestamp,
        record=record,
        members=tuple(Member(id=item.id, source=name, identifier="") for name in item.sources),
    )


def header_specs(sets: Mapping[str, str]) -> list[str]:
    """The setSpecs of a header: those of the tree's leaves, as they imply the nodes above."""
    return [spec for spec in sets if spec not in PARENTS and not spec.startswith(HIDDEN)]


@functools.lru_cache(maxsize=65536)
def slug(label: str) -> str:
    """A label as part of a setSpec: «γ-ray bursts» and «Γ-Ray Bursts» are the same.

    What ASCII cannot hold is told apart by eight digits of a hash.
    """
    folded = unicodedata.normalize("NFKD", label).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    name = _NOT_IN_SLUG.sub("-", plain).strip("-")
    if (
        len(name) <= _SLUG_LENGTH
        and name
        and not any(letter.isalnum() and not letter.isascii() for letter in plain)
    ):
        return name
    digest = hashlib.blake2b(plain.encode(), digest_size=4).hexdigest()
    return f"{name[:_SLUG_LENGTH]}-{digest}" if name else digest


def curated_sets(tables: object) -> tuple[CuratedSet, ...]:
    """The ``[[set]]`` tables of almagest.toml; raises `SettingsError` that says what is wrong."""
    if not isinstance(tables, list):
        raise SettingsError("almagest.toml: write sets as [[set]] tables.")
    found: dict[str, CuratedSet] = {}
    for table in tables:
        if not isinstance(table, dict):
            raise SettingsError("almagest.toml: write sets as [[set]] tables.")
        one = _curated_set(table)
        if one.spec in found:
            raise SettingsError(f"almagest.toml: there are two sets with the spec {one.spec}.")
        found[one.spec] = one
    return tuple(found.values())


def _curated_set(table: Mapping[str, object]) -> CuratedSet:
    unknown = sorted(set(table) - {"spec", "name", "query", "description"})
    if unknown:
        raise SettingsError(
            f"almagest.toml: a set has no «{unknown[0]}»; it has spec, name, query and description."
        )
    for key in ("spec", "name", "query"):
        if not isinstance(table.get(key), str) or not table[key]:
            raise SettingsError(f"almagest.toml: a set needs «{key}», a text.")
    spec = str(table["spec"])
    if not SPEC.fullmatch(spec):
        raise SettingsError(
            f"almagest.toml: «{spec}» cannot be a set's spec: use letters, digits and -_.!~*'(), "
            "levels apart by colons."
        )
    if spec.partition(":")[0] in PARENTS:
        raise SettingsError(
            f"almagest.toml: the set {spec} would be among those made by {spec.partition(':')[0]}; "
            "choose another spec."
        )
    description = table.get("description")
    return CuratedSet(
        spec=spec,
        name=str(table["name"]),
        query=str(table["query"]),
        description=None if description is None else str(description),
    )
