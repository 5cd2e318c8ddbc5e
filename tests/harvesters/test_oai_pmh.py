"""The OAI-PMH harvester against a server that misbehaves as real ones do, over real sockets."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from catalogue.errors import RecordRefused, SourceProtocolError, SourceUnreachable
from catalogue.record import Hop, Page, Provenance
from harvesters import oai_client, oai_pmh
from mappings.base import read
from tests.harvesters.conftest import FakeClock, identifiers
from tests.harvesters.misbehaving import DC, Asked, Item, Repository, Sent, Server, on_list, some, times

Fetch = Callable[..., list[Page]]
ALL = [item.identifier for item in some(25)]


def refused(page: Page) -> dict[str, str]:
    """The records of a page that their crosswalk refuses: identifier -> reason."""
    found = {}
    for raw in page.records:
        if not raw.deleted:
            try:
                read(raw, Provenance(source="test", identifier=raw.identifier))
            except RecordRefused as refusal:
                found[raw.identifier] = refusal.reason
    return found


def with_body(change: Callable[[bytes], bytes]) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, body=change(sent.body))


# --- a server that does nothing wrong


def test_all_pages_come_with_checkpoints_and_the_expected_total(fetch: Fetch, server: Server) -> None:
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [len(page.records) for page in pages] == [10, 10, 5]
    assert [page.expected for page in pages] == [25, 25, 25]
    assert [bool((page.checkpoint or {})["done"]) for page in pages] == [False, False, True]
    assert sum(page.requests for page in pages) == len(server.asked) == 5
    assert server.verbs()[:3] == ["Identify", "ListMetadataFormats", "ListRecords"]


def test_a_record_arrives_whole(fetch: Fetch, server: Server) -> None:
    about = (
        '<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance">'
        '<originDescription harvestDate="2023-05-01T00:00:00Z" altered="true"><baseURL>http://b/oai</baseURL>'
        "<identifier>oai:b:1</identifier><datestamp>2023-04-01</datestamp>"
        "<metadataNamespace>urn:x</metadataNamespace>"
        '<originDescription harvestDate="2022-05-01" altered="false"><baseURL>http://a/oai</baseURL>'
        "</originDescription></originDescription></provenance></about>"
    )
    server.repository.items = [Item(identifier="oai:a&b/ä", sets=("x", "x:y"), about=about)]
    record = fetch()[0].records[0]
    assert record.identifier == "oai:a&b/ä"
    assert record.sets == ("x", "x:y")
    assert record.datestamp == "2024-01-01T00:00:00Z"
    assert record.format == "oai_dc"
    assert record.url == (
        f"{server.url}?verb=GetRecord&metadataPrefix=oai_dc&identifier={quote('oai:a&b/ä', safe=':/')}"
    )
    assert record.data.startswith(b"<oai_dc:dc ")
    assert record.document.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    assert record.chain == (
        Hop(
            base_url="http://b/oai",
            identifier="oai:b:1",
            datestamp="2023-04-01",
            format="urn:x",
            harvested="2023-05-01T00:00:00Z",
            altered=True,
        ),
        Hop(base_url="http://a/oai", harvested="2022-05-01", altered=False),
    )


def test_tombstones_come_without_data(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(3), *some(40, begin=3, deleted=True)]
    pages = fetch()
    deleted = [raw for page in pages for raw in page.records if raw.deleted]
    assert len(deleted) == 40
    assert {raw.data for raw in deleted} == {b""}


def test_several_sets_one_after_another(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(12, sets=("a",)), *some(5, begin=12, sets=("b",)), *some(3, begin=17)]
    pages = fetch(sets=("a", "b"))
    assert identifiers(pages) == [f"oai:test:{number:04d}" for number in range(17)]
    assert [asked["set"] for asked in server.lists()] == ["a", None, "b"]
    assert pages[-1].expected == 17


def test_an_empty_set_is_nothing_new_and_the_next_one_follows(fetch: Fetch, server: Server) -> None:
    server.repository.items = some(5, sets=("b",))
    assert len(identifiers(fetch(sets=("none", "b")))) == 5


def test_gzip_is_asked_for_and_read(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: replace(
        sent, body=gzip.compress(sent.body), headers={**sent.headers, "Content-Encoding": "gzip"}
    )
    assert identifiers(fetch()) == ALL
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_resumed_harvest_goes_on_at_its_checkpoint(fetch: Fetch, server: Server) -> None:
    pages = fetch()
    server.asked.clear()
    server.repository.date = "2024-06-02T00:00:00Z"
    rest = fetch(checkpoint=pages[0].checkpoint)
    assert identifiers(rest) == ALL[10:]
    assert server.verbs() == ["ListRecords", "ListRecords"]
    assert [(page.checkpoint or {})["started"] for page in rest] == ["2024-06-01T12:00:00Z"] * 2
    assert fetch(checkpoint=rest[-1].checkpoint) == []


# --- resumption tokens


def test_with_a_token_nothing_else_is_sent_and_it_is_encoded(fetch: Fetch, server: Server) -> None:
    odd = "a b+c/d=e&f?g#h%20;ü"
    server.repository.token = lambda text: odd + text.replace("|", "&")
    server.repository.untoken = lambda text: text.removeprefix(odd).replace("&", "|")
    assert identifiers(fetch(sets=())) == ALL
    for asked in server.lists()[1:]:
        assert [name for name, _ in asked.arguments] == ["verb", "resumptionToken"]
        assert "+c" not in asked.query
        assert "%2Bc" in asked.query


def test_an_expired_token_costs_only_what_follows_the_last_datestamp(fetch: Fetch, server: Server) -> None:
    def expire(asked: Asked, sent: Sent) -> Sent | None:
        if asked.token and asked.token.startswith("20|"):
            return server.repository.error("badResumptionToken", "expired")
        return None

    server.script = times(1, expire)
    pages = fetch()
    assert sorted(set(identifiers(pages))) == ALL
    assert [asked["from"] for asked in server.lists() if not asked.token] == [
        None,
        "2024-01-20T00:00:19Z",
        None,
    ]
    assert server.lists()[-1]["until"] == "2024-01-20T00:00:18Z"
    # 6 records after the cut, and one request that shows that 19 records are before it, as had come.
    assert len(server.lists()) == 5
    assert (pages[-1].checkpoint or {})["missing"] == 0


def test_without_order_an_expired_token_begins_the_window_again(fetch: Fetch, server: Server) -> None:
    server.repository.items = list(reversed(some(25)))
    server.script = times(
        1,
        lambda asked, sent: (
            server.repository.error("badResumptionToken")
            if asked.token and asked.token.startswith("20|")
            else None
        ),
    )
    assert sorted(set(identifiers(fetch()))) == ALL
    assert [asked["from"] for asked in server.lists() if not asked.token] == [None, None]


def test_an_old_checkpoint_with_a_dead_token_costs_its_window_only(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(12, sets=("a",)), *some(15, begin=12, sets=("b",))]
    pages = fetch(sets=("a", "b"))
    server.asked.clear()
    checkpoint = {**(pages[2].checkpoint or {}), "token": "long forgotten"}
    rest = fetch(sets=("a", "b"), checkpoint=checkpoint)
    assert [asked["set"] for asked in server.lists()] == [None, "b", "b"]
    assert set(identifiers(rest)) == {f"oai:test:{number:04d}" for number in range(12, 27)}


def test_tokens_that_always_expire_divide_the_list_until_it_needs_none(fetch: Fetch, server: Server) -> None:
    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired"
    pages = fetch()
    assert len(set(identifiers(pages))) == 60
    assert pages[-1].checkpoint is not None
    assert pages[-1].checkpoint["divisions"] > 2
    assert pages[-1].checkpoint["missing"] == 0


def test_tokens_that_always_expire_on_a_server_that_ignores_dates_fail_in_words(
    fetch: Fetch, server: Server
) -> None:
    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired"
    server.repository.honours_dates = False
    with pytest.raises(SourceProtocolError, match="forgets its resumption tokens"):
        fetch()
    assert len(server.asked) < 300


def test_a_token_that_comes_again_ends_the_harvest(fetch: Fetch, server: Server) -> None:
    server.repository.token = lambda text: re.sub(r"^\d+", "10", text)
    with pytest.raises(SourceProtocolError, match="same resumption token"):
        fetch()
    assert len(server.lists()) == 2


def test_new_tokens_for_the_same_page_end_the_harvest(fetch: Fetch, server: Server) -> None:
    counter = iter(range(10_000))
    server.repository.token = lambda text: re.sub(r"^\d+", "10", text) + f"#{next(counter)}"
    server.repository.untoken = lambda text: text.partition("#")[0]
    with pytest.raises(SourceProtocolError, match="never come to an end"):
        fetch()
    assert len(server.lists()) < 10


def test_a_token_that_repeats_after_the_last_record_is_the_end(fetch: Fetch, server: Server) -> None:
    def repeat(asked: Asked, sent: Sent) -> Sent:
        if asked.token and asked.token.startswith("20|"):
            token = b'<resumptionToken completeListSize="25">' + asked.token.encode() + b"</resumptionToken>"
            return replace(sent, body=re.sub(rb"<resumptionToken[^>]*/>", token, sent.body))
        return sent

    server.script = repeat
    assert identifiers(fetch()) == ALL


def test_an_empty_last_page_and_none_at_all_are_the_end(fetch: Fetch, server: Server) -> None:
    server.repository.items = some(20)
    last = server.repository.envelope("<ListRecords><resumptionToken/></ListRecords>")

    def more(asked: Asked, sent: Sent) -> Sent:
        if asked.token == "more":
            return last
        return replace(
            sent,
            body=re.sub(rb"<resumptionToken[^>]*/>", b"<resumptionToken>more</resumptionToken>", sent.body),
        )

    server.script = more
    pages = fetch()
    assert [len(page.records) for page in pages] == [10, 10, 0]
    last = server.repository.error("noRecordsMatch")
    assert [len(page.records) for page in fetch()] == [10, 10, 0]
    server.script = lambda asked, sent: sent
    server.repository.ends_with_empty_token = False
    assert len(identifiers(fetch())) == 20


def test_a_list_that_stops_short_is_missing_records(fetch: Fetch, server: Server) -> None:
    server.repository.announced = 30
    assert (fetch()[-1].checkpoint or {})["missing"] == 5


# --- errors and statuses


def test_errors_under_http_422_are_read(fetch: Fetch, server: Server) -> None:
    server.repository.error_status = 422
    server.repository.items = []
    pages = fetch()
    assert identifiers(pages) == []
    assert (pages[-1].checkpoint or {})["done"] is True


@pytest.mark.parametrize("status", [200, 400, 404, 422, 500, 503])
def test_no_records_match_is_nothing_new_under_any_status(
    fetch: Fetch, server: Server, clock: FakeClock, status: int
) -> None:
    server.repository.error_status = status
    assert identifiers(fetch(since="2030-01-01T00:00:00Z")) == []
    assert clock.slept == []


def test_an_oai_error_is_said_with_its_code(fetch: Fetch, server: Server) -> None:
    with pytest.raises(SourceProtocolError, match="cannotDisseminateFormat: marc") as raised:
        fetch(prefix="marc")
    assert raised.value.code == "cannotDisseminateFormat"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
def test_a_busy_server_is_asked_again(fetch: Fetch, server: Server, clock: FakeClock, status: int) -> None:
    server.script = times(3, on_list(2, lambda sent: Sent(body=b"busy", status=status)))
    assert identifiers(fetch()) == ALL
    assert len(clock.slept) == 3
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(clock.slept))


def test_retry_after_in_seconds_and_as_a_date_and_its_limit(
    fetch: Fetch, server: Server, clock: FakeClock
) -> None:
    # The clock of the test stands at 2023-11-14T22:13:20Z.
    values = iter(["7", "Tue, 14 Nov 2023 22:13:57 GMT", "99999", "soon"])
    server.script = times(
        4,
        on_list(1, lambda sent: Sent(body=b"", status=503, headers={"Retry-After": next(values)})),
    )
    assert identifiers(fetch()) == ALL
    assert clock.slept[:3] == [7.0, 30.0, 600.0]
    assert 4 <= clock.slept[3] <= 8


def test_a_server_that_is_never_there_again_is_unreachable(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: sent if asked.verb != "ListRecords" else Sent(body=b"", status=503)
    with pytest.raises(SourceUnreachable, match=r"answers «503 Service Unavailable», 6 times in a row"):
        fetch()


def test_a_web_page_with_status_200_is_said_to_be_one(fetch: Fetch, server: Server) -> None:
    page = b"<!DOCTYPE html>\n<html><head><title>Welcome &amp; hello</title></head><body>Hi</body></html>"
    server.script = lambda asked, sent: Sent(body=page, headers={"Content-Type": "text/html"})
    with pytest.raises(SourceProtocolError, match=r"a web page \(«Welcome & hello»\) in place of OAI-PMH"):
        fetch()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (Sent(body=b"<rss><channel/></rss>"), "something that is no OAI-PMH"),
        (Sent(body=b'{"error": "not found"}'), "something that is no OAI-PMH"),
        (Sent(body=b""), "answers with nothing"),
        (Sent(body=b"<html/>", status=404), "«404 Not Found»; check the address"),
        (Sent(body=b"", status=401), "refuses access with «401 Unauthorized»; give the source the option"),
    ],
)
def test_what_is_no_oai_pmh_gets_one_clear_sentence(
    fetch: Fetch, server: Server, sent: Sent, sentence: str
) -> None:
    server.script = lambda *_: sent
    with pytest.raises(SourceProtocolError, match=sentence):
        fetch()


def test_a_server_that_cannot_identify_itself_is_harvested_all_the_same(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: (
        server.repository.error("badVerb") if asked.verb in {"Identify", "ListMetadataFormats"} else sent
    )
    assert identifiers(fetch()) == ALL


# --- dates


def test_an_incremental_harvest_asks_in_the_granularity_of_the_server(fetch: Fetch, server: Server) -> None:
    assert identifiers(fetch(since="2024-01-20T00:00:00Z")) == ALL[19:]
    assert server.lists()[0]["from"] == "2024-01-20T00:00:00Z"
    server.asked.clear()
    server.repository.granularity = "YYYY-MM-DD"
    server.repository.accepted_dates = (10,)
    assert identifiers(fetch(since="2024-01-20T23:00:00Z")) == ALL[19:]
    assert server.lists()[0]["from"] == "2024-01-20"


@pytest.mark.parametrize("accepted", [10, 20])
def test_a_wrong_granularity_in_identify_is_found_out(fetch: Fetch, server: Server, accepted: int) -> None:
    server.repository.granularity = "YYYY-MM-DD" if accepted == 20 else "YYYY-MM-DDThh:mm:ssZ"
    server.repository.accepted_dates = (accepted,)
    assert identifiers(fetch(since="2024-01-20T00:00:00Z")) == ALL[19:]
    assert [len(asked["from"] or "") for asked in server.lists()] == [30 - accepted, accepted]


def test_a_server_that_refuses_all_dates_gives_its_whole_list(fetch: Fetch, server: Server) -> None:
    server.repository.accepted_dates = ()
    assert identifiers(fetch(since="2024-01-20T00:00:00Z")) == ALL
    assert server.lists()[2]["from"] is None


def test_a_server_that_ignores_from_is_read_whole_and_noticed(fetch: Fetch, server: Server) -> None:
    server.repository.honours_dates = False
    pages = fetch(since="2024-01-20T00:00:00Z")
    assert identifiers(pages) == ALL
    assert (pages[-1].checkpoint or {})["ignores_dates"] is True


@pytest.mark.parametrize("earliest", ["2017-01-00", "", "yesterday", "0000-00-00T00:00:00Z"])
def test_an_earliest_datestamp_that_is_no_date_does_no_harm(
    fetch: Fetch, server: Server, earliest: str
) -> None:
    server.repository.earliest = earliest
    server.repository.items = list(reversed(some(60)))
    server.repository.untoken = lambda text: "expired"
    assert len(set(identifiers(fetch()))) == 60


@pytest.mark.parametrize("date", ["", "yesterday", "2999-01-01T00:00:00Z"])
def test_a_response_date_that_cannot_be_is_replaced_by_our_time(
    fetch: Fetch, server: Server, date: str
) -> None:
    server.repository.date = date
    assert re.match(r"20[2-9]\d-", (fetch()[0].checkpoint or {})["started"])


# --- broken bodies


def test_a_connection_that_breaks_in_mid_body_is_asked_again(
    fetch: Fetch, server: Server, clock: FakeClock
) -> None:
    server.script = times(2, on_list(2, lambda sent: replace(sent, cut=len(sent.body) // 2)))
    assert identifiers(fetch()) == ALL
    assert len(clock.slept) == 2


def test_truncated_xml_is_asked_again(fetch: Fetch, server: Server, clock: FakeClock) -> None:
    server.script = times(2, on_list(2, with_body(lambda body: body[: len(body) // 2])))
    assert identifiers(fetch()) == ALL
    assert len(clock.slept) == 2


def test_a_page_that_is_always_truncated_is_read_one_by_one(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: (
        replace(sent, body=sent.body[: len(sent.body) // 2])
        if asked.token and asked.verb == "ListRecords"
        else sent
    )
    pages = fetch()
    assert set(identifiers(pages)) == set(ALL)
    assert "GetRecord" in server.verbs()


def test_a_broken_gzip_body_is_asked_again(fetch: Fetch, server: Server) -> None:
    def damage(sent: Sent) -> Sent:
        body = bytearray(gzip.compress(sent.body))
        body[20:40] = b"x" * 20
        return replace(sent, body=bytes(body), headers={**sent.headers, "Content-Encoding": "gzip"})

    server.script = times(1, on_list(1, damage))
    assert identifiers(fetch()) == ALL


def test_a_server_that_fails_at_one_page_loses_only_its_bad_record(fetch: Fetch, server: Server) -> None:
    bad = "oai:test:0013"

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.verb in {"ListRecords", "GetRecord"} and bad.encode() in sent.body:
            return Sent(body=b"internal error", status=500)
        return sent

    server.script = script
    pages = fetch()
    assert set(identifiers(pages)) == set(ALL) - {bad}
    issues = [issue for page in pages for issue in page.issues]
    assert [(issue.identifier, issue.rule) for issue in issues] == [(bad, "unreadable")]
    assert "500" in issues[0].reason


def test_around_a_failing_page_a_long_list_is_divided(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai_pmh, "ONE_BY_ONE_BELOW", 8)
    bad = "oai:test:0113"
    server.repository.items = some(200)

    def script(asked: Asked, sent: Sent) -> Sent:
        if asked.verb in {"ListRecords", "GetRecord"} and bad.encode() in sent.body:
            return Sent(body=b"internal error", status=500)
        return sent

    server.script = script
    pages = fetch()
    assert len(set(identifiers(pages))) == 199
    assert [issue.identifier for page in pages for issue in page.issues] == [bad]
    assert server.verbs().count("GetRecord") <= 16
    assert (pages[-1].checkpoint or {})["missing"] == 0


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"a \x03 b", "Char"),
        ("a \ufffe b".encode("utf-8", "surrogatepass"), "Char"),
        (b"a &nbsp; b", "nbsp"),
        (b"a &#3; b", "Char"),
        (b"M\xfcnchen", "UTF-8|Encoding|encoding|Char"),
        (b"<dc:nonsense>", "mismatch"),
        (b"a < b", "StartTag|name"),
    ],
)
def test_a_bad_record_is_isolated_and_the_rest_kept(
    fetch: Fetch, server: Server, broken: bytes, reason: str
) -> None:
    server.script = lambda asked, sent: replace(sent, body=sent.body.replace(b"Title 13<", broken + b"<"))
    pages = fetch()
    assert identifiers(pages) == ALL
    found = {key: value for page in pages for key, value in refused(page).items()}
    assert list(found) == ["oai:test:0013"]
    assert re.search(reason, found["oai:test:0013"])
    assert "GetRecord" not in server.verbs()
    assert broken in pages[1].records[3].data


def test_a_record_that_is_broken_before_its_identifier_is_counted(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: replace(
        sent, body=sent.body.replace(b"<identifier>oai:test:0013", b"<identifier>\x03oai:test:0013")
    )
    pages = fetch()
    assert len(identifiers(pages)) == 24
    assert [issue.rule for page in pages for issue in page.issues] == ["unnamed"]
    # Nobody knows which record it was, so nothing may be withdrawn for being absent.
    assert (pages[-1].checkpoint or {})["missing"] == 1


def test_records_without_header_or_metadata_are_issues(fetch: Fetch, server: Server) -> None:
    def spoil(asked: Asked, sent: Sent) -> Sent:
        body = re.sub(rb"(<identifier>oai:test:0003.*?)<metadata>.*?</metadata>", rb"\1", sent.body)
        body = re.sub(rb"<header><identifier>oai:test:0004.*?</header>", b"", body)
        return replace(sent, body=body)

    server.script = spoil
    pages = fetch()
    assert [(issue.identifier, issue.path) for issue in pages[0].issues] == [
        ("oai:test:0003", "/record/metadata"),
        ("(record 5 of a page)", "/record"),
    ]
    assert len(identifiers(pages)) == 23


@pytest.mark.parametrize(
    ("declared", "sent_as", "content_type"),
    [
        ("ISO-8859-1", "latin-1", "text/xml; charset=utf-8"),
        ("UTF-16", "utf-16", "text/xml; charset=utf-8"),
        ("windows-1252", "cp1252", "text/xml"),
        ("utf8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("UTF-8", "utf-8-sig", "text/xml; charset=iso-8859-1"),
        ("Shift_JIS", "shift_jis", "text/xml"),
        (None, "latin-1", "text/xml; charset=ISO-8859-1"),
        (None, "utf-8", "text/xml; charset=ISO-8859-1"),
    ],
)
def test_the_declaration_and_not_the_header_says_the_encoding(
    fetch: Fetch, server: Server, declared: str | None, sent_as: str, content_type: str
) -> None:
    title = "Überblick" if sent_as != "shift_jis" else "宇宙"
    server.repository.items = [Item(identifier="oai:test:1", title=title)]

    def encode(asked: Asked, sent: Sent) -> Sent:
        text = sent.body.decode()
        declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
        text = text.replace('<?xml version="1.0" encoding="UTF-8"?>', declaration)
        return replace(sent, body=text.encode(sent_as), headers={"Content-Type": content_type})

    server.script = encode
    record = fetch()[0].records[0]
    assert title in record.data.decode()
    assert record.document.findtext("{http://purl.org/dc/elements/1.1/}title") == title


def test_bytes_that_the_declared_encoding_does_not_have_cost_one_record(fetch: Fetch, server: Server) -> None:
    def encode(asked: Asked, sent: Sent) -> Sent:
        body = sent.body.replace(b'encoding="UTF-8"', b'encoding="us-ascii"')
        return replace(sent, body=body.replace(b"Title 13<", "Größe<".encode()))

    server.script = encode
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [key for page in pages for key in refused(page)] == ["oai:test:0013"]


def test_what_surrounds_the_response_is_left_out(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: replace(
        sent, body=b"\n\n<br />\n<b>Warning</b>: deprecated\n" + sent.body + b"<!-- 3 ms --><script></script>"
    )
    assert identifiers(fetch()) == ALL


def test_a_prefixed_root_and_one_without_namespace(fetch: Fetch, server: Server) -> None:
    server.script = lambda asked, sent: replace(
        sent, body=sent.body.replace(b' xmlns="http://www.openarchives.org/OAI/2.0/"', b"")
    )
    assert identifiers(fetch()) == ALL

    def prefix(asked: Asked, sent: Sent) -> Sent:
        names = rb"OAI-PMH|responseDate|request|error|List\w+|Identify|record|header|metadata|identifier"
        names += rb"|datestamp|resumptionToken|metadataFormat|metadataPrefix|metadataNamespace|schema"
        body = re.sub(rb"<(/?)(%b)(?=[\s/>])" % names, rb"<\1oai:\2", sent.body)
        return replace(sent, body=body.replace(b" xmlns=", b" xmlns:oai="))

    server.script = prefix
    assert identifiers(fetch()) == ALL
    server.script = lambda asked, sent: prefix(
        asked, replace(sent, body=sent.body.replace(b"Title 13", b"Title \x03"))
    )
    pages = fetch()
    assert [key for page in pages for key in refused(page)] == ["oai:test:0013"]


# --- hostile XML


def test_an_entity_bomb_costs_nothing_but_its_record(fetch: Fetch, server: Server) -> None:
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE OAI-PMH [<!ENTITY l0 "lol">{levels}]>\n<OAI-PMH '.encode()
    server.script = lambda asked, sent: replace(
        sent, body=sent.body.replace(b"<OAI-PMH ", bomb).replace(b"Title 13<", b"&l12;<")
    )
    pages = fetch()
    lost = {issue.identifier for page in pages for issue in page.issues}
    lost |= {key for page in pages for key in refused(page)}
    assert lost == {"oai:test:0013"}
    assert set(identifiers(pages)) | lost == set(ALL)
    assert sum(len(raw.data) for page in pages for raw in page.records) < 20_000


def test_an_entity_bomb_in_an_attribute_costs_nothing_but_its_record(fetch: Fetch, server: Server) -> None:
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE OAI-PMH [<!ENTITY l0 "lol">{levels}]>\n<OAI-PMH '.encode()
    server.script = lambda asked, sent: replace(
        sent,
        body=sent.body.replace(b"<OAI-PMH ", bomb).replace(
            b"<dc:title>Title 13<", b'<dc:title xml:lang="&l12;">Title 13<'
        ),
    )
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [key for page in pages for key in refused(page)] == ["oai:test:0013"]


def test_external_entities_are_never_resolved(fetch: Fetch, server: Server, tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    with Server(Repository([])) as other:
        doctype = (
            f'<!DOCTYPE OAI-PMH SYSTEM "{other.url}/dtd" [<!ENTITY file SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY web SYSTEM "{other.url}/entity"><!ENTITY % p SYSTEM "{other.url}/p"> %p;]>\n<OAI-PMH '
        ).encode()
        server.script = lambda asked, sent: replace(
            sent,
            body=sent.body.replace(b"<OAI-PMH ", doctype)
            .replace(b"Title 13<", b"&file;<")
            .replace(b"Title 14<", b"&web;<"),
        )
        pages = fetch()
        assert other.asked == []
    lost = {issue.identifier for page in pages for issue in page.issues}
    lost |= {key for page in pages for key in refused(page)}
    assert lost == {"oai:test:0013", "oai:test:0014"}
    assert all(b"the secret" not in raw.data for page in pages for raw in page.records)


def test_an_endless_nesting_costs_one_record(fetch: Fetch, server: Server) -> None:
    deep = b"<x>" * 5000 + b"</x>" * 5000
    server.script = lambda asked, sent: replace(sent, body=sent.body.replace(b"Title 13<", deep + b"<"))
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [key for page in pages for key in refused(page)] == ["oai:test:0013"]


# --- size


def test_records_of_three_megabytes(fetch: Fetch, server: Server) -> None:
    long = "<dc:description>" + "x" * 100 + "</dc:description>"
    inside = "<dc:title>Long</dc:title>" + long * 23_000
    server.repository.items = [
        Item(identifier=f"oai:test:{n}", metadata=DC.format(inside=inside)) for n in "abcd"
    ]
    pages = fetch()
    assert identifiers(pages) == [f"oai:test:{n}" for n in "abcd"]
    assert [len(page.records) for page in pages] == [2, 2]
    assert all(len(raw.data) > 3_000_000 for page in pages for raw in page.records)
    assert [refused(page) for page in pages] == [{}, {}]


def test_a_record_over_the_limit_is_an_issue(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesters.oai_reply.MAXIMUM_BYTES", 5000)
    server.repository.items = [*some(2), Item(identifier="big", title="x" * 6000)]
    page = fetch()[0]
    assert [issue.identifier for issue in page.issues] == ["big"]
    assert "the limit is 5000" in page.issues[0].reason


def test_a_large_response_is_cut_into_pages_that_resume_before_it(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai_client, "LARGE", 2000)
    monkeypatch.setattr(oai_pmh, "RECORDS_AT_ONCE", 4)
    pages = fetch()
    assert identifiers(pages) == ALL
    assert [len(page.records) for page in pages] == [4, 4, 2, 4, 4, 2, 4, 1]
    assert [(page.checkpoint or {})["token"] for page in pages[:4]] == [
        None,
        None,
        "10|oai_dc|||",
        "10|oai_dc|||",
    ]
    assert sum(page.requests for page in pages) == len(server.asked)
    assert all(not refused(page) for page in pages)


def test_marc_records_inside_records_do_not_confuse_the_cutting(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai_client, "LARGE", 1000)
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
    server.repository.items = some(7, metadata=marc)
    pages = fetch()
    assert len(identifiers(pages)) == 7
    assert all(raw.data.startswith(b"<record ") and b"leader" in raw.data for raw in pages[0].records)


def test_duplicate_identifiers_all_come(fetch: Fetch, server: Server) -> None:
    server.repository.items = [*some(12), *some(3)]
    assert len(identifiers(fetch())) == 15
