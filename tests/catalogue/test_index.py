"""The contract of an index: what every engine answers alike."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from catalogue.errors import QueryError
from catalogue.index import Index, Query
from catalogue.moc import text_of, united
from catalogue.record import Date, Identifier, Text
from tests.catalogue.index_engines import change, engine, filled, found, reference
from tests.catalogue.index_records import some_query
from tests.catalogue.reference_index import ReferenceIndex

__all__ = ["engine", "filled", "reference"]


def test_a_new_index_is_empty(engine):
    index = engine()
    assert index.position() == 0
    hits = index.search(Query(words="anything", counts=("type",)))
    assert (hits.total, hits.hits, hits.cursor, dict(hits.facets)) == (0, (), None, {"type": ()})
    assert index.suggest("any") == ()


def test_position_and_deletions(engine):
    index = engine()
    index.apply([change(1), change(2)])
    assert index.position() == 2
    index.apply([replace(change(2), sequence=3, record=None)])
    assert index.position() == 3
    assert found(index) == {1}
    index.apply([replace(change(9), sequence=4, record=None)])
    assert index.position() == 4
    index.apply([])
    assert index.position() == 4


def test_a_changed_record_replaces_itself(engine):
    index = engine()
    index.apply([change(1, title="old words")])
    index.apply([replace(change(1, title="new words"), sequence=2)])
    assert found(index, "old") == set()
    assert found(index, "new") == {1}
    index.apply(
        [replace(change(1, title=title), sequence=3 + n) for n, title in enumerate(("third", "fourth"))]
    )
    assert found(index, "third") == set()
    assert found(index, "fourth") == {1}


WORDS = [
    ("galaxies", "A galaxy", True),
    ("galaxy", "Galaxies", True),
    ("poincare", "Poincaré", True),
    ("POINCARÉ", "poincare", True),
    ("x-ray", "X-rays of stars", True),
    ("xray", "X-ray", True),
    ("x-ray", "xrays", True),
    ('"x ray"', "X-ray", True),
    ("gamma", "γ-ray burst", True),
    ("Hα", "H-alpha emission", True),
    ("Teilchens", "Messung der Teilchen und des Spektrums", True),
    ("Haus", "Die Häuser und der Turm von eine", True),
    ("Haeuser", "Die Häuser und der Turm von eine", True),
    ("Häuser", "Die Haeuser und der Turm von eine", True),
    ("Strassen", "Die Straße und der Turm von eine", True),
    ("oeuvre", "Une œuvre et les galaxies dans la nuit", True),
    ("l'étoile", "les étoiles dans une galaxie pour", True),
    ("d’étoiles", "une étoile dans les galaxies pour", True),
    ("étoile", "les étoiles dans une galaxie pour", True),
    ("the galaxy", "galaxy", True),
    ("the", "the galaxy", True),
    ("galaxy star", "galaxy", False),
    ("galaxy OR star", "galaxy", True),
    ("galaxy -star", "galaxy", True),
    ("galaxy -star", "galaxy star", False),
    ("-star", "galaxy", True),
    ('"dark matter"', "dark matter", True),
    ('"dark matter"', "matter dark", False),
    ('"dark matters"', "dark matter", False),
    ("dark matters", "dark matter", True),
    ("gal*", "galaxy", True),
    ("gala*", "gamma", False),
    ("hubble's", "The Hubble telescope", True),
    ("天文", "天文学", True),
    ("文天", "天文学", False),
    ("NGC-1275", "NGC 1275", True),
    ("type:dataset", "x", True),
    ("type:software", "x", False),
    ("source:test", "x", True),
    ("title:galaxy", "galaxy", True),
    ("description:galaxy", "galaxy", False),
    ("galaxy AND (star OR NOT planet)", "galaxy", True),
]


@pytest.fixture(scope="module")
def words_index(engine) -> Index:
    index = engine()
    index.apply([change(number + 1, title=title) for number, (_, title, _) in enumerate(WORDS)])
    return index


@pytest.mark.parametrize("number", range(len(WORDS)), ids=[f"{q} ~ {t}" for q, t, _ in WORDS])
def test_words(words_index, number):
    query, _, expected = WORDS[number]
    assert (number + 1 in found(words_index, query)) is expected


@pytest.mark.parametrize(
    "writing",
    [
        "10.5281/Zenodo.42",
        "doi:10.5281/zenodo.42",
        "https://doi.org/10.5281/zenodo.42",
        "http://dx.doi.org/10.5281/ZENODO.42.",
        "identifier:10.5281/zenodo.42",
        "identifier:10.5281/zenod*",
        "identifier:10-X+(ü<b>)[1]{2}^$|&~#%*",
        "ivo://CDS.VizieR/J/ApJ",
        "https://example.org/a(b)",
        "www.example.org/A(B)/",
        "oai:test:1",
        "record0000000001",
    ],
)
def test_identifiers_in_any_writing(engine, writing):
    index = engine()
    own = (
        Identifier(scheme="doi", value="10.5281/zenodo.42"),
        Identifier(scheme="ivoid", value="ivo://cds.vizier/j/apj"),
        Identifier(scheme="url", value="https://example.org/a(b)"),
        Identifier(scheme="other", value="10-x+(ü<b>)[1]{2}^$|&~#%?\\!"),
    )
    index.apply([change(1, identifiers=own), change(2)])
    assert found(index, writing) == {1}


def test_dates(engine):
    index = engine()
    starts = ("2019", "2019-06-15", "-0320", None, "2020-02-29T23:00:00Z")
    index.apply(
        [
            change(n + 1, dates=(Date(kind="issued", start=start, end=start),) if start else ())
            for n, start in enumerate(starts)
        ]
    )
    assert found(index, published=("2019-06-01", "2019-06-30")) == {1, 2}
    assert found(index, published=("2019-07", None)) == {1, 5}
    assert found(index, published=(None, "0000")) == {3}
    assert found(index, "year:2019") == {1, 2}
    assert found(index, "year:>2019") == {5}
    assert found(index, "year:*..2019 -year:-0320") == {1, 2}
    assert found(index, "published:2020-02-29") == {5}
    assert found(index, "published:[2019-06-16 TO *]") == {1, 5}


def test_relevance_puts_titles_before_descriptions(engine):
    index = engine()
    text = "quark and gluon plasma in heavy ion collisions at high energy"
    index.apply(
        [
            change(1, title="Something else", descriptions=(Text(value=text),)),
            change(2, title="Quark matter", descriptions=(Text(value=text),)),
            change(3, title="Nothing of the kind"),
        ]
    )
    hits = index.search(Query(words="quark", counts=()))
    if not isinstance(index, ReferenceIndex):
        assert [hit.id for hit in hits.hits] == ["record0000000002", "record0000000001"]
        assert hits.hits[0].score > hits.hits[1].score > 0


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (Query(cursor="nonsense"), "cursor"),
        (Query(cursor="é\udc80"), "cursor"),
        (Query(sort="colour"), "sort"),
        (Query(sort="fit"), "sort"),
        (Query(sort="fit", words="moc:3/1"), "sort"),
        (Query(sort="fit", moc="nothing"), "moc"),
        (Query(sort="fit", moc="3/1", size=1001), "size"),
        (Query(size=-1), "size"),
        (Query(size=1001), "size"),
        (Query(facets={"colour": ("red",)}), "colour"),
        (Query(counts=("colour",)), "colour"),
        (Query(published=("yesterday", None)), "published"),
        (Query(published=("2020", "2019")), "published"),
        (Query(words="year:abc"), "q"),
        (Query(words="creator:"), "q"),
        (Query(words="(" * 200), "q"),
        (Query(words="a b " * 200), "q"),
    ],
)
def test_bad_queries_name_their_parameter(filled, query, parameter):
    with pytest.raises(QueryError) as caught:
        filled.search(query)
    assert caught.value.parameter == parameter


def test_relevance_has_a_depth_and_says_so(filled, monkeypatch):
    monkeypatch.setattr("catalogue.search_plan.DEEPEST", 50)
    first = filled.search(Query(words="galaxy OR the OR dark", size=40, counts=()))
    with pytest.raises(QueryError, match=r"first 50 hits.*sort by newest"):
        filled.search(Query(words="galaxy OR the OR dark", size=40, counts=(), cursor=first.cursor))


def test_fit_goes_by_area_and_what_is_known_of_it(filled, reference):
    """Pages follow each other in the same order everywhere, also where some hits were compared."""
    for moc in ("0/0-11", "3/0-40", "5/0-300"):
        query = Query(moc=moc, sort="fit", size=7, counts=())
        whole = [hit.id for hit in reference.search(replace(query, size=1000)).hits]
        assert len(whole) > 30
        assert ids_of_pages(filled, query) == whole
        chance = random.Random(7)
        fits = {id: chance.choice((0.2, 0.5, chance.random())) for id in chance.sample(whole, 20)}
        known = ids_of_pages(filled, replace(query, fits=fits))
        assert known == ids_of_pages(reference, replace(query, fits=fits))
        assert [fits[id] for id in known[:20]] == sorted(fits.values(), reverse=True)
        assert known[20:] == [id for id in whole if id not in fits]


def ids_of_pages(index, query):
    found = []
    while True:
        hits = index.search(query)
        found += [hit.id for hit in hits.hits]
        if hits.cursor is None:
            assert hits.total == len(found)
            return found
        query = replace(query, cursor=hits.cursor)


def test_a_region_with_more_cells_above_it_than_a_cluster_takes_at_once(filled, reference):
    first = (number * (12 << 58) // 9000 for number in range(9000))
    query = Query(moc=text_of(united((one, one + 1) for one in first)), size=1000, counts=())
    hits = filled.search(query)
    assert {hit.id for hit in hits.hits} == {hit.id for hit in reference.search(query).hits}
    assert hits.total > 10


def test_fit_has_a_depth_and_says_so(filled, monkeypatch):
    monkeypatch.setattr("catalogue.search_plan.DEEPEST_FIT", 50)
    first = filled.search(Query(moc="0/0-11", sort="fit", size=40, counts=()))
    with pytest.raises(QueryError, match=r"fit only the first 50 hits.*sort by newest"):
        filled.search(Query(moc="0/0-11", sort="fit", size=40, counts=(), cursor=first.cursor))


HOSTILE = [
    "x" * 10_000,
    "a-" * 100,
    '"' * 9_999 + "galaxy",
    ".*+?[](){}|^$\\" * 50 + "galaxy",
    "galaxy \udcff\x00\x1f",
    "🙂 galaxy é́́́",
    "(" * 90 + "galaxy",
    "title:" * 20 + "galaxy",
    'ga\\l* "gal\\"',
    "identifier:.*(a|b)+[c-d]{3}~*",
    "OR AND NOT",
    "%s {0} ${x} <script>",
    "identifier:" + "İ" * 120 + "*",
    "title:" + "x" * 250 + "*",
    " ".join("👍é漢" + str(n) for n in range(60)) + " 漢漢漢*",
    "AND " * 500 + "galaxy",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_queries_are_answered_or_refused(filled, words):
    try:
        hits = filled.search(Query(words=words, counts=("type",)))
    except QueryError as error:
        assert str(error)
    else:
        assert hits.total >= len(hits.hits)


def test_hostile_choices_are_answered(filled):
    hits = filled.search(Query(facets={"subject": ("\udcff", "", " ", "x" * 2000, "://", "a\x1fb")}))
    assert hits.total == 0


def test_suggestions(filled, reference):
    for prefix in ("gal", "dark Mat", "p", "müll", "ein", "ESR", "neutrin", "nothing", "", " ", "the "):
        assert filled.suggest(prefix, 5) == reference.suggest(prefix, 5)
    assert filled.suggest("dark matt")[0].label == "dark matter"
    assert filled.suggest("gal", 0) == ()


@pytest.mark.parametrize("part", range(10))
def test_parity_with_the_reference(filled, reference, part):
    chance = random.Random(1000 + part)
    for _ in range(50):
        query = some_query(chance)
        try:
            expected = reference.search(query)
        except QueryError as error:
            with pytest.raises(QueryError, match="^" + str(error).split("«")[0][:20]):
                filled.search(query)
            continue
        got = filled.search(query)
        assert got.total == expected.total, query
        assert {hit.id for hit in got.hits} == {hit.id for hit in expected.hits}, query
        assert got.facets == expected.facets, query
        assert got.understood == expected.understood
        assert got.uncovered == expected.uncovered
        assert got.years == expected.years
        if query.sort != "relevance":
            assert [hit.id for hit in got.hits] == [hit.id for hit in expected.hits], query
