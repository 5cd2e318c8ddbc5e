"""Text of sources as plain text: markup, entities, controls, placeholders, e-mail, hostile input."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.text import clean_block, clean_line, clean_url, is_placeholder, shorten, site_of, without_email


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A plain title", "A plain title"),
        ("  spaces \n and\t tabs ", "spaces and tabs"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("&lt;p&gt;twice &amp;amp; escaped&lt;/p&gt;", "twice & escaped"),
        ("<i>Gaia</i> <b>DR3</b>", "Gaia DR3"),
        ("H<sub>2</sub>O at 10<sup>-3</sup> Pa, x<sub>max</sub>", "H₂O at 10⁻³ Pa, x_max"),
        (r"$\sqrt{s} = 13$ TeV, $p_T < 5$", r"$\sqrt{s} = 13$ TeV, $p_T < 5$"),
        ("a<b and b>c, Vec<T>, <http://example.org>", "a<b and b>c, Vec<T>, <http://example.org>"),
        ("a <5 % & R² > 0.9", "a <5 % & R² > 0.9"),
        ("A\x03B\x0bC\u202eD\ufeffE\u00adF", "AB CDEF"),
        ("&#x3B1; &#945; &alpha; &nosuch; &#0;", "α α α &nosuch;"),
        ("https://example.org/?a=1&para=2&copy=3", "https://example.org/?a=1&para=2&copy=3"),
        ("<script>alert(1)</script>Safe<style>p{}</style>", "Safe"),
        ("<jats:title>Abstract</jats:title><jats:p>Text</jats:p>", "Abstract Text"),
        ("Write to jane.doe@physics.example.org today", "Write to [e-mail] today"),
        ("观测数据  Δm²₃₁", "观测数据 Δm²₃₁"),
    ],
)
def test_lines(written: str, read: str) -> None:
    assert clean_line(written) == read


def test_blocks_keep_paragraphs_and_lists() -> None:
    assert clean_block("<p>One</p><p>Two<br/>lines</p>") == "One\n\nTwo\nlines"
    assert clean_block("<ul><li>a</li><li>b</li></ul>") == "• a\n• b"
    assert clean_block("one  line\r\n\r\n\r\n\r\n  two ") == "one line\n\ntwo"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "(:unas)",
        ":tba",
        ":UNAV",
        "n/a",
        "N/A.",
        "Not provided",
        "not available",
        "null",
        "-",
        "\u200b",
        "<p></p>",
    ],
)
def test_placeholders_are_nothing(text: str) -> None:
    assert clean_line(text) is None
    assert clean_block(text) is None


@pytest.mark.parametrize("text", ["Unknown", "Anonymous", "NA", "0", "nonexistent", "Tbilisi"])
def test_what_only_looks_like_a_placeholder(text: str) -> None:
    assert not is_placeholder(text)
    assert clean_line(text) == text


@given(st.text(max_size=300))
def test_cleaning_is_stable_and_leaves_nothing_forbidden(text: str) -> None:
    for clean in (clean_line, clean_block):
        once = clean(text)
        if once is not None:
            assert clean(once) == once
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", once)
            assert once == once.strip()


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b", ">", "<", "&amp;", "&lt;", "gt;", "<!--", "-->", "text", '"', "'", " "]
    ),
    max_size=40,
)


@given(MARKUP.map("".join))
def test_broken_markup_is_cleaned_once_and_for_all(text: str) -> None:
    once = clean_block(text)
    assert once is None or clean_block(once) == once


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        '<a "',
        "<a '",
        "&amp;",
        "amp;",
        "<sub>",
        "<script>",
        "<!--",
        "a@",
        "a.b@c.",
        "<![CDATA[",
        "&#1",
        " \n",
    ],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.process_time()
    clean_block(text)
    clean_line(text)
    assert time.process_time() - start < 3


def test_addresses() -> None:
    assert clean_url(" https://example.org/a\n ") == "https://example.org/a"
    assert clean_url("mailto:jane@example.org") is None
    assert clean_url("ftp://jane:secret@example.org/a@b") == "ftp://example.org/a@b"
    assert clean_url("n/a") is None
    assert clean_url(None) is None


def test_email_addresses_are_taken_out_of_names() -> None:
    assert without_email("Doe, Jane (jane@example.org)") == "Doe, Jane"
    assert without_email("Jane <jane@example.org>") == "Jane"
    assert without_email("https://example.org/@jane") == "https://example.org/@jane"


def test_shortening() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://example.org:8443/records/1?q", "https://example.org:8443"),
        ("http://[::1", None),
        ("/records/1", None),
        ("mailto:a@b", None),
        (None, None),
    ],
)
def test_the_site_of_an_address(address: str | None, site: str | None) -> None:
    assert site_of(address) == site
