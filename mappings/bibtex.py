"""BibTeX: an entry as BibTeX and biblatex read it, in UTF-8.

What text could break out of its field is written as LaTeX says it; mathematics between dollars stays
mathematics where its braces are balanced.  Keys are unique among all records of the catalogue.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from catalogue.record import Record
from mappings.base import Format
from mappings.citation import Citation, Name, citation_of, one_line

_ESCAPES = {
    "\\": r"{\textbackslash}",
    # A brace counts for BibTeX even behind a backslash, so that it must be named.
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
}
_SPECIAL = re.compile(r"[\\{}$&#_%^~]")
_MATHS = re.compile(r"\$([^$]{1,500})\$")
_IN_MATHS = re.compile(r"(?<!\\)[%#&~]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TYPES = {
    "JournalArticle": "article",
    "DataPaper": "article",
    "Book": "book",
    "BookChapter": "incollection",
    "ConferencePaper": "inproceedings",
    "ConferenceProceeding": "proceedings",
    "Dissertation": "phdthesis",
    "DoctoralThesis": "phdthesis",
    "MasterThesis": "mastersthesis",
    "BachelorThesis": "mastersthesis",
    "Report": "techreport",
    "TechnicalDocumentation": "manual",
    "WorkingPaper": "techreport",
    "Dataset": "dataset",
    "Collection": "dataset",
    "Software": "software",
    "ComputationalNotebook": "software",
    "Workflow": "software",
}
_CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
_PUBLISHERS = {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution"}


def write(record: Record) -> bytes:
    """One entry."""
    citation = citation_of(record)
    kind = _TYPES.get(citation.type, "misc")
    if kind in _CONTAINERS and citation.container is None:
        # Without a journal it is no article for BibTeX, which demands one.
        kind = "misc"
    lines = [f"  {name} = {value}" for name, value in _fields(citation, kind)]
    return (f"@{kind}{{{citation.key},\n" + ",\n".join(lines) + "\n}\n").encode()


def _fields(citation: Citation, kind: str) -> list[tuple[str, str]]:
    date = citation.date
    texts = [
        ("author", _names(citation.authors)),
        ("editor", _names(citation.editors)),
        # Twice in braces, so that no style takes its capitals away.
        ("title", f"{{{escaped(citation.title)}}}"),
        ("year", f"{date[0]:04d}" if date else None),
        (_PUBLISHERS.get(kind, "publisher"), _text(citation.publisher)),
        (_CONTAINERS.get(kind, "series"), _text(citation.container)),
        ("version", _text(citation.version)),
        ("type", _text(citation.genre) if kind in ("phdthesis", "techreport", "misc") else None),
        ("isbn", _text(citation.isbn)),
        ("issn", _text(citation.issn)),
        ("doi", _verbatim(citation.doi)),
        ("eprint", _verbatim(citation.arxiv)),
        ("archiveprefix", "arXiv" if citation.arxiv else None),
        ("url", _verbatim(citation.url)),
        ("language", _text(citation.language)),
        ("keywords", _keywords(citation.keywords)),
        ("copyright", _text(citation.licence)),
        ("abstract", _text(citation.abstract)),
    ]
    found = [(name, f"{{{value}}}") for name, value in texts if value]
    if len(date) > 1:
        found.insert(3, ("month", _MONTHS[date[1] - 1]))
    return found


def escaped(text: str) -> str:
    """Text for LaTeX, with its mathematics."""
    text = one_line(text)
    if _SPECIAL.search(text) is None:
        return text
    parts: list[str] = []
    end = 0
    for match in _MATHS.finditer(text):
        if _is_mathematics(match[1]):
            parts += [_plain(text[end : match.start()]), match[0]]
            end = match.end()
    parts.append(_plain(text[end:]))
    return "".join(parts)


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def _is_mathematics(text: str) -> bool:
    """Whether what stands between two dollars may stay: braces balanced, nothing that LaTeX stumbles over."""
    depth = 0
    for c in text:
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    return not depth and not text.endswith("\\") and text == text.strip() and not _IN_MATHS.search(text)


def _text(text: str | None) -> str | None:
    return escaped(text) if text else None


def _verbatim(text: str | None) -> str | None:
    """An address or identifier: no LaTeX, so that what cannot stand in braces is percent-encoded."""
    return quote(one_line(text), safe=":/?#[]@!$&'()*+,;=%~_.-<>|^") if text else None


def _keywords(words: tuple[str, ...]) -> str:
    return ", ".join(escaped(word.replace(",", ";")) for word in words)


def _names(names: tuple[Name, ...]) -> str:
    return " and ".join(_name(one) for one in names)


def _name(name: Name) -> str:
    """«Family, Given»; whoever has but one name stands in braces, as do words that BibTeX would read."""
    if name.family is None:
        return f"{{{escaped(name.whole)}}}"
    return ", ".join(_part(part) for part in (name.family, name.given) if part)


def _part(part: str) -> str:
    said = escaped(part)
    is_read = "," in part or {"and", "others"} & set(part.casefold().split())
    return f"{{{said}}}" if is_read else said


FORMAT = Format(
    prefix="bibtex",
    title="BibTeX",
    media_type="application/x-bibtex",
    write=write,
    suffix="bib",
    separator=b"\n",
)
