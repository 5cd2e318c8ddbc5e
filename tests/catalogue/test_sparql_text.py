"""A SPARQL text is read before an engine does: nothing that asks elsewhere or changes anything gets by."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from catalogue.errors import QueryError
from catalogue.sparql_text import DEEPEST, GRAPHS, LONGEST, RESULTS, TRUTHS, read_sparql
from catalogue.sparql_tokens import place, tokens

FORMS = {
    "SELECT * { ?s ?p ?o }": "SELECT",
    "select (1 as ?x) {}": "SELECT",
    "# SERVICE\nBASE <http://e.org/> PREFIX service: <#> ask { ?s service:x <SERVICE> }": "ASK",
    "PREFIX : <urn:x#> CONSTRUCT WHERE { ?s :p ?o }": "CONSTRUCT",
    "describe<http://e.org/>": "DESCRIBE",
    "prefix insert: <http://e.org/> select * from insert:delete { graph insert:load {} }": "SELECT",
}


@pytest.mark.parametrize("text", FORMS)
def test_the_form_is_the_first_word_behind_the_prologue(text: str) -> None:
    read = read_sparql(text)
    assert read.form == FORMS[text]
    assert read.media_types == {"SELECT": RESULTS, "ASK": TRUTHS}.get(read.form, GRAPHS)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
        "PREFIX service: <http://e.org/> SELECT * { service:SERVICE service:service ?o }",
        "PREFIX service: <http://e.org/> SELECT * { GRAPH service:x { ?s ?p ?o } }",
        "PREFIX service: <http://e.org/> SELECT * FROM service:x { ?s ?p ?o }",
        "PREFIX service: <http://e.org/> DESCRIBE service:x { ?s ?p ?o }",
        "PREFIX e: <http://e.org/> SELECT * { ?s e:SERVICE e:a.SERVICE, e:a-SERVICE, e:\\-SERVICE }",
        "SELECT * { <http://e.org/SERVICE> <service> <https://schema.org/Service#SERVICE> }",
        "SELECT * { ?s ?p 'SERVICE', \"LOAD\", '''a ' SERVICE <x> {}'''}",
        'SELECT * { ?s ?p """\n"SERVICE""", \'a\'@service }',
        "SELECT * { ?s ?p 'a\\' SERVICE <http://e.org/> {} ' }",
        "SELECT * { _:service ?p ?o } # SERVICE <http://e.org/> { }",
        "SELECT * { ?s ?p ?o # } SERVICE <http://e.org/> { }\r}",
        "SELECT * { ?s ?p ?o FILTER(?a < ?b && ?c > ?d) FILTER(?a<?b&&?c>?d) FILTER(?a<=1||1>=?b) }",
        "SELECT * { ?s ?p '\\u0053ERVICE', <http://e.org/\\u0053ERVICE> }",
        "SELECT (1e5 AS ?x) (.5 AS ?y) (-1.5E-3 AS ?z) (GROUP_CONCAT(?a; SEPARATOR=',') AS ?g) {}",
        "SELECT * { ?s <urn:x#y>|^<urn:y>* ?o }".replace("<urn:x#y>", "<http://e.org/x#y>"),
        "SELECT * { ?größe ?p 'Größe'@de-AT . ?s ?p 1.}",
    ],
)
def test_words_in_names_strings_and_comments_do_not_count(text: str) -> None:
    assert read_sparql(text).form in {"SELECT", "DESCRIBE"}


HIDDEN = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent ?x { ?s ?p ?o } }",
    "SELECT * { { SELECT * { OPTIONAL { sErViCe<http://127.0.0.1:9/>{?s ?p ?o} } } } }",
    "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { \\U00000053ERV\\u0049CE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'a\\u0027 SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #' }",
    "SELECT * { ?s ?p <http://e.org/\\u003E SERVICE \\u003Chttp://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o \\u005Cu0053ERVICE <http://127.0.0.1:9/> { } }",
    "SELECT * { ?s ?p ?o # \\u000A SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }\n }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE :x { ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { SERVICEex:x { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1:9/> { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICESILENT:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:9/> { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { ?s ?p falseSERVICE:x # here\n { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ''SERVICE<http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { FILTER(1<?b)SERVICE#>\n<http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { FILTER(?a<?b#>'''\n) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #'''\n}",
    "SELECT * { FILTER(?a<#>'''\n?b) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #'''\n}",
    "SELECT * { FILTER(?a<'>'''&&'>'''='') SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #'''\n}",
    "PREFIX e: <http://e/> SELECT * { FILTER(?a<e:#>'''\nb) SERVICE <http://127.0.0.1:9/> {} #'''\n}",
    "SELECT * { FILTER(true<?b#>'''\n) SERVICE <http://127.0.0.1:9/> {?s ?p ?o} #'''\n}",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_call_of_another_endpoint_cannot_hide(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_sparql(text)
    assert caught.value.parameter == "query" and len(str(caught.value)) < 200


def test_some_of_them_would_have_been_carried_out() -> None:
    """The engine reads several of these as SERVICE and tries to connect: the refusal is needed."""
    tried = 0
    for text in HIDDEN:
        try:
            list(Store().query(text))
        except OSError:
            tried += 1
        except (SyntaxError, RuntimeError):
            pass
    assert tried >= 5


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "PREFIX : <http://e.org/> LOAD <file:///etc/passwd>",
        "clear all",
        "DROP GRAPH <http://e.org/>",
        "WITH <http://e.org/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } ; DROP ALL",
        "ASK {} \\u004COAD <http://e.org/>",
        "SELECT (<java:java.lang.Runtime>(1) AS ?x) {}",
        "PREFIX j: <JAVA:java.lang.> SELECT (j:Runtime(1) AS ?x) {}",
        "SELECT (<\\u006Aava:x>(1) AS ?x) {}",
        "PREFIX f: <bif:> SELECT (f:http_get('http://127.0.0.1/') AS ?x) {}",
        "SELECT (<sql:DB.DBA.X>(1) AS ?x) {}",
    ],
)
def test_what_changes_or_runs_something_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match=r"changed here|Code of the server"):
        read_sparql(text)


