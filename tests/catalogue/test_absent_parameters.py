"""What is said where no record has a parameter as it is asked for, on every engine."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.absences import notes
from catalogue.absent_parameters import absence_of
from catalogue.index import Hits, Query
from catalogue.record import Parameter
from tests.catalogue.index_engines import change, engine

__all__ = ["engine"]


@pytest.fixture
def index(engine: Any) -> Any:
    filled = engine()
    told = (
        (Parameter(name="photonEnergy", value=8.0, unit="keV"),),
        (Parameter(name="sample.temperature", value=4.0, unit="K"), Parameter(name="run", value=7)),
        (Parameter(name="temperature", value=20.0, unit="°C"),),
        (Parameter(name="rate", value=3.0, unit="counts/s"),),
    )
    filled.apply([change(n, parameters=parameters) for n, parameters in enumerate(told, 1)])
    return filled


@pytest.mark.parametrize(
    ("condition", "said", "nearest"),
    [
        ("temperatur > 4 K", "No record has a number for the parameter «temperatur»", {"temperature"}),
        ("temperature > 4", "without a unit; it is given in", {"K", "°C"}),
        ("temperature > 4 keV", "it is given in", {"K", "°C"}),
        ("run = 3 K", "it is given in no unit.", set()),
        ("xyzzy = 3", "No record has a number for the parameter «xyzzy».", set()),
    ],
)
def test_the_reason_is_said(index: Any, condition: str, said: str, nearest: set[str]) -> None:
    found = absence_of(index, condition)
    assert found is not None
    assert said in found[0]
    assert nearest <= set(found[1])
    assert found[0].endswith(".")


@pytest.mark.parametrize("condition", ["temperature > 400 K", "photon_energy = 1 eV", "run = 3", "nonsense"])
def test_nothing_is_said_of_values_alone(index: Any, condition: str) -> None:
    assert absence_of(index, condition) is None


def test_notes_tell_of_both_ways_to_ask(index: Any) -> None:
    nothing = Hits(total=0, hits=(), facets={}, cursor=None, understood="")
    query = Query(
        words='parameter:"temperature > 4" tittle:galaxy arxiv:2101.00001', parameters=("runn = 1",)
    )
    said = {(note.parameter, note.value): note for note in notes(index, query, nothing)}
    assert set(said) == {("q", "tittle:galaxy"), ("parameter", "temperature > 4"), ("parameter", "runn = 1")}
    assert "title" in said["q", "tittle:galaxy"].nearest
    assert said["parameter", "runn = 1"].nearest == ("run",)


def test_nothing_is_said_where_something_is_found(index: Any) -> None:
    some = Hits(total=1, hits=(), facets={}, cursor=None, understood="")
    assert notes(index, Query(parameters=("xyzzy = 3",)), some) == ()
