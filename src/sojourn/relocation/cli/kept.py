"""What is kept about people, named on the command line: told when others may read it."""

import os
from pathlib import Path
from typing import Any

import click


class KeptPath(click.Path):
    """A site, plan or ledger; one that others may read is told on stderr, with how to close it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path that was named."""
        from sojourn.relocation.site.private import how_to_close

        found = super().convert(value, param, ctx)
        told = how_to_close(Path(os.fsdecode(found)))
        if told and not (ctx and ctx.resilient_parsing):
            click.echo(told, err=True)
        return found
