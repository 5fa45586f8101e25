"""``sojourn flows``: estimate who moved where between two stock tables."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.terminal.options import as_of_option, data_option, json_option

if TYPE_CHECKING:
    from sojourn.estimate.flows import Flows, Stocks
    from sojourn.pipeline.flow_inputs import Inputs
    from sojourn.store.observations import Store

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
@click.option("--stock-start", type=_FILE, help="Stocks at the start: a labelled square CSV, birthplaces down, residence across; the diagonal holds the native-born.")  # fmt: skip
@click.option("--stock-end", type=_FILE, help="Stocks at the end, in the same layout.")
@click.option("--births", type=_FILE, help="Births during the interval: area,value; persons.")
@click.option("--deaths", type=_FILE, help="Deaths during the interval: area,value; persons.")
@click.option("--period", help="Instead of own tables: an interval from the data directory, for instance 2010-2015.")  # fmt: skip
@click.option("--sex", type=click.Choice(["_T", "F", "M"]), default="_T", show_default=True, help="With --period: both sexes, women or men.")  # fmt: skip
@click.option("--method", type=click.Choice(METHOD_NAMES), default="pseudo-bayes", show_default=True, help="How to estimate.")  # fmt: skip
@click.option("--seed", type=_FILE, help="Weights of the pairs of places (for instance 1/distance), in the same square layout.")  # fmt: skip
@click.option("--lambda", "weight", type=click.FloatRange(0, 1), default=0.87, show_default=True, help="Share of the minimum in pseudo-bayes.")  # fmt: skip
@click.option("--moves", type=float, help="World number of moves for dennett (default: sum of net migration).")  # fmt: skip
@click.option("--by-birthplace", is_flag=True, help="Write a row for each birthplace too.")
@click.option("--band", "with_band", is_flag=True, help="Add the low and the high estimate of each corridor.")  # fmt: skip
@click.option("--keep/--no-keep", default=True, show_default=True, help="With --period: keep the estimate in the data directory, with status E.")  # fmt: skip
@click.option("--behind", nargs=2, metavar="ORIGIN DESTINATION", help="With --period: list the cells behind a corridor.")  # fmt: skip
@click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --period: folder for a page and a paper in every language, and all corridors.",
)
@click.option(
    "--out", type=_FILE, help="CSV to write: origin,destination,value (low,high with --band)."
)
@as_of_option
@data_option
@json_option
def command(
    stock_start: Path | None,
    stock_end: Path | None,
    births: Path | None,
    deaths: Path | None,
    period: str | None,
    sex: str,
    method: str,
    seed: Path | None,
    weight: float,
    moves: float | None,
    behind: tuple[str, str] | None,
    pages: Path | None,
    out: Path | None,
    as_of: date | None,
    data: Path | None,
    *,
    by_birthplace: bool,
    with_band: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Estimate flows between places from stocks at two dates; persons per interval.

    Either from your own tables (--stock-start, --stock-end, --births, --deaths), or from the data
    directory (--period). Accounting methods need births and deaths. Whoever a step removes, moves
    or adds is reported.
    """
    from sojourn.estimate.flows import estimate
    from sojourn.pipeline.flows import read_seed, write_corridors
    from sojourn.pipeline.flows_kept import band, other_editions

    inputs = None
    if period is not None:
        if stock_start or stock_end:
            raise click.UsageError("give either --period or your own tables")
        inputs = _inputs(period, sex, as_of, data, needed=method not in WITHOUT_VITAL or with_band)
        stocks = inputs.stocks
    else:
        stocks = _own_tables(stock_start, stock_end, births, deaths, out)
    weights = None if seed is None else read_seed(seed, stocks)
    flows = estimate(stocks, method, seed=weights, weight=weight, moves=moves)
    whole = None
    if with_band:
        others = [] if inputs is None else other_editions(_store(data), inputs, as_of)
        whole = band(stocks, [o.stocks for o in others])
    bounds = None if whole is None else (whole.low, whole.high)
    report = _report(flows)
    if out is not None:
        written = write_corridors(flows, out, by_birthplace=by_birthplace, bounds=bounds)
        report |= {"out": str(out), "rows": written.rows}
    if inputs is not None:
        report |= {"period": period, "sex": sex, "editions": dict(inputs.editions)}
        report |= _with_store(inputs, pages=pages, behind=behind, as_of=as_of, data=data)
        if keep and data is not None and seed is None:
            from sojourn.pipeline.flows_kept import keep as keep_in

            report["edition"] = keep_in(data, inputs, flows, bounds)
    click.echo(json.dumps(report, ensure_ascii=False, indent=1)) if as_json else _print(report)


WITHOUT_VITAL = ("drop-negative", "reverse-negative", "rogers")


def _inputs(
    period: str, sex: str, as_of: date | None, data: Path | None, *, needed: bool
) -> "Inputs":
    from sojourn.pipeline.flow_inputs import read_inputs

    return read_inputs(_store(data), period, sex=sex, as_of=as_of, with_vital=needed)


def _own_tables(
    start: Path | None, end: Path | None, births: Path | None, deaths: Path | None, out: Path | None
) -> "Stocks":
    from sojourn.pipeline.flows import read_stocks

    if start is None or end is None or out is None:
        raise click.UsageError("give --stock-start, --stock-end and --out, or --period")
    return read_stocks(start, end, births, deaths)


def _with_store(
    inputs: "Inputs",
    *,
    pages: Path | None,
    behind: tuple[str, str] | None,
    as_of: date | None,
    data: Path | None,
) -> dict[str, Any]:
    """Write the pages and list the cells behind a corridor, where asked."""
    from sojourn.pipeline.flow_pages import flow_pages
    from sojourn.pipeline.observations import area_id

    more: dict[str, Any] = {}
    if pages is not None:
        period = f"{inputs.start}-{inputs.end}"
        more["pages"] = [str(p) for p in flow_pages(_store(data), period, pages, as_of=as_of)]
    if behind is not None:
        more["behind"] = inputs.behind(area_id(behind[0]), area_id(behind[1]))
    return more


def _store(data: Path | None) -> "Store":
    from sojourn.pipeline.figures import open_data

    return open_data(data)[0]


def _print(report: dict[str, Any]) -> None:
    click.echo(f"{report['total']:,.0f} persons by {report['method']}, {report['places']} places")
    if "out" in report:
        click.echo(f"{report['out']}: {report['rows']:,} rows")
    for role, edition in report.get("editions", {}).items():
        click.echo(f"{role}: {edition}")
    for path in report.get("pages", ()):
        click.echo(path)
    if "edition" in report:
        click.echo(f"kept as {report['edition']}, status E")
    error = report["largest_net_error"]
    if error is not None:
        state = "closed" if report["closed"] else "does not close"
        place = report["place_of_net_error"]
        click.echo(f"net migration: {state}; largest error {error:,.6g} persons ({place})")
    for role, addresses in report.get("behind", {}).items():
        for address in addresses:
            click.echo(f"{role:10} {address}")
    for a in report["adjustments"]:
        click.echo(f"{a['step']}: {a['place']}: {a['persons']:+,.0f} persons: {a['why']}", err=True)


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
