"""RIS: tagged lines as reference managers read them; UTF-8, lines end with CR LF."""

from __future__ import annotations

from catalogue.record import Record
from mappings.base import Format
from mappings.citation import Citation, Name, citation_of, one_line

_TYPES = {
    "JournalArticle": "JOUR",
    "DataPaper": "JOUR",
    "Book": "BOOK",
    "BookChapter": "CHAP",
    "ConferencePaper": "CPAPER",
    "ConferenceProceeding": "CONF",
    "Dissertation": "THES",
    "DoctoralThesis": "THES",
    "MasterThesis": "THES",
    "BachelorThesis": "THES",
    "Report": "RPRT",
    "WorkingPaper": "RPRT",
    "TechnicalDocumentation": "RPRT",
    "Preprint": "UNPB",
    "Standard": "STAND",
    "Patent": "PAT",
    "Dataset": "DATA",
    "Collection": "DATA",
    "Software": "COMP",
    "ComputationalNotebook": "COMP",
    "Workflow": "COMP",
    "Image": "FIGURE",
    "Audiovisual": "VIDEO",
    "Sound": "SOUND",
    "Presentation": "SLIDE",
    "Service": "ELEC",
    "InteractiveResource": "ELEC",
    "Repository": "DBASE",
}


def write(record: Record) -> bytes:
    """One reference, from ``TY`` to ``ER``."""
    citation = citation_of(record)
    said = [f"{tag}  - {one_line(value)}\r\n" for tag, value in _lines(citation) if value]
    return f"TY  - {_TYPES.get(citation.type, 'GEN')}\r\n{''.join(said)}ER  - \r\n".encode()


def _lines(citation: Citation) -> list[tuple[str, str | None]]:
    return [
        ("ID", citation.key),
        ("TI", citation.title),
        *(("AU", _name(one)) for one in citation.authors),
        *(("ED", _name(one)) for one in citation.editors),
        ("PY", f"{citation.date[0]:04d}" if citation.date else None),
        ("DA", _date(citation.date)),
        ("T2", citation.container),
        ("PB", citation.publisher),
        ("ET", citation.version),
        ("M3", citation.genre),
        ("SN", citation.isbn or citation.issn),
        ("DO", citation.doi),
        ("UR", citation.url),
        ("LA", citation.language),
        *(("KW", one) for one in citation.keywords),
        ("AB", citation.abstract),
        ("C1", f"Licence: {citation.licence}" if citation.licence else None),
    ]


def _name(name: Name) -> str:
    """«Family, Given»; an asterisk would be read as the end of a name."""
    if name.family is None:
        # A comma would make a person of an organisation.
        return name.whole.replace("*", " ").replace(",", " ")
    parts = [name.family, name.given] if name.given else [name.family]
    return ", ".join([part.replace("*", " ").replace(",", " ") for part in parts])


def _date(date: tuple[int, ...]) -> str | None:
    """«YYYY/MM/DD/other», the slashes always there."""
    if not date:
        return None
    parts = [f"{date[0]:04d}", *(f"{part:02d}" for part in date[1:]), "", ""][:3]
    return "/".join(parts) + "/"


FORMAT = Format(
    prefix="ris",
    title="RIS",
    media_type="application/x-research-info-systems",
    write=write,
    suffix="ris",
    separator=b"\r\n",
)
