"""The watchdog: what loops for ever is interrupted, and nothing else is ever hit."""

from __future__ import annotations

import contextlib
import random
import sys
import threading
import time
from typing import Any

import pytest

from catalogue.errors import RecordRefused, RecordTooSlow
from catalogue.record import Mapped, Provenance, RawRecord, Record, Text
from harvesters.watchdog import Watchdog

RAW = RawRecord(identifier="a", format="oai_dc", data=b"x")
WHERE = Provenance(source="test", identifier="a")
MAPPED = Mapped(record=Record(id="1", kind="dataset", titles=(Text(value="A"),), provenance=WHERE))


def busy(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def test_a_reader_that_loops_for_ever_is_interrupted_again_and_again() -> None:
    def read(raw: RawRecord, provenance: Provenance) -> Mapped:
        while True:
            pass

    with Watchdog(read, 0.1) as watched:
        for _ in range(3):
            begun = time.monotonic()
            with pytest.raises(RecordTooSlow, match=r"longer than 0\.1 s") as caught:
                watched(RAW, WHERE)
            assert 0.1 <= time.monotonic() - begun < 1
            assert caught.value.rule == "timeout"


def test_what_is_quick_is_left_alone_and_its_errors_pass() -> None:
    def read(raw: RawRecord, provenance: Provenance) -> Mapped:
        if raw.identifier == "bad":
            raise RecordRefused("no title")
        return MAPPED

    with Watchdog(read, 0.05) as watched:
        busy(0.2)
        assert watched(RAW, WHERE) is MAPPED
        busy(0.2)
        with pytest.raises(RecordRefused, match="no title"):
            watched(RawRecord(identifier="bad", format="x", data=b""), WHERE)
        # Between two records nothing is watched, however long it takes.
        busy(0.2)


def test_no_limit_is_no_thread() -> None:
    before = threading.active_count()
    with Watchdog(lambda raw, provenance: MAPPED, None) as watched:
        assert threading.active_count() == before
        assert watched(RAW, WHERE) is MAPPED


def test_its_thread_ends_with_it() -> None:
    before = threading.active_count()
    with Watchdog(lambda raw, provenance: MAPPED, 30):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_a_reader_that_catches_everything_is_interrupted_by_the_next_shot() -> None:
    caught: list[str] = []

    def read(raw: RawRecord, provenance: Provenance) -> Mapped:
        try:
            busy(60)
        except BaseException as error:
            caught.append(type(error).__name__)
        busy(60)
        return MAPPED

    with Watchdog(read, 0.1) as watched, pytest.raises(RecordTooSlow):
        watched(RAW, WHERE)
    assert caught == ["_Interrupted"]


def test_a_reader_that_ends_just_when_it_is_shot_at_never_hurts_what_comes_after() -> None:
    limit, ended, slow = 0.01, 0, 0
    chance = random.Random(4)
    # The other thread must get its turn often to hit the very end.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)

    def read(raw: Any, provenance: Provenance) -> Mapped:
        busy(raw)
        return MAPPED

    with contextlib.ExitStack() as stack:
        stack.callback(sys.setswitchinterval, usual)
        watched = stack.enter_context(Watchdog(read, limit))
        end = time.monotonic() + 6
        while time.monotonic() < end:
            try:
                watched(chance.uniform(limit * 0.9, limit * 1.4), WHERE)  # type: ignore[arg-type]
                ended += 1
            except RecordTooSlow:
                slow += 1
            # Any interruption here would end the test.
            sum(number for number in range(50))
    assert ended > 20 and slow > 20


def test_it_costs_less_than_a_microsecond_a_record() -> None:
    def read(raw: RawRecord, provenance: Provenance) -> Mapped:
        return MAPPED

    def seconds(reader: Any) -> float:
        begun = time.perf_counter()
        for _ in range(100_000):
            reader(RAW, WHERE)
        return time.perf_counter() - begun

    with Watchdog(read, 30) as watched:
        cost = min(seconds(watched) for _ in range(5)) - min(seconds(read) for _ in range(5))
    assert cost / 100_000 < 1e-6
