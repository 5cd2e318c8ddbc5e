"""Conditions in the JSON of Elasticsearch, where a cluster has limits of its own."""

from __future__ import annotations

from catalogue.conditions import Key
from catalogue.coverage_query import moc_condition
from catalogue.elasticsearch_dsl import MOST_TERMS, translated
from catalogue.moc import text_of, united


def test_more_keys_than_one_query_may_have_are_asked_in_several() -> None:
    values = tuple(map(str, range(2 * MOST_TERMS + 1)))
    parts = translated(Key("sky_cells", values), scored=False)["bool"]["should"]
    found = [part["terms"]["sky_cells"] for part in parts]
    assert [len(some) for some in found] == [MOST_TERMS, MOST_TERMS, 1]
    assert tuple(value for some in found for value in some) == values
    assert translated(Key("id", ()), scored=False) == {"terms": {"id": []}}


def test_scattered_cells_of_the_sky_have_so_many_above_them() -> None:
    first = [number * (12 << 58) // 9000 for number in range(9000)]
    condition = moc_condition(text_of(united((one, one + 1) for one in first)))
    parts = translated(condition, scored=True)["bool"]["should"]
    several = parts[0]["constant_score"]["filter"]["bool"]["should"]
    assert sum(len(part["terms"]["sky_cells"]) for part in several) > MOST_TERMS
    assert all(len(part["terms"]["sky_cells"]) <= MOST_TERMS for part in several)
