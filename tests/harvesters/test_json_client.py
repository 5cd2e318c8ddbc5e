"""JSON as APIs really answer: bytes that stay as they came, and every other answer said clearly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.json_client import (
    MAXIMUM_RECORD,
    JsonAnswer,
    JsonClient,
    Refusal,
    Unreadable,
    count_in,
    issue_of,
    loaded,
    unnamed,
)
from harvesters.transport import HostFailing, Transport
from tests.harvesters.misbehaving import Sent
from tests.harvesters.misbehaving_rest import Rest, RestServer, sent_json, things

Connect = Callable[..., Transport]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def answer(body: bytes) -> JsonAnswer:
    return JsonAnswer(url="http://user:pass@api.example.org/x?key=1", body=body, headers={})


def test_the_bytes_of_a_record_are_those_that_came() -> None:
    first = b'{"b": 1.10, "a": 12345678901234567890123, "t": "\\u00e9\xc3\xa9" , "b": 2}'
    body = b' {"total":2 , "items": [ ' + first + b' ,\n{ } ], "links": {"next": null}} '
    shell, elements = answer(body).shell("items")
    assert elements == [first, b"{ }"]
    assert shell == {"total": 2, "links": {"next": None}}


@pytest.mark.parametrize(
    ("body", "path", "shell", "count"),
    [
        (b"[1, 2]", (), {}, 2),
        (b"[]", (), {}, 0),
        (b'{"h": {"total": 7, "hits": [{}]}, "x": 1}', ("h", "hits"), {"h": {"total": 7}, "x": 1}, 1),
        (b'{"a": {"b": {"c": [1], "d": 2}}}', ("a", "b", "c"), {"a": {"b": {"d": 2}}}, 1),
    ],
)
def test_lists_at_every_depth(body: bytes, path: tuple[str, ...], shell: object, count: int) -> None:
    around, elements = answer(body).shell(*path)
    assert (around, len(elements)) == (shell, count)


@given(st.lists(VALUES, max_size=5), st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_a_shell_and_its_elements_are_the_whole(elements: list[object], around: dict[str, object]) -> None:
    around.pop("items", None)
    body = json.dumps({**around, "items": elements}, ensure_ascii=False)
    try:
        raw = body.encode()
    except UnicodeEncodeError:
        return
    shell, parts = answer(raw).shell("items")
    assert shell == json.loads(json.dumps(around))
    assert [json.loads(part) for part in parts] == json.loads(json.dumps(elements))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"3",
        b"[1]",
        b'{"items": null}',
        b'{"items": {}}',
        b'{"items": [1',
        b'{"items": [1,]}',
        b'{"items": [NaN]}',
        b'{"items": "x"}',
        b'{"items": [' + b"[" * 50_000 + b"]" * 50_000 + b"]}",
        b'{"total": \xff, "items": []}',
        b'{"total": "\xff", "items": []}',
    ],
)
def test_what_is_no_such_list_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        answer(body).shell("items")
    assert str(caught.value).startswith("http://api.example.org/x answers with")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_list_that_is_not_there_is_named() -> None:
    with pytest.raises(Unreadable, match="answers without the list «items»"):
        answer(b'{"total": 3}').shell("items")
    with pytest.raises(Unreadable, match="without the list «hits»"):
        answer(b'{"hits": {"total": 0}}').shell("hits", "hits")


def test_a_wrong_letter_costs_only_its_record() -> None:
    _, elements = answer(b'{"items": [{"a": "\xff"}, {"a": 1e400}, {"a": 1}]}').shell("items")
    assert len(elements) == 3
    for broken in elements[:2]:
        with pytest.raises(ValueError, match=r"UTF-8|infinity"):
            loaded(broken)
    assert loaded(elements[2]) == {"a": 1}


def test_whole_values() -> None:
    assert answer(b'{"a": [1]}').value() == {"a": [1]}
    for body in (b"", b"{", b"[" * 5000):
        with pytest.raises(Unreadable, match="broken JSON"):
            answer(body).value()


def test_a_record_that_is_too_long_says_so() -> None:
    with pytest.raises(ValueError, match=f"the limit is {MAXIMUM_RECORD}"):
        loaded(b'"' + b"a" * MAXIMUM_RECORD + b'"')


def test_two_kinds_of_issues() -> None:
    known = issue_of("doi:1", "title", "cut", "x")
    assert (known.rule, known.value) == ("unreadable", "x")
    nobody = unnamed("(page 3)", "broken")
    assert (nobody.rule, nobody.path, nobody.value) == ("unnamed", "/", None)


# --- over HTTP


@pytest.fixture
def api() -> Iterator[RestServer]:
    with RestServer(Rest({"a": things(3)})) as running:
        yield running


@pytest.fixture
def client(api: RestServer, settings: Settings, connect: Connect) -> Iterator[JsonClient]:
    with connect(Source(name="a", kind="oai-pmh", url=api.url), settings) as transport:
        yield JsonClient(transport)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (sent_json({"message": "No such list."}, 404), "answers «404 Not Found»: «No such list.»."),
        (sent_json({"error": {"message": "Bad\nfilter"}}, 400), "«400 Bad Request»: «Bad filter»."),
        (sent_json({"error": "denied", "detail": "x"}, 403), "«403 Forbidden»: «denied»."),
        (sent_json({"title": "Gone", "detail": "Long gone"}, 410), "«410 Gone»: «Long gone»."),
        (sent_json({"message": "\x1b[31mred\x07"}, 400), "«400 Bad Request»: «[31mred»."),
        (sent_json({"message": "x" * 9000}, 400), "x" * 200 + "»."),
        (sent_json([1], 400), "answers «400 Bad Request»."),
        (sent_json({"message": None}, 400), "answers «400 Bad Request»."),
        (Sent(body=b"<html>no</html>", status=404), "answers «404 Not Found»."),
    ],
)
def test_refusals_say_why(api: RestServer, client: JsonClient, sent: Sent, said: str) -> None:
    api.script = lambda asked, usual: sent
    with pytest.raises(Refusal) as caught:
        client.get(f"{api.url}/a")
    assert str(caught.value).endswith(said)
    assert caught.value.status == sent.status


def test_a_web_page_is_no_answer(api: RestServer, client: JsonClient) -> None:
    api.script = lambda asked, sent: Sent(body=b"\n <!doctype html><title>Login</title>")
    with pytest.raises(Unreadable, match="a web page where JSON was asked for"):
        client.get(f"{api.url}/a")


def test_a_server_that_fails_is_told_apart(api: RestServer, client: JsonClient) -> None:
    client.get(f"{api.url}/a")
    api.script = lambda asked, sent: sent_json({}, 500)
    with pytest.raises(HostFailing):
        client.get(f"{api.url}/a", attempts=1)
    assert len(api.asked) == 2


def test_what_is_asked_for_and_a_mark_before_it(api: RestServer, client: JsonClient) -> None:
    api.script = lambda asked, sent: Sent(body=b"\xef\xbb\xbf" + sent.body)
    got = client.get(f"{api.url}/a", [("limit", "2"), ("q", "a&b=ü")])
    assert len(got.shell("items")[1]) == 2
    assert api.asked[0].headers["accept"] == "application/json"
    assert api.asked[0]["q"] == "a&b=ü"


def test_an_unchanged_answer_is_told(api: RestServer, client: JsonClient) -> None:
    api.rest.etags = True
    first = client.get(f"{api.url}/a")
    again = client.get(f"{api.url}/a", headers={"If-None-Match": first.headers["etag"]})
    assert (first.is_unchanged, again.is_unchanged, again.body) == (False, True, b"")


@pytest.mark.parametrize("value", [None, True, -1, 1.5, "7", 2**63, 10**400, [], {}])
def test_what_is_no_number_of_records(value: object) -> None:
    assert count_in(value) is None


def test_a_number_of_records() -> None:
    assert [count_in(0), count_in(100_000_000)] == [0, 100_000_000]
