"""The query language: what is understood, and what is refused and where."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import QueryError
from catalogue.query_language import (
    And,
    Covers,
    Everything,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Word,
    parse,
    write,
)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", Everything()),
        (" * ", Everything()),
        ("dark matter", And((Word("dark"), Word("matter")))),
        ('"dark matter"', Phrase("dark matter")),
        ("“dark  matter”", Phrase("dark matter")),
        ("a -b", And((Word("a"), Not(Word("b"))))),
        ("a NOT b", And((Word("a"), Not(Word("b"))))),
        ("NOT -a", Word("a")),
        ("a - b", And((Word("a"), Word("b")))),
        ("+a AND b", And((Word("a"), Word("b")))),
        ("a OR b c", Or((Word("a"), And((Word("b"), Word("c")))))),
        ("(a OR b) c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("creator:wu", Word("wu", "creator")),
        ("Author: wu", Word("wu", "creator")),
        ('title:"x ray"', Phrase("x ray", "title")),
        ("title:(a b)", And((Word("a", "title"), Word("b", "title")))),
        ("galax*", Prefix("galax")),
        ("foo:bar", Word("foo:bar")),
        ("doi:10.1016/S0370-2693(98)00123-4", Word("doi:10.1016/S0370-2693(98)00123-4")),
        ("https://x.org/?a=(b)", Word("https://x.org/?a=(b)")),
        ("year:2019", Range("year", "2019", "2019")),
        ("year:2015..2020", Range("year", "2015", "2020")),
        ("year:[2015 TO *]", Range("year", "2015", None)),
        ("date:>=2019-05", Range("published", "2019-05", None)),
        ("year:< 2000", And((Range("year", None, "2000"), Not(Range("year", "2000", "2000"))))),
        ("sky:10.68,41.27,0.5", Covers("sky", "10.68,41.27,0.5")),
        ('sky:"10.68 41.27 0.5 FK5" m31', And((Covers("sky", "10.68 41.27 0.5 FK5"), Word("m31")))),
        ("(moc:6/12-15 OR time:2015/2016)", Or((Covers("moc", "6/12-15"), Covers("time", "2015/2016")))),
        ("-energy:X-ray", Not(Covers("energy", "X-ray"))),
        ('parameter:"temperature  < 10 K"', Covers("parameter", "temperature < 10 K")),
        ("Dark energy: a review", And((Word("Dark"), Word("energy:"), Word("a"), Word("review")))),
        ("A quiet place: galaxies", And((Word("A"), Word("quiet"), Word("place:"), Word("galaxies")))),
        ("place: 5,45", Covers("place", "5,45")),
        ('place: "New Mexico"', Covers("place", "New Mexico")),
        ("the time: series of it", And((Word("the"), Word("time:"), Word("series"), Word("of"), Word("it")))),
        ("year:(1998 OR 2019)", Or((Range("year", "1998", "1998"), Range("year", "2019", "2019")))),
        ('"unclosed phrase', Phrase("unclosed phrase")),
        ("(a (b", And((Word("a"), Word("b")))),
        ("a) b))", And((Word("a"), Word("b")))),
        ("C++ & co", And((Word("C++"), Word("co")))),
        ("a OR", Word("a")),
        ("a b a", And((Word("a"), Word("b")))),
        ("or and not", And((Word("or"), Word("and"), Word("not")))),
        ("a\x00b\udc80c", And((Word("a"), Word("b"), Word("c")))),
    ],
)
def test_what_is_understood(text, node):
    assert parse(text) == node
    assert parse(write(node)) == node


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("!!!", 0, "no word"),
        ("dark year:soon", 10, "not a date"),
        ("dark year:2019-02-30", 10, "not a date"),
        ("creator:", 0, "lacks a value"),
        ("(title: )", 1, "lacks a value"),
        ("year:2020..2019", 5, "swap"),
        ("m31 sky:1,2", 4, "RA,DEC,RADIUS"),
        ('m31 energy:"nonsense"', 4, "is no energy"),
        ("m31 energy:banana", 4, "is no energy"),
        ("sky:abc", 0, "names of objects are not looked up"),
        (" ".join(f"time:{n}" for n in range(2000, 2011)), 100, "At most 10 regions"),
        ("dark ab*", 5, "At least 3 letters"),
        ("x" * 251 + "*", 0, "At most 250 letters"),
        (" ".join(["abc*"] * 9), 40, "At most 8"),
        ("(" * 101 + "a", 100, "nested"),
        (" OR ".join(f"a{n}" for n in range(65)), 0, "At most 64 alternatives"),
        ("a" + " OR (b AND (c" * 17 + "))" * 17, None, "OR may stand within another OR 16 deep"),
        ("a " * 257, 512, "more than 256 words"),
        ("x" * 20_001, None, "20,001 characters"),
    ],
)
def test_what_is_refused_and_where(text, position, sentence):
    with pytest.raises(QueryError, match=sentence) as caught:
        parse(text)
    assert (caught.value.parameter, caught.value.position) == ("q", position)


@given(st.text(alphabet='ab:"-()*.[]<>=~ ORTNADyear2019«»“”„é\u0301\x00', max_size=60))
def test_any_text_is_understood_or_refused(text):
    try:
        node = parse(text)
    except QueryError as error:
        assert str(error).endswith(".")
    else:
        assert parse(write(node)) == node


@pytest.mark.parametrize(
    "piece", ["(", '"', "a-", "-", "NOT ", "OR ", "year:", "title:(", ")", "[", "a* ", "((a))"]
)
def test_long_queries_take_no_time(piece):
    text = (piece * 20_000)[:20_000]
    begun = time.process_time()
    with contextlib.suppress(QueryError):
        parse(text)
    assert time.process_time() - begun < 1
