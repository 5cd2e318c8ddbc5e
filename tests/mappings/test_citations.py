"""BibTeX, RIS, CSL-JSON and ADS text as other people's parsers read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import bibtexparser
import jsonschema
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Agent, Date, Identifier, Record, Relation, Rights, Term, Text
from mappings import ads, bibtex, csl, ris
from mappings.citation import citation_of, initials, one_line
from mappings.rights import licence_of
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.csl_schema import ITEM
from tests.mappings.strategies import PROVENANCE, datacite_records
from tests.mappings.test_round_trips import slow

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)
ITEMS = jsonschema.Draft7Validator(ITEM)


def a_record(**given: Any) -> Record:
    fields: dict[str, Any] = {
        "id": "3f2a9c01d2aa11bb22cc",
        "kind": "dataset",
        "titles": (Text(value="Spectra of 3C 273"),),
        "provenance": PROVENANCE,
        "identifiers": (Identifier(scheme="doi", value="10.5072/abc_1"),),
        "creators": (
            Agent(name="Curie, Marie", given="Marie Salomea", family="Curie", kind="person"),
            Agent(name="Black & White, Inc.", kind="organisation"),
            Agent(name="Noether, Emmy"),
        ),
        "publisher": Agent(name="Example Archive"),
        "dates": (Date(kind="issued", start="2019-03-04", end="2019-03-04"),),
        "version": "1.2",
        "languages": ("en",),
        "subjects": (Term(label="X-ray, soft"), Term(label="quasars")),
        "rights": (Rights(licence=licence_of("CC-BY-4.0")),),
        "descriptions": (Text(value="First.\n\nSecond with 5 % noise.", type="abstract"),),
    }
    return Record(**{**fields, **given})


def entries(data: bytes) -> list[dict[str, str]]:
    parser = bibtexparser.bparser.BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    found: list[dict[str, str]] = bibtexparser.loads(data.decode(), parser=parser).entries
    return found


def references(data: bytes) -> list[dict[str, Any]]:
    # As files come: the carriage return is part of the line's end.
    found: list[dict[str, Any]] = rispy.loads(data.decode().replace("\r\n", "\n"))
    return found


def test_bibtex() -> None:
    [entry] = entries(bibtex.write(a_record()))
    assert entry["ENTRYTYPE"] == "dataset"
    assert entry["ID"] == "Curie_2019_3f2a9c01d2"
    assert entry["title"] == "{Spectra of 3C 273}"
    assert entry["author"] == r"Curie, Marie Salomea and {Black \& White, Inc.} and Noether, Emmy"
    assert (entry["year"], entry["month"]) == ("2019", "March")
    assert entry["doi"] == "10.5072/abc_1"
    assert entry["url"] == "https://doi.org/10.5072/abc_1"
    assert entry["keywords"] == "X-ray; soft, quasars"
    assert entry["abstract"] == r"First. Second with 5 \% noise."
    assert entry["copyright"] == "CC-BY-4.0"


def test_bibtex_of_an_article_has_its_journal_or_is_none() -> None:
    journal = Relation(type="IsPublishedIn", scheme="issn", value="1234-5679", title="Acta")
    article = a_record(kind="publication", type_label="Journal article", relations=(journal,))
    [entry] = entries(bibtex.write(article))
    assert (entry["ENTRYTYPE"], entry["journal"], entry["issn"]) == ("article", "Acta", "1234-5679")
    [entry] = entries(bibtex.write(a_record(kind="publication", type_label="Journal article")))
    assert entry["ENTRYTYPE"] == "misc"
    [entry] = entries(bibtex.write(a_record(kind="publication", type_label="Doctoral thesis")))
    assert (entry["ENTRYTYPE"], entry["school"]) == ("phdthesis", "Example Archive")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"at $\sqrt{s}=13$ TeV", r"at $\sqrt{s}=13$ TeV"),
        ("$H_0$ & $q_0$", r"$H_0$ \& $q_0$"),
        ("costs $5 and $6", r"costs \$5 and \$6"),
        ("$a}$ x", r"\$a{\textbraceright}\$ x"),
        ("$50%$", r"\$50\%\$"),
        (r"50% #1 a_b {c} ~ ^ \end", r"50\% \#1 a\_b {\textbraceleft}c{\textbraceright} "
         r"{\textasciitilde} {\textasciicircum} {\textbackslash}end"),
        ("Müller\x00\nβ Pictoris", "Müller β Pictoris"),
    ],
)  # fmt: skip
def test_latex(text: str, said: str) -> None:
    assert bibtex.escaped(text) == said


@slow
@given(ANY_TEXT)
def test_no_text_breaks_out_of_bibtex(text: str) -> None:
    said = bibtex.escaped(text)
    depth = 0
    for c in said:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0
    name = Agent(name=text)
    written = bibtex.write(a_record(titles=(Text(value=text),), creators=(name,), version=text))
    [entry] = entries(b"\n".join([written, bibtex.write(a_record(id="zz"))]))[:1]
    assert (entry["year"], entry["ENTRYTYPE"]) == ("2019", "dataset")
    assert len(entries(written + written.replace(b"3f2a9c01d2", b"other"))) == 2


def test_keys_are_unique_and_plain() -> None:
    one = citation_of(a_record()).key
    other = citation_of(a_record(id="0f2a9c01d2aa11bb22cc")).key
    assert one != other
    nobody = citation_of(a_record(creators=(), dates=()))
    assert nobody.key == "3f2a9c01d2"
    greek = citation_of(a_record(creators=(Agent(name="Ελύτης, Οδυσσέας"), Agent(name="Å"))))
    assert greek.key == "2019_3f2a9c01d2"


def test_ris() -> None:
    data = ris.write(a_record())
    assert data.startswith(b"TY  - DATA\r\n")
    assert data.endswith(b"ER  - \r\n")
    [found] = references(data)
    assert found["type_of_reference"] == "DATA"
    assert found["authors"] == ["Curie, Marie Salomea", "Black & White Inc.", "Noether, Emmy"]
    assert (found["year"], found["date"]) == ("2019", "2019/03/04/")
    assert (found["doi"], found["publisher"]) == ("10.5072/abc_1", "Example Archive")
    assert found["keywords"] == ["X-ray, soft", "quasars"]
    assert found["abstract"] == "First. Second with 5 % noise."


@slow
@given(ANY_TEXT)
def test_no_text_breaks_out_of_ris(text: str) -> None:
    hostile = f"{text}\r\nER  - \r\n\u2028TY  - JOUR\x85AU  - Nobody"
    data = ris.write(a_record(titles=(Text(value=hostile),), creators=(Agent(name=hostile),)))
    lines = data.decode().split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n\x85\u2028\u2029]*", line) for line in lines[:-1])
    assert [line for line in lines if line.startswith(("TY", "ER"))] == ["TY  - DATA", "ER  - "]


def test_csl() -> None:
    found = json.loads(csl.write(a_record()))
    assert found["id"] == "Curie_2019_3f2a9c01d2"
    assert found["author"] == [
        {"family": "Curie", "given": "Marie Salomea"},
        {"literal": "Black & White, Inc."},
        {"family": "Noether", "given": "Emmy"},
    ]
    assert found["issued"] == {"date-parts": [[2019, 3, 4]]}
    assert found["type"] == "dataset"


def test_ads() -> None:
    lines = ads.write(a_record()).decode("ascii").splitlines()
    assert lines[:3] == [
        "%R 2019..............C",
        "%T Spectra of 3C 273",
        "%A Curie, M. S.; Black &amp; White, Inc.; Noether, E.",
    ]
    assert "%D 03/2019" in lines
    assert "%Y DOI:10.5072/abc_1" in lines
    assert lines[-2:] == ["%B First.", "   Second with 5 % noise."]


def test_ads_knows_bibcodes() -> None:
    known = Identifier(scheme="bibcode", value="1993ApJ...415...50C", role="alternate")
    deposit = Identifier(scheme="doi", value="10.5281/zenodo.1234567")
    for identifier, code in ((known, "1993ApJ...415...50C"), (deposit, "2019zndo...1234567C")):
        found = ads.bibcode(citation_of(a_record(identifiers=(identifier,))))
        assert (found, len(found)) == (code, 19)
    assert len(ads.bibcode(citation_of(a_record(creators=(), dates=())))) == 19


@slow
@given(ANY_TEXT)
def test_no_text_breaks_out_of_ads(text: str) -> None:
    hostile = f"{text}\n%R 2000Natur.....0.0X\n\n%T other"
    abstract = Text(value=hostile, type="abstract")
    data = ads.write(a_record(titles=(Text(value=hostile),), descriptions=(abstract,), creators=()))
    lines = data.decode("ascii").splitlines()
    assert [line[:2] for line in lines if line.startswith("%")].count("%R") == 1
    assert all(line.startswith(("%", "   ")) for line in lines)


def test_names() -> None:
    assert initials("Marie Salomea") == "M. S."
    assert initials("J.-P.") == "J."
    assert initials("J.R.") == "J. R."
    assert one_line("a\x00b\u2028c\td") == "a b c d"


@slow
@given(datacite_records())
def test_any_record(record: Record) -> None:
    check(record)


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    keys = {record.id: check(record) for record in every_record(shared)}
    assert len(set(keys.values())) == len(keys)


@pytest.mark.corpus
def test_the_corpus_as_one_bibliography(shared: Path) -> None:
    records = {record.id: record for record in every_record(shared)}.values()
    assert len(entries(b"\n".join(map(bibtex.write, records)))) == len(records)
    assert len(references(b"\r\n".join(map(ris.write, records)))) == len(records)


def test_a_record_with_every_field() -> None:
    check(full_record())
    check(full_record(lambda path: f"}}\n@misc{{x, ER  - \x00\ufffe\u2028%R {path}"))


def check(record: Record) -> str:
    """All four forms of a record are read by a parser; the key."""
    [entry] = entries(bibtex.write(record))
    [reference] = references(ris.write(record))
    assert reference["id"] == entry["ID"]
    assert reference["title"] == one_line(record.title)
    item = json.loads(csl.write(record))
    ITEMS.validate(item)
    assert item["title"] == record.title
    tags = re.findall(r"^%(.) ", ads.write(record).decode("ascii"), re.MULTILINE)
    assert tags[:2] == ["R", "T"]
    assert len(set(tags)) == len(tags)
    return entry["ID"]
