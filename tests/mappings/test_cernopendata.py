"""The crosswalk of the CERN Open Data portal: every field has its place, nothing is lost or trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Access, Checksum, Distribution, Mapped, Provenance, Reference
from mappings.base import format_of
from mappings.cernopendata import FORMAT, split
from mappings.documents import documents
from mappings.draft import FILE_LIMIT

RECORD: dict[str, Any] = {
    "recid": "6021",
    "doi": "10.5072/OPEN.VEGA.AB12",
    "title": "/Muons/Run2011A/AOD",
    "title_additional": "Muons of the first run",
    "type": {"primary": "Dataset", "secondary": ["Collision"]},
    "abstract": {
        "description": "<p>Events with muons.</p>",
        "links": [{"recid": "7", "description": "Runs"}],
    },
    "accelerator": "Rhône Collider",
    "authors": [
        {"name": "Kerguelen, Maëlle", "orcid": "0000-0001-5109-3700"},
        {"name": "Nobody", "orcid": "1"},
    ],
    "collaboration": {"name": "VEGA collaboration", "recid": "451"},
    "categories": {"primary": "Higgs Physics", "secondary": ["Exotica"], "source": "VEGA Collaboration"},
    "collections": ["VEGA-Primary-Datasets"],
    "collision_information": {"energy": "7TeV", "type": "pp"},
    "dataset_semantics": [{"variable": "pt", "type": "float", "unit": "GeV", "description": "Momentum"}],
    "date_created": ["2011", "2012"],
    "date_published": "2016",
    "date_reprocessed": "2013",
    "distribution": {"formats": ["aod", "root"], "number_events": 1234, "number_files": 3, "size": 999},
    "experiment": ["VEGA"],
    "files": [
        {"uri": "root://store//a.root", "size": 10, "checksum": "adler32:0a0b0c0d", "type": "index.json"},
        {"key": "b.txt", "size": "20", "checksum": "sha1:ff"},
        {"size": 5},
    ],
    "_file_indices": [
        {"key": "index_1.json", "size": 30, "files": [{"uri": "root://store//c.root", "size": 30}]},
    ],
    "_files": [{"key": "a.root", "bucket": "x"}],
    "keywords": ["education"],
    "license": {"attribution": "CC0-1.0"},
    "links": [{"url": "/docs/guide", "title": "Guide"}],
    "magnet_polarity": "MagUp",
    "methodology": {
        "description": "Made with care.",
        "steps": [
            {
                "release": "SW_5",
                "global_tag": "GT_1",
                "generators": ["pythia8"],
                "configuration_files": [
                    {"title": "Fragment", "url": "https://x.example/f.py", "script": "run()"}
                ],
            }
        ],
    },
    "note": {"description": "A note."},
    "publisher": "Open Data Portal",
    "relations": [
        {"type": "isChildOf", "recid": "14", "title": "Parent"},
        {"type": "isParentOf", "doi": "10.5072/CHILD"},
    ],
    "run_period": ["Run2010B", "2015-2016", "Heavy ions"],
    "signature": ["muon"],
    "source_code_repository": {"url": "https://git.example/tool"},
    "stripping": {"stream": "CHARM", "version": "21"},
    "system_details": {
        "release": "SW_5",
        "container_images": [{"name": "reg/a:1", "registry": "hub"}, {"name": "reg/b:1"}],
        "recid": "252",
    },
    "use_with": {"description": "Use with", "links": [{"recid": "12002"}]},
    "validation": {"description": "Validated."},
    "usage": {"description": "Read it.", "links": [{"url": "https://help.example/"}]},
    "unheard_of": {"deep": ["value"]},
}


def read(document: Any, **values: Any) -> Mapped:
    assert FORMAT.read is not None
    return FORMAT.read(document, Provenance(source="s", identifier="6021", **values))


def test_every_field_finds_its_place() -> None:
    record = read(RECORD).record
    assert (record.kind, record.type_label, record.processing_level) == (
        "dataset",
        "Dataset/Collision",
        "Collision",
    )
    assert [(one.value, one.type) for one in record.titles] == [
        ("/Muons/Run2011A/AOD", "main"),
        ("Muons of the first run", "alternative"),
    ]
    assert [(one.scheme, one.value) for one in record.identifiers] == [
        ("doi", "10.5072/open.vega.ab12"),
        ("url", "https://opendata.cern.ch/record/6021"),
    ]
    assert [one.name for one in record.creators] == ["Kerguelen, Maëlle", "Nobody"]
    assert record.creators[0].family == "Kerguelen"
    assert [(one.name, one.role) for one in record.contributors] == [("VEGA collaboration", "ResearchGroup")]
    assert record.experiments == (Reference(label="VEGA"),)
    assert record.facilities == (Reference(label="Rhône Collider"),)
    assert record.messengers == ()
    assert [one.text for one in record.parameters if one.name == "collision type"] == ["pp"]
    assert {(one.value, one.type) for one in record.descriptions} >= {
        ("Events with muons.", "abstract"),
        ("Made with care.", "methods"),
        ("Validated.", "technical"),
        ("A note.", "other"),
    }
    assert {term.label for term in record.subjects} == {"education", "Higgs Physics", "Exotica", "muon"}
    assert record.rights[0].licence is not None
    assert record.rights[0].licence.label == "CC0-1.0"
    assert record.formats == ("aod", "root")
    assert [(one.kind, one.start) for one in record.dates] == [
        ("created", "2011"),
        ("created", "2012"),
        ("issued", "2016"),
        ("updated", "2013"),
    ]
    assert [one.name for one in record.tables[0].columns] == ["pt"]


def test_coverage_is_in_joule_and_days() -> None:
    coverage = read(RECORD).record.coverage
    assert coverage is not None
    assert coverage.energy is not None
    assert [one.low for one in coverage.energy.intervals] == [pytest.approx(1.1215236e-6)]
    assert coverage.time is not None
    assert [(one.low, one.high) for one in coverage.time.intervals] == [
        (55197.0, 55562.0),
        (57023.0, 57754.0),
    ]


def test_relations_lead_to_records_documents_and_software() -> None:
    relations = {(one.type, one.value): one.title for one in read(RECORD).record.relations}
    assert relations["IsDerivedFrom", "https://opendata.cern.ch/record/14"] == "Parent"
    assert relations["IsDerivedFrom", "https://git.example/tool"] is None
    assert ("IsSourceOf", "10.5072/child") in relations
    assert relations["References", "https://opendata.cern.ch/record/7"] == "Runs"
    assert relations["References", "https://opendata.cern.ch/docs/guide"] == "Guide"
    assert ("References", "https://opendata.cern.ch/record/12002") in relations
    assert ("References", "https://help.example/") in relations
    assert ("Requires", "https://opendata.cern.ch/record/252") in relations
    assert relations["IsDocumentedBy", "https://x.example/f.py"] == "Fragment"


def test_another_portal_is_not_that_of_cern() -> None:
    record = read(RECORD, url="https://open.example/portal/record/6021").record
    assert record.identifiers[1].value == "https://open.example/portal/record/6021"
    assert any(one.value == "https://open.example/portal/record/14" for one in record.relations)


def test_files_have_address_size_and_checksum() -> None:
    mapped = read(RECORD)
    assert mapped.record.distributions == (
        Distribution(
            url="root://store//a.root",
            protocol="root",
            media_type="application/json",
            size=10,
            checksum=Checksum(algorithm="adler32", value="0a0b0c0d"),
        ),
        Distribution(
            url="https://opendata.cern.ch/record/6021/files/b.txt",
            protocol="https",
            title="b.txt",
            size=20,
            checksum=Checksum(algorithm="sha1", value="ff"),
        ),
        Distribution(url="root://store//c.root", protocol="root", size=30, part_of="index_1.json"),
    )
    assert mapped.record.access == Access(right="open")
    assert {issue.path for issue in mapped.issues} == {"files[2]", "authors[1].orcid"}


def test_files_on_tape_must_be_asked_for() -> None:
    document = {**RECORD, "distribution": {"availability": "ondemand"}}
    access = read(document).record.access
    assert access is not None
    assert access.how is not None


def test_too_many_files_become_a_count_and_a_link() -> None:
    files = [{"uri": f"root://s//{number}", "size": 2} for number in range(FILE_LIMIT + 1)]
    mapped = read({"recid": "1", "title": "Many", "_file_indices": [{"key": "i", "files": files}]})
    assert [one.url for one in mapped.record.distributions] == ["https://opendata.cern.ch/record/1"]
    assert mapped.record.sizes == (f"{FILE_LIMIT + 1} files listed", f"{2 * FILE_LIMIT + 2} bytes listed")
    assert "the limit is 100000" in mapped.issues[0].reason


def test_parameters_and_environment() -> None:
    record = read(RECORD).record
    found = {one.name: one.value if one.value is not None else one.text for one in record.parameters}
    assert found["number events"] == 1234
    assert found["stripping stream"] == "CHARM"
    assert found["magnet polarity"] == "MagUp"
    assert found["step 1 generators"] == "pythia8"
    assert record.sizes == ("999 bytes", "3 files")
    assert record.environment is not None
    assert record.environment.container == "reg/a:1"
    assert record.environment.requirements == ("SW_5", "reg/b:1")
    assert record.environment.repository == "https://git.example/tool"


def test_what_has_no_place_stays() -> None:
    extra = {one.path: one.text for one in read(RECORD).record.extra}
    assert extra["unheard_of.deep[0]"] == "value"
    assert extra["collections[0]"] == "VEGA-Primary-Datasets"
    assert extra["methodology.steps[0].configuration_files[0].script"] == "run()"
    assert not any(path.startswith("_files") for path in extra)


@pytest.mark.parametrize(
    ("primary", "secondary", "kind"),
    [
        ("Software", "Tool", "software"),
        ("Software", "Workflow", "workflow"),
        ("Environment", "VM", "software"),
        ("Environment", "Condition", "dataset"),
        ("Supplementaries", "Luminosity", "dataset"),
        ("Supplementaries", "Configuration", "document"),
        ("Documentation", "Activities", "lesson"),
        ("News", "", "document"),
        ("Something", "New", "other"),
    ],
)
def test_kinds(primary: str, secondary: str, kind: str) -> None:
    document = {"recid": "1", "title": "T", "type": {"primary": primary, "secondary": [secondary]}}
    assert read(document).record.kind == kind


def test_a_page_and_a_glossary_entry() -> None:
    page = {
        "id": "guide",
        "metadata": {"slug": "guide", "title": "Guide", "body": {"content": "Text", "format": "md"}},
    }
    record = read(page).record
    assert record.identifiers[0].value == "https://opendata.cern.ch/docs/guide"
    assert [one.value for one in record.descriptions] == ["Text"]
    entry = read({"anchor": "AOD", "term": "AOD", "definition": "Analysis Object Data"}).record
    assert (entry.kind, entry.title) == ("document", "AOD")
    assert entry.identifiers[0].value == "https://opendata.cern.ch/glossary/AOD"


def test_fixtures_answers_and_single_records_are_told_apart() -> None:
    wrapped = {"id": "6021", "metadata": RECORD, "created": "2020-01-01", "updated": "2024-01-01"}
    assert [one for one, _ in split([RECORD, {"recid": 7}])] == ["6021", "7"]
    assert [one for one, _ in split({"hits": {"hits": [wrapped], "total": 1}})] == ["6021"]
    assert [one for one, _ in split(wrapped)] == ["6021"]
    assert read(wrapped).record.distributions == read(RECORD).record.distributions


@pytest.mark.parametrize(
    "document", [None, [], "text", 5, {}, {"metadata": {}}, {"metadata": {"recid": None}}]
)
def test_what_is_no_record_is_refused(document: Any) -> None:
    with pytest.raises(RecordRefused):
        read(document)


def test_no_account_and_no_address_of_mail_gets_out() -> None:
    document = {
        **RECORD,
        "contact": {"email": "someone@example.org"},
        "links": [{"url": "https://u:p@x.example/"}],
    }
    data = dumps(read(document).record)
    assert b"someone" not in data
    assert b"u:p" not in data


@pytest.mark.corpus
def test_all_of_the_corpus_is_mapped(shared: Path) -> None:
    count = 0
    form = format_of("cernopendata")
    for path in sorted((shared / "corpus" / "cernopendata").iterdir()):
        for identifier, document in documents(form, path.read_bytes()):
            mapped = read(document)
            assert identifier == document["recid"]
            assert read_record(dumps(mapped.record)) == mapped.record
            assert mapped.issues == ()
            assert len(mapped.record.distributions) == len(document.get("files", []))
            coverage = mapped.record.coverage
            if document.get("collision_information", {}).get("energy"):
                assert coverage is not None
                assert coverage.energy is not None
            count += 1
    assert count == 144


def test_an_amount_that_is_no_number_stays_as_it_is() -> None:
    record = read({**RECORD, "distribution": {"number_events": "many"}}).record
    assert not any(one.name == "number events" for one in record.parameters)
    assert "distribution.number_events" in {one.path for one in record.extra}
