"""``sojourn table``: measures by area, origin, year and sex, with what is made of them."""

from pathlib import Path
from typing import Any

import click

from sojourn.errors import counted
from sojourn.query.cli.asked import asked_options, asked_table
from sojourn.terminal.options import json_option

_MADE = ("per", "scale", "change", "growth", "share_of", "rank", "sum_over")


@click.command()
@asked_options
@click.option("--change", is_flag=True, help="Also the change since the first period.")
@click.option("--rank", is_flag=True, help="Rank from the largest.")
@click.option(
    "--sum-over",
    default="",
    metavar="AXIS",
    help="Add over area, origin, sex, time or measure, where that may be done.",
)
@click.option("--cells", is_flag=True, help="The address of every cell.")
@click.option("--tidy", is_flag=True, help="One row a number.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json", "markdown"]),
    default="text",
    help="How to print it.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file: .csv, .json, .md, .parquet, .arrow.",
)
@json_option
def command(
    measures: tuple[str, ...],
    form: str,
    out: Path | None,
    data: Path | None,
    *,
    tidy: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Print MEASURES by area, with the edition, cover and notes of every number.

    A measure is an id or name of `sojourn indicators`; MEASURE@DATASET takes one source,
    MEASURE[KEY=VALUE] one kind of number. --area is the destination where a measure is bilateral.
    """
    from sojourn.query.opening import open_data
    from sojourn.query.table_write import write_table

    store, _ = open_data(data)
    made = asked_table(store, measures, _MADE, **asked)
    if out is not None:
        click.echo(f"{out}: {counted(write_table(made, out, tidy=tidy), 'row')}", err=True)
    else:
        click.echo(getattr(made, "json" if as_json else form)(tidy=tidy))
    bare = out.suffix.lower() == ".csv" if out is not None else form == "csv" and not as_json
    if bare and not tidy:  # rows alone: what has to be known of them is said beside
        click.echo("\n".join(made.below), err=True)
