"""``sojourn diff``: every number that two editions, or two dates, tell differently."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.errors import counted
from sojourn.harmonize.names import named
from sojourn.terminal.options import Day, data_option, json_option, page_language_option
from sojourn.vocab.observation import NOT_APPLICABLE, TOTAL

if TYPE_CHECKING:
    from sojourn.query.diff import Diff, NumberChange


@click.command()
@click.argument("old", metavar="EDITION|DATE")
@click.argument("new", metavar="EDITION|DATE")
@click.option(
    "--as-of",
    "dates",
    is_flag=True,
    help="The two arguments are dates: compare the editions current then.",
)
@click.option("--area", help="Only numbers about this place: name, ISO code or M49 number.")
@click.option("--indicator", help="Only this indicator.")
@click.option("--period", help="Only this time period.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=40,
    show_default=True,
    help="Changes to list for each pair, largest first; 0 lists all.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all changes to this CSV file.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page (HTML) with the listed changes.",
)
@page_language_option
@data_option
@json_option
def command(
    old: str,
    new: str,
    area: str | None,
    indicator: str | None,
    period: str | None,
    limit: int,
    out: Path | None,
    page: Path | None,
    language: str,
    data: Path | None,
    *,
    dates: bool,
    as_json: bool,
) -> None:
    """List what changed from OLD to NEW, classified: revised, new, withdrawn, border, definition, unit.

    OLD and NEW are editions (undesa.ims@2015-12-01), or with --as-of two dates.
    """
    from sojourn.query.diff import between, diff
    from sojourn.query.diff_pages import write_page, write_table
    from sojourn.query.opening import open_data

    store, _ = open_data(data)
    every = 0 if out is not None else limit
    if dates:
        then, now = (Day().convert(d, None, None) for d in (old, new))
        found = between(
            store, then, now, area=area, indicator=indicator, period=period, limit=every
        )
    else:
        found = [diff(store, old, new, area=area, indicator=indicator, period=period, limit=every)]
    if out is not None:
        click.echo(f"{out}: {counted(write_table(found, out), 'change')}", err=True)
    if page is not None:
        write_page(found, page, language, limit=limit or 100)
        click.echo(f"{page}", err=True)
    if as_json:
        click.echo(json.dumps([asdict(d) for d in found], ensure_ascii=False, indent=1))
        return
    for pair in found:
        _print(pair, limit)
    if not found:
        click.echo("no dataset has another edition on the second date")


def _print(pair: "Diff", limit: int) -> None:
    said = ", ".join(f"{n:,} {kind}" for kind, n in pair.counts.items() if n)
    click.echo(
        f"{pair.old} → {pair.new}: {said or 'nothing changed'}; {pair.unchanged:,} unchanged"
    )
    for edition in pair.parts:
        click.echo(f"  {edition} is a part of its table: what it lacks was not withdrawn")
    for c in pair.changes[:limit] if limit else pair.changes:
        before = "—" if c.before is None else f"{c.before:,.10g}"
        after = "—" if c.after is None else f"{c.after:,.10g}"
        change = "" if c.change is None else f"{c.change:+,.10g}"
        where = f"{_place(c)}, {c.time_period}, sex {c.sex}"
        click.echo(f"  {c.kind:10} {c.indicator}, {where}: {before} → {after} {change}")
        click.echo(f"             {c.cell_before or '—'} → {c.cell_after or '—'}")


def _place(change: "NumberChange") -> str:
    """Return where people are, and where they are from or go where the row says so."""
    said = [named(change.ref_area)]
    if change.origin not in (TOTAL, NOT_APPLICABLE):
        said.append(f"from {named(change.origin)}")
    if change.destination not in (TOTAL, NOT_APPLICABLE, change.ref_area):
        said.append(f"to {named(change.destination)}")
    return " ".join(said)
