"""`almagest group`: object groups, which a curator makes by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from catalogue.json_form import as_json as json_of
from catalogue.opening import Catalogue
from harvesters.object_groups import ObjectGroups, id_of
from mappings.object_group import Group
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, login, say, table


@click.group()
def group() -> None:
    """Makes groups of records by hand.

    A group is a record of its own, a collection with its members as parts: it is found, shown and
    given out like all others, and the pages of its members lead to it.
    """


by_option: Callable[[Any], Any] = click.option(
    "--by", default=login, help="Who makes this change; by default your login name."
)


@contextmanager
def _groups() -> Iterator[tuple[Catalogue, ObjectGroups]]:
    with opened() as catalogue:
        yield catalogue, ObjectGroups(catalogue)


def _tell(catalogue: Catalogue, changed: Group, sentence: str) -> None:
    from web.commands.harvesting import follow_and_tell

    follow_and_tell(catalogue)
    say(f"{sentence} Its page: {catalogue.settings.base_url}/records/{id_of(changed.name)}")


@group.command()
@click.argument("name")
@click.option("--title", required=True, help="What it is called, for people.")
@click.option("--description", help="What its members have in common.")
@by_option
@click.argument("ids", nargs=-1, metavar="[ID]...")
def create(name: str, title: str, description: str | None, by: str, ids: tuple[str, ...]) -> None:
    """Makes a group of records, given by their ids here or by their identifiers.

    A group that was dissolved comes back under the id that it had.

    \b
    Examples:
      almagest group create flares --title "Flares of 2019" 0123456789abcdef0123
      almagest group create flares --title "Flares of 2019" doi:10.5072/a doi:10.5072/b --by ada
    """
    with _groups() as (catalogue, groups):
        made = groups.create(name, title, ids, by=by, description=description)
        _tell(catalogue, made, f"The group {name} has {_count(made)}.")


@group.command()
@click.argument("name")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@by_option
def add(name: str, ids: tuple[str, ...], by: str) -> None:
    """Puts records into a group.

    \b
    Examples:
      almagest group add flares 0123456789abcdef0123 doi:10.5072/c
    """
    with _groups() as (catalogue, groups):
        changed = groups.add(name, ids, by=by)
        _tell(catalogue, changed, f"The group {name} has {_count(changed)} now.")


@group.command()
@click.argument("name")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@by_option
def remove(name: str, ids: tuple[str, ...], by: str) -> None:
    """Takes records out of a group.

    \b
    Examples:
      almagest group remove flares 0123456789abcdef0123
    """
    with _groups() as (catalogue, groups):
        changed = groups.remove(name, ids, by=by)
        _tell(catalogue, changed, f"The group {name} has {_count(changed)} now.")


@group.command()
@click.argument("name")
@click.option("--title", help="Another title.")
@click.option("--description", help="Another description; an empty one takes it away.")
@by_option
def describe(name: str, title: str | None, description: str | None, by: str) -> None:
    """Gives a group another title or description.

    \b
    Examples:
      almagest group describe flares --title "Flares of 2019 and 2020"
    """
    if title is None and description is None:
        raise click.UsageError("Give --title, --description or both.")
    with _groups() as (catalogue, groups):
        changed = groups.describe(name, by=by, title=title, description=description)
        _tell(catalogue, changed, f"The group {name} is called «{changed.title}».")


@group.command()
@click.argument("name")
@by_option
def dissolve(name: str, by: str) -> None:
    """Ends a group; its members stay, and so does its tombstone.

    \b
    Examples:
      almagest group dissolve flares
    """
    with _groups() as (catalogue, groups):
        _tell(catalogue, groups.dissolve(name, by=by), f"The group {name} is dissolved.")


@group.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Lists the groups.

    \b
    Examples:
      almagest group list
      almagest group list --json | jq -r .name
    """
    with _groups() as (_, groups):
        found = groups.all()
    if as_json:
        for one in found:
            json_line(
                {"name": one.name, "id": id_of(one.name), "title": one.title, "members": len(one.members)}
            )
    elif not found:
        say("There is no group yet; make one with: almagest group create NAME --title TITLE ID…")
    else:
        heads = ("name", "members", "changed", "by", "title")
        table(heads, [(g.name, len(g.members), g.changes[-1].at, g.changes[-1].by, g.title) for g in found])


@group.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Shows a group: its members, and who changed what and when; also a dissolved one.

    \b
    Examples:
      almagest group show flares
      almagest group show flares --json | jq .changes
    """
    with _groups() as (_, groups):
        found = groups.get(name)
    if as_json:
        json_line({"id": id_of(name), "dissolved": found.is_dissolved, **json_of(found)})
        return
    click.echo(f"{found.title}  {id_of(name)}{'  dissolved' if found.is_dissolved else ''}")
    if found.description:
        click.echo(found.description)
    for member in found.members:
        click.echo(f"  {member.scheme}:{member.value}  {member.kind or ''}  {member.title or ''}".rstrip())
    for change in found.changes:
        click.echo(f"{change.at}  {change.by}  {change.action}  {' '.join(change.members)}".rstrip())


def _count(found: Group) -> str:
    return f"{len(found.members)} member{'s' if len(found.members) != 1 else ''}"
