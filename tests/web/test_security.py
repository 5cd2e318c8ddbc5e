"""Headers, and which addresses become links."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.page import foreign
from web.app import create_app
from web.security import LINK_SCHEMES, identifier_url, safe_url, without_credentials


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "http://example.org", "ftp://example.org/x"])
def test_these_become_links(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "https://example.org/\x00",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/",
        "/records/1",
        "https:///nothing",
        "https://[::1",
        "ivo://example.org/x",
        "mailto:someone@example.org",
        "",
        None,
    ],
)
def test_these_do_not(url: str | None) -> None:
    assert safe_url(url) is None


@given(st.text())
def test_a_link_has_a_known_scheme_and_no_space(text: str) -> None:
    link = safe_url(text)
    if link is not None:
        assert link.split(":")[0].lower() in LINK_SCHEMES
        assert not any(character.isspace() for character in link)


@pytest.mark.parametrize(
    ("scheme", "value", "url"),
    [
        ("doi", "10.5072/a#b<c>", "https://doi.org/10.5072/a%23b%3Cc%3E"),
        ("orcid", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
        ("url", "https://example.org/1", "https://example.org/1"),
        ("urn", "urn:nbn:de:1", "https://nbn-resolving.org/urn:nbn:de:1"),
        ("urn", "urn:uuid:1", None),
        ("ivoid", "ivo://example.org/x", None),
        ("url", "javascript:alert(1)", None),
        ("doi", "javascript:alert(1)", "https://doi.org/javascript:alert(1)"),
        (None, None, None),
    ],
)
def test_identifiers_lead_to_their_resolvers(scheme: str | None, value: str | None, url: str | None) -> None:
    assert identifier_url(scheme, value) == url


def test_credentials_go() -> None:
    assert without_credentials("https://me:secret@example.org:8443/x?y") == "https://example.org:8443/x?y"
    assert without_credentials("https://example.org/a@b") == "https://example.org/a@b"
    assert without_credentials("/srv/private/records.zip") == "records.zip"
    assert without_credentials("/srv/exports/") == "exports"


@pytest.mark.parametrize("path", ["/", "/sources", "/api/v1/docs", "/nowhere", "/?size=x"])
def test_pages_load_nothing_and_run_nothing(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"]
    assert "<script" not in foreign(answer.text) and " style=" not in answer.text
    assert "Strict-Transport-Security" not in answer.headers


def test_https_is_kept(tmp_path: Path) -> None:
    environ = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_BASE_URL": "https://catalogue.example.org"}
    catalogue = Catalogue(load_settings(environ))
    answer = create_app(catalogue).test_client().get("/health/live")
    catalogue.close()
    assert "max-age" in answer.headers["Strict-Transport-Security"]
