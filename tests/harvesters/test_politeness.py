"""The gate of a host: delay and requests a minute, shared by all sources of the host."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.politeness import Gate, Gates, rate_limit_pause
from harvesters.transport import Transport
from tests.harvesters.conftest import FakeClock
from tests.harvesters.misbehaving import Server
from tests.harvesters.misbehaving_rest import Rest, RestServer, sent_json, things


def begun(gate: Gate, clock: FakeClock, count: int) -> list[float]:
    """The moments at which so many requests may begin, from now on."""
    first = clock.now
    times = []
    for _ in range(count):
        gate.wait(clock)
        times.append(clock.now - first)
    return times


def test_without_limits_nobody_waits(clock: FakeClock) -> None:
    assert begun(Gate(), clock, 100) == [0.0] * 100


def test_delay_is_kept_between_any_two_requests(clock: FakeClock) -> None:
    gate = Gate()
    gate.enter("a", 2.0, None)
    assert begun(gate, clock, 4) == [0.0, 2.0, 4.0, 6.0]
    clock.now += 1.5
    assert begun(gate, clock, 2) == [0.5, 2.5]


def test_no_more_than_so_many_requests_in_any_minute(clock: FakeClock) -> None:
    gate = Gate()
    gate.enter("a", 0.0, 30)
    times = begun(gate, clock, 95)
    assert times[:31] == [0.0] * 30 + [60.0]
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[30:], strict=False))
    assert times[-1] == 180.0


def test_the_strictest_source_of_a_host_sets_the_pace_while_it_is_there(clock: FakeClock) -> None:
    gate = Gate()
    one, other = object(), object()
    gate.enter(one, 1.0, None)
    gate.enter(other, 5.0, 6)
    assert begun(gate, clock, 3) == [0.0, 5.0, 10.0]
    gate.leave(other)
    assert begun(gate, clock, 2) == [1.0, 2.0]
    gate.leave(one)
    assert begun(gate, clock, 3) == [0.0, 0.0, 0.0]


def test_a_closed_gate_opens_after_its_time(clock: FakeClock) -> None:
    gate = Gate()
    gate.close_for(30.0, clock)
    gate.close_for(10.0, clock)
    assert begun(gate, clock, 2) == [30.0, 30.0]


def test_hosts_do_not_wait_for_each_other(clock: FakeClock) -> None:
    gates = Gates()
    assert gates.of("A.example") is gates.of("a.example")
    gates.of("a.example").enter("x", 10.0, None)
    assert begun(gates.of("b.example"), clock, 3) == [0.0, 0.0, 0.0]


def test_many_threads_share_one_rate() -> None:
    gate = Gate()
    gate.enter("a", 1.0, None)
    turns: list[float] = []

    class Still(FakeClock):
        """All threads ask at the same moment; what each has to wait is its turn."""

        def sleep(self, seconds: float) -> None:
            turns.append(seconds)

    clock = Still()
    threads = [threading.Thread(target=gate.wait, args=(clock,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(turns) == [float(number) for number in range(1, 20)]


def test_a_transport_keeps_to_the_options_of_its_source(
    connect: Callable[..., Transport], settings: Settings, server: Server, clock: FakeClock
) -> None:
    options = {"delay": "3", "max-requests-per-minute": "2"}
    source = Source(name="test", kind="oai-pmh", url=server.url, options=options)
    start = clock.now
    with connect(source, settings) as transport:
        times = []
        for _ in range(4):
            transport.get(server.url, [("verb", "Identify")])
            times.append(clock.now - start)
    assert times == [0.0, 3.0, 60.0, 63.0]


# --- rate limits that hosts tell

PRESENT = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, None),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "1700000030"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030"}, 30.0),
        ({"x-ratelimit-remaining": " 0 ", "x-ratelimit-reset": "30"}, 30.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "12"}, 12.0),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1700000000.5"}, 0.5),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030000"}, 30.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1699999000"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "999999"}, 3600.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "tomorrow"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "nan"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "inf"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "-5"}, None),
        ({"ratelimit": '"default";r=0;t=30'}, 30.0),
        ({"ratelimit": '"default"; r=0; t=30'}, 30.0),
        ({"ratelimit": '"default";t=30;r=0'}, 30.0),
        ({"ratelimit": '"default";r=10;t=30'}, None),
        ({"ratelimit": '"burst";r=0;t=2, "daily";r=0;t=900'}, 900.0),
        ({"ratelimit": '"burst";r=7;t=2, "daily";r=0;t=900'}, 900.0),
    ],
)
def test_what_a_host_says_of_its_limit(headers: dict[str, str], pause: float | None) -> None:
    assert rate_limit_pause(headers, PRESENT) == pause


def test_a_used_up_limit_closes_the_gate_for_all_sources_of_the_host(
    clock: FakeClock, settings: Settings
) -> None:
    with RestServer(Rest({"a": things(3)})) as server:
        used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(clock.now) + 40)}
        server.script = lambda asked, sent: (
            sent_json({}, 200, used_up) if asked.number == 1 else sent_json({"message": "slow"}, 429, used_up)
        )
        gates = Gates()
        source = Source(name="a", kind="oai-pmh", url=server.url)
        with (
            Transport(source, settings, clock=clock, gates=gates) as first,
            Transport(source, settings, clock=clock, gates=gates) as second,
        ):
            begun_at = clock.now
            assert first.get(f"{server.url}/a").status == 200
            server.script = lambda asked, sent: sent
            assert second.get(f"{server.url}/a").status == 200
            assert clock.now - begun_at == pytest.approx(40, abs=1.5)


def test_a_refusal_for_want_of_requests_is_asked_again_after_the_pause(
    clock: FakeClock, settings: Settings
) -> None:
    with RestServer(Rest({"a": things(3)})) as server:
        used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "55"}
        server.script = lambda asked, sent: sent_json({}, 403, used_up) if asked.number == 1 else sent
        source = Source(name="a", kind="oai-pmh", url=server.url)
        with Transport(source, settings, clock=clock, gates=Gates()) as transport:
            assert transport.get(f"{server.url}/a").status == 200
        assert sum(clock.slept) >= 55 and len(server.asked) == 2
