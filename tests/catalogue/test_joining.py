"""Records that share an own identifier become one product, on both databases, and part again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalogue import identity_keys, tables
from catalogue.database import Database
from catalogue.errors import NotFound
from catalogue.index import Change
from catalogue.json_form import as_json
from catalogue.product import join_keys
from catalogue.record import Record, record_id
from catalogue.runs import Sources
from catalogue.sources import Source
from catalogue.store import Store
from tests.catalogue.three_sources import NAMES, add_sources, live, members, put, tombstones


def test_two_sources_tell_of_one_thing(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1", y="Other d2")
    put(store, "b", x="Second d1")
    single, product = live(store)
    assert single.record is not None and single.record.title == "Other"
    assert single.members == () and single.sources == ("a",)
    assert members(product) == ["a/x", "b/x"]
    assert product.sources == ("a", "b")
    assert product.record is not None and product.record.title == "First"
    assert [term.label for term in product.record.subjects] == ["of a", "of b"]
    assert product.said["subjects"] == ((0,), (1,))
    first, second = record_id("a", "x"), record_id("b", "x")
    # Only the record that stood for itself before leaves a tombstone.
    assert tombstones(store) == {first: product.id}
    assert store.change(first).joined == store.change(second).joined == product.id
    assert store.source_record(second).record is not None
    assert [change.id for change in store.walk(source="b")] == [second]
    with pytest.raises(NotFound):
        store.source_record(product.id)


def test_two_records_of_one_page_are_joined(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="One d1", y="Two d1", z="Three d3")
    assert sorted(len(change.members) for change in live(store)) == [0, 2]
    assert tombstones(store) == {}


def test_only_own_identifiers_join(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="One d1", y="Two ~d1")
    put(store, "b", x="Three ~d1 d4")
    assert all(not change.members for change in live(store))
    assert len(live(store)) == 3


def test_the_source_with_priority_supplies_the_title(three_sources: Store) -> None:
    store = three_sources
    sources = Sources(store.database)
    sources.add(Source(name="best", kind="oai-pmh", url="http://localhost/oai", options={"priority": "5"}))
    put(store, "a", x="Plain d1")
    put(store, "best", x="Better d1")
    (product,) = live(store)
    assert product.record is not None and product.record.title == "Better"
    assert members(product) == ["best/x", "a/x"]


def test_a_change_of_a_record_changes_its_product_only(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1")
    put(store, "b", x="Second d1")
    (before,) = live(store)
    put(store, "b", x="Second d1")
    assert live(store) == [before]
    put(store, "a", x="Better d1")
    (after,) = live(store)
    assert after.id == before.id and after.sequence > before.sequence
    assert after.record is not None and after.record.title == "Better"
    titles = [version.record.title for version in store.history(after.id) if version.record]
    assert titles == ["Better", "First"]


def test_a_deleted_member_leaves_and_the_last_one_ends_the_product(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1")
    put(store, "b", x="Second d1")
    (joined,) = live(store)
    put(store, "a", x="")
    (rest,) = live(store)
    assert rest.id == joined.id and members(rest) == ["b/x"]
    assert rest.record is not None and rest.record.title == "Second"
    put(store, "b", x="")
    assert live(store) == []
    assert tombstones(store)[joined.id] is None
    put(store, "b", x="Back d1")
    (again,) = live(store)
    assert again.id == joined.id and members(again) == ["b/x"]


def test_who_loses_the_identifier_goes_on_alone(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1")
    put(store, "b", x="Second d1")
    (joined,) = live(store)
    put(store, "b", x="Second d9")
    assert {change.id for change in live(store)} == {record_id("a", "x"), record_id("b", "x")}
    assert all(not change.members for change in live(store))
    assert tombstones(store) == {joined.id: None}
    put(store, "b", x="Second d1")
    assert [change.id for change in live(store)] == [joined.id]


def test_a_record_with_two_identifiers_joins_two_products_into_the_older(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="One d1", y="Two d2")
    put(store, "b", x="Uno d1", y="Dos d2")
    older, younger = sorted(live(store), key=lambda change: change.id)
    put(store, "c", z="Both d1 d2")
    (joined,) = live(store)
    assert joined.id in {older.id, younger.id}
    other = younger.id if joined.id == older.id else older.id
    assert len(joined.members) == 5
    assert tombstones(store)[other] == joined.id
    put(store, "c", z="Both d3")
    assert sorted(len(change.members) for change in live(store)) == [0, 2, 2]


def test_an_identifier_that_all_claim_joins_nobody(
    three_sources: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = three_sources
    monkeypatch.setattr(identity_keys, "MOST_MEMBERS", 3)
    put(store, "a", **{f"r{number}": f"T{number} same" for number in range(3)})
    assert [len(change.members) for change in live(store)] == [3]
    put(store, "b", more="T same")
    put(store, "a", r0="Changed same")
    assert {len(change.members) for change in live(store)} == {0}
    assert len(live(store)) == 4


def test_a_removed_source_leaves_the_rest(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1")
    put(store, "b", x="Second d1")
    store.withdraw("a", store.live_ids("a"))
    (product,) = live(store)
    assert members(product) == ["b/x"]


def test_no_keys_are_left_behind(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1 d2", y="Second d3")
    put(store, "a", x="First d2", y="")
    with store.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.identifier_key)) == 1


def test_numbers_of_the_sequence_are_given_once(three_sources: Store) -> None:
    store = three_sources
    put(store, "a", x="First d1", y="Two d2")
    put(store, "b", x="Second d1", y="Three d2")
    put(store, "b", x="Second d5", y="")
    with store.database.read() as connection:
        numbers = [*connection.scalars(select(tables.record.c.sequence))]
        numbers += connection.scalars(select(tables.product.c.sequence))
        numbers += connection.scalars(select(tables.history.c.sequence))
    assert len(numbers) == len(set(numbers))
    stamps = [(change.sequence, change.datestamp) for change in store.changes()]
    assert stamps == sorted(stamps)
    assert store.last_sequence() == stamps[-1][0]


TEXTS = st.sampled_from(["", "A d1", "B d2", "C d1 d2", "D d3", "E d2 d3", "F", "G ~d1"])
STEPS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from("xyz"), TEXTS), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_what_is_joined_is_what_shares_identifiers_now(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str]]
) -> None:
    """After any history the products are the connected components of the live records."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('join')}/catalogue.db")
    try:
        store = Store(database)
        add_sources(store)
        copy: dict[str, Change] = {}
        position = 0
        for source, identifier, text in steps:
            put(store, source, **{identifier: text})
            # A follower sees each change as it comes, and has the same in the end.
            for change in store.changes(position):
                copy.pop(change.id, None)
                if change.record is not None:
                    copy[change.id] = change
                position = change.sequence
        told = [change.record for name in NAMES for change in store.walk(source=name) if change.record]
        assert {frozenset(c.id for c in component) for component in components(told)} == {
            frozenset(member.id for member in change.members) or frozenset({change.id})
            for change in live(store)
        }
        assert {id: as_json(change) for id, change in copy.items()} == {
            change.id: as_json(change) for change in live(store)
        }
    finally:
        database.close()


def components(records: list[Record]) -> list[list[Record]]:
    """The records that belong together, found slowly and obviously."""
    found: list[list[Record]] = []
    for record in records:
        near = [
            group for group in found if any(set(join_keys(one)) & set(join_keys(record)) for one in group)
        ]
        found = [group for group in found if group not in near] + [
            [record, *(one for g in near for one in g)]
        ]
    return found
