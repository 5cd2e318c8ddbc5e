"""The sample Git host and the sample export: harvested as the demo does it, before and after a day."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.run import harvest
from tests.web.command_line import sample_server
from web.demo import codemeta, file
from web.demo.content import campaigns
from web.demo.sample import Sample
from web.demo.server import NEXT_DAY, SampleServer
from web.registration import checked


@pytest.fixture
def samples() -> Iterator[SampleServer]:
    with sample_server() as server:
        yield server


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path / "home")}))
    yield opened
    opened.close()


def _harvested(catalogue: Catalogue, source: Source) -> Run:
    if source.name not in [one.name for one in catalogue.sources.all()]:
        catalogue.sources.add(checked(source))
    return harvest(catalogue, [source.name])[0]


def _source(sample: Sample, samples: SampleServer, folder: Path) -> Source:
    return sample.source(samples.address, folder)


def test_the_git_host(samples: SampleServer, catalogue: Catalogue, tmp_path: Path) -> None:
    source = _source(codemeta.sample(), samples, tmp_path)
    run = _harvested(catalogue, source)
    assert (run.created, run.error) == (len(campaigns()) + 1, None)
    urllib.request.urlopen(samples.address + NEXT_DAY, data=b"").close()
    run = harvest(catalogue, [source.name], full=True)[0]
    assert (run.created, run.updated, run.deleted) == (1, 1, 1)


def test_the_export(samples: SampleServer, catalogue: Catalogue, tmp_path: Path) -> None:
    source = _source(file.sample(), samples, tmp_path)
    run = _harvested(catalogue, source)
    assert (run.created, run.quarantined, run.error) == (8 + 4 + 3 + 2 + 2, 1, None)
    over_http = Source(name="archive", kind="file", url=f"{samples.address}/export{file.ARCHIVE}")
    assert _harvested(catalogue, over_http).created == run.created
    assert _harvested(catalogue, source).fetched == 0
