"""Bags as one record."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings.base import format_of

FORM = format_of("bagit")


def read(info: Any, files: Any = (), **more: Any) -> Mapped:
    assert FORM.read is not None
    document = {"bagit": [["BagIt-Version", "1.0"]], "info": info, "files": list(files), **more}
    return FORM.read(document, Provenance(source="test", identifier="in/bag-17"))


def test_the_labels_of_bag_info() -> None:
    found = read(
        [
            ["Source-Organization", "Institute"],
            ["Contact-Name", "Lund, Ada"],
            ["contact-email", "ada@example.org"],
            ["External-Description", "Counts by channel"],
            ["External-Identifier", "doi:10.5072/BAG"],
            ["Bagging-Date", "2023-05-04"],
            ["Bag-Group-Identifier", "https://doi.org/10.5072/GROUP"],
            ["Bag-Size", "3 GB"],
            ["X-Shift", "night"],
        ],
        [["data/a", 3, {"md5": "AA", "sha256": "BB"}], ["https://example.org/b", 0, {}]],
    ).record
    assert found.title == "Counts by channel"
    assert found.publisher is not None and found.publisher.name == "Institute"
    assert [(one.name, one.role) for one in found.contributors] == [("Lund, Ada", "ContactPerson")]
    assert found.identifiers[0].value == "10.5072/bag"
    assert found.relations[0].type == "IsPartOf"
    assert found.sizes == ("3 GB",)
    assert [(one.url, one.size) for one in found.distributions] == [
        ("data/a", 3),
        ("https://example.org/b", 0),
    ]
    assert found.distributions[0].checksum is not None
    assert (found.distributions[0].checksum.algorithm, found.distributions[0].checksum.value) == (
        "sha-256",
        "bb",
    )
    assert ("bag-info.txt/X-Shift", "night") in [(one.path, one.text) for one in found.extra]
    assert "ada@" not in repr(found)


def test_without_words_the_folder_names_it() -> None:
    assert read([]).record.title == "bag-17"


def test_problems_are_issues() -> None:
    assert [issue.reason for issue in read([], problems=["It is torn."]).issues] == ["It is torn."]


@pytest.mark.parametrize("value", [None, 1, "x", [[]], [[1, 2, 3]], [None], {"a": 1}])
def test_values_of_every_type_in_every_place(value: Any) -> None:
    assert FORM.read is not None
    document = {"bagit": [], "info": value, "files": value, "problems": value}
    assert FORM.read(document, Provenance(source="test", identifier="b")).record.title == "b"


@pytest.mark.parametrize("document", [None, [], {}, {"bagit": 1}])
def test_what_is_no_bag(document: Any) -> None:
    assert FORM.read is not None
    with pytest.raises(RecordRefused):
        FORM.read(document, Provenance(source="test", identifier="b"))
