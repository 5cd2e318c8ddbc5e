"""The crosswalk of HEPData: pages, hits of the search, both together, and submission.yaml."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Mapped, Provenance
from mappings.base import parse
from mappings.documents import documents
from mappings.hepdata import FORMAT, split
from mappings.hepdata_tables import joined
from mappings.json_reading import Node

HIT: dict[str, Any] = {
    "inspire_id": "1283183",
    "recid": 62535,
    "title": "Asymmetry of muons",
    "abstract": "We measure.",
    "hepdata_doi": "10.17182/hepdata.62535.v2",
    "doi": "10.5072/paper",
    "arxiv_id": "arXiv:1402.7134",
    "collaborations": ["VEGA"],
    "summary_authors": [{"full_name": "Kerguelen, Maëlle", "affiliation": "Armor"}],
    "first_author": {"full_name": "Kerguelen, Maëlle"},
    "subject_area": ["hep-ex"],
    "last_updated": "2014-08-11T17:26:09",
    "year": 2014,
    "analyses": [{"type": "rivet", "analysis": "https://rivet.example/VEGA_2014"}],
    "resources": [{"description": "Web page", "type": "html", "url": "https://vega.example/aux"}],
    "data_keywords": {"observables": ["ASYM"], "cmenergies": [{"gte": 10.56, "lte": 10.56}]},
    "access_urls": {"links": {"csv": "https://h.example/download/submission/ins1283183/2/csv"}},
    "data": [
        {
            "title": "Table 1",
            "doi": "10.17182/hepdata.62535.v2/t1",
            "keywords": [
                {"name": "reactions", "value": "E+ E- --> B BBAR"},
                {"name": "cmenergies", "value": "8000"},
            ],
        }
    ],
    "total_tables": 1,
}
PAGE: dict[str, Any] = {
    "record": {
        "inspire_id": "1283183",
        "title": "Asymmetry of muons",
        "hepdata_doi": "10.17182/hepdata.62535.v2",
        "data_abstract": "About the data.",
        "last_updated": "Mon, 11 Aug 2014 17:26:09 GMT",
        "journal_info": "Phys.Rev. 7",
        "doi": "10.5072/paper",
    },
    "data_tables": [
        {
            "id": 3,
            "name": "Table 1",
            "doi": "10.17182/hepdata.62535.v2/t1",
            "description": "Values of A",
            "location": "Figure 2",
            "data": {"csv": "https://h.example/t1/csv", "yoda": "https://h.example/t1/yoda"},
        },
        {"name": "Table 2", "doi": "10.17182/hepdata.62535.v2/t2"},
    ],
    "related_recids": [{"recid": 5, "title": "Earlier"}],
    "recid": 62535,
    "site_url": "https://h.example",
    "version": 2,
    "access_count": {"sum": 99},
    "coordinator": 1,
    "status": "finished",
    "news": "unheard of",
}
COLUMNS = [
    {
        "name": "Table 1",
        "doi": "10.17182/hepdata.62535.v2/t1",
        "x_count": 1,
        "headers": [{"name": "Q**2 [GeV**2]", "colspan": 1}, {"name": "ASYM(FB)", "colspan": 2}],
        "values": [],
    }
]


def read(document: Any) -> Mapped:
    assert FORMAT.read is not None
    return FORMAT.read(document, Provenance(source="s", identifier="ins1283183"))


def read_yaml(text: str) -> Mapped:
    return read(parse(FORMAT, text.encode()))


def test_page_hit_and_columns_are_one_record() -> None:
    record = read({"hit": HIT, "submission": PAGE, "tables": COLUMNS}).record
    assert (record.kind, record.title, record.version) == ("collection", "Asymmetry of muons", "2")
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [
        ("doi", "10.17182/hepdata.62535.v2", "own"),
        ("url", "https://h.example/record/ins1283183", "own"),
        ("url", "https://h.example/record/62535", "alternate"),
    ]
    assert [one.name for one in record.creators] == ["VEGA", "Kerguelen, Maëlle"]
    assert [one.label for one in record.experiments] == ["VEGA"]
    assert [table.name for table in record.tables] == ["Table 1", "Table 2"]
    assert record.tables[0].description == "Values of A\n\nFigure 2"
    assert [(one.name, one.unit) for one in record.tables[0].columns] == [
        ("Q**2", "GeV**2"),
        ("ASYM(FB)", None),
    ]
    assert {(one.label, one.scheme) for one in record.subjects} == {
        ("hep-ex", "arXiv"),
        ("ASYM", "HEPData observables"),
        ("E+ E- --> B BBAR", "HEPData reactions"),
    }
    assert [one.start for one in record.dates if one.kind == "updated"] == ["2014-08-11T17:26:09Z"]
    assert {one.media_type for one in record.distributions} == {"text/csv", "text/x-yoda"}
    assert len(record.distributions) == 3


def test_relations_to_paper_tables_versions_and_analyses() -> None:
    relations = {
        (one.type, one.scheme, one.value) for one in read({"hit": HIT, "submission": PAGE}).record.relations
    }
    assert relations == {
        ("IsSupplementTo", "inspire", "1283183"),
        ("IsSupplementTo", "doi", "10.5072/paper"),
        ("IsSupplementTo", "arxiv", "1402.7134"),
        ("IsVersionOf", "doi", "10.17182/hepdata.62535"),
        ("IsReferencedBy", "url", "https://rivet.example/VEGA_2014"),
        ("IsSupplementedBy", "url", "https://vega.example/aux"),
        ("HasPart", "doi", "10.17182/hepdata.62535.v2/t1"),
        ("HasPart", "doi", "10.17182/hepdata.62535.v2/t2"),
        ("IsRelatedTo", "url", "https://h.example/record/5"),
    }


def test_energies_are_in_joule() -> None:
    coverage = read({"hit": HIT, "submission": PAGE}).record.coverage
    assert coverage is not None
    assert coverage.energy is not None
    assert [one.low for one in coverage.energy.intervals] == [
        pytest.approx(10.56e9 * 1.602176634e-19),
        pytest.approx(8e12 * 1.602176634e-19),
    ]


def test_what_a_visit_changes_is_left_out_and_the_rest_kept() -> None:
    extra = {one.path for one in read(PAGE).record.extra}
    assert extra == {"news"}


@pytest.mark.parametrize("document", [HIT, PAGE])
def test_each_part_is_a_record_alone(document: dict[str, Any]) -> None:
    record = read(document).record
    assert record.title == "Asymmetry of muons"
    assert record.tables[0].name == "Table 1"


def test_a_table_of_its_own() -> None:
    record = read(
        {"table": PAGE["data_tables"][0], "record": {"title": "Asymmetry", "hepdata_doi": "10.17182/h"}}
    ).record
    assert (record.kind, record.title) == ("dataset", "Table 1: Asymmetry")
    assert record.identifiers[0].value == "10.17182/hepdata.62535.v2/t1"
    assert [(one.type, one.value) for one in record.relations] == [("IsPartOf", "10.17182/h")]


def test_answers_of_the_search_are_split() -> None:
    assert [one for one, _ in split({"results": [HIT, {"recid": 7}], "total": 2})] == ["ins1283183", "7"]
    assert [one for one, _ in split(PAGE)] == ["ins1283183"]
    assert [one for one, _ in split({"hit": {"inspire_id": 5}, "submission": PAGE})] == ["ins1283183"]


YAML = """
---
comment: Cross sections at 7 TeV
hepdata_doi: 10.17182/hepdata.61775.v1
record_ids: [{type: inspire, id: 1204784}, {type: durham, id: 6576}]
dateupdated: 25/02/2016 16:43:52
additional_resources:
- {location: "https://vega.example/", description: "Web page"}
- {location: "model.py", description: "The model"}
data_license: {name: cc-by-4.0, url: "https://creativecommons.org/licenses/by/4.0/"}
related_to_hepdata_records: [3]
---
name: Table 1
table_doi: 10.17182/hepdata.61775.v1/t1
description: Fiducial
location: Page 17
keywords:
- {name: reactions, values: [P P --> Z0 Z0 X]}
- {name: cmenergies, values: [7000, 1.383-1.481]}
- {name: phrases, values: [no]}
data_file: data1.yaml
related_to_table_dois: ["10.17182/hepdata.1.v1/t1"]
---
name: Table 2
independent_variables:
- header: {name: PT, units: GEV}
  values: [{value: 1}]
