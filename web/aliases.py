"""Aliases: what a curator says that a term means, the same on the pages and on the command line."""

from __future__ import annotations

from catalogue.audit import Audit
from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from mappings.matching import NOTHING
from vocab.updating import set_alias
from web.vocabulary_update import VocabularyUnfit, known_vocabulary

LONGEST_TERM = 1000


def say_alias(
    catalogue: Catalogue, name: str, term: str, code: str | None, *, source: str = "", by: str
) -> bool:
    """Enter a term of a vocabulary's field for a concept (`NOTHING`: for none), or take it out (``None``).

    Whether that was news.  Raises `NotFound` for a vocabulary that is not there, `SettingsError` for a
    concept or term that cannot be, `VocabularyUnfit` where the table cannot be written.
    """
    known = known_vocabulary(name)
    if code is not None and code != NOTHING:
        concept = known.lookup(code)
        if concept is None:
            raise SettingsError(
                f"«{name}» has no concept «{code}»; look for it: almagest vocab show {name} --search WORDS"
            )
        code = concept.code
    is_long = len(term) > LONGEST_TERM
    if any(sign in term + source for sign in "\t\n\r") or not term.strip() or term.startswith("#") or is_long:
        raise SettingsError("The term must be one line with something in it, and not begin with «#».")
    try:
        changed = set_alias(source, name, term, code)
    except OSError as error:
        raise VocabularyUnfit(f"The table of aliases cannot be written: {error.strerror}.") from None
    if changed:
        action = "removed" if code is None else "set"
        detail = {"term": term, "code": code, "source": source or None}
        Audit(catalogue.database).note(
            by=by,
            subject="alias",
            name=name,
            action=action,
            detail={key: value for key, value in detail.items() if value is not None},
        )
    return changed
