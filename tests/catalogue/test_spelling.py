"""Did you mean: what was misspelt is found, what was not is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.index import Index, Query
from catalogue.indexing import open_index
from catalogue.spelling import did_you_mean
from tests.catalogue.reference_index import ReferenceIndex
from tests.catalogue.test_index import change

TITLES = (
    "Spectroscopy of pulsars in the Magellanic clouds",
    "Spectroscopy of quasars",
    "Pulsar timing and gravitational waves",
    "Neutrino oscillations",
    "Häuser der Teilchen",
)


@pytest.fixture(params=["reference", "embedded", pytest.param("elasticsearch", marks=pytest.mark.services)])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    if request.param == "reference":
        opened: Index = ReferenceIndex()
    elif request.param == "embedded":
        opened = open_index(f"embedded:{tmp_path}/index")
    else:
        opened = open_index(request.getfixturevalue("elasticsearch_url").rstrip("/") + f"/{tmp_path.name}")
    opened.apply([change(number, title=title) for number, title in enumerate(TITLES, 1)])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("spectroskopy", "spectroscopy"),
        ("sepctroscopy", "spectroscopy"),
        ("psectroscopy", "spectroscopy"),
        ("neutirno", "neutrino"),
        ("neutrinno oscilations", "neutrino oscilations"),
        ("gravitatonal waves -quasars", "gravitational waves -quasars"),
        ("(qasars OR nothingness)", "quasars OR nothingness"),
        ("hauser teilchne", "hauser teilchen"),
        ("xyzzy", None),
        ("qsr", None),
        ('"spectroskopy of"', None),
        ("title:spectroskopy", "title:spectroscopy"),
        ("title:(spectroskopy neutirno)", None),
        ("creator:spectroskopy", None),
        ("facility:spectroskopy", None),
        ("-spectroskopy pulsars quasars", None),
        ("spectroskopy neutrino", None),
        ("(((", None),
    ],
)
def test_what_was_meant(index: Index, words: str, meant: str | None) -> None:
    assert did_you_mean(index, Query(words=words)) == meant


def test_an_empty_index_has_no_idea(tmp_path: Path) -> None:
    empty = open_index(f"embedded:{tmp_path}/index")
    assert did_you_mean(empty, Query(words="galaxy")) is None and empty.beginning("a", 5) == {}
    empty.close()