@pytest.mark.parametrize(
    ("text", "says", "position"),
    [
        ("", "no SELECT", 0),
        ("PREFIX ex:", "no SELECT", 10),
        ("FROM x", "SELECT, ASK, CONSTRUCT or DESCRIBE is expected", 0),
        ("SELECT * {\n  ?s ?p\x00 }", r"U\+0000 here \(line 2, column 8\)", 18),
        ("ASK {\n 'a\n }", r"does not end \(line 2, column 2\)", 7),
        ("ASK { '''a' }", "does not end", 6),
        ("ASK { ( }", "closes what is not open", 8),
        ("ASK {", "not closed", 4),
        ("ASK }", "closes what is not open", 4),
        ("ASK { ſERVICE <x> {} }", r"U\+017F", 6),
        ("ASK { ?s foaf:name ?o }", "«foaf:» is not declared", 9),
        ("ASK { ?s :name ?o }", "«:» is not declared", 9),
        ("ASK { \\x }", "backslash", 6),
        ("ASK { <http://e.org/\\uD800> }", "no character", 20),
        ("ASK " + "{" * (DEEPEST + 1) + "}" * (DEEPEST + 1), "100 deep at most", 4 + DEEPEST),
    ],
)
def test_a_fault_tells_its_place(text: str, says: str, position: int) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        read_sparql(text)
    assert caught.value.position == position


def test_values_may_be_many_but_not_parts() -> None:
    values = " ".join(f"<http://e.org/a-{number}>" for number in range(3000))
    assert read_sparql(f"SELECT * {{ VALUES ?x {{ {values} }} ?x ?p ?o }}").form == "SELECT"
    for part in ("?s ?p ?o . ", "OPTIONAL {} ", "FILTER(1) "):
        assert read_sparql("ASK { " + part * 1000 + "}")
        with pytest.raises(QueryError, match="2,000 triples, operators and groups, this one has 3,000"):
            read_sparql("ASK { " + part * 3000 + "}")


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(QueryError, match="100,004 characters; at most 100,000"):
        read_sparql("ASK " + " " * LONGEST)


@pytest.mark.parametrize("part", ["a.", "a-", "a.1-", "\u00e9.", "<a", "?a<b ", "''" * 2, ":a."])
def test_a_text_of_the_greatest_length_is_read_in_little_time(part: str) -> None:
    text = "SELECT * {" + part * ((LONGEST - 20) // len(part)) + "}"
    began = time.process_time()
    with suppress(QueryError):
        read_sparql(text)
    assert time.process_time() - began < 10  # What grows with the square of the length takes minutes.


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a..:b", ":b"),
        ("a.:b", ":b"),
        ("true.:b", ":b"),
        ("a.b:c", "a.b:c"),
        ("a-b.c:d.e", "a-b.c:d.e"),
        ("a.b .c:d", "c:d"),
        ("a.b\u00b7:c", "a.b\u00b7:c"),
    ],
)
def test_a_name_is_found_wherever_it_begins(text: str, name: str) -> None:
    assert [token.text for token in tokens(text) if token.kind == "name"] == [name]


def test_whether_an_answer_stays_and_which_prefixes_are_declared() -> None:
    assert read_sparql("PREFIX ex: <http://e.org/> ASK {}").prefixes == (("ex:", "http://e.org/"),)
    assert read_sparql("SELECT ('now' AS ?now) {}").steady
    assert not read_sparql("SELECT (now() AS ?x) {}").steady


def test_place() -> None:
    assert place("a\nbc", 3) == (2, 2)
    assert place("a", 0) == (1, 1)


@given(st.text(alphabet=" \n<>'\"#\\u0053SERVICEservice:?x{}().", max_size=60))
def test_whatever_the_engine_calls_elsewhere_for_is_refused(text: str) -> None:
    query = f"PREFIX : <http://127.0.0.1:9/> SELECT * {{ {text} }}"
    try:
        read_sparql(query)
    except QueryError:
        return
    with suppress(SyntaxError, RuntimeError):  # An OSError would be a call that went out.
        list(Store().query(query))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert all(text.startswith(token.text, token.position) for token in tokens(text))
        read_sparql(text)
    except QueryError as error:
        assert error.position is None or 0 <= error.position <= len(text)
