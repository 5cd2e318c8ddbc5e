"""Published states of vocabularies: fetched from their owners, compared, and put in place."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from catalogue.errors import AlmagestError, NotFound, SettingsError, SourceProtocolError
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.transport import Transport
from vocab.base import NotReadable, Vocabulary, vocabularies, vocabulary
from vocab.published import read_form
from vocab.updating import Update, check_name, checked, compared, install, table_of

OUR_FORM = "almagest"
"""The form of our own tables, beside the published ones."""

_LARGEST_LOSS = 0.2
_PATIENCE = {"timeout": "30"}


class VocabularyUnfit(AlmagestError):
    """What was given or fetched is no vocabulary that could be put in place."""


def known_vocabulary(name: str) -> Vocabulary:
    """The vocabulary of this name; raises `NotFound` that names all."""
    if name not in vocabularies():
        raise NotFound(f"There is no vocabulary «{name}»; known are {', '.join(vocabularies())}.")
    return vocabulary(name)


def updatable() -> list[str]:
    """The vocabularies whose header gives the address of their published form."""
    return [name for name in vocabularies() if vocabulary(name).about.get("address")]


def fetched(name: str, settings: Settings) -> bytes:
    """The published file of a vocabulary; raises `SourceError`, `SettingsError` where it has no address."""
    address = known_vocabulary(name).about.get("address")
    if not address:
        raise SettingsError(
            f"The header of «{name}» gives no address («# address: …»); name a file: "
            f"almagest vocab update {name} --from FILE, or one of {', '.join(updatable())}."
        )
    source = Source(name=f"vocab-{name}".replace("_", "-"), kind="vocabulary", url=address, options=_PATIENCE)
    with Transport(source, settings) as transport:
        answer = transport.get(address, attempts=2)
    if answer.status != 200:
        raise SourceProtocolError(f"{address} answered {answer.status} {answer.reason}; is it still there?")
    return answer.body


def update_of(name: str, data: bytes) -> tuple[Update, str]:
    """What a published file brings to a known vocabulary, and the text of the table then.

    Raises `VocabularyUnfit`.
    """
    known = known_vocabulary(name)
    form, _, base = known.about.get("form", "").partition(" ")
    if not form:
        raise SettingsError(
            f"The header of «{name}» does not say in which form it is published («# form: …»); "
            f"use: almagest vocab import {name} FILE --form FORM"
        )
    return published(name, data, form, base, known.about, known)


def published(
    name: str, data: bytes, form: str, base: str, about: Mapping[str, str], known: Vocabulary | None
) -> tuple[Update, str]:
    """What a file in a published form brings, beside what is known; and the table's text.

    Raises `VocabularyUnfit`.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    header = {**about, "form": f"{form} {base}".strip(), "version": f"as published {today}"}
    header.pop("date", None)
    header["date"] = today
    try:
        update = compared(known or (), read_form(form, data, base))
        return update, table_of(name, header, update.concepts)
    except NotReadable as error:
        raise VocabularyUnfit(f"{name}: {error}") from None


def own_table(name: str, data: bytes) -> tuple[Update, str]:
    """What a table of our own form brings, which replaces the known one; raises `VocabularyUnfit`."""
    try:
        check_name(name)
        text = data.decode("utf-8")
        concepts = list(checked(name, text))
    except (NotReadable, UnicodeDecodeError) as error:
        raise VocabularyUnfit(f"{name}: {error}") from None
    before = {one.code: one for one in vocabulary(name)} if name in vocabularies() else {}
    after = {one.code: one for one in concepts}
    changed = tuple(code for code in after if code in before and after[code] != before[code])
    new = tuple(code for code in after if code not in before)
    gone = tuple(code for code in before if code not in after)
    return Update(tuple(concepts), new, changed, gone), text


def check_loss(name: str, update: Update) -> None:
    """Raise `VocabularyUnfit` where so much is gone that the file is more likely a broken one."""
    kept = len(update.concepts) - len(update.new)
    if len(update.gone) > _LARGEST_LOSS * max(kept, 1):
        raise VocabularyUnfit(
            f"{name}: {len(update.gone):,} of {kept:,} concepts would be gone; if that is right, say --yes."
        )


def put(name: str, text: str) -> Path:
    """The table in its place; raises `VocabularyUnfit` where that cannot be written."""
    try:
        return install(name, text)
    except OSError as error:
        raise VocabularyUnfit(
            f"{name} cannot be written: {error.strerror}; check ALMAGEST_HOME and its owner."
        ) from None
