"""A draft: lists that become one record, each value once, within the model's limits."""

from __future__ import annotations

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import (
    Agent,
    Date,
    Distribution,
    Extra,
    Interval,
    Parameter,
    Place,
    Provenance,
    Record,
    Sky,
    Term,
    record_id,
)
from mappings.draft import Draft
from mappings.text import LIST_LIMITS

PROVENANCE = Provenance(source="lab", identifier="7", format="scicat")


def finished(one: Draft) -> Record:
    return one.finished("dataset", PROVENANCE).record


@pytest.fixture
def one() -> Draft:
    begun = Draft("7")
    begun.add_title("Muon <i>lifetime</i>", "title")
    return begun


def test_the_least_that_is_a_record(one: Draft) -> None:
    record = finished(one)
    assert record.id == record_id("lab", "7")
    assert (record.kind, record.title, record.provenance) == ("dataset", "Muon lifetime", PROVENANCE)
    empty = {
        name: getattr(record, name)
        for name in Record.__dataclass_fields__
        if name not in {"id", "kind", "titles", "provenance"}
    }
    assert all(value in ((), None) for value in empty.values())


def test_without_a_title_the_identifier_stands_in_its_place_and_without_both_nothing() -> None:
    nameless = Draft("7")
    with pytest.raises(RecordRefused, match="neither a title nor an identifier"):
        finished(nameless)
    nameless.add_identifier("https://doi.org/10.5072/ABC")
    mapped = nameless.finished("dataset", PROVENANCE, "metadata")
    assert mapped.record.title == "https://doi.org/10.5072/ABC"
    assert [(issue.path, issue.identifier) for issue in mapped.issues] == [("metadata", "7")]


def test_the_main_title_comes_first(one: Draft) -> None:
    one.add_title("A subtitle", "subtitle", type="subtitle")
    one.add_title("Der Titel", "titel", language="de", type="main")
    one.add_title("", "x")
    one.add_title(None, "x")
    other = Draft("7")
    other.add_title("A subtitle", "subtitle", type="subtitle")
    other.add_title("Title", "title")
    assert [text.value for text in finished(other).titles] == ["Title", "A subtitle"]
    assert finished(one).title == "Muon lifetime"
    assert len(finished(one).titles) == 3


def test_an_identifier_twice_is_one_and_own_wins(one: Draft) -> None:
    one.add_identifier("10.5072/ABC", "doi", own=False)
    one.add_identifier("https://doi.org/10.5072/abc")
    one.add_identifier("10.5072/abc", "doi", own=False)
    one.add_identifier("   ")
    one.add_identifier(None)
    (identifier,) = finished(one).identifiers
    assert (identifier.scheme, identifier.value.lower(), identifier.role) == ("doi", "10.5072/abc", "own")


def test_values_said_twice_are_said_once(one: Draft) -> None:
    for _ in range(2):
        one.add_description("About muons", "description")
        one.add_subject("muons")
        one.add_subject("muons", uri="http://example.org/muon")
        one.add_language("eng")
        one.add_date("2024-05-01", "issued", "date")
        one.relate("Cites", "10.5072/x", "doi")
        one.relate("Cites", "https://doi.org/10.5072/x", target_kind="publication", title="On muons")
        one.add_rights("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
        one.techniques.append(Term(label="muSR"))
        one.formats.append("hdf5")
    record = finished(one)
    assert len(record.descriptions) == 1
    assert record.subjects == (Term(label="muons"), Term(label="muons", uri="http://example.org/muon"))
    assert record.languages == ("en",)
    assert record.dates == (Date(kind="issued", start="2024-05-01", end="2024-05-01"),)
    (relation,) = record.relations
    assert (relation.type, relation.target_kind, relation.title) == ("Cites", "publication", "On muons")
    (rights,) = record.rights
    assert rights.licence is not None and rights.licence.label == "CC-BY-4.0"
    assert (record.techniques, record.formats) == ((Term(label="muSR"),), ("hdf5",))


def test_a_date_that_is_none_is_kept_with_an_issue(one: Draft) -> None:
    one.add_date("sometime", "created", "creationTime")
    one.add_date(None, "created", "creationTime")
    mapped = one.finished("dataset", PROVENANCE)
    assert [(issue.path, issue.value) for issue in mapped.issues] == [("creationTime", "sometime")]
    assert mapped.record.dates[0].text == "sometime"


def test_coverage_only_where_there_is_some(one: Draft) -> None:
    one.temporal.append(Interval(low=59000.0, high=59001.0))
    one.time_scale = "TT"
    one.bands.append(Term(label="x-ray"))
    one.places.append(Place(name="Villigen"))
    one.sky = Sky(moc="0/1")
    coverage = finished(one).coverage
    assert coverage is not None and coverage.time is not None and coverage.energy is not None
    assert (coverage.time.scale, coverage.energy.bands) == ("TT", (Term(label="x-ray"),))
    assert (coverage.places, coverage.sky) == ((Place(name="Villigen"),), Sky(moc="0/1"))


def test_the_limits_of_the_model_cut_and_say_so(one: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("creators", "subjects", "parameters"):
        monkeypatch.setitem(LIST_LIMITS, name, 3)
    one.creators.extend(Agent(name=f"Author {number}") for number in range(5))
    one.subjects.extend(Term(label=f"subject {number}") for number in range(5))
    one.parameters.extend(Parameter(name=f"p{number}", value=1.0) for number in range(5))
    mapped = one.finished("dataset", PROVENANCE, "record")
    record = mapped.record
    assert (len(record.creators), len(record.subjects), len(record.parameters)) == (3, 3, 3)
    assert len(mapped.issues) == 3
    for issue, name in zip(mapped.issues, ("creators", "subjects", "parameters"), strict=True):
        assert issue.reason.startswith(f"There are 5 {name}, the limit is 3")
    one.add_title("x" * 3000, "long")
    assert len(one.found_titles[-1].value) <= 2000


def test_what_has_no_place_is_kept_but_no_address_of_a_person(one: Draft) -> None:
    one.keep_all(
        [
            ("detector", "Eiger"),
            ("owner.ownerEmail", "someone@example.org"),
            ("contact.telephone", "123"),
            ("note", "write to someone@example.org"),
            ("empty", "  "),
        ]
    )
    extra = finished(one).extra
    assert Extra(path="detector", text="Eiger") in extra
    assert {one.path for one in extra} == {"detector", "note"}
    assert "someone@" not in str(extra)


def test_what_a_list_holds_is_known_whoever_put_it_there() -> None:
    draft = Draft("x")
    draft.spectral.append(Interval(low=1.0, high=2.0))
    assert draft.has("spectral", Interval(low=1.0, high=2.0))
    assert not draft.has("spectral", Interval(low=1.0, high=3.0))
    draft.spectral.append(Interval(low=1.0, high=3.0))
    assert draft.has("spectral", Interval(low=1.0, high=3.0))
    draft.distributions.append(Distribution(url="https://example.org/a"))
    assert draft.has_distribution("https://example.org/a")
    assert not draft.has_distribution("https://example.org/b")
    draft.distributions.append(Distribution(url="https://example.org/b"))
    assert draft.has_distribution("https://example.org/b")
