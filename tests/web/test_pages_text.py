"""How values look on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Agent, Date, Identifier, Interval, Point, Text
from catalogue.said import Figures, said
from tests.web.observatory import observatory, record
from web.languages import told
from web.pages_text import (
    age,
    citation,
    corners,
    decimals,
    edition,
    energy,
    interval,
    language,
    number,
    observed,
    paragraphs,
    people,
    size,
    spot,
    tongue,
    words,
)

S = "\u202f"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1204, f"1{S}204"),
        (-1234567.0, f"-1{S}234{S}567"),
        (24.3, "24.3"),
        (2.2e-19, f"2.2{S}×{S}10⁻¹⁹"),
        (1e300, f"1{S}×{S}10³⁰⁰"),
        (123456789.5, f"1.234567895{S}×{S}10⁸"),
        (float("inf"), "inf"),
        (None, "—"),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    assert number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_can_be_read_back(value: float) -> None:
    text = number(value).replace(f"{S}×{S}10", "e").replace(S, "")
    text = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert float(text) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("octets", "text"),
    [(0, f"0{S}B"), (999, f"999{S}B"), (1000, f"1{S}kB"), (1_400_000, f"1.4{S}MB"), (999_600_000, f"1{S}GB"),
     (123_456_789_000, f"123{S}GB"), (10**30, None), (None, "—")],
)  # fmt: skip
def test_sizes(octets: int | None, text: str | None) -> None:
    assert size(octets) == text if text else size(octets).endswith("EB")


def test_numbers_on_german_pages(app: Flask) -> None:
    with app.test_request_context("/"):
        g.language = "de"
        assert (number(1204), number(24.3), decimals(12345.678, 1)) == ("1.204", "24,3", "12.345,7")
        assert number(2.25e-19) == f"2,25{S}×{S}10⁻¹⁹"
        assert (size(1_400_000), energy(Interval(low=3.2e-16, high=None))) == (
            f"1,4{S}MB",
            f"1,997{S}keV – …",
        )
        assert told(said("%(most)s of %(all)s", most=Figures("1,000"), all=12_000)) == "1.000 of 12.000"


def test_ages() -> None:
    def before(**delta: float) -> str:
        return (datetime.now(UTC) - timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert age(before(seconds=5)) == "just now"
    assert age(before(minutes=1, seconds=5)) == "1 minute ago"
    assert age(before(days=3, hours=1)) == "3 days ago"
    assert age(before(days=250)) == "8 months ago"
    assert age(before(days=800)) == "2 years ago"
    assert age(before(days=-3, hours=-1)) == "in 3 days"
    assert age("2017-01-00") == age("soon") == age("") == age(None) == ""


@given(st.text())
def test_any_text_has_an_age_or_none(text: str) -> None:
    assert isinstance(age(text), str)


def test_dates_and_intervals() -> None:
    assert interval(Date(kind="issued", start="2019", end="2019")) == "2019"
    assert interval(Date(kind="valid", start="2019-03", end=None)) == "2019-03 – …"
    assert interval(Date(kind="other", text="around 1900")) == "around 1900"
    assert observed(Interval(low=51544.0, high=51544.5)) == "2000-01-01"
    assert observed(Interval(low=51544.0, high=51545.0)) == "2000-01-01"
    assert observed(Interval(low=51544.0, high=51544.0)) == "2000-01-01"
    assert observed(Interval(low=51544.0, high=51546.0)) == "2000-01-01 – 2000-01-02"
    assert observed(Interval(low=51544.0, high=100_000.0)) == "2000-01-01 – …"
    assert observed(Interval(low=-1e300, high=1e300)) == "… – …"


def test_energies() -> None:
    assert energy(Interval(low=1.602176634e-16, high=None)) == f"1{S}keV – …"
    assert energy(Interval(low=1.602176634e-19, high=1.602176634e-4)) == f"1{S}eV – 1{S}PeV"
    assert energy(Interval(low=0.0, high=1e-30)) == f"0{S}µeV – 6.242e-06{S}µeV"


def test_words_and_languages() -> None:
    assert words("IsSupplementTo") == "is supplement to"
    assert words("metadata-only") == "metadata only"
    assert words("DOI") == "DOI"
    assert language(Text(value="x", language="pt-BR")) == "pt-BR"
    assert language(Text(value="x", language="in German, mostly")) is None
    assert language(None) is None


def test_paragraphs_lose_only_the_width_they_were_wrapped_to() -> None:
    wrapped = (
        "The survey covers the sky south of declination minus\nthirty degrees in two bands, and was\nmade."
    )
    wide = "The survey covers the whole sky south of declination minus 30\ndegrees in two bands."
    assert paragraphs(wide) == [wide.replace("\n", " ")]
    assert paragraphs(wrapped)[0].count("\n") == 2
    assert paragraphs("Files:\na.fits\nb.fits\n\n\nEnd.") == ["Files:\na.fits\nb.fits", "End."]


def test_places_and_versions() -> None:
    assert spot(Point(longitude=-71.03, latitude=41.9)) == f"41.9°{S}N, 71.03°{S}W"
    assert corners((10.0, -20.0, 30.0, 5.0)) == f"20°{S}S, 10°{S}E – 5°{S}N, 30°{S}E"
    assert edition("3") == "version 3"
    assert edition("Version 1") == "Version 1"
    assert edition("v2.1") == "v2.1"


def test_people_and_citations() -> None:
    names = tuple(Agent(name=f"A{index}") for index in range(1002))
    assert people(names) == "A0; A1; A2 and 999 more"
    assert citation(observatory()[0]) == (
        "Okafor, Ngozi; Lindqvist, Åsa (2023): Weak lensing shear catalogue of the southern sky, third "
        "release. Version 3. Southern Sky Data Centre. https://doi.org/10.5072/shear.3."
    )
    assert citation(record("1", "Only a title.")) == "Only a title."
    own = Identifier(scheme="ivoid", value="ivo://a/b")
    assert citation(record("1", "T", identifiers=(own,))) == "T. ivo://a/b."


def test_languages_have_names() -> None:
    assert [tongue(code) for code in ("en", "deu", "xx")] == ["English", "German", "xx"]


def test_languages_have_names_in_the_language_of_the_page() -> None:
    with Flask(__name__).test_request_context():
        g.language = "de"
        assert [tongue(code) for code in ("en", "deu", "xx")] == ["Englisch", "Deutsch", "xx"]
