"""``sojourn flows``: estimate who moved where between two stock tables."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.options import json_option

if TYPE_CHECKING:
    from sojourn.estimate.flows import Flows

_FILE = click.Path(path_type=Path, dir_okay=False)
METHOD_NAMES = (
    "drop-negative",
    "reverse-negative",
    "dennett",
    "rogers",
    "minimum-open",
    "minimum-closed",
    "independence",
    "pseudo-bayes",
)


@click.command()
@click.option("--stock-start", type=_FILE, required=True, help="Stocks at the start: a labelled square CSV, birthplaces down, residence across; the diagonal holds the native-born.")  # fmt: skip
@click.option(
    "--stock-end", type=_FILE, required=True, help="Stocks at the end, in the same layout."
)
@click.option("--births", type=_FILE, help="Births during the interval: area,value; persons.")
@click.option("--deaths", type=_FILE, help="Deaths during the interval: area,value; persons.")
@click.option("--method", type=click.Choice(METHOD_NAMES), default="pseudo-bayes", show_default=True, help="How to estimate.")  # fmt: skip
@click.option("--seed", type=_FILE, help="Weights of the pairs of places (for instance 1/distance), in the same square layout.")  # fmt: skip
@click.option("--lambda", "weight", type=click.FloatRange(0, 1), default=0.87, show_default=True, help="Share of the minimum in pseudo-bayes.")  # fmt: skip
@click.option("--moves", type=float, help="World number of moves for dennett (default: sum of net migration).")  # fmt: skip
@click.option("--by-birthplace", is_flag=True, help="Write a row for each birthplace too.")
@click.option("--out", type=_FILE, required=True, help="CSV to write: origin,destination,value.")
@json_option
def command(
    stock_start: Path,
    stock_end: Path,
    births: Path | None,
    deaths: Path | None,
    method: str,
    seed: Path | None,
    weight: float,
    moves: float | None,
    out: Path,
    *,
    by_birthplace: bool,
    as_json: bool,
) -> None:
    """Estimate flows between places from stocks at two dates; persons per interval.

    Accounting methods need births and deaths. Whoever a step removes, moves or adds is reported.
    """
    from sojourn.estimate.flows import estimate
    from sojourn.pipeline.flows import read_seed, read_stocks, write_corridors

    stocks = read_stocks(stock_start, stock_end, births, deaths)
    weights = None if seed is None else read_seed(seed, stocks)
    flows = estimate(stocks, method, seed=weights, weight=weight, moves=moves)
    written = write_corridors(flows, out, by_birthplace=by_birthplace)
    report = _report(flows)
    if as_json:
        click.echo(
            json.dumps(
                {**report, "out": str(out), "rows": written.rows}, ensure_ascii=False, indent=1
            )
        )
        return
    click.echo(f"{out}: {written.rows:,} rows, {flows.total:,.0f} persons by {method}")
    error = report["largest_net_error"]
    if error is not None:
        state = "closed" if flows.closed else "does not close"
        click.echo(
            f"net migration: {state}; largest error {error:,.6g} persons ({report['place_of_net_error']})"
        )
    for a in flows.adjustments:
        click.echo(f"{a.step}: {a.place}: {a.persons:+,.0f} persons: {a.why}", err=True)


def _report(flows: "Flows") -> dict[str, Any]:
    error = flows.net_error
    worst = None if error is None else int(abs(error).argmax())
    return {
        "method": flows.method,
        "lambda": flows.weight,
        "places": len(flows.places),
        "birthplaces": len(flows.birthplaces),
        "total": flows.total,
        "closed": flows.closed,
        "largest_net_error": None if error is None or worst is None else float(error[worst]),
        "place_of_net_error": None if worst is None else flows.places[worst],
        "sweeps": flows.sweeps,
        "residual": flows.residual,
        "adjustments": [
            {"step": a.step, "place": a.place, "persons": a.persons, "why": a.why}
            for a in flows.adjustments
        ],
    }
