"""``sojourn chart``: a table drawn as a trend, a ranking or a map, the source inside the picture."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.terminal.options import as_of_option, data_option, groups_option, language_option


@click.command()
@click.argument("view", type=click.Choice(["trend", "ranking", "map"]))
@click.argument("measures", nargs=-1, required=True)
@click.option("--area", multiple=True, help="Area or group. Default: every country.")
@click.option("--origin", multiple=True, help="Origin or group of origins; '*' for each of them.")
@click.option("--period", multiple=True, help="2015, or 1990,2020, or 2010-2020.")
@click.option("--sex", multiple=True, help="F, M or _T (both together, the default).")
@click.option("--per", default="", help="Draw the ratio to this measure, for instance population.")
@click.option("--scale", type=float, default=0.0, help="Of the ratio.")
@click.option("--growth", is_flag=True, help="Draw the growth since the first period, in per cent.")
@click.option(
    "--share-of",
    default="",
    metavar="WHOLE",
    help="Draw the share of sex, origin, area or a place.",
)
@click.option(
    "--by",
    type=click.Choice(["source", "edition", "revision"]),
    help="A line for each source or edition.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file: .svg, .png or .pdf.",
)
@as_of_option
@groups_option
@language_option
@data_option
def command(
    view: Any,
    measures: tuple[str, ...],
    out: Path,
    as_of: date | None,
    groups: Path | None,
    data: Path | None,
    **asked: Any,
) -> None:
    """Draw MEASURES as `sojourn table` gives them, with title, editions and terms inside."""
    from sojourn.publish.sheet import write_chart
    from sojourn.query.chart import chart_of
    from sojourn.query.opening import open_data
    from sojourn.query.table import Transforms, table
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
        groups=None if groups is None else own_groups(groups),
        transforms=Transforms(**{k: asked[k] for k in ("per", "scale", "growth", "share_of")}),
    )
    write_chart(chart_of(store, made, view), out)
    click.echo(f"{out}: {view}", err=True)
