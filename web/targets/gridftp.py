"""GridFTP (GFD.20): files under ``gsiftp://``."""

from __future__ import annotations

from collections.abc import Iterator

from web.languages import N_
from web.targets.base import Offer, Target, Use
from web.targets.files import fetched_by, named, quoted

PROXY = N_("a grid proxy (x509): «voms-proxy-init --voms YOUR_VO»")


def offers(use: Use) -> Iterator[Offer]:
    """A command of each tool for every file on GridFTP."""
    for file, name in named(fetched_by(use.record, "gsiftp")):
        name, url = quoted(name), quoted(file.url)
        yield Offer(label="gfal-copy", command=f'gfal-copy {url} file://"$PWD"/{name}', needs=PROXY, of=file)
        yield Offer(
            label="globus-url-copy",
            command=f'globus-url-copy {url} file://"$PWD"/{name}',
            needs=PROXY,
            of=file,
        )


TARGET = Target(name="gridftp", title="GridFTP", kind="fetch", offers=offers)
