"""``sojourn factsheet``: build the pages, the papers, the charts and the tables of a year."""

import json
from datetime import date
from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.terminal.options import as_of_option, data_option, json_option, languages_option
from sojourn.terminal.progress import progress


@click.command()
@click.argument("year", type=int, required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write (default: out/factsheet-YEAR).",
)
@languages_option()
@click.option(
    "--single-file", is_flag=True, help="Everything in each page: downloads and lineage inside it."
)
@click.option(
    "--flows",
    is_flag=True,
    help="Add a section on who moved where in the five years before (needs the stock tables and vital rates).",
)
@as_of_option
@data_option
@json_option
def command(
    year: int | None,
    out: Path | None,
    language: tuple[str, ...],
    as_of: date | None,
    data: Path | None,
    *,
    flows: bool,
    single_file: bool,
    as_json: bool,
) -> None:
    """Build the factsheet of YEAR: HTML, PDF, charts, figures.csv, figures.json, lineage.json.

    Without YEAR: the newest ended year with complete editions of migrant stock and refugees.
    Without --data it is built from an embedded edition (2015, 2024), which needs no network.
    """
    from sojourn.factsheet.figures.opened import newest_day, newest_year
    from sojourn.factsheet.run.factsheet import Request, build
    from sojourn.query.opening import NEWEST, open_data

    store, embedded = open_data(data, NEWEST if year is None else year)
    day = as_of or newest_day(store)
    year = newest_year(store, day) if year is None else year
    moved = None
    if flows:
        from sojourn.flows.run.pages import flow_page

        moved, _ = flow_page(store, f"{year - 5}-{year}", as_of=as_of)
    request = Request(year, day, language, embedded, moved, single_file)
    with progress("building") as step:
        built = build(store, request, out or Path("out") / f"factsheet-{year}", progress=step)
    for line in built.told:
        click.echo(f"note: {line}", err=True)
    if as_json:
        about = {
            "out": str(built.out),
            "files": built.files,
            "figures": built.figures,
            "empty": built.empty,
        }
        click.echo(json.dumps(about, indent=1))
        return
    click.echo(
        f"{built.out}: {counted(len(built.files), 'file')}, {counted(built.figures, 'figure')}, {built.empty} without a value"
    )
