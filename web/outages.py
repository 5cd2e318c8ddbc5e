"""What visitors read when database, index or graph do not do their part: never where these are.

The sentences of the errors tell the operator addresses and paths; he reads them in the log, in
`almagest doctor` and `almagest graph status`.
"""

from __future__ import annotations

import logging
import re

from catalogue.errors import AlmagestError, GraphError, IndexError_, SettingsError, StoreError
from catalogue.said import Said, said

log = logging.getLogger(__name__)

_PLACE = re.compile(r"""://|(?:^|[\s«("'])/[\w.~-]""")
"""An address, or a path of this machine."""


def words_of(error: BaseException) -> str:
    """What an error says, in English; where it is a message of ours, as that.  Places go to the log alone."""
    first = error.args[0] if error.args else None
    words = first if isinstance(first, Said) else str(error)
    general = _general(error)
    if general is None or not _tells_places(error, words):
        return words
    log.error("visitors are told that something does not answer: %s", words)
    return general


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
