"""What is kept about people, named on the command line: told when others may read it, or anybody who finds the disk."""

import os
from pathlib import Path
from typing import Any

import click


class KeptPath(click.Path):
    """A site, plan or ledger; what others may read, or lies in plain text, is told on stderr, with what to do."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path that was named."""
        from sojourn.relocation.site.private import how_to_close, how_to_seal

        found = super().convert(value, param, ctx)
        path = Path(os.fsdecode(found))
        for told in (how_to_close(path), how_to_seal(path)):
            if told and not (ctx and ctx.resilient_parsing):
                click.echo(told, err=True)
        return found


site_argument = click.argument("site", type=KeptPath(path_type=Path, file_okay=False))

plan_argument = click.argument(
    "plan_folder", metavar="PLAN", type=KeptPath(path_type=Path, file_okay=False)
)
