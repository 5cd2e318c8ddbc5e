"""JupyterHub: a repository, fetched into the visitor's own server by nbgitpuller.

Only hubs that settings name are offered: they need the extension nbgitpuller.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from catalogue.said import said
from web.languages import N_
from web.targets.base import Offer, Target, Use
from web.targets.jobs import repository_of


def offers(use: Use) -> Iterator[Offer]:
    """One link a hub, for whatever has a repository."""
    repository = repository_of(use.record)
    if repository is None:
        return
    query = {"repo": repository.url, "urlpath": f"lab/tree/{repository.name}/"}
    if repository.branch:
        query["branch"] = repository.branch
    for instance in use.instances:
        yield Offer(
            label=said("Open in %(title)s", title=instance.title),
            url=f"{instance.url}/hub/user-redirect/git-pull?{urlencode(query)}",
            needs=N_("an account there"),
        )


TARGET = Target(name="jupyterhub", title="JupyterHub", kind="run", rank=20, offers=offers)
