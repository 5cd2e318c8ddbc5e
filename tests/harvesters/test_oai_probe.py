"""Probing an endpoint: what it is, and its faults in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from catalogue.errors import SourceProtocolError
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Probe, harvester_of
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Asked, Item, Sent, Server, some


@pytest.fixture
def probe(server: Server, settings: Settings, connect: Callable[..., Transport]) -> Callable[..., Probe]:
    def run(**values: object) -> Probe:
        source = Source(name="test", kind="oai-pmh", url=server.url, **values)  # type: ignore[arg-type]
        with connect(source, settings) as transport:
            return harvester_of(source, transport).probe()

    return run


def test_an_endpoint_without_faults(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.items = [*some(12, sets=("a",)), *some(13, begin=12, sets=("b", "c"))]
    assert probe() == Probe(
        name="Test repository",
        protocol="OAI-PMH 2.0",
        formats=("oai_dc",),
        chosen_format="oai_dc",
        sets=("a", "b", "c"),
        granularity="YYYY-MM-DDThh:mm:ssZ",
        deletion="transient",
        earliest="2020-01-01T00:00:00Z",
        records=25,
    )
    assert probe(sets=("a",)).records == 12


def test_faults_are_said_in_plain_words(probe: Callable[..., Probe], server: Server) -> None:
    repository = server.repository
    repository.granularity = "seconds"
    repository.earliest = "2017-01-00"
    repository.honours_dates = False
    repository.error_status = 422
    repository.prefixes = ("oai_datacite", "oai_dc")[1:]
    repository.items = [
        *some(3),
        Item(identifier="x", datestamp="yesterday"),
        Item(identifier="y", metadata=""),
    ]

    def script(asked: Asked, sent: Sent) -> Sent:
        body = re.sub(rb"<adminEmail>.*?</adminEmail>", b"", sent.body)
        body = body.replace(b"<deletedRecord>transient", b"<deletedRecord>maybe")
        return replace(sent, body=body.replace(b"Title 1<", b"\x03<").replace(b">2.0<", b">1.1<"))

    server.script = script
    faults = probe().faults
    for part in (
        "Identify lacks adminEmail.",
        "Its protocolVersion is «1.1», not 2.0.",
        "Its granularity is «seconds», which is neither of the two allowed.",
        "Its deletedRecord is «maybe», not no, transient or persistent.",
        "Its earliestDatestamp «2017-01-00» is no date.",
        "2 of the first 5 records cannot be read.",
        "Some records have no valid datestamp.",
        "It ignores from: asked for changes of the day after tomorrow it gives records.",
        "A page is not well-formed XML",
        "Errors come with HTTP status 422 in place of 200.",
    ):
        assert any(part in fault for fault in faults), (part, faults)


def test_a_day_granularity_that_is_not_kept(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.granularity = "YYYY-MM-DD"
    assert probe().faults == ("Identify says that datestamps are days, but records have them in seconds.",)
    server.repository.accepted_dates = (20,)
    assert any(fault.startswith("It refuses from=") for fault in probe().faults)


def test_an_empty_repository_has_no_records(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.items = []
    assert (probe().records, probe().faults) == (0, ())


def test_what_is_no_oai_pmh_is_no_probe(probe: Callable[..., Probe], server: Server) -> None:
    server.script = lambda asked, sent: Sent(body=b"<html></html>", headers={"Content-Type": "text/html"})
    with pytest.raises(SourceProtocolError, match="a web page"):
        probe()
    server.script = lambda asked, sent: Sent(body=b"", status=404)
    with pytest.raises(SourceProtocolError, match="404"):
        probe()


def test_formats_that_nobody_reads_are_named(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.prefixes = ("urn-x", "urn-y")
    with pytest.raises(SourceProtocolError, match="offers urn-x, urn-y, of which Almagest reads none"):
        probe()


def test_a_set_that_is_not_listed_is_told(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.items = some(3, sets=("a",))
    assert probe(sets=("a",)).faults == ()
    assert "It lists no set «b»; check the name." in probe(sets=("b",)).faults
