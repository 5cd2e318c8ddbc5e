"""Facets of every engine: counts, writings, concepts and what is narrower."""

from __future__ import annotations

from catalogue.index import Query
from catalogue.record import Term
from tests.catalogue.index_engines import change, engine, filled, found

__all__ = ["engine", "filled"]


def test_facets_keep_their_own_alternatives(engine):
    index = engine()
    index.apply(
        [change(n, kind=kind) for n, kind in enumerate(("dataset", "dataset", "software", "image"), 1)]
    )
    hits = index.search(Query(facets={"type": ("software",)}, counts=("type", "source")))
    assert hits.total == 1
    assert [(c.value, c.label, c.count) for c in hits.facets["type"]] == [
        ("dataset", "Dataset", 2),
        ("image", "Image", 1),
        ("software", "Software", 1),
    ]
    assert [(c.value, c.count) for c in hits.facets["source"]] == [("test", 1)]
    assert found(index, facets={"type": ("software", "image")}) == {3, 4}


def test_facets_unite_writings_and_carry_the_uri(engine):
    index = engine()
    uri = "http://astrothesaurus.org/uat/573"
    subjects = (Term(label="GALAXIES"), Term(label="Galaxies", uri=uri), Term(label="galaxies"))
    index.apply([change(n, subjects=(subject,)) for n, subject in enumerate(subjects, 1)])
    (count,) = index.search(Query(counts=("subject",))).facets["subject"]
    assert (count.value, count.label, count.count, count.uri) == ("galaxies", "Galaxies", 3, uri)
    assert found(index, facets={"subject": ("Galaxies",)}) == {1, 2, 3}
    assert found(index, facets={"subject": (uri,)}) == {2}
    assert found(index, f"subject:{uri}") == {2}


PANET = "http://purl.org/pan-science/PaNET/"


def test_a_broader_concept_finds_the_narrower_ones(engine):
    index = engine()
    saxs = Term(label="SAXS", uri=PANET + "PaNET01188")
    scattering = Term(label="small angle scattering", uri=PANET + "PaNET01124")
    told = (saxs, scattering, Term(label="small angle scattering"), Term(label="SAXS"))
    index.apply([change(n, techniques=(term,)) for n, term in enumerate(told, 1)])
    assert found(index, facets={"technique": ("Small Angle Scattering",)}) == {1, 2, 3}
    assert found(index, facets={"technique": (PANET + "PaNET01124",)}) == {1, 2}
    assert found(index, facets={"technique": ("saxs",)}) == {1, 4}
    assert found(index, f"technique:{PANET}PaNET01124") == {1, 2}
    assert found(index, 'technique:"small angle scattering"') == {1, 2, 3}
    assert found(index, "scattering") == {1, 2, 3}
    counts = index.search(Query(counts=("technique",))).facets["technique"]
    assert [(count.value, count.count) for count in counts] == [("small angle scattering", 3), ("saxs", 2)]


def test_a_concept_finds_what_is_narrower_in_another_vocabulary(engine):
    index = engine()
    uris = {
        1: "http://www.ivoa.net/rdf/uat#supernova-remnants",
        2: "https://arxiv.org/archive/hep-ex",
        3: "https://www.dfg.de/dfg_profil/gremien/fachkollegien/faecher/#311",
        4: "http://b2find.eudat.eu/disciplines#4.4.5.07",
        5: "http://astrothesaurus.org/uat/353",
    }
    index.apply([change(n, subjects=(Term(label=f"term {n}", uri=uri),)) for n, uri in uris.items()])
    discipline = "http://b2find.eudat.eu/disciplines#"
    assert found(index, facets={"subject": (discipline + "4.2.5",)}) == {1, 3, 5}
    assert found(index, facets={"subject": ("Astrophysics and Astronomy",)}) == {1, 3, 5}
    assert found(index, facets={"subject": ("Physics",)}) == {1, 2, 3, 5}
    assert found(index, facets={"subject": (discipline + "4",)}) == {1, 2, 3, 4, 5}
    assert found(index, facets={"subject": ("https://arxiv.org/archive/astro-ph",)}) == {1, 3, 5}
    assert found(index, facets={"subject": ("http://www.ivoa.net/rdf/uat#interstellar-medium",)}) == {1}
    assert found(index, "subject:volcanology") == {4}
    assert found(index, facets={"subject": (discipline + "4.2.3", "Volcanology")}) == {2, 4, 5}


def test_the_count_of_a_value_is_what_choosing_it_finds(filled):
    for facet, counts in filled.search(Query(counts=("subject", "technique"), counts_size=50)).facets.items():
        assert counts
        for count in counts:
            assert filled.search(Query(facets={facet: (count.value,)}, size=0)).total == count.count, count
