"""The files of an InvenioRDM or Zenodo record as distributions."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from catalogue.record import Checksum, Distribution
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.text import clean_line, clean_url

_BYTES = 10**18


def read_files(draft: Draft, record: Node, asked: Node) -> None:
    """The files in the record, or those that were ``asked`` for beside it."""
    restricted = record.child("access").text("files") == "restricted"
    base = clean_url(record.child("links").text("files"))
    for name in ("files", "media_files"):
        listed = asked if name == "files" and asked else record.child(name)
        found = False
        nodes = list(_entries(listed)) if listed.has("entries") else record.children(name)
        for node in nodes if listed.has("entries") or isinstance(record.value.get(name), list) else ():
            found = _file(draft, node, base, restricted) or found
        _told_of_all(draft, listed, found)
        if asked and name == "files":
            record.child(name).take()


def _entries(listed: Node) -> Iterator[Node]:
    """The entries, which stand in a list or under their names."""
    entries = listed.value["entries"]
    if isinstance(entries, dict):
        yield from (node for _, node in listed.child("entries").members())
    else:
        yield from listed.children("entries")


def _file(draft: Draft, node: Node, base: str | None, restricted: bool) -> bool:
    key = node.text("key", "filename")
    links = node.child("links")
    url = clean_url(links.text("content") or links.text("download", "self"))
    if base and key and not links.has("content", "download"):
        # The address of a file's description is not that of its bytes.
        url = url if url and url.endswith("/content") else f"{base}/{quote(key)}/content"
    if url is None or not url.startswith(("http://", "https://")):
        return False
    links.take()
    node.take("id", "file_id", "version_id", "bucket_id", "bucket", "ext", "storage_class", "type", "status")
    node.take("created", "updated", "transfer")
    hidden = node.child("access").scalar("hidden")
    told = node.text("size", "filesize")
    size = _size(told)
    if told and size is None:
        draft.keep(node.where("size"), told)
    written = clean_line(node.text("checksum"))
    checksum = _checksum(written)
    if written is not None and checksum is None:
        draft.keep(node.where("checksum"), written)
    draft.distributions.append(
        Distribution(
            url=url,
            protocol=url.partition(":")[0],
            title=clean_line(key),
            media_type=clean_line(node.text("mimetype")),
            size=size,
            checksum=checksum,
            access="restricted" if restricted or hidden is True else None,
        )
    )
    return True


def _told_of_all(draft: Draft, listed: Node, found: bool) -> None:
    """Counts of files; where the files themselves are not told, their number and size are."""
    if not listed.is_object:
        return
    count, total = listed.text("count"), _size(listed.text("total_bytes"))
    listed.take("enabled", "order", "links")
    if not found and count not in (None, "0"):
        draft.sizes.append(f"{count} files" if count != "1" else "1 file")
        if total:
            draft.sizes.append(f"{total} bytes")


def _size(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) < _BYTES else None


def _checksum(text: str | None) -> Checksum | None:
    """«md5:0cc1…», or what older answers have: the MD5 alone."""
    algorithm, colon, value = (text or "").partition(":")
    if not colon:
        algorithm, value = "md5", algorithm if len(algorithm) == 32 else ""
    return Checksum(algorithm=algorithm.lower(), value=value) if value and algorithm else None
