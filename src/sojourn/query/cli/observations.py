"""``sojourn observations``: observations by their SDMX concepts, each with its cell."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sojourn.errors import counted
from sojourn.terminal.options import as_of_option, data_option, json_option

#: Formats that a subject above this one writes, by the module that does, as the front door knows
#: its commands.
FORMATS = dict.fromkeys(("sdmx-csv", "sdmx-json", "sdmx-ml"), "sojourn.sdmx.run.offline")


@click.command()
@click.option("--dataset", "dataflow", multiple=True, help="Dataset, for instance undesa.ims.")
@click.option("--edition", multiple=True, help="Edition, for instance undesa.ims@2015-12-01.")
@click.option("--indicator", multiple=True, help="Indicator, for instance migrant_stock.")
@click.option("--ref-area", multiple=True, help="Who reports: name, ISO code or M49 number.")
@click.option(
    "--origin", multiple=True, help="Origin: a place in the same words; _T is all places."
)
@click.option("--destination", multiple=True, help="Destination: a place in the same words.")
@click.option("--sex", multiple=True, help="F, M or _T.")
@click.option("--period", "time_period", multiple=True, help="Time period, for instance 2015.")
@click.option("--criterion", multiple=True, help="Birth, citizenship, ... as in the table.")
@click.option("--all-editions", is_flag=True, help="Every edition, not only the newest.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=40,
    show_default=True,
    help="Rows to print; 0 prints all. Files always hold all.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file: .csv, .parquet or .json.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(FORMATS)),
    help="Print or write an SDMX message of one dataset.",
)
@as_of_option
@data_option
@json_option
def command(
    limit: int,
    out: Path | None,
    form: str | None,
    as_of: date | None,
    data: Path | None,
    *,
    all_editions: bool,
    as_json: bool,
    **concepts: tuple[str, ...],
) -> None:
    """Print observations, or write them to a file, each with the address of its cell.

    Options that name a concept may be repeated; those not given do not restrict. Numbers have
    their multiplier applied. On a screen names stand beside codes; into a pipe go tab-separated
    columns with the status code. A group of places is marked as an aggregate.
    """
    from sojourn.query.observations import observations, write_observations
    from sojourn.query.opening import open_data

    store, _ = open_data(data)
    given = {k: v for k, v in concepts.items() if v}
    if form is not None:
        writer = import_module(FORMATS[form])
        _send(writer.written(store, form, given, as_of=as_of, all_editions=all_editions), out)
        return
    found = observations(store, as_of=as_of, all_editions=all_editions, **given)
    if out is not None:
        count = write_observations(found, out)
        click.echo(f"{out}: {counted(count, 'observation')}")
        return
    rows = found.fetchall() if limit == 0 or as_json else found.limit(limit + 1).fetchall()
    names = found.columns
    if as_json:
        records = [_record(names, row) for row in rows]
        click.echo(json.dumps(records, ensure_ascii=False, indent=1))
        return
    _print(names, rows, limit)


def _send(pieces: Iterator[str], out: Path | None) -> None:
    """Print a message, or write it to a file in one step."""
    from sojourn.files import new_file

    if out is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with new_file(out) as path, path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(pieces)
    click.echo(f"{out}")


def _record(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(names, row, strict=True))


def _print(names: list[str], rows: list[tuple[Any, ...]], limit: int) -> None:
    from sojourn.query.readable import on_screen, readable

    records = readable(names, rows[:limit] if limit else rows)
    if records and sys.stdout.isatty():
        for line in on_screen(records):
            click.echo(line)
    elif records:
        click.echo("\t".join(records[0]))
        for record in records:
            click.echo("\t".join(record.values()))
    if limit and len(rows) > limit:
        click.echo("… and more: --limit 0 prints all, --out FILE writes all", err=True)
    if not rows:
        click.echo("no observation fits", err=True)
