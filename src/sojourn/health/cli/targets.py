"""``sojourn targets``: how far countries, WHO regions and the world are from official targets."""

from datetime import date
from pathlib import Path

import click

from sojourn.terminal.options import as_of_option, data_option, json_option


@click.command()
@click.argument("topic", type=click.Choice(["malaria", "tb"]))
@click.option(
    "--area",
    "areas",
    multiple=True,
    help="Name, ISO code, M49 number, WHO region, or 'all'; repeat for several "
    "(default: the world and WHO's regions).",
)
@click.option(
    "--path",
    "shape",
    type=click.Choice(["linear", "geometric"]),
    default="linear",
    show_default=True,
    help="Course between two milestones; the strategies do not state one.",
)
@click.option(
    "--charts",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for one SVG and one CSV a target and area.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: one row a target, area and year.")
@as_of_option
@data_option
@json_option
def command(
    topic: str,
    areas: tuple[str, ...],
    shape: str,
    charts: Path | None,
    as_of: date | None,
    data: Path | None,
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Observed path, required path, gap, and the year the present trend reaches each target.

    Baselines move with each report: the edition always stands beside the number.
    """
    from sojourn.health.inputs.targets import progress, who_area, write_charts
    from sojourn.health.targets.told import lines
    from sojourn.health.targets.written import to_csv, to_json
    from sojourn.query.opening import open_data

    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    store, _ = open_data(data)
    wanted = [a if a == "all" else who_area(a) for a in areas]
    found = progress(store, topic, areas=wanted, shape=shape, as_of=as_of)  # type: ignore[arg-type] # one of two words, by the option
    if charts is not None:
        click.echo(f"{write_charts(found, charts)} charts in {charts}", err=True)
    if as_csv:
        click.echo(to_csv(found), nl=False)
    else:
        click.echo(to_json(found) if as_json else "\n".join(lines(found)))
