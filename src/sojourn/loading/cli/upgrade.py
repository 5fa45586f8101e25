"""``sojourn upgrade``: a data directory of an earlier version brought to this one."""

from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.terminal.options import data_to_write_option


@click.command()
@data_to_write_option
def command(data: Path) -> None:
    """Bring a data directory of an earlier version to this one, without the publishers' files.

    Notes the digest of each file that it holds, and what each edition covers. Loading does the same.
    """
    from sojourn.loading.upgrade import upgrade
    from sojourn.sources.declaration import registry

    done = upgrade(data, registry())
    click.echo(
        f"{data}: digests of {counted(done.digests, 'file')} noted, {counted(done.editions, 'edition')} assessed"
    )
    for edition in done.partial:
        click.echo(f"partial: {edition}")
