"""N-Triples as text: what is written is what strict parsers accept."""

from __future__ import annotations

import math

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.graph_syntax import Statements, instant, literal, moment, name, name_of, number, prefixes, words


def parsed(subject: str, value: str) -> pyoxigraph.Triple:
    line = f"{subject} <http://example.org/p> {value} .\n".encode()
    [quad] = pyoxigraph.parse(line, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=False)
    return quad.triple


@given(st.text(st.characters(), max_size=60) | st.from_regex(r"[a-z]{1,5}:[ -~]{0,40}", fullmatch=True))
def test_a_name_is_what_a_strict_parser_takes(text: str) -> None:
    named = name(text)
    if named is not None:
        assert parsed(named, named).subject == parsed(named, named).object


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a b", "<https://example.org/a%20b>"),
        ("root://eos.example.org//a/b", "<root://eos.example.org//a/b>"),
        ("ivo://a/b#c[1]", "<ivo://a/b#c%5B1%5D>"),
        ("https://example.org/50%", "<https://example.org/50%25>"),
        ("urn:nbn:de:101:1", "<urn:nbn:de:101:1>"),
    ],
)
def test_what_can_be_a_name_is_one(text: str, expected: str) -> None:
    assert name(text) == expected


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.org",
     "https://user:secret@example.org/", "http:x", "http:///x", "x", "", "_:b0", "//example.org/", "a" * 9000,
     "http://[::1]/"],
)  # fmt: skip
def test_what_must_not_be_a_name_is_none(text: str) -> None:
    assert name(text) is None


def test_identifiers_have_names() -> None:
    assert name_of("doi", "10.1234/x<y>") == "<https://doi.org/10.1234/x%3Cy%3E>"
    assert name_of("local", "17") is None


@given(st.text(st.characters(), max_size=60))
def test_a_literal_says_what_the_text_says(text: str) -> None:
    found = parsed("<http://example.org/s>", literal(text)).object
    allowed = [one for one in text if one in "\t\n\r" or (one >= " " and not _is_forbidden(one))]
    assert isinstance(found, pyoxigraph.Literal)
    assert found.value == "".join(allowed)


def _is_forbidden(one: str) -> bool:
    return "\ud800" <= one <= "\udfff" or one in "\ufffe\uffff"


def test_languages() -> None:
    assert literal("x", "zh-Hant") == '"x"@zh-hant'
    assert literal("x", "not a language") == '"x"'


@given(st.floats() | st.integers())
def test_numbers(value: float) -> None:
    found = parsed("<http://example.org/s>", number(value)).object
    assert isinstance(found, pyoxigraph.Literal)
    back = float(found.value.replace("INF", "inf")) if isinstance(value, float) else int(found.value)
    assert back == value or (math.isnan(back) and math.isnan(value))


def test_moments() -> None:
    assert moment("2019-02-28").endswith("#date>")
    assert moment("2019-02-31") == '"2019-02-31"'
    assert moment("2019-03-01T10:00:00+01:00").endswith("#dateTime>")
    assert moment("2019-03-01T25:00:00Z") == '"2019-03-01T25:00:00Z"'


@pytest.mark.parametrize(
    ("text", "word", "datatype"),
    [
        ("2019", "time:inXSDgYear", "gYear"),
        ("2019-03", "time:inXSDgYearMonth", "gYearMonth"),
        ("2019-02-28", "time:inXSDDate", "date"),
        ("2019-03-01T10:00:00+01:00", "time:inXSDDateTimeStamp", "dateTimeStamp"),
        ("2019-03-01T10:00:00.5Z", "time:inXSDDateTimeStamp", "dateTimeStamp"),
    ],
)
def test_instants_have_the_precision_of_their_date(text: str, word: str, datatype: str) -> None:
    found = instant(text)
    assert found is not None and found[0] == word and found[1].endswith(f"#{datatype}>")
    assert words("https://example.org")[word].startswith("<http://www.w3.org/2006/time#in")


@pytest.mark.parametrize("text", ["2019-03-01T10:00:00", "2019-02-31", "0000", "spring", ""])
def test_what_is_no_instant(text: str) -> None:
    assert instant(text) is None


def test_each_statement_is_made_once_and_parts_are_numbered() -> None:
    out = Statements("https://example.org/records/a", "https://example.org")
    out.label(out.document, "dct:title", "One")
    out.label(out.document, "dct:title", "One")
    out.label(out.document, "dct:title", "")
    assert out.written().count(b"\n") == 1
    assert [out.part("file"), out.part("file")] == [
        "<https://example.org/records/a#file-1>",
        "<https://example.org/records/a#file-2>",
    ]
    assert out.shared("role", "Editor") == out.shared("role", "Editor") != out.shared("role", "Other")


def test_words() -> None:
    assert words("https://example.org")["alm:sky"] == "<https://example.org/terms#sky>"
    assert prefixes("https://example.org")["alm"] == "https://example.org/terms#"
    with pytest.raises(KeyError):
        words("https://example.org")["nobody:x"]
