"""CQL: what it means in our own language, what is refused with which diagnostic, and hostile input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import query_language as language
from catalogue.cql import DEEPEST, LONGEST, MOST_CLAUSES, parse_cql
from catalogue.cql_clauses import INDEXES, RELATIONS, CqlError
from catalogue.index import SORTS


@pytest.mark.parametrize(
    ("cql", "words"),
    [
        ("dark", "dark"),
        ('"dark matter"', '"dark matter"'),
        ("dark and matter", "dark matter"),
        ("dark AND matter Or halo", "(dark matter) OR halo"),
        ("a1 or b1 and c1 not d1", "(a1 OR b1) c1 -d1"),
        ("a1 or (b1 and c1)", "a1 OR (b1 c1)"),
        ("a1 not (b1 or c1)", "a1 -(b1 OR c1)"),
        ("dc.title = lensing", "title:lensing"),
        ("DC.Title=lensing", "title:lensing"),
        ("title = lensing", "title:lensing"),
        ('dc.title all "weak lensing"', "title:weak title:lensing"),
        ('dc.creator any "okafor rossi"', "creator:okafor OR creator:rossi"),
        ('dc.creator adj "okafor ngozi"', 'creator:"okafor ngozi"'),
        ("dc.title == lensing", 'title:"lensing"'),
        ("dc.title exact lensing", 'title:"lensing"'),
        ("dc.title <> lensing", "-title:lensing"),
        ("magnet not dc.title <> powder", "magnet title:powder"),
        ("cql.anywhere = galax*", "galax*"),
        ('dc.title any "galax* puls*"', "title:galax* OR title:puls*"),
        (r'dc.title = "C\*"', 'title:"C*"'),
        ("dc.date = 2015", "published:2015"),
        ('dc.date within "2015 2020-06"', "published:2015..2020-06"),
        ('dc.date within "2015/2020-06"', "published:2015..2020-06"),
        ("dc.date <= 2015-03-01", "published:*..2015-03-01"),
        ("dc.date > 2015", "published:2015..* -published:2015"),
        ('dc.date any "2015 2019"', "published:2015 OR published:2019"),
        ('dc.identifier = "10.5072/shear.3"', 'identifier:"10.5072/shear.3"'),
        ("dc.type = dataset and dc.publisher = southern", "type:dataset publisher:southern"),
        ("almagest.instrument = WideCam", "instrument:WideCam"),
        ('almagest.sky = "10.68,41.27,0.5"', 'sky:"10.68,41.27,0.5"'),
        ('almagest.parameter = "temperature < 10 K"', 'parameter:"temperature < 10 K"'),
        ('dark not almagest.energy = "1 keV/10 keV"', 'dark -energy:"1 keV/10 keV"'),
        ("cql.allRecords = 1", "*"),
        ("cql.allRecords = 1 not dc.type = dataset", "-type:dataset"),
        ("cql.allRecords = 1 and dark", "dark"),
        ("dark or cql.allRecords = 1", "*"),
        ('> d = "info:srw/cql-context-set/1/dc-v1.1" d.title = lensing', "title:lensing"),
        ('> "info:srw/cql-context-set/1/dc-v1.1" title = lensing', "title:lensing"),
        ("dc.title =/relevant/cql.stem lensing", "title:lensing"),
        ('"OR"', '"OR"'),
        ("or", "or"),
        ("dc.title = not and and", "title:not and"),
        ('"creator:okafor"', '"creator:okafor"'),
        ('"-dark"', '"-dark"'),
        (r'"a \"quoted\" word"', '"a quoted word"'),
    ],
)
def test_what_a_query_means(cql: str, words: str) -> None:
    found = parse_cql(cql)
    assert found.words == words
    assert language.parse(found.words) == found.node
    assert found.sort == "relevance"


@pytest.mark.parametrize(
    ("cql", "number", "details"),
    [
        ("", 10, None),
        ("   ", 10, None),
        ("and and", 10, None),
        ("= dark", 10, "0"),
        ("dark and", 10, None),
        ("dark matter", 10, None),
        ("dc.title fox fish", 19, "fox"),
        ('dc.title "fish"', 10, None),
        ("dc.title = ", 10, None),
        ("x" * (LONGEST + 1), 12, str(LONGEST)),
        ("(dark", 13, "0"),
        ("dark)", 13, "4"),
        ("()", 13, "1"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), 13, str(DEEPEST)),
        ('"fish', 14, "0"),
        ('dc.title = "fish', 14, "11"),
        ("mods.title = a", 15, "mods"),
        ('> x = "http://example.org/set" x.a = b', 15, "http://example.org/set"),
        ("dc.author = a", 16, "dc.author"),
        ("dc.title encloses a", 19, "encloses"),
        ("dc.title =/fuzzy a", 20, "fuzzy"),
        ('dc.title within "a b"', 22, "dc.title within"),
        ("dc.title < a", 22, "dc.title <"),
        ("almagest.time > 2015", 22, "almagest.time >"),
        ("almagest.time = soon", 36, "soon"),
        ('almagest.sky = ""', 36, ""),
        (f'"{"x" * 1001}"', 23, "1000"),
        (r'"\a"', 26, "a"),
        ('""', 27, None),
        ('dc.title = "..."', 27, None),
        ("wom?n", 28, "?"),
        ("ab*", 29, "3"),
        ("*", 29, "3"),
        ("^dark", 31, None),
        ('"dark matt*"', 33, None),
        ("dc.date = fish", 36, "fish"),
        ("dc.date within 2015", 36, None),
        ('dc.date within "2020 2015"', 36, None),
        ('dc.date = "2015 2016"', 36, None),
        (" or ".join(["a"] * (MOST_CLAUSES + 1)), 38, str(MOST_CLAUSES - 1)),
        ("a prox b", 39, None),
        ("a and/rel.algorithm=x b", 46, "rel.algorithm"),
        ("a not cql.allRecords = 1", 48, None),
        ('dc.title any "' + " ".join(f"w{n}" for n in range(70)) + '"', 48, None),
        ("gal*axy", 49, "gal*axy"),
        ("*axy", 49, "*axy"),
        ("a sortBy dc.creator", 80, None),
        ("a sortBy dc.title/sort.descending", 80, None),
        ("a sortBy dc.title/locale=de", 80, None),
        ("a sortBy dc.title dc.date", 84, "1"),
    ],
)
def test_what_is_refused(cql: str, number: int, details: str | None) -> None:
    with pytest.raises(CqlError) as refused:
        parse_cql(cql)
    assert (refused.value.number, refused.value.details) == (number, details)
    assert str(refused.value)


@pytest.mark.parametrize(
    ("order", "sort"),
    [
        ("dc.title", "title"),
        ("title/sort.ascending", "title"),
        ("dc.date", "oldest"),
        ("dc.date/sort.descending", "newest"),
        ("date/descending", "newest"),
    ],
)
def test_orders(order: str, sort: str) -> None:
    assert sort in SORTS
    assert parse_cql(f"dark SORTBY {order}").sort == sort


def test_as_many_clauses_as_there_may_be() -> None:
    many = parse_cql(" or ".join(f"(w{n} and v{n})" for n in range(MOST_CLAUSES // 3)))
    assert language.parse(many.words) == many.node
    nested = parse_cql(" or ".join(f"w{n} and v{n}" for n in range(language.DEEPEST_ALTERNATION)))
    assert language.parse(nested.words) == nested.node
    with pytest.raises(CqlError, match="within another OR") as refused:
        parse_cql(" or ".join(f"w{n} and v{n}" for n in range(MOST_CLAUSES // 2)))
    assert refused.value.number == 48
    deep = parse_cql("(" * DEEPEST + "dark" + ")" * DEEPEST)
    assert deep.words == "dark"


_terms = st.one_of(
    st.from_regex(r"[a-z0-9]{1,8}\*?", fullmatch=True),
    st.text(max_size=12).map(lambda text: '"' + text.replace("\\", "").replace('"', r"\"") + '"'),
)
_indexes = st.sampled_from([f"{name}.{index}" for name, one in INDEXES.items() for index in one.indexes])
_clauses = st.one_of(_terms, st.tuples(_indexes, st.sampled_from(RELATIONS), _terms).map(" ".join))
_queries = st.recursive(
    _clauses,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or", "not"]), inner).map(
        lambda parts: f"({parts[0]}) {parts[1]} {parts[2]}"
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(_queries)
def test_what_is_understood_says_the_same_in_our_language(cql: str) -> None:
    try:
        found = parse_cql(cql)
    except CqlError:
        return
    assert language.parse(found.words) == found.node, found.words


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text('"()<>=/\\*?^ adnotr.c1', max_size=60)))
def test_any_text_is_understood_or_refused(cql: str) -> None:
    try:
        language.parse(parse_cql(cql).words)
    except CqlError as refused:
        assert 10 <= refused.number <= 90


@pytest.mark.parametrize(
    "cql",
    [
        '"' + "\\" * 3998,
        "(" * 4000,
        "/" * 4000,
        "=" * 4000,
        ">" * 4000,
        ' "a"' * 1000,
        "a\\ " * 1300,
        "\t" * 4000,
    ],
)
def test_hostile_queries_take_no_time(cql: str) -> None:
    started = time.perf_counter()
    with pytest.raises(CqlError):
        parse_cql(cql)
    assert time.perf_counter() - started < 1
