"""What a basket comes to by protocols, and records that have been joined since."""

from __future__ import annotations

from catalogue.record import Distribution
from tests.web.packages.conftest import Filled, filled
from web.basket_contents import Total, sum_of, totals_of

__all__ = ["filled"]


def test_totals_are_by_the_protocol_that_fetches(filled: Filled) -> None:
    urls = ("https://a/1", "http://a/2", "davs://a/3", "webdav://a/4", "xroot://a//5", "<b>:x", "data,x")
    files = tuple(Distribution(url=url, size=number or None) for number, url in enumerate(urls))
    totals = totals_of(filled(files))
    assert {one.protocol: (one.files, one.size, one.unsized) for one in totals} == {
        "other": (2, 11, 0),
        "davs": (2, 5, 0),
        "root": (1, 4, 0),
        "http": (1, 1, 0),
        "https": (1, 0, 1),
    }
    assert [one.size for one in totals] == [11, 5, 4, 1, 0]
    assert sum_of(totals) == Total(protocol="", files=7, size=21, unsized=1)
    assert totals_of(filled(())) == []
