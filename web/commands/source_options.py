"""The options that a source can have, told in the help of the commands that take them."""

from __future__ import annotations

import click

from catalogue.sources import OPTIONS
from harvesters.base import harvester_kinds


class WithOptions(click.Command):
    """A command whose help ends with the kinds of source and the options of each."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Definition lists: the kinds, the options of every source, those of one kind only."""
        super().format_epilog(ctx, formatter)
        kinds = harvester_kinds()
        with formatter.section("Kinds"):
            formatter.write_dl([(kind, harvester.title) for kind, harvester in kinds.items()])
        with formatter.section("Options of every source"):
            formatter.write_dl(list(OPTIONS.items()))
        for kind, harvester in kinds.items():
            if harvester.options:
                with formatter.section(f"Options of the kind {kind}"):
                    formatter.write_dl(list(harvester.options.items()))
