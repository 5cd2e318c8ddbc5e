"""Vocabularies: every file loads, says what it is, and finds its concepts however they are written."""

from __future__ import annotations

import pytest

from vocab.base import fold, vocabularies, vocabulary


@pytest.mark.parametrize("name", vocabularies())
def test_every_vocabulary_says_what_it_is_and_finds_its_own_concepts(name: str) -> None:
    found = vocabulary(name)
    assert set(found.about) >= {"title", "uri", "origin", "version", "licence", "date"}
    codes = {concept.code for concept in found}
    assert len(codes) == len(found) > 0
    for concept in found:
        assert found[concept.code] is concept
        meant = found[concept.values.get("replaced_by", concept.code)]
        assert found.lookup(concept.code) is meant
        assert codes.issuperset(concept.broader)
        if concept.uri:
            assert found.lookup(concept.uri) is meant


@pytest.mark.parametrize(
    ("name", "term", "code"),
    [
        ("languages", "GER", "de"),
        ("languages", "  english ", "en"),
        ("languages", "français", "fr"),
        ("languages", "mul", "mul"),
        ("languages", "gsw", "gsw"),
        ("languages", "Mandarin Chinese", "cmn"),
        ("languages", "DAN", "da"),
        ("languages", "https://iso639-3.sil.org/code/tlh", "tlh"),
        ("licences", "http://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("licences", "Creative Commons Attribution 4.0 International", "CC-BY-4.0"),
        ("licences", "Apache License 2.0", "Apache-2.0"),
        ("licences", "https://spdx.org/licenses/MIT", "MIT"),
        ("access_rights", "info:eu-repo/semantics/openAccess", "c_abf2"),
        ("access_rights", "http://purl.org/coar/access_right/c_14cb", "c_14cb"),
        ("resource_types", "info:eu-repo/semantics/article", "JournalArticle"),
        ("resource_types", "http://purl.org/coar/resource_type/c_ddb1", "Dataset"),
        ("resource_types", "doctoral THESIS", "DoctoralThesis"),
        ("relation_types", "served-by", "IsServedBy"),
        ("contributor_roles", "prc", "ContactPerson"),
        ("messengers", "x-ray", "X-ray"),
    ],
)
def test_lookup_by_uri_code_or_label(name: str, term: str, code: str) -> None:
    found = vocabulary(name).lookup(term)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("name", "term"),
    [("languages", "Newspeak"), ("licences", "CC-BY"), ("licences", "GPL"), ("resource_types", "thing")],
)
def test_what_is_unknown_or_ambiguous_is_not_guessed(name: str, term: str) -> None:
    assert vocabulary(name).lookup(term) is None


def test_hierarchy() -> None:
    messengers = vocabulary("messengers")
    assert [one.code for one in messengers.ancestors("EUV")] == ["UV", "Photon"]
    assert "Radio" in [one.code for one in messengers.narrower("Photon")]
    assert messengers.ancestors("Neutrino") == ()


def test_relation_types_know_their_inverse() -> None:
    relations = vocabulary("relation_types")
    for concept in relations:
        inverse = concept.values.get("inverse")
        if inverse:
            assert relations[inverse].values["inverse"] == concept.code


def test_folding() -> None:
    assert fold(" HTTP://www.Example.org/A/ ") == "example.org/a"
    assert fold("Ｗｉｄｅ\u00a0 Text") == "wide text"


def test_a_vocabulary_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        vocabulary("nothing")
