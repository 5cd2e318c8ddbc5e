"""Each sample of the demo: probed, harvested whole, and again after its next day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.opening import Catalogue
from harvesters.run import harvest
from tests.web.command_line import sample_server
from web.demo.sample import samples
from web.preview import probe

FAULTY = {"export": 1, "forge": 1, "ossr": 1, "registries": 1, "scicat": 2}
"""How many records have issues; those of the others have none."""
UNREADABLE = {"export": 1}


@pytest.mark.parametrize("name", sorted(one.name for one in samples()))
def test_two_days(name: str, empty: Catalogue, tmp_path: Path) -> None:
    with sample_server() as server:
        (sample,) = (one for one in server.samples.values() if one.name == name)
        source = sample.source(server.address, tmp_path / "samples")
        said = probe(empty.settings, source)
        empty.sources.add(source)
        (first,) = harvest(empty, [])
        assert (first.error, first.quarantined) == (None, UNREADABLE.get(name, 0))
        assert first.created > 0
        assert said.records is None or said.records >= first.created
        assert len({one.identifier for _, one in empty.sources.issues(name)}) == FAULTY.get(name, 0)
        told = sample.next_day(datetime.now(UTC))
        # Within the same second a full list that is due each time is not yet so by itself.
        (second,) = harvest(empty, [], full=0 < source.full_every < 1)
        assert (second.error, (second.created, second.updated, second.deleted)) == (None, told)
        assert sample.next_day(datetime.now(UTC)) == (0, 0, 0)
        (third,) = harvest(empty, [], full=True)
        assert (third.created, third.updated, third.deleted) == (0, 0, 0)
