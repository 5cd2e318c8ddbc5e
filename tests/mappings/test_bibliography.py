"""Citations in words, in our own styles, for whatever a record holds."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import pytest
from citeproc import CitationStylesStyle
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import NotFound
from catalogue.record import Agent, Record, Text
from mappings.bibliography import cited, styles, write
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records
from tests.mappings.test_citations import a_record
from tests.mappings.test_round_trips import slow


def test_the_styles() -> None:
    assert styles() == ("author-date", "numeric")
    assert cited(a_record()) == (
        "Curie, M. S., Black & White, Inc. and Noether, E. (2019). Spectra of 3C 273 (version 1.2). "
        "Example Archive. https://doi.org/10.5072/abc_1"
    )
    assert cited(a_record(), "numeric") == (
        "M. S. Curie, Black & White, Inc. and E. Noether, Spectra of 3C 273, version 1.2, "
        "Example Archive, doi:10.5072/abc_1 (2019)."
    )


@pytest.mark.parametrize("name", styles())
def test_they_are_valid_csl(name: str) -> None:
    folder = importlib.resources.files("mappings") / "styles"
    with importlib.resources.as_file(folder / f"{name}.csl") as path:
        CitationStylesStyle(str(path), validate=True)


def test_an_unknown_style() -> None:
    with pytest.raises(NotFound, match="no citation style «apa»; known are author-date, numeric"):
        cited(a_record(), "apa")


def test_what_is_unknown_and_who_is_many() -> None:
    nobody = cited(a_record(creators=(), dates=(), version=None))
    assert nobody == "Spectra of 3C 273 (n.d.). Example Archive. https://doi.org/10.5072/abc_1"
    many = tuple(Agent(name=f"Person, {letter}") for letter in "ABCDEFGHIJKL")
    assert "et al. (2019)" in cited(a_record(creators=many))


@settings(slow, max_examples=60)
@given(datacite_records(), st.sampled_from(styles()))
def test_any_record_is_one_line(record: Record, style: str) -> None:
    text = cited(record, style)
    assert text and text == " ".join(text.split())


@settings(slow, max_examples=60)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40))
def test_text_is_never_markup(text: str) -> None:
    hostile = Text(value=f"{text}<i>x</i></div>\n\n{text}")
    line = cited(a_record(titles=(hostile,), creators=(Agent(name=hostile.value),)))
    assert "<" not in line and "\n" not in line
    assert "‹i›x‹/i›" in line


def test_every_field() -> None:
    assert write(full_record()).endswith(b"\n")
    assert write(full_record(lambda path: f"}}<b>\x00\ufffe\u2028%{path}")).count(b"\n") == 1


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared)[::4]:
        assert cited(record)
