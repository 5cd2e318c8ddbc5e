"""Which form a client gets: qualities, ranges, exactness, profiles, other names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from web.accept import Offer, choose, same_profile

OFFERS = (
    Offer(media_type="text/html", aliases=("application/xhtml+xml",)),
    Offer(media_type="application/json"),
    Offer(media_type="application/ld+json", profile="https://schema.org/"),
    Offer(media_type="application/ld+json", profile="http://www.w3.org/ns/dcat#"),
    Offer(media_type="text/turtle", aliases=("application/x-turtle",)),
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def chosen(header: str) -> int | None:
    found = choose(OFFERS, parse_accept_header(header, MIMEAccept))
    return found.place if found is not None else None


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("", 0),
        ("*/*", 0),
        (BROWSER, 0),
        ("application/json", 1),
        ("application/json;q=0.5, text/turtle", 4),
        ("text/turtle, */*", 4),
        ("application/*, text/turtle", 4),
        ("text/turtle, application/json", 4),
        ("text/turtle;q=0.2, */*;q=0.1", 4),
        ("text/*", 0),
        ("text/*, text/html;q=0", 4),
        ("*/*, text/html;q=0", 1),
        ("application/*;q=0.9, text/html;q=0.8", 1),
        ("application/x-turtle", 4),
        ("application/xhtml+xml", 0),
        ("application/ld+json", 2),
        ('application/ld+json;profile="https://schema.org"', 2),
        ('application/ld+json;profile="http://schema.org/"', 2),
        ('application/ld+json;profile="http://www.w3.org/ns/dcat#"', 3),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted http://www.w3.org/ns/dcat"', 3),
        # Who wants a profile that nobody has still wants the media type (RFC 6906, section 3.1).
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', 2),
        ('application/ld+json;profile="http://www.w3.org/ns/dcat#", text/turtle;q=0.9', 3),
        ("APPLICATION/JSON", 1),
        ("audio/midi", None),
        ("text/html;q=0", None),
        ("application/json;q=0, audio/*", None),
    ],
)
def test_what_is_chosen(header: str, place: int | None) -> None:
    assert chosen(header) == place


def test_parameters_come_along() -> None:
    offers = (Offer(media_type="text/x-bibliography"),)
    accept = parse_accept_header("text/x-bibliography; style=numeric; locale=de-DE", MIMEAccept)
    found = choose(offers, accept)
    assert found is not None and found.parameters == {"style": "numeric", "locale": "de-DE"}


def test_profiles_are_the_same_however_they_are_written() -> None:
    assert same_profile("https://schema.org", "http://schema.org/")
    assert not same_profile("https://schema.org", "https://schema.org/Dataset")


@given(st.text(max_size=200))
def test_any_header_is_read(header: str) -> None:
    place = chosen(header)
    assert place is None or 0 <= place < len(OFFERS)
