"""What curators decide survives harvests, is provenance of its own, and is undone step by step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from time import monotonic, sleep
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from catalogue import tables
from catalogue.curation import LARGEST_VALUE, Curation
from catalogue.database import Database
from catalogue.decisions import Decision
from catalogue.errors import AlmagestError, Conflict, NotFound, SettingsError, StoreError
from catalogue.identity_keys import key_number
from catalogue.index import Change
from catalogue.json_form import as_json
from catalogue.product import join_keys
from catalogue.record import Mapped, Page, Provenance, RawRecord, Record, record_id
from catalogue.relations import RelationLookup
from catalogue.runs import Sources
from catalogue.sequence import hold_sequence
from catalogue.sources import Source
from catalogue.store import Store
from tests.catalogue.three_sources import NAMES, add_sources, live, members, put, read, tombstones

AX, AY, BX, BY, CX = (
    record_id(*pair) for pair in (("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "x"))
)


@pytest.fixture
def curation(three_sources: Store) -> Curation:
    return Curation(three_sources.database)


def groups(store: Store) -> list[list[str]]:
    """The things of the catalogue, each by the records that it is made of."""
    return sorted(members(change) or [title(change)] for change in live(store))


def title(change: Change) -> str:
    assert change.record is not None
    return change.record.title


def test_a_join_without_any_identifier(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One")
    put(three_sources, "b", x="Two", y="Three")
    decision = curation.join([AX, BX], by="Vera", note="the same plates")
    assert (decision.kind, decision.by, decision.stands) == ("join", "Vera", True)
    assert groups(three_sources) == [["Three"], ["a/x", "b/x"]]
    product = three_sources.change(AX).joined
    assert product is not None and three_sources.change(BX).joined == product
    assert tombstones(three_sources) == {AX: product, BX: product}
    put(three_sources, "b", x="Again")
    assert groups(three_sources) == [["Three"], ["a/x", "b/x"]]
    put(three_sources, "b", x="")
    assert groups(three_sources) == [["Three"], ["a/x"]]
    put(three_sources, "b", x="Back")
    assert groups(three_sources) == [["Three"], ["a/x", "b/x"]]
    assert three_sources.change(AX).joined == product
    undone = curation.undo(decision.number, by="Annie")
    assert (undone.stands, undone.undone_by) == (False, "Annie")
    assert groups(three_sources) == [["Back"], ["One"], ["Three"]]
    assert tombstones(three_sources) == {product: None}


def test_a_split_of_what_shares_an_identifier(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1", y="Two d1")
    put(three_sources, "b", x="Three d1")
    decision = curation.split([AY], by="Vera")
    assert groups(three_sources) == [["Two"], ["a/x", "b/x"]]
    put(three_sources, "a", y="Again d1")
    put(three_sources, "c", x="Four d1")
    assert groups(three_sources) == [["Again"], ["a/x", "b/x", "c/x"]]
    curation.undo(decision.number, by="Vera")
    assert groups(three_sources) == [["a/x", "a/y", "b/x", "c/x"]]


def test_those_split_off_together_stay_together(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1", y="Two d1")
    put(three_sources, "b", x="Three d1", y="Four d1")
    curation.split([AX, BX], by="Vera")
    assert groups(three_sources) == [["a/x", "b/x"], ["a/y", "b/y"]]


def test_the_later_decision_counts(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1")
    put(three_sources, "b", x="Two d1")
    curation.split([BX], by="Vera")
    assert groups(three_sources) == [["One"], ["Two"]]
    again = curation.join([AX, BX], by="Annie")
    assert groups(three_sources) == [["a/x", "b/x"]]
    third = curation.split([AX], by="Vera")
    assert groups(three_sources) == [["One"], ["Two"]]
    curation.undo(third.number, by="Vera")
    assert groups(three_sources) == [["a/x", "b/x"]]
    curation.undo(again.number, by="Vera")
    assert groups(three_sources) == [["One"], ["Two"]]


def test_a_join_holds_again_when_the_split_after_it_is_undone(
    three_sources: Store, curation: Curation
) -> None:
    put(three_sources, "a", x="One")
    put(three_sources, "b", x="Two")
    curation.join([AX, BX], by="Vera")
    split = curation.split([BX], by="Annie")
    assert groups(three_sources) == [["One"], ["Two"]]
    curation.undo(split.number, by="Annie")
    assert groups(three_sources) == [["a/x", "b/x"]]


@pytest.mark.parametrize("is_undone", [True, False])
def test_a_record_whose_id_its_product_has_is_split_off(
    three_sources: Store, curation: Curation, is_undone: bool
) -> None:
    """The product that goes on without it needs an id of its own; it had that of the record."""
    put(three_sources, "a", x="One")
    correction = curation.correct(AX, "version", "2", by="Vera")
    for name in NAMES:
        put(three_sources, name, x="Same d1")
    assert [(one.id, len(one.members)) for one in live(three_sources)] == [(AX, 3)]
    if is_undone:
        curation.undo(correction.number, by="Vera")
    split = curation.split([AX], by="Vera")
    found = {tuple(members(one)) or one.id: one for one in live(three_sources)}
    assert found.keys() == {("b/x", "c/x"), AX if is_undone else ("a/x",)}
    assert found["b/x", "c/x"].id != AX and len(list(live(three_sources))) == 2
    assert three_sources.change(BX).joined == found["b/x", "c/x"].id
    curation.undo(split.number, by="Vera")
    assert groups(three_sources) == [["a/x", "b/x", "c/x"]]


def test_a_decision_while_a_page_is_read(three_sources: Store, curation: Curation) -> None:
    """Reading a page takes its time; what curators do meanwhile to its records is not lost on it."""
    put(three_sources, "a", x="One d1")
    put(three_sources, "b", x="Two")
    join = curation.join([AX, BX], by="Vera")

    def slowly(raw: RawRecord, provenance: Provenance) -> Mapped:
        if curation.decision(join.number).stands:
            curation.undo(join.number, by="Vera")
        return read(raw, provenance)

    sources = Sources(three_sources.database)
    run = sources.begin_run("a")
    page = Page(records=(RawRecord(identifier="x", format="test", data=b"New d2"),))
    sources.finish_run(three_sources.put_page(run, page, slowly), "succeeded", since=run.started)
    assert [one.record and one.record.title for one in three_sources.history(AX)] == ["New", "One"]
    with three_sources.database.read() as connection:
        key = tables.identifier_key.c
        keys = set(connection.scalars(select(key.key).where(key.id == AX)))
    assert keys == {key_number("doi:10.5072/d2")}


def test_a_curator_and_a_page_wait_for_each_other_in_one_order(postgres_url: str) -> None:
    """Who changes records holds the sequence before any of their rows, so that nobody waits in a circle."""
    database = Database(postgres_url)
    store, failed = Store(database), []
    add_sources(store)
    put(store, "a", x="One", y="Two")
    run = Sources(database).begin_run("a")
    told = RawRecord(identifier="x", format="test", data=b"One", datestamp="2020-01-01T00:00:00Z")
    page = Page(records=(told, RawRecord(identifier="y", format="test", data=b"Changed")))

    def harvest() -> None:
        try:
            store.put_page(run, page, read)
        except StoreError as error:
            failed.append(error)

    harvesting = Thread(target=harvest)
    with database.write() as connection:
        hold_sequence(connection)
        harvesting.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        deadline = monotonic() + 20
        while not connection.scalar(waiting) and monotonic() < deadline:
            sleep(0.02)
        mine = tables.record.c.id == AX
        connection.execute(update(tables.record).where(mine).values(product=None))
    harvesting.join(30)
    assert not harvesting.is_alive() and failed == []
    assert sorted(map(title, live(store))) == ["Changed", "One"]
    database.close()


def test_two_curators_undo_at_once(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One")
    decision = curation.correct(AX, "version", "2", by="Vera")

    def undo(name: str) -> str:
        try:
            return str(curation.undo(decision.number, by=name).undone_by)
        except Conflict:
            return ""

    with ThreadPoolExecutor(4) as pool:
        told = [name for name in pool.map(undo, "abcdefgh") if name]
    assert [curation.decision(decision.number).undone_by] == told


def test_who_follows_a_source_is_told_of_what_becomes_part_of_a_product(
    three_sources: Store, curation: Curation
) -> None:
    """Its identifier in the list of its source is another one then; the old one is told as deleted."""

    def told(source: str, after: int) -> list[str]:
        return [change.id for change in three_sources.changes(after, source=source)]

    put(three_sources, "a", x="One d1", y="Two")
    last = three_sources.last_sequence()
    put(three_sources, "b", x="Three d1")
    assert told("a", last) == [AX]
    last = three_sources.last_sequence()
    curation.correct(AY, "version", "2", by="Vera")
    assert told("a", last) == [AY]
    last = three_sources.last_sequence()
    curation.join([AX, AY], by="Vera")
    kept = {AX, AY, BX} - {change for name in "ab" for change in told(name, last)}
    assert kept in ({AX, BX}, {AY}), "one of two products takes in the records of the other"


def test_a_product_is_found_by_the_id_that_it_has_of_a_withdrawn_record(
    three_sources: Store, curation: Curation
) -> None:
    put(three_sources, "a", x="One")
    curation.correct(AX, "version", "2", by="Vera")
    for name in NAMES:
        put(three_sources, name, x="Same d1")
    put(three_sources, "a", x="")
    assert [(one.id, members(one)) for one in live(three_sources)] == [(AX, ["b/x", "c/x"])]
    lookup = RelationLookup(three_sources.database, "https://example.org")
    assert lookup.things([f"almagest:{AX}"]) == {f"almagest:{AX}": (AX,)}


def test_a_product_stands_for_its_records(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1", y="Three")
    put(three_sources, "b", x="Two d1")
    product = next(change.id for change in live(three_sources) if change.members)
    curation.join([product, AY], by="Vera")
    assert groups(three_sources) == [["a/x", "a/y", "b/x"]]
    with pytest.raises(SettingsError, match=f"is a product; name records of it: .*{AX}"):
        curation.split([product], by="Vera")


def test_a_correction_of_a_product_survives_and_is_told(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="Wrog d1")
    put(three_sources, "b", x="Other d1")
    (before,) = live(three_sources)
    value = [{"value": "Wrong", "type": "main"}]
    decision = curation.correct(before.id, "titles", value, by="Vera", note="typing error")
    (change,) = live(three_sources)
    assert (change.id, title(change)) == (before.id, "Wrong")
    assert "titles" in before.said and "titles" not in change.said and "subjects" in change.said
    (correction,) = change.corrections
    assert (correction.field, correction.decision, correction.by) == ("titles", decision.number, "Vera")
    put(three_sources, "a", x="Wrogg d1")
    (change,) = live(three_sources)
    assert title(change) == "Wrong"
    source_view = three_sources.source_record(AX).record
    assert source_view is not None and source_view.title == "Wrogg", "the source's own view is its own"
    curation.split([AX], by="Vera")
    assert sorted(map(title, live(three_sources))) == ["Wrong", "Wrong"], "it goes with every record"
    curation.undo(decision.number, by="Vera")
    assert sorted(map(title, live(three_sources))) == ["Other", "Wrogg"]


def test_a_correction_of_a_record_alone_keeps_its_id(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="Wrog")
    decision = curation.correct(AX, "titles", [{"value": "Wrong"}], by="Vera")
    (change,) = live(three_sources)
    assert (change.id, title(change), members(change)) == (AX, "Wrong", ["a/x"])
    assert tombstones(three_sources) == {}
    put(three_sources, "a", x="Wrogg d1")
    assert [title(one) for one in live(three_sources)] == ["Wrong"]
    put(three_sources, "b", x="Same d1")
    (change,) = live(three_sources)
    assert (change.id, title(change), members(change)) == (AX, "Wrong", ["a/x", "b/x"])
    assert tombstones(three_sources) == {BX: AX} or tombstones(three_sources) == {}
    put(three_sources, "b", x="")
    put(three_sources, "a", x="")
    assert live(three_sources) == []
    put(three_sources, "a", x="Wrog")
    assert [(one.id, title(one)) for one in live(three_sources)] == [(AX, "Wrong")]
    curation.undo(decision.number, by="Vera")
    (change,) = live(three_sources)
    assert (change.id, title(change), members(change)) == (AX, "Wrog", [])
    history = [version.record and version.record.title for version in three_sources.history(AX)]
    assert history[:3] == ["Wrog", "Wrong", None]


def test_a_corrected_record_that_another_product_takes_in(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1", y="Two")
    put(three_sources, "b", x="Three d1")
    product = next(change.id for change in live(three_sources) if change.members)
    curation.correct(AY, "titles", [{"value": "Corrected"}], by="Vera")
    put(three_sources, "a", y="Two d1")
    (change,) = live(three_sources)
    assert title(change) == "Corrected" and members(change) == ["a/x", "a/y", "b/x"]
    left = {product, AY} - {change.id}  # of two that are equally old either may stay
    assert {three_sources.change(id).joined for id in {AX, BX} | left} == {change.id}


def test_parts_of_the_coverage_and_emptying(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One")
    energy = {"intervals": [{"low": 1.0e-18, "high": 2.0e-18}]}
    curation.correct(AX, "coverage.energy", energy, by="Vera")
    (change,) = live(three_sources)
    assert as_json(change.record)["coverage"] == {"energy": energy}
    curation.correct(AX, "coverage", None, by="Vera")
    curation.correct(AX, "subjects", None, by="Vera")
    (change,) = live(three_sources)
    assert change.record is not None and change.record.coverage is None and change.record.subjects == ()
    assert {one.field for one in change.corrections} == {"coverage.energy", "coverage", "subjects"}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "x", "cannot be corrected"),
        ("title", "x", "cannot be corrected"),
        ("titles", [], "keeps its kind and at least one title"),
        ("titles", [{"value": " "}], "keeps its kind and at least one title"),
        ("titles", "x", "no value of the field titles: Expected `array`"),
        ("kind", "galaxy", "no value of the field kind: Invalid enum value"),
        ("kind", None, "keeps its kind"),
        ("subjects", [{"name": "x"}], "no value of the field subjects"),
        ("coverage.energy", 5, "no value of the field coverage.energy"),
        ("coverage.sky", {"moc": "M 31"}, "no value of the field coverage.sky: «M» is no part of a MOC"),
        ("coverage", {"sky": {"moc": "30/1"}}, "begins with an order"),
        (
            "identifiers",
            [{"scheme": "doi", "value": "https://doi.org/10.5072/AB", "role": "own"}],
            "is written with scheme «doi» and value «10.5072/ab»",
        ),
        ("distributions", [{"url": "http://[x"}], "«http://.x» is no address on the web"),
        ("identifiers", [{"scheme": "DOI", "value": "10.5072/ab"}], "written with scheme «doi»"),
        ("version", "x" * LARGEST_VALUE, "1000000 at most"),
        ("coverage.energy", {"intervals": [{"low": 3e-15, "high": 2e-15}]}, "3e-15 is more than 2e-15"),
        ("dates", [{"kind": "issued", "start": "2019-13-45"}], "no day of the calendar"),
        ("dates", [{"kind": "issued", "start": "2019", "end": "2018"}], "2019 is later than 2018"),
        ("languages", ["xx-klingonish"], "is no language"),
        ("rights", [{"url": "javascript:alert(1)"}], "no address on the web"),
        ("distributions", [{"url": "file:///etc/passwd"}], "no address on the web"),
        ("relations", [{"type": "Banana", "scheme": "doi", "value": "10.1/x"}], "no type of relation"),
        ("coverage.sky", {"moc": "nonsense"}, "MOC"),
    ],
)
def test_values_that_are_none(
    three_sources: Store, curation: Curation, field: str, value: Any, reason: str
) -> None:
    put(three_sources, "a", x="One")
    with pytest.raises(SettingsError, match=reason):
        curation.correct(AX, field, value, by="Vera")
    assert curation.decisions() == []


def test_what_cannot_be_decided(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1", y="Gone")
    put(three_sources, "a", y="")
    put(three_sources, "b", x="Two d1")
    put(three_sources, "c", x="Three")
    for ids in ([CX], [CX, CX], []):
        with pytest.raises(SettingsError, match="two records or products or more"):
            curation.join(ids, by="Vera")
    with pytest.raises(NotFound, match="that is live"):
        curation.join([AX, AY], by="Vera")
    with pytest.raises(NotFound, match="no record «nothing»"):
        curation.join([AX, "nothing"], by="Vera")
    with pytest.raises(SettingsError, match="leave at least one"):
        curation.split([AX, BX], by="Vera")
    for name in ("", " ", "x" * 201, "a\nb"):
        with pytest.raises(SettingsError, match="curator's name"):
            curation.split([AX], by=name)
    with pytest.raises(NotFound, match="no decision 77"):
        curation.undo(77, by="Vera")
    decision = curation.split([AX], by="Vera")
    curation.undo(decision.number, by="Vera")
    with pytest.raises(Conflict, match="was undone by Vera"):
        curation.undo(decision.number, by="Vera")
    assert len(curation.decisions()) == 1


def test_the_log_of_decisions(three_sources: Store, curation: Curation) -> None:
    put(three_sources, "a", x="One d1", y="Three")
    put(three_sources, "b", x="Two d1")
    first = curation.split([BX], by="Vera", note="another telescope")
    second = curation.correct(AY, "version", "2", by="Annie")
    curation.undo(first.number, by="Annie")
    assert [one.number for one in curation.decisions()] == [second.number, first.number]
    assert [one.number for one in curation.decisions(standing=True)] == [second.number]
    assert [one.number for one in curation.decisions(before=second.number)] == [first.number]
    (mine,) = curation.decisions(id=BX)
    assert (mine.note, mine.undone_by, mine.records) == ("another telescope", "Annie", (BX,))
    product = three_sources.change(BX).joined
    assert product is not None
    assert [one.number for one in curation.decisions(id=product)] == [first.number]
    assert [one.number for one in curation.decisions(id=AY)] == [second.number]
    assert orjson.loads(curation.decision(second.number).value or b"") == "2"


def with_options(**options: str) -> Source:
    """The second source with these options."""
    return Source(name="b", kind="oai-pmh", url="http://localhost/oai", options=options)


def test_priorities_of_fields(three_sources: Store) -> None:
    sources = Sources(three_sources.database)
    put(three_sources, "a", x="First d1")
    put(three_sources, "b", x="Second d1")
    (product,) = live(three_sources)
    assert title(product) == "First"
    sources.change(
        Source(name="b", kind="oai-pmh", url="http://localhost/oai", options={"field-priority": "titles=5"})
    )
    three_sources.remap("b", read)
    (product,) = live(three_sources)
    assert title(product) == "Second" and members(product) == ["a/x", "b/x"]
    assert product.said["titles"] == ((1,),)
    assert product.source == "a"


def test_claims_join_only_where_the_source_is_believed(three_sources: Store) -> None:
    sources = Sources(three_sources.database)
    put(three_sources, "a", x="First d1")
    put(three_sources, "b", x="Second ~d1")
    assert groups(three_sources) == [["First"], ["Second"]]
    sources.change(with_options(claims="alternate"))
    three_sources.remap("b", read)
    assert groups(three_sources) == [["a/x", "b/x"]]
    sources.change(with_options())
    three_sources.remap("b", read)
    assert groups(three_sources) == [["First"], ["Second"]]


def test_claims_are_known_of_what_changes_before_a_remap(three_sources: Store) -> None:
    """Both ways: what is believed from now on, and what no more."""
    sources = Sources(three_sources.database)
    put(three_sources, "b", x="Second ~d1 ~d2")
    sources.change(with_options(claims="alternate"))
    put(three_sources, "b", x="Again ~d1 ~d2")
    put(three_sources, "a", x="First d1", y="Other d2")
    assert groups(three_sources) == [["a/x", "a/y", "b/x"]]
    sources.change(with_options())
    put(three_sources, "b", x="Third")
    with three_sources.database.read() as connection:
        key = tables.identifier_key.c
        assert connection.scalars(select(key.key).where(key.id == BX)).all() == []
    assert groups(three_sources) == [["First"], ["Other"], ["Third"]]


def test_equal_records_of_an_older_catalogue_join_when_remapped(three_sources: Store) -> None:
    put(three_sources, "a", x="First d1")
    put(three_sources, "b", x="Second d1")
    with three_sources.database.write() as connection:
        connection.execute(delete(tables.product))
        connection.execute(update(tables.record).values(product=None))
    assert groups(three_sources) == [["First"], ["Second"]]
    three_sources.remap("a", read)
    assert groups(three_sources) == [["a/x", "b/x"]]


TEXTS = st.sampled_from(["", "A d1", "B d2", "C d1 d2", "D d3", "E d2 d3", "F"])
RECORDS = st.tuples(st.sampled_from(NAMES), st.sampled_from("xy"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), RECORDS, TEXTS),
        st.tuples(st.just("join"), st.lists(RECORDS, min_size=2, max_size=3, unique=True), st.none()),
        st.tuples(st.just("split"), st.lists(RECORDS, min_size=1, max_size=2, unique=True), st.none()),
        st.tuples(st.just("correct"), RECORDS, st.sampled_from("12")),
        st.tuples(st.just("undo"), st.integers(1, 6), st.none()),
    ),
    min_size=3,
    max_size=25,
)


def step(store: Store, curation: Curation, kind: str, what: Any, value: Any) -> None:
    """Do it, where it can be done."""
    try:
        if kind == "put":
            put(store, what[0], **{what[1]: value})
        elif kind == "undo":
            curation.undo(what, by="x")
        elif kind == "correct":
            curation.correct(record_id(*what), "version", value, by="x")
        else:
            getattr(curation, kind)([record_id(*one) for one in what], by="x")
    except AlmagestError:
        return


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_what_is_one_thing_is_what_is_said_now(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Any, Any]]
) -> None:
    """After any history the products are what a slow look says, and followers have the same."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('curation')}/catalogue.db")
    try:
        store, curation = Store(database), Curation(database)
        add_sources(store)
        copy: dict[str, Change] = {}
        position = 0
        for one in steps:
            step(store, curation, *one)
            for change in store.changes(position):
                copy.pop(change.id, None)
                if change.record is not None:
                    copy[change.id] = change
                position = change.sequence
        assert len({change.id for change in live(store)}) == len(live(store))
        told = [change.record for name in NAMES for change in store.walk(source=name) if change.record]
        decisions = sorted(curation.decisions(standing=True), key=lambda decision: decision.number)
        expected = expected_things(told, decisions)
        assert {
            frozenset(m.id for m in change.members) or frozenset({change.id}) for change in live(store)
        } == set(expected)
        for change in live(store):
            assert change.record is not None
            mine = frozenset(m.id for m in change.members) or frozenset({change.id})
            assert change.record.version == expected[mine]
        assert {id: as_json(change) for id, change in copy.items()} == {
            change.id: as_json(change) for change in live(store)
        }
    finally:
        database.close()


def expected_things(records: list[Record], decisions: list[Decision]) -> dict[frozenset[str], str | None]:
    """Sets of records that are one thing, with the version that curators gave them."""

    def same(one: Record, other: Record) -> bool:
        splits = [
            max((d.number for d in decisions if d.kind == "split" and r.id in d.records), default=0)
            for r in (one, other)
        ]
        shares = bool(set(join_keys(one)) & set(join_keys(other))) and splits[0] == splits[1]
        joins = [d for d in decisions if d.kind == "join" and {one.id, other.id} <= set(d.records)]
        return shares or any(d.number > max(splits) or splits[0] == splits[1] for d in joins)

    groups: list[list[Record]] = []
    for record in records:
        near = [group for group in groups if any(same(record, one) for one in group)]
        groups = [group for group in groups if group not in near] + [
            [record, *(one for g in near for one in g)]
        ]
    found: dict[frozenset[str], str | None] = {}
    for group in groups:
        ids = frozenset(record.id for record in group)
        said = [d.value for d in decisions if d.kind == "correct" and ids & set(d.records)]
        found[ids] = orjson.loads(said[-1] or b"null") if said else None
    return found
