"""Brings the translations of the pages up to date: `make translations`, or python -m docs.translations.

Collects the messages of the program, brings each language's messages.po up to them (a new message has an
empty translation) and compiles the messages.mo that the program reads.  `CODE` as argument begins a
language: python -m docs.translations fr.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from web.sparql_questions import heads

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "web" / "translations"
ROOMS = ("catalogue", "harvesters", "mappings", "vocab", "web")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "translated": None,
    "N_": None,
    "said": None,
    "ngettext": (1, 2),
    "said_of": (1, 2),
}
COMMENTS = ("TRANSLATORS:",)


def template() -> Catalog:
    """All messages of the program, in the order of its files."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(project="almagest", fuzzy=False)
    for room in ROOMS:
        rooms = [(pattern.removeprefix(f"{room}/"), method) for pattern, method in methods
                 if pattern.startswith(f"{room}/")]  # fmt: skip
        settings = {pattern.removeprefix(f"{room}/"): given for pattern, given in options.items()}
        for name, _, message, comments, context in extract_from_dir(
            PROJECT / room, rooms, settings, KEYWORDS, COMMENTS
        ):
            found.add(message, None, [(f"{room}/{name}", 0)], auto_comments=comments, context=context)
    return found


def messages_of_question(
    file: IO[bytes], keywords: object, comments: object, options: object
) -> Iterator[tuple[int, None, str, list[str]]]:
    """The texts at the head of a question of the gallery, for Babel: line, function, message, comments."""
    for line, text in enumerate(heads(file.read().decode()).values(), 1):
        yield line, None, text, []


def file_of(code: str) -> Path:
    """Where the messages of a language are."""
    return FOLDER / code / "LC_MESSAGES" / "messages.po"


def read(code: str) -> Catalog:
    """The messages of a language with their translations."""
    with file_of(code).open("rb") as file:
        return read_po(file, locale=code)


def updated(catalog: Catalog, known: Catalog) -> Catalog:
    """The catalogue of a language with all messages that there are, and no others."""
    fresh = Catalog(
        locale=catalog.locale, project="almagest", header_comment=catalog.header_comment, fuzzy=False,
        creation_date=catalog.creation_date, revision_date=catalog.revision_date, charset="utf-8",
        last_translator="", language_team="",
    )  # fmt: skip
    for message in known:
        if message.id:
            old = catalog.get(message.id, message.context)
            text = old.string if old is not None and _plural(old.id) == _plural(message.id) else ""
            fresh.add(
                message.id, text or ("" if not message.pluralizable else ("",) * catalog.num_plurals),
                locations=sorted({(name, 0) for name, _ in message.locations}),
                auto_comments=message.auto_comments, user_comments=old.user_comments if old else (),
                context=message.context,
            )  # fmt: skip
    return fresh


def _plural(id: object) -> bool:
    return isinstance(id, (list, tuple))


def written(catalog: Catalog) -> bytes:
    """A catalogue as the file messages.po; lines tell files, whose numbers would change all the time."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, include_lineno=False, omit_header=False)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The same as messages.mo."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main(codes: list[str]) -> None:
    """Bring all languages up to date, and begin those that are named."""
    known = template()
    there = [path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po")]
    for code in sorted({*there, *codes}):
        old = read(code) if file_of(code).exists() else Catalog(locale=Locale.parse(code))
        fresh = updated(old, known)
        file_of(code).parent.mkdir(parents=True, exist_ok=True)
        file_of(code).write_bytes(written(fresh))
        file_of(code).with_suffix(".mo").write_bytes(compiled(fresh))
        lacking = sum(
            1 for one in fresh if one.id and not (all(one.string) if one.pluralizable else one.string)
        )
        print(f"{code}: {len(fresh)} messages, {lacking} not translated")


if __name__ == "__main__":
    main(sys.argv[1:])
