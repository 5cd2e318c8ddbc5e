"""Binder: launch addresses of repositories and deposits."""

from __future__ import annotations

import pytest

from catalogue.record import Environment, Identifier
from tests.web.observatory import record
from web.targets.base import Instance, Use, target_of

HUB = Instance(title="the hub", url="https://hub.example.org")


def launched(
    kind: str = "software", repository: str | None = None, doi: str | None = None
) -> list[str | None]:
    environment = Environment(repository=repository) if repository else None
    identifiers = (Identifier(scheme="doi", value=doi),) if doi else ()
    one = record("code", "Code", kind=kind, environment=environment, identifiers=identifiers)
    use = Use(record=one, page="https://c.example.org/records/x", instances=(HUB,))
    return [offer.url for offer in target_of("binder").offers(use)]


@pytest.mark.parametrize(
    ("repository", "path"),
    [
        ("https://github.com/gammapy/gammapy.git", "gh/gammapy/gammapy/HEAD"),
        ("https://gitlab.com/group/sub/project", "gl/group%2Fsub%2Fproject/HEAD"),
        ("https://git.example.org/a/b", "git/https%3A%2F%2Fgit.example.org%2Fa%2Fb/HEAD"),
    ],
)
def test_a_repository_is_launched(repository: str, path: str) -> None:
    assert launched(repository=repository) == [f"https://hub.example.org/v2/{path}"]


def test_a_deposit_on_zenodo_is_launched_by_its_doi() -> None:
    assert launched(doi="10.5281/zenodo.1234") == ["https://hub.example.org/v2/zenodo/10.5281/zenodo.1234"]


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "dataset", "repository": "https://github.com/a/b"},
        {"doi": "10.5072/x"},
        {"repository": "javascript:alert(1)//a/b"},
        {"repository": "https://github.com/a/../../b?x=<script>"},
        {"repository": "https://example.org"},
    ],
)
def test_nothing_is_launched_that_is_no_software_or_leads_elsewhere(values: dict[str, str]) -> None:
    assert [
        url for url in launched(**values) if url is not None and not url.startswith(HUB.url + "/v2/git/")
    ] == []
