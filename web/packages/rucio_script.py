"""A shell script that fetches what a basket has in Rucio, by its data identifiers."""

from __future__ import annotations

from collections.abc import Iterator

from web.packages.base import Contents, Packaging
from web.targets.base import instances_of, target_of
from web.targets.rucio import dids_of, download

_HEAD = """#!/bin/sh
# Fetches what the records of a basket have in Rucio into folders of their own.
# Needs the client (pip install rucio-clients) and an account there: export RUCIO_ACCOUNT=ACCOUNT,
# and a token or a grid proxy («rucio whoami» says whether it works).  Exit code 1: something is missing.
failed=0
"""


def pack(contents: Contents) -> Iterator[bytes]:
    """The script: a line for every data identifier; records that have none are named in comments."""
    instances = instances_of(target_of("rucio"), contents.settings.file)
    yield _HEAD.encode()
    for _, record in contents.chosen():
        dids = [did for did, _ in dids_of(record)]
        if not dids:
            yield f"# {record.id}: nothing of it is in Rucio.\n".encode()
        for did in dids:
            yield f"{download(did, instances, record.id)} || failed=1\n".encode()
    yield b'exit "$failed"\n'


PACKAGING = Packaging(
    name="rucio",
    title="Rucio script (data identifiers)",
    file_name="rucio.sh",
    media_type="application/x-sh",
    pack=pack,
)
