"""WebDAV (RFC 4918), as dCache, EOS and StoRM speak it: files under ``davs://``, with a token or macaroon."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from web.languages import N_
from web.targets.base import Offer, Target, Use
from web.targets.files import fetched_by, in_connection, named, quoted, web_url

TOKEN = N_(
    "nothing where the store is open (then leave the token out); else a bearer token, as in "
    "«export BEARER_TOKEN=$(oidc-token ACCOUNT)» or «… $(mytoken AT ACCOUNT)», or a macaroon of the store "
    "in its place"
)


def offers(use: Use) -> Iterator[Offer]:
    """A command of each tool for every file on WebDAV."""
    for file, name in named(fetched_by(use.record, "davs")):
        name, url = quoted(name), web_url(file.url)
        parts = urlsplit(url)
        path = unquote(parts.path)
        yield Offer(
            label="curl",
            command='curl --globoff --location --fail --header "Authorization: Bearer $BEARER_TOKEN" '
            f"--output {name} {quoted(url)}",
            needs=TOKEN,
            of=file,
        )
        if path.isprintable() and not parts.query:
            origin = in_connection(f"{parts.scheme}://{parts.netloc}")
            yield Offer(
                label="rclone",
                command=f"rclone copyto :webdav,url={quoted(origin)}"
                f',bearer_token="$BEARER_TOKEN":{quoted(path)} {name}',
                needs=TOKEN,
                of=file,
            )
        grid = quoted("davs" + url.removeprefix("https").removeprefix("http"))
        yield Offer(label="gfal-copy", command=f'gfal-copy {grid} file://"$PWD"/{name}', needs=TOKEN, of=file)


TARGET = Target(name="webdav", title="WebDAV", kind="fetch", rank=20, offers=offers)
