"""More like this: what shares subjects and words comes first, the record itself never."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.query_language import parse, write
from catalogue.record import Provenance, Record, Reference, Term, Text, record_id
from catalogue.settings import load_settings
from catalogue.similar import LONGEST, similar_words
from tests.web.observatory import harvest, record


def test_what_has_most_in_common_comes_first(tmp_path: Path) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    pulsars = (Term(label="Pulsars"), Term(label="X-ray binaries"))
    records = [
        record("one", "Spectra of accreting pulsars", subjects=pulsars),
        record("near", "Timing of accreting pulsars", subjects=pulsars),
        record("far", "Spectra of a crystal"),
        record("other", "Lattice gauge theory"),
    ]
    harvest(catalogue, "lab", records)
    mine = catalogue.store.get(record_id("lab", "one"))
    hits = catalogue.search(Query(words=similar_words(mine) or "")).hits
    assert [hit.id for hit in hits] == [record_id("lab", "near"), record_id("lab", "far")]
    catalogue.close()


def test_nothing_to_compare() -> None:
    assert similar_words(made("of the")) is None


def made(title: str, labels: tuple[str, ...] = ()) -> Record:
    origin = Provenance(source="test", identifier="1")
    return Record(
        id="0" * 20,
        kind="dataset",
        titles=(Text(value=title),),
        provenance=origin,
        subjects=tuple(Term(label=label) for label in labels),
        instruments=tuple(Reference(label=label) for label in labels[:2]),
    )


@given(st.text(min_size=1), st.lists(st.text(min_size=1), max_size=40))
def test_any_record_makes_a_query_that_is_understood(title: str, labels: list[str]) -> None:
    found = similar_words(made(title, tuple(labels)))
    if found is not None:
        assert len(found) <= LONGEST + 50
        assert parse(write(parse(found))) == parse(found)
