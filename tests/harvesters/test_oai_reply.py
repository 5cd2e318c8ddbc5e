"""Responses taken apart: datestamps, real ones of the corpus, provenance."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from catalogue.errors import SourceError
from catalogue.record import Issue, RawRecord
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.oai_client import OaiClient
from harvesters.oai_reply import Asked, Reply, is_unnamed, moment, unnamed
from harvesters.transport import Answer, Transport

ASKED = Asked(format="oai_dc", prefix="oai_dc", base_url="http://x/oai?db=1")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
        ("2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02", "2024-01-02T00:00:00Z"),
        ("2017-01-00", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_moments(text: str | None, read: str | None) -> None:
    assert moment(text) == read


def test_the_address_of_a_record_keeps_the_query_of_the_source() -> None:
    assert ASKED.address() == "http://x/oai?db=1&verb=GetRecord&metadataPrefix=oai_dc&identifier="


def test_an_unnamed_record_is_known_again() -> None:
    assert is_unnamed(unnamed(3, "why"))
    assert not is_unnamed(Issue(identifier="(record 3 of a page)", path="/", reason="x"))


def test_provenance_without_an_address_is_no_hop() -> None:
    text = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord><record><header>'
        "<identifier>a</identifier></header><metadata><x/></metadata><about>"
        '<provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"><originDescription/></provenance>'
        "</about><about><rights/></about></record></GetRecord></OAI-PMH>"
    )
    (record,) = Reply(etree.fromstring(text)).records(ASKED)
    assert isinstance(record, RawRecord)
    assert record.chain == ()


@pytest.mark.corpus
def test_every_response_of_the_corpus_is_read_or_refused_in_one_sentence(
    shared: Path, tmp_path: Path
) -> None:
    settings = load_settings({"ALMAGEST_HOME": str(tmp_path)})
    source = Source(name="corpus", kind="oai-pmh", url="http://localhost/oai")
    read = 0
    issues: list[tuple[str, str]] = []
    folders = ("oai-protocol", "oai-dc", "oai-datacite", "marcxml", "ivoa-oaipmh", "scicat-oai")
    files = [file for folder in folders for file in sorted((shared / "corpus" / folder).rglob("*.xml"))]
    assert len(files) > 100
    with Transport(source, settings) as transport:
        client = OaiClient(transport, source.url)
        for file in files:
            body = file.read_bytes()
            answer = Answer(status=200, reason="OK", headers={}, body=body, url=source.url)
            try:
                reply = client._read(answer)
            except SourceError as error:
                assert b"OAI-PMH" not in body[:2000] or b"</OAI-PMH>" not in body, (file, error)
                assert "\n" not in str(error)
                continue
            read += 1
            assert reply.errors or reply.verb, file
            if reply.verb in {"ListRecords", "GetRecord"}:
                found = list(reply.records(ASKED))
                assert found or reply.token is not None or reply.verb == "ListRecords", file
                for one in found:
                    if isinstance(one, Issue):
                        issues.append((file.name, one.rule))
                    else:
                        assert one.deleted or one.data
    assert read > 50
    # The one record among them whose header says nothing.
    assert issues == [("sickle__sample_data_ListRecords4.xml", "unnamed")]
