"""The basket as a text: it says again what was put in, and refuses what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import QueryError
from catalogue.record import Distribution
from web.basket import MOST_ITEMS, Basket, Item, file_key, read_basket, read_item

ids = st.binary(min_size=10, max_size=10).map(bytes.hex)
keys = st.one_of(st.none(), st.binary(min_size=4, max_size=4).filter(any).map(bytes.hex))
items = st.builds(Item, ids, keys)


@given(st.lists(items, max_size=MOST_ITEMS, unique=True))
def test_a_basket_is_read_back_in_its_order(found: list[Item]) -> None:
    basket = Basket().with_items(found)
    assert read_basket(str(basket)) == basket
    assert len(str(basket)) <= 3800


@given(st.text())
def test_any_text_is_a_basket_or_is_refused(text: str) -> None:
    try:
        assert read_basket(text).items is not None
    except QueryError as error:
        assert error.parameter == "items"


def test_items_come_once_and_go_with_their_record() -> None:
    record, file = Item("0" * 20), Item("0" * 20, "abcdef01")
    basket = Basket().with_items([record, file, record, Item("1" * 20)])
    assert [str(item) for item in basket.items] == ["0" * 20, "0" * 20 + "-abcdef01", "1" * 20]
    assert basket.without(file).items == (record, Item("1" * 20))
    assert basket.without(record).items == (Item("1" * 20),)


def test_more_than_fits_is_refused() -> None:
    full = Basket().with_items(Item(f"{number:020x}") for number in range(MOST_ITEMS))
    with pytest.raises(QueryError, match="at most 200"):
        full.with_items([Item("f" * 20)])


@pytest.mark.parametrize("text", ["", "x", "0" * 19, "0" * 20 + "-", "0" * 20 + "-xyz", "../etc/passwd"])
def test_what_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="id of a record"):
        read_item(text)


def test_the_key_of_a_file_is_that_of_its_address() -> None:
    file = Distribution(url="https://a.example.org/x", title="X")
    assert (
        file_key(file) == file_key(Distribution(url=file.url)) != file_key(Distribution(url=file.url + "y"))
    )
    read_item("0" * 20 + "-" + file_key(file))
