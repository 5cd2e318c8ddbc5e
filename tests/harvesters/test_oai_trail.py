"""Lists that run in circles are noticed; those that only look like it are not."""

from __future__ import annotations

from harvesters.oai_trail import Trail


def test_a_token_that_comes_again_is_a_circle() -> None:
    trail = Trail()
    assert not trail.circles("1", ["a"])
    assert not trail.circles("2", ["b"])
    assert trail.circles("1", ["c"])
    assert not trail.repeats_pages


def test_the_third_page_in_a_row_that_was_there_before_is_one() -> None:
    trail = Trail()
    assert [trail.circles(str(n), ["a", "b"]) for n in range(4)] == [False, False, False, True]
    assert trail.repeats_pages


def test_a_page_of_one_record_that_is_listed_twice_is_none() -> None:
    trail = Trail()
    pages = [["a"], ["b"], ["a"], ["c"], ["b"], ["d"]]
    assert not any(trail.circles(str(n), page) for n, page in enumerate(pages))


def test_empty_pages_may_come_but_not_for_ever() -> None:
    trail = Trail()
    assert not any(trail.circles(str(n), []) for n in range(999))
    assert trail.circles("x", [])
