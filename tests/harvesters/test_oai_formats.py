"""The choice of a metadataPrefix."""

from __future__ import annotations

import pytest

from harvesters import oai_formats
from harvesters.oai_formats import choose_format
from harvesters.oai_reply import Offer
from mappings.base import Format

DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


def form(prefix: str, namespace: str, rank: int, *, media_type: str = "application/xml") -> Format:
    return Format(
        prefix=prefix,
        title=prefix,
        media_type=media_type,
        namespace=namespace,
        rank=rank,
        read=lambda document, provenance: (_ for _ in ()).throw(AssertionError),
    )


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    readable = [
        form("json", "urn:json", 99, media_type="application/json"),
        form("datacite", "http://datacite.org/schema/kernel-4", 50),
        form("oai_dc", DC, 10),
    ]
    write_only = Format(prefix="ris", title="RIS", media_type="application/xml", rank=80)
    monkeypatch.setattr(
        oai_formats, "formats", lambda: {one.prefix: one for one in (readable[0], write_only, *readable[1:])}
    )


def test_the_richest_that_we_can_read() -> None:
    offers = [Offer(prefix=prefix) for prefix in ("oai_dc", "json", "ris", "datacite", "mets")]
    assert choose_format(offers, None) == ("datacite", "datacite")


def test_a_format_is_known_by_its_namespace_too() -> None:
    offers = [
        Offer(prefix="oai_dc", namespace=DC),
        Offer(prefix="dcite4", namespace="https://datacite.org/schema/kernel-4/"),
    ]
    assert choose_format(offers, None) == ("dcite4", "datacite")


def test_what_the_operator_wants_is_asked_for() -> None:
    offers = [Offer(prefix="dc", namespace=DC), Offer(prefix="datacite")]
    assert choose_format(offers, "oai_dc") == ("oai_dc", "oai_dc")
    assert choose_format(offers, "dc") == ("dc", "oai_dc")
    assert choose_format(offers, "mets") == ("mets", "mets")


def test_a_server_that_offers_nothing_is_asked_for_dublin_core() -> None:
    assert choose_format([], None) == ("oai_dc", "oai_dc")


def test_the_originals_of_another_almagest_are_taken_only_when_asked_for() -> None:
    offers = [
        Offer(prefix="original_datacite", namespace="http://datacite.org/schema/kernel-4"),
        Offer(prefix="oai_dc", namespace=DC),
    ]
    assert choose_format(offers, None) == ("oai_dc", "oai_dc")
    assert choose_format(offers, "original_datacite") == ("original_datacite", "datacite")
