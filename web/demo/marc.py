"""The library of the sample laboratories: papers and notes in MARC 21."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from web.demo.content import Campaign, Person, Run, campaigns
from web.demo.dublin_core import dublin_core
from web.demo.markup import tag, wrap
from web.demo.repository import Manners, Repository, Sample

_NAMESPACE = "http://www.loc.gov/MARC21/slim"
_FORMATS = {
    "oai_dc": (
        "http://www.openarchives.org/OAI/2.0/oai_dc/",
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    ),
    "marcxml": (_NAMESPACE, "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"),
}
_JOURNAL = "Journal of Sample Physics"


def repository() -> Repository:
    """A repository without sets, twenty-five records a page."""
    records = [sample for campaign in campaigns() for sample in _samples(campaign)]
    return Repository(
        name="Laboratory Library (sample)",
        path="/library/oai2d",
        formats=_FORMATS,
        sets={},
        records=[*records, *_withdrawn()],
        manners=Manners(page_size=25),
    )


def _samples(campaign: Campaign) -> Iterator[Sample]:
    number = 2_000_000 + 100 * campaign.number
    yield _sample(number, campaign.text("paper"), campaign.year, campaign.people, _paper(campaign))
    if campaign.texts.get("library"):
        for run in campaign.runs:
            title = campaign.text("note", run)
            yield _sample(number + 1 + run.number, title, run.year, run.authors, _note(campaign, run))


def _sample(number: int, title: str, year: int, authors: Sequence[Person], fields: Sequence[str]) -> Sample:
    chance = random.Random(number)  # noqa: S311
    day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    record = wrap(
        "record",
        tag("leader", "00000nam a2200000 u 4500"),
        tag("controlfield", number, tag="001"),
        _field("041", a=["eng"]),
        _field(
            "100", "1", a=[authors[0].name], u=[authors[0].institution.name], j=[f"ORCID:{authors[0].orcid}"]
        ),
        _field("245", "1", "0", a=[title]),
        _field("260", c=[str(year)]),
        _field("269", c=[day]),
        *(_field("700", "1", a=[person.name], u=[person.institution.name]) for person in authors[1:]),
        *fields,
        xmlns=_NAMESPACE,
    )
    return Sample(
        identifier=f"oai:library.example.org:{number}",
        datestamp=f"{day}T{chance.randint(0, 23):02}:11:52Z",
        documents={
            "marcxml": record,
            "oai_dc": dublin_core(title=[title], creator=[person.name for person in authors], date=[day]),
        },
    )


def _paper(campaign: Campaign) -> list[str]:
    return [
        _field("024", "7", a=[campaign.doi("paper")], two=["DOI"]),
        _field("520", a=[campaign.text("paper_abstract")]),
        _field("540", a=["CC BY 4.0"], u=["https://creativecommons.org/licenses/by/4.0/"]),
        *_topics(campaign),
        _field(
            "773",
            p=[_JOURNAL],
            v=[str(10 + campaign.number % 7)],
            c=[f"{100 + 17 * campaign.number}-{112 + 17 * campaign.number}"],
            y=[str(campaign.year)],
        ),
        *(
            _field("787", "0", i=["dataset"], o=[f"doi:{campaign.doi(str(run.number))}"])
            for run in campaign.runs
        ),
        _field("980", a=["ARTICLE"]),
    ]


def _note(campaign: Campaign, run: Run) -> list[str]:
    name = campaign.texts.get("experiment", campaign.home.key).upper()
    report = f"{name}-NOTE-{run.year}-{run.number + 11:03}"
    return [
        _field("037", a=[report]),
        _field("300", a=[f"{12 + 7 * run.number} p"]),
        _field("520", a=[campaign.text("note_abstract", run)]),
        *_topics(campaign),
        _field("856", "4", u=[f"https://library.example.org/files/{report}.pdf"], y=["Fulltext"]),
        _field("787", "0", i=["dataset"], o=[f"doi:{campaign.doi(str(run.number))}"]),
        _field("980", a=["NOTE"]),
    ]


def _topics(campaign: Campaign) -> list[str]:
    texts = campaign.texts
    fields = [_field("650", "1", "7", two=["SampleSubjects"], a=[texts["field"].capitalize()])]
    fields += [_field("653", "1", a=[word]) for word in campaign.keywords]
    if "experiment" in texts:
        fields.append(_field("693", a=[texts["facility"]], e=[texts["experiment"]]))
        fields.append(_field("710", g=[f"{texts['experiment']} Collaboration"]))
    return fields


def _field(number: str, first: str = " ", second: str = " ", **subfields: Sequence[str]) -> str:
    parts = [
        tag("subfield", value, code="2" if code == "two" else code)
        for code, values in subfields.items()
        for value in values
    ]
    return wrap("datafield", *parts, tag=number, ind1=first, ind2=second)


def _withdrawn() -> Iterator[Sample]:
    for number in range(1_999_001, 1_999_004):
        yield Sample(
            identifier=f"oai:library.example.org:{number}",
            datestamp="2019-11-30T00:00:00Z",
            documents={},
            deleted=True,
        )
