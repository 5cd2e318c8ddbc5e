"""CSL-JSON (Citation Style Language 1.0.2): an item as citation processors read it."""

from __future__ import annotations

from typing import Any

from catalogue.record import Record
from mappings.base import Format
from mappings.citation import Citation, Name, citation_of
from mappings.json_writing import without_empty, written

_TYPES = {
    "JournalArticle": "article-journal",
    "DataPaper": "article-journal",
    "Journal": "periodical",
    "Book": "book",
    "BookChapter": "chapter",
    "ConferencePaper": "paper-conference",
    "ConferenceProceeding": "book",
    "Dissertation": "thesis",
    "DoctoralThesis": "thesis",
    "MasterThesis": "thesis",
    "BachelorThesis": "thesis",
    "Report": "report",
    "WorkingPaper": "report",
    "TechnicalDocumentation": "report",
    "OutputManagementPlan": "report",
    "PeerReview": "review",
    "Preprint": "article",
    "Text": "document",
    "Standard": "standard",
    "Patent": "patent",
    "Dataset": "dataset",
    "Collection": "collection",
    "Software": "software",
    "ComputationalNotebook": "software",
    "Workflow": "software",
    "Image": "graphic",
    "Audiovisual": "motion_picture",
    "Sound": "song",
    "Presentation": "speech",
    "Poster": "speech",
    "Event": "event",
    "Service": "webpage",
    "InteractiveResource": "webpage",
    "Repository": "webpage",
}


def write(record: Record) -> bytes:
    """One item; several stand in an array (`Format.separator`)."""
    return written(item(citation_of(record)))


def item(citation: Citation) -> dict[str, Any]:
    """The same as plain values."""
    return without_empty(
        {
            "id": citation.key,
            "type": _TYPES.get(citation.type, "document"),
            "title": citation.title,
            "author": [_name(one) for one in citation.authors],
            "editor": [_name(one) for one in citation.editors],
            "issued": {"date-parts": [list(citation.date)]} if citation.date else None,
            "container-title": citation.container,
            "publisher": citation.publisher,
            "genre": citation.genre,
            "version": citation.version,
            "DOI": citation.doi,
            "URL": citation.url,
            "ISBN": citation.isbn,
            "ISSN": citation.issn,
            "language": citation.language,
            "keyword": ", ".join(citation.keywords),
            "abstract": citation.abstract,
        }
    )


def _name(name: Name) -> dict[str, str]:
    if name.family is None:
        return {"literal": name.whole}
    return {"family": name.family, "given": name.given} if name.given else {"family": name.family}


FORMAT = Format(
    prefix="csl",
    title="CSL-JSON",
    media_type="application/vnd.citationstyles.csl+json",
    write=write,
    suffix="csl.json",
    around=(b"[", b"]\n"),
    separator=b",",
)
