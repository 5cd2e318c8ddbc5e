"""Three sources whose records have DOIs as a test says: what identity is tried with."""

from __future__ import annotations

from catalogue.index import Change
from catalogue.record import Identifier, Mapped, Page, Provenance, RawRecord, Record, Term, Text, record_id
from catalogue.runs import Sources
from catalogue.sources import Source
from catalogue.store import Store

NAMES = ("a", "b", "c")


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A crosswalk for tests: the title, then own DOIs, with «~» before those that are alternate."""
    title, *dois = raw.data.decode().split()
    identifiers = tuple(
        Identifier(
            scheme="doi", value=f"10.5072/{doi.lstrip('~')}", role="alternate" if doi[0] == "~" else "own"
        )
        for doi in dois
    )
    return Mapped(
        record=Record(
            id=record_id(provenance.source, raw.identifier),
            kind="dataset",
            titles=(Text(value=title, type="main"),),
            subjects=(Term(label=f"of {provenance.source}"),),
            identifiers=identifiers,
            provenance=provenance,
        )
    )


def put(store: Store, source: str, **records: str) -> None:
    """A harvest of this source: name → title and DOIs; an empty text is a deletion."""
    sources = Sources(store.database)
    run = sources.begin_run(source)
    raws = tuple(
        RawRecord(identifier=name, format="test", data=text.encode(), deleted=not text)
        for name, text in records.items()
    )
    run = store.put_page(run, Page(records=raws), read)
    sources.finish_run(run, "succeeded", since=run.started)


def live(store: Store) -> list[Change]:
    return list(store.walk())


def tombstones(store: Store) -> dict[str, str | None]:
    return {change.id: change.joined for change in store.walk(deleted=True) if change.record is None}


def members(change: Change) -> list[str]:
    return [f"{member.source}/{member.identifier}" for member in change.members]


def add_sources(store: Store) -> None:
    """Registers the three."""
    for name in NAMES:
        Sources(store.database).add(Source(name=name, kind="oai-pmh", url="http://localhost/oai"))
