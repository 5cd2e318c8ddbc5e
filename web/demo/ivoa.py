"""A small Virtual Observatory: a Registry of Registries and two publishing registries that it lists.

On the second day an authority moves from one registry to the other: the old one says
«deleted» of resources that are there as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from web.demo import sample as demo
from web.demo.content import Campaign, Run, campaigns
from web.demo.markup import tag, wrap
from web.demo.repository import Manners, Repository
from web.demo.repository import Sample as Record
from web.demo.sky import moc_of

_BASE = "http://registry.invalid"
"""Stands for our own address, which is known only when we are asked."""
_VOR = "http://www.ivoa.net/xml/RegistryInterface/v1.0"
_FORMATS = {
    "ivo_vor": (_VOR, _VOR),
    "oai_dc": (
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    ),
}
_SETS = {"ivo_managed": "Resources that this registry manages"}
_LISTED = {"ivoa_publishers": "Publishing registries", **_SETS}
_PROTOCOLS = {
    "images": ("Images of {} with {}", "sia:SimpleImageAccess", "ivo://ivoa.net/std/SIA"),
    "spectra": ("Spectra of {} with {}", "ssap:SimpleSpectralAccess", "ivo://ivoa.net/std/SSA"),
}
_LYRA, _DORADO, _PLATES, _ROOT = "lyra.sample", "dorado.sample", "plates.sample", "rofr.sample"
_MANAGED = {"lyra": (_LYRA, _PLATES), "dorado": (_DORADO,)}
_MANAGED_LATER = {"lyra": (_LYRA,), "dorado": (_DORADO, _PLATES)}


class VirtualObservatory(demo.Sample):
    """Three registries below one path."""

    name = "registries"
    kind = "ivoa"
    path = "/vo"
    endpoint = "/rofr/oai.xml"
    options: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        on_sky = [campaign for campaign in campaigns() if campaign.on_sky]
        half = len(on_sky) // 2
        moving = [_authority(_PLATES), *(_plates(campaign) for campaign in on_sky[:3])]
        self._registries = {
            "/rofr/oai.xml": _registry_of_registries(),
            "/lyra/oai.xml": _lyra(on_sky[:half], moving),
            "/dorado/oai.xml": _dorado(on_sky[half:], moving),
        }

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> demo.Reply:
        """The answer of the registry at this path."""
        registry = self._registries.get(path)
        if registry is None:
            return demo.Reply(body=b"No registry is here.\n", status=404, media_type="text/plain")
        status, body = registry.answer(base + path, query, now)
        body = body.replace(_BASE.encode(), base.encode())
        return demo.Reply(body=body, status=status, media_type="text/xml; charset=utf-8")

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """The next day of all three; what moves is neither new nor deleted."""
        days = [registry.next_day(now) for registry in self._registries.values()]
        # The list of registries is no part of what is harvested.
        new, changed, gone = (sum(counts) for counts in zip(*days[1:], strict=True))
        return new - gone, changed, 0


def sample() -> VirtualObservatory:
    """The Virtual Observatory of the demo."""
    return VirtualObservatory()


def _registry_of_registries() -> Repository:
    listed = ("ivoa_publishers",)
    return _repository(
        "Registry of Registries (sample)",
        "rofr",
        [_registry("rofr", [_ROOT]), *(_registry(key, _MANAGED[key], sets=listed) for key in _MANAGED)],
        later=[_registry(key, _MANAGED_LATER[key], sets=listed) for key in _MANAGED_LATER],
        sets=_LISTED,
    )


def _lyra(observed: Sequence[Campaign], moving: Sequence[Record]) -> Repository:
    """A registry that has copies of others' resources and a resource that is deleted by its status only."""
    records = [record for campaign in observed for record in _services(_LYRA, campaign)]
    copy = _resource(f"ivo://{_DORADO}/copy", "A copy that its registry does not manage", "vs:CatalogService")
    old = _resource(f"ivo://{_LYRA}/retired", "A service that was retired", "vr:Service", status="deleted")
    paused = _resource(f"ivo://{_LYRA}/paused", "A service under repair", "vr:Service", status="inactive")
    moved = [
        Record(identifier=one.identifier, datestamp="", documents={}, sets=one.sets, deleted=True)
        for one in moving
    ]
    own = _registry("lyra", _MANAGED["lyra"])
    return _repository(
        "Lyra Publishing Registry (sample)",
        "lyra",
        [own, _authority(_LYRA), *records, *moving, copy, old, paused],
        later=[*moved, _registry("lyra", _MANAGED_LATER["lyra"])],
    )


def _dorado(observed: Sequence[Campaign], moving: Sequence[Record]) -> Repository:
    """A registry that writes its ivoids now so and now so, and holds a resource without title."""
    records = [record for campaign in observed for record in _services("Dorado.SAMPLE", campaign)]
    namespaces = f'xmlns:ri="{_VOR}" xmlns=""'
    lost = f"<ri:Resource {namespaces}><identifier>ivo://{_DORADO}/lost</identifier></ri:Resource>"
    faulty = Record(
        identifier=f"ivo://{_DORADO}/lost",
        datestamp="2019-02-03T10:00:00Z",
        documents={"ivo_vor": lost},
        sets=tuple(_SETS),
    )
    fresh = _resource(f"ivo://{_DORADO}/alerts", "Alerts of transients, newly published", "vs:CatalogService")
    return _repository(
        "Dorado Publishing Registry (sample)",
        "dorado",
        [_registry("dorado", _MANAGED["dorado"]), _authority(_DORADO), *records, faulty],
        later=[*moving, _registry("dorado", _MANAGED_LATER["dorado"]), fresh],
    )


