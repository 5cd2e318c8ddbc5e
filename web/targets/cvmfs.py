"""CVMFS: files that are paths on every machine that has the file system."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogue.record import Distribution
from catalogue.said import said
from web.languages import N_
from web.targets.base import Offer, Target, Use
from web.targets.files import local_name, quoted

_PATH = re.compile(r"/cvmfs/(?P<repository>[\w-]+(?:\.[\w-]+)+)(?:/[^/]+)*/?", re.ASCII)
_BEFORE = re.compile(r"(?:file:(?://(?:localhost)?)?(?=/cvmfs/))|(?:cvmfs:(?://)?(?=/cvmfs/))", re.IGNORECASE)


def offers(use: Use) -> Iterator[Offer]:
    """How to look at every such file, and to copy it."""
    for file in use.record.distributions:
        path = path_of(file)
        if path is None:
            continue
        name = quoted("./" + local_name(file))
        yield Offer(
            label=N_("Path"),
            command=f"ls -l {quoted(path)}",
            note=N_("on a machine that mounts CVMFS the file is there already"),
            of=file,
        )
        yield Offer(label="cp", command=f"cp -R {quoted(path)} {name}", needs=_mounted(path), of=file)


def path_of(file: Distribution) -> str | None:
    """``/cvmfs/REPOSITORY/…`` of a file: a path, or an address of it; without steps upwards."""
    url = file.url
    path = _BEFORE.sub("", url, count=1)
    if path == url and url.lower().startswith("cvmfs://"):
        path = "/cvmfs/" + url[8:]
    if not path.isprintable() or ".." in path.split("/") or not _PATH.fullmatch(path):
        return None
    return path


def _mounted(path: str) -> str:
    repository = path.split("/")[2]
    return said(
        "CVMFS with the repository %(name)s: «cvmfs_config probe %(name)s» tells whether it is there",
        name=repository,
    )


TARGET = Target(name="cvmfs", title="CVMFS", kind="fetch", rank=40, offers=offers)
