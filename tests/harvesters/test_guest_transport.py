"""An address that anybody may give: nothing private, no other port, no end of time, bytes or requests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from catalogue.errors import SourceForbidden, SourceProtocolError, SourceUnreachable
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters import guest_transport
from harvesters.guest_transport import GuestTransport, Overdue
from tests.harvesters.misbehaving import Repository, Sent, Server, some

PUBLIC = "93.184.216.34"


@pytest.fixture
def allowed(settings: Settings) -> Settings:
    """Settings of an installation that lets private addresses be asked."""
    return replace(settings, allow_private=True)


def guest(url: str, settings: Settings, seconds: float = 5, **more: object) -> GuestTransport:
    source = Source(name="tested", kind="oai-pmh", url=url, options={"timeout": "2"})
    return GuestTransport(source, settings, seconds=seconds, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/oai",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/oai",
        "http://[::ffff:127.0.0.1]/oai",
        "http://[fd00::1]/oai",
        "http://10.0.0.1/oai",
        "http://0.0.0.0/oai",
        "http://2130706433/oai",
        "http://0x7f.1/oai",
        "http://127.1/oai",
        "http://localhost/oai",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "ftp://example.org/oai",
    ],
)
def test_nothing_private_and_nothing_but_the_web(settings: Settings, url: str) -> None:
    sent: list[int] = []
    with pytest.raises(SourceForbidden), guest(url, settings) as transport:
        try:
            transport.get(url)
        finally:
            sent.append(transport.requests)
    assert sum(sent) == 0


@pytest.mark.parametrize("addresses", [("10.1.2.3",), (PUBLIC, "127.0.0.1"), ("::1",)])
def test_a_public_name_with_a_private_address(settings: Settings, addresses: tuple[str, ...]) -> None:
    with (
        guest("http://rebound.example/oai", settings, resolver=lambda host, port: addresses) as transport,
        pytest.raises(SourceForbidden, match="a private address, and only public ones are asked"),
    ):
        transport.get("http://rebound.example/oai")
    assert transport.requests == 0


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/x",
        "http://[::1]:9/x",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "gopher://a/",
    ],
)
def test_a_redirect_leads_to_nothing_private(
    settings: Settings, server: Server, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # For this test alone the server on loopback counts as public; all else is judged as always.
    monkeypatch.setattr("harvesters.addresses.is_public", lambda address: address == "127.0.0.1")
    server.script = lambda asked, sent: Sent(body=b"", status=302, headers={"Location": location})
    with guest(server.url, settings) as transport, pytest.raises(SourceForbidden):
        transport.get(server.url)
    assert transport.requests == 1


@pytest.mark.parametrize("port", [22, 25, 587])
def test_ports_of_other_services_are_not_asked(allowed: Settings, port: int) -> None:
    url = f"http://127.0.0.1:{port}/"
    with guest(url, allowed) as transport, pytest.raises(SourceForbidden, match=f"Port {port}"):
        transport.get(url)


def test_behind_a_proxy_a_name_that_only_it_knows_is_not_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with (
        guest("http://intranet/oai", settings, resolver=lambda host, port: ()) as transport,
        pytest.raises(SourceUnreachable, match="not known"),
    ):
        transport.get("http://intranet/oai")


def test_a_huge_answer_is_refused(allowed: Settings, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_transport, "MAXIMUM_BODY", 1_000_000)
    server.script = lambda asked, sent: Sent(body=b"x" * 1_000_001)
    with guest(server.url, allowed) as transport, pytest.raises(SourceProtocolError, match="more than 1 MB"):
        transport.get(server.url)


def test_requests_are_counted(allowed: Settings, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_transport, "MAXIMUM_REQUESTS", 3)
    with guest(server.url, allowed) as transport:
        for _ in range(3):
            transport.get(server.url)
        with pytest.raises(Overdue, match="more than 3 requests"):
            transport.get(server.url)


def test_a_host_that_asks_for_a_long_pause_is_not_waited_for(allowed: Settings, server: Server) -> None:
    server.script = lambda asked, sent: Sent(body=b"", status=503, headers={"Retry-After": "500"})
    begun = time.monotonic()
    with guest(server.url, allowed) as transport, pytest.raises(Overdue, match="a pause of 500 seconds"):
        transport.get(server.url)
    assert time.monotonic() - begun < 2


@contextmanager
def dripping(first: bytes) -> Iterator[str]:
    """A server that never ends: after ``first`` it sends a byte every tenth of a second."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            try:
                connection.sendall(first)
                while not ended.wait(0.1):
                    connection.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/oai"
    finally:
        ended.set()
        listener.close()


def test_a_body_that_drips_ends_with_the_time(allowed: Settings) -> None:
    begun = time.monotonic()
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n") as url:  # noqa: SIM117
        with guest(url, allowed, seconds=0.7) as transport, pytest.raises(Overdue):
            transport.get(url)
    assert time.monotonic() - begun < 3


def test_headers_that_drip_are_ended_from_another_thread(allowed: Settings) -> None:
    with dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ") as url, guest(url, allowed, seconds=60) as transport:
        raised: list[BaseException] = []

        def ask() -> None:
            try:
                transport.get(url)
            except Exception as error:
                raised.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        time.sleep(0.5)
        transport.stop()
        thread.join(5)
        assert not thread.is_alive() and len(raised) == 1


def test_one_private_port_can_be_opened_to_guests(settings: Settings) -> None:
    with Server(Repository(some(1))) as open_one, Server(Repository(some(1))) as other:
        netloc = open_one.url.split("/")[2]
        opened = replace(settings, guest_addresses=(netloc,))
        with guest(open_one.url, opened) as transport:
            assert transport.get(open_one.url, [("verb", "Identify")]).status == 200
        with guest(other.url, opened) as transport, pytest.raises(SourceForbidden, match="private address"):
            transport.get(other.url)
        # Nor does it lead to others by a redirect.
        open_one.script = lambda asked, sent: Sent(body=b"", status=302, headers={"Location": other.url})
        with guest(open_one.url, opened) as transport, pytest.raises(SourceForbidden):
            transport.get(open_one.url)
    assert other.asked == []
