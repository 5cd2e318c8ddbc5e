"""What is said of values that no record bears, and how many searches that may cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalogue.absences import MOST_NOTES, notes
from catalogue.index import Count, Hits, Query
from catalogue.indexing import open_index
from catalogue.record import Term
from tests.catalogue.index_engines import change


class Asked:
    """An index that knows subjects in any inflection, and counts how often it is asked."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    def search(self, query: Query) -> Hits:
        self.queries.append(query)
        found = 3 if query.words == "subject:pulsar" else 0
        subjects = (Count(value="pulsars", label="Pulsars", count=3),)
        facets = {name: subjects if name == "subject" else () for name in query.counts}
        return Hits(total=found, hits=(), facets=facets, cursor=None, understood=query.words)


def said(index: Any, query: Query) -> list[tuple[str, str]]:
    nothing = Hits(total=0, hits=(), facets={}, cursor=None, understood="")
    return [(note.parameter, note.value) for note in notes(index, query, nothing)]


def test_an_inflected_word_that_is_found_is_not_said_to_be_absent() -> None:
    assert said(Asked(), Query(words="subject:pulsar subject:nothing")) == [("subject", "nothing")]


def test_many_values_cost_few_searches() -> None:
    index = Asked()
    chosen = tuple(f"x{number}" for number in range(100))
    assert len(said(index, Query(facets={"type": chosen}))) == MOST_NOTES
    words = " ".join(f"creator:{one}" for one in chosen)
    assert len(said(index, Query(words=words))) == MOST_NOTES
    assert len(index.queries) < 60


def test_a_name_leads_to_the_concept_that_is_meant(tmp_path: Path) -> None:
    index = open_index(f"embedded:{tmp_path}/index")
    index.apply([change(1, techniques=(Term(label="small angle x-ray scattering"),))])
    query = Query(facets={"technique": ("SAXS",)})
    (note,) = notes(index, query, index.search(query))
    assert note.nearest == ("small angle x-ray scattering",)
    index.close()
