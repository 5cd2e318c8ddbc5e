"""The engines that all pass the same tests, and what is put into them."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from catalogue.index import Change, Index, Query
from catalogue.indexing import open_index
from catalogue.record import Provenance, Record, Text
from tests.catalogue.index_records import some_changes
from tests.catalogue.reference_index import ReferenceIndex

ENGINES = ("reference", "embedded", pytest.param("elasticsearch", marks=pytest.mark.services))


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    """A function that opens an empty index."""
    opened: list[Index] = []

    def fresh() -> Index:
        if request.param == "reference":
            index: Index = ReferenceIndex()
        elif request.param == "embedded":
            index = open_index(f"embedded:{tmp_path_factory.mktemp('index')}/index")
        else:
            server = request.getfixturevalue("elasticsearch_url").rstrip("/")
            index = open_index(f"{server}/test{uuid.uuid4().hex}")
        opened.append(index)
        return index

    yield fresh
    for index in opened:
        index.close()


CHANGES = some_changes(300)


@pytest.fixture(scope="module")
def filled(engine) -> Index:
    """An index that has followed the whole history of 300 records in several commits."""
    index = engine()
    for start in range(0, len(CHANGES), 90):
        index.apply(CHANGES[start : start + 90])
    return index


@pytest.fixture(scope="module")
def reference() -> ReferenceIndex:
    index = ReferenceIndex()
    index.apply(CHANGES)
    return index


def change(number: int, *, title: str = "A title", **fields) -> Change:
    """A record with one thing in particular."""
    identifier = f"oai:test:{number}"
    record = Record(
        id=f"record{number:010d}",
        kind="dataset",
        titles=(Text(value=title),),
        provenance=Provenance(source="test", identifier=identifier),
    )
    return Change(
        sequence=number,
        id=record.id,
        source="test",
        datestamp="2026-11-21T12:00:00Z",
        record=replace(record, **fields),
    )


def found(index: Index, words: str = "", **query) -> set[int]:
    """The numbers of the records that a query finds."""
    hits = index.search(Query(words=words, size=1000, counts=(), **query))
    assert hits.total == len(hits.hits)
    return {int(hit.id.removeprefix("record")) for hit in hits.hits}
