"""The transport: identity, politeness, patience, bounds, redirects and secrets."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

import catalogue
from catalogue.errors import (
    SettingsError,
    SourceError,
    SourceForbidden,
    SourceProtocolError,
    SourceUnreachable,
)
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters import transport as transport_module
from harvesters.addresses import shown, with_parameters
from harvesters.politeness import MAXIMUM_RETRY_AFTER, Gates, Stopped, SystemClock, retry_after, user_agent
from harvesters.transport import ATTEMPTS, Answer, HostFailing, Transport, translated
from tests.harvesters.conftest import FakeClock
from tests.harvesters.misbehaving import Asked, Repository, Sent, Server, some

Connect = Callable[..., Transport]
PUBLIC = "93.184.216.34"


def source(url: str, **options: str) -> Source:
    return Source(name="test", kind="oai-pmh", url=url, options=options)


class Web:
    """Hosts and their answers without a network; ``asked`` are the requests as they would leave us."""

    def __init__(self, answers: Callable[[httpx.Request], httpx.Response], **names: Sequence[str]) -> None:
        self.asked: list[httpx.Request] = []
        self.names: dict[str, Sequence[str]] = dict(names)
        self._answers = answers
        self.http = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answers(request)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        except OSError:
            return self.names.get(host.replace(".", "_").replace("-", "_"), ())
        return [host]

    def seams(self) -> dict[str, Any]:
        return {"http": self.http, "resolver": self.resolve}


def hosts(web: Web) -> list[str]:
    return [request.headers["host"] for request in web.asked]


def redirecting(**targets: str) -> Callable[[httpx.Request], httpx.Response]:
    """Answers by the host of the request: a redirect where one is given, else «fine»."""

    def answer(request: httpx.Request) -> httpx.Response:
        target = targets.get(request.headers["host"].partition(":")[0].replace(".", "_"))
        return (
            httpx.Response(302, headers={"Location": target}) if target else httpx.Response(200, text="fine")
        )

    return answer


# --- who we are and what we ask


def test_we_introduce_ourselves(connect: Connect, settings: Settings, server: Server) -> None:
    with connect(source(server.url), settings) as transport:
        transport.get(server.url, [("verb", "Identify")])
    agent = server.asked[0].headers["user-agent"]
    assert agent == f"Almagest/{catalogue.__version__} (+http://localhost:8080; mailto:ops@example.org)"
    assert user_agent(replace(settings, contact="")).endswith(f"mailto:{settings.admin_email})")
    assert user_agent(replace(settings, contact="https://example.org/us")).endswith(
        "; https://example.org/us)"
    )


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("http://a/oai", "http://a/oai?verb=x&t=a%2Bb%26c"),
        ("http://a/oai?", "http://a/oai?verb=x&t=a%2Bb%26c"),
        ("http://a/oai?db=1", "http://a/oai?db=1&verb=x&t=a%2Bb%26c"),
        ("http://a/oai?db=1&#top", "http://a/oai?db=1&verb=x&t=a%2Bb%26c"),
    ],
)
def test_parameters_are_added_and_encoded(url: str, full: str) -> None:
    assert with_parameters(url, [("verb", "x"), ("t", "a+b&c")]) == full
    assert with_parameters("http://a/oai#top", []) == "http://a/oai"


def test_messages_show_no_secrets() -> None:
    assert shown("https://user:secret@host:8443/oai?token=abc") == "https://host:8443/oai"


# --- patience


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("86400", MAXIMUM_RETRY_AFTER),
        ("inf", MAXIMUM_RETRY_AFTER),
        ("nan", None),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 22:13:50 +0000", 30.0),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30.0),
        ("Mon, 13 Nov 2023 00:00:00 GMT", 0.0),
        ("Tue, 14 Nov 2033 00:00:00 GMT", MAXIMUM_RETRY_AFTER),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_both_forms(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, 1_700_000_000.0) == seconds


def test_all_sources_of_a_host_keep_the_peace_it_asks_for(
    connect: Connect, settings: Settings, server: Server, clock: FakeClock
) -> None:
    server.script = lambda asked, sent: (
        Sent(body=b"", status=429, headers={"Retry-After": "50"}) if asked.number == 1 else sent
    )
    with connect(source(server.url), settings) as one, connect(source(server.url), settings) as other:
        begun = clock.now
        one.get(server.url, [("verb", "Identify")])
        assert clock.now - begun >= 50
        clock.now = begun + 10
        other.get(server.url, [("verb", "Identify")])
        assert clock.now - begun >= 50


def test_a_host_that_never_answered_gets_two_attempts(
    connect: Connect, settings: Settings, clock: FakeClock
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/oai"
        with (
            connect(source(url), settings) as transport,
            pytest.raises(SourceUnreachable, match="cannot be connected to, 2 times in a row"),
        ):
            transport.get(url)
    assert len(clock.slept) == 1


def test_a_host_that_went_away_gets_six(connect: Connect, settings: Settings, clock: FakeClock) -> None:
    with Server(Repository(some(1))) as server, connect(source(server.url), settings) as transport:
        transport.get(server.url, [("verb", "Identify")])
        server.script = lambda asked, sent: replace(sent, cut=0)
        with pytest.raises(SourceUnreachable, match=f"breaks off .*, {ATTEMPTS} times in a row"):
            transport.get(server.url, [("verb", "Identify")])
    assert len(clock.slept) == ATTEMPTS - 1


def test_a_host_that_fails_at_one_request_is_told_apart(
    connect: Connect, settings: Settings, server: Server
) -> None:
    server.script = lambda asked, sent: Sent(body=b"", status=500)
    with connect(source(server.url), settings) as transport, pytest.raises(HostFailing, match="2 times in"):
        transport.get(server.url, attempts=2)
    assert len(server.asked) == 2


def test_an_answer_of_the_protocol_is_one_under_any_status(
    connect: Connect, settings: Settings, server: Server
) -> None:
    server.script = lambda asked, sent: Sent(body=b"<error/>", status=503)
    with connect(source(server.url), settings) as transport:
        answer = transport.get(server.url, is_answer=lambda answer: b"<error" in answer.body)
    assert answer.status == 503


def test_an_unknown_host_is_said_to_be_unknown(connect: Connect, settings: Settings) -> None:
    web = Web(redirecting())
    with (
        connect(source("http://nowhere.example/oai"), settings, **web.seams()) as transport,
        pytest.raises(SourceUnreachable, match=r"The host nowhere\.example is not known; check"),
    ):
        transport.get("http://nowhere.example/oai")


def test_a_silent_host_is_given_up_in_time(connect: Connect, settings: Settings, server: Server) -> None:
    release = threading.Event()

    def script(asked: Asked, sent: Sent) -> Sent:
        release.wait(5)
        return sent

    server.script = script
    begun = time.monotonic()
    with (
        connect(source(server.url, timeout="0.1"), settings) as transport,
        pytest.raises(SourceUnreachable, match="does not answer in time"),
    ):
        transport.get(server.url)
    assert time.monotonic() - begun < 4
    release.set()


def test_a_trickle_is_given_up_too(settings: Settings, clock: FakeClock) -> None:
    def drops(request: httpx.Request) -> httpx.Response:
        def trickle() -> Any:
            for _ in range(1000):
                clock.now += 1
                yield b"x"

        return httpx.Response(200, content=trickle())

    web = Web(drops, slow_example=[PUBLIC])
    with (
        Transport(
            source("http://slow.example/", timeout="5"), settings, clock=clock, gates=Gates(), **web.seams()
        ) as transport,
        pytest.raises(SourceUnreachable, match="does not answer in time"),
    ):
        transport.get("http://slow.example/")


def test_waiting_ends_when_the_harvest_is_stopped() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        SystemClock(stop).sleep(30)


# --- bounds


def test_a_body_over_the_limit_is_refused(
    connect: Connect, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "MAXIMUM_BODY", 2_000_000)
    server.script = lambda asked, sent: Sent(body=b"x" * 3_000_000)
    with (
        connect(source(server.url), settings) as transport,
        pytest.raises(
            SourceProtocolError, match="more than 2 MB at once; ask its operator for smaller pages"
        ),
    ):
        transport.get(server.url)


def test_a_compressed_bomb_is_refused(
    connect: Connect, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    monkeypatch.setattr(transport_module, "MAXIMUM_BODY", 2_000_000)
    body = gzip.compress(b"x" * 50_000_000)
    server.script = lambda asked, sent: Sent(body=body, headers={"Content-Encoding": "gzip"})
    with connect(source(server.url), settings) as transport, pytest.raises(SourceProtocolError, match="2 MB"):
        transport.get(server.url)


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip, gzip"])
def test_no_compression_is_undone_that_was_not_asked_for(
    connect: Connect, settings: Settings, server: Server, encoding: str
) -> None:
    # Eighteen kilobytes of zstd, or one of gzip in gzip, become gigabytes before anybody can count them.
    server.script = lambda asked, sent: Sent(body=b"<x/>", headers={"Content-Encoding": encoding})
    with connect(source(server.url), settings) as transport:
        with pytest.raises(SourceProtocolError, match=f"compresses its answers by «{encoding}»"):
            transport.get(server.url)
        assert transport.requests == 1
        # Some servers name their charset there; that does no harm.
        server.script = lambda asked, sent: Sent(body=b"<x/>", headers={"Content-Encoding": "UTF-8"})
        assert transport.get(server.url).body == b"<x/>"


# --- redirects


def test_redirects_are_followed_and_permanent_ones_remembered(
    connect: Connect, settings: Settings, server: Server
) -> None:
    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.path == "/oai":
            return Sent(body=b"", status=301, headers={"Location": f"/moved?{asked.query}"})
        return sent

    server.script = script
    with connect(source(server.url), settings) as transport:
        assert b"Identify" in transport.get(server.url, [("verb", "Identify")]).body
        transport.get(server.url, [("verb", "ListSets")])
    assert [asked.path for asked in server.asked] == ["/oai", "/moved", "/moved"]


def test_redirects_for_ever_are_not_followed(connect: Connect, settings: Settings, server: Server) -> None:
    server.script = lambda asked, sent: Sent(body=b"", status=302, headers={"Location": "/oai"})
    with (
        connect(source(server.url), settings) as transport,
        pytest.raises(SourceProtocolError, match="redirects more than 5 times"),
    ):
        transport.get(server.url)
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "javascript:1", "//[bad/"],
)
def test_no_other_scheme_is_followed(
    connect: Connect, settings: Settings, server: Server, target: str
) -> None:
    server.script = lambda asked, sent: Sent(body=b"", status=302, headers={"Location": target})
    with (
        connect(source(server.url), settings) as transport,
        pytest.raises(SourceForbidden, match=r"may not be|no address"),
    ):
        transport.get(server.url)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:6379/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/admin",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://0.0.0.0/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://inside.example/",
        "http://half.example/",
    ],
)
def test_a_public_source_may_not_lead_us_inside(connect: Connect, settings: Settings, target: str) -> None:
    web = Web(
        redirecting(public_example=target),
        public_example=[PUBLIC],
        inside_example=["10.1.2.3"],
        half_example=[PUBLIC, "10.1.2.3"],
    )
    with (
        connect(source("http://public.example/oai"), settings, **web.seams()) as transport,
        pytest.raises(SourceForbidden, match="has the private address"),
    ):
        transport.get("http://public.example/oai")
    assert hosts(web) == ["public.example"]
    allowed = replace(settings, allow_private=True)
    with connect(source("http://public.example/oai"), allowed, **web.seams()) as transport:
        assert transport.get("http://public.example/oai").body == b"fine"


def test_a_source_on_loopback_may_redirect_to_its_own_address_only(
    connect: Connect, settings: Settings, server: Server
) -> None:
    with (
        Server(Repository(some(1)), host="127.0.0.2") as other,
        connect(source(server.url), settings) as transport,
    ):
        server.script = lambda asked, sent: Sent(body=b"", status=302, headers={"Location": other.url})
        with pytest.raises(SourceForbidden, match=r"127\.0\.0\.2"):
            transport.get(server.url)
        assert other.asked == []


def test_an_address_from_outside_may_not_be_private_itself(
    connect: Connect, settings: Settings, server: Server
) -> None:
    with (
        connect(source(server.url), settings, from_operator=False) as transport,
        pytest.raises(SourceForbidden, match=r"127\.0\.0\.1 has a private address"),
    ):
        transport.get(server.url)
    assert server.asked == []


def test_the_checked_address_is_the_one_that_is_connected_to(connect: Connect, settings: Settings) -> None:
    """DNS rebinding: a name that changes between the check and the connection."""
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    web = Web(redirecting())
    seams = {**web.seams(), "resolver": lambda host, port: next(answers)}
    with connect(source("https://evil.example:8443/oai"), settings, **seams) as transport:
        transport.get("https://evil.example:8443/oai")
        assert web.asked[0].url.host == PUBLIC
        assert web.asked[0].headers["host"] == "evil.example:8443"
        assert web.asked[0].extensions["sni_hostname"] == "evil.example"
        with pytest.raises(SourceForbidden):
            transport.get("https://evil.example:8443/oai")


def test_all_addresses_of_a_host_are_tried(connect: Connect, settings: Settings, server: Server) -> None:
    port = server.url.rpartition(":")[2].partition("/")[0]
    url = f"http://two.example:{port}/oai"
    with connect(source(url), settings, resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"]) as transport:
        assert transport.get(url, [("verb", "Identify")]).status == 200
    assert server.asked[0].headers["host"] == f"two.example:{port}"


# --- secrets


def test_the_token_goes_to_the_source_and_to_nobody_else(connect: Connect, settings: Settings) -> None:
    web = Web(
        redirecting(home_example="https://other.example/x"), home_example=[PUBLIC], other_example=[PUBLIC]
    )
    with connect(source("https://home.example/", token="secret"), settings, **web.seams()) as transport:
        transport.get("https://home.example/")
    assert [request.headers.get("authorization") for request in web.asked] == ["Bearer secret", None]


@pytest.mark.parametrize(
    ("home", "target", "is_sent"),
    [
        ("https://home.example/", "https://home.example:8443/x", False),
        ("https://home.example:8443/", "https://home.example/x", False),
        ("https://home.example:443/", "https://home.example/x", True),
        ("http://home.example/", "https://home.example/x", True),
        ("http://home.example:8080/", "http://home.example/x", False),
    ],
)
def test_another_port_of_the_host_is_another_service(
    connect: Connect, settings: Settings, home: str, target: str, is_sent: bool
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/x":
            return httpx.Response(200, content=b"fine")
        return httpx.Response(302, headers={"Location": target})

    web = Web(answer, home_example=[PUBLIC])
    with connect(source(home, token="secret"), settings, **web.seams()) as transport:
        transport.get(home)
    assert ["authorization" in request.headers for request in web.asked] == [True, is_sent]


def test_the_token_may_come_from_the_environment(
    connect: Connect, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_TOKEN", "from-env")
    with connect(source(server.url, **{"token-env": "TEST_TOKEN"}), settings) as transport:
        transport.get(server.url)
    assert server.asked[0].headers["authorization"] == "Bearer from-env"


def test_a_credential_that_is_missing_in_the_environment_is_said_and_nothing_asked_without_it(
    connect: Connect, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="TEST_TOKEN is not set in the environment; set it"):
        connect(source(server.url, **{"token-env": "TEST_TOKEN"}), settings)
    assert server.asked == []


def test_credentials_of_the_url_are_sent_but_not_as_part_of_it(
    connect: Connect, settings: Settings, server: Server
) -> None:
    url = server.url.replace("http://", "http://me:pass@")
    with connect(source(url), settings) as transport:
        transport.get(url)
    assert server.asked[0].headers["authorization"] == "Basic bWU6cGFzcw=="
    assert server.asked[0].headers["host"] in url


@pytest.mark.parametrize("target", ["http://home.example/", "http://other.example/"])
def test_with_a_token_https_is_never_left(connect: Connect, settings: Settings, target: str) -> None:
    web = Web(redirecting(home_example=target), home_example=[PUBLIC], other_example=[PUBLIC])
    with (
        connect(source("https://home.example/", token="secret"), settings, **web.seams()) as transport,
        pytest.raises(SourceForbidden, match="not encrypted"),
    ):
        transport.get("https://home.example/")
    assert len(web.asked) == 1


def test_a_token_that_cannot_be_sent_is_not_shown(
    connect: Connect, settings: Settings, server: Server
) -> None:
    with (
        connect(source(server.url, token="sec\nret"), settings) as transport,
        pytest.raises(SourceProtocolError, match="cannot be asked with this token") as raised,
    ):
        transport.get(server.url)
    assert "ret" not in str(raised.value).replace("address of the source", "")


# --- errors of httpx


def _all_exceptions() -> list[type[Exception]]:
    """Every exception that httpx makes public."""
    found = [getattr(httpx, name) for name in httpx.__all__]
    return [one for one in found if isinstance(one, type) and issubclass(one, Exception)]


def _an_instance(kind: type[Exception]) -> Exception:
    request = httpx.Request("GET", "http://secret.example/?t=1")
    for arguments, keywords in (
        (("internal text",), {}),
        (("internal text",), {"request": request, "response": httpx.Response(500, request=request)}),
        ((), {}),
    ):
        try:
            return kind(*arguments, **keywords)
        except TypeError:
            continue
    raise AssertionError(f"{kind} cannot be made")


@pytest.mark.parametrize("kind", _all_exceptions(), ids=lambda kind: kind.__name__)
def test_every_error_of_httpx_becomes_one_of_ours(kind: type[Exception], settings: Settings) -> None:
    ours, _ = translated(_an_instance(kind), "http://h/oai?token=t")
    assert isinstance(ours, SourceError)
    assert str(ours).startswith("http://h/oai ")
    assert "internal text" not in str(ours)

    def fail(request: httpx.Request) -> httpx.Response:
        raise _an_instance(kind)

    web = Web(fail, h_example=[PUBLIC])
    with (
        Transport(
            source("http://h.example/"), settings, clock=FakeClock(), gates=Gates(), **web.seams()
        ) as transport,
        pytest.raises(SourceError),
    ):
        transport.get("http://h.example/")


def test_there_are_errors_to_translate() -> None:
    assert {httpx.ConnectError, httpx.ReadTimeout, httpx.InvalidURL, httpx.StreamClosed} <= set(
        _all_exceptions()
    )


def test_a_bug_is_not_translated() -> None:
    with pytest.raises(ZeroDivisionError):
        translated(ZeroDivisionError(), "http://h/")


def test_a_certificate_that_is_not_valid_is_named() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    ours, again = translated(error, "https://h/")
    assert str(ours) == "https://h/ has no valid certificate: self-signed certificate."
    assert not again


def test_answers_are_plain_values(connect: Connect, settings: Settings, server: Server) -> None:
    with connect(source(server.url), settings) as transport:
        answer = transport.get(server.url, [("verb", "Identify")])
        assert transport.requests == 1
    assert isinstance(answer, Answer)
    assert (answer.status, answer.reason) == (200, "OK")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.url == server.url + "?verb=Identify"
