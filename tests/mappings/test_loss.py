"""What becomes of the values of a document, told by the reader itself."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from catalogue.errors import NotARecord, RecordRefused
from catalogue.record import Agent, Mapped, Provenance, Record, Text, record_id
from mappings.base import Format, format_of
from mappings.documents import documents
from mappings.loss import FATES, SAID_ALREADY, UNEXPLAINED, Examination, Outcome
from mappings.loss_report import GOAL, FieldLoss, Loss, measured
from tests.mappings.corpus_records import files
from tests.mappings.golden import pairs


def _outcomes(prefix: str, document: Any) -> dict[str, tuple[str, frozenset[str], str | None]]:
    examination = Examination(format_of(prefix))
    return {
        leaf.path: (outcome.fate, outcome.fields, outcome.reason)
        for leaf, outcome in examination.outcomes(document, "one")
    }


def _careless(document: Any, provenance: Provenance) -> Mapped:
    """A reader that takes a title and a flag, splits names, and drops all else without a word."""
    if "title" not in document:
        raise RecordRefused("It has no title.", path="title")
    creators = tuple(Agent(name=name.strip()) for name in document.get("by", "").split(";") if name.strip())
    return Mapped(
        record=Record(
            id=record_id(provenance.source, provenance.identifier),
            kind="software" if document.get("code") else "dataset",
            titles=(Text(value=" ".join(document["title"].split())),),
            provenance=provenance,
            creators=creators,
        )
    )


MEASURED = {"datacite", "ivo_vor", "marcxml", "oai_datacite", "oai_dc"}
"""The formats of the fixtures for whose fields the reasons have been gone through."""
KNOWN = {
    "datacite/full": {
        "resource/relatedItems/relatedItem/@relatedItemType",
        "resource/rightsList/rights/@rightsIdentifier",
    },
    "marcxml/invenio": {"record/024/$q", "record/037/$9"},
}
"""In one document alone a field of which nothing is mapped cannot be told from one that nobody reads."""
CARELESS = Format(prefix="careless", title="A careless format", media_type="application/json", read=_careless)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Format:
    monkeypatch.setattr("mappings.base.formats", lambda: {"careless": CARELESS})
    return CARELESS


def test_a_value_that_a_reader_drops_is_a_loss_without_a_reason(careless: Format) -> None:
    document = {
        "title": "A  long title of the thing",
        "code": True,
        "by": "Ada; Ben",
        "remark": "dropped without a word",
        "nested": [{"more": 7}],
        "contact": "ada@example.org",
        "licence": "Not provided",
    }
    before = copy.deepcopy(document)
    found = {leaf.field: outcome for leaf, outcome in Examination(careless).outcomes(document, "one")}
    assert found["title"].fields == {"titles.value"}
    assert found["code"].fields == {"kind"}
    assert found["by"].fields == {"creators.name"}
    for field in ("remark", "nested.more"):
        assert (found[field].fate, found[field].reason) == ("lost", UNEXPLAINED)
    assert found["contact"].fate == "aside"
    assert found["licence"].fate == "aside"
    assert document == before


def test_a_value_that_stands_in_two_fields_hides_no_field_that_nobody_reads(careless: Format) -> None:
    """The record has the words of ``title``; that ``heading`` has them too says nothing of ``heading``."""
    title = "A long title of the thing"
    document = {"title": title, "heading": title, "by": "Lovelace", "note": "Lovelace"}
    fields = measured(careless, [("one", document)]).fields
    assert fields["title"].fates["mapped"] == fields["by"].fates["mapped"] == 1
    for field in ("heading", "note"):
        assert fields[field].reasons["lost", UNEXPLAINED] == 1


def test_an_address_is_not_found_in_a_longer_one() -> None:
    document = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": "A program for stars",
        "relatedLink": "https://example.org/archive/packages/stars",
        "oddity": {"somewhere": "https://example.org/archive"},
    }
    found = _outcomes("codemeta", document)
    assert found["relatedLink"][0] == "mapped"
    assert found["oddity.somewhere"][0] == "kept"


def test_packages_are_known_by_their_names_however_short() -> None:
    package = {"@type": "SoftwareApplication", "identifier": "sf", "name": "sf", "version": ">= 1.0"}
    document = {
        "@context": "https://w3id.org/codemeta/3.0",
        "name": "A program for stars",
        "softwareRequirements": {"1": {**package, "sameAs": "https://example.org/package=sf"}},
        "softwareSuggestions": [{**package, "identifier": "fs", "name": "fs"}],
    }
    found = _outcomes("codemeta", document)
    assert found["softwareRequirements.1.identifier"][:2] == ("mapped", {"environment.requirements"})
    assert found["softwareRequirements.1.sameAs"][:2] == ("mapped", {"relations.value"})
    assert found["softwareSuggestions[0].identifier"][0] == "kept"


def test_records_refused_and_no_records_are_counted_apart(careless: Format) -> None:
    loss = measured(careless, [("a", {"title": "One title of a thing"}), ("b", {"code": True})])
    loss.refuse(NotARecord("This is an error answer."))
    assert (loss.records, loss.mapped, loss.share) == (2, 1, 0.5)
    assert dict(loss.refused) == {"It has no title.": 1}
    assert dict(loss.others) == {"This is an error answer.": 1}
    assert Loss("x").share is None


def test_the_document_is_as_it_was_after_the_reader_was_asked() -> None:
    for path in pairs():
        form = format_of(path.parent.name)
        [(identifier, document)] = documents(form, path.read_bytes())
        before = _plain(document)
        list(Examination(form).outcomes(document, identifier or path.stem))
        assert _plain(document) == before


def _plain(document: Any) -> Any:
    if hasattr(document, "tag"):
        return etree.tostring(document, method="c14n")
    return copy.deepcopy(document)


def test_attributes_and_places_of_xml() -> None:
    document = etree.fromstring(
        b'<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">'
        b"10.5072/x</identifier>"
        b'<titles><title xml:lang="de">Ein Titel des Dings</title></titles>'
        b'<subjects><subject xml:lang="de">Licht</subject></subjects>'
        b"<oddity>something of its own kind</oddity></resource>"
    )
    found = _outcomes("datacite", document)
    assert found["resource/titles[1]/title[1]/@xml:lang"][:2] == ("mapped", frozenset({"titles.language"}))
    assert found["resource/subjects[1]/subject[1]/@xml:lang"][0] == "lost"
    assert "language of titles" in (found["resource/subjects[1]/subject[1]/@xml:lang"][2] or "")
    assert found["resource/oddity[1]"][0] == "kept"


def test_the_year_that_a_date_says_too_is_read() -> None:
    document = {
        "id": "10.5072/x",
        "titles": [{"title": "A title of the thing"}],
        "publicationYear": 2020,
        "dates": [{"date": "2020-03-01", "dateType": "Issued"}],
    }
    fate, fields, _ = _outcomes("datacite_json", document)["publicationYear"]
    assert fate == "mapped"
    assert any(field.startswith("dates.") for field in fields)
    assert SAID_ALREADY != UNEXPLAINED


@pytest.mark.parametrize(
    "path",
    [path for path in pairs() if path.parent.name in MEASURED],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_what_the_fixtures_lose_without_a_reason_is_known(path: Path) -> None:
    """The list is of faults of ours: one that is repaired leaves it, a new one fails here."""
    form = format_of(path.parent.name)
    [(identifier, document)] = documents(form, path.read_bytes())
    loss = measured(form, [(identifier or path.stem, document)])
    unexplained = {name for name, one in loss.fields.items() if one.reasons["lost", UNEXPLAINED]}
    assert unexplained == KNOWN.get(f"{path.parent.name}/{path.stem}", set())


@pytest.mark.corpus
@pytest.mark.parametrize("prefix", ["panosc", "reana", "rocrate", "scicat"])
def test_the_published_figures_are_what_the_readers_do(shared: Path, prefix: str) -> None:
    """Of the small formats; ``python docs/measure_crosswalks.py`` measures all of them anew."""
    figures = json.loads((Path(__file__).parents[2] / "docs" / "crosswalks.json").read_text("utf-8"))[prefix]
    examination, loss = Examination(format_of(prefix)), Loss(prefix)
    for path in (path for path, form in files(shared / "corpus") if form == prefix):
        for identifier, document in documents(examination.form, path.read_bytes()):
            loss.add(examination, document, identifier or path.name)
    loss.settle()
    assert loss.mapped == figures["mapped"]
    found = {
        name: [one.came, *(one.fates[fate] for fate in FATES)] for name, one in sorted(loss.fields.items())
    }
    assert found == {name: row[:5] for name, row in figures["fields"].items()}
    assert loss.share is not None and loss.share >= GOAL


def test_a_reason_for_repetition_excuses_only_fields_that_are_read() -> None:
    """Where nothing of a field is ever mapped, «the identifier says it» would hide a blind reader."""
    excused = Outcome("aside", reason="said by its neighbour", if_read=True)
    unread, read = FieldLoss(), FieldLoss()
    for one in (unread, read):
        one.add(excused)
    read.add(Outcome("mapped", frozenset({"identifiers.scheme"})))
    for one in (unread, read):
        one.settle()
    assert (unread.fates["aside"], unread.reasons["lost", UNEXPLAINED]) == (0, 1)
    assert (read.fates["aside"], read.reasons["lost", UNEXPLAINED]) == (1, 0)
