"""How well regions fit, against mocpy; and the order of hits by it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from mocpy import MOC

from catalogue import fitting, moc, region_fit, stored_regions
from catalogue.errors import QueryError
from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.record import Coverage, Sky
from catalogue.settings import load_settings
from catalogue.sky import ranges_of
from tests.catalogue.index_records import some_moc
from tests.web.observatory import harvest, record


def test_the_fit_is_that_of_mocpy() -> None:
    chance = random.Random(11)
    apart = 0
    for _ in range(500):
        one, other = some_moc(chance), some_moc(chance)
        mine, theirs = (_by_mocpy(text) for text in (one, other))
        expected = mine.intersection(theirs).sky_fraction / mine.union(theirs).sky_fraction
        apart += not expected
        regions = [ranges_of(moc.region_of(text)) for text in (one, other)]
        assert region_fit.fit(*regions) == pytest.approx(expected, abs=1e-12)
        assert region_fit.fit(*reversed(regions)) == region_fit.fit(*regions)
        assert region_fit.fit(regions[0], regions[0]) == 1.0
    assert 50 < apart < 450


def _by_mocpy(text: str) -> MOC:
    return MOC.from_string(moc.text_of(moc.region_of(text)), "ascii")


def test_areas_of_a_cell_and_of_the_whole_sky_have_classes() -> None:
    smallest, largest = moc.region_of("29/0"), moc.region_of("0/0-11")
    assert region_fit.area_class(smallest) == 1
    assert region_fit.area_key(largest, 2**40 - 1) < 2**63
    assert region_fit.area_class(moc.region_of("1/0-3")) == region_fit.area_class(moc.region_of("0/7"))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Forty footprints, ever larger and further on, and a record without."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    records = [
        record(f"n{number}", f"Footprint {number}", coverage=Coverage(sky=Sky(moc=footprint(number))))
        for number in range(40)
    ]
    harvest(opened, "lab", [*records, record("none", "No footprint")])
    yield opened
    opened.close()


def footprint(number: int) -> str:
    return f"6/{number}-{2 * number + 5} 9/{number * 100 + 7000}"


def fits_of(text: str) -> dict[str, float]:
    asked = ranges_of(moc.region_of(text))
    found = {f"Footprint {n}": ranges_of(moc.region_of(footprint(n))) for n in range(40)}
    fits = {title: region_fit.fit(region, asked) for title, region in found.items()}
    return {title: value for title, value in fits.items() if value}


def titles(catalogue: Catalogue, query: Query) -> list[str]:
    found: list[str] = []
    while True:
        hits = catalogue.search(query)
        changes = catalogue.store.get_many([hit.id for hit in hits.hits])
        found += [changes[hit.id].record.title for hit in hits.hits]  # type: ignore[union-attr, misc]
        if hits.cursor is None:
            return found
        query = Query(moc=query.moc, sky=query.sky, sort=query.sort, size=query.size, cursor=hits.cursor)


@pytest.mark.parametrize("asked", ["6/10-25", "6/0-100", "5/3", "8/200-900", "29/300000000000000"])
def test_the_best_fit_comes_first(catalogue: Catalogue, asked: str) -> None:
    expected = fits_of(asked)
    assert expected
    for size in (3, 20, 1000):
        found = titles(catalogue, Query(moc=asked, sort="fit", size=size))
        assert sorted(found) == sorted(expected)
        assert [expected[title] for title in found] == sorted(expected.values(), reverse=True)
    assert catalogue.search(Query(moc=asked, sort="fit")).unfitted == 0


def test_what_there_was_no_time_to_compare_comes_behind_and_is_said(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "MOST_SECONDS", -1.0)
    monkeypatch.setattr(stored_regions, "_LEAST", 10)
    expected = fits_of("6/10-25")
    found = catalogue.search(Query(moc="6/10-25", sort="fit", size=1000))
    assert found.unfitted == found.total - 10 > 0
    assert all(hit.score for hit in found.hits[:10]) and not any(hit.score for hit in found.hits[10:])
    order = titles(catalogue, Query(moc="6/10-25", sort="fit", size=1000))
    compared = [expected[title] for title in order[:10]]
    assert compared == sorted(compared, reverse=True)
    assert sorted(order) == sorted(expected)


def test_a_cone_and_a_moc_are_fitted_together_and_words_are_not(catalogue: Catalogue) -> None:
    both = Query(moc="6/10-25", sky="46,5,5", sort="fit")
    assert catalogue.search(both).total <= catalogue.search(Query(sky="46,5,5")).total
    with pytest.raises(QueryError, match="say which by «sky» or «moc»"):
        catalogue.search(Query(words="moc:6/10-25", sort="fit"))
