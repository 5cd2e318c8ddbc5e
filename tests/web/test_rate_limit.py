"""How often something may be done, counted by all processes of a machine together."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from flask import Flask, request

from web.rate_limit import RateLimit, TooMany, client_of, slot


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_window_moves_on(tmp_path: Path) -> None:
    clock = Time()
    limit = RateLimit(tmp_path / "recent", 60, clock=clock)
    limit.take({"a": 2, "all": 9})
    clock.now += 10
    limit.take({"a": 2, "all": 9})
    with pytest.raises(TooMany, match="There were 2 within 1 minutes") as often:
        limit.take({"a": 2, "all": 9})
    assert 50 <= often.value.retry_after <= 51
    limit.take({"b": 2, "all": 9})
    clock.now += 51
    limit.take({"a": 2, "all": 9})


def test_what_is_refused_is_not_counted(tmp_path: Path) -> None:
    clock = Time()
    limit = RateLimit(tmp_path / "recent", 60, clock=clock)
    limit.take({"a": 1, "all": 3})
    for _ in range(5):
        with pytest.raises(TooMany):
            limit.take({"all": 3, "a": 1})
    limit.take({"b": 1, "all": 3})
    limit.take({"c": 1, "all": 3})
    with pytest.raises(TooMany):
        limit.take({"d": 1, "all": 3})


def test_the_file_holds_no_addresses_and_survives_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "recent"
    limit = RateLimit(path, 60)
    limit.take({"client 192.0.2.7": 2})
    assert "192.0.2.7" not in path.read_text()
    path.write_bytes(path.read_bytes() + b"\xff\x00 rubbish\nnan nonsense\n")
    limit.take({"client 192.0.2.7": 2})
    with pytest.raises(TooMany):
        limit.take({"client 192.0.2.7": 2})


def _take(path: Path, times: int) -> None:
    for _ in range(times):
        RateLimit(path, 600).take({"a": 1000})


def test_processes_count_together(tmp_path: Path) -> None:
    path = tmp_path / "recent"
    processes = [
        multiprocessing.get_context("spawn").Process(target=_take, args=(path, 20)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    limit = RateLimit(path, 600)
    with pytest.raises(TooMany):
        limit.take({"a": 60})
    limit.take({"a": 61})


def test_places_are_few_and_free_again(tmp_path: Path) -> None:
    with (
        slot(tmp_path, 2),
        slot(tmp_path, 2),
        pytest.raises(TooMany, match="All 2 places are taken just now; "),
        slot(tmp_path, 2),
    ):
        pass
    with slot(tmp_path, 1), pytest.raises(TooMany, match="The only place is taken"), slot(tmp_path, 1):
        pass
    with slot(tmp_path, 1):
        pass


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("8.8.8.8", "1.2.3.4", "8.8.8.8"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, 8.8.4.4", "8.8.4.4"),
        ("127.0.0.1", "rubbish", "127.0.0.1"),
        ("2001:4860:4860::8888", None, "2001:4860:4860::/64"),
        ("10.0.0.2", "2001:4860:4860::1", "2001:4860:4860::/64"),
    ],
)
def test_who_asks(peer: str, forwarded: str | None, client: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with Flask("x").test_request_context(environ_base={"REMOTE_ADDR": peer}, headers=headers):
        assert client_of(request) == client
