"""How protocols are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from catalogue.errors import SettingsError
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import harvester_kinds, harvester_of
from harvesters.oai_pmh import OaiPmh
from harvesters.transport import Transport


def test_every_protocol_is_found_by_its_kind() -> None:
    kinds = harvester_kinds()
    assert kinds["oai-pmh"] is OaiPmh
    assert list(kinds) == sorted(kinds)
    assert all(kind.kind == name and kind.title for name, kind in kinds.items())


def test_a_source_gets_its_harvester(connect: Callable[..., Transport], settings: Settings) -> None:
    source = Source(name="test", kind="oai-pmh", url="http://localhost/oai")
    with connect(source, settings) as transport:
        harvester = harvester_of(source, transport)
    assert isinstance(harvester, OaiPmh)
    assert (harvester.started, harvester.missing, harvester.deletes_by_absence) == (None, 0, True)


def test_an_unknown_kind_names_the_known(connect: Callable[..., Transport], settings: Settings) -> None:
    source = Source(name="test", kind="telepathy", url="http://localhost/oai")
    with (
        connect(source, settings) as transport,
        pytest.raises(SettingsError, match=r"«telepathy»; known are .*oai-pmh"),
    ):
        harvester_of(source, transport)
