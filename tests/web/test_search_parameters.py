"""Search parameters: a query and its address are the same thing."""

from __future__ import annotations

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from catalogue.index import FACETS, MAXIMUM_SIZE, SORTS, Query
from catalogue.opening import Catalogue
from catalogue.said import Said
from web.app import create_app
from web.search_parameters import (
    SearchParameters,
    _of_ours,
    address,
    arguments,
    chosen,
    read_dates,
    read_query,
)

value = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
dates = st.sampled_from([None, "2015", "2015-03", "2015-03-31"])
queries = st.builds(
    Query,
    words=value.map(str.strip) | st.just(""),
    facets=st.dictionaries(
        st.sampled_from(FACETS), st.lists(value, min_size=1, max_size=3, unique=True).map(tuple), max_size=3
    ),
    published=st.tuples(dates, st.sampled_from([None, "2016", "2020-02-29"])),
    sort=st.sampled_from(SORTS),
    size=st.integers(1, MAXIMUM_SIZE),
    cursor=st.none() | value,
)


@given(queries)
def test_an_address_asks_the_query_it_was_made_from(query: Query) -> None:
    with Flask("test").test_request_context(address("/", query)):
        assert read_query(arguments.parse(SearchParameters, request, location="query")) == query


def test_the_usual_is_left_out_of_the_address() -> None:
    assert address("/", Query()) == "/"
    assert address("/api", Query(words="a b", size=20)) == "/api?q=a+b"


def test_choosing_and_taking_back() -> None:
    begin = Query(words="x", cursor="later")
    both = chosen(chosen(begin, "type", "dataset", on=True), "type", "image", on=True)
    assert both.facets == {"type": ("dataset", "image")} and both.cursor is None
    assert chosen(both, "type", "dataset", on=True).facets == {"type": ("image", "dataset")}
    assert chosen(chosen(both, "type", "dataset", on=False), "type", "image", on=False).facets == {}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("2015/2020", ("2015", "2020")),
        ("2015", ("2015", "2015")),
        ("2015/2015-03", ("2015", "2015-03")),
        ("2015-03/2015", ("2015-03", "2015")),
        ("/2020", (None, "2020")),
        ("2015/", ("2015", None)),
        ("2015/..", ("2015", None)),
        ("-0320/-0310", ("-0320", "-0310")),
        ("2020-02-29", ("2020-02-29", "2020-02-29")),
    ],
)
def test_ranges_of_dates(text: str, ends: tuple[str | None, str | None]) -> None:
    assert read_dates(text) == ends


@pytest.mark.parametrize(
    "text", ["", "/", "../..", "2019-13", "2019-02-29", "20", "2020/2019", "a/b", "1/2/3"]
)
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValidationError):
        read_dates(text)


def test_a_wrong_parameter_is_told_in_the_language_of_the_page(shared_catalogue: Catalogue) -> None:
    client = create_app(shared_catalogue).test_client()
    told = client.get("/?published=nonsense&lang=de").text
    assert "Parameter „published“: „nonsense“ ist kein Datum nach ISO 8601" in told
    answer = client.get("/api/v1/records?published=nonsense", headers={"Accept-Language": "de"})
    assert answer.json["detail"].startswith("Parameter «published»: «nonsense» is no ISO 8601 date")


@pytest.mark.parametrize(
    ("asked", "german", "english"),
    [
        ("sort=x", "Parameter „sort“: muss eines von diesen sein: ", "Parameter «sort»: Must be one of: "),
        ("size=abc", "Parameter „size“: keine ganze Zahl.", "Parameter «size»: Not a valid integer."),
        (
            "size=0",
            "Parameter „size“: muss mindestens 1 und höchstens ",
            "Parameter «size»: Must be greater than or equal to 1 and less than or equal to ",
        ),
        (
            f"q={'x' * 1001}",
            "Parameter „q“: ist länger als die Höchstlänge 1000.",
            "Parameter «q»: Longer than maximum length 1000.",
        ),
        ("q=%00", "Parameter „q“: darf kein NUL-Zeichen", "Parameter «q»: must not hold a NUL character."),
    ],
)
def test_what_marshmallow_says_is_told_in_the_language_of_the_page(
    shared_catalogue: Catalogue, asked: str, german: str, english: str
) -> None:
    client = create_app(shared_catalogue).test_client()
    assert german in client.get(f"/?{asked}&lang=de").text
    answer = client.get(f"/api/v1/records?{asked}", headers={"Accept-Language": "de"})
    assert answer.json["detail"].startswith(english)


def test_the_messages_of_marshmallow_are_those_that_it_has() -> None:
    class Given(Schema):
        number = fields.Integer(validate=validate.Range(min=2))
        least = fields.Integer(validate=validate.Range(max=2))
        float = fields.Float()
        flag = fields.Boolean()
        some = fields.List(fields.String(), validate=validate.Length(2))
        pair = fields.List(fields.String(), validate=validate.Length(1, 2))
        none = fields.String()
        text = fields.String()
        choice = fields.String(validate=validate.OneOf(["a", "b"]))

    for wrong in (
        {"number": 1, "least": 3, "float": "x", "flag": "x", "some": [], "pair": [], "choice": "c"},
        {"number": "x", "float": "nan", "some": 1, "none": None, "text": 1},
    ):
        for told in Given().validate(wrong).values():
            assert isinstance(_of_ours(told[0]), Said) and _of_ours(told[0]) == told[0]
