"""Names of parameters with their units: counted on every engine."""

from __future__ import annotations

from catalogue.index import Listing, Query
from catalogue.parameter_names import MOST_NAMES, parameter_keys
from catalogue.record import Parameter
from tests.catalogue.index_engines import change, engine, found

__all__ = ["engine"]


def test_names_come_with_their_units(engine):
    index = engine()
    told = (
        (Parameter(name="photonEnergy", value=8.0, unit="keV"), Parameter(name="comment", text="fine")),
        (Parameter(name="photon_energy", value=9000.0, unit="eV"),),
        (
            Parameter(name="Photon energy", low=1.0, high=2.0, unit="keV"),
            Parameter(name="photon energy", value=2),
        ),
        (Parameter(name="sample.temperature", value=4.0, unit="K"),),
        (),
    )
    index.apply([change(n, parameters=parameters) for n, parameters in enumerate(told, 1)])
    first, second = index.values(Query(), Listing(facet="parameter")).values
    assert (first.value, first.count, first.units) == ("photon_energy", 3, (("keV", 2), ("eV", 1)))
    assert (second.value, second.count, second.units) == ("sample_temperature", 1, (("K", 1),))
    for beginning, names in (
        ("photon", ["photon_energy"]),
        ("photonEn", ["photon_energy"]),
        ("temp", ["sample_temperature"]),
        ("emperature", []),
        ("", ["photon_energy", "sample_temperature"]),
        ("Photon ENERGY", ["photon_energy"]),
        ("\x1f", ["photon_energy", "sample_temperature"]),
    ):
        listed = index.values(Query(), Listing(facet="parameter", contains=beginning))
        assert [one.value for one in listed.values] == names, beginning
        assert listed.total == len(names)
    # What is listed can be asked for.
    assert found(index, parameters=("photon_energy > 0 keV",)) == {1, 2, 3}
    narrowed = index.values(Query(parameters=("sample_temperature = 4 K",)), Listing(facet="parameter"))
    assert [one.value for one in narrowed.values] == ["sample_temperature"]


def test_names_are_paged(engine):
    index = engine()
    names = tuple(Parameter(name=f"current {n}", value=n, unit="A") for n in range(5))
    index.apply([change(1, parameters=names)])
    first = index.values(Query(), Listing(facet="parameter", sort="name", size=3))
    second = index.values(Query(), Listing(facet="parameter", sort="name", size=3, cursor=first.cursor))
    assert [one.value for one in (*first.values, *second.values)] == [f"current_{n}" for n in range(5)]
    assert second.cursor is None


def test_a_record_has_so_many_names_at_most():
    many = tuple(Parameter(name=f"p{n}", value=1.0, unit="A") for n in range(1000))
    record = change(1, parameters=(*many, Parameter(name="…", value=1.0))).record
    assert record is not None and len(parameter_keys(record)) == MOST_NAMES
