"""Zenodo JSON (legacy). Its reader takes the other dialect too, as one repository may give either."""

from __future__ import annotations

from mappings.base import Format
from mappings.invenio_document import split
from mappings.invenio_reading import read

FORMAT = Format(
    prefix="zenodo",
    title="Zenodo JSON (legacy)",
    media_type="application/json",
    read=read,
    rank=85,
    suffix="zenodo.json",
    split=split,
)
