"""Binder: a repository or an archived release, built by repo2docker and opened in Jupyter.

The addresses follow BinderHub's: ``/v2/gh/OWNER/NAME/REF``, ``/v2/git/URL/REF``, ``/v2/zenodo/DOI``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from catalogue.record import Record
from mappings.links import web_address
from web.targets.base import Instance, Offer, Target, Use

_KINDS = frozenset({"software", "workflow", "lesson"})
_HOSTS = {"github.com": "gh", "gitlab.com": "gl"}
_PATH = re.compile(r"/[\w.-]+/[\w./-]+")


def offers(use: Use) -> Iterator[Offer]:
    """One link an instance, for software that has a repository or lies on Zenodo."""
    path = _build(use.record)
    if path is None:
        return
    for instance in use.instances:
        yield Offer(
            label=f"Open in {instance.title}",
            url=f"{instance.url}/v2/{path}",
            note="builds the environment first, which can take minutes; what is changed there is not kept",
        )


def _build(record: Record) -> str | None:
    """What BinderHub builds: a branch or release of a repository, or a deposit on Zenodo."""
    if record.kind not in _KINDS:
        return None
    for known in record.identifiers:
        if known.scheme == "doi" and known.value.startswith("10.5281/zenodo."):
            return f"zenodo/{quote(known.value, safe='/')}"
    address = web_address(record.environment.repository) if record.environment is not None else None
    if address is None:
        return None
    parts = urlsplit(address)
    path = parts.path.removesuffix("/").removesuffix(".git")
    if not _PATH.fullmatch(path):
        return None
    if (host := _HOSTS.get(parts.netloc.lower())) == "gh" and path.count("/") == 2:
        return f"gh{path}/HEAD"
    if host == "gl":
        return f"gl/{quote(path[1:], safe='')}/HEAD"
    return f"git/{quote(address, safe='')}/HEAD"


TARGET = Target(
    name="binder",
    title="Binder",
    kind="run",
    offers=offers,
    instances=(Instance(title="mybinder.org", url="https://mybinder.org"),),
)
