"""A newer state of a vocabulary beside the known one; and putting it in place, whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vocab.base import (
    ALIASES,
    ALIGNMENTS,
    Concept,
    NotReadable,
    Vocabulary,
    aliases,
    fold,
    folder,
    parsed,
    use_folder,
)
from vocab.tables import written

HEADER = ("title", "uri", "origin", "version", "licence", "date")
"""What every vocabulary says of itself."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_GONE = ("deprecated", "replaced_by")


@dataclass(frozen=True, slots=True)
class Update:
    """What a published state brings: all concepts then, and the codes that are new, changed and gone."""

    concepts: tuple[Concept, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether all stays as it is."""
        return not (self.new or self.changed or self.gone)


def compared(known: Iterable[Concept], published: Iterable[Concept]) -> Update:
    """The known concepts brought to a published state.

    Other labels and matches that were added by hand stay, a former label goes on being understood,
    and what is gone is kept as deprecated: records may bear it.
    """
    before = {concept.code: concept for concept in known}
    # What was deprecated before we knew it is no loss: its code may mean something else today.
    published = [one for one in published if one.code in before or "deprecated" not in one.values]
    after = {concept.code: concept for concept in published}
    concepts = [_joined(before.get(code), concept) for code, concept in after.items()]
    gone = [concept for code, concept in before.items() if code not in after]
    concepts += [replace(one, values={**one.values, "deprecated": "yes"}) for one in gone]
    return Update(
        concepts=tuple(concepts),
        new=tuple(code for code in after if code not in before),
        changed=tuple(
            one.code
            for one in concepts
            if one.code in before and one.code in after and one != before[one.code]
        ),
        gone=tuple(one.code for one in gone if "deprecated" not in one.values),
    )


def _joined(known: Concept | None, published: Concept) -> Concept:
    if known is None:
        return published
    others = (*known.alternatives, *published.alternatives)
    if fold(known.label) != fold(published.label):
        others = (*others, known.label)
    kept = {key: value for key, value in known.values.items() if key not in _GONE}
    return replace(
        published,
        uri=published.uri or known.uri,
        # In the order of the known one: another order is no change.
        broader=known.broader if set(known.broader) == set(published.broader) else published.broader,
        alternatives=tuple(one for one in dict.fromkeys(others) if one != published.label),
        matches=tuple(dict.fromkeys((*known.matches, *published.matches))),
        values={**kept, **published.values},
    )


def check_name(name: str) -> None:
    """Raise `NotReadable` for what cannot be the name of a vocabulary."""
    if not _NAME.fullmatch(name) or name in (ALIASES, ALIGNMENTS):
        raise NotReadable(
            f"«{name}» cannot be the name of a vocabulary: begin with a small letter; more of them, "
            "digits and «_» may follow."
        )


def checked(name: str, text: str) -> Vocabulary:
    """The vocabulary in a file of our form, if all is right with it; raises `NotReadable`."""
    found = parsed(name, text)
    missing = [key for key in HEADER if not found.about.get(key)]
    if missing:
        lines = ", ".join(f"«# {key}: …»" for key in missing)
        raise NotReadable(f"The header of «{name}» lacks {lines}.")
    if not len(found):
        raise NotReadable(f"«{name}» has no concepts.")
    try:
        written(found.about, found)
    except ValueError as error:
        raise NotReadable(f"«{name}» is not right: {error}") from None
    return found


def table_of(name: str, about: Mapping[str, str], concepts: Iterable[Concept]) -> str:
    """The text of a vocabulary's file, checked; raises `NotReadable`."""
    try:
        text = written(about, concepts)
    except ValueError as error:
        raise NotReadable(f"«{name}» is not right: {error}") from None
    checked(name, text)
    return text


def install(name: str, text: str) -> Path:
    """Put a checked table into the folder in one step; the path.  Raises `OSError`."""
    place = folder()
    if place is None:
        raise NotReadable("No folder for vocabularies is set.")
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{name}.tsv"
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=place)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    use_folder(place)
    return path


def set_alias(source: str, name: str, term: str, code: str | None) -> bool:
    """Enter a term for a code into the table of aliases, or take it out (``None``); whether it changed."""
    rows = [row for row in aliases() if (row[0], row[1], fold(row[2])) != (source, name, fold(term))]
    if code is not None:
        rows.append((source, name, " ".join(term.split()), code))
    if sorted(rows) == sorted(aliases()):
        return False
    lines = ["\t".join(("source", "vocabulary", "term", "code"))]
    lines += ["\t".join(row) for row in sorted(rows)]
    install(ALIASES, "\n".join(lines) + "\n")
    return True
