"""``sojourn editions``: which editions are loaded, what they cover, and on which terms."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from sojourn.terminal.options import data_option, json_option


@click.command()
@click.option("--files", is_flag=True, help="List the files of each edition, with their digests.")
@data_option
@json_option
def command(data: Path | None, *, files: bool, as_json: bool) -> None:
    """List the editions in a data directory, oldest first within each dataset.

    Shows the day of release, the years covered, the number of observations, and the terms.
    """
    from sojourn.pipeline.editions import editions
    from sojourn.pipeline.figures import open_data

    store, _ = open_data(data)
    found = editions(store)
    if as_json:
        click.echo(json.dumps([asdict(e) for e in found], ensure_ascii=False, indent=1))
        return
    for e in found:
        years = f"{e.first}–{e.last}" if e.first else "—"
        mark = f"  [{e.mark}]" if e.mark else ""
        click.echo(f"{e.edition:40} {years:>10} {e.observations:>11,}  {e.title}{mark}")
        click.echo(f"{'':40} {e.publisher}; {e.license}; redistribution: {e.redistribution}")
        if files:
            for f in e.files:
                click.echo(f"{'':40} {f.sha256[:16]}…  {f.path}")
