"""``sojourn table``: measures by area, origin, year and sex, with what is made of them."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.terminal.options import (
    as_of_option,
    data_option,
    groups_option,
    json_option,
    language_option,
)

_MADE = ("per", "scale", "change", "growth", "share_of", "rank", "sum_over")


@click.command()
@click.argument("measures", nargs=-1, required=True)
@click.option(
    "--area", multiple=True, help="Area or group; EU28, DEU+FRA, World. Default: every country."
)
@click.option("--origin", multiple=True, help="Origin or group of origins; '*' for each of them.")
@click.option(
    "--period", multiple=True, help="2015, or 1990,2020, or 2010-2020. Default: the newest."
)
@click.option("--sex", multiple=True, help="F, M or _T (both together, the default).")
@click.option("--per", default="", help="Divide by this measure, for instance population.")
@click.option(
    "--scale",
    type=float,
    default=0.0,
    help="Of the ratio; by default 1000 for population, else 100.",
)
@click.option("--change", is_flag=True, help="Also the change since the first period.")
@click.option("--growth", is_flag=True, help="Also the growth since the first period, in per cent.")
@click.option(
    "--share-of",
    default="",
    metavar="WHOLE",
    help="Share of sex, origin, area (the world) or a place.",
)
@click.option("--rank", is_flag=True, help="Rank from the largest.")
@click.option(
    "--sum-over",
    default="",
    metavar="AXIS",
    help="Add over area, origin, sex, time or measure, where that may be done.",
)
@click.option(
    "--by",
    type=click.Choice(["source", "edition", "revision"]),
    help="A row for each source or edition that counts it.",
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
@as_of_option
@groups_option
@language_option
@data_option
@json_option
def command(
    measures: tuple[str, ...],
    form: str,
    out: Path | None,
    as_of: date | None,
    groups: Path | None,
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
    from sojourn.query.table import Transforms, table
    from sojourn.query.table_write import write_table
    from sojourn.vocab.group import own_groups

    store, _ = open_data(data)
    made = table(
        store,
        measures,
        area=asked["area"] or None,
        origin=asked["origin"] or "_T",
        period=asked["period"] or None,
        sex=asked["sex"] or None,
        by=asked["by"] or "",
        as_of=as_of,
        lang=asked["language"],
        cells=asked["cells"],
        groups=None if groups is None else own_groups(groups),
        transforms=Transforms(**{name: asked[name] for name in _MADE}),
    )
    if out is not None:
        click.echo(f"{out}: {write_table(made, out, tidy=tidy):,} rows", err=True)
        return
    click.echo(getattr(made, "json" if as_json else form)(tidy=tidy))
