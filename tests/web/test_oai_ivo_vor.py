"""VOResource over OAI-PMH: what registries of the Virtual Observatory harvest from us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from catalogue.record import RawRecord
from tests.web.oai_repository import OAI, Repository, dublin_core, id_of

RESOURCE = "{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource"
VOR = b"""<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"
 xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:type="vs:CatalogService" created="2020-01-01T00:00:00Z" updated="2021-01-01T00:00:00Z" status="active">
 <title>Cones</title><identifier>ivo://Example.org/Cones</identifier>
 <curation><publisher>Observatory</publisher><contact><name>Desk</name></contact></curation>
 <content><subject>galaxies</subject><description>Search.</description>
 <referenceURL>https://example.org/cones</referenceURL></content></ri:Resource>"""


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    opened = Repository(tmp_path)
    yield opened
    opened.close()


def _resources(repository: Repository) -> dict[str, etree._Element]:
    records = repository.ask(verb="ListRecords", metadataPrefix="ivo_vor").iter(f"{OAI}record")
    found = [record.find(f"{OAI}metadata/{RESOURCE}") for record in records]
    assert None not in found
    return {one.findtext("title"): one for one in found}


def test_every_record_has_an_ivoid(repository: Repository) -> None:
    repository.put(
        RawRecord(identifier="ivo://example.org/cones", format="ivo_vor", data=VOR),
        dublin_core("a", "Plain", creator="Curie, M."),
    )
    found = _resources(repository)
    assert found["Cones"].findtext("identifier") == "ivo://Example.org/Cones"
    plain = found["Plain"]
    assert plain.findtext("identifier") == f"ivo://x.org/{id_of('a')}"
    assert plain.findtext("content/referenceURL", "").endswith(f"/records/{id_of('a')}")
    # Children have no namespace, also inside an answer whose default namespace is OAI-PMH's.
    assert {etree.QName(one).namespace for one in plain.iterdescendants()} == {None}


def test_it_is_announced_with_its_namespace(repository: Repository) -> None:
    repository.put(dublin_core("a"))
    root = repository.ask(verb="ListMetadataFormats", identifier=f"oai:x.org:{id_of('a')}")
    spaces = {one.findtext(f"{OAI}metadataPrefix"): one for one in root.iter(f"{OAI}metadataFormat")}
    assert spaces["ivo_vor"].findtext(f"{OAI}metadataNamespace") == RESOURCE[1:].partition("}")[0]
