"""What the measure of loss found lost, and is so no longer."""

from __future__ import annotations

from typing import Any

from catalogue.record import Mapped, Provenance
from mappings.base import format_of


def _read(prefix: str, document: Any) -> Mapped:
    read = format_of(prefix).read
    assert read is not None
    return read(document, Provenance(source="test", identifier="one", format=prefix))


def _kept(mapped: Mapped) -> dict[str, str]:
    return {one.path.removeprefix("metadata."): one.text for one in mapped.record.extra}


def test_configuration_files_without_an_address_are_kept() -> None:
    steps = [{"configuration_files": [{"title": "cuts.py"}, {"title": "all.py", "url": "https://x.org/all"}]}]
    mapped = _read("cernopendata", {"recid": "1", "title": "Collisions", "methodology": {"steps": steps}})
    assert _kept(mapped)["methodology.steps[0].configuration_files[0].title"] == "cuts.py"
    assert [one.title for one in mapped.record.relations] == ["all.py"]


def test_links_that_say_more_than_a_relation_holds_keep_the_rest() -> None:
    relations = [
        {"type": "isParentOf", "title": "Raw data", "description": "as recorded", "recid": "7"},
        {"type": "isParentOf", "title": "The same, once more", "recid": "7"},
        {"type": "isChildOf", "title": "/Nowhere/RAW"},
    ]
    mapped = _read("cernopendata", {"recid": "1", "title": "Collisions", "relations": relations})
    [relation] = mapped.record.relations
    assert relation.title == "Raw data"
    kept = _kept(mapped)
    assert kept["relations[0].description"] == "as recorded"
    assert kept["relations[1].title"] == "https://opendata.cern.ch/record/7: The same, once more"
    assert kept["relations[2].title"] == "/Nowhere/RAW"


def test_every_command_of_a_workflow_stays() -> None:
    steps = [{"name": "fit", "commands": ["source setup.sh", "root -b fit.C"]}]
    workflow = {"type": "serial", "specification": {"steps": steps}}
    mapped = _read("reana", {"version": "0.9", "workflow": workflow})
    assert mapped.record.environment is not None
    assert mapped.record.environment.entry_point == "source setup.sh"
    assert "root -b fit.C" in _kept(mapped).values()
