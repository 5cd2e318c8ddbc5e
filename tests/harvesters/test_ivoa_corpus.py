"""All real records of the IVOA's corpus through a Registry of Registries and publishing registries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.ivoa_discovery import Discovery
from harvesters.ivoa_registries import authority_of, ivoid_in
from harvesters.run import harvest
from harvesters.transport import Transport
from mappings.base import xml_parser
from mappings.ivo_vor import status_of
from mappings.xml_reading import local_name, text_at
from tests.harvesters.ivoa_server import Observatories, Registry, registry
from tests.harvesters.misbehaving import Asked, Item, Sent, Server

pytestmark = pytest.mark.corpus


def resources(corpus: Path) -> dict[str, list[tuple[str, str, bool]]]:
    """Every resource of the corpus as (ivoid as written, XML, deleted) by authority, each ivoid once."""
    found: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    known: set[str] = set()
    for path in sorted((corpus / "ivoa-voresource").iterdir()) + sorted((corpus / "ivoa-oaipmh").iterdir()):
        tree = etree.fromstring(path.read_bytes(), xml_parser(recover=True))
        for element in tree.iter("*"):
            if local_name(element) != "Resource":
                continue
            written = (text_at(element, "identifier") or "").strip()
            ivoid = ivoid_in(written)
            if ivoid is None or ivoid in known:
                continue
            known.add(ivoid)
            text = etree.tostring(element, encoding="unicode", with_tail=False)
            found[authority_of(ivoid) or ""].append((written, text, status_of(element) == "deleted"))
    return found


def test_all_of_the_corpus(shared: Path, catalogue: Catalogue, connect: Callable[..., Transport]) -> None:
    by_authority = resources(shared / "corpus")
    assert sum(map(len, by_authority.values())) >= 60
    observatories = Observatories()
    with Server(observatories) as server:
        base = server.url.removesuffix("/oai")
        rofr = observatories.at["/rofr"] = Registry()
        for number, (authority, members) in enumerate(sorted(by_authority.items())):
            items = [
                Item(identifier=written, metadata=text, sets=("ivo_managed",)) for written, text, _ in members
            ]
            observatories.at[f"/{number}"] = Registry(items=items)
            rofr.items.append(
                Item(
                    identifier=f"ivo://{authority}/the-registry",
                    metadata=registry(f"ivo://{authority}/the-registry", f"{base}/{number}", [authority]),
                    sets=("ivoa_publishers",),
                )
            )
        catalogue.sources.add(Source(name="test", kind="ivoa", url=f"{base}/rofr"))
        (run,) = harvest(catalogue, ["test"], connect=connect)
    told = [issue for _, issue in catalogue.sources.issues("test") if issue.rule == "refused"]
    members = [one for group in by_authority.values() for one in group]
    assert (run.fetched, run.expected) == (len(members), len(members))
    assert run.error is None
    live = {change.record.provenance.identifier for change in catalogue.store.walk() if change.record}
    wanted = {ivoid_in(written) for written, _, deleted in members if not deleted}
    assert live | {issue.identifier for issue in told} == wanted
    assert len(told) == run.quarantined == 0


class Verbatim(Registry):
    """A registry that gives one real answer to each request for its list, as it is."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.given = re.sub(rb"(</?(?:oai:)?)GetRecord\b", rb"\1ListRecords", answer)

    def list(self, asked: Asked) -> Sent:
        return self.error("noRecordsMatch") if asked.token else Sent(body=self.given)


FILES = {
    "RegTAP__res_auth.oaixml": ["ivo://x-invalid-test", "ivo://x-invalid-test/registry"],
    "RegTAP__res_org.oaixml": ["ivo://x-invalid-test/keckobs"],
    "RegTAP__res_siap.oaixml": ["ivo://x-invalid-test/siap/xmm-om"],
    "RegTAP__res_ssap.oaixml": ["ivo://x-invalid-test/6df-ssap"],
    "RegTAP__res_std.oaixml": ["ivo://ivoa.net/std/conesearch"],
    "RegTAP__res_tap.oaixml": ["ivo://x-invalid-test/__system__/tap/run"],
    "rofr.ivoa.net__resources_first-listrecs.xml": [
        "ivo://archive.stsci.edu",
        "ivo://archive.stsci.edu/gsc/gsc1",
        "ivo://archive.stsci.edu/gsc/gsc2.2",
        "ivo://gcp/iopw",
    ],
    "rofr.ivoa.net__resources_rofr-getrecs.xml": ["ivo://aip.gavo.org/__system__/services/registry"],
    "astrogrid-legacy__junit_OAIHandlerInvalidv0_10.xml": [
        "ivo://astrogrid.org/myspace",
        "ivo://astrogrid.org.harvesttest2/org.astrogrid.registry.registryservice",
    ],
}


@pytest.mark.parametrize("name", FILES)
def test_real_answers_as_they_are(
    shared: Path, catalogue: Catalogue, connect: Callable[..., Transport], name: str
) -> None:
    data = (shared / "corpus/ivoa-oaipmh" / name).read_bytes()
    with Server(Verbatim(data)) as server:
        source = Source(name="test", kind="ivoa", url=server.url, options={"registry": "full"})
        catalogue.sources.add(source)
        (run,) = harvest(catalogue, ["test"], connect=connect)
    assert (run.fetched, run.quarantined) == (len(FILES[name]), 0)
    if "first-listrecs" in name:
        # The first page of a long list, whose rest is not in the corpus.
        assert run.error is not None
        assert "877 of the records that it announced did not come" in run.error
    else:
        assert run.error is None
    stored = {
        change.record.provenance.identifier
        for change in catalogue.store.walk(deleted=True)
        if change.record is not None
    }
    gone = run.fetched - run.created
    assert stored <= set(FILES[name])
    assert len(stored) + gone >= len(FILES[name])


def test_no_file_of_the_corpus_is_left_out(shared: Path) -> None:
    assert {path.name for path in (shared / "corpus/ivoa-oaipmh").iterdir()} == set(FILES)


@pytest.mark.parametrize(
    ("name", "label", "url", "authority"),
    [
        (
            "rofr.ivoa.net__resources_rofr-getrecs.xml",
            "ivo://aip.gavo.org/__system__/services/registry",
            "http://gavo.aip.de/oai.xml",
            "aip.gavo.org",
        ),
        (
            "RegTAP__res_auth.oaixml",
            "ivo://x-invalid-test/registry",
            "http://www.cadc-ccda.hia-iha.nrc-cnrc.gc.ca/reg/OAIHandlerv1_0",
            "x-invalid-test",
        ),
    ],
)
def test_registries_of_real_lists(
    shared: Path,
    settings: Settings,
    connect: Callable[..., Transport],
    name: str,
    label: str,
    url: str,
    authority: str,
) -> None:
    data = (shared / "corpus/ivoa-oaipmh" / name).read_bytes()
    with Server(Verbatim(data)) as server:
        source = Source(name="test", kind="ivoa", url=server.url)
        with connect(source, settings) as transport:
            found = Discovery(source, transport).found()
    assert found.lists == [server.url]
    assert [(one.label, one.url, one.authorities) for one in found.registries] == [(label, url, (authority,))]
