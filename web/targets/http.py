"""HTTP(S) and FTP: files by curl and wget."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.record import Distribution
from catalogue.said import said
from web.targets.base import Offer, Target, Use
from web.targets.files import fetched_by, named, quoted


def offers(use: Use) -> Iterator[Offer]:
    """A command of each tool for every file with an http(s) or ftp address."""
    for file, name in named(fetched_by(use.record, "http", "https", "ftp", "ftps")):
        name, url = quoted(name), quoted(file.url)
        needs = _needs(file)
        yield Offer(
            label="curl",
            command=f"curl --globoff --location --fail --continue-at - --output {name} {url}",
            needs=needs,
            of=file,
        )
        yield Offer(
            label="wget", command=f"wget --continue --output-document={name} {url}", needs=needs, of=file
        )


def _needs(file: Distribution) -> str | None:
    """What the source says of access, where that is more than «open»."""
    if file.access is None or file.access.lower() in {"open", "public"}:
        return None
    return said(
        "access there is «%(access)s»: log in at the source, or send its token by --header",
        access=file.access,
    )


TARGET = Target(name="http", title="HTTP", kind="fetch", rank=10, offers=offers)
