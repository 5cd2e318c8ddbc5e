"""Headers that come byte by byte are given up, on a new connection and on a kept one; and POST."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from catalogue.errors import SourceForbidden, SourceUnreachable
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Asked, Sent
from tests.harvesters.misbehaving_rest import Rest, RestServer, sent_json, things

Connect = Callable[..., Transport]
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.contextmanager
def dripping(good_first: int) -> Iterator[str]:
    """A server that answers so many requests well and then sends the headers of the next byte by byte."""
    listener = socket.create_server(("127.0.0.1", 0))
    left = [good_first]

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while connection.recv(65536):
                if left[0] > 0:
                    left[0] -= 1
                    connection.sendall(GOOD)
                    continue
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
                while True:
                    connection.sendall(b"a")
                    time.sleep(0.02)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
    finally:
        listener.close()


@pytest.mark.parametrize("good_first", [0, 2])
def test_headers_that_drip_are_given_up(connect: Connect, settings: Settings, good_first: int) -> None:
    with dripping(good_first) as url:
        source = Source(name="drip", kind="oai-pmh", url=url, options={"timeout": "0.05"})
        with connect(source, settings) as transport:
            for _ in range(good_first):
                assert transport.get(url).body == b"{}"
            begun = time.monotonic()
            with pytest.raises(SourceUnreachable, match="does not answer in time"):
                transport.get(url, attempts=2)
            assert 0.9 < time.monotonic() - begun < 3


def test_no_thread_stays_behind(connect: Connect, settings: Settings) -> None:
    with RestServer(Rest({"a": things(3)})) as server:
        before = threading.active_count()
        with connect(Source(name="a", kind="oai-pmh", url=server.url), settings) as transport:
            for _ in range(20):
                transport.get(f"{server.url}/a")
        deadline = time.monotonic() + 5
        while threading.active_count() > before + 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert threading.active_count() <= before + 1


def posted(
    connect: Connect, settings: Settings, script: Callable[[Asked, Sent], Sent]
) -> tuple[list[Asked], int]:
    with RestServer(Rest({"a": []})) as server:
        server.script = script
        source = Source(name="hook", kind="webhook", url=f"{server.url}/a")
        with connect(source, settings) as transport:
            answer = transport.post(source.url, b'{"event": "test"}', content_type="application/json")
        return server.asked, answer.status


def test_a_post_sends_its_body(connect: Connect, settings: Settings) -> None:
    (asked,), status = posted(connect, settings, lambda asked, sent: sent)
    assert status == 200
    assert (asked.method, asked.body) == ("POST", b'{"event": "test"}')
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"].startswith("Almagest/")


def test_a_post_is_repeated_once_and_follows_no_redirect(connect: Connect, settings: Settings) -> None:
    asked, status = posted(
        connect, settings, lambda asked, sent: sent_json({}, 503) if asked.number == 1 else sent
    )
    assert (len(asked), status) == (2, 200)
    with pytest.raises(SourceUnreachable, match="answers «503"):
        posted(connect, settings, lambda asked, sent: sent_json({}, 503))
    asked, status = posted(
        connect, settings, lambda asked, sent: sent_json({}, 307, {"Location": "http://127.0.0.1:9/x"})
    )
    assert (len(asked), status) == (1, 307)


def test_a_post_goes_to_no_private_address_that_the_operator_did_not_give(
    connect: Connect, settings: Settings
) -> None:
    with RestServer(Rest({"a": []})) as server:
        with (
            connect(Source(name="hook", kind="webhook", url="http://example.org/"), settings) as transport,
            pytest.raises(SourceForbidden, match="private address"),
        ):
            transport.post(f"{server.url}/a", b"{}", content_type="application/json")
        assert server.asked == []
