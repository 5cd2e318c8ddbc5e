"""Writes the pages of docs/ that follow from the program: ``make docs``; ``--check`` only compares.

``commands.md``         every command with its help
``formats.md``          formats, source protocols and the options of sources
``crosswalks.md``       which field goes where, and what is lost (from the figures in crosswalks.json)
``search.md``           the query language, as the help page tells it
``vocabularies.md``     the vocabularies with their origin and number of concepts
``record.schema.json``  the JSON Schema of a unified record
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click
from crosswalk_pages import crosswalks

from catalogue.sources import OPTIONS
from harvesters.base import harvester_kinds
from mappings.base import formats
from mappings.matching import FIELDS
from vocab.base import packaged, vocabularies
from vocab.hierarchy import alignments
from web.cli import main as program
from web.search_help import markdown

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
    lines += ["\n## Options of single kinds\n", "| kind | option | what |", "|---|---|---|"]
    for kind, harvester in harvester_kinds().items():
        lines += [f"| `{kind}` | `{name}` | {meaning} |" for name, meaning in harvester.options.items()]
    return "\n".join(lines) + "\n"


def vocabulary_tables() -> str:
    """What each vocabulary is, and which fields of a record are understood by which."""
    lines = [
        "# Vocabularies",
        NOTE,
        "Each is one table in `vocab/`: codes, labels, URIs, hierarchy, matches.",
    ]
    lines.append(
        "`almagest vocab update` fetches the newest state of those that say where they are published.\n"
    )
    lines += ["| name | what | concepts | version | licence | published at |", "|---|---|--:|---|---|---|"]
    for name in vocabularies():
        known = packaged(name)
        about = known.about
        where = f"<{about['address']}>" if "address" in about else ""
        about_it = (f"`{name}`", about["title"], f"{len(known):,}", about["version"], about["licence"], where)
        lines.append(f"| {' | '.join(about_it)} |")
    lines += [
        "\n## Which field is understood by which\n",
        "| field | vocabularies, in this order |",
        "|---|---|",
    ]
    lines += [f"| {field} | {', '.join(f'`{name}`' for name in names)} |" for field, names in FIELDS.items()]
    rows = Counter((one[0], other[0]) for one, _, other in alignments())
    lines += [
        "\n## Alignments\n",
        "Concepts of one vocabulary that equal one of another, or stand below it.\n",
    ]
    lines += ["| of | with | rows |", "|---|---|--:|"]
    lines += [f"| `{one}` | `{other}` | {count} |" for (one, other), count in sorted(rows.items())]
    return "\n".join(lines) + "\n"


def search_language() -> str:
    """The query language, as the page /help/search explains it."""
    return f"# How to search\n{NOTE}\n{markdown()}"


def record_schema() -> str:
    """What `almagest schema` prints."""
    from click.testing import CliRunner

    return CliRunner().invoke(program, ["schema"], catch_exceptions=False).stdout


PAGES = {
    "crosswalks.md": crosswalks,
    "commands.md": commands,
    "formats.md": formats_and_protocols,
    "search.md": search_language,
    "vocabularies.md": vocabulary_tables,
    "record.schema.json": record_schema,
}


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
