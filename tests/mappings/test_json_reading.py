"""A JSON document while it is read: nothing that nobody took is lost, and no type is trusted."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.json_reading import Node

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
NAMES = st.sampled_from(["a", "b", "c", "name"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def leaves(value: Any) -> int:
    """How many scalars with a value there are."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    if isinstance(value, list):
        return sum(map(leaves, value))
    return int(value is not None and value != "")


def test_what_is_taken_is_not_left() -> None:
    node = Node({"title": "A", "year": 2024, "more": {"x": 1.0, "y": [True, None, ""]}, "empty": {}})
    assert node.text("title") == "A"
    assert node.scalar("year") == 2024
    assert list(node.left()) == [("more.x", "1"), ("more.y[0]", "true")]
    node.take("more")
    assert list(node.left()) == []


@given(VALUES)
def test_what_nobody_takes_is_left_whole(value: Any) -> None:
    assert len(list(Node(value).left())) == leaves(value)


@given(VALUES, st.lists(st.tuples(NAMES, st.sampled_from(["text", "texts", "child", "members", "has"]))))
def test_whatever_is_asked_each_scalar_is_taken_or_left(value: Any, asked: list[tuple[str, str]]) -> None:
    node = Node(value)
    taken: set[tuple[str, str]] = set()
    for name, how in asked:
        if how == "text":
            node.text(name)
        elif how == "texts":
            taken.update(node.texts(name))
        elif how == "child":
            list(node.child(name).members())
        elif how == "members":
            list(node.members())
        else:
            node.has(name)
    paths = [path for path, _ in node.left()]
    assert len(paths) == len(set(paths))
    assert len(paths) <= leaves(value)
    assert taken.isdisjoint(node.left())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (5, "5"),
        (5.0, "5"),
        (0, "0"),
        (0.5, "0.5"),
        (True, "true"),
        (False, "false"),
        (1e300, "1e+300"),
        ("", None),
        (None, None),
        ([], None),
        ({}, None),
        ({"a": 1}, None),
        (["first", "second"], "first"),
        ([{"x": 1}, "second"], "second"),
        ([["nested"]], None),
    ],
)
def test_a_text_of_any_value(value: Any, text: str | None) -> None:
    assert Node({"a": value}).text("a") == text


def test_an_object_where_a_text_was_promised_stays() -> None:
    node = Node({"title": {"en": "A"}, "names": ["one", "two"]})
    assert node.text("title") is None
    assert node.text("names") == "one"
    assert list(node.left()) == [("title.en", "A"), ("names[1]", "two")]


def test_the_first_name_with_a_value_counts() -> None:
    node = Node({"pid": "", "doi": None, "id": 7, "other": "x"})
    assert node.text("pid", "doi", "id") == "7"
    assert list(node.left()) == [("other", "x")]
    assert not node.has("pid", "doi") and node.has("pid", "id")


def test_single_values_and_lists_are_alike() -> None:
    for value in ({"name": "A"}, [{"name": "A"}]):
        node = Node({"creator": value})
        assert [one.text("name") for one in node.children("creator")] == ["A"]
        assert node.child("creator").text("name") == "A"
        assert list(node.left()) == []


def test_paths_are_those_of_the_document() -> None:
    node = Node({"a": {"b": [{"c": 1}, {"c": 2}]}}, "root")
    assert [one.path for one in node.child("a").children("b")] == ["root.a.b[0]", "root.a.b[1]"]
    assert node.child("a").texts("b") == []
    assert [path for path, _ in node.left()] == ["root.a.b[0].c", "root.a.b[1].c"]
    assert node.child("nowhere").path == "root.nowhere"
    assert not node.child("nowhere") and node.child("nowhere").text() is None


def test_members_whose_names_are_data() -> None:
    node = Node({"parameters": {"temp": {"value": 4}, "field": 2}})
    found = {name: one.text("value") or one.text() for name, one in node.child("parameters").members()}
    assert found == {"temp": "4", "field": "2"}
    assert list(node.left()) == []


@pytest.mark.parametrize("value", [None, 3, "text", [], [1, {"a": 2}], True])
def test_what_is_no_object_has_no_members(value: Any) -> None:
    node = Node(value)
    assert (node.child("a").value, node.children("a"), list(node.members())) == (None, [], [])
    assert node.text("a") is None and not node.has("a") and not node.is_object


def test_depth_is_no_danger() -> None:
    deep: Any = "end"
    for _ in range(900):
        deep = {"a": [deep]}
    ((path, text),) = Node({"x": deep}).left()
    assert text == "end" and path.startswith("x.a[0].a[0]")
    as_deep_as_allowed = orjson.loads(b"[" * 1000 + b"1" + b"]" * 1000)
    assert len(list(Node(as_deep_as_allowed).left())) == 1


def test_order_is_that_of_the_document() -> None:
    text = '{"b": 1, "a": [2, {"z": 3, "y": 4}], "c": {"d": 5}}'
    node = Node(json.loads(text))
    node.children("a")
    assert [value for _, value in node.left()] == ["1", "2", "3", "4", "5"]
