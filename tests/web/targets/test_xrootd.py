"""XRootD: commands for ``root:`` addresses."""

from __future__ import annotations

from catalogue.record import Distribution
from tests.web.observatory import record
from web.targets.base import Use, target_of


def test_every_root_address_has_xrdcp_and_gfal_copy() -> None:
    files = (
        Distribution(url="root://eospublic.example.org//eos/opendata/x.root"),
        Distribution(url="https://a.example.org/x"),
    )
    use = Use(record=record("data", "Data", distributions=files), page="https://c.example.org/records/x")
    assert [(offer.label, offer.command) for offer in target_of("xrootd").offers(use)] == [
        ("xrdcp", "xrdcp --continue root://eospublic.example.org//eos/opendata/x.root x.root"),
        ("gfal-copy", 'gfal-copy root://eospublic.example.org//eos/opendata/x.root file://"$PWD"/x.root'),
    ]
