"""XRootD: files under ``root://`` by xrdcp and gfal-copy."""

from __future__ import annotations

from collections.abc import Iterator

from web.languages import N_
from web.targets.base import Offer, Target, Use
from web.targets.files import fetched_by, named, quoted

TOKEN = N_(
    "nothing where the store is open; else a token, as in "
    "«export BEARER_TOKEN=$(oidc-token ACCOUNT)», or a grid proxy"
)


def offers(use: Use) -> Iterator[Offer]:
    """A command of each tool for every file with a ``root:`` address."""
    for file, name in named(fetched_by(use.record, "root")):
        name, url = quoted(name), quoted(file.url)
        yield Offer(label="xrdcp", command=f"xrdcp --continue {url} {name}", needs=TOKEN, of=file)
        yield Offer(label="gfal-copy", command=f'gfal-copy {url} file://"$PWD"/{name}', needs=TOKEN, of=file)


TARGET = Target(name="xrootd", title="XRootD", kind="fetch", rank=20, offers=offers)
