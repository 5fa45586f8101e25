"""``sojourn pack``: write the embedded edition of a factsheet from a loaded data directory."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.terminal.options import data_option, json_option
from sojourn.terminal.progress import progress


@click.command()
@click.argument("year", type=int)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write; replaced as a whole.",
)
@data_option
@json_option
def command(year: int, out: Path, data: Path | None, *, as_json: bool) -> None:
    """Write what the factsheet of YEAR prints and draws as a small data directory.

    Cells of editions whose terms allow redistribution; cited facts of the others; an edition that
    may not be redistributed is refused.
    """
    from sojourn.errors import LicenceForbids
    from sojourn.factsheet.run.pack import pack
    from sojourn.query.opening import open_data

    store, embedded = open_data(data)
    if embedded:
        raise LicenceForbids(
            "the embedded edition cannot be packed again", hint="name a data directory: --data DIR"
        )
    with progress("packing") as step:
        packed = pack(store, year, out, progress=step)
    if as_json:
        click.echo(json.dumps({**asdict(packed), "out": str(packed.out)}, indent=1))
        return
    click.echo(
        f"{packed.out}: {packed.bytes:,} bytes, {counted(packed.figures, 'figure')}, {counted(packed.cells, 'cell')}, "
        f"{packed.facts} cited facts"
    )
    for edition in packed.withheld:
        click.echo(f"left out in part, by its terms: {edition}")
