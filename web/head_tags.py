"""What the head of a record's page says to reference managers and scholarly search engines.

Highwire's ``citation_…`` as Google Scholar and Zotero read them, and Dublin Core (DCMI, «Expressing Dublin
Core metadata using HTML/XHTML meta and link elements»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogue.record import Record
from mappings.citation import Citation, citation_of
from mappings.dates import written_date
from mappings.links import web_address
from mappings.oai_dc_writing import date_of_publication, written_identifier
from mappings.terms import written_type
from web.context import base_url
from web.signposting import cited_as

MOST = 200
"""Values of one name."""

LONGEST = 2000
"""Characters of one value."""

Tag = tuple[str, str]

_JOURNALS = frozenset({"JournalArticle", "DataPaper"})
_THESES = frozenset({"Dissertation", "DoctoralThesis", "MasterThesis", "BachelorThesis"})
_REPORTS = frozenset({"Report", "WorkingPaper", "TechnicalDocumentation"})
_CONFERENCES = frozenset({"ConferencePaper", "ConferenceProceeding"})
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def head_tags(record: Record) -> list[Tag]:
    """Name and content of each ``meta`` element, in their order: each author is followed by what is his."""
    tags = [*_highwire(record), *_dublin_core(record)]
    return [(name, text) for name, value in tags if (text := " ".join(value.split())[:LONGEST])]


def _highwire(record: Record) -> Iterator[Tag]:
    cited = citation_of(record)
    yield "citation_title", cited.title
    yield from _authors(record)
    if cited.date:
        yield "citation_publication_date", "/".join(f"{part:02d}" for part in cited.date)
    yield from _container(cited)
    if cited.publisher:
        yield "citation_publisher", cited.publisher
    plain = {
        "doi": cited.doi,
        "isbn": cited.isbn,
        "issn": cited.issn,
        "arxiv_id": cited.arxiv,
        "language": cited.language,
        "abstract_html_url": f"{base_url()}/records/{record.id}",
        "public_url": cited_as(record),
    }
    for name, value in plain.items():
        if value:
            yield f"citation_{name}", value
    for word in cited.keywords[:MOST]:
        yield "citation_keywords", word
    for file in record.distributions[:MOST]:
        if file.media_type == "application/pdf" and (address := web_address(file.url)):
            yield "citation_pdf_url", address
            break


def _authors(record: Record) -> Iterator[Tag]:
    for agent in record.creators[:MOST]:
        yield "citation_author", agent.name
        for place in agent.affiliations:
            yield "citation_author_institution", place.name
        for held in agent.identifiers:
            if held.scheme == "orcid" and _ORCID.fullmatch(held.value):
                yield "citation_author_orcid", f"https://orcid.org/{held.value}"


def _container(cited: Citation) -> Iterator[Tag]:
    """What a work is part of, by the name that its type demands."""
    if cited.type in _THESES and cited.publisher:
        yield "citation_dissertation_institution", cited.publisher
    if cited.type in _REPORTS and cited.publisher:
        yield "citation_technical_report_institution", cited.publisher
    if cited.container is None:
        return
    if cited.type in _JOURNALS:
        yield "citation_journal_title", cited.container
    elif cited.type in _CONFERENCES:
        yield "citation_conference_title", cited.container
    else:
        yield "citation_inbook_title", cited.container


def _dublin_core(record: Record) -> Iterator[Tag]:
    for title in record.titles[:MOST]:
        yield "DC.title", title.value
    for agent in record.creators[:MOST]:
        yield "DC.creator", agent.name
    for agent in record.contributors[:MOST]:
        yield "DC.contributor", agent.name
    if record.publisher is not None:
        yield "DC.publisher", record.publisher.name
    date = date_of_publication(record.dates)
    if date is not None:
        yield "DC.date", written_date(date)[0]
    concept, words = written_type(record.kind, record.type_label)
    yield "DC.type", concept.label
    if words:
        yield "DC.type", words
    for one in record.identifiers[:MOST]:
        yield "DC.identifier", written_identifier(one.scheme, one.value)
    for language in record.languages[:MOST]:
        yield "DC.language", language
    for subject in record.subjects[:MOST]:
        yield "DC.subject", subject.label
    for text in record.descriptions[:3]:
        yield "DC.description", text.value
    for right in record.rights[:MOST]:
        said = (
            right.url or (right.licence.uri or right.licence.label if right.licence else None) or right.text
        )
        if said:
            yield "DC.rights", said
