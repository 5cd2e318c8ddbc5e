"""FTS: a service that copies files from store to store, without passing by the visitor's machine."""

from __future__ import annotations

from collections.abc import Iterator

from web.languages import N_
from web.targets.base import Instance, Offer, Target, Use
from web.targets.files import fetched_by, local_name, quoted, scheme, web_url

LOGIN = N_(
    "«export DESTINATION=davs://your.store/folder» beforehand; a token with which both stores and FTS can "
    "be asked («export BEARER_TOKEN=$(oidc-token ACCOUNT)»), or a grid proxy (x509)"
)


def offers(use: Use) -> Iterator[Offer]:
    """A transfer of every file that lies in a grid store, by each service."""
    for file in fetched_by(use.record, "gsiftp", "davs", "root"):
        url = file.url
        if scheme(file) == "davs":
            url = "davs" + web_url(url).removeprefix("https").removeprefix("http")
        for instance in use.instances:
            yield Offer(
                label=instance.title,
                command=f"fts-transfer-submit --server {quoted(instance.url)} {quoted(url)} "
                f'"$DESTINATION"/{quoted(local_name(file))}',
                needs=LOGIN,
                of=file,
            )


TARGET = Target(
    name="fts",
    title="FTS",
    kind="fetch",
    rank=90,
    offers=offers,
    instances=(Instance(title="FTS at CERN (public)", url="https://fts3-public.cern.ch:8446"),),
)
