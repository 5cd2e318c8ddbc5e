"""Regions that are too long for an address: kept in files under their hash, so that a search has a URL.

A region is kept for thirty days after it was last asked for; when there are too many, those go first
that were not asked for longest.  Processes on several machines must share the data directory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from pathlib import Path

from flask import has_request_context, request

from catalogue.errors import QueryError
from web.context import catalogue
from web.rate_limit import RateLimit, client_of

LONGEST_IN_ADDRESS = 1500
"""Characters of a MOC that stands in an address itself; servers cut addresses of 4,000."""
LIFETIME = 30 * 86_400
"""Seconds after it was last asked for."""
MOST_KEPT = 200_000_000
"""Bytes of all regions together."""
_NAME = re.compile(r"[0-9a-f]{32}")
_BETWEEN_SWEEPS = 600
_WINDOW = 600.0
_LIMITS = {"client": 60, "all": 2000}
"""New regions within `_WINDOW` seconds: of one client, altogether."""
_TOUCHED_AFTER = 3600


def name_of(moc: str) -> str:
    """The name of a region: a hash of its text."""
    return hashlib.blake2b(moc.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def keep(moc: str) -> None:
    """Keep a region, or note that it was asked for again; raises `TooMany`.

    Outside of a request nobody is given an address, and nothing is kept.
    """
    if not has_request_context():
        return
    path = _folder() / name_of(moc)
    if path.exists():
        _touch(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    RateLimit(path.parent / "recent", _WINDOW).take(
        {f"client {client_of(request)}": _LIMITS["client"], "all": _LIMITS["all"]}
    )
    _sweep(path.parent)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(moc)
    Path(file.name).replace(path)


def region_named(name: str, home: Path | None = None) -> str:
    """The text of a region that is kept; raises `QueryError` for one that is not, or no longer.

    ``home`` is the data directory, for who is not in a request.
    """
    if not _NAME.fullmatch(name):
        raise QueryError("A region is named by 32 digits, as in an address of ours.", parameter="region")
    path = _folder(home) / name
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise QueryError(
            "This region is not kept here, or no longer: it is for 30 days after its last use. "
            "Send its file again.",
            parameter="region",
        ) from None
    _touch(path)
    return text


def _folder(home: Path | None = None) -> Path:
    return (home or catalogue().settings.home) / "regions"


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > _TOUCHED_AFTER:
            os.utime(path)


def _sweep(folder: Path) -> None:
    """Every ten minutes: delete what is old, then the oldest of what is too much."""
    mark = folder / "swept"
    with contextlib.suppress(FileNotFoundError):
        if time.time() - mark.stat().st_mtime < _BETWEEN_SWEEPS:
            return
    mark.touch()
    total = 0
    for modified, size, path in sorted(_files(folder), reverse=True):
        total += size
        if time.time() - modified > LIFETIME or total > MOST_KEPT:
            path.unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    found = []
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if _NAME.fullmatch(path.name) or path.name.startswith("tmp"):
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
    return found
