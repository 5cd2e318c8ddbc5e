"""What visitors read when database, index or graph do not do their part: never where these are.

The sentences of the errors tell the operator addresses and paths; he reads them in the log, in
`almagest doctor` and `almagest graph status`.
"""

from __future__ import annotations

import logging
import re
import time

from catalogue.errors import AlmagestError, GraphError, IndexError_, SettingsError, StoreError
from catalogue.said import Said, said

log = logging.getLogger(__name__)

_PLACE = re.compile(r"""://|(?:^|[\s«("'])/[\w.~-]""")
"""An address, or a path of this machine."""
_REPEATED = 3600
"""Seconds after which the log has a sentence again that has not changed."""
_logged: dict[str, tuple[str, float]] = {}
"""What was logged last for each sentence that visitors read, and when."""


def words_of(error: BaseException) -> str:
    """What an error says, in English; where it is a message of ours, as that.  Places go to the log alone."""
    words = whole_words_of(error)
    general = _general(error)
    if general is None or not _tells_places(error, words):
        return words
    _log(general, words)
    return general


def whole_words_of(error: BaseException) -> str:
    """The same with all places, for the operator alone."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Said) else str(error)


def _log(general: str, words: str) -> None:
    """Tell the operator; once an hour while it stays the same, for a probe of health comes every second."""
    before = _logged.get(general)
    now = time.monotonic()
    if before is None or before[0] != words or now - before[1] > _REPEATED:
        _logged[general] = words, now
        log.error("visitors are told that something does not answer: %s", words)


def _tells_places(error: BaseException, words: str) -> bool:
    if isinstance(error, SettingsError):
        return "ALMAGEST_" in words and bool(_PLACE.search(words))
    return bool(_PLACE.search(words))


def _general(error: BaseException) -> Said | None:
    """The same without what only the operator may know; ``None`` for errors of which everybody may."""
    kinds: tuple[tuple[type[AlmagestError], Said], ...] = (
        (
            GraphError,
            said("The RDF graph does not answer just now; the operator learns why by `almagest doctor`."),
        ),
        (
            IndexError_,
            said("The search index does not answer just now; the operator learns why by `almagest doctor`."),
        ),
        (
            StoreError,
            said("The database does not answer just now; the operator learns why by `almagest doctor`."),
        ),
        (
            SettingsError,
            said("A setting of this installation is wrong; the operator learns which by `almagest doctor`."),
        ),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), None)
