"""`almagest vocab update` and `import`: newer states of vocabularies, and new ones."""

from __future__ import annotations

from pathlib import Path

import click

from catalogue.errors import AlmagestError, SettingsError
from vocab.base import NotReadable, vocabularies, vocabulary
from vocab.published import FORMS
from vocab.updating import Update, check_name
from web.commands.opening import settings_in_force
from web.commands.terminal import json_line, json_option, say, yes_option
from web.vocabulary_update import (
    OUR_FORM,
    check_loss,
    fetched,
    known_vocabulary,
    own_table,
    published,
    put,
    updatable,
    update_of,
)

_MOST_TOLD = 10
dry_option = click.option("--dry-run", "is_dry", is_flag=True, help="Only tell what would change.")


@click.command("update")
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option(
    "--from",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file in place of the published one.",
)
@dry_option
@yes_option
@json_option
@click.pass_context
def update_command(
    context: click.Context, names: tuple[str, ...], file: Path | None, is_dry: bool, yes: bool, as_json: bool
) -> None:
    """Fetches the published state of vocabularies (none named: of all that say where) and takes it over.

    What is gone from the published state is kept as deprecated.  A fetch that fails, or after which more
    than a fifth would be gone, changes nothing.

    \b
    Examples:
      almagest vocab update --dry-run
      almagest vocab update uat techniques
      almagest vocab update ucd --from ucd-list.txt
    """
    settings = settings_in_force()
    if file is not None and len(names) != 1:
        raise SettingsError("--from FILE needs the NAME of the one vocabulary that the file holds.")
    failed = False
    for name in names or updatable():
        known_vocabulary(name)
    for name in names or updatable():
        try:
            data = _read(file) if file is not None else fetched(name, settings)
            update, text = update_of(name, data)
            _finish(name, update, text, is_dry=is_dry, yes=yes, as_json=as_json)
        except SettingsError:
            raise
        except AlmagestError as error:
            failed = True
            say(str(error) if str(error).startswith(name) else f"{name}: {error}")
    if failed:
        context.exit(1)


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--form", required=True, type=click.Choice((OUR_FORM, *FORMS)), help="How the file is written.")
@click.option("--base", metavar="URI", default="", help="What the URIs of its concepts begin with.")
@click.option("--title", help="What the vocabulary is (for a new one).")
@click.option("--licence", help="Under which licence its owner gives it.")
@click.option("--version", help="Which state of it this is.")
@dry_option
@yes_option
@json_option
def import_command(
    name: str,
    file: Path,
    form: str,
    base: str,
    title: str | None,
    licence: str | None,
    version: str | None,
    is_dry: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Takes a vocabulary from a file: one of our own tables (--form almagest), or in a published form.

    \b
    Examples:
      almagest vocab import physh physh.ttl --form skos --base https://doi.org/10.29172/ --title PhySH
      almagest vocab import experiments experiments.tsv --form almagest
    """
    settings_in_force()
    data = _read(file)
    if form == OUR_FORM:
        update, text = own_table(name, data)
    else:
        try:
            check_name(name)
        except NotReadable as error:
            raise SettingsError(str(error)) from None
        known = vocabulary(name) if name in vocabularies() else None
        about = (
            dict(known.about)
            if known is not None
            else {"origin": f"the file {file.name}", "licence": "not said"}
        )
        base = base or about.get("form", "").partition(" ")[2] or about.get("uri", "")
        given = {"title": title, "licence": licence, "uri": base or None}
        about.update(
            {key: value for key, value in given.items() if value and (key != "uri" or known is None)}
        )
        if "title" not in about or not about.get("uri"):
            raise SettingsError(f"«{name}» is new: say --title and --base, so that one knows what it is.")
        update, text = published(name, data, form, base, about, known)
        if version:
            text = _with_version(text, version)
    _finish(name, update, text, is_dry=is_dry, yes=yes, as_json=as_json)


def _with_version(text: str, version: str) -> str:
    head, _, rest = text.partition("# version: ")
    return f"{head}# version: {' '.join(version.split())}\n{rest.partition(chr(10))[2]}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None


def _finish(name: str, update: Update, text: str, *, is_dry: bool, yes: bool, as_json: bool) -> None:
    if not yes:
        check_loss(name, update)
    if not is_dry and not update.is_nothing:
        put(name, text)
    if as_json:
        parts = {"new": update.new, "changed": update.changed, "gone": update.gone}
        counts = {key: list(codes) for key, codes in parts.items()}
        json_line(
            {
                "name": name,
                "concepts": len(update.concepts),
                **counts,
                "written": not (is_dry or update.is_nothing),
            }
        )
        return
    _tell(name, update)
    if not is_dry and not update.is_nothing:
        say(f"{name}: taken over; now run: almagest remap, and: almagest index rebuild")


def _tell(name: str, update: Update) -> None:
    if update.is_nothing:
        click.echo(f"{name}: {len(update.concepts):,} concepts, nothing has changed")
        return
    parts = (("new", update.new), ("changed", update.changed), ("gone, kept as deprecated", update.gone))
    told = ", ".join(f"{len(codes):,} {what}" for what, codes in parts if codes)
    click.echo(f"{name}: {len(update.concepts):,} concepts, {told}")
    for what, codes in parts:
        for code in codes[:_MOST_TOLD]:
            click.echo(f"  {what}: {code}")
        if len(codes) > _MOST_TOLD:
            click.echo(f"  {what}: and {len(codes) - _MOST_TOLD:,} more (--json names them)")