def _repository(
    name: str,
    key: str,
    records: Sequence[Record],
    *,
    later: Sequence[Record],
    sets: Mapping[str, str] = _SETS,
) -> Repository:
    return Repository(
        name=name,
        path=f"/{key}/oai.xml",
        formats=_FORMATS,
        sets=sets,
        records=records,
        later=later,
        manners=Manners(page_size=20),
    )


def _services(authority: str, campaign: Campaign) -> Iterator[Record]:
    for key, (title, kind, standard) in _PROTOCOLS.items():
        run = campaign.runs[0]
        yield _resource(
            f"ivo://{authority}/{campaign.key}/{key}",
            title.format(campaign.texts["field"], campaign.texts["instrument"]),
            "vs:CatalogService",
            f"{key.capitalize()} of {len(campaign.runs)} objects in one service: "
            + ", ".join(run.name for run in campaign.runs)
            + ".",
            subjects=campaign.keywords,
            tail=(
                _capability(kind, standard, f"https://vo.example.org/{campaign.key}/{key}?"),
                tag("facility", campaign.texts["facility"]),
                tag("instrument", campaign.texts["instrument"]),
                _coverage(run),
            ),
        )


def _plates(campaign: Campaign) -> Record:
    return _resource(
        f"ivo://{_PLATES}/{campaign.key}",
        f"Photographic plates of {campaign.runs[0].name}",
        "vs:DataCollection",
        f"Scanned plates from 1905 to 1968 that show the field of {campaign.runs[0].name}.",
        subjects=("photographic plates", *campaign.keywords[:1]),
        tail=(_coverage(campaign.runs[0]),),
    )


def _coverage(run: Run) -> str:
    if run.ra is None or run.dec is None:
        return ""
    return wrap("coverage", tag("spatial", moc_of(run.ra, run.dec)), tag("waveband", "Optical"))


def _authority(name: str) -> Record:
    text = f"The naming authority {name}; it exists in the demo only."
    organisation = tag("managingOrg", "Sample observatory")
    return _resource(f"ivo://{name}", f"Authority {name}", "vg:Authority", text, tail=(organisation,))


def _registry(key: str, authorities: Sequence[str], *, sets: tuple[str, ...] = tuple(_SETS)) -> Record:
    """The registry's own record: where it is harvested, and what it manages (VORegistry 1.1)."""
    interface = wrap(
        "interface",
        tag("accessURL", f"{_BASE}/{key}/oai.xml", use="base"),
        xsi__type="vg:OAIHTTP",
        role="std",
        version="1.0",
    )
    what = "Registry of Registries" if key == "rofr" else f"{key.capitalize()} Publishing Registry"
    return _resource(
        f"ivo://{key}.sample/registry",
        f"{what} (sample)",
        "vg:Registry",
        "A registry that exists in the demo only.",
        subjects=("virtual observatory",),
        sets=sets,
        tail=(
            wrap("capability", interface, xsi__type="vg:Harvest", standardID="ivo://ivoa.net/std/Registry"),
            tag("full", "false"),
            *(tag("managedAuthority", one) for one in authorities),
        ),
    )


def _capability(kind: str, standard: str, url: str) -> str:
    interface = wrap("interface", tag("accessURL", url, use="base"), xsi__type="vs:ParamHTTP", role="std")
    return wrap("capability", interface, standardID=standard, xsi__type=kind)


def _resource(
    ivoid: str,
    title: str,
    kind: str,
    text: str = "A resource that exists in the demo only.",
    *,
    subjects: Sequence[str] = ("surveys",),
    status: str = "active",
    sets: tuple[str, ...] = tuple(_SETS),
    tail: Sequence[str] = (),
) -> Record:
    document = wrap(
        "ri:Resource",
        tag("title", title),
        tag("identifier", ivoid),
        wrap(
            "curation", tag("publisher", "Sample observatory"), wrap("creator", tag("name", "Sample staff"))
        ),
        wrap(
            "content",
            *(tag("subject", subject) for subject in subjects),
            tag("description", text),
            tag("referenceURL", f"https://vo.example.org/{ivoid.removeprefix('ivo://').lower()}"),
        ),
        *tail,
        xmlns="",
        xmlns__ri=_VOR,
        xmlns__vr="http://www.ivoa.net/xml/VOResource/v1.0",
        xmlns__vs="http://www.ivoa.net/xml/VODataService/v1.1",
        xmlns__vg="http://www.ivoa.net/xml/VORegistry/v1.0",
        xmlns__sia="http://www.ivoa.net/xml/SIA/v1.1",
        xmlns__ssap="http://www.ivoa.net/xml/SSA/v1.1",
        xmlns__xsi="http://www.w3.org/2001/XMLSchema-instance",
        xsi__type=kind,
        status=status,
        created="2016-04-01T08:00:00",
        updated="2021-09-14T16:30:00",
    )
    return Record(
        identifier=ivoid, datestamp="2021-09-14T16:30:00Z", documents={"ivo_vor": document}, sets=sets
    )
