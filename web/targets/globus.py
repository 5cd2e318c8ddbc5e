"""Globus: files in collections, ``globus://COLLECTION/PATH`` or an address of its file manager."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, unquote, urlsplit

from catalogue.record import Distribution
from catalogue.said import said
from web.languages import N_
from web.targets.base import Instance, Offer, Target, Use
from web.targets.files import is_plain, local_name, quoted

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LOGIN = N_(
    "«globus login» and your own collection: «export DESTINATION=COLLECTION_ID:/folder» "
    "(«globus endpoint local-id» tells that of this machine)"
)


def offers(use: Use) -> Iterator[Offer]:
    """The file manager, and a transfer, for every file in a collection."""
    for file in use.record.distributions:
        place = place_of(file)
        if place is None:
            continue
        collection, path = place
        folder = path.rpartition("/")[0] + "/"
        for instance in use.instances:
            yield Offer(
                label=said("Open in %(title)s", title=instance.title),
                url=f"{instance.url}/file-manager?origin_id={collection}&origin_path={quote(folder, '')}",
                needs=N_("a login at Globus"),
                of=file,
            )
        is_folder = " --recursive" if path.endswith("/") else ""
        yield Offer(
            label="globus transfer",
            command=f"globus transfer{is_folder} {quoted(f'{collection}:{path}')} "
            f'"$DESTINATION"/{quoted(local_name(file))}',
            needs=LOGIN,
            of=file,
        )


def place_of(file: Distribution) -> tuple[str, str] | None:
    """The collection of a file, and its path there."""
    if not is_plain(file.url):
        return None
    parts = urlsplit(file.url)
    if parts.scheme.lower() == "globus":
        collection, path = parts.netloc.lower(), unquote(parts.path)
    elif parts.hostname == "app.globus.org" and parts.path.startswith("/file-manager"):
        query = parse_qs(parts.query, max_num_fields=20)
        collection, path = query.get("origin_id", [""])[0].lower(), query.get("origin_path", [""])[0]
    else:
        return None
    if not _ID.fullmatch(collection) or not path.startswith("/") or not path.isprintable():
        return None
    return collection, path


TARGET = Target(
    name="globus",
    title="Globus",
    kind="fetch",
    offers=offers,
    instances=(Instance(title="the Globus file manager", url="https://app.globus.org"),),
)
