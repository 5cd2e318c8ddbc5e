"""A bag with a fetch.txt: the metadata lie in it, the files are fetched and checked by any BagIt tool.

After RFC 8493.  A file that is to be fetched must stand in the manifest (section 2.2.3), and there is one
manifest: the files with the commonest kind of checksum are in the bag, the others are named in a tag file.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from catalogue.json_form import dumps
from catalogue.record import Distribution
from web.packages.base import Contents, Packaging
from web.packages.rocrate import crate
from web.targets.files import is_plain

ALGORITHMS = ("sha512", "sha256", "sha1", "md5")
"""The kinds of checksum that BagIt tools know, the stronger first."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    path: str
    url: str
    size: int | None
    checksum: str


def pack(contents: Contents) -> Iterator[bytes]:
    """The bag as ZIP, in one folder."""
    algorithm = _commonest(contents)
    fetched = list(_fetched(contents, algorithm))
    payload = {"data/ro-crate-metadata.json": crate(contents)} | {
        f"data/{one.record.id}/record.json": dumps(one.record) for one in contents.taken
    }
    tags = _tags(contents, algorithm, fetched, payload)
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in tags.items())
    tags["tagmanifest-sha256.txt"] = sums.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bag:
        for name, data in (*tags.items(), *payload.items()):
            bag.writestr(f"basket/{name}", data)
    yield stream.getvalue()


def _tags(
    contents: Contents, algorithm: str, fetched: list[_Fetched], payload: Mapping[str, bytes]
) -> dict[str, bytes]:
    there = [(hashlib.new(algorithm, data).hexdigest(), name) for name, data in payload.items()]
    manifest = [*there, *((one.checksum, one.path) for one in fetched)]
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"Bagging-Date: {datetime.now(UTC):%Y-%m-%d}\nExternal-Identifier: {contents.page}\n"
        f"Bag-Software-Agent: Almagest\n{_oxum(fetched, payload)}",
        f"manifest-{algorithm}.txt": "".join(f"{value}  {path}\n" for value, path in manifest),
    }
    if fetched:
        tags["fetch.txt"] = "".join(f"{one.url} {_length(one)} {one.path}\n" for one in fetched)
    inside = {one.path for one in fetched}
    left_out = [
        f"{path} {file.url}\n" for path, _, file in contents.named_files() if f"data/{path}" not in inside
    ]
    if left_out:
        reason = (
            f"# Not in this bag, as they have no {algorithm} checksum that could stand in its manifest.\n"
        )
        tags["not-in-this-bag.txt"] = reason + "".join(left_out)
    return {name: text.encode() for name, text in tags.items()}


def _length(one: _Fetched) -> str:
    return "-" if one.size is None else str(one.size)


def _oxum(fetched: list[_Fetched], payload: Mapping[str, bytes]) -> str:
    """The bytes and the number of all files (section 2.2.2), where all sizes are known."""
    sizes = [one.size for one in fetched]
    if None in sizes:
        return ""
    total = sum(size for size in sizes if size is not None) + sum(map(len, payload.values()))
    return f"Payload-Oxum: {total}.{len(fetched) + len(payload)}\n"


def _commonest(contents: Contents) -> str:
    """The kind of checksum that most files have; the stronger of equals."""
    found = Counter(known for _, _, file in contents.named_files() if (known := _algorithm(file)) is not None)
    return max(ALGORITHMS, key=lambda name: (found[name], -ALGORITHMS.index(name))) if found else "sha512"


def _algorithm(file: Distribution) -> str | None:
    if file.checksum is None or not is_plain(file.url):
        return None
    name = file.checksum.algorithm.lower().replace("-", "")
    value = file.checksum.value.lower()
    if name not in ALGORITHMS or len(value) != 2 * hashlib.new(name).digest_size:
        return None
    return name if set(value) <= set("0123456789abcdef") else None


def _fetched(contents: Contents, algorithm: str) -> Iterator[_Fetched]:
    for path, _, file in contents.named_files():
        if file.checksum is not None and _algorithm(file) == algorithm:
            yield _Fetched(f"data/{path}", file.url, file.size, file.checksum.value.lower())


PACKAGING = Packaging(
    name="bagit",
    title="BagIt (ZIP with fetch.txt)",
    file_name="basket.zip",
    media_type="application/zip",
    pack=pack,
)
