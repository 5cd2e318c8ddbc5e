"""The console script `almagest`: its commands by name, and how a failure is told.

A command's module is imported when the command runs, so that `almagest --help` is quick.
Exit codes: 0 done, 1 some source or record failed, 2 the call itself is wrong, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Callable
from typing import Any

import click

from catalogue import __version__
from catalogue.errors import AlmagestError, Conflict, NotFound, QueryError, SettingsError

COMMANDS: dict[str, tuple[str, str]] = {
    "source": ("web.commands.source", "Registers, lists, tests and removes sources."),
    "harvest": ("web.commands.harvest", "Fetches what is new at the sources."),
    "issues": ("web.commands.records", "Tells what went wrong with a source, record by record."),
    "search": ("web.commands.search", "Finds records, as the page and REST do; writes what it finds."),
    "records": ("web.commands.records", "Prints the unified records."),
    "record": ("web.commands.record", "Tells what a record is tied to."),
    "curate": ("web.commands.curate", "Joins, splits and corrects records; each step can be undone."),
    "group": ("web.commands.group", "Makes groups of records by hand."),
    "fair": ("web.commands.fair", "Tells how FAIR records are, and what to mend first."),
    "export": ("web.commands.records", "Writes the records in a metadata format."),
    "dump": ("web.commands.dump", "Writes all statements of the graph into files for others."),
    "remap": ("web.commands.remap", "Maps the stored raw records again, without the network."),
    "crosswalk": ("web.commands.crosswalk", "Tries the crosswalks on files."),
    "vocab": ("web.commands.vocab", "Vocabularies, and the terms that none of them knows."),
    "index": ("web.commands.index", "Tells of the search index, updates or rebuilds it."),
    "graph": ("web.commands.graph", "Tells of the RDF graph, updates or rebuilds it."),
    "digest": ("web.commands.digest", "Lists, sends and ends digests by e-mail."),
    "queue": ("web.commands.queue", "Tells what runs, what waits and what has failed."),
    "serve": ("web.commands.serve", "Runs web and scheduler in one command."),
    "web": ("web.commands.serve", "Answers over HTTP; one half of `serve`."),
    "work": ("web.commands.serve", "Harvests on schedule; the other half of `serve`."),
    "demo": ("web.commands.demo", "Runs the whole service on sample sources, offline."),
    "doctor": ("web.commands.doctor", "Checks the installation and says what to do about faults."),
    "schema": ("web.commands.schema", "Prints the JSON Schema of a unified record."),
}


_LINE, _CARET_AT = 76, 50
_UNPRINTED = dict.fromkeys([*range(32), *range(127, 160)], " ")


class Program(click.Group):
    """The commands of the table above; whatever goes wrong ends in one sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run one command and exit."""
        options["standalone_mode"] = False
        sys.exit(_exit_code(lambda: super(Program, self).main(*arguments, **options)))


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        code = run()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except QueryError as wrong:
        return _tell(f"{_pointed_at(wrong)}{wrong}", 2)
    except (SettingsError, NotFound, Conflict) as wrong:
        return _tell(wrong, 2)
    except AlmagestError as failure:
        return _tell(failure, 1)
    except (click.Abort, KeyboardInterrupt):
        return _tell("Stopped.", 130)
    except BrokenPipeError:
        # Whoever reads our output has enough of it; nothing is left to be flushed at exit.
        sys.stdout = None
        return 1
    except OSError as failure:
        if failure.errno in {errno.ENOSPC, errno.EDQUOT}:
            return _tell("No space is left on the device; free some and run the command again.", 1)
        raise


def _pointed_at(wrong: QueryError) -> str:
    """The query with a caret under the place where it is wrong; nothing where no place is known."""
    if wrong.query is None or wrong.position is None:
        return ""
    start = max(0, wrong.position - _CARET_AT)
    line = wrong.query[start : start + _LINE].translate(_UNPRINTED)
    return f"  {line}\n  {' ' * (wrong.position - start)}^\n"


def _tell(sentence: object, code: int) -> int:
    click.echo(sentence, err=True)
    return code


@click.command(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="almagest", message="%(prog)s %(version)s")
@click.option("-v", "--verbose", is_flag=True, help="Tell each event on standard error.")
@click.pass_context
def main(context: click.Context, verbose: bool) -> None:
    """Almagest: a metadata catalogue for fundamental physics.

    Settings come from ALMAGEST_… variables and from almagest.toml in ALMAGEST_HOME (./data).

    \b
    Examples:
      almagest demo
      almagest source add zenodo --kind oai-pmh --url https://zenodo.org/oai2d --set user-ossr
      almagest harvest
      almagest serve
    """
    context.obj = verbose


if __name__ == "__main__":
    main()
