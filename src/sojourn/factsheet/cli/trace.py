"""``sojourn trace``, which answers: where does this number come from."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.terminal.options import as_of_option, data_option, json_option

if TYPE_CHECKING:
    from sojourn.factsheet.figures.trace import TracedCell


@click.command()
@click.argument("name", metavar="FIGURE_ID|ADDRESS|RUN")
@click.option("--year", type=int, default=2015, show_default=True, help="Year of the factsheet.")
@click.option("--all", "every", is_flag=True, help="List every cell of a sum, not the first few.")
@as_of_option
@data_option
@json_option
def command(
    name: str, year: int, as_of: date | None, data: Path | None, *, every: bool, as_json: bool
) -> None:
    """Print the tree from a printed number to the cells it was taken from.

    FIGURE_ID is a figure (migrant_stock) or a lineage id of the factsheet; ADDRESS is a cell, for
    instance 'undesa.ims@2015-12#Table 1!F17'; RUN is the folder of a run of a model.
    """
    from sojourn.factsheet.figures.lineage import SHOWN, tree
    from sojourn.factsheet.figures.lineage import as_json as lineage
    from sojourn.factsheet.figures.opened import newest_day
    from sojourn.factsheet.figures.trace import trace_cell, trace_figure
    from sojourn.factsheet.figures.traced_run import is_run, run_lines, trace_run
    from sojourn.publish import lines
    from sojourn.query.opening import open_data

    store, _ = open_data(data, year)
    if is_run(name):
        run = trace_run(store, Path(name))
        told = json.dumps(asdict(run), ensure_ascii=False, indent=1)
        click.echo(told if as_json else "\n".join(run_lines(run)))
        return
    if "#" in name:
        cells = trace_cell(store, name)
        if as_json:
            click.echo(json.dumps([asdict(c) for c in cells], ensure_ascii=False, indent=1))
            return
        for cell in cells:
            click.echo(_described(cell))
        return
    day = as_of or newest_day(store)
    values = trace_figure(store, name, year, day)
    if as_json:
        click.echo(json.dumps([lineage(v) for v in values], ensure_ascii=False, indent=1))
        return
    for found in values:
        click.echo("\n".join(lines(tree(found, shown=sys.maxsize if every else SHOWN))))


def _described(cell: "TracedCell") -> str:
    value = "missing" if cell.value is None else f"{cell.value:,.10g}"
    state = "verified" if cell.verified else "unverified copy"
    return (
        f"{cell.address}  {value}  (status {cell.status})\n  {cell.meaning}\n"
        f"  {cell.file} ({state}, sha256 {cell.sha256[:16]}…)\n  {cell.path}\n"
        f"  {cell.citation} {cell.license}"
    )
