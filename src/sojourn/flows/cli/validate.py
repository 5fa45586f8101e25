"""``sojourn flows validate``: estimates held against what others measured and published."""

import json
from datetime import date
from pathlib import Path

import click

from sojourn.flows.cli.options import unknown_option
from sojourn.terminal.options import as_of_option, data_option, json_option


@click.command()
@click.option(
    "--published",
    type=click.Path(path_type=Path),
    help="A published series: method,period,origin,destination,value (a file, or a folder with flows_published.csv).",
)
@click.option(
    "--period",
    "periods",
    multiple=True,
    help="An interval; repeat for several (default: 1990-1995 to 2015-2020, and 2020-2024).",
)
@unknown_option
@click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for a page and a paper in every language: totals, corridors and places side by side.",
)
@as_of_option
@data_option
@json_option
def command(
    published: Path | None,
    periods: tuple[str, ...],
    unknown: str,
    pages: Path | None,
    as_of: date | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Hold flows against a published series, measured arrivals and departures, and net migration.

    Every interval has its comparison or says why none. The verdicts say which targets are met; a
    missed one is told, not hidden.
    """
    from sojourn.flows.inputs.tables import Choices
    from sojourn.flows.run import validate as flow_validate
    from sojourn.flows.run.validate_pages import validation_pages
    from sojourn.flows.run.validate_report import as_json as plain
    from sojourn.flows.run.validate_report import lines
    from sojourn.query.opening import open_data

    found = flow_validate.validate(
        open_data(data)[0],
        periods=periods or (*flow_validate.PERIODS, flow_validate.NEWEST),
        published=published,
        as_of=as_of,
        choices=Choices(unknown),
    )
    written = [] if pages is None else validation_pages(found, pages)
    if as_json:
        click.echo(
            json.dumps(
                plain(found) | {"pages": [str(p) for p in written]}, ensure_ascii=False, indent=1
            )
        )
        return
    for line in lines(found):
        click.echo(line)
    for path in written:
        click.echo(str(path))
