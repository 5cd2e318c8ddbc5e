"""Terms get their URIs: which vocabulary, in which order, what is left alone, and what aliases say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.record import Coverage, Energy, Provenance, RawRecord, Record, Reference, Term, Text
from mappings.base import read
from mappings.matching import FIELDS, match, matched
from mappings.unknown_terms import unknown_terms
from vocab.base import use_folder, vocabulary
from vocab.nearest import Nearest
from vocab.updating import set_alias

UAT = "http://www.ivoa.net/rdf/uat#"
PANET = "http://purl.org/pan-science/PaNET/"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    use_folder(tmp_path / "vocab")
    yield tmp_path / "vocab"
    use_folder(None)


def record(**fields: object) -> Record:
    provenance = Provenance(source="zoo", identifier="1")
    return Record(id="1", kind="dataset", titles=(Text(value="T"),), provenance=provenance, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "label", "scheme", "uri"),
    [
        ("subjects", "Dark  MATTER", None, UAT + "dark-matter"),
        ("subjects", "«dark matter»,", "keyword", UAT + "dark-matter"),
        ("subjects", "http://astrothesaurus.org/uat/353", None, UAT + "dark-matter"),
        ("subjects", "hep-ex", None, "https://arxiv.org/archive/hep-ex"),
        ("subjects", "Particle Physics - Experiment", None, "https://arxiv.org/archive/hep-ex"),
        ("subjects", "Volcanology", None, "http://b2find.eudat.eu/disciplines#4.4.5.07"),
        ("subjects", "311", "DFG", "https://www.dfg.de/dfg_profil/gremien/fachkollegien/faecher/#311"),
        (
            "subjects",
            "302-02 Physikalische Chemie von Festkörpern",
            "DFG",
            "https://www.dfg.de/dfg_profil/gremien/fachkollegien/faecher/#30202",
        ),
        ("subjects", "42", "PACS", "https://publishing.aip.org/publishing/pacs#42"),
        ("techniques", "Small Angle X\u2010ray Scattering", None, PANET + "PaNET01188"),
        ("facilities", "CERN-LHC", None, "https://inspirehep.net/experiments#LHC"),
        ("experiments", "CERN-LHC-ATLAS", None, "https://inspirehep.net/experiments#ATLAS"),
        ("messengers", "photon", None, "http://www.ivoa.net/rdf/messenger#Photon"),
        ("bands", "mm", None, "http://www.ivoa.net/rdf/messenger#Millimeter"),
    ],
)
def test_what_a_vocabulary_knows(field: str, label: str, scheme: str | None, uri: str) -> None:
    found = match(field, label, scheme)
    assert found is not None
    assert found.uri == uri


@pytest.mark.parametrize(
    ("field", "label", "scheme"),
    [
        ("subjects", "42", None),
        ("subjects", "cs", None),
        ("subjects", "CERES", None),
        ("subjects", "Jets", "HEPData phrases"),
        ("subjects", "Stars", "MeSH"),
        ("subjects", "Dark matter", "PACS"),
        ("subjects", "galaxy of terms", None),
        ("instruments", "GRS", None),
        ("techniques", "tomographie", None),
    ],
)
def test_what_is_not_known_or_has_several_meanings_is_not_guessed(
    field: str, label: str, scheme: str | None
) -> None:
    assert match(field, label, scheme) is None


def test_of_several_vocabularies_the_first_is_meant_and_own_names_go_before_others() -> None:
    cosmology = match("subjects", "Cosmology")
    assert cosmology is not None
    assert cosmology.vocabulary == "uat"
    assert vocabulary("disciplines").lookup("Cosmology") is not None
    physics = match("subjects", "Physics")
    assert physics is not None
    assert physics.vocabulary == "arxiv_categories"
    assert vocabulary("dfg_subjects").lookup("Physics") is not None
    named = match("subjects", "Physics", "B2FIND")
    assert named is not None
    assert named.vocabulary == "disciplines"


def test_a_record_keeps_what_it_has_and_gains_uris() -> None:
    given = Term(label="Dark matter", uri="http://else.example/dm", scheme="mine")
    before = record(
        subjects=(given, Term(label="Dark matter"), Term(label="own words")),
        techniques=(Term(label="tomography"),),
        experiments=(Reference(label="CMS", identifier="7"),),
        coverage=Coverage(energy=Energy(bands=(Term(label="Radio"),))),
    )
    after = matched(before)
    assert after.subjects == (
        given,
        Term(label="Dark matter", uri=UAT + "dark-matter", scheme="UAT"),
        Term(label="own words"),
    )
    assert after.techniques == (Term(label="tomography", uri=PANET + "PaNET01129", scheme="PaNET"),)
    assert (after.experiments[0].uri or "").endswith("#CMS")
    assert after.experiments[0].identifier == "7"
    assert after.coverage is not None
    assert after.coverage.energy is not None
    assert after.coverage.energy.bands[0].uri == "http://www.ivoa.net/rdf/messenger#Radio"
    assert matched(after) is after


def test_an_address_as_label_gets_its_name_and_doubles_are_one() -> None:
    address = "http://astrothesaurus.org/uat/353"
    after = matched(record(subjects=(Term(label=address), Term(label=address, scheme="UAT"))))
    assert after.subjects == (Term(label="Dark matter", uri=UAT + "dark-matter", scheme="UAT"),)


def test_every_format_is_matched_where_it_is_read() -> None:
    data = b"""<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title>
        <dc:subject>Supernova remnants</dc:subject></oai_dc:dc>"""
    mapped = read(
        RawRecord(identifier="1", format="oai_dc", data=data), Provenance(source="zoo", identifier="1")
    )
    assert mapped.record.subjects[0].uri == UAT + "supernova-remnants"


def test_aliases_go_first_by_source_and_can_forbid(folder: Path) -> None:
    assert match("subjects", "DM") is None
    set_alias("", "uat", "DM", "dark-matter")
    set_alias("physio", "uat", "dm", "-")
    set_alias("", "uat", "Jets", "-")
    found = match("subjects", "dm", None, "zoo")
    assert found is not None
    assert found.concept.code == "dark-matter"
    assert match("subjects", "dm", None, "physio") is None
    assert match("subjects", "jets", None, "zoo") is None
    foreign = match("subjects", "DM", "MeSH", "zoo")
    assert foreign is not None
    set_alias("", "uat", "DM", None)
    assert match("subjects", "DM", None, "zoo") is None


def test_the_vocabularies_of_the_fields_exist() -> None:
    for names in FIELDS.values():
        for name in names:
            assert len(vocabulary(name)) > 0


def test_unknown_terms_by_frequency() -> None:
    records = [
        record(subjects=(Term(label="dark mater"), Term(label="X", uri="http://x.example"))),
        record(subjects=(Term(label="Dark mater"), Term(label="rare"))),
        record(subjects=(Term(label="dark mater"),), techniques=(Term(label="tomografy"),)),
    ]
    found = unknown_terms(records)
    assert [(one.field, one.term, one.count) for one in found] == [
        ("subjects", "dark mater", 3),
        ("subjects", "rare", 1),
        ("techniques", "tomografy", 1),
    ]
    assert [one.term for one in unknown_terms(records, ["techniques"])] == ["tomografy"]


def test_the_nearest_concepts_are_guesses() -> None:
    nearest = Nearest(FIELDS["subjects"])
    first = nearest.to("dark mater")[0]
    assert (first.vocabulary, first.concept.code) == ("uat", "dark-matter")
    assert 0.9 < first.likeness < 1
    assert nearest.to("qqqq zzzz") == []
    assert nearest.to("") == []
