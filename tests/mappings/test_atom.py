"""Atom entries as a feed reader takes them, by the rules of RFC 4287."""

from __future__ import annotations

import re
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from lxml import etree

from catalogue.record import Date, Distribution, Identifier, Record
from mappings.atom import write
from mappings.links import with_page
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records
from tests.mappings.test_round_trips import slow
from tests.mappings.test_schema_org_writing import KEPT, a_record

ATOM = "{http://www.w3.org/2005/Atom}"
ONCE = ("id", "title", "updated", "published", "summary", "rights")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def check(record: Record) -> feedparser.FeedParserDict:
    entry = etree.fromstring(write(record))
    assert entry.tag == f"{ATOM}entry"
    names = [one.tag.removeprefix(ATOM) for one in entry]
    assert all(names.count(name) <= 1 for name in ONCE)
    assert {"id", "title", "updated", "author"} <= set(names)
    assert ABSOLUTE.fullmatch(entry.findtext(f"{ATOM}id") or "")
    for name in ("updated", "published"):
        text = entry.findtext(f"{ATOM}{name}")
        assert text is None or MOMENT.fullmatch(text), text
    assert len([one for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate"]) <= 1
    for one in entry.findall(f"{ATOM}link"):
        assert ABSOLUTE.fullmatch(one.get("href", "")), one.get("href")
    feed = feedparser.parse(b'<feed xmlns="http://www.w3.org/2005/Atom">%b</feed>' % write(record))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.entries[0].id == entry.findtext(f"{ATOM}id")
    return feed.entries[0]


def test_an_entry() -> None:
    file = Distribution(url="https://example.org/a.csv", title="a", media_type="text/csv", size=12)
    names = ("creators", "descriptions", "subjects", "rights", "relations", "dates")
    entry = check(a_record(distributions=(file,), **{name: KEPT[name] for name in names}))
    assert (entry.id, entry.title) == ("https://doi.org/10.5072/1", "Spectra")
    assert [one.name for one in entry.authors] == ["Curie, Marie", "Institute"]
    assert (entry.updated, entry.published) == ("2020-01-01T00:00:00Z", "2019-02-03T00:00:00Z")
    assert entry.summary == "One; two, three."
    assert {one.rel: one.href for one in entry.links}["license"] == "https://example.org/licence"
    [enclosure] = entry.enclosures
    assert (enclosure.href, enclosure.type, enclosure.length) == (
        "https://example.org/a.csv",
        "text/csv",
        "12",
    )
    assert "https://doi.org/10.5072/2" in [one.href for one in entry.links if one.rel == "related"]
    assert [one.term for one in entry.tags][:2] == ["X-ray, soft", "a; b"]


@pytest.mark.parametrize(
    ("point", "moment"),
    [
        ("2019", "2019-01-01T00:00:00Z"),
        ("2019-07", "2019-07-01T00:00:00Z"),
        ("2019-07-02", "2019-07-02T00:00:00Z"),
        ("2019-07-02T03:04", "2019-07-02T03:04:00Z"),
        ("2019-07-02T03:04:05.5+02:00", "2019-07-02T03:04:05.5+02:00"),
        ("-0320", "0001-01-01T00:00:00Z"),
    ],
)
def test_moments(point: str, moment: str) -> None:
    record = a_record(dates=(Date(kind="updated", start=point, end=point),))
    assert check(record).updated == moment


def test_names() -> None:
    local = Identifier(scheme="local", value="17", role="alternate")
    nameless = a_record(identifiers=(local,))
    assert check(nameless).id == "tag:trip,2000:a"
    record = with_page(nameless, "example.org", "https://catalogue.example.org")
    assert check(record).id == "https://catalogue.example.org/records/a"


@slow
@given(datacite_records())
def test_any_record(record: Record) -> None:
    check(record)


def test_every_field_and_hostile_text() -> None:
    check(full_record())
    check(full_record(lambda path: f"</title><x \"'&]]>\x00\ufffe\u2028 javascript:{path}"))


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        check(record)
