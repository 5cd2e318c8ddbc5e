"""A Python script that asks the VO services of a basket and keeps what they answer (pyvo)."""

from __future__ import annotations

from collections.abc import Iterator

from web.packages.base import Contents, Packaging
from web.targets.vo import pyvo_call, services_of

_HEAD = '''#!/usr/bin/env python3
"""Asks the services of a basket, each with a small example; keeps the answers as VOTable.

Needs pyvo (pip install pyvo).  Exit code 1: some service did not answer.
"""

import sys

import pyvo

failed = 0


def ask(path, service, question):
    """Keep what a service answers; say what came, or why nothing did."""
    global failed
    try:
        table = question().to_table()
    except (pyvo.DALAccessError, OSError, ValueError) as fault:
        failed = 1
        print(f"FAILED {service}: {fault}", file=sys.stderr)
        return
    table.write(path, format="votable", overwrite=True)
    print(f"{path}: {len(table)} rows of {service}")


'''


def pack(contents: Contents) -> Iterator[bytes]:
    """The script: a line for every service; only texts of ASCII literals come from outside."""
    yield _HEAD.encode()
    asked = 0
    for taken, record in contents.chosen():
        for number, service in enumerate(services_of(record), 1):
            call = pyvo_call(service)
            if call is None:
                continue
            asked += 1
            about = f"{service.title}, {taken.record.title[:200]}"
            yield f"ask({f'{record.id}-{number}.vot'!a}, {about!a}, lambda: {call})\n".encode()
    if not asked:
        yield b'print("No record of this basket has a service that pyvo can ask.")\n'
    yield b"sys.exit(failed)\n"


PACKAGING = Packaging(
    name="pyvo",
    title="Python script for VO services (pyvo)",
    file_name="services.py",
    media_type="text/x-python",
    pack=pack,
)
