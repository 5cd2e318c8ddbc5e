"""`almagest digest`: the searches whose changes somebody is sent by e-mail."""

from __future__ import annotations

import click

from catalogue.errors import NotFound
from catalogue.json_form import as_json as plain
from catalogue.subscriptions import Subscription, Subscriptions
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say, table


@click.group()
def digest() -> None:
    """Lists, sends and ends the digests by e-mail that visitors have asked for."""


@digest.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Lists the subscriptions with their addresses, which are personal data.

    \b
    Examples:
      almagest digest list
      almagest digest list --json | jq -r 'select(.fault) | [.number, .fault] | @tsv'
    """
    with opened() as catalogue:
        found = list(Subscriptions(catalogue.database).all())
    if as_json:
        for one in found:
            shown = plain(one)
            json_line({name: value for name, value in shown.items() if name != "key"})
    elif not found:
        say("Nobody has asked for a digest.")
    else:
        heads = ("number", "address", "every", "state", "last sent", "next", "search", "fault")
        table(heads, [_row(one) for one in found])


def _row(one: Subscription) -> list[object]:
    state = (
        "unconfirmed" if one.confirmed is None else f"tried {one.failures}×" if one.failures else "confirmed"
    )
    due = one.due if one.confirmed else None
    return [
        one.number,
        one.address,
        one.every,
        state,
        one.sent,
        due,
        one.search or "(all records)",
        one.fault,
    ]


@digest.command()
@json_option
@click.pass_context
def send(context: click.Context, as_json: bool) -> None:
    """Sends the digests that are due, as «almagest serve» and «almagest work» do each minute.

    \b
    Examples:
      almagest digest send
    """
    from web.digests import send_due

    with opened() as catalogue:
        done = send_due(catalogue)
    if as_json:
        json_line(
            {name: getattr(done, name) for name in ("sent", "nothing", "failed", "reported", "forgotten")}
        )
    else:
        say(
            f"{done.sent} sent, {done.nothing} had nothing to tell, {done.failed} are tried again, "
            f"{done.reported} have failed; {done.forgotten} were never confirmed and are deleted."
        )
    if done.failed or done.reported:
        context.exit(1)


@digest.command()
@click.argument("address")
def remove(address: str) -> None:
    """Ends all digests of an e-mail address and deletes it.

    \b
    Examples:
      almagest digest remove reader@example.org
    """
    with opened() as catalogue:
        number = Subscriptions(catalogue.database).remove_address(address)
    if not number:
        raise NotFound(f"No digest goes to {address}.")
    say(f"{number} {'digest has' if number == 1 else 'digests have'} ended; the address is deleted.")
