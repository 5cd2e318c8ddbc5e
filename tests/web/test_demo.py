"""The demo: its sources speak OAI-PMH, its story is true, its service answers and leaves nothing behind."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sickle import Sickle

from tests.web.command_line import PATHS, Home, one_sentence, sample_server
from web.demo.content import campaigns
from web.demo.repository import Repository
from web.demo.sample import samples as other_samples
from web.demo.server import SampleServer
from web.demo.sky import pixel
from web.demo.story import registration, sources

OAI = "{http://www.openarchives.org/OAI/2.0/}"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def samples() -> Iterator[SampleServer]:
    """The sample sources."""
    with sample_server() as server:
        yield server


def ask(repository: Repository, moment: datetime = NOW, **arguments: str) -> tuple[int, Any]:
    given = {name.rstrip("_"): [value] for name, value in arguments.items()}
    status, document = repository.answer("http://here/oai", given, moment)
    return status, etree.fromstring(document)


def error_code(root: Any) -> str | None:
    found = root.find(f"{OAI}error")
    return None if found is None else str(found.get("code"))


def test_each_sample_source_can_be_registered_by_the_command_that_is_told(
    samples: SampleServer, tmp_path: Path
) -> None:
    home = Home(tmp_path, {})
    for source in sources(samples.address, tmp_path / "samples"):
        answer = home(*shlex.split(registration(source))[1:])
        assert answer.exit_code == 0, answer.stderr
        (shown,) = home.json("source", "show", source.name)
        assert (shown["url"], tuple(shown["sets"])) == (source.url, source.sets)
        assert shown["options"] == dict(source.options)


def test_hundreds_of_records_in_several_languages(samples: SampleServer) -> None:
    live = [
        record
        for repository in samples.repositories.values()
        for record in repository._records.values()
        if not record.deleted
    ]
    assert len(live) >= 300
    assert len({campaign.home.language for campaign in campaigns()}) >= 6
    assert len({campaign.texts["field"] for campaign in campaigns()}) >= 12


def test_another_harvester_walks_all_of_it(samples: SampleServer) -> None:
    for name, prefix in (("helix", "oai_datacite"), ("meridian", "ivo_vor"), ("library", "marcxml")):
        repository = samples.repositories[PATHS[name]]
        records = Sickle(samples.address + PATHS[name]).ListRecords(metadataPrefix=prefix)
        found = [record.header.identifier for record in records]
        expected = [r.identifier for r in repository._records.values() if r.deleted or prefix in r.documents]
        assert sorted(found) == sorted(expected)
        assert len(found) == len(set(found))


def test_answers_follow_the_schema_of_oai_pmh(samples: SampleServer, shared: Path) -> None:
    schema = etree.XMLSchema(file=str(shared / "schemas/oai/OAI-PMH.xsd"))
    for repository in samples.repositories.values():
        prefix = next(iter(repository.formats))
        requests: list[dict[str, str]] = [
            {"verb": "Identify"},
            {"verb": "ListMetadataFormats"},
            {"verb": "ListSets"},
            {"verb": "ListIdentifiers", "metadataPrefix": prefix},
            {"verb": "ListIdentifiers", "metadataPrefix": "nonsense"},
            {"verb": "nonsense"},
        ]
        for request in requests:
            _, root = ask(repository, **request)
            assert schema.validate(root), (request, schema.error_log)


def test_tokens_expire_and_are_checked(samples: SampleServer) -> None:
    repository = samples.repositories[PATHS["helix"]]
    _, root = ask(repository, verb="ListRecords", metadataPrefix="oai_datacite")
    token = root.find(f".//{OAI}resumptionToken")
    assert token.get("completeListSize") == "168"
    assert len(root.findall(f".//{OAI}record")) == 50
    _, second = ask(repository, NOW + timedelta(seconds=119), verb="ListRecords", resumptionToken=token.text)
    assert second.find(f".//{OAI}resumptionToken").get("cursor") == "50"
    for moment, given in (
        (NOW + timedelta(seconds=121), {"resumptionToken": token.text}),
        (NOW, {"resumptionToken": "nonsense"}),
        (NOW, {"resumptionToken": "W10="}),
    ):
        status, root = ask(repository, moment, verb="ListRecords", **given)
        assert (status, error_code(root)) == (422, "badResumptionToken")
    _, root = ask(repository, verb="ListRecords", resumptionToken=token.text, set="x")
    assert error_code(root) == "badArgument"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "x"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "2099-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "2020-01-01T00:00:00Z"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "x"}, "idDoesNotExist"),
        ({}, "badVerb"),
    ],
)
def test_errors_of_a_repository_that_knows_days_only(
    arguments: dict[str, str], code: str, samples: SampleServer
) -> None:
    status, root = ask(samples.repositories[PATHS["alma"]], **arguments)
    assert (status, error_code(root)) == (200, code)


def test_the_next_day_comes_once() -> None:
    with sample_server() as server:
        repository = server.repositories[PATHS["helix"]]
        assert repository.next_day(NOW) == (6, 3, 2)
        assert repository.next_day(NOW) == (0, 0, 0)
        _, root = ask(repository, verb="ListRecords", metadataPrefix="oai_datacite", from_="2026-01-31")
        assert len(root.findall(f".//{OAI}record")) == 11
        assert len(root.findall(f".//{OAI}header[@status='deleted']")) == 2


def test_pixels_of_the_sky() -> None:
    assert [pixel(45 + 90 * turn, 80, 0) for turn in range(4)] == [0, 1, 2, 3]
    assert [pixel(90 * turn, 0, 0) for turn in range(4)] == [4, 5, 6, 7]
    assert [pixel(45 + 90 * turn, -80, 0) for turn in range(4)] == [8, 9, 10, 11]
    # Each pixel lies within its parent (Górski et al. 2005, section 4).
    for ra, dec in ((83.633, 22.015), (266.417, -29.008), (0.0, 89.9), (359.9, -89.9), (45.0, 41.81)):
        assert pixel(ra, dec, 6) >> 8 == pixel(ra, dec, 2)


def test_the_story(tmp_path: Path) -> None:
    proxy = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "", "NO_PROXY": ""}
    home = Home(tmp_path / "own", proxy)
    with home.start("demo", "--once") as process:
        output, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert output == ""
    assert not (tmp_path / "own").exists()
    for name in PATHS:
        assert f"almagest source add {name} --kind oai-pmh" in told
    runs = re.findall(r"  ([\w-]+): (succeeded|partial), (\d+) fetched", told)
    assert len(runs) == 2 * (len(PATHS) + len(other_samples()))
    assert ("helix", "succeeded", "11") in runs
    count = len(runs) // 2
    fewer = {first[0] for first, second in zip(runs[:count], runs[count:]) if int(second[2]) < int(first[2])}
    assert {*PATHS, "export", "registries", "tables"} <= fewer
    assert "only what has changed, or the full list where that tells no changes or no deletions" in told
    assert "oai:alma.example.org:9902: Not well-formed XML" in told
    assert re.search(r"The search index has followed [3-9]\d\d changes\.", told)
    found = dict(re.findall(r"^  by ([^:]+): (.*)$", told, re.MULTILINE))
    assert len(found) == 4 and all(len(sources.split(", ")) >= 2 for sources in found.values()), found
    folder = re.search(r"The demo works in (\S+) ", told)
    assert folder is not None
    assert not Path(folder[1]).exists()


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("demo", "serve", "web"):
            answer = Home(tmp_path, {})(command, "--port", port)
            assert answer.exit_code == 2
            assert f"Port {port} is in use by another program; choose another one with --port." in (
                answer.stderr if command != "demo" else one_sentence(answer)
            )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_serves_until_told_to_stop(number: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    log = (tmp_path / "log").open("w+")
    with Home(tmp_path, {}).start("demo", "--port", str(port), stdout=log, stderr=log) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(base + "/health/live", process, tmp_path / "log")
            assert b'"total":' in fetched(base + "/api/v1/records?q=blazars")
            assert b"<repositoryName>Almagest demo</repositoryName>" in fetched(base + "/oai?verb=Identify")
            assert b"Markarian" in fetched(base + "/?q=Markarian")
            endpoint_is_tested(base, (tmp_path / "log").read_text())
        finally:
            process.send_signal(number)
            process.wait(60)
    told = (tmp_path / "log").read_text()
    assert process.returncode == 0, told
    assert "Traceback" not in told
    found = dict(re.findall(r"^  by ([^:]+): (.*)$", told, re.MULTILINE))
    assert len(found) == 4 and all(len(sources.split(", ")) >= 2 for sources in found.values()), found
    folder = re.search(r"The demo works in (\S+) ", told)
    assert folder is not None
    assert not Path(folder[1]).exists()
    with pytest.raises(urllib.error.URLError):
        fetched(base + "/health/live")


def endpoint_is_tested(base: str, told: str) -> None:
    """A visitor may test the sample sources, and nothing else of this machine."""
    address = re.search(r"answer at (http://\S+?),", told)
    assert address is not None
    asked = f"{base}/api/v1/sources/test?url="
    seen = json.loads(fetched(f"{asked}{address[1]}/helix/oai2d"))
    assert (seen["kind"], seen["error"], len(seen["records"])) == ("oai-pmh", None, 20)
    assert "private address" in json.loads(fetched(f"{asked}{base}/oai"))["error"]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def fetched(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        body: bytes = answer.read()
    return body


def wait_for(url: str, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            fetched(url)
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
