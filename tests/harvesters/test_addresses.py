"""Which addresses are public, and which a source may lead us to."""

from __future__ import annotations

import pytest

from catalogue.errors import SourceForbidden, SourceUnreachable
from harvesters.addresses import Guard, is_public, parts_of, resolve


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd12::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
def test_private_addresses_in_all_their_disguises(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url", ["ftp://a/", "file:///x", "http:///x", "a/b", "", "http://[::1", "http://a:x/"]
)
def test_only_http_and_https_are_asked(url: str) -> None:
    with pytest.raises(SourceForbidden, match="only http and https"):
        parts_of(url)


def test_ports_follow_from_the_scheme() -> None:
    assert [parts_of(url)[2] for url in ("http://a", "https://a", "http://a:81")] == [80, 443, 81]


def test_a_public_home_may_not_become_private() -> None:
    answers = iter([["93.184.216.34"], ["93.184.216.35"], ["10.0.0.1"]])
    guard = Guard({"home.example"}, resolver=lambda host, port: next(answers))
    assert guard.addresses("home.example", 80) == ["93.184.216.34"]
    assert guard.addresses("home.example", 80) == ["93.184.216.35"]
    with pytest.raises(SourceForbidden):
        guard.addresses("home.example", 80)


def test_a_private_home_may_move_but_not_by_a_redirect() -> None:
    answers = iter([["10.0.0.1"], ["10.0.0.2"], ["10.0.0.3"], ["10.0.0.1"]])
    guard = Guard({"db"}, resolver=lambda host, port: next(answers))
    assert guard.addresses("db", 80) == ["10.0.0.1"]
    assert guard.addresses("db", 80) == ["10.0.0.2"]
    with pytest.raises(SourceForbidden):
        guard.addresses("db", 80, redirected=True)
    assert guard.addresses("other", 80, redirected=True) == ["10.0.0.1"]


def test_names_that_nobody_knows() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise OSError

    with pytest.raises(SourceUnreachable, match="The host x is not known"):
        Guard({"x"}, resolver=fail).addresses("x", 80)


def test_the_machine_knows_itself() -> None:
    assert set(resolve("localhost", 80)) & {"127.0.0.1", "::1"}
