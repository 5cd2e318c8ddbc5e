"""Answers to queries as both engines of the graph give them: complete, or not at all.

An answer is kept, in a file where it is long, until its end has come.  So whatever stops a query does so
before the first piece is given out, and nobody who fetches slowly keeps an engine busy.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, cast

from catalogue.errors import GraphTooCostly
from catalogue.said import Figures, said

_IN_MEMORY = 1 << 20
"""Bytes of an answer above which it is kept in a file until it is fetched."""
_PIECE = 1 << 16


def complete(fill: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """What ``fill`` writes, in pieces, once it has written all; raises what it raises."""
    answer = cast(IO[bytes], tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
    try:
        fill(answer)
    except BaseException:
        answer.close()
        raise
    return _pieces(answer)


def _pieces(answer: IO[bytes]) -> Iterator[bytes]:
    with answer:
        answer.seek(0)
        while piece := answer.read(_PIECE):
            yield piece


def patience(seconds: float) -> float:
    """How long a query may take by the clock that may compute so long: it shares the machine with others."""
    return 3 * seconds + 5


def computes_too_long(seconds: float) -> GraphTooCostly:
    """A query that was stopped at its limit of time."""
    return GraphTooCostly(
        said(
            "The query was stopped: it computed longer than %(seconds)s seconds. Ask for less at once, e.g. "
            "by a narrower pattern or with LIMIT.",
            seconds=Figures(f"{seconds:g}"),
        )
    )


def is_too_long(size: int) -> GraphTooCostly:
    """A query that was stopped at the limit of its answer, in bytes."""
    return GraphTooCostly(
        said(
            "The query was stopped: its answer is longer than %(size)s MB. Ask for less at once, by LIMIT "
            "and OFFSET or a narrower pattern.",
            size=Figures(f"{size / 1e6:g}"),
        )
    )
