"""The files of a record as storage protocols see them: their scheme, a safe local name, a quoted address."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from shlex import quote
from urllib.parse import unquote, urlsplit

from catalogue.record import Distribution, Record

_SCHEMES = {
    "dav": "davs",
    "webdavs": "davs",
    "webdav": "davs",
    "xroot": "root",
    "roots": "root",
    "xroots": "root",
}
_UNSAFE = re.compile(r"[^\w.+@=-]+")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
LONGEST_NAME = 150


def scheme(file: Distribution) -> str:
    """The protocol by which a file is fetched: «https», «davs», «root», «s3», «gsiftp», «rucio» …

    The scheme of the address decides, save that an http address may be said to be WebDAV.
    """
    said = file.url.partition(":")[0].lower()
    known = _SCHEMES.get(said, said)
    if known in {"http", "https"} and (file.protocol or "").lower() in {"webdav", "dav", "davs"}:
        return "davs"
    return known


def fetched_by(record: Record, *schemes: str) -> Iterator[Distribution]:
    """The files of a record whose addresses have one of these schemes, a host, and nothing odd."""
    for file in record.distributions:
        if scheme(file) in schemes and is_plain(file.url):
            yield file


@functools.lru_cache(maxsize=16_384)
def is_plain(url: str) -> bool:
    """Whether an address is one line of printable characters without an account in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return url.isprintable() and " " not in url and "@" not in parts.netloc and not url.startswith("-")


def local_name(file: Distribution) -> str:
    """A name under which a file can be kept: no path, no leading dot or dash, at most 150 characters.

    The last part of its address; where that has no ending, as in «…/datafile/17», the title if that has one;
    of «…/data.csv/content», as InvenioRDM has it, the part before.
    """
    path, title = unquote(urlsplit(file.url).path).rstrip("/"), (file.title or "").rpartition("/")[2]
    before, _, last = path.rpartition("/")
    if last == "content":
        last = before.rpartition("/")[2]
    if not last or (not _ENDING.search(last) and _ENDING.search(title)):
        last = title
    return _UNSAFE.sub("_", last).lstrip("._-")[-LONGEST_NAME:] or "file"


def named(files: Iterable[Distribution]) -> Iterator[tuple[Distribution, str]]:
    """Each file with a name under which it can be kept beside the others: no two the same."""
    names: set[str] = set()
    for file in files:
        name = _unlike(local_name(file), names)
        names.add(name.lower())
        yield file, name


def _unlike(name: str, others: set[str]) -> str:
    """The name, with a number where another file has it already (also on disks that know no case)."""
    stem, dot, ending = name.partition(".")
    number = 1
    found = name
    while found.lower() in others:
        number += 1
        found = f"{stem}-{number}{dot}{ending}"
    return found


def quoted(text: str) -> str:
    """A text from outside as one word of a POSIX shell (XCU 2.2)."""
    return quote(text)


def web_url(url: str) -> str:
    """The https address of a file on WebDAV («davs:», «dav:» …); an http address stays what it is."""
    said, mark, rest = url.partition("://")
    return url if said.lower() in {"http", "https"} else f"https{mark}{rest}"


def in_connection(value: str) -> str:
    """A value in a connection string of rclone, where «,» and «:» end one (docs, «Connection strings»)."""
    return '"' + value.replace('"', '""') + '"'
