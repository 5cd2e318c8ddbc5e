"""The IVOA-like sample registry: catalogues, services, instruments and organisations as VOResource."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from web.demo.content import Campaign, Institution, Run, campaigns, institutions
from web.demo.markup import tag, wrap
from web.demo.repository import Manners, Repository, Sample
from web.demo.sky import moc_of

AUTHORITY = "ivo://meridian.sample"
_FORMATS = {
    "ivo_vor": (
        "http://www.ivoa.net/xml/RegistryInterface/v1.0",
        "http://www.ivoa.net/xml/RegistryInterface/v1.0",
    ),
    "oai_dc": (
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    ),
}
_CONE = "ivo://ivoa.net/std/ConeSearch"
_TAP = "ivo://ivoa.net/std/TAP"
_MJD_OF_2000 = 51544


def repository() -> Repository:
    """A publishing registry, whose resources are in the set ivo_managed."""
    records = [sample for campaign in campaigns() if campaign.on_sky for sample in _samples(campaign)]
    records += [_organisation(home) for home in institutions()]
    return Repository(
        name="Meridian Publishing Registry (sample)",
        path="/meridian/oai.xml",
        formats=_FORMATS,
        sets={"ivo_managed": "Resources that this registry manages", "ivo_standards": "Standards"},
        records=[_authority(), *records, *_faulty(), *_withdrawn()],
        later=_later(),
        manners=Manners(page_size=30),
    )


def _samples(campaign: Campaign) -> Iterator[Sample]:
    for run in campaign.runs:
        yield _catalogue(campaign, run)
    yield _tap_service(campaign)
    yield _instrument(campaign)


def _catalogue(campaign: Campaign, run: Run) -> Sample:
    path = f"{campaign.key}/run{run.number}"
    assert run.ra is not None
    assert run.dec is not None
    start = _MJD_OF_2000 + (run.year - 2000) * 365.25
    coverage = [
        tag("spatial", moc_of(run.ra, run.dec)),
        tag("temporal", f"{start:.0f} {start + 280:.0f}"),
        tag("spectral", "{} {}".format(*campaign.texts["energy"])) if campaign.has("energy") else "",
        _waveband(campaign),
    ]
    return _sample(
        path,
        kind="vs:CatalogService",
        year=run.year,
        title=campaign.text("dataset", run),
        short=f"{campaign.key[:8]} {run.number}",
        alternative=f"doi:{campaign.doi(str(run.number))}",
        curation=_curation(campaign.home, [person.name for person in run.authors], run.year),
        content=_content(
            [*campaign.keywords, run.name],
            campaign.text("abstract", run),
            f"https://meridian.example.org/{path}",
            "Catalog",
            _relationship("IsServedBy", campaign.texts["facility"], f"{AUTHORITY}/{campaign.key}/tap"),
        ),
        tail=[
            tag("rights", "CC BY 4.0", rightsURI="https://creativecommons.org/licenses/by/4.0/"),
            _capability(_CONE, "cs:ConeSearch", f"https://meridian.example.org/{path}/scs.xml?"),
            tag("facility", campaign.texts["facility"]),
            tag("instrument", campaign.texts["instrument"]),
            wrap("coverage", *coverage),
            _tableset(campaign, f"{campaign.key}.run{run.number}"),
        ],
    )


def _tap_service(campaign: Campaign) -> Sample:
    return _sample(
        f"{campaign.key}/tap",
        kind="vs:CatalogService",
        year=campaign.year,
        title=f"{campaign.texts['facility']}: TAP service of {campaign.texts['instrument']}",
        short=f"{campaign.key[:8]} TAP",
        alternative=None,
        curation=_curation(campaign.home, [campaign.people[0].name], campaign.year),
        content=_content(
            [*campaign.keywords, "virtual observatory"],
            f"All tables of the campaign on {campaign.texts['field']} with {campaign.texts['instrument']} "
            "in one service for queries in ADQL; results come as VOTable.",
            f"https://meridian.example.org/{campaign.key}/",
            "Archive",
            "",
        ),
        tail=[
            _capability(_TAP, "tr:TableAccess", f"https://meridian.example.org/{campaign.key}/tap"),
            tag("facility", campaign.texts["facility"]),
            tag("instrument", campaign.texts["instrument"]),
            wrap("coverage", _waveband(campaign)),
        ],
    )


def _instrument(campaign: Campaign) -> Sample:
    return _sample(
        f"instruments/{campaign.key}",
        kind="vr:Resource",
        year=2012,
        title=f"{campaign.texts['instrument']} at {campaign.texts['facility']}",
        short=campaign.texts["instrument"][:16],
        alternative=None,
        curation=_curation(campaign.home, [campaign.home.name], 2012),
        content=_content(
            [campaign.texts["field"], campaign.texts["technique"]],
            f"The instrument {campaign.texts['instrument']} serves {campaign.texts['field']} by "
            f"{campaign.texts['technique']}. It is run by {campaign.home.name}.",
            f"https://meridian.example.org/instruments/{campaign.key}",
            "Other",
            "",
        ),
        tail=[],
    )


def _organisation(home: Institution) -> Sample:
    fields = sorted({one.texts["field"] for one in campaigns() if one.home is home})
    facilities = sorted({one.texts["facility"] for one in campaigns() if one.home is home and one.on_sky})
    return _sample(
        f"org/{home.key}",
        kind="vr:Organisation",
        year=2011,
        title=home.name,
        short=home.key,
        alternative=None,
        curation=_curation(home, [home.name], 2011),
        content=_content(
            fields,
            f"{home.name} works on {', '.join(fields)}.",
            f"https://{home.key}.example.org/",
            "Organisation",
            "",
        ),
        tail=[tag("facility", name) for name in facilities],
    )


def _authority() -> Sample:
    home = institutions()[0]
    return _sample(
        "",
        kind="vg:Authority",
        year=2010,
        title="Meridian sample authority",
        short="Meridian",
        alternative=None,
        curation=_curation(home, [home.name], 2010),
        content=_content(
            ["virtual observatory"],
            "The naming authority of the sample resources; it exists in the demo only.",
            "https://meridian.example.org/",
            "Registry",
            "",
        ),
        tail=[tag("managingOrg", home.name, **{"ivo-id": f"{AUTHORITY}/org/{home.key}"})],
    )


def _sample(
    path: str,
    *,
    kind: str,
    year: int,
    title: str,
    short: str,
    alternative: str | None,
    curation: str,
    content: str,
    tail: Sequence[str],
) -> Sample:
    identifier = f"{AUTHORITY}/{path}".rstrip("/")
    chance = random.Random(identifier)  # noqa: S311
    created = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T12:00:00Z"
    updated = f"{min(year + 1, 2025)}{created[4:]}"
    document = wrap(
        "ri:Resource",
        tag("title", title),
        tag("shortName", short[:16]),
        tag("identifier", identifier),
        tag("altIdentifier", alternative) if alternative else "",
        curation,
        content,
        *tail,
        xmlns__ri=_FORMATS["ivo_vor"][0],
        xmlns__vr="http://www.ivoa.net/xml/VOResource/v1.0",
        xmlns__vs="http://www.ivoa.net/xml/VODataService/v1.1",
        xmlns__vg="http://www.ivoa.net/xml/VORegistry/v1.0",
        xmlns__cs="http://www.ivoa.net/xml/ConeSearch/v1.0",
        xmlns__tr="http://www.ivoa.net/xml/TAPRegExt/v1.0",
        xmlns__xsi="http://www.w3.org/2001/XMLSchema-instance",
        # The resource's own elements are in no namespace (VOResource 1.1, section 2).
        xmlns="",
        xsi__type=kind,
        status="active",
        created=created[:-1],
        updated=updated[:-1],
    )
    return Sample(
        identifier=identifier,
        datestamp=updated,
        sets=("ivo_managed",),
        documents={"ivo_vor": document},
    )


def _curation(home: Institution, creators: Sequence[str], year: int) -> str:
    return wrap(
        "curation",
        tag("publisher", home.name, **{"ivo-id": f"{AUTHORITY}/org/{home.key}"}),
        *(wrap("creator", tag("name", name)) for name in creators),
        tag("date", f"{year}-11-05", role="Created"),
        tag("version", "1.0"),
        wrap("contact", tag("name", f"Archive of {home.name}"), tag("email", "archive@example.org")),
    )


def _content(subjects: Sequence[str], text: str, url: str, kind: str, relationship: str) -> str:
    return wrap(
        "content",
        *(tag("subject", subject) for subject in subjects),
        tag("description", text),
        tag("referenceURL", url),
        tag("type", kind),
        tag("contentLevel", "Research"),
        relationship,
    )


def _relationship(kind: str, name: str, identifier: str) -> str:
    return wrap(
        "relationship",
        tag("relationshipType", kind),
        tag("relatedResource", f"TAP service of {name}", **{"ivo-id": identifier}),
    )


def _capability(standard: str, kind: str, url: str) -> str:
    interface = wrap(
        "interface",
        tag("accessURL", url, use="base"),
        xsi__type="vs:ParamHTTP",
        role="std",
        version="1.0",
    )
    return wrap("capability", interface, standardID=standard, xsi__type=kind)


def _waveband(campaign: Campaign) -> str:
    messenger = campaign.texts["messenger"]
    bands = {"Gamma-ray", "X-ray", "Optical", "Millimeter", "Radio"}
    return tag("waveband", messenger) if messenger in bands else ""


def _tableset(campaign: Campaign, name: str) -> str:
    columns = []
    for text in campaign.texts["columns"]:
        column, ucd, unit, description = text.split("|")
        parts = [tag("name", column), tag("description", description.strip())]
        parts += [tag("unit", unit)] if unit else []
        parts += [tag("ucd", ucd)] if ucd else []
        columns.append(wrap("column", *parts, tag("dataType", "double", xsi__type="vs:VOTableType")))
    title = tag("description", "The published values, one row a measurement.")
    return wrap(
        "tableset",
        wrap("schema", tag("name", campaign.key), wrap("table", tag("name", name), title, *columns)),
    )


def _faulty() -> Iterator[Sample]:
    """A resource without title, and something that is no resource at all."""
    namespaces = 'xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" xmlns=""'
    documents = (
        f"<ri:Resource {namespaces}><identifier>{AUTHORITY}/lost</identifier></ri:Resource>",
        '<html xmlns="http://www.w3.org/1999/xhtml"><body>Internal error</body></html>',
    )
    for name, document in zip(("lost", "broken"), documents, strict=True):
        yield Sample(
            identifier=f"{AUTHORITY}/{name}",
            datestamp="2018-01-15T09:00:00Z",
            sets=("ivo_managed",),
            documents={"ivo_vor": document},
        )


def _withdrawn() -> Iterator[Sample]:
    for number in range(1, 5):
        yield Sample(
            identifier=f"{AUTHORITY}/plates/zone{number}",
            datestamp=f"2020-1{number % 3}-01T06:00:00Z",
            documents={},
            sets=("ivo_managed",),
            deleted=True,
        )


def _later() -> Iterator[Sample]:
    """The next day: a service moves and a catalogue is withdrawn."""
    moved = campaigns()[4]
    sample = _tap_service(moved)
    document = sample.documents["ivo_vor"].replace("https://meridian.example.org", "https://vo.example.org")
    yield Sample(
        identifier=sample.identifier, datestamp="", sets=sample.sets, documents={"ivo_vor": document}
    )
    yield Sample(
        identifier=f"{AUTHORITY}/{moved.key}/run5",
        datestamp="",
        documents={},
        sets=("ivo_managed",),
        deleted=True,
    )
