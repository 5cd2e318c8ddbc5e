"""The Zenodo-like sample repository: datasets, software, papers and workflows in DataCite's schema."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from web.demo.content import DOI_PREFIX, Campaign, Person, Run, campaigns, institutions
from web.demo.dublin_core import dublin_core
from web.demo.markup import tag, wrap
from web.demo.repository import Manners, Repository, Sample

NAME = "Helix Open Repository (sample)"
_KERNEL = "http://datacite.org/schema/kernel-4"
_FORMATS = {
    "oai_dc": (
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    ),
    "oai_datacite": (
        "http://schema.datacite.org/oai/oai-1.1/",
        "http://schema.datacite.org/oai/oai-1.1/oai.xsd",
    ),
}
_LICENCES = {
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC0-1.0": ("Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "MIT": ("MIT License", "https://opensource.org/licenses/MIT"),
    "BSD-3-Clause": (
        'BSD 3-Clause "New" or "Revised" License',
        "https://opensource.org/licenses/BSD-3-Clause",
    ),
}
_ABSENT = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def repository() -> Repository:
    """Fifty records a page, tokens that live 120 seconds, errors with status 422."""
    records = [sample for campaign in campaigns() for sample in _samples(campaign)]
    return Repository(
        name=NAME,
        path="/helix/oai2d",
        formats=_FORMATS,
        sets={"software": "Software", "openaire": "OpenAIRE"}
        | {f"user-{home.key}": home.name for home in institutions()},
        records=[*records, *_faulty(), *_withdrawn()],
        later=_later(),
        manners=Manners(page_size=50, token_seconds=120, error_status=422),
    )


def _samples(campaign: Campaign) -> Iterator[Sample]:
    for run in campaign.runs:
        yield _sample(campaign, str(run.number), run.year, _dataset(campaign, run), ())
    yield _sample(campaign, "paper", campaign.year, _paper(campaign), ("openaire",))
    yield _sample(campaign, "software", campaign.year, _software(campaign, "2.1.0"), ("software",))
    if campaign.number % 3 == 0:
        yield _sample(
            campaign, "older software", campaign.year - 1, _software(campaign, "1.4.2"), ("software",)
        )
    if campaign.number % 2 == 0:
        yield _sample(campaign, "workflow", campaign.year, _workflow(campaign), ("software",))


def _sample(campaign: Campaign, what: str, year: int, parts: Sequence[str], sets: tuple[str, ...]) -> Sample:
    doi = campaign.doi(what)
    chance = random.Random(doi)  # noqa: S311
    day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    datestamp = f"{min(year + 1, 2025)}{day[4:]}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:07Z"
    parts = [*parts, wrap("dates", tag("date", day, dateType="Issued")), tag("publicationYear", year)]
    return Sample(
        identifier=f"oai:helix.example.org:{doi.rpartition('.')[2]}",
        datestamp=datestamp,
        sets=(*sets, f"user-{campaign.home.key}"),
        documents={"oai_datacite": resource(doi, parts), "oai_dc": _short(campaign, what, doi, day)},
    )


def resource(doi: str, parts: Sequence[str]) -> str:
    """A DataCite 4 resource in the wrapper of the format oai_datacite."""
    inner = wrap(
        "resource",
        tag("identifier", doi, identifierType="DOI"),
        *parts,
        tag("publisher", NAME),
        xmlns=_KERNEL,
    )
    return wrap(
        "oai_datacite",
        tag("schemaVersion", "4.5"),
        tag("datacentreSymbol", "HELIX.SAMPLE"),
        wrap("payload", inner),
        xmlns=_FORMATS["oai_datacite"][0],
    )


def _dataset(campaign: Campaign, run: Run) -> list[str]:
    related = [
        _related(campaign.doi("paper"), "IsSupplementTo", "JournalArticle"),
        _related(campaign.doi("software"), "IsCompiledBy", "Software"),
    ]
    if campaign.on_sky:
        address = f"ivo://meridian.sample/{campaign.key}/run{run.number}"
        related.append(
            tag("relatedIdentifier", address, relatedIdentifierType="URL", relationType="IsVariantFormOf")
        )
    size = 40 + (campaign.number * 977 + run.number * 3571) % 90_000
    licence = "CC0-1.0" if run.number % 3 == 2 else "CC-BY-4.0"
    return [
        *_head(campaign, campaign.text("dataset", run), run.authors, "Dataset", ""),
        _subjects(campaign, run),
        wrap("contributors", _facility(campaign), _instrument(campaign)),
        _described(campaign.text("abstract", run)),
        wrap("sizes", tag("size", f"{size} MB")),
        wrap("formats", tag("format", "application/x-hdf5"), tag("format", "text/csv")),
        _rights(licence, "embargoedAccess" if (campaign.number + run.number) % 17 == 4 else "openAccess"),
        tag("language", "eng"),
        tag("version", "1.0" if run.number % 2 else "2.0"),
        wrap("relatedIdentifiers", *related),
        _funding(campaign),
    ]


def _paper(campaign: Campaign) -> list[str]:
    related = [
        _related(campaign.doi(str(run.number)), "IsSupplementedBy", "Dataset") for run in campaign.runs
    ]
    return [
        *_head(campaign, campaign.text("paper"), campaign.people, "JournalArticle", "Journal article"),
        _subjects(campaign),
        _described(campaign.text("paper_abstract")),
        _rights("CC-BY-4.0", "openAccess"),
        tag("language", "eng"),
        wrap("relatedIdentifiers", *related, _related(campaign.doi("software"), "References", "Software")),
        _funding(campaign),
    ]


def _software(campaign: Campaign, version: str) -> list[str]:
    name = campaign.texts["software"]
    related = [
        _related(campaign.doi("concept"), "IsVersionOf", "Software"),
        _related(campaign.doi("paper"), "IsSupplementTo", "JournalArticle"),
        tag(
            "relatedIdentifier",
            f"https://git.example.org/{campaign.home.key}/{name}/tree/v{version}",
            relatedIdentifierType="URL",
            relationType="IsDerivedFrom",
        ),
    ]
    return [
        *_head(campaign, f"{name} {version}: {campaign.purpose}", campaign.people[:3], "Software", ""),
        _subjects(campaign),
        _described(campaign.text("software_is")),
        wrap("formats", tag("format", "application/zip")),
        _rights("BSD-3-Clause" if campaign.number % 2 else "MIT", "openAccess"),
        tag("version", version),
        wrap("relatedIdentifiers", *related),
    ]


def _workflow(campaign: Campaign) -> list[str]:
    paper, name = campaign.text("paper"), campaign.texts["software"]
    text = (
        f"Reproduces the figures of «{paper}» from the published data with {name}. "
        "The steps are written in the Common Workflow Language and run in containers; "
        "a full pass takes about an hour on eight cores."
    )
    inputs = [_related(campaign.doi(str(run.number)), "Requires", "Dataset") for run in campaign.runs]
    return [
        *_head(campaign, f"Workflow: {paper}", campaign.people[1:4], "Workflow", "Analysis workflow"),
        _subjects(campaign),
        _described(text),
        _rights("MIT", "openAccess"),
        wrap("relatedIdentifiers", *inputs, _related(campaign.doi("software"), "Requires", "Software")),
    ]


def _head(campaign: Campaign, title: str, authors: Sequence[Person], general: str, special: str) -> list[str]:
    return [
        tag("resourceType", special, resourceTypeGeneral=general),
        wrap("creators", *(_creator(person) for person in authors)),
        wrap("titles", tag("title", title, xml__lang="en")),
    ]


def _creator(person: Person) -> str:
    return wrap(
        "creator",
        tag("creatorName", person.name, nameType="Personal"),
        tag("givenName", person.given),
        tag("familyName", person.family),
        tag(
            "nameIdentifier",
            person.orcid,
            nameIdentifierScheme="ORCID",
            schemeURI="https://orcid.org/",
        ),
        tag("affiliation", person.institution.name),
    )


def _subjects(campaign: Campaign, run: Run | None = None) -> str:
    words = [campaign.texts["field"], *campaign.keywords, campaign.texts["technique"]]
    if run is not None:
        words.append(run.name)
    return wrap("subjects", *(tag("subject", word, xml__lang="en") for word in dict.fromkeys(words)))


def _facility(campaign: Campaign) -> str:
    name = tag("contributorName", campaign.texts["facility"], nameType="Organizational")
    return wrap("contributor", name, contributorType="HostingInstitution")


def _instrument(campaign: Campaign) -> str:
    name = tag("contributorName", f"{campaign.home.name}, {campaign.texts['instrument']}")
    return wrap("contributor", name, contributorType="DataCollector")


def _described(text: str) -> str:
    return wrap("descriptions", tag("description", text, descriptionType="Abstract", xml__lang="en"))


def _rights(licence: str, access: str) -> str:
    name, url = _LICENCES[licence]
    return wrap(
        "rightsList",
        tag("rights", name, rightsURI=url, rightsIdentifier=licence.lower(), rightsIdentifierScheme="SPDX"),
        tag("rights", access, rightsURI=f"info:eu-repo/semantics/{access}"),
    )


def _related(doi: str, relation: str, general: str) -> str:
    return tag(
        "relatedIdentifier",
        doi,
        relatedIdentifierType="DOI",
        relationType=relation,
        resourceTypeGeneral=general,
    )


def _funding(campaign: Campaign) -> str:
    reference = wrap(
        "fundingReference",
        tag("funderName", "European Sample Research Council"),
        tag("awardNumber", f"ESRC-{4200 + 13 * campaign.number}"),
        tag("awardTitle", f"{campaign.texts['field'].capitalize()} at {campaign.texts['facility']}"),
    )
    return wrap("fundingReferences", reference)


def _short(campaign: Campaign, what: str, doi: str, day: str) -> str:
    title = campaign.text("paper") if what == "paper" else f"{campaign.texts['software']}: {what}"
    if what.isdecimal():
        title = campaign.text("dataset", campaign.runs[int(what)])
    return dublin_core(
        title=[title],
        creator=[person.name for person in campaign.people],
        date=[day],
        identifier=[f"https://doi.org/{doi}"],
        subject=campaign.keywords,
    )


def _faulty() -> Iterator[Sample]:
    """Records as one meets them: without a title, and not even DataCite."""
    kind = tag("resourceType", "", resourceTypeGeneral="Dataset")
    nameless = [kind, wrap("creators", wrap("creator", tag("creatorName", "Team")))]
    year = tag("publicationYear", 2019)
    documents = (
        resource(f"{DOI_PREFIX}/helix.9001", [*nameless, wrap("titles", tag("title", "")), year]),
        resource(f"{DOI_PREFIX}/helix.9002", [*nameless, year]),
        f"<oai_datacite {_ABSENT}><payload/></oai_datacite>",
    )
    for number, document in enumerate(documents, 9001):
        yield Sample(
            identifier=f"oai:helix.example.org:{number}",
            datestamp="2020-02-29T10:00:00Z",
            documents={"oai_datacite": document},
        )


def _withdrawn() -> Iterator[Sample]:
    for number in range(8001, 8007):
        yield Sample(
            identifier=f"oai:helix.example.org:{number}",
            datestamp=f"2021-0{number - 8000}-15T08:30:00Z",
            documents={},
            deleted=True,
        )


def _later() -> Iterator[Sample]:
    """The next day: three datasets come in a better version, two are withdrawn, new software appears."""
    for campaign in campaigns()[:3]:
        run = campaign.runs[0]
        parts = [part for part in _dataset(campaign, run) if not part.startswith("<version>")]
        yield _sample(campaign, str(run.number), run.year, [*parts, tag("version", "3.0")], ())
    for campaign in campaigns()[3:5]:
        sample = _sample(campaign, "1", 2020, (), ())
        yield Sample(identifier=sample.identifier, datestamp="", documents={}, sets=sample.sets, deleted=True)
    for campaign in campaigns()[1:9]:
        if campaign.number % 3:
            yield _sample(campaign, "older software", 2025, _software(campaign, "3.0.0"), ("software",))
