"""What records show: files by all their files, formats by type or suffix, addresses by their protocol."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue import fair_facts as facts
from catalogue.record import Capability, Distribution, Environment, Identifier, Interface, Text
from tests.catalogue.test_fair import BARE, FILE, FULL


def test_files_count_only_together() -> None:
    bare = Distribution(url="https://a.example.org/y")
    for shown in (facts.has_sizes, facts.has_media_types, facts.has_checksums):
        assert shown(FULL)
        assert not shown(replace(FULL, distributions=(FILE, bare)))
        assert not shown(replace(FULL, distributions=()))


@pytest.mark.parametrize(
    ("address", "complete", "standard"),
    [
        ("https://a.example.org/x", True, True),
        ("root://eospublic.example.org//x.root", True, True),
        ("gopher://a.example.org/x", True, False),
        ("files/x.csv", False, False),
        ("http://[wrong/x", False, False),
    ],
)
def test_addresses(address: str, complete: bool, standard: bool) -> None:
    record = replace(BARE, distributions=(Distribution(url=address),))
    assert facts.has_data_address(record) is complete
    assert facts.has_standard_protocol(record) is standard


def test_services_and_code_lead_to_data_as_files_do() -> None:
    service = Capability(interfaces=(Interface(url="https://a.example.org/tap"), Interface()))
    offered = replace(BARE, capabilities=(service,))
    code = replace(
        BARE, kind="software", environment=Environment(repository="https://a.example.org/code.git")
    )
    for record in (offered, code):
        assert facts.names_data(record) and facts.has_standard_protocol(record)
        assert not facts.is_work_with_files(record)
    assert facts.is_work_with_files(replace(offered, distributions=(FILE,)))
    assert facts.is_work_with_files(BARE)


@pytest.mark.parametrize(
    ("file", "known"),
    [
        (Distribution(url="https://a.example.org/1", media_type="Text/CSV; charset=utf-8"), True),
        (Distribution(url="https://a.example.org/1", media_type="application/x-hdf5"), True),
        (Distribution(url="https://a.example.org/1", media_type="application/x-secret"), False),
        (Distribution(url="https://a.example.org/a.FITS?x=1"), True),
        (Distribution(url="https://a.example.org/1", title="events.root"), True),
        (Distribution(url="https://a.example.org/1"), False),
    ],
)
def test_formats(file: Distribution, known: bool) -> None:
    assert facts.has_known_formats(replace(BARE, distributions=(file,))) is known


def test_a_title_that_is_the_identifier_is_none() -> None:
    named = replace(BARE, identifiers=(Identifier(scheme="doi", value="10.5072/x", written="DOI:10.5072/x"),))
    assert facts.has_title(named)
    assert not facts.has_title(replace(named, titles=(Text(value="DOI:10.5072/x"),)))


def test_standards_are_told_by_the_format_of_the_source() -> None:
    def of(format: str | None) -> tuple[bool, bool]:
        record = replace(BARE, provenance=replace(BARE.provenance, format=format))
        return facts.is_in_rich_standard(record), facts.is_in_community_standard(record)

    assert of("oai_dc") == of(None) == (False, False)
    assert of("oai_datacite") == (True, False)
    assert of("scicat") == (True, True)
