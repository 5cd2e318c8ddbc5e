"""Licences, access rights, languages, types and places."""

from __future__ import annotations

import pytest

from catalogue.record import Access, Place, Point, Rights, Term
from mappings.places import read_place, written_place
from mappings.rights import access_of, joined_access, licence_of, merged, read_rights
from mappings.terms import contributor_role, joined_type, read_language, relation_type, written_type


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/3.0/deed.de", "CC-BY-NC-ND-3.0"),
        ("https://creativecommons.org/licenses/by/3.0/us/", "CC-BY-3.0-US"),
        ("http://creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
        ("Creative Commons Attribution 4.0 International license", "CC-BY-4.0"),
        ("CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"),
        ("https://spdx.org/licenses/CC-BY-4.0.html", "CC-BY-4.0"),
        ("cc0-1.0", "CC0-1.0"),
        ("GNU General Public License version 3", "GPL-3.0-only"),
        ("https://opendatacommons.org/licenses/by/1-0/", "ODC-By-1.0"),
    ],
)
def test_licences(text: str, spdx: str) -> None:
    found = licence_of(text)
    assert found == Term(label=spdx, uri=f"https://spdx.org/licenses/{spdx}", scheme="SPDX")


@pytest.mark.parametrize(
    "text",
    ["CC-BY", "Copyright 2020", "https://creativecommons.org/licenses/by-nc-nd/3.0/us/", "GPL", "free"],
)
def test_what_names_no_certain_licence(text: str) -> None:
    assert licence_of(text) is None
    rights, _ = read_rights(text)
    assert rights is not None
    assert text in (rights.text, rights.url)


def test_access_rights() -> None:
    assert access_of("info:eu-repo/semantics/restrictedAccess") == Access(right="restricted")
    assert access_of("info:eu-repo/date/embargoEnd/2030-01-01") == Access(
        right="embargoed", until="2030-01-01"
    )
    assert read_rights("Open Access", "info:eu-repo/semantics/openAccess") == (None, Access(right="open"))
    assert joined_access(Access(right="embargoed"), Access(right="embargoed", until="2030")) == Access(
        right="embargoed", until="2030"
    )
    assert joined_access(None, None) is None


def test_name_and_address_of_one_licence_are_one_statement() -> None:
    licence = licence_of("MIT")
    name, address = (
        Rights(text="MIT License", licence=licence),
        Rights(url="https://x.org/mit", licence=licence),
    )
    assert merged([name, address]) == (Rights(text="MIT License", url="https://x.org/mit", licence=licence),)
    other = Rights(text="All mine")
    assert merged([name, other]) == (name, other)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eng", "en"),
        ("en_US", "en-US"),
        ("GER", "de"),
        ("English", "en"),
        ("mul", "mul"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("oty", "oty"),
        ("Newspeak", "Newspeak"),
        ("Klingon", "tlh"),
        ("", None),
        (None, None),
        (":unav", None),
    ],
)
def test_languages(text: str | None, code: str | None) -> None:
    assert read_language(text) == code


@pytest.mark.parametrize(
    ("general", "words", "kind", "label"),
    [
        ("Dataset", None, "dataset", None),
        ("Dataset", "dataset", "dataset", None),
        ("Dataset", "Survey data", "dataset", "Survey data"),
        ("Text", "Journal article", "publication", "Journal article"),
        ("Report", "Annual report", "publication", "Report/Annual report"),
        ("Other", "Facility", "facility", None),
        ("Other", "Investigation", "other", "Investigation"),
        ("JournalArticle", None, "publication", "Journal article"),
        (None, "Software", "software", None),
        (None, "Strange thing", "other", "Strange thing"),
        (None, None, "other", None),
    ],
)
def test_types(general: str | None, words: str | None, kind: str, label: str | None) -> None:
    found = joined_type(general, words)
    assert found == (kind, label)
    concept, said = written_type(*found)
    assert joined_type(concept.code, said) == found


def test_relations_and_roles() -> None:
    assert relation_type("derived-from") == "IsDerivedFrom"
    assert relation_type("isPartOf") == "IsPartOf"
    assert relation_type("strange") == "strange"
    assert contributor_role("ths") == "Supervisor"
    assert contributor_role("Juggler") == "Juggler"


def test_places() -> None:
    assert read_place("Geneva") == Place(name="Geneva")
    assert read_place("name=CERN; east=6.05; north=46.23") == Place(
        name="CERN", point=Point(longitude=6.05, latitude=46.23)
    )
    assert read_place("northlimit=2; southlimit=1; westlimit=3; eastlimit=4") == Place(
        box=(3.0, 1.0, 4.0, 2.0)
    )
    assert read_place("east=999; north=0") == Place(name="east=999; north=0")
    box = Place(name="Here", box=(3.0, 1.0, 4.0, 2.0))
    assert read_place(written_place(box) or "") == box
