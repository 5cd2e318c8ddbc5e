"""The records of a basket in the forms of whole results: CSV, JSON Lines, VOTable, BibTeX, RIS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from web.exports import Export, export_of
from web.packages.base import Contents, Packaging
from web.record_stream import Tally


def pack(form: Export, contents: Contents) -> Iterator[bytes]:
    """The records, one after the other."""
    return form.write((one.change for one in contents.taken), contents.settings, Tally())


def _packaging(name: str) -> Packaging:
    form = export_of(name)
    return Packaging(
        name=name,
        title=form.title,
        file_name=f"basket.{form.extension}",
        media_type=form.media_type,
        pack=partial(pack, form),
    )


PACKAGINGS = tuple(_packaging(name) for name in ("csv", "jsonl", "votable", "bibtex", "ris"))
