"""Registries of the Virtual Observatory on loopback: a Registry of Registries and publishing ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from tests.harvesters.misbehaving import Asked, Item, Repository, Sent

NAMESPACES = (
    'xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" '
    'xmlns:vg="http://www.ivoa.net/xml/VORegistry/v1.0" '
    'xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" '
    'xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0" xmlns="" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def resource(
    ivoid: str,
    *,
    title: str = "A catalogue",
    status: str = "active",
    kind: str = "vs:CatalogService",
    inside: str = "",
    updated: str = "2024-01-01T00:00:00",
) -> str:
    """A VOResource record."""
    return (
        f'<ri:Resource {NAMESPACES} xsi:type="{kind}" status="{status}" created="2020-01-01T00:00:00" '
        f'updated="{updated}"><title>{escape(title)}</title><identifier>{escape(ivoid)}</identifier>'
        f"<curation><publisher>Observatory</publisher></curation><content><subject>stars</subject>"
        f"<description>Stars.</description></content>{inside}</ri:Resource>"
    )


def item(
    ivoid: str,
    *,
    datestamp: str = "2024-01-01T00:00:00Z",
    deleted: bool = False,
    header: str | None = None,
    managed: bool = True,
    **values: str,
) -> Item:
    """A resource as a registry lists it; ``header`` is its OAI identifier where that is another."""
    return Item(
        identifier=header or ivoid,
        datestamp=datestamp,
        deleted=deleted,
        sets=("ivo_managed",) if managed else (),
        metadata=None if deleted else resource(ivoid, **values),
    )


def registry(
    ivoid: str,
    url: str,
    authorities: Sequence[str],
    *,
    full: str = "false",
    status: str = "active",
    updated: str = "2024-01-01T00:00:00",
) -> str:
    """The record of a registry itself, with a search interface that is none for harvesters."""
    inside = (
        '<capability xsi:type="vg:Search" standardID="ivo://ivoa.net/std/Registry">'
        '<interface xsi:type="vr:WebService"><accessURL>http://search.example.org</accessURL></interface>'
        "</capability>"
        '<capability xsi:type="vg:Harvest" standardID="ivo://ivoa.net/std/Registry">'
        '<interface xsi:type="vg:OAISOAP"><accessURL>http://soap.example.org</accessURL></interface>'
        f'<interface xsi:type="vg:OAIHTTP" role="std"><accessURL> {escape(url)} </accessURL></interface>'
        f"<maxRecords>100</maxRecords></capability><full>{full}</full>"
        + "".join(f"<managedAuthority>{one}</managedAuthority>" for one in authorities)
    )
    return resource(
        ivoid,
        title=f"Registry {ivoid[6:]}",
        kind="vg:Registry",
        inside=inside,
        status=status,
        updated=updated,
    )


@dataclass
class Registry(Repository):
    """A registry that describes itself in Identify; ``has_sets`` off: it answers noSetHierarchy."""

    items: list[Item] = field(default_factory=list)
    prefixes: Sequence[str] = ("ivo_vor",)
    described: str = ""
    has_sets: bool = True

    def identify(self, asked: Asked) -> Sent:
        sent = super().identify(asked)
        inside = f"<description>{self.described}</description></Identify>".encode()
        return Sent(body=sent.body.replace(b"</Identify>", inside)) if self.described else sent

    def list(self, asked: Asked) -> Sent:
        if asked["set"] and not self.has_sets:
            return self.error("noSetHierarchy", "no sets")
        return super().list(asked)


class Observatories(Repository):
    """Several registries under one address, each below a path of its own."""

    def __init__(self) -> None:
        super().__init__(items=[])
        self.at: dict[str, Registry] = {}

    def answer(self, asked: Asked) -> Sent:
        found = self.at.get(asked.path)
        return Sent(body=b"nothing here", status=404) if found is None else found.answer(asked)
