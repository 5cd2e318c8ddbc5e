"""Memory stays bounded: 20,000 records under 300 MB, however the server portions them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harvesters.misbehaving import DC, Repository, Server, some

PROJECT = Path(__file__).resolve().parents[2]
LIMIT = 300_000_000
PROGRAM = """
import json, pathlib, re, resource, sys
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.run import harvest

catalogue = Catalogue(load_settings({"ALMAGEST_HOME": sys.argv[1]}))
catalogue.sources.add(Source(name="test", kind="oai-pmh", url=sys.argv[2]))
run = harvest(catalogue, ["test"])[0]
if sys.platform == "linux":
    # Linux counts the parent's memory at the fork into ru_maxrss.
    status = pathlib.Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([run.status, run.created, run.error, peak]))
"""


@pytest.mark.timeout(700)
@pytest.mark.parametrize("page_size", [100, 1000, 20_000])
def test_twenty_thousand_records_under_300_megabytes(tmp_path: Path, page_size: int) -> None:
    words = "spectrum of the galactic centre & its surroundings; ".replace("&", "&amp;") * 30
    inside = f"<dc:title>A survey</dc:title><dc:description>{words}</dc:description>" + (
        "<dc:subject>astroparticle physics</dc:subject>" * 5
    )
    items = some(20_000, metadata=DC.format(inside=inside))
    assert len(items[0].record()) > 1_900
    with Server(Repository(items, page_size=page_size)) as server:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path), server.url],
            capture_output=True,
            text=True,
            timeout=600,
            cwd=PROJECT,
            check=True,
        )
    status, created, error, peak = json.loads(done.stdout)
    assert (status, created, error) == ("succeeded", 20_000, None)
    assert peak < LIMIT, f"{peak / 1e6:.0f} MB"
    print(f"{peak / 1e6:.0f} MB")
