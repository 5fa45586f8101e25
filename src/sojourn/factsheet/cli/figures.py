"""``sojourn figures``: the figures of a year as a table, without the pages."""

import json
from datetime import date
from pathlib import Path

import click

from sojourn.terminal.options import as_of_option, data_option, json_option


@click.command()
@click.argument("year", type=int)
@click.argument("figure_ids", nargs=-1)
@click.option(
    "--area", help="One area by name, ISO code or M49 number; ORIGIN>HOST of a figure of pairs."
)
@click.option("--sum", "add", is_flag=True, help="Add the named figures, if that is allowed.")
@as_of_option
@data_option
@json_option
def command(
    year: int,
    figure_ids: tuple[str, ...],
    area: str | None,
    as_of: date | None,
    data: Path | None,
    *,
    add: bool,
    as_json: bool,
) -> None:
    """Print figures of YEAR, all or those named, each with its edition.

    --sum adds them, and refuses with the reason where people would be counted twice.
    """
    from sojourn.factsheet.figures.asked import figure_values
    from sojourn.factsheet.figures.lineage import as_json as lineage
    from sojourn.factsheet.figures.opened import newest_day
    from sojourn.harmonize.names import named
    from sojourn.query.opening import open_data

    store, _ = open_data(data, year)
    day = as_of or newest_day(store)
    found = figure_values(store, year, figure_ids, as_of=day, area=area, add=add)
    values = found.values
    if add:
        lacking = "; ".join(p.reason for p in values if p.reason)
        said = "not available: " + lacking if found.total is None else f"{found.total:,.0f}"
        told = {"sum": found.total, "of": [lineage(p) for p in values]}
        click.echo(json.dumps(told, indent=1) if as_json else said)
        return
    if as_json:
        click.echo(json.dumps([lineage(v) for v in values], ensure_ascii=False, indent=1))
        return
    for v in values:
        shown = f"{v.value:,.10g}" if v.value is not None else f"— {v.reason}"
        click.echo(
            f"{v.figure_id}  {v.time_period}  {named(v.area)}  {v.sex}  {shown}  {v.unit}  {v.edition}"
        )
