"""Binder: launch addresses of repositories and deposits."""

from __future__ import annotations

import pytest

from catalogue.record import Distribution, Environment, Identifier
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
    return [offer.url for offer in target_of("binder").offers(use) if offer.url]


@pytest.mark.parametrize(
    ("repository", "path"),
    [
        ("https://github.com/gammapy/gammapy.git", "gh/gammapy/gammapy/HEAD"),
        ("https://gitlab.com/group/sub/project", "gl/group%2Fsub%2Fproject/HEAD"),
        ("https://github.com/lab/code/tree/v1.2", "gh/lab/code/v1.2"),
        ("https://gitlab.com/lab/code/-/tree/fix/one", "gl/lab%2Fcode/fix%2Fone"),
        ("https://git.example.org/a/b", "git/https%3A%2F%2Fgit.example.org%2Fa%2Fb/HEAD"),
    ],
)
def test_a_repository_is_launched(repository: str, path: str) -> None:
    assert launched(repository=repository) == [f"https://hub.example.org/v2/{path}"]


@pytest.mark.parametrize(
    ("doi", "provider"),
    [
        ("10.5281/zenodo.1234", "zenodo"),
        ("10.6084/m9.figshare.9782777.v1", "figshare"),
        ("10.7910/dvn/tjclkp", "dataverse"),
    ],
)
def test_a_deposit_is_launched_by_its_doi(doi: str, provider: str) -> None:
    assert launched(doi=doi) == [f"https://hub.example.org/v2/{provider}/{doi}"]


def test_a_deposit_in_any_dataverse_is_known_by_its_files() -> None:
    one = record(
        "code",
        "Code",
        kind="software",
        identifiers=(Identifier(scheme="doi", value="10.5072/fk2/x"),),
        distributions=(Distribution(url="https://data.example.org/api/access/datafile/7"),),
    )
    use = Use(record=one, page="https://c.example.org/records/x", instances=(HUB,))
    link, local = target_of("binder").offers(use)
    assert link.url == "https://hub.example.org/v2/dataverse/10.5072/fk2/x"
    assert local.command == "repo2docker 10.5072/fk2/x"


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
