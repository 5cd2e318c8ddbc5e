"""What a checkpoint and the memory of the IVOA harvester hold."""

from __future__ import annotations

import json

import pytest

from harvesters.ivoa_progress import Memory, Visit, Walk
from harvesters.ivoa_registries import Authorities, Registry


def reg(label: str, *authorities: str, url: str = "http://x") -> Registry:
    return Registry(label=label, title="", url=url, authorities=authorities)


def after(walk: Walk, stored: dict[str, object] | None = None) -> dict[str, object]:
    kept = Memory(stored or {}).after(walk, Authorities(walk.registries))
    return dict(json.loads(json.dumps(kept)))


def test_a_checkpoint_comes_back_as_it_was() -> None:
    walk = Walk(started="2024-01-01T00:00:00Z", registries=[reg("ivo://a/r", "a"), reg("ivo://b/r")], at=1)
    walk.visit = Visit(since=None, by_set=True, kept=3, dropped={"z": 2}, progress={"token": "x"})
    walk.read, walk.unread = {"ivo://a/r": "2024"}, {"ivo://b/r": "dead"}
    assert Walk.of(json.loads(json.dumps(walk.checkpoint()))) == walk
    walk.visit = None
    assert Walk.of(json.loads(json.dumps(walk.checkpoint()))) == walk


@pytest.mark.parametrize(
    "checkpoint",
    [None, {}, {"token": "x"}, {"registries": [{"label": "x"}], "visit": None}, {"registries": 7}],
)
def test_a_checkpoint_of_another_kind_is_none(checkpoint: dict[str, object] | None) -> None:
    assert Walk.of(checkpoint) is None


def test_foreign_authorities_are_counted_in_bounded_space() -> None:
    visit = Visit(since=None, by_set=True, kept=1)
    for number in range(5000):
        visit.drop(str(number % 2500))
    assert len(visit.dropped) == 1001
    assert visit.count == 5001


def test_a_registry_is_read_in_whole_when_it_is_new_moved_or_manages_more() -> None:
    walk = Walk(started="", registries=[reg("ivo://a/r", "a", "b")], read={"ivo://a/r": "2024"})
    memory = Memory(after(walk))
    for registry, since in (
        (reg("ivo://a/r", "a", "b"), "2024"),
        (reg("ivo://a/r", "a"), "2024"),
        (reg("ivo://a/r", "a", "b", "c"), None),
        (reg("ivo://a/r", "a", "b", url="http://y"), None),
        (reg("ivo://n/r", "n"), None),
    ):
        assert memory.since(registry, Authorities([registry])) == since


def test_an_authority_is_moving_until_its_new_registry_was_read() -> None:
    old, new = reg("ivo://a/r", "a", "b"), reg("ivo://n/r", "n")
    walk = Walk(started="", registries=[old, new], read={old.label: "1", new.label: "1"})
    stored = after(walk)
    old, new = reg("ivo://a/r", "a"), reg("ivo://n/r", "b", "n")
    for _ in range(3):
        assert Memory(stored).come_from_elsewhere(new, Authorities([old, new])) == ["b"]
        walk = Walk(started="", registries=[old, new], read={old.label: "2"}, unread={new.label: "dead"})
        stored = after(walk, stored)
        assert stored["moving"] == ["b"]
    stored = after(Walk(started="", registries=[old, new], read={old.label: "3", new.label: "3"}), stored)
    assert stored["moving"] == []
    assert Memory(stored).come_from_elsewhere(new, Authorities([old, new])) == []
