"""The sample export: alone and over HTTP."""

from __future__ import annotations

from pathlib import Path

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.run import harvest
from web.demo import file
from web.demo.sample import Sample
from web.demo.server import SampleServer
from web.registration import checked


def _harvested(empty: Catalogue, source: Source) -> Run:
    if source.name not in [one.name for one in empty.sources.all()]:
        empty.sources.add(checked(source))
    return harvest(empty, [source.name])[0]


def _source(sample: Sample, samples: SampleServer, folder: Path) -> Source:
    return sample.source(samples.address, folder)


def test_the_export(samples: SampleServer, empty: Catalogue, tmp_path: Path) -> None:
    source = _source(file.sample(), samples, tmp_path)
    run = _harvested(empty, source)
    assert (run.created, run.quarantined, run.error) == (8 + 4 + 3 + 2 + 2, 1, None)
    over_http = Source(name="archive", kind="file", url=f"{samples.address}/export{file.ARCHIVE}")
    assert _harvested(empty, over_http).created == run.created
    assert _harvested(empty, source).fetched == 0
