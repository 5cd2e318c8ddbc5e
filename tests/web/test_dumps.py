"""Dumps: whole, checked by their sums, one state of the catalogue, the last few kept; VoID tells of them."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, Graph, Namespace, URIRef

from catalogue.errors import StoreUnavailable
from catalogue.frozen import frozen
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.command_line import Home
from tests.web.observatory import harvest, observatory, record
from web import dumps as module
from web.app import create_app
from web.dump_writing import N_QUADS, TRIG
from web.dumps import Dumps, dump_until, last_due

BASE = "http://localhost:8080"
VOID, DCAT = Namespace("http://rdfs.org/ns/void#"), Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")


def unpacked(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()


@pytest.fixture
def dumped(empty: Catalogue) -> Catalogue:
    harvest(empty, "observatory", observatory())
    Dumps(empty.settings.home).write(empty)
    return empty


@pytest.fixture
def client(dumped: Catalogue) -> FlaskClient:
    return create_app(dumped).test_client()


def test_both_files_say_the_same_and_are_what_the_manifest_says(dumped: Catalogue) -> None:
    dumps = Dumps(dumped.settings.home)
    dump = dumps.newest()
    assert dump is not None and dump.sequence == dumped.store.last_sequence()
    said = {}
    for file in dump.files:
        data = (dumps.folder / dump.name / file.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)
        text = unpacked(data)
        assert len(text) == file.unpacked
        syntax = RdfFormat.N_QUADS if file.name == N_QUADS else RdfFormat.TRIG
        said[file.name] = list(parse(text, format=syntax))
    assert set(said[N_QUADS]) == set(said[TRIG])
    assert len(said[N_QUADS]) == dump.triples == len(set(said[N_QUADS]))
    assert len({quad.graph_name for quad in said[N_QUADS]}) == dump.graphs
    things = Counter(
        quad.object.value
        for quad in said[N_QUADS]
        if quad.predicate.value.endswith("#type") and quad.subject.value.startswith(f"{BASE}/")
    )
    assert dump.classes == dict(things)
    dois = [q for q in said[N_QUADS] if getattr(q.object, "value", "").startswith("https://doi.org/")]
    assert dump.links["doi"] == len([one for one in dois if type(one.object).__name__ == "NamedNode"]) > 0


def test_a_dump_is_one_state_while_others_write(empty: Catalogue) -> None:
    harvest(empty, "lab", [record(f"r:{n}", f"Before {n}") for n in range(5)])
    with frozen(empty.database) as state:
        walk = state.walk()
        first = next(walk)
        writing = threading.Thread(
            target=harvest, args=(empty, "lab", [record(f"r:{n}", f"After {n}") for n in range(9)])
        )
        writing.start()
        writing.join()
        titles = {change.record.title for change in (first, *walk) if change.record is not None}
    assert titles == {f"Before {n}" for n in range(5)} and state.sequence < empty.store.last_sequence()


def test_the_last_few_are_kept_and_unfinished_ones_go(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps = Dumps(empty.settings.home)
    (dumps.folder / "20200101T000000Z.part").mkdir(parents=True)
    moments = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 6))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return next(moments)

    monkeypatch.setattr(module, "datetime", Clock)
    for _ in range(5):
        dumps.write(empty)
    assert [one.name for one in dumps.all()] == [f"2026010{day}T000000Z" for day in (5, 4, 3)]
    assert {path.name for path in dumps.folder.iterdir()} == {one.name for one in dumps.all()}


def test_a_dump_that_fails_leaves_the_last_one(dumped: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Dumps(dumped.settings.home).all()

    def full(*given: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module, "write_files", full)
    with pytest.raises(StoreUnavailable, match="No dump can be written"):
        Dumps(dumped.settings.home).write(dumped)
    assert Dumps(dumped.settings.home).all() == before


def test_files_come_whole_in_parts_and_only_when_changed(client: FlaskClient, dumped: Catalogue) -> None:
    latest = client.get(f"/dumps/latest/{N_QUADS}")
    assert latest.status_code == 307
    path = latest.headers["Location"].removeprefix(BASE)
    whole = client.get(path)
    assert whole.mimetype == "application/zstd" and whole.headers["Repr-Digest"].startswith("sha-256=:")
    assert "Content-Encoding" not in whole.headers
    part = client.get(path, headers={"Range": "bytes=10-29", "Accept-Encoding": "gzip"})
    assert part.status_code == 206 and part.data == whole.data[10:30]
    assert part.headers["Repr-Digest"] == whole.headers["Repr-Digest"]
    for given in (
        {"If-None-Match": whole.headers["ETag"]},
        {"If-Modified-Since": whole.headers["Last-Modified"]},
    ):
        assert client.get(path, headers=given).status_code == 304
    sums = client.get("/dumps/latest/SHA256SUMS", follow_redirects=True).text
    assert f"{hashlib.sha256(whole.data).hexdigest()}  {N_QUADS}\n" in sums


def test_what_is_not_there(client: FlaskClient, dumped: Catalogue) -> None:
    name = client.get("/dumps/latest").get_json()["name"]
    for path in (
        "/dumps/20200101T000000Z",
        f"/dumps/{name}/dump.json",
        f"/dumps/{name}/..%2f..%2fcatalogue.db",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/dumps").status_code == 200
    assert client.get("/dumps", headers={"Accept": "application/json"}).get_json()["dumps"][0]["name"] == name


def test_void_tells_what_there_is(client: FlaskClient, dumped: Catalogue) -> None:
    dump = Dumps(dumped.settings.home).newest()
    assert dump is not None
    said = Graph().parse(data=client.get("/.well-known/void").text, format="turtle")
    dataset = said.value(predicate=RDF.type, object=VOID.Dataset, any=True)
    dataset = URIRef(f"{BASE}/.well-known/void#dataset")
    assert int(str(said.value(dataset, VOID.triples))) == dump.triples
    assert {str(one) for one in said.objects(dataset, VOID.sparqlEndpoint)} == {f"{BASE}/sparql"}
    for address in said.objects(dataset, VOID.dataDump):
        assert client.get(str(address).removeprefix(BASE)).status_code == 200
        checksum = said.value(address, SPDX.checksum)
        file = next(one for one in dump.files if str(address).endswith(one.name))
        assert str(said.value(checksum, SPDX.checksumValue)) == file.sha256
        assert int(str(said.value(address, DCAT.byteSize))) == file.size
    parts = {
        str(said.value(part, VOID["class"])): int(str(said.value(part, VOID.entities)))
        for part in said.objects(dataset, VOID.classPartition)
    }
    assert parts == dict(dump.classes)
    linksets = set(said.subjects(RDF.type, VOID.Linkset))
    assert len(linksets) == len(dump.links) > 1
    for form, accept in (("json-ld", "application/ld+json"), ("xml", "application/rdf+xml")):
        other = client.get("/.well-known/void", headers={"Accept": accept})
        assert other.mimetype == accept and set(Graph().parse(data=other.text, format=form)) == set(said)
    assert client.get("/.well-known/void", headers={"Accept": "image/png"}).status_code == 406
    ours = {str(one).partition("#")[0] for one in said.objects(dataset) if str(one).startswith(f"{BASE}/")}
    spaces = {str(one) for one in said.objects(dataset, VOID.uriSpace)}
    assert len(ours - spaces) > 3
    assert [one for one in ours - spaces if client.get(one.removeprefix(BASE)).status_code >= 400] == []


def test_void_without_a_dump(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    said = Graph().parse(data=client.get("/dumps.ttl").text, format="turtle")
    assert not list(said.objects(None, VOID.dataDump)) and list(said.objects(None, VOID.sparqlEndpoint))
    assert client.get("/dumps/latest").status_code == 404
    assert "None yet" in client.get("/dumps", headers={"Accept": "text/html"}).text


def test_the_hour_of_the_night() -> None:
    now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert last_due(1, now) == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert last_due(2, now) == datetime(2026, 3, 1, 2, tzinfo=UTC)


def test_the_service_makes_one_each_night_in_a_process_of_its_own(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(empty, "lab", [record("r:1", "Record")])
    dumps, stop = Dumps(empty.settings.home), threading.Event()
    # The hour has just struck: a dump of before is too old, one of now is not.
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(
        module,
        "last_due",
        lambda hour, now: (
            datetime.now(UTC) - timedelta(seconds=5) if not dumps.all() else tomorrow - timedelta(days=2)
        ),
    )
    monkeypatch.setattr(module, "datetime", _Earlier)
    running = threading.Thread(target=dump_until, args=(empty, stop), kwargs={"look_every": 0.05})
    running.start()
    until = time.monotonic() + 60
    while not dumps.all() and time.monotonic() < until:
        time.sleep(0.1)
    stop.set()
    running.join(10)
    assert not running.is_alive() and len(dumps.all()) == 1


class _Earlier(datetime):
    """A service that began an hour ago."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) - timedelta(hours=1)


def test_the_command_line(tmp_path: Path) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    harvest(catalogue, "lab", [record("r:1", "Record")])
    catalogue.close()
    run = Home(tmp_path, {"ALMAGEST_DUMPS_KEPT": "1"})
    (made,) = run.json("dump")
    assert made["graphs"] > 1 and {one["name"] for one in made["files"]} == {N_QUADS, TRIG}
    assert run.json("dump", "--list") == [made]
    assert made["name"] in run("dump", "--list").stdout
    (tmp_path / "blocked").write_text("")
    wrong = Home(tmp_path, {"ALMAGEST_DUMP_HOUR": "25"})("dump")
    assert wrong.exit_code == 2 and "hour of the day" in wrong.stderr
