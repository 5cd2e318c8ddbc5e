"""Probing an endpoint: what it is, and its faults in plain words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.errors import SourceProtocolError
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Probe, harvester_of
from harvesters.faults import hint_of
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
    server.repository.granularity, server.repository.earliest = "YYYY-MM-DD", "2020-01-01"
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


def faults(probe: Callable[..., Probe], **values: object) -> dict[str, str]:
    """The faults that a probe finds, each with its hint."""
    return {str(fault): hint_of(fault) or "" for fault in probe(**values).faults}


def test_each_fault_has_a_hint(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.granularity = "seconds"
    server.repository.earliest = "2017-01-00"
    server.repository.honours_dates = False
    server.repository.error_status = 422
    server.repository.base_url = "http://localhost:8080/oai"
    server.repository.items = [*some(3), Item(identifier="x", datestamp="yesterday"), *some(1)]
    found = faults(probe)
    assert len(found) >= 7
    assert all(found.values()), [fault for fault, hint in found.items() if not hint]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"earliest": "0000-01-01T00:00:00Z"}, "no date"),
        ({"earliest": "1001-01-01T00:00:00Z"}, "cannot be true"),
        ({"earliest": "2020-01-01"}, "is not in its granularity YYYY-MM-DDThh:mm:ssZ"),
        ({"base_url": "http://localhost:8080/oai"}, "Its baseURL is «http://localhost:8080/oai», but"),
        ({"base_url": "http://[broken"}, "Its baseURL is «http://[broken», but"),
        ({"prefixes": ("oai_datacite",)}, "does not offer oai_dc"),
        ({"date": "yesterday"}, "responseDate"),
    ],
)
def test_faults_of_single_answers(
    probe: Callable[..., Probe], server: Server, changes: dict[str, object], fault: str
) -> None:
    for name, value in changes.items():
        setattr(server.repository, name, value)
    assert any(fault in found for found in probe().faults), probe().faults


def test_a_clock_that_is_wrong_is_told(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.date = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert any("more than an hour from the true time" in fault for fault in probe().faults)


def _identify(change: Callable[[bytes], bytes]) -> Callable[[Asked, Sent], Sent]:
    return lambda asked, sent: replace(sent, body=change(sent.body)) if asked.verb == "Identify" else sent


def test_deletions_that_leave_no_trace_and_an_address_that_is_none(
    probe: Callable[..., Probe], server: Server
) -> None:
    server.script = _identify(
        lambda body: body.replace(b">transient<", b">no<").replace(b"a@example.org", b"me")
    )
    found = faults(probe)
    assert "It keeps no trace of deleted records (deletedRecord is «no»)." in found
    assert "Its adminEmail «me» is no address." in found


def test_records_that_have_days_where_seconds_are_promised(
    probe: Callable[..., Probe], server: Server
) -> None:
    server.repository.items = [Item(identifier="a", datestamp="2024-01-01")]
    assert "Identify says that datestamps are in seconds, but records have days." in faults(probe)


def test_records_that_come_twice(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.items = [*some(3), *some(2)]
    assert "2 of the first 5 records come twice." in faults(probe)


def test_a_list_that_is_shorter_than_announced(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.items = some(5)
    end = b'<resumptionToken completeListSize="9"/></ListRecords>'
    server.script = lambda asked, sent: replace(sent, body=sent.body.replace(b"</ListRecords>", end))
    assert "It announces 9 records and gives 5, without a resumptionToken." in faults(probe)


def test_a_token_that_has_expired_at_once(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.untoken = lambda text: "gone"
    assert any("refuses its own resumptionToken" in fault for fault in probe().faults)


def test_a_list_that_never_ends(probe: Callable[..., Probe], server: Server) -> None:
    first: list[Sent] = []

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.verb != "ListRecords" or asked["from"]:
            return sent
        first.append(sent)
        return first[0]

    server.script = script
    found = faults(probe)
    assert any("same resumptionToken as the first" in fault for fault in found)
    assert "Its second page has the same records as the first." in found


def test_pages_that_overlap_and_pages_that_are_empty(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.items = [*some(10), *some(8), *some(2, begin=20)]
    assert "8 records of the first page come again on the second." in faults(probe)
    server.repository.items = some(25)
    server.script = lambda asked, sent: (
        replace(sent, body=re.sub(rb"<record>.*</record>", b"", sent.body)) if asked.token else sent
    )
    assert "Its second page is empty." in faults(probe)


def _sets(tokens: Callable[[str | None], str]) -> Callable[[Asked, Sent], Sent]:
    """ListSets page by page: each gives one set and the token that ``tokens`` makes of the last one."""

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.verb != "ListSets":
            return sent
        one = asked.token or "s0"
        inside = f"<set><setSpec>{one}</setSpec><setName>x</setName></set>"
        token = f"<resumptionToken>{tokens(asked.token)}</resumptionToken>"
        body = re.sub(rb"<(error|ListSets).*</OAI-PMH>", b"", sent.body)
        return replace(sent, body=body + f"<ListSets>{inside}{token}</ListSets></OAI-PMH>".encode())

    return script


def test_sets_are_read_to_their_last_page(probe: Callable[..., Probe], server: Server) -> None:
    server.script = _sets(lambda token: {None: "s1", "s1": "s2", "s2": ""}[token])
    found = probe(sets=("s2",))
    assert found.sets == ("s0", "s1", "s2")
    assert not any("ListSets" in fault or "lists no set" in fault for fault in found.faults)


@pytest.mark.parametrize(
    ("tokens", "fault"),
    [
        (lambda token: "s1", "gives the same resumptionToken again"),
        (lambda token: f"s{int((token or 's0')[1:]) + 1}", "does not end within 20 pages"),
    ],
)
def test_sets_without_an_end(
    probe: Callable[..., Probe], server: Server, tokens: Callable[[str | None], str], fault: str
) -> None:
    server.script = _sets(tokens)
    assert f"ListSets {fault}." in faults(probe)
    assert server.verbs().count("ListSets") <= 20


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Sent(body=b"<html>oops</html>", status=500), "something that is no OAI-PMH"),
        (Sent(body=b"<html>no</html>", status=400), "with HTTP status 400"),
    ],
)
def test_a_verb_that_does_not_exist(
    probe: Callable[..., Probe], server: Server, sent: Sent, said: str
) -> None:
    server.script = lambda asked, answer: sent if asked.verb == "Nonsense" else answer
    assert any(said in fault and "not with badVerb" in fault for fault in probe().faults)


def test_a_registry_without_its_set(probe: Callable[..., Probe], server: Server) -> None:
    server.repository.prefixes = ("oai_dc", "ivo_vor")
    server.repository.items = some(3, sets=("a",))
    assert "It gives ivo_vor, but has no set ivo_managed." in faults(probe, prefix="oai_dc")


def test_slow_answers_are_told(
    probe: Callable[..., Probe], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.oai_probe.SLOW", 0.2)

    def script(asked: Asked, sent: Sent) -> Sent:
        time.sleep(0.3 if asked.verb == "ListMetadataFormats" else 0)
        return sent

    server.script = script
    assert "ListMetadataFormats was answered only after 0 seconds." in faults(probe)
