"""Cutting pages: a cut page gives what a parsed one gives, and loses only what is broken."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.record import RawRecord
from harvesters.oai_pieces import cut, in_utf8, is_response, is_whole
from harvesters.oai_reply import Asked, Reply
from mappings.base import xml_parser
from tests.harvesters.misbehaving import Asked as Request
from tests.harvesters.misbehaving import Item, Repository, some

ASKED = Asked(format="oai_dc", prefix="oai_dc", base_url="http://x/")
REQUEST = Request(
    number=1,
    path="/",
    query="",
    arguments=(("verb", "ListRecords"), ("metadataPrefix", "oai_dc")),
    headers={},
)


def listed(items: list[Item], page_size: int = 100) -> bytes:
    return Repository(items, page_size=page_size).answer(REQUEST).body


def cut_reply(body: bytes) -> Reply:
    parts = cut(body, "broken")
    assert parts is not None
    return Reply(*parts)


titles = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(titles, min_size=1, max_size=8), st.integers(1, 10))
def test_a_cut_page_gives_what_a_parsed_one_gives(names: list[str], page_size: int) -> None:
    items = [Item(identifier=f"id:{n}", title=title) for n, title in enumerate(names)]
    items.append(Item(identifier="deleted", deleted=True))
    body = listed(items, page_size)
    whole = Reply(etree.fromstring(body, xml_parser()))
    pieces = cut_reply(body)
    assert (pieces.token, pieces.size, pieces.date) == (whole.token, whole.size, whole.date)
    assert list(pieces.records(ASKED)) == list(whole.records(ASKED))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_anywhere_in_the_metadata_costs_at_most_its_own_record(data: st.DataObject) -> None:
    items = some(6)
    body = listed(items)
    number = data.draw(st.integers(0, 5))
    begin = body.index(b"<metadata>", body.index(items[number].identifier.encode())) + 10
    end = body.index(b"</metadata>", begin)
    place = data.draw(st.integers(begin, end))
    damage = data.draw(
        st.sampled_from([b"\x00", b"\x03", b"\xff", b"&x;", b"<", b"</a>", b"<a>", b"]]>", b"<![CDATA["])
    )
    reply = cut_reply(body[:place] + damage + body[place:])
    records = {one.identifier: one for one in reply.records(ASKED) if isinstance(one, RawRecord)}
    whole = {one.identifier: one for one in cut_reply(body).records(ASKED) if isinstance(one, RawRecord)}
    assert set(records) == set(whole)
    damaged = items[number].identifier
    assert {k: v for k, v in records.items() if k != damaged} == {
        k: v for k, v in whole.items() if k != damaged
    }


def test_a_broken_piece_keeps_its_bytes_and_what_its_header_says() -> None:
    body = listed([Item(identifier="a&b", title="T\x03")])
    (piece,) = list(cut(body, "x")[1])  # type: ignore[index]
    assert (piece.element, piece.identifier, piece.datestamp) == (None, "a&b", "2024-01-01T00:00:00Z")
    assert b"T\x03" in piece.data
    assert piece.fault


def test_what_cannot_be_cut_is_not() -> None:
    assert cut(b"nothing of the kind") is None
    assert cut(b"<OAI-PMH><ListRecords></ListRecords></OAI-PMH>") is None
    assert cut(listed(some(2)).replace(b"<responseDate>", b"<responseDate>\x03")) is None


def test_the_end_of_a_response_is_recognised() -> None:
    body = listed(some(1))
    assert is_whole(body)
    assert is_response(body)
    assert not is_whole(body[:-3])
    assert not is_response(b"<html><body>OAI-PMH</body></html>")


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "latin-1", "nonsense", "utf-16"]))
def test_no_bytes_are_too_odd(body: bytes, charset: str | None) -> None:
    assert isinstance(in_utf8(body, charset), bytes)
    for declared in (
        b"utf-8",
        b"utf-16",
        b"latin-1",
        b"x-unknown",
        b"base64",
        b"idna",
        b"undefined",
        b"punycode",
        b"unicode_escape",
    ):
        text = b'<?xml version="1.0" encoding="' + declared + b'"?><OAI-PMH>' + body + b"</OAI-PMH>"
        assert isinstance(in_utf8(text, charset), bytes)


def test_the_source_of_a_page_is_not_changed_by_what_surrounds_it() -> None:
    body = listed(some(3))
    begin = body.index(b"<OAI-PMH")
    assert in_utf8(b"junk" + body + b"junk", None) == body[begin:]
    assert in_utf8(replace(some(1)[0]).title.encode(), None) == b"Title 0"


@pytest.mark.parametrize(
    "body",
    [
        b"<OAI-PMH " * 100_000,
        b"<?xml " + b'encoding="a" ' * 100_000,
        b"<OAI-PMH ><record><header></header></record>" + b"<record " * 100_000 + b"</OAI-PMH>",
        b"<OAI-PMH ><record><header><identifier " + b"<identifier " * 100_000 + b"\x03</record></OAI-PMH>",
    ],
)
def test_a_page_made_to_take_long_does_not(body: bytes) -> None:
    begun = time.process_time()
    is_response(body)
    found = cut(in_utf8(body, None))
    assert found is None or list(found[1])
    assert time.process_time() - begun < 2
