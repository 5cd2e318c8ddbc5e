"""Tagged text as the Astrophysics Data System takes it: «%R», «%T», «%A» …; ASCII, a record after the other.

What has no bibcode bears its place holder of 19 characters: the year, dots, the first author's initial;
bibcodes are given by ADS.
"""

from __future__ import annotations

from catalogue.record import Record
from mappings.base import Format
from mappings.citation import Citation, Name, citation_of, initials, one_line

_ZENODO = "10.5281/zenodo."


def write(record: Record) -> bytes:
    """One record, with a blank line only where an abstract has paragraphs."""
    citation = citation_of(record)
    lines = [f"%{tag} {value}\n" for tag, value in _lines(record, citation) if value]
    return "".join(lines).encode("ascii")


def _lines(record: Record, citation: Citation) -> list[tuple[str, str | None]]:
    return [
        ("R", _ascii(bibcode(citation))),
        ("T", _ascii(citation.title)),
        ("A", "; ".join(_name(one) for one in citation.authors)),
        ("F", _affiliations(record)),
        ("J", _ascii(_source(citation))),
        ("D", _date(citation.date)),
        ("C", _ascii(citation.licence)),
        ("U", _ascii(citation.url)),
        ("K", ", ".join(_ascii(one.replace(",", ";")) or "" for one in citation.keywords)),
        ("M", _ascii(citation.language) if citation.language not in (None, "en") else None),
        ("X", _ascii(f"Version {citation.version}") if citation.version else None),
        ("Y", _ascii(f"DOI:{citation.doi}") if citation.doi else None),
        ("B", _paragraphs(citation.abstract)),
    ]


def bibcode(citation: Citation) -> str:
    """The bibcode that is known, that of a Zenodo deposit, or the place holder of one."""
    if citation.bibcode is not None:
        return citation.bibcode
    year = f"{citation.date[0]:04d}" if citation.date else "...."
    first = citation.authors[0] if citation.authors else None
    initial = (_ascii_letters((first.family or first.whole) if first is not None else "") or ".")[0].upper()
    number = citation.doi[len(_ZENODO) :] if citation.doi and citation.doi.startswith(_ZENODO) else ""
    if number.isdigit() and len(number) <= 10:
        return f"{year}zndo{number:.>10}{initial}"
    return f"{year}{'':.>14}{initial}"


def _source(citation: Citation) -> str | None:
    """The journal, or who published it."""
    parts = [part for part in (citation.container, citation.publisher) if part]
    return ", ".join(dict.fromkeys(parts)) or None


def _ascii(text: str | None) -> str | None:
    """One line of ASCII; other characters as character references (ADS reads SGML's)."""
    if text is None:
        return None
    line = one_line(text)
    if "&" in line or "<" in line:
        line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return line if line.isascii() else line.encode("ascii", "xmlcharrefreplace").decode()


def _ascii_letters(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isalpha())


def _name(name: Name) -> str:
    """«Family, G. H.»; a semicolon would begin another author."""
    if name.family is None:
        said = name.whole
    else:
        said = ", ".join(part for part in (name.family, initials(name.given or "")) if part)
    return _ascii(said.replace(";", ",")) or ""


def _affiliations(record: Record) -> str | None:
    """«AA(Institute; ORCID)» for the first author, AB for the second …, as ADS letters them."""
    found: list[str] = []
    for number, agent in enumerate(record.creators):
        names = [one.name for one in agent.affiliations]
        names += [f"ORCID:{one.value}" for one in agent.identifiers if one.scheme == "orcid"]
        if names and number < 26 * 26:
            said = "; ".join(_ascii(name.replace("(", "[").replace(")", "]")) or "" for name in names)
            found.append(f"{chr(65 + number // 26)}{chr(65 + number % 26)}({said})")
    return ", ".join(found) or None


def _date(date: tuple[int, ...]) -> str | None:
    """«MM/YYYY»; month 00 where only the year is known."""
    if not date:
        return None
    return f"{date[1] if len(date) > 1 else 0:02d}/{date[0]:04d}"


def _paragraphs(text: str | None) -> str | None:
    """Paragraphs apart; a line that goes on is set in, so that none looks like a tag."""
    if text is None:
        return None
    lines = [_ascii(line) or "" for line in text.split("\n")]
    return "\n   ".join(line for line in lines if line) or None


FORMAT = Format(
    prefix="ads",
    title="ADS tagged text",
    media_type="application/x-ads-tagged",
    write=write,
    suffix="ads.txt",
    separator=b"\n",
)
