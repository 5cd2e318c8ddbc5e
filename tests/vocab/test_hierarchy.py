"""What stands above a concept, across vocabularies; the table of alignments is right in itself."""

from __future__ import annotations

import pytest

from vocab.base import vocabularies, vocabulary
from vocab.hierarchy import SEARCHED, above, alignments, broader, related


def test_every_row_ties_concepts_that_exist() -> None:
    assert len(alignments()) > 300
    assert len(set(alignments())) == len(alignments())
    for (one, code), relation, (other, other_code) in alignments():
        assert relation in ("exact", "broad")
        assert one != other or code != other_code
        assert code in vocabulary(one), (one, code)
        assert other_code in vocabulary(other), (other, other_code)


def test_no_vocabulary_is_named_after_the_tables_beside_them() -> None:
    assert not {"aliases", "alignments"} & set(vocabularies())
    assert set(SEARCHED) <= set(vocabularies())


@pytest.mark.parametrize(
    ("uri", "labels"),
    [
        (
            "http://www.ivoa.net/rdf/uat#supernova-remnants",
            {"Interstellar medium", "Astrophysics of Galaxies", "Astrophysics and Astronomy", "Physics"},
        ),
        ("https://arxiv.org/archive/hep-ex", {"Particles, Nuclei and Fields", "Physics", "Natural Sciences"}),
        ("https://publishing.aip.org/publishing/pacs#74", {"Superconductivity", "Condensed Matter Physics"}),
        ("http://purl.org/pan-science/PaNET/PaNET01188", {"small angle scattering"}),
        ("http://www.ivoa.net/rdf/messenger#EUV", {"UV", "Photon"}),
    ],
)
def test_what_stands_above(uri: str, labels: set[str]) -> None:
    found = {one.label for one in broader(uri)}
    messengers = vocabulary("messengers")
    labels = {messengers[one].label if one in messengers else one for one in labels}
    assert labels <= found


@pytest.mark.parametrize(
    ("uri", "label"),
    [
        ("http://www.ivoa.net/rdf/uat#solar-physics", "Exoplanet astronomy"),
        ("https://arxiv.org/archive/hep-ex", "Astrophysics and Astronomy"),
        ("http://b2find.eudat.eu/disciplines#4.4.5.07", "Physics"),
        ("http://b2find.eudat.eu/disciplines#4.2", "Astrophysics and Astronomy"),
    ],
)
def test_what_does_not(uri: str, label: str) -> None:
    found = {one.label for one in broader(uri)}
    assert found
    assert label not in found


def test_a_concept_comes_first_and_an_unknown_address_has_nothing() -> None:
    assert broader("http://astrothesaurus.org/uat/353")[0].label == "Dark matter"
    assert "http://astrothesaurus.org/uat/353" in broader("http://www.ivoa.net/rdf/uat#dark-matter")[0].uris
    assert broader("http://nowhere.example/") == ()


def test_relations_are_seen_from_both_sides() -> None:
    astronomy = vocabulary("disciplines")["4.2.5"]
    found = {(one.relation, one.vocabulary, one.concept.code) for one in related("disciplines", astronomy)}
    assert ("exact", "arxiv_categories", "astro-ph") in found
    assert ("narrower", "uat", "heliophysics") in found


def test_no_concept_of_physics_is_below_the_humanities() -> None:
    """No chain of alignments goes round through something that is narrower."""
    for name in ("uat", "arxiv_categories", "pacs"):
        for concept in vocabulary(name):
            heads = {one.label for _, one in above(name, concept)}
            assert not {"Humanities", "Jurisprudence"} & heads, concept
