"""RO-Crate 1.2: all records of a basket, their people, files and terms in one graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from mappings.rocrate_writing import collected
from web.packages.base import Contents, Packaging


def crate(contents: Contents) -> bytes:
    """The metadata document; the records stand as web-based data entities under their addresses here."""
    about = {
        "name": f"A basket of {len(contents.taken)} records from {contents.settings.repository_name}",
        "description": "Records and files put together by a visitor of the catalogue; each record names "
        "its own licence, and its files lie where their addresses say.",
        "datePublished": datetime.now(UTC).strftime("%Y-%m-%d"),
        "url": contents.page,
    }
    members = (
        (
            f"{contents.settings.base_url}/records/{one.record.id}",
            replace(one.record, distributions=one.files),
        )
        for one in contents.taken
    )
    return collected(about, members)


def pack(contents: Contents) -> Iterator[bytes]:
    """One JSON-LD document."""
    yield crate(contents)


PACKAGING = Packaging(
    name="rocrate",
    title="RO-Crate",
    file_name="ro-crate-metadata.json",
    media_type="application/ld+json",
    pack=pack,
)
