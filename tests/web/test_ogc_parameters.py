"""The parameters of OGC API – Records as queries of our own."""

from __future__ import annotations

import pytest
from flask import Flask, request

from catalogue.index import Query
from web.ogc_parameters import DEFAULT_LIMIT, MAXIMUM_LIMIT, read_items


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("", Query(sort="newest")),
        ("q=dark", Query(words="dark")),
        ("q=dark%20%20matter", Query(words='"dark matter"')),
        ("q=dark,matter,dark", Query(words="dark OR matter")),
        ("q=AND,x-ray", Query(words='"AND" OR x-ray')),
        ("q=title:dark", Query(words='"title:dark"')),
        ("q=da*k,%22matter", Query(words='"da k" OR matter')),
        ("ids=aa,bb", Query(words='identifier:"aa" OR identifier:"bb"', sort="newest")),
        (
            "q=dark&externalIds=10.5072/a",
            Query(words='dark identifier:"10.5072/a"'),
        ),
        ("bbox=5,45,7,47", Query(words='place:"5,45,7,47"', sort="newest")),
        ("bbox=170,-5,0,-170,5,9&q=dark", Query(words='dark place:"170,-5,-170,5"')),
        ("type=dataset,%20software", Query(facets={"type": ("dataset", "software")}, sort="newest")),
        ("datetime=2015-01-01/..", Query(time="2015-01-01/..", sort="newest")),
        ("datetime=2015-01-01T00:00:00Z/", Query(time="2015-01-01T00:00:00Z/", sort="newest")),
        ("q=dark&sortby=-updated", Query(words="dark", sort="changed")),
        ("sortby=%2Bissued", Query(sort="oldest")),
        ("q=dark&cursor=abc", Query(words="dark", cursor="abc")),
        ("q=dark&limit=7", Query(words="dark", size=7)),
        ("q=dark&limit=1000000", Query(words="dark", size=MAXIMUM_LIMIT)),
        ("q=&type=", Query(sort="newest")),
    ],
)
def test_what_is_asked(asked: str, query: Query) -> None:
    with Flask(__name__).test_request_context(f"/?{asked}"):
        found = read_items(request).query
    assert found.counts == ()
    expected = (query.words, query.facets, query.time, query.sort, query.cursor)
    assert (found.words, found.facets, found.time, found.sort, found.cursor) == expected
    assert found.size == (query.size if "limit" in asked else DEFAULT_LIMIT)
