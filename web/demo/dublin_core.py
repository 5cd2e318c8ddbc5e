"""The plain sample repository: theses in the languages of their institutions, in Dublin Core."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from web.demo.content import Campaign, Run, campaigns, institutions
from web.demo.markup import tag, wrap
from web.demo.repository import Manners, Repository, Sample

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_ISO_639_2 = {
    "de": "deu",
    "fr": "fra",
    "es": "spa",
    "it": "ita",
    "pl": "pol",
    "nl": "nld",
    "sv": "swe",
    "en": "eng",
}
_THESIS = {
    "de": "Dissertation",
    "fr": "Thèse de doctorat",
    "es": "Tesis doctoral",
    "it": "Tesi di dottorato",
    "pl": "Rozprawa doktorska",
    "nl": "Proefschrift",
    "sv": "Doktorsavhandling",
    "en": "PhD thesis",
}


def repository() -> Repository:
    """Granularity of a day, forty records a page, no counts."""
    records = [
        _thesis(campaign, run) for campaign in campaigns() if campaign.has("thesis") for run in campaign.runs
    ]
    return Repository(
        name="Alma: Theses of Eight Institutes (sample)",
        path="/alma/oai/request",
        formats={"oai_dc": (_NAMESPACE, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")},
        sets={f"col_{home.key}": home.name for home in institutions()},
        records=[*records, *_faulty(), *_withdrawn()],
        later=_later(records),
        manners=Manners(page_size=40, days_only=True, counts=False),
    )


def dublin_core(**elements: Sequence[str]) -> str:
    """An oai_dc document: simple Dublin Core, each element any number of times."""
    parts = [tag(f"dc:{name}", value) for name, values in elements.items() for value in values]
    return wrap(
        "oai_dc:dc",
        *parts,
        xmlns__oai_dc=_NAMESPACE,
        xmlns__dc="http://purl.org/dc/elements/1.1/",
    )


def _thesis(campaign: Campaign, run: Run) -> Sample:
    number = 100 * (campaign.number + 1) + run.number
    chance = random.Random(number)  # noqa: S311
    language = campaign.home.language
    author, supervisor = chance.sample(campaign.people, 2)
    year = run.year + chance.randint(1, 2)
    document = dublin_core(
        title=[campaign.text("thesis", run)],
        creator=[author.name],
        contributor=[supervisor.name],
        publisher=[campaign.home.name],
        subject=[*campaign.keywords[:3], run.name],
        description=[campaign.text("thesis_abstract", run)],
        date=[f"{year}-{chance.randint(1, 12):02}" if number % 3 else str(year)],
        type=[_THESIS[language], "info:eu-repo/semantics/doctoralThesis"],
        format=["application/pdf"],
        identifier=[f"https://alma.example.org/handle/{number}"],
        language=[_ISO_639_2[language] if number % 2 else language],
        relation=[
            f"info:eu-repo/semantics/dataset/doi/{campaign.doi(str(run.number))}",
            f"https://doi.org/{campaign.doi('paper')}",
        ],
        rights=["info:eu-repo/semantics/openAccess", "https://creativecommons.org/licenses/by-nc/4.0/"],
    )
    return Sample(
        identifier=f"oai:alma.example.org:{number}",
        datestamp=f"{min(year + 1, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T00:00:00Z",
        sets=(f"col_{campaign.home.key}",),
        documents={"oai_dc": document},
    )


def _faulty() -> Iterator[Sample]:
    """A record that says nothing, and one with a character that XML forbids."""
    documents = (
        dublin_core(identifier=["https://alma.example.org/handle/9901"], type=["Dissertation"]),
        dublin_core(
            title=["Messung der Lebensdauer des Myons\x03 im Praktikum"], creator=["Straub, Matthis"]
        ),
    )
    for number, document in enumerate(documents, 9901):
        yield Sample(
            identifier=f"oai:alma.example.org:{number}",
            datestamp="2019-05-04T00:00:00Z",
            sets=("col_harz",),
            documents={"oai_dc": document},
        )


def _withdrawn() -> Iterator[Sample]:
    for number in range(9801, 9806):
        yield Sample(
            identifier=f"oai:alma.example.org:{number}",
            datestamp=f"2022-0{number - 9800}-20T00:00:00Z",
            documents={},
            deleted=True,
        )


def _later(records: Sequence[Sample]) -> Iterator[Sample]:
    """The next day: one thesis is withdrawn."""
    yield Sample(
        identifier=records[7].identifier, datestamp="", documents={}, sets=records[7].sets, deleted=True
    )
