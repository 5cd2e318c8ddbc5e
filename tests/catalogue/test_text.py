"""Folding, cutting and stemming of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.text import (
    BOUNDARY,
    LONGEST_WORD,
    compounds,
    cut,
    detect_language,
    fold,
    forms,
    language_code,
    stems,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dark Matter", "dark matter"),
        ("Poincaré", "poincare"),
        ("Straße", "strasse"),
        ("ŁÓDŹ Ørsted Œuvre Đ", "lodz orsted oeuvre d"),
        ("ﬁeld", "field"),
        ("H₂O", "h2o"),
        ("Ελλάδα", "ελλαδα"),
        ("μm", "-mu-m"),
        ("Йод", "иод"),
        ("", ""),
    ],
)
def test_fold(text, expected):
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X-ray & γ-ray", ["x", "ray", "gamma", "ray"]),
        ("Hα line, 10 µm", ["h", "alpha", "line", "10", "mu", "m"]),
        ("snake_case", ["snake", "case"]),
        ("Hubble's d'Alembert’s", ["hubble", "d", "alembert"]),
        ("天文 gas", ["天", "文", "gas"]),
        ("3.5e-4", ["3", "5e", "4"]),
        ("z" * 130, ["z" * 64, "z" * 64, "zz"]),
        ("…!?", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_texts_are_kept_apart():
    assert cut(["dark matter", "Néutron", ""]) == ["dark", "matter", BOUNDARY, "neutron", BOUNDARY]
    assert cut(["a", "b"]) == ["a", BOUNDARY, "b"]
    assert cut([]) == []


def test_compounds():
    assert compounds(["An X-ray and NGC-1275, a--b", "-x-"]) == ["xray", "ngc1275", "ab"]
    assert compounds(["γ-ray"]) == ["gammaray"]
    assert compounds(["no compound"]) == []


def test_stems_carry_the_language():
    assert stems(["galaxies", BOUNDARY], "en") == ["galaxi", ""]
    assert stems(["teilchens"], "de") == ["de:teilch"]
    assert set(forms("galaxies")) >= {"galaxi", "de:galaxi"}


def test_a_word_and_its_inflection_share_a_form_in_their_language():
    for language, one, other in (
        ("en", "galaxies", "galaxy"),
        ("de", "hausern", "haus"),
        ("fr", "etoiles", "etoile"),
        ("es", "particulas", "particula"),
        ("ru", "частицы", "частица"),
    ):
        assert stems([one], language)[0] in forms(other)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We present the results of the survey and the catalogue", "en"),
        ("Messung der Teilchen und des Spektrums mit einem Detektor", "de"),
        ("Étude des rayons cosmiques dans les galaxies", "fr"),
        ("Estudio de los rayos cósmicos en el universo y la materia", "es"),
        ("Измерение спектра и потока на детекторе", "ru"),
        ("Neutrino", None),
        ("", None),
    ],
)
def test_detect_language(text, language):
    assert detect_language(words(text)) == language


def test_language_code():
    assert [language_code(tag) for tag in ("en-GB", "deu", "fr_FR", "GER", "ja", "", None)] == [
        "en",
        "de",
        "fr",
        "de",
        None,
        None,
        None,
    ]


@given(st.text())
def test_words_of_any_text_are_stable(text):
    found = words(text)
    assert all(0 < len(word) <= LONGEST_WORD and word != BOUNDARY and not word.isspace() for word in found)
    assert words(" ".join(found)) == found


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])), max_size=4))
def test_cutting_together_is_cutting_apart(texts):
    together = " ".join(cut(texts)).split(BOUNDARY) if texts else []
    assert [part.split() for part in together] == [words(text) for text in texts]
