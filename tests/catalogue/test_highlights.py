"""Highlights: what is marked is what the index found, and nothing of the text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.highlights import Highlights


def hits(query: str, text: str) -> list[str]:
    return [piece for piece, is_hit in Highlights(query).marked(text) if is_hit]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("galaxy", "A galaxy among Galaxies.", ["galaxy", "Galaxies"]),
        ("Haus", "Die Häuser", ["Häuser"]),
        ("x-ray", "X-ray and X-rays; rays", ["X-ray", "X-rays", "rays"]),
        ('"dark matter" -simulation', "A simulation of dark matter", ["dark", "matter"]),
        ("galax*", "galactic galaxies", ["galaxies"]),
        ("the galaxy", "the galaxy", ["galaxy"]),
        ("creator:galaxy", "galaxy", []),
        ("title:galaxy OR muon", "galaxy muons", ["galaxy", "muons"]),
        ("POINCARÉ", "poincare Poincaré", ["poincare", "Poincaré"]),
        ("", "galaxy", []),
        ("(((", "galaxy", []),
        ("sky:1,2,3 time:2015", "2015 sky", []),
    ],
)
def test_what_is_marked(query: str, text: str, expected: list[str]) -> None:
    assert hits(query, text) == expected


def test_a_snippet_holds_the_first_word_that_is_found() -> None:
    text = "words " * 200 + "a galaxy at last " + "and more " * 100
    found = Highlights("galaxy").snippet(text, 200)
    assert found[0] == ("… ", False) and found[-1] == ("…", False)
    assert ("galaxy", True) in found
    assert len("".join(piece for piece, _ in found)) <= 204
    beginning = Highlights("nothing").snippet(text, 200)
    assert beginning[0][0].startswith("words words") and beginning[-1] == ("…", False)
    assert Highlights("galaxy").snippet("A galaxy", 200) == [("A ", False), ("galaxy", True)]


@given(st.text(max_size=300), st.text(max_size=30))
def test_nothing_of_a_text_is_lost(text: str, query: str) -> None:
    found = Highlights(query)
    assert "".join(piece for piece, _ in found.marked(text)) == text
    assert "".join(piece for piece, _ in found.snippet(text, 1000)) == text
