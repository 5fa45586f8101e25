"""``sojourn chart``: a table drawn as a trend, a ranking or a map, the source inside the picture."""

from pathlib import Path
from typing import Any

import click

from sojourn.query.cli.asked import asked_options, asked_table

_MADE = ("per", "scale", "growth", "share_of")


@click.command()
@click.argument("view", type=click.Choice(["trend", "ranking", "map"]))
@asked_options
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file: .svg, .png or .pdf.",
)
def command(
    view: Any, measures: tuple[str, ...], out: Path, data: Path | None, **asked: Any
) -> None:
    """Draw MEASURES as `sojourn table` gives them, with title, editions and terms inside."""
    from sojourn.publish import write_chart
    from sojourn.query.chart import chart_of
    from sojourn.query.opening import open_data

    store, _ = open_data(data)
    made = asked_table(store, measures, _MADE, **asked)
    write_chart(chart_of(store, made, view), out)
    click.echo(f"{out}: {view}", err=True)
