"""Names of objects, looked up at a server of ours that speaks as Sesame does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from catalogue.moc import overlap
from catalogue.settings import load_settings
from catalogue.sky import cone, use_names
from harvesters.name_resolver import NameResolver, names

ANSWER = """<?xml version="1.0" encoding="UTF-8"?><Sesame><Target option="SNV"><name>{}</name>
<Resolver name="S=Simbad (CDS, via client/server)"><INFO>from cache</INFO>{}</Resolver></Target></Sesame>"""
PLACE = "<jpos>00:42:44.33 +41:16:07.5</jpos><jradeg>{}</jradeg><jdedeg>{}</jdedeg>"
PLACES = {
    "M31": PLACE.format(10.684708, 41.26875),
    "47 Tuc": PLACE.format(6.022, -72.08),
    "odd": PLACE.format("nan", 91),
}


class Sesame(ThreadingHTTPServer):
    """A resolver; ``asked`` are the names."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[str] = []


class Answers(BaseHTTPRequestHandler):
    server: Sesame

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        name = unquote(query)
        self.server.asked.append(name)
        if name == "away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
            return
        body = ANSWER.format(name, PLACES.get(name, "")).encode()
        if name == "slow":
            time.sleep(1.5)
        if name.startswith("leisurely"):
            time.sleep(0.4)
        if name == "broken":
            body = b"<html><br>"
        if name == "huge":
            body = b" " * 3_000_000
        self.send_response(200 if path == "/sesame/-ox/SNV" else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def sesame() -> Iterator[Sesame]:
    server = Sesame()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    use_names(None)
    server.shutdown()
    server.server_close()


@pytest.fixture
def resolver(sesame: Sesame, tmp_path: Path) -> NameResolver:
    url = f"http://127.0.0.1:{sesame.server_port}/sesame"
    return NameResolver(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_RESOLVER_URL": url}), 0.6)


def test_a_position_is_asked_for_once(sesame: Sesame, resolver: NameResolver) -> None:
    assert resolver.position("M31") == resolver.position(" m31 ") == (10.684708, 41.26875)
    assert resolver.position("47  Tuc") == (6.022, -72.08)
    assert sesame.asked == ["M31", "47 Tuc"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere", "knows no object «nowhere»"),
        ("odd", "knows no object"),
        ("broken", "cannot be reached"),
        ("huge", "cannot be reached"),
        ("away", "cannot be reached"),
        ("slow", "within 0.6 s"),
        ("x" * 100, "no name of an object"),
        ("a&b=<c>", "no name of an object"),
    ],
)
def test_what_goes_wrong_is_told_and_not_asked_again_at_once(
    sesame: Sesame, resolver: NameResolver, name: str, reason: str
) -> None:
    begun = time.monotonic()
    for _ in range(1 if name == "slow" else 2):
        with pytest.raises(ValueError, match=reason):
            resolver.position(name)
    assert time.monotonic() - begun < 3 and len(sesame.asked) <= 1


def test_a_slow_resolver_is_waited_for_once(sesame: Sesame, resolver: NameResolver) -> None:
    begun = time.monotonic()
    for name in ("slow", "other", "another"):
        with pytest.raises(ValueError, match=r"RA,DEC,RADIUS"):
            resolver.position(name)
    assert time.monotonic() - begun < 1.2 and sesame.asked == ["slow"]


def test_a_search_for_many_objects_waits_no_longer_than_for_one(resolver: NameResolver) -> None:
    begun, faults = time.monotonic(), 0
    for number in range(10):
        try:
            resolver.position(f"leisurely {number}")
        except ValueError as fault:
            faults += "knows no object" not in str(fault)
    assert faults >= 8 and time.monotonic() - begun < 1.5


def test_nobody_there(tmp_path: Path) -> None:
    settings = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_RESOLVER_URL": "http://127.0.0.1:9/"}
    with pytest.raises(ValueError, match="cannot be reached"):
        NameResolver(load_settings(settings)).position("M31")
    assert names(load_settings({"ALMAGEST_HOME": str(tmp_path)})) is None


def test_cones_around_names(resolver: NameResolver) -> None:
    cone("1,1,1")  # loads mocpy, for which a search for names does not wait
    with pytest.raises(ValueError, match="not looked up here"):
        cone("M31,0.5")
    use_names(resolver.position)
    assert cone("M31,0.5") == cone("10.684708,41.26875,0.5")
    assert cone("M31") == cone("10.684708,41.26875,0.1")
    assert overlap(cone("47 Tuc, 1"), cone("6.022,-72.08,0"))
    for wrong in ("M31,much", "M31,-1", "M31,nan", "nowhere,1"):
        with pytest.raises(ValueError, match="RA,DEC,RADIUS"):
            cone(wrong)
