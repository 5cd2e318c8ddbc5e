"""Growth by day: what is kept in the file gives the same days as counting all anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from catalogue import statistics, tables
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from catalogue.statistics import days_of_sources
from tests.web.observatory import harvest, record


@pytest.fixture
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """Six records of three days of which one was withdrawn on the second, and two of today."""
    empty = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(empty, "laboratory", [record(f"lab:{number}", f"Muons {number}") for number in range(8)])
    harvest(empty, "laboratory", [], deleted=["lab:1"])
    rows = tables.record
    with empty.database.write() as connection:
        for number in range(6):
            day = f"2020-01-0{number // 2 + 1}"
            chosen = rows.c.id == record_id("laboratory", f"lab:{number}")
            changed = "2020-01-02T00:00:00Z" if number == 1 else f"{day}T10:00:00Z"
            connection.execute(
                update(rows).where(chosen).values(created=f"{day}T10:00:00Z", datestamp=changed)
            )
    yield empty
    empty.close()


def told(catalogue: Catalogue, file: Path | None = None) -> list[tuple[str, int, int]]:
    return [(one.day[:10], one.added, one.withdrawn) for one in days_of_sources(catalogue.database, file)]


def test_days_are_kept_and_told_again(
    grown: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "growth.json"
    whole = told(grown)
    assert [day[1:] for day in whole[:3]] == [(2, 0), (2, 1), (2, 0)] and whole[3][1] == 2
    assert told(grown, file) == whole
    kept = msgspec.json.decode(file.read_bytes())
    assert [row[0] for row in kept["added"]] == ["2020-01-01", "2020-01-02", "2020-01-03"]
    asked = []
    since = statistics._since
    monkeypatch.setattr(statistics, "_since", lambda *given: asked.append(given[1].until) or since(*given))
    assert told(grown, file) == whole
    harvest(grown, "laboratory", [record("lab:9", "Muons 9")])
    assert told(grown, file)[3][1] == 3
    # Neither was counted anew.
    assert asked == [kept["until"]] * 2


def test_who_comes_back_and_sources_that_go_are_counted_anew(grown: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "growth.json"
    told(grown, file)
    harvest(grown, "laboratory", [record("lab:1", "Muons 1 again")])
    assert told(grown, file) == told(grown)
    assert all(withdrawn == 0 for _, _, withdrawn in told(grown, file))


@pytest.mark.parametrize("data", [b"", b"{", b'{"until": 3}', b"[]"])
def test_a_damaged_file_is_no_fault(grown: Catalogue, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "growth.json"
    file.write_bytes(data)
    assert told(grown, file) == told(grown)
    assert told(grown, tmp_path / "nowhere" / "growth.json") == told(grown)
