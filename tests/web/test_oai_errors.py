"""What the provider refuses: each error code of OAI-PMH 2.0 (section 3.6), and hostile input."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from catalogue.errors import StoreUnavailable
from tests.web.oai_repository import OAI, Repository, dublin_core, error_of, id_of, parsed


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    opened = Repository(tmp_path_factory.mktemp("home"), oai_page_size="1")
    opened.put(dublin_core("a"), dublin_core("b"), dublin_core("gone"))
    opened.put(dublin_core("gone", deleted=True))
    opened.follow()
    yield opened
    opened.close()


A, GONE = f"oai:x.org:{id_of('a')}", f"oai:x.org:{id_of('gone')}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=listrecords", "badVerb"),
        ("verb=GetMetadata", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&verb=ListSets", "badVerb"),
        ("verb=Identify&metadataPrefix=oai_dc", "badArgument"),
        ("verb=Identify&foo=bar", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from_=2020-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=a%20b", "badArgument"),
        ("verb=ListRecords&resumptionToken=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=a::b", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=%3Doai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-1-1", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T00:00:00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T00:00:00.5Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01T24:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=٢٠٢٠-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=0000-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-02&until=2020-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01&until=2020-01-02T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1990-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nowhere", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=source:nowhere", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=nope", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=original_ivo_vor", "cannotDisseminateFormat"),
        ("verb=ListRecords&resumptionToken=nope", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=nope", "badResumptionToken"),
        ("verb=ListSets&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        (f"verb=GetRecord&identifier={A}", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x.org:nope", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=doi:10.5072/x", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%3C%22%26", "idDoesNotExist"),
        (f"verb=GetRecord&metadataPrefix=nope&identifier={A}", "cannotDisseminateFormat"),
        (f"verb=GetRecord&metadataPrefix=original_datacite&identifier={A}", "cannotDisseminateFormat"),
        ("verb=ListMetadataFormats&identifier=nope", "idDoesNotExist"),
        (f"verb=ListMetadataFormats&identifier={GONE}", "noMetadataFormats"),
    ],
)
def test_each_error_has_its_code(repository: Repository, query: str, code: str) -> None:
    response = repository.client.get("/oai?" + query)
    assert response.status_code == 200
    root = parsed(response.data)
    assert error_of(root) == code
    assert len(root.findtext(OAI + "error")) > 10
    if code in {"badVerb", "badArgument"}:
        assert not root.find(OAI + "request").attrib


def test_the_request_is_repeated_where_it_was_understood(repository: Repository) -> None:
    asked = {"verb": "GetRecord", "identifier": "oai:x.org:a&b", "metadataPrefix": "oai_dc"}
    root = repository.ask(**asked)
    assert error_of(root) == "idDoesNotExist"
    assert dict(root.find(OAI + "request").attrib) == asked


HOSTILE = [
    "\x00\x01\x0b\x1f",
    "\ufffe\uffff",
    "]]>&<\"'>",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%s%n{0}",
    "../../etc/passwd",
    "é\u202e中",
    "a" * 100_000,
    "=" * 5000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    "name", ["verb", "metadataPrefix", "identifier", "set", "from", "until", "resumptionToken"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hostile_values_are_errors_of_the_protocol(
    repository: Repository, value: str, name: str, method: str
) -> None:
    verb = "GetRecord" if name == "identifier" else "ListRecords"
    asked = {"verb": verb} if name == "resumptionToken" else {"verb": verb, "metadataPrefix": "oai_dc"}
    asked[name] = value
    if method == "GET":
        response = repository.client.get("/oai", query_string=asked)
    else:
        response = repository.client.post("/oai", data=asked)
    assert response.status_code == 200
    code = error_of(parsed(response.data))
    expected = {
        "verb": {"badVerb"},
        "identifier": {"idDoesNotExist"},
        "resumptionToken": {"badResumptionToken"},
        "metadataPrefix": {"badArgument", "cannotDisseminateFormat"},
        "set": {"badArgument", "noRecordsMatch"},
    }
    assert code in expected.get(name, {"badArgument"})


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_bad_arguments(repository: Repository, value: str) -> None:
    assert repository.error(verb="Identify", **{value: "x"}) == "badArgument"


def test_bytes_that_are_no_text(repository: Repository) -> None:
    for query in (
        b"verb=%ff%fe",
        b"verb=Identify&%80=1",
        b"verb=GetRecord&identifier=%c0%af&metadataPrefix=oai_dc",
    ):
        response = repository.client.get("/oai?" + query.decode())
        assert response.status_code == 200
        assert error_of(parsed(response.data)) in {"badVerb", "badArgument", "idDoesNotExist"}


def test_a_body_that_is_too_large_or_no_form(repository: Repository) -> None:
    huge = repository.client.post("/oai", data={"verb": "Identify", "x": "a" * 2_000_000})
    assert error_of(parsed(huge.data)) == "badArgument"
    other = repository.client.post("/oai", data=b"{}", content_type="application/json")
    assert error_of(parsed(other.data)) == "badVerb"


def test_broken_tokens_are_refused(repository: Repository) -> None:
    page = repository.ask(verb="ListRecords", metadataPrefix="oai_dc")
    token = page.findtext(f".//{OAI}resumptionToken")
    assert repository.error(verb="ListRecords", resumptionToken=token) is None
    assert repository.error(verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken"
    assert repository.error(verb="ListSets", resumptionToken=token) == "badResumptionToken"
    for at in range(len(token)):
        letter = "A" if token[at] != "A" else "B"
        changed = token[:at] + letter + token[at + 1 :]
        response = repository.client.get("/oai?verb=ListRecords&resumptionToken=" + quote(changed))
        assert error_of(parsed(response.data)) == "badResumptionToken"
    for cut in (token[:-4], token[4:], token + "=", token + "AAAA", token + " "):
        assert repository.error(verb="ListRecords", resumptionToken=cut) == "badResumptionToken"


def test_a_database_that_is_away_asks_to_come_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("The database postgresql://h/x does not answer; check that it runs.")

    monkeypatch.setattr("catalogue.dissemination.Dissemination.reading", away)
    response = repository.client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc")
    assert response.status_code == 503
    assert response.headers["Retry-After"].isdecimal()
    assert response.text.startswith("The database does not answer just now") and response.text.endswith(".\n")
    assert "://" not in response.text
