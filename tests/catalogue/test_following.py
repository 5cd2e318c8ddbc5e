"""Followers catch up, and one that is down keeps nobody else from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import IndexUnavailable
from catalogue.following import INDEX, follow
from catalogue.opening import Catalogue
from catalogue.record import Mapped, Page, Provenance, RawRecord, Record, Text, record_id
from catalogue.settings import load_settings
from catalogue.sources import Source


class Counting:
    """A follower that tells how often it was asked."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.asked = 0
        self.fault = fault

    def follow(self) -> int:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return 7


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    identifier = record_id(provenance.source, provenance.identifier)
    title = Text(value=raw.data.decode(), type="main")
    return Mapped(record=Record(id=identifier, kind="dataset", titles=(title,), provenance=provenance))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue of two records."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    opened.sources.add(Source(name="a", kind="oai-pmh", url="https://a.example.org/oai"))
    records = tuple(RawRecord(identifier=name, format="text", data=name.encode()) for name in ("one", "two"))
    opened.store.put_page(opened.sources.begin_run("a"), Page(records=records), read)
    yield opened
    opened.close()


def test_all_followers_catch_up(catalogue: Catalogue) -> None:
    other = Counting()
    index, followed = follow(catalogue, {"other": other})
    assert (index.name, index.changes, index.fault) == (INDEX, 2, None)
    assert (followed.name, followed.changes, followed.fault) == ("other", 7, None)
    assert catalogue.index.position() == catalogue.store.last_sequence()
    assert follow(catalogue, {})[0].changes == 0


def test_one_that_is_down_is_reported_and_the_rest_follow(catalogue: Catalogue) -> None:
    down, other = Counting(IndexUnavailable("It sleeps.")), Counting()
    _, first, second = follow(catalogue, {"down": down, "other": other})
    assert first.fault == "It sleeps."
    assert second.fault is None
    assert other.asked == 1


def test_a_bug_of_a_follower_is_not_hidden(catalogue: Catalogue) -> None:
    with pytest.raises(ZeroDivisionError):
        follow(catalogue, {"broken": Counting(ZeroDivisionError())})


def test_an_index_of_another_database_is_reported(catalogue: Catalogue, tmp_path: Path) -> None:
    follow(catalogue, {})
    environment = {
        "ALMAGEST_HOME": str(tmp_path / "other"),
        "ALMAGEST_INDEX_URL": f"embedded:{tmp_path / 'index'}",
    }
    other = Catalogue(load_settings(environment))
    (index,) = follow(other, {})
    assert index.fault is not None
    assert "almagest index rebuild" in index.fault
    other.close()
