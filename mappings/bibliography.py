"""Citations as one reads them, in a style: CSL 1.0.2 by citeproc-py.

A style is one file in the folder ``styles``; those here are our own.  The text is plain: what a title
says is never markup.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import warnings
from dataclasses import replace
from typing import Any

from catalogue.errors import NotFound
from catalogue.record import Record
from mappings.base import Format
from mappings.citation import citation_of, one_line
from mappings.csl import item

DEFAULT = "author-date"
_FOLDER = importlib.resources.files("mappings") / "styles"
_MOST_AUTHORS = 20
"""More than any style here names; each costs time."""
_MARKUP = re.compile(r"[<>]")
_DOTS = re.compile(r"\.{2}(?!\.)")


def styles() -> tuple[str, ...]:
    """The names of the styles, in order."""
    return tuple(sorted(path.name[:-4] for path in _FOLDER.iterdir() if path.name.endswith(".csl")))


def cited(record: Record, style: str = DEFAULT) -> str:
    """One citation in plain text; raises `NotFound` for an unknown style."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    known = item(citation_of(replace(record, creators=record.creators[:_MOST_AUTHORS])))
    # What is not shown is not worked on; markup in CSL's texts would be read (rich text).
    known = {
        name: _plain(value)
        for name, value in known.items()
        if name not in ("abstract", "keyword", "language")
    }
    with warnings.catch_warnings():
        # It warns of every variable of a newer CSL than its own.
        warnings.simplefilter("ignore")
        source = CiteProcJSON([known])
        bibliography = CitationStylesBibliography(_style(style), source, formatter.plain)
        bibliography.register(Citation([CitationItem(known["id"])]))
        text = str(bibliography.bibliography()[0])
    return _DOTS.sub(".", one_line(text))


def _plain(value: Any) -> Any:
    """Text without signs that could be markup."""
    if isinstance(value, str):
        return one_line(_MARKUP.sub(lambda match: "‹" if match[0] == "<" else "›", value))
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return value


@functools.cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle

    if name not in styles():
        raise NotFound(f"There is no citation style «{name}»; known are {', '.join(styles())}.")
    with importlib.resources.as_file(_FOLDER / f"{name}.csl") as path:
        return CitationStylesStyle(str(path), validate=False)


def write(record: Record) -> bytes:
    """One line in the default style."""
    return f"{cited(record)}\n".encode()


def in_style(form: Format, style: str) -> Format:
    """The format with citations in another style; raises `NotFound` for an unknown one."""
    _style(style)
    return replace(form, write=lambda record: f"{cited(record, style)}\n".encode())


FORMAT = Format(
    prefix="citation",
    title="Citation in words",
    media_type="text/x-bibliography",
    write=write,
    suffix="citation.txt",
)
