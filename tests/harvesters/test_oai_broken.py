"""Bodies that break off, pages that cannot be read, encodings that are wrong."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

from harvesters import oai_pmh
from tests.harvesters.conftest import ALL, FakeClock, Fetch, identifiers, refused, with_body
from tests.harvesters.misbehaving import Asked, Item, Sent, Server, on_list, some, times


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
