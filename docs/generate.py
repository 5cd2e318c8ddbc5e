"""Writes the pages of docs/ that follow from the program: ``make docs``; ``--check`` only compares.

``commands.md``         every command with its help
``formats.md``          formats, source protocols and the options of sources
``record.schema.json``  the JSON Schema of a unified record
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogue.sources import OPTIONS
from harvesters.base import harvester_kinds
from mappings.base import formats
from web.cli import main as program

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- written by `make docs`; do not edit -->\n"


def commands() -> str:
    """The help of every command, as the program prints it."""
    lines = ["# Commands", NOTE]
    lines.append("Exit codes: 0 done, 1 some source or record failed, 2 the call itself is wrong.\n")
    context = click.Context(program, info_name="almagest", max_content_width=100, terminal_width=100)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if command is not None:
            lines += _command(command, click.Context(command, context, name, terminal_width=100), 2)
    return "\n".join(lines)


def _command(command: click.Command, context: click.Context, level: int) -> list[str]:
    lines = [f"{'#' * level} {context.command_path}\n", "```", command.get_help(context).rstrip(), "```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            if part is not None:
                inner = click.Context(part, context, name, terminal_width=100)
                lines += _command(part, inner, level + 1)
    return lines


def formats_and_protocols() -> str:
    """Tables of what can be read, written and harvested."""
    lines = ["# Formats, protocols, options", NOTE, "## Formats\n"]
    lines += ["| prefix | what | reads | writes | media type | namespace |", "|---|---|---|---|---|---|"]
    for form in sorted(formats().values(), key=lambda form: form.prefix):
        reads, writes = (("yes" if part else "") for part in (form.read, form.write))
        namespace = f"`{form.namespace}`" if form.namespace else ""
        lines.append(
            f"| `{form.prefix}` | {form.title} | {reads} | {writes} | {form.media_type} | {namespace} |"
        )
    lines += ["\n## Kinds of source\n", "| kind | protocol |", "|---|---|"]
    lines += [f"| `{kind}` | {harvester.title} |" for kind, harvester in harvester_kinds().items()]
    lines += ["\n## Options of every source\n", "| option | what |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in OPTIONS.items()]
    return "\n".join(lines) + "\n"


def record_schema() -> str:
    """What `almagest schema` prints."""
    from click.testing import CliRunner

    return CliRunner().invoke(program, ["schema"], catch_exceptions=False).stdout


PAGES = {"commands.md": commands, "formats.md": formats_and_protocols, "record.schema.json": record_schema}


def main() -> int:
    """Write the pages, or name those that are out of date; the exit code."""
    stale = []
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if not path.is_file() or path.read_text() != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text)
    print(("out of date: " if "--check" in sys.argv else "written: ") + (", ".join(stale) or "none"))
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
