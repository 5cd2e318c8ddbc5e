"""Files as SciCat's original data blocks, one for each algorithm of checksums."""

from __future__ import annotations

from typing import Any

from catalogue.record import Distribution
from mappings.json_writing import filled

FOLDER = "Source folder"
"""The title of the distribution that is a folder, which the reader gives it too."""


def folder_of(distributions: tuple[Distribution, ...]) -> str | None:
    """Where the data lie."""
    return next((one.url for one in distributions if one.title == FOLDER), None)


def written_blocks(distributions: tuple[Distribution, ...]) -> list[dict[str, Any]]:
    """All files but the folder, with sizes and checksums."""
    blocks: dict[tuple[str | None, str | None], list[dict[str, Any]]] = {}
    for one in distributions:
        if one.title == FOLDER:
            continue
        algorithm = one.checksum.algorithm if one.checksum is not None else None
        checksum = one.checksum.value if one.checksum is not None else None
        blocks.setdefault((algorithm, one.part_of), []).append(
            filled(path=one.url, size=one.size or 0, chk=checksum)
        )
    return [
        filled(
            size=sum(file["size"] for file in files),
            chkAlg=algorithm,
            archiveId=archive,
            dataFileList=files,
        )
        for (algorithm, archive), files in blocks.items()
    ]
