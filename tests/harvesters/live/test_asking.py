"""Several services asked at once: each in its own language, and whatever goes wrong with one stays there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from catalogue.index import Query
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.live.asking import MAXIMUM_BODY, RemoteAnswer, ask_all
from harvesters.live.base import REMEMBERED, Ask
from tests.harvesters.datacite_rest_site import Dois, doi
from tests.harvesters.misbehaving import Asked, Sent, Server
from tests.harvesters.panosc_server import PanoscServer, found, searching
from tests.harvesters.scicat_server import JSON, SciCatServer, answer, datasets, serving


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    REMEMBERED._kept.clear()


@pytest.fixture
def panosc() -> Iterator[Server]:
    records = found(20)
    records[3]["title"] = "Neutron reflectometry of water"  # type: ignore[index]
    with searching(PanoscServer({"datasets": records, "documents": [], "instruments": []})) as server:
        yield server


@pytest.fixture
def datacite() -> Iterator[Server]:
    site = Dois(dois=[doi(number, "desy.data" if number < 3 else "gsi.data") for number in range(6)])
    with Server(site) as server:
        server.url = server.url.removesuffix("/oai")
        yield server


def asked(settings: Settings, *sources: Source, words: str = "", **query: Any) -> list[RemoteAnswer]:
    return ask_all(settings, sources, Ask(query=Query(words=words, **query)))


def of(kind: str, server: Server, name: str = "", **options: str) -> Source:
    return Source(name=name or kind, kind=kind, url=server.url, options={"live": "yes", **options})


def titles(one: RemoteAnswer) -> list[str]:
    return [hit.record.title for hit in one.hits]


def test_panosc_is_searched_by_its_score(settings: Settings, panosc: Server) -> None:
    (one,) = asked(settings, of("panosc", panosc), words="neutron")
    assert (one.status, titles(one)) == ("answered", ["Neutron reflectometry of water"])
    assert one.hits[0].identifier == "datasets/20.500.12269/0003"
    sent = json.loads(panosc.asked[-1]["filter"] or "")
    assert sent["query"] == "neutron" and "include" in sent
    assert any(parameter.unit == "eV" for parameter in one.hits[0].record.parameters)


def test_a_panosc_that_does_not_score_is_looked_through_and_that_is_said(settings: Settings) -> None:
    records = found(20)
    records[3]["title"] = "Neutron reflectometry of water"  # type: ignore[index]
    with searching(PanoscServer({"datasets": records}, scores=False)) as server:
        (one,) = asked(settings, of("panosc", server), words="water neutron")
    assert titles(one) == ["Neutron reflectometry of water"]
    assert any("does not rank by words: the first 20" in sentence for sentence in one.told)


@pytest.mark.parametrize("dialects", [("v4",), ("v3",), ("loopback",)])
def test_scicat_is_searched_in_each_dialect(settings: Settings, dialects: tuple[str, ...]) -> None:
    with serving(SciCatServer({"datasets": datasets(30)}, dialects=dialects)) as server:
        (one,) = asked(settings, of("scicat", server), words="20.500.12345/0007")
    assert (one.status, titles(one)) == ("answered", ["Run 7"])
    assert one.hits[0].identifier == "datasets/20.500.12345/0007"


def test_datacite_is_asked_within_what_the_source_covers(settings: Settings, datacite: Server) -> None:
    wide, narrow = asked(
        settings, of("datacite", datacite, live="only"), of("datacite", datacite, "desy", client="desy.data")
    )
    assert (wide.total, len(wide.hits), narrow.total) == (6, 6, 3)
    assert {hit.record.provenance.sets for hit in narrow.hits} == {("desy.data",)}


def test_datacite_is_told_years_and_fields_in_its_own_language(settings: Settings, datacite: Server) -> None:
    words, published = 'title:"dark matter" -axion year:2015..2020', ("2014-03", None)
    (one,) = asked(settings, of("datacite", datacite, live="only"), words=words, published=published)
    assert datacite.asked[-1]["query"] == (
        '(titles.title:"dark matter" AND (NOT axion) AND publicationYear:[2015 TO 2020] '
        "AND publicationYear:[2014 TO *])"
    )
    assert any("not for days" in sentence for sentence in one.told)


def test_what_cannot_be_asked_is_said(settings: Settings, panosc: Server) -> None:
    facets = {"type": ("dataset",)}
    (one,) = asked(settings, of("panosc", panosc), words="neutron -x", facets=facets, sky="1,2,3")
    assert (one.status, one.not_asked) == ("answered", ("type", "sky"))
    assert any("only the plain ones" in sentence for sentence in one.told)
    (one,) = asked(settings, of("panosc", panosc), sky="1,2,3")
    assert (one.status, one.hits, one.not_asked) == ("failed", (), ("sky",))
    (one,) = asked(settings, of("panosc", panosc), words="creator:Roe")
    assert one.status == "failed" and "plain words only" in str(one.error)


def slow(asked: Asked, sent: Sent) -> Sent:
    time.sleep(4)
    return sent


def test_one_that_is_slow_or_broken_costs_the_others_nothing(settings: Settings, panosc: Server) -> None:
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(searching(PanoscServer({"datasets": found(3)})))
            for name in ("late", "broken", "huge", "page", "away", "gone", "down")
        }
        servers["late"].script = slow
        servers["broken"].script = lambda asked, sent: Sent(body=b'[{"pid": "x", ', headers=JSON)
        servers["huge"].script = lambda asked, sent: Sent(
            body=b"[" + b" " * MAXIMUM_BODY + b"]", headers=JSON
        )
        servers["page"].script = lambda asked, sent: Sent(body=b"<html>hello</html>")
        servers["away"].script = lambda asked, sent: Sent(
            body=b"", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}
        )
        servers["gone"].script = lambda asked, sent: answer({"error": "no"}, 503)
        servers["down"].__exit__(None, None, None)
        sources = [of("panosc", server, name) for name, server in servers.items()]
        begun = time.monotonic()
        given = asked(
            replace(settings, remote_seconds=3.0), *sources, of("panosc", panosc, "good"), words="neutron"
        )
        seconds = time.monotonic() - begun
        stack.pop_all()
        for name, server in servers.items():
            if name != "down":
                server.__exit__(None, None, None)
    by_name = {one.source: one for one in given}
    assert seconds < 3.5
    assert {name: one.status for name, one in by_name.items()} == {
        "late": "timed out",
        "broken": "failed",
        "huge": "failed",
        "page": "failed",
        "away": "failed",
        "gone": "failed",
        "down": "failed",
        "good": "answered",
    }
    assert titles(by_name["good"]) == ["Neutron reflectometry of water"]
    assert "private address" in str(by_name["away"].error)
    assert "4 MB" in str(by_name["huge"].error)
    assert all(one.error and "\n" not in one.error for one in given if one.status != "answered")


def test_a_record_that_cannot_be_read_costs_the_others_nothing(settings: Settings) -> None:
    records: list[Any] = found(4)
    records[1] = {"pid": "x" * 10, "title": {"deep": [[[]]]}}
    records[2] = b"[" * 5000 + b"]" * 5000
    with searching(PanoscServer({"datasets": records})) as server:
        (one,) = asked(settings, of("panosc", server))
    assert one.status in {"answered", "failed"} and "Traceback" not in str(one)
    with searching(PanoscServer({"datasets": records[:2]})) as server:
        REMEMBERED._kept.clear()
        (one,) = asked(settings, of("panosc", server))
    assert one.status == "answered" and titles(one)[0] == "Measurement 0"


def test_the_rules_of_the_source_hold_elsewhere_too(settings: Settings, panosc: Server) -> None:
    (one,) = asked(settings, of("panosc", panosc, **{"exclude-match": "Neutron"}), words="neutron")
    assert (one.status, one.hits) == ("answered", ())
    assert "1 of its hits cannot be shown." in one.told
