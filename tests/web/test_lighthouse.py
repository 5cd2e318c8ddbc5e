"""Lighthouse finds nothing wanting in the main pages; how fast they are ``make lighthouse`` tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.lacking import lacking
from tests.services import Unavailable
from tests.web.conftest import served
from tests.web.lighthouse import CATEGORIES, lighthouse
from tests.web.observatory import harvest, observatory
from web.app import create_app

pytestmark = pytest.mark.services

LEAST = 95


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalogue."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(catalogue, "observatory", observatory())
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


@pytest.mark.parametrize(
    "path",
    ["/?q=lensing", f"/records/{record_id('observatory', 'survey:1')}", "/sources", "/help/search"],
)
def test_main_pages_are_without_fault(address: str, path: str) -> None:
    try:
        found = lighthouse(address + path, CATEGORIES[1:])
    except Unavailable as error:
        lacking(str(error))
    assert min(found.scores.values()) >= LEAST, (found.scores, found.wanting)
