"""The contract of an index: what every engine answers alike."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from catalogue.errors import QueryError
from catalogue.index import FACETS, Change, Index, Query
from catalogue.indexing import open_index, rebuild, sync
from catalogue.record import Date, Identifier, Provenance, Record, Term, Text
from tests.catalogue.index_records import FakeStore, latest, some_changes, some_query
from tests.catalogue.reference_index import ReferenceIndex

ENGINES = ("reference", "embedded", pytest.param("elasticsearch", marks=pytest.mark.services))


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    """A function that opens an empty index."""
    opened: list[Index] = []

    def fresh() -> Index:
        if request.param == "reference":
            index: Index = ReferenceIndex()
        elif request.param == "embedded":
            index = open_index(f"embedded:{tmp_path_factory.mktemp('index')}/index")
        else:
            server = request.getfixturevalue("elasticsearch_url").rstrip("/")
            index = open_index(f"{server}/test{uuid.uuid4().hex}")
        opened.append(index)
        return index

    yield fresh
    for index in opened:
        index.close()


CHANGES = some_changes(300)


@pytest.fixture(scope="module")
def filled(engine) -> Index:
    """An index that has followed the whole history of 300 records in several commits."""
    index = engine()
    for start in range(0, len(CHANGES), 90):
        index.apply(CHANGES[start : start + 90])
    return index


@pytest.fixture(scope="module")
def reference() -> ReferenceIndex:
    index = ReferenceIndex()
    index.apply(CHANGES)
    return index


def change(number: int, *, title: str = "A title", **fields) -> Change:
    """A record with one thing in particular."""
    identifier = f"oai:test:{number}"
    record = Record(
        id=f"record{number:010d}",
        kind="dataset",
        titles=(Text(value=title),),
        provenance=Provenance(source="test", identifier=identifier),
    )
    return Change(
        sequence=number,
        id=record.id,
        source="test",
        datestamp="2026-11-21T12:00:00Z",
        record=replace(record, **fields),
    )


def found(index: Index, words: str = "", **query) -> set[int]:
    """The numbers of the records that a query finds."""
    hits = index.search(Query(words=words, size=1000, counts=(), **query))
    assert hits.total == len(hits.hits)
    return {int(hit.id.removeprefix("record")) for hit in hits.hits}


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


def test_facets_keep_their_own_alternatives(engine):
    index = engine()
    index.apply(
        [change(n, kind=kind) for n, kind in enumerate(("dataset", "dataset", "software", "image"), 1)]
    )
    hits = index.search(Query(facets={"type": ("software",)}, counts=("type", "source")))
    assert hits.total == 1
    assert [(c.value, c.label, c.count) for c in hits.facets["type"]] == [
        ("dataset", "Dataset", 2),
        ("image", "Image", 1),
        ("software", "Software", 1),
    ]
    assert [(c.value, c.count) for c in hits.facets["source"]] == [("test", 1)]
    assert found(index, facets={"type": ("software", "image")}) == {3, 4}


def test_facets_unite_writings_and_carry_the_uri(engine):
    index = engine()
    uri = "http://astrothesaurus.org/uat/573"
    subjects = (Term(label="GALAXIES"), Term(label="Galaxies", uri=uri), Term(label="galaxies"))
    index.apply([change(n, subjects=(subject,)) for n, subject in enumerate(subjects, 1)])
    (count,) = index.search(Query(counts=("subject",))).facets["subject"]
    assert (count.value, count.label, count.count, count.uri) == ("galaxies", "Galaxies", 3, uri)
    assert found(index, facets={"subject": ("Galaxies",)}) == {1, 2, 3}
    assert found(index, facets={"subject": (uri,)}) == {2}
    assert found(index, f"subject:{uri}") == {2}


PANET = "http://purl.org/pan-science/PaNET/"


def test_a_broader_concept_finds_the_narrower_ones(engine):
    index = engine()
    saxs = Term(label="SAXS", uri=PANET + "PaNET01188")
    scattering = Term(label="small angle scattering", uri=PANET + "PaNET01124")
    told = (saxs, scattering, Term(label="small angle scattering"), Term(label="SAXS"))
    index.apply([change(n, techniques=(term,)) for n, term in enumerate(told, 1)])
    assert found(index, facets={"technique": ("Small Angle Scattering",)}) == {1, 2, 3}
    assert found(index, facets={"technique": (PANET + "PaNET01124",)}) == {1, 2}
    assert found(index, facets={"technique": ("saxs",)}) == {1, 4}
    assert found(index, f"technique:{PANET}PaNET01124") == {1, 2}
    assert found(index, 'technique:"small angle scattering"') == {1, 2, 3}
    assert found(index, "scattering") == {1, 2, 3}
    counts = index.search(Query(counts=("technique",))).facets["technique"]
    assert [(count.value, count.count) for count in counts] == [("small angle scattering", 3), ("saxs", 2)]


def test_a_concept_finds_what_is_narrower_in_another_vocabulary(engine):
    index = engine()
    uris = {
        1: "http://www.ivoa.net/rdf/uat#supernova-remnants",
        2: "https://arxiv.org/archive/hep-ex",
        3: "https://www.dfg.de/dfg_profil/gremien/fachkollegien/faecher/#311",
        4: "http://b2find.eudat.eu/disciplines#4.4.5.07",
        5: "http://astrothesaurus.org/uat/353",
    }
    index.apply([change(n, subjects=(Term(label=f"term {n}", uri=uri),)) for n, uri in uris.items()])
    discipline = "http://b2find.eudat.eu/disciplines#"
    assert found(index, facets={"subject": (discipline + "4.2.5",)}) == {1, 3, 5}
    assert found(index, facets={"subject": ("Astrophysics and Astronomy",)}) == {1, 3, 5}
    assert found(index, facets={"subject": ("Physics",)}) == {1, 2, 3, 5}
    assert found(index, facets={"subject": (discipline + "4",)}) == {1, 2, 3, 4, 5}
    assert found(index, facets={"subject": ("https://arxiv.org/archive/astro-ph",)}) == {1, 3, 5}
    assert found(index, facets={"subject": ("http://www.ivoa.net/rdf/uat#interstellar-medium",)}) == {1}
    assert found(index, "subject:volcanology") == {4}
    assert found(index, facets={"subject": (discipline + "4.2.3", "Volcanology")}) == {2, 4, 5}


def test_the_count_of_a_value_is_what_choosing_it_finds(filled):
    for facet, counts in filled.search(Query(counts=("subject", "technique"), counts_size=50)).facets.items():
        assert counts
        for count in counts:
            assert filled.search(Query(facets={facet: (count.value,)}, size=0)).total == count.count, count


@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "changed", "relevance"])
@pytest.mark.parametrize("words", ["", "galaxy OR neutron"])
def test_cursors_walk_through_everything_once(filled, reference, sort, words):
    query = Query(words=words, sort=sort, size=17, counts=())
    walked: list[str] = []
    cursor = None
    while True:
        hits = filled.search(replace(query, cursor=cursor))
        walked += [hit.id for hit in hits.hits]
        cursor = hits.cursor
        if cursor is None:
            break
    expected = [hit.id for hit in reference.search(replace(query, size=1000)).hits]
    assert len(walked) == len(set(walked)) == hits.total == len(expected)
    if sort != "relevance":
        assert walked == expected
    assert set(walked) == set(expected)


def test_cursors_walk_through_odd_titles(engine):
    index, reference, chance = engine(), ReferenceIndex(), random.Random(6)
    signs = "aZ0 -_.!*:TO\u00a0éαЖ天ก्अ١ⅷ²ﬁ\u0301\u200d😀"
    titles = ["…", "", "to", "TO *", "*", "[a", "or", "NOT"] + [
        "".join(chance.choices(signs, k=chance.randint(1, 12))) for _ in range(60)
    ]
    changes = [change(n, title=title) for n, title in enumerate(titles, 1)]
    index.apply(changes)
    reference.apply(changes)
    walked: list[str] = []
    cursor = None
    while len(walked) < 100:
        hits = index.search(Query(sort="title", size=1, cursor=cursor, counts=()))
        walked += [hit.id for hit in hits.hits]
        cursor = hits.cursor
        if cursor is None:
            break
    assert walked == [hit.id for hit in reference.search(Query(sort="title", size=100, counts=())).hits]


def test_no_cursor_after_a_last_page_that_is_full(engine):
    index = engine()
    index.apply([change(n) for n in range(1, 5)])
    assert index.search(Query(size=4, sort="newest")).cursor is None
    assert index.search(Query(size=0)).cursor is None
    assert index.search(Query(size=0)).total == 4


def test_a_cursor_lasts_while_records_change(engine):
    index = engine()
    index.apply([change(n, title=f"Title {n:02d}") for n in range(1, 11)])
    first = index.search(Query(sort="title", size=5))
    index.apply([replace(change(3, title="Title 03"), sequence=11), change(12, title="Title 00")])
    second = index.search(Query(sort="title", size=5, cursor=first.cursor))
    assert [int(hit.id[6:]) for hit in second.hits] == [6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (Query(cursor="nonsense"), "cursor"),
        (Query(cursor="é\udc80"), "cursor"),
        (Query(sort="colour"), "sort"),
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


def test_a_cursor_belongs_to_its_query(filled):
    cursor = filled.search(Query(words="galaxy", size=2, sort="newest")).cursor
    assert filled.search(Query(words="galaxy", size=50, sort="newest", cursor=cursor)).hits
    for other in (Query(words="star", sort="newest"), Query(words="galaxy", sort="title")):
        with pytest.raises(QueryError, match="does not belong to this search"):
            filled.search(replace(other, cursor=cursor))


def test_relevance_has_a_depth_and_says_so(filled, monkeypatch):
    monkeypatch.setattr("catalogue.search_plan.DEEPEST", 50)
    first = filled.search(Query(words="galaxy OR the OR dark", size=40, counts=()))
    with pytest.raises(QueryError, match=r"first 50 hits.*sort by newest"):
        filled.search(Query(words="galaxy OR the OR dark", size=40, counts=(), cursor=first.cursor))


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
        if query.sort != "relevance":
            assert [hit.id for hit in got.hits] == [hit.id for hit in expected.hits], query


def test_following_a_store_in_batches(engine, reference):
    index = engine()
    store = FakeStore(CHANGES[:150])
    steps: list[int] = []
    assert sync(store, index, batch=40, progress=steps.append) == len(store.rows) == sum(steps)
    assert index.position() == store.last_sequence()
    assert sync(store, index) == 0
    later = FakeStore(CHANGES)
    assert sync(later, index, batch=70) == len([c for c in later.rows if c.sequence > 150])
    everything = Query(size=1000, sort="changed")
    assert index.search(everything) == replace(
        reference.search(everything), cursor=index.search(everything).cursor
    )


def test_rebuilding_beside_while_searches_go_on(engine, reference):
    index = engine()
    index.apply([change(n) for n in range(1, 8)])
    seen: list[int] = []

    class Watched(FakeStore):
        def changes(self, after: int, limit: int = 1000) -> list[Change]:
            seen.append(index.search(Query(counts=())).total)
            return super().changes(after, limit)

    store = Watched(CHANGES)
    assert rebuild(store, index, batch=60) == len(store.rows)
    if not isinstance(index, ReferenceIndex):
        assert set(seen) == {7}
    assert index.position() == store.last_sequence()
    assert index.search(Query(counts=FACETS)).facets == reference.search(Query(counts=FACETS)).facets
    index.apply([replace(change(1, title="afterwards"), sequence=10_000)])
    assert found(index, "afterwards") == {1}


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(engine):
    index = engine()
    index.apply([change(1), change(2)])

    def broken() -> Iterator[list[Change]]:
        yield [change(3)]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        index.rebuild(broken())
    assert found(index) == {1, 2}
    assert index.position() == 2
    index.rebuild([[change(5)]])
    assert found(index) == {5}


def test_a_rebuild_meets_records_that_change_meanwhile(engine):
    index = engine()
    index.rebuild([[change(1, title="before"), change(2)], [replace(change(1, title="after"), sequence=3)]])
    assert found(index) == {1, 2}
    assert found(index, "before") == set()
    assert index.position() == 3


def test_latest_is_what_the_store_gives_out():
    assert len(latest(CHANGES)) == 300
