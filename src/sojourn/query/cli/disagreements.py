"""``sojourn disagreements``: every count of the same quantity side by side, largest spread first."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.errors import counted
from sojourn.harmonize.names import named
from sojourn.terminal.options import as_of_option, data_option, json_option, page_language_option

if TYPE_CHECKING:
    from sojourn.query.disagreements import Comparison


@click.command()
@click.option("--area", help="Only this place: name, ISO code or M49 number; aggregates too.")
@click.option("--origin", help="Counts of people from this place, not from all places.")
@click.option("--indicator", help="Only this quantity, for instance refugees.")
@click.option("--period", help="Only this time period.")
@click.option("--sex", type=click.Choice(["_T", "F", "M"]), help="Only this sex.")
@click.option(
    "--by",
    type=click.Choice(["spread", "share"]),
    default="spread",
    show_default=True,
    help="Rank by the spread, or by its share of the largest count.",
)
@click.option(
    "--aggregates", is_flag=True, help="Also regions and groups, whose members differ by publisher."
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Disagreements to list for each quantity; 0 lists all.",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Keep the size of each disagreement in the data directory, as observations.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all of them to this CSV file, a row a count.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page (HTML) with the listed ones.",
)
@page_language_option
@as_of_option
@data_option
@json_option
def command(
    area: str | None,
    origin: str | None,
    indicator: str | None,
    period: str | None,
    sex: str | None,
    by: str,
    limit: int,
    out: Path | None,
    page: Path | None,
    language: str,
    as_of: date | None,
    data: Path | None,
    *,
    aggregates: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Show where publishers and editions give different numbers for the same quantity.

    All values stay as they were printed. A declared rule chooses one; the spread is largest minus
    smallest.
    """
    from sojourn.query import disagreements_kept
    from sojourn.query.disagreement_pages import write_page, write_table
    from sojourn.query.disagreements import disagreements
    from sojourn.query.opening import open_data

    if keep and data is None:
        raise click.UsageError("--keep needs --data: the embedded edition is not written to")
    store, _ = open_data(data)
    found = disagreements(
        store,
        area=area,
        origin=origin,
        indicator=indicator,
        period=period,
        sex=sex,
        as_of=as_of,
        countries=not aggregates,
        by=by,
        limit=0 if out is not None or page is not None or keep else limit,
    )
    if out is not None:
        click.echo(f"{out}: {counted(write_table(found, out), 'disagreement')}", err=True)
    if page is not None:
        write_page(found, page, language, limit=limit or 100)
        click.echo(f"{page}", err=True)
    if keep and data is not None:
        click.echo(f"kept as {disagreements_kept.keep(data, found)}", err=True)
    if as_json:
        click.echo(json.dumps([_listed(c, limit) for c in found], ensure_ascii=False, indent=1))
        return
    for comparison in found:
        _print(comparison, limit)


def _listed(found: "Comparison", limit: int) -> dict[str, object]:
    told = asdict(found)
    told["largest"] = told["largest"][: limit or None]
    if found.compared == 0:
        told["median_share"] = None
    return told


def _print(found: "Comparison", limit: int) -> None:
    if not found.editions:
        click.echo(f"{found.quantity}: no edition in this data directory counts it")
        return
    if found.compared == 0:
        click.echo(f"{found.quantity}: only {', '.join(found.editions)}; nothing to compare")
        return
    click.echo(
        f"{found.quantity} ({found.unit}): {counted(found.compared, 'number')} counted more than once, "
        f"{found.agree:,} agree, median spread {100 * found.median_share:.2f} %"
    )
    click.echo(f"  chosen: {found.reason}")
    for d in found.largest[: limit or None]:
        click.echo(
            f"  {named(d.area)}, {d.time_period}, sex {d.sex}: spread {d.spread:,.15g} ({d.share:.1%})"
        )
        for c in d.counts:
            added = f", sum of {counted(c.parts, 'cell')} from" if c.parts > 1 else ","
            bound = f"; at least: {c.missing} of them missing" if c.missing else ""
            part = "; its edition is a part" if c.part else ""
            click.echo(f"     {c.value:>18,.15g}  {c.says}{added} {c.cell}{bound}{part}")
