"""Addresses as attributes of XML, against what libxml2 takes for ``xs:anyURI``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mappings.xml_writing import any_uri, uri_attribute

SCHEMA = etree.XMLSchema(
    etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>'
        '<xs:attribute name="u" type="xs:anyURI"/></xs:complexType></xs:element></xs:schema>'
    )
)
PIECES = st.sampled_from(
    [
        "http://",
        "https:",
        "//",
        "/",
        "?",
        "#",
        ":",
        "@",
        "[",
        "]",
        "%",
        "%20",
        "a.org",
        ":80",
        "doi:10.1/",
        "ä",
        "<",
    ]
)


@settings(max_examples=2_000, deadline=None)
@given(st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join))
def test_what_is_written_is_valid(text: str) -> None:
    attribute = uri_attribute("u", text)
    assert SCHEMA.validate(etree.fromstring(f"<a{attribute}/>")), attribute


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.org:80/b?c#d", "https://a.org:80/b?c#d"),
        (" http://ä.org/ü ", "http://ä.org/ü"),
        ("info:eu-repo/semantics/openAccess", "info:eu-repo/semantics/openAccess"),
        ("licence.html", "licence.html"),
        ("file:///etc/x", "file:///etc/x"),
        ("http://a.org/<b> [c]", "http://a.org/%3Cb%3E %5Bc%5D"),
        ("http://http://a.org", None),
        ("", None),
        ("1:2", None),
    ],
)
def test_addresses(text: str, expected: str | None) -> None:
    assert any_uri(text) == expected
