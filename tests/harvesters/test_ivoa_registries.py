"""What a registry says of itself, and who manages an authority that several claim."""

from __future__ import annotations

import pytest
from lxml import etree

from harvesters.ivoa_registries import Authorities, Registry, authority_of, ivoid_in, read_registry
from tests.harvesters.ivoa_server import registry, resource


def reg(label: str, *authorities: str, updated: str = "", everything: bool = False) -> Registry:
    return Registry(
        label=label, title="", url="http://x", authorities=authorities, updated=updated, everything=everything
    )


@pytest.mark.parametrize(
    ("text", "ivoid", "authority"),
    [
        ("ivo://CDS.VizieR/J/A+A/1", "ivo://cds.vizier/j/a+a/1", "cds.vizier"),
        ("IVO://authority", "ivo://authority", "authority"),
        ("ivo://authority?query", "ivo://authority?query", "authority"),
        ("ivo://authority#part", "ivo://authority#part", "authority"),
        ("oai:reg.example.org:ivo://A.b/c", "ivo://a.b/c", "a.b"),
        (" ivo://a/b \n", "ivo://a/b", "a"),
        ("oai:reg.example.org:42", None, None),
        ("ivo://", None, None),
    ],
)
def test_ivoids(text: str, ivoid: str | None, authority: str | None) -> None:
    assert ivoid_in(text) == ivoid
    assert (authority_of(ivoid) if ivoid else None) == authority


def test_the_record_of_a_registry() -> None:
    found = read_registry(
        etree.fromstring(registry("ivo://A/Reg", "http://a/oai?x=1&y", [" B.c ", "ivo://D"]))
    )
    assert found == Registry(
        label="ivo://a/reg",
        title="Registry A/Reg",
        url="http://a/oai?x=1&y",
        authorities=("b.c", "d"),
        full=False,
        updated="2024-01-01T00:00:00Z",
    )


def test_a_registry_that_names_no_authority_manages_its_own() -> None:
    found = read_registry(etree.fromstring(registry("ivo://A/Reg", "http://a", [], full="maybe")))
    assert found is not None
    assert (found.authorities, found.full) == (("a",), None)


def test_what_is_no_registry() -> None:
    for document in (
        resource("ivo://a/b"),
        registry("ivo://a/b", "http://a", ["a"], status="deleted"),
        registry("nonsense", "http://a", ["a"]),
        registry("ivo://a/" + "b" * 600, "http://a", ["a"]),
        "<Registry/>",
    ):
        assert read_registry(etree.fromstring(document)) is None


def test_a_registry_that_can_only_be_searched_has_no_address() -> None:
    document = registry("ivo://a/b", "http://a", ["a"]).replace('"vg:Harvest"', '"vg:Search"')
    found = read_registry(etree.fromstring(document))
    assert found is not None
    assert found.url == ""


@pytest.mark.parametrize(
    ("claims", "owner"),
    [
        ([reg("ivo://a/r", "x"), reg("ivo://b/r", "y")], "ivo://a/r"),
        ([reg("ivo://a/r", "x", updated="2024"), reg("ivo://b/r", "x", updated="2025")], "ivo://b/r"),
        ([reg("ivo://x/r", "x", updated="2024"), reg("ivo://b/r", "x", updated="2025")], "ivo://x/r"),
        ([reg("ivo://b/r", "x"), reg("ivo://a/r", "x")], "ivo://a/r"),
    ],
)
def test_one_registry_for_each_authority(claims: list[Registry], owner: str) -> None:
    for order in (claims, claims[::-1]):
        authorities = Authorities(order)
        assert [one.label for one in claims if authorities.lets(one, "x")] == [owner]
        assert [one.label for one in claims if "x" in authorities.of(one)] == [owner]
        assert len(authorities.conflicts()) == sum("x" in one.authorities for one in claims) - 1


def test_a_full_registry_gives_what_nobody_else_does() -> None:
    full, publishing, unknown = reg("ivo://f/r", "f", everything=True), reg("ivo://a/r", "a"), reg("http://u")
    authorities = Authorities([full, publishing, unknown])
    assert [authorities.lets(full, one) for one in ("f", "a", "z", None)] == [True, False, True, True]
    assert [authorities.lets(publishing, one) for one in ("f", "a", "z", None)] == [False, True, False, True]
    assert [authorities.lets(unknown, one) for one in ("f", "a", "z", None)] == [False, False, True, True]
