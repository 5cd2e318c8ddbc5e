"""A query in the words of other services: nothing that a visitor writes becomes an operator there."""

from __future__ import annotations

import pytest

from catalogue.errors import SourceProtocolError
from harvesters.live.words import lucene, plain

FIELDS = {"title": "titles.title", "year": "publicationYear"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("", ""),
        ("dark matter", "dark AND matter"),
        ('"dark matter" -axion', '"dark matter" AND (NOT axion)'),
        ("title:dark OR title:matter", "(titles.title:dark OR titles.title:matter)"),
        ("neutri*", "neutri*"),
        ("year:2015..2020", "publicationYear:[2015 TO 2020]"),
        ("a/b", r"a\/b"),
    ],
)
def test_in_the_syntax_of_lucene(ours: str, theirs: str) -> None:
    assert lucene(ours, FIELDS) == (theirs, ())


def test_what_has_no_words_there_is_said() -> None:
    assert lucene("dark creator:Roe", FIELDS) == ("dark", ("It was not asked for the field «creator».",))
    with pytest.raises(SourceProtocolError, match="nothing of these words"):
        lucene("creator:Roe", FIELDS)


def test_plain_words_only() -> None:
    assert plain('"dark  matter" halo').text == "dark matter halo"
    assert plain("dark -matter").told and plain("dark").told == ()
    with pytest.raises(SourceProtocolError, match="plain words only"):
        plain("title:dark")
