"""Lists addressed by numbers: servers with page sizes of their own, stretches that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue.errors import SourceError
from tests.harvesters.misbehaving import Asked, Sent
from tests.harvesters.misbehaving_rest import RestServer, on_request, sent_json, things
from tests.harvesters.shelf import Shelf
from tests.harvesters.shelf_walk import ALL, Read, api, both_ways, total_or_not, walk

__all__ = ["api", "walk"]


# --- servers with a page size of their own


@both_ways
@total_or_not()
@pytest.mark.parametrize("largest", [1, 3, 7, 9])
def test_a_server_that_gives_fewer_than_asked_for(
    api: RestServer, walk: Callable[..., Read], kind: type[Shelf], announces_total: bool, largest: int
) -> None:
    api.rest.largest, api.rest.announces_total = largest, announces_total
    got = walk(kind=kind)
    assert sorted(set(got.ids)) == ALL
    assert got.missing == 0 and got.lost == []


@both_ways
@total_or_not()
@pytest.mark.parametrize("smallest", [11, 15, 20, 24, 25, 40])
def test_a_server_that_gives_more_than_asked_for(
    api: RestServer, walk: Callable[..., Read], kind: type[Shelf], announces_total: bool, smallest: int
) -> None:
    api.rest.smallest, api.rest.announces_total = smallest, announces_total
    got = walk(kind=kind)
    assert sorted(set(got.ids)) == ALL
    assert got.missing == 0


@total_or_not()
def test_a_server_that_lowers_its_page_size_on_the_way(
    api: RestServer, walk: Callable[..., Read], announces_total: bool
) -> None:
    api.rest.lists["a"], api.rest.announces_total = things(60), announces_total
    api.script = on_request(2, lambda: setattr(api.rest, "largest", 7))
    got = walk()
    if announces_total:
        assert len(set(got.ids)) + got.missing >= 60
    else:
        # Nothing tells this from the end of the list; the guard against shrinking remains.
        assert len(set(got.ids)) >= 27


def test_records_hidden_within_pages_are_missing(api: RestServer, walk: Callable[..., Read]) -> None:
    def hide(asked: Asked, sent: Sent) -> Sent:
        shown = [thing for thing in api.rest.lists["a"] if thing["id"] not in {"0013", "0014"}]
        skip = int(asked["skip"] or 0)
        inside = [thing for thing in api.rest.lists["a"][skip : skip + 10] if thing in shown]
        return sent_json({"items": inside, "total": 25})

    api.script = hide
    got = walk()
    assert got.ids == [id for id in ALL if id not in {"0013", "0014"}]
    assert got.missing == 2


# --- stretches that cannot be read


@total_or_not()
@pytest.mark.parametrize("fault", ["broken", "garbled"])
@pytest.mark.parametrize("bad", [["0000"], ["0013"], ["0024"], ["0003", "0004"], ["0009", "0010"]])
def test_a_broken_record_costs_only_itself(
    api: RestServer, walk: Callable[..., Read], announces_total: bool, fault: str, bad: list[str]
) -> None:
    setattr(api.rest, fault, set(bad))
    api.rest.announces_total = announces_total
    got = walk()
    assert sorted(set(got.ids)) == [id for id in ALL if id not in bad]
    assert got.lost == [f"(a, record {int(id) + 1} of the list)" for id in bad]
    assert got.missing == len(bad)


@total_or_not()
@pytest.mark.parametrize("largest", [4, 7])
@pytest.mark.parametrize("bad", ["0000", "0002", "0013"])
def test_a_broken_record_of_a_server_with_small_pages(
    api: RestServer, walk: Callable[..., Read], announces_total: bool, largest: int, bad: str
) -> None:
    api.rest.largest, api.rest.announces_total = largest, announces_total
    api.rest.broken = {bad}
    got = walk(**{"page-size": "24"})
    assert sorted(set(got.ids)) == [id for id in ALL if id != bad]
    assert len(got.lost) == 1


@total_or_not()
def test_a_list_that_breaks_from_a_place_on_is_given_up_soon(
    api: RestServer, walk: Callable[..., Read], announces_total: bool
) -> None:
    api.rest.lists["a"] = things(500)
    api.rest.announces_total = announces_total
    api.rest.broken = {thing["id"] for thing in things(480, begin=20)}
    with pytest.raises(SourceError, match="answers «500"):
        walk()
    assert len(api.asked) < 60


def test_records_without_a_name_are_counted(api: RestServer, walk: Callable[..., Read]) -> None:
    api.rest.lists["a"][7] = {"title": "Nobody"}
    got = walk()
    assert len(got.ids) == 24
    assert got.missing == 1
