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
    "--area", help="One area by M49 number or ISO code; ORIGIN>HOST of a figure of pairs."
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
    from sojourn.figures.figure import figure, figures, refuse_wrong_sum
    from sojourn.figures.lineage import as_json as lineage
    from sojourn.figures.opened import evaluator, newest_day, of_area
    from sojourn.query.opening import open_data

    for figure_id in figure_ids:
        figure(figure_id)
    if add:
        refuse_wrong_sum(figure_ids)
    store, _ = open_data(data, year)
    day = as_of or newest_day(store)
    ev = evaluator(store, year, day)
    asked = figure_ids or tuple(figures())
    values = [v for f in asked for v in (of_area(ev, f, area) if area else ev.values(f))]
    if add:
        parts = [ev.values(f)[0] for f in figure_ids]
        known = [p.value for p in parts if p.value is not None]
        total = sum(known) if len(known) == len(parts) else None
        click.echo(
            json.dumps({"sum": total, "of": [lineage(p) for p in parts]}, indent=1)
            if as_json
            else f"{total:,.0f}"
            if total is not None
            else "not available: " + "; ".join(p.reason for p in parts if p.reason)
        )
        return
    if as_json:
        click.echo(json.dumps([lineage(v) for v in values], ensure_ascii=False, indent=1))
        return
    for v in values:
        shown = f"{v.value:,.10g}" if v.value is not None else f"— {v.reason}"
        click.echo(
            f"{v.figure_id}  {v.time_period}  {v.area}  {v.sex}  {shown}  {v.unit}  {v.edition}"
        )
