"""Searches over the real corpus whose best answers are known: titles, identifiers, people, languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import AlmagestError
from catalogue.index import Change, Index, Query
from catalogue.indexing import open_index
from catalogue.record import Provenance, Record, record_id
from catalogue.text import words
from mappings.base import format_of, parse
from mappings.documents import documents_in

pytestmark = pytest.mark.corpus

FOLDERS = {
    "datacite-xml": "datacite",
    "datacite-json": "datacite_json",
    "ivoa-voresource": "ivo_vor",
    "cernopendata": "cernopendata",
    "oai-dc": "oai_dc",
}
MOST_FILES = 120


def read_all(shared: Path) -> Iterator[Record]:
    """The live records of the first files of some folders, each identifier once."""
    seen: set[str] = set()
    for folder, prefix in FOLDERS.items():
        form = format_of(prefix)
        assert form.read is not None
        for path in sorted((shared / "corpus" / folder).iterdir())[:MOST_FILES]:
            try:
                documents = list(documents_in(form, parse(form, path.read_bytes())))
            except AlmagestError:
                continue
            for number, (identifier, document) in enumerate(documents[:20]):
                origin = Provenance(source=folder, identifier=identifier or f"{path.name}:{number}")
                try:
                    record = form.read(document, origin).record
                except AlmagestError:
                    continue
                id = record_id(folder, origin.identifier)
                if record is not None and id not in seen:
                    seen.add(id)
                    yield record


@pytest.fixture(scope="module")
def corpus(shared: Path) -> list[Record]:
    return list(read_all(shared))


@pytest.fixture(scope="module")
def index(corpus: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    opened = open_index(f"embedded:{tmp_path_factory.mktemp('judged')}/index")
    opened.apply(
        [
            Change(
                sequence=n,
                id=one.id,
                source=one.provenance.source,
                datestamp="2026-11-21T12:00:00Z",
                record=one,
            )
            for n, one in enumerate(corpus, 1)
        ]
    )
    yield opened
    opened.close()


def best(index: Index, words: str, count: int = 1) -> list[str]:
    return [hit.id for hit in index.search(Query(words=words, counts=(), size=count)).hits]


def test_a_whole_title_finds_its_record_first(index: Index, corpus: list[Record]) -> None:
    titles = {record.id: " ".join(words(record.title)) for record in corpus}
    asked = [record for record in corpus if 2 <= len(words(record.title)) <= 40]
    assert len(asked) > 150
    lost = []
    for record in asked:
        text = record.title.replace('"', " ")
        found = best(index, text)
        if not found or titles[found[0]] != " ".join(words(text)):
            lost.append(text)
    assert len(lost) <= len(asked) // 100, lost


def test_an_identifier_in_any_writing_finds_its_record_first(index: Index, corpus: list[Record]) -> None:
    dois = Counter(one.value for r in corpus for one in r.identifiers if one.scheme == "doi")
    asked = 0
    for record in corpus:
        for one in record.identifiers:
            if one.scheme == "doi" and one.role == "own" and dois[one.value] == 1 and " " not in one.value:
                asked += 1
                for text in (one.value.upper(), f"https://doi.org/{one.value}", f"doi: {one.value}"):
                    assert best(index, text) == [record.id], text
            if one.scheme == "ivoid" and one.role == "own":
                assert record.id in best(index, one.value.upper().replace("IVO://", "ivo://"), 5)
    assert asked > 100


def test_a_person_is_found_by_the_number(index: Index, corpus: list[Record]) -> None:
    made: dict[str, set[str]] = {}
    for record in corpus:
        for agent in (*record.creators, *record.contributors):
            for one in agent.identifiers:
                if one.scheme == "orcid":
                    made.setdefault(one.value, set()).add(record.id)
    assert len(made) > 20
    for orcid, ids in list(made.items())[:50]:
        for text in (orcid, f"https://orcid.org/{orcid}", f"ORCID {orcid}"):
            assert set(best(index, text, len(ids))) == ids, text


def test_languages(index: Index, corpus: list[Record]) -> None:
    """Records in German and French are found by inflections and by other writings of their own words."""
    for language, swaps in (
        ("de", (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))),
        ("fr", (("é", "e"),)),
    ):
        tried = 0
        for record in corpus:
            for title in record.titles:
                if (title.language or "").lower()[:2] != language:
                    continue
                for word in title.value.split():
                    for letter, written in swaps:
                        if word.isalpha() and letter in word and len(word) > 4:
                            tried += 1
                            hits = index.search(
                                Query(words=word.replace(letter, written), counts=(), size=1000)
                            )
                            assert record.id in {hit.id for hit in hits.hits}, (language, word)
        assert tried, f"the corpus has no such words in {language}"
