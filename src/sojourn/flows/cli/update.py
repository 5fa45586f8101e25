"""``sojourn flows update`` and ``margins``: a prior table brought to other totals."""

import json
from pathlib import Path
from typing import Any

import click

from sojourn.errors import counted
from sojourn.terminal.options import json_option

_FILE = click.Path(path_type=Path, dir_okay=False)


_prior = click.option(
    "--prior",
    type=_FILE,
    required=True,
    help="Flows before: a labelled square CSV, origins down, destinations across.",
)

_out = click.option(
    "--out", type=_FILE, required=True, help="CSV to write: origin,destination,value."
)


@click.command()
@_prior
@click.option(
    "--net",
    type=_FILE,
    required=True,
    help="Net migration to reach: area,value; persons, in less out.",
)
@click.option(
    "--rescale",
    is_flag=True,
    help="Rescale the net migration to a sum of zero first, without changing a sign.",
)
@_out
@json_option
def command(prior: Path, net: Path, out: Path, *, rescale: bool, as_json: bool) -> None:
    """Change a table of flows as little as possible so that it has the given net migration."""
    from sojourn.flows.run.own_tables import update_table

    _say(update_table(prior, net, out, rescale=rescale), as_json=as_json)


@click.command()
@_prior
@click.option("--rows", type=_FILE, required=True, help="Departures to reach: area,value; persons.")
@click.option(
    "--columns", type=_FILE, required=True, help="Arrivals to reach: area,value; persons."
)
@click.option(
    "--balance",
    is_flag=True,
    help="Bring departures and arrivals to one total first, each half of the way.",
)
@_out
@json_option
def margins(
    prior: Path, rows: Path, columns: Path, out: Path, *, balance: bool, as_json: bool
) -> None:
    """Scale a table of flows to given departures and arrivals (proportional fitting)."""
    from sojourn.flows.run.own_tables import fit_table

    _say(fit_table(prior, rows, columns, out, balance=balance), as_json=as_json)


def _say(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    click.echo(
        f"{report['out']}: {counted(report['rows'], 'row')}, {report['total']:,.0f} persons "
        f"({report['prior_total']:,.0f} before); largest error {report['residual']:.3g} persons"
    )
    for line in report["moved"]:
        click.echo(line)
