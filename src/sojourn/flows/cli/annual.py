"""``sojourn flows annual``: flows of calendar years."""

import json
from datetime import date
from pathlib import Path

import click

from sojourn.terminal.options import as_of_option, data_option, json_option


@click.command()
@click.option("--from", "first", type=int, required=True, help="First calendar year.")
@click.option("--to", "last", type=int, required=True, help="Last calendar year.")
@click.option(
    "--method",
    type=click.Choice(["minimum-closed", "independence", "pseudo-bayes"]),
    default="pseudo-bayes",
    show_default=True,
    help="How the intervals are estimated.",
)
@click.option(
    "--lambda",
    "weight",
    type=click.FloatRange(0, 1),
    default=0.87,
    show_default=True,
    help="Share of the minimum in pseudo-bayes.",
)
@click.option(
    "--revision",
    default="",
    metavar="DAY",
    help="The revision of population, births, deaths and net migration (default: the newest).",
)
@click.option(
    "--unknown",
    type=click.Choice(["origins", "natives", "drop"]),
    default="origins",
    show_default=True,
    help="People of unknown birthplace.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="CSV to write: year,origin,destination,value.",
)
@as_of_option
@data_option
@json_option
def command(
    first: int,
    last: int,
    method: str,
    weight: float,
    revision: str,
    unknown: str,
    out: Path,
    as_of: date | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Estimate flows of calendar years: intervals as anchors, each year's own net migration."""
    from sojourn.flows.inputs.tables import Choices
    from sojourn.flows.run.annual import HOW, annual_flows, write_years
    from sojourn.query.opening import open_data

    found = annual_flows(
        open_data(data)[0],
        first,
        last,
        method=method,
        weight=weight,
        as_of=as_of,
        choices=Choices(unknown, revision=revision),
    )
    rows = write_years(found, out)
    report = {
        "out": str(out),
        "rows": rows,
        "method": method,
        "how": HOW,
        "mean_year_over_interval_share": found.ratio,
        "intervals": [
            {"period": f"{i.start}-{i.end}", "editions": dict(i.editions), "total": f.total}
            for i, f in found.anchors
        ],
        "years": [
            {"year": y.year, "places": len(y.places), "total": float(y.flow.sum())}
            | {"net_rescaled": y.rescaled, "largest_net_error": y.residual}
            for y in found.years
        ],
    }
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    click.echo(f"{out}: {rows:,} rows\n{HOW}")
    for i, f in found.anchors:
        click.echo(
            f"{i.start}-{i.end}: {f.total:,.0f} persons from {'; '.join(dict.fromkeys(i.editions.values()))}"
        )
    for y in found.years:
        click.echo(
            f"{y.year}: {float(y.flow.sum()):,.0f} persons, {len(y.places)} places; the revision's net migration "
            f"sums to {y.rescaled:+,.0f} and was rescaled to zero"
        )