dependent_variables:
- header: {name: SIG}
  values: [{value: 2}]
"""


def test_yaml_has_a_document_about_the_whole_and_one_a_table() -> None:
    mapped = read_yaml(YAML)
    record = mapped.record
    assert record.title == "Cross sections at 7 TeV"
    assert [issue.reason for issue in mapped.issues] == [
        "The submission has no title; its first words stand in its place."
    ]
    assert [(one.value, one.role) for one in record.identifiers] == [
        ("10.17182/hepdata.61775.v1", "own"),
        ("https://www.hepdata.net/record/ins1204784", "own"),
        ("6576", "alternate"),
    ]
    assert [table.name for table in record.tables] == ["Table 1", "Table 2"]
    assert [(one.name, one.unit) for one in record.tables[1].columns] == [("PT", "GEV"), ("SIG", None)]
    assert [one.start for one in record.dates] == ["2016-02-25"]
    assert record.rights[0].licence is not None
    assert {one.label for one in record.subjects} == {"P P --> Z0 Z0 X", "no"}
    assert {(one.type, one.value) for one in record.relations} >= {
        ("IsSupplementTo", "1204784"),
        ("HasPart", "10.17182/hepdata.61775.v1/t1"),
        ("IsSupplementedBy", "https://vega.example/"),
        ("IsRelatedTo", "https://www.hepdata.net/record/3"),
        ("IsRelatedTo", "10.17182/hepdata.1.v1/t1"),
    }
    assert any(one.text == "The model: model.py" for one in record.extra)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither a comment nor a table"),
        ("---\n---\n", "neither a comment nor a table"),
        ("just a text", "no mapping"),
        ("- 1\n- 2\n", "no mapping"),
        ("name: Table 1\n---\n- list\n", "no mapping"),
        ("unrelated: yes\n", "neither a comment nor a table"),
        ("comment: [unclosed", "Not HEPData submission"),
        ("a: &a [x, *a]\n", "contains itself"),
        ("comment: " + "[" * 300 + "]" * 300, "nested"),
        ("{not json", "Not"),
    ],
)
def test_what_is_no_submission_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason):
        read_yaml(text)


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(RecordRefused, match="more than"):
        read_yaml("\n".join(lines))


@pytest.mark.parametrize("document", [None, [], 5, "text", {}, {"record": {}}, {"results": 5}])
def test_what_is_no_record_is_refused(document: Any) -> None:
    with pytest.raises(RecordRefused):
        read(document)


@pytest.mark.corpus
def test_all_of_the_corpus_is_mapped(shared: Path) -> None:
    tables = 0
    for path in sorted((shared / "corpus" / "hepdata").iterdir()):
        [(_, document)] = documents(FORMAT, path.read_bytes())
        mapped = read(document)
        assert read_record(dumps(mapped.record)) == mapped.record
        assert mapped.record.tables
        tables += len(mapped.record.tables)
        assert {issue.path for issue in mapped.issues} <= {"documents[0]"}
    assert tables == sum(
        path.read_text("utf-8").count("\nname:") + path.read_text("utf-8").startswith("name:")
        for path in (shared / "corpus" / "hepdata").iterdir()
    )


@pytest.mark.parametrize(
    ("page", "hit", "tables"),
    [
        ([("A", "1"), ("B", "2")], [("B", "2"), ("A", "1")], [("A", ""), ("B", "")]),
        ([("A", "1"), ("A", "2")], [("A", "2"), ("A", "1")], [("A", "1"), ("A", "2")]),
        ([("A", ""), ("B", "")], [("A", "1"), ("B", "2")], [("B", ""), ("A", "")]),
        ([("A", "1"), ("B", "2")], [("A", "3"), ("C", "1")], []),
        ([("A", "1")], [], [("Z", "9")]),
        ([], [], [("A", ""), ("A", "")]),
    ],
)
def test_tables_of_several_lists_are_joined_by_doi_else_by_name(
    page: list[tuple[str, str]], hit: list[tuple[str, str]], tables: list[tuple[str, str]]
) -> None:
    lists = [
        [Node({"name": name, "doi": doi and f"10.5072/{doi}"}) for name, doi in one]
        for one in (page, hit, tables)
    ]
    found = joined(*lists)
    assert sorted(map(id, (node for table in found for node in table))) == sorted(
        id(node) for nodes in lists for node in nodes
    )
    for first, *others in found:
        for other in others:
            dois = first.value["doi"], other.value["doi"]
            assert dois[0] == dois[1] if all(dois) else first.value["name"] == other.value["name"]
    assert (
        len(found)
        == {(2, 2, 2): 2, (2, 2, 0): 3, (1, 0, 1): 2, (0, 0, 2): 2}[len(page), len(hit), len(tables)]
    )


def test_thousands_of_tables_cost_no_square() -> None:
    tables = [
        {"name": f"Table {n}", "doi": f"10.5072/t{n}", "data": {"csv": f"https://h.example/{n}.csv"}}
        for n in range(3000)
    ]
    document = {"submission": {**PAGE, "data_tables": tables}, "hit": {**HIT, "data": tables}}
    begin = time.process_time()
    mapped = read({**document, "tables": tables})
    assert time.process_time() - begin < 8
    assert mapped.record is not None
    assert len(mapped.record.tables) == 3000
