"""The files of a record of the CERN Open Data portal, and those that its file indexes name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from catalogue.record import Access, Checksum, Distribution
from mappings.cernopendata_links import Portal
from mappings.draft import FILE_LIMIT, Draft
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url

_MEDIA_TYPES = {"index.json": "application/json", "index.txt": "text/plain"}


def read_files(draft: Draft, node: Node, portal: Portal) -> None:
    """Each file with address, size and checksum; above the limit count, total size and one link."""
    recid = node.text("recid")
    files, indexes = node.children("files"), node.children("_file_indices")
    count = len(files) + sum(len(_listed(index.value)) for index in indexes)
    if count > FILE_LIMIT:
        _summary(draft, node, portal, count, [one.value for one in files], indexes)
        return
    for file in files:
        _file(draft, file, portal, recid, None)
    for index in indexes:
        title = clean_line(index.text("key") or index.text("description"))
        for file in index.children("files"):
            _file(draft, file, portal, recid, title)
        index.take("key", "size", "number_files", "bucket", "availability", "checksum", "version_id")
        draft.add_description(index.text("description"), index.where("description"), type="other")
    if draft.distributions:
        draft.access = draft.access or Access(right="open", how=_how(node))


def _how(node: Node) -> str | None:
    states = {
        text.strip().lower()
        for part in node.children("distribution")
        for _, text in part.texts("availability")
    }
    return (
        "Files on tape must be requested on the page of the record."
        if states & {"ondemand", "partial"}
        else None
    )


def _file(draft: Draft, file: Node, portal: Portal, recid: str | None, part_of: str | None) -> None:
    name = clean_line(file.text("filename") or file.text("key"))
    url = clean_url(file.text("uri", "url"))
    if url is None and name is not None and recid is not None:
        url = portal.file(recid, name)
    if url is None:
        draft.issue(file.path, "The file has neither an address nor a name.")
        return
    protocol = _protocol(url)
    size = _size(file.scalar("size"))
    if size is None and file.has("size"):
        draft.issue(file.where("size"), "This is no size in bytes.", file.text("size"))
    draft.distributions.append(
        Distribution(
            url=url,
            protocol=protocol,
            title=clean_line(file.text("description")) or name,
            media_type=_MEDIA_TYPES.get(file.text("type") or ""),
            size=size,
            checksum=_checksum(file.text("checksum")),
            access=clean_line(file.text("availability")),
            part_of=part_of,
        )
    )
    file.take("key", "filename", "bucket", "file_id", "version_id", "tags", "type", "previewer")


def _protocol(url: str) -> str | None:
    try:
        return urlsplit(url).scheme or None
    except ValueError:
        return None


def _checksum(text: str | None) -> Checksum | None:
    algorithm, colon, value = (text or "").strip().partition(":")
    return Checksum(algorithm=algorithm.lower(), value=value) if colon and algorithm and value else None


def _size(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    is_size = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if is_size else None


def _listed(value: Any) -> list[Any]:
    files = value.get("files") if isinstance(value, dict) else None
    return files if isinstance(files, list) else []


def _summary(
    draft: Draft, node: Node, portal: Portal, count: int, files: list[Any], indexes: list[Node]
) -> None:
    inner = [one for index in indexes for one in _listed(index.value)]
    sizes = [_size(one.get("size")) or 0 for one in (*files, *inner) if isinstance(one, dict)]
    draft.sizes += [f"{count} files listed", f"{sum(sizes)} bytes listed"]
    reason = f"There are {count} files, the limit is {FILE_LIMIT}; their number, size and address are kept."
    draft.issue(node.where("files"), reason)
    recid = node.text("recid")
    if recid is not None:
        draft.distributions.append(
            Distribution(url=portal.record(recid), protocol="https", title="List of files")
        )
    node.take("files", "_file_indices")
