"""``sojourn flows``: estimate who moved where between two stock tables."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.flows.cli.options import (
    CLOSED,
    keep_option,
    method_option,
    revision_option,
    sex_option,
    unknown_option,
    weight_option,
)
from sojourn.terminal.options import as_of_option, data_option, json_option

if TYPE_CHECKING:
    from sojourn.flows.inputs.tables import Inputs
    from sojourn.flows.model import Flows, Stocks
    from sojourn.flows.model.tables import Array
    from sojourn.flows.run.checks import FittedBand
    from sojourn.store.observations import Store

#: Solves of a few hundred places cost several times the CPU on more threads; a user's setting stands.
for _threads in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

_FILE = click.Path(path_type=Path, dir_okay=False)
WITHOUT_VITAL = ("drop-negative", "reverse-negative")


#: Verbs of their own: (module in sojourn.cli, name of the command there, one line of help).
VERBS: dict[str, tuple[str, str, str]] = {
    "validate": (
        "validate",
        "command",
        "Estimates beside published series, measured totals, the revision.",
    ),
    "annual": ("annual", "command", "Flows of calendar years, intervals as anchors."),
    "update": ("update", "command", "A table of flows brought to net migration."),
    "margins": ("update", "margins", "A table of flows brought to departures and arrivals."),
}


class WithVerbs(click.Command):
    """A command that has verbs beside its own options, as in ``sojourn flows validate``."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context of the verb named first, or of the command itself."""
        if args and args[0] in VERBS:
            module, name, _ = VERBS[args[0]]
            verb = getattr(import_module(f"sojourn.flows.cli.{module}"), name)
            assert isinstance(verb, click.Command)  # noqa: S101 - a wrong table is a bug
            return verb.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the one-line helps of the verbs."""
        rows = [(name, line) for name, (_, _, line) in VERBS.items()]
        if rows:
            with formatter.section("Verbs"):
                formatter.write_dl(rows)
        super().format_epilog(ctx, formatter)


@click.command(cls=WithVerbs)
@click.option(
    "--stock-start",
    type=_FILE,
    help="Stocks at the start: a labelled square CSV, birthplaces down, residence across; the diagonal holds the native-born.",
)
@click.option("--stock-end", type=_FILE, help="Stocks at the end, in the same layout.")
@click.option("--births", type=_FILE, help="Births during the interval: area,value; persons.")
@click.option("--deaths", type=_FILE, help="Deaths during the interval: area,value; persons.")
@click.option(
    "--net",
    type=_FILE,
    help="Net migration that the population's source publishes, to compare: area,value; persons.",
)
@click.option(
    "--leave-out",
    multiple=True,
    metavar="LABEL",
    help="A label of your tables that may leave the run.",
)
@click.option(
    "--period",
    help="Instead of own tables: an interval from the data directory, for instance 2010-2015.",
)
@sex_option
@method_option
@click.option(
    "--seed",
    type=_FILE,
    help="Weights of the pairs of places (for instance 1/distance), in the same square layout.",
)
@weight_option
@click.option(
    "--moves", type=float, help="World number of moves for dennett (default: sum of net migration)."
)
@unknown_option
@revision_option
@click.option(
    "--mix-revisions",
    is_flag=True,
    help="With --period: take the population of the stock's file, though births and deaths are of another revision.",
)
@click.option("--accept-balance", is_flag=True, help="Go on although the world does not balance.")
@click.option("--by-birthplace", is_flag=True, help="Write a row for each birthplace too.")
@click.option(
    "--band",
    "with_band",
    is_flag=True,
    help="Add the low and the high estimate of each corridor over the methods; with --period also "
    "the interval fitted to measured arrivals and departures, where they are loaded.",
)
@keep_option
@click.option(
    "--behind",
    nargs=2,
    metavar="ORIGIN DESTINATION",
    help="With --period: list the birthplaces and the cells behind a corridor.",
)
@click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --period: folder for a page and a paper in every language, and all corridors.",
)
@click.option(
    "--out",
    type=_FILE,
    help="CSV to write: origin,destination,value (with --band: low,high, and interval_low,"
    "interval_high where fitted).",
)
@as_of_option
@data_option
@json_option
def command(**given: Any) -> None:
    """Estimate flows between places from stocks at two dates; persons per interval.

    Either from your own tables (--stock-start, --stock-end, --births, --deaths), or from the data
    directory (--period). Accounting methods need births and deaths. Whoever a step removes, moves
    or adds is reported.
    """
    report = _run(given)
    if given["as_json"]:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    from sojourn.flows.run.report import report_lines

    for line in report_lines(report):
        click.echo(line)
    for c in report.get("carriers", ()):
        click.echo(
            f"born in {c['birthplace']}: {c['persons']:,.0f} ({100 * c['share']:.1f} %): {'; '.join(c['cells'])}"
        )
    for role, addresses in report.get("behind", {}).items():
        for address in addresses:
            click.echo(f"{role:10} {address}")
    for a in report["adjustments"]:
        click.echo(f"{a['step']}: {a['place']}: {a['persons']:+,.0f} persons: {a['why']}", err=True)


def _run(given: Mapping[str, Any]) -> dict[str, Any]:
    """Estimate, write and keep what was asked; return the report."""
    from sojourn.flows.inputs.sexes import HOW
    from sojourn.flows.model import estimate
    from sojourn.flows.model.balance import with_unknown
    from sojourn.flows.run.own import read_seed, write_corridors
    from sojourn.flows.run.report import balance_report, report_of, unknown_report

    inputs = None if given["period"] is None else _inputs(given)
    untreated = _own_tables(given) if inputs is None else inputs.untreated or inputs.stocks
    stocks = with_unknown(untreated, given["unknown"])
    seed = None if given["seed"] is None else read_seed(given["seed"], stocks)
    options = {"seed": seed, "weight": given["weight"], "moves": given["moves"]}
    flows = estimate(stocks, given["method"], **options)
    bands = _bands(given, inputs, stocks, options) if given["with_band"] else Bands()
    if inputs is not None and given["sex"] != inputs.sex:
        inputs, flows = _of_sex(given, inputs, flows)
    interval = None if bands.fitted is None else bands.fitted.corridors(flows.flow)
    report = report_of(flows) | {"balance": balance_report(stocks, flows)} | bands.report
    if given["sex"] != "_T" and inputs is not None and given["method"] not in WITHOUT_VITAL:
        report["sexes"] = HOW
    report["unknown"] = unknown_report(untreated, given["method"], given["unknown"], **options)
    if given["out"] is not None:
        written = write_corridors(
            flows,
            given["out"],
            by_birthplace=given["by_birthplace"],
            bounds=bands.methods,
            interval=interval,
        )
        report |= {"out": str(given["out"]), "rows": written.rows}
    return report if inputs is None else report | _of_store(given, inputs, flows, bands, interval)


def _of_store(
    given: Mapping[str, Any],
    inputs: "Inputs",
    flows: "Flows",
    bands: "Bands",
    interval: "tuple[Array, Array] | None",
) -> dict[str, Any]:
    """Write pages, list cells and keep the estimate, where asked; return what to report of it."""
    from sojourn.flows.run.kept import keep

    report: dict[str, Any] = {"period": given["period"], "sex": given["sex"]}
    report |= {"editions": dict(inputs.editions), "mixed_revisions": given["mix_revisions"]}
    report |= _with_store(inputs, flows, given)
    if given["keep"] and given["data"] is not None and given["seed"] is None:
        kind = "range" if interval is None else "fitted"
        kept = bands.methods if interval is None else interval
        report["edition"] = keep(given["data"], inputs, flows, kept, kind=kind)
    return report


@dataclass(frozen=True)
class Bands:
    """The range of methods of each corridor, and the interval fitted to measured totals."""

    methods: "tuple[Array, Array] | None" = None
    fitted: "FittedBand | None" = None

    @property
    def report(self) -> dict[str, Any]:
        """What to say of them; empty where no band was asked."""
        if self.fitted is None:
            return {}
        from sojourn.flows.run.report import band_report

        return {"band": band_report(self.fitted)}


def _inputs(given: Mapping[str, Any]) -> "Inputs":
    from sojourn.flows.inputs.tables import Choices, read_inputs

    if given["stock_start"] or given["stock_end"]:
        raise click.UsageError("give either --period or your own tables")
    needed = given["method"] not in WITHOUT_VITAL or given["with_band"]
    return read_inputs(
        _store(given["data"]),
        given["period"],
        sex="_T" if needed else given["sex"],
        as_of=given["as_of"],
        with_vital=needed,
        choices=Choices(
            given["unknown"], given["mix_revisions"], given["accept_balance"], given["revision"]
        ),
    )


def _of_sex(given: Mapping[str, Any], inputs: "Inputs", flows: "Flows") -> tuple["Inputs", "Flows"]:
    """Return women or men of an estimate of both sexes."""
    from sojourn.flows.inputs.sexes import sexes

    return sexes(_store(given["data"]), inputs, flows, given["as_of"])[given["sex"]]


def _own_tables(given: Mapping[str, Any]) -> "Stocks":
    from sojourn.flows.model.balance import refuse_unbalanced
    from sojourn.flows.run.own import read_stocks

    start, end, method = given["stock_start"], given["stock_end"], given["method"]
    if start is None or end is None or given["out"] is None:
        raise click.UsageError("give --stock-start, --stock-end and --out, or --period")
    stocks = read_stocks(
        start,
        end,
        given["births"],
        given["deaths"],
        net=given["net"],
        leave_out=given["leave_out"],
    )
    if stocks.births is not None and stocks.deaths is not None and method not in WITHOUT_VITAL:
        closed = method in ("minimum-closed", "independence", "pseudo-bayes", "dennett")
        refuse_unbalanced(stocks, accept=given["accept_balance"], closed=closed)
    return stocks


def _bands(
    given: Mapping[str, Any], inputs: "Inputs | None", stocks: "Stocks", options: dict[str, Any]
) -> Bands:
    """Return the range of methods, and with a store the interval that measured totals give."""
    from sojourn.flows.inputs.sexes import sex_of
    from sojourn.flows.run.checks import fitted_band
    from sojourn.flows.run.kept import band, other_editions, whole

    known = {"seed": options["seed"], "weight": options["weight"]}
    if inputs is None:
        found = band(stocks, **known)
        return Bands((found.low, found.high))
    if given["method"] in WITHOUT_VITAL and given["sex"] != "_T":
        raise click.UsageError("--band of women or men needs an accounting method")
    store, as_of = _store(given["data"]), given["as_of"]
    part = whole if given["sex"] == "_T" else sex_of(store, inputs, given["sex"], as_of)
    others = other_editions(store, inputs, as_of)
    found = band(stocks, [o.stocks for o in others], part=part, **known)
    fitted = None
    if given["method"] in CLOSED:
        fitted = fitted_band(store, as_of=as_of, choices=inputs.choices)
    return Bands((found.low, found.high), fitted)


def _with_store(inputs: "Inputs", flows: "Flows", given: Mapping[str, Any]) -> dict[str, Any]:
    """Write the pages and list the cells behind a corridor, where asked."""
    from sojourn.flows.model.birthplaces import carriers
    from sojourn.flows.run.pages import flow_pages
    from sojourn.vocab.place import area_id

    more: dict[str, Any] = {}
    if given["pages"] is not None:
        written = flow_pages(
            _store(given["data"]),
            given["period"],
            given["pages"],
            as_of=given["as_of"],
            choices=inputs.choices,
        )
        more["pages"] = [str(p) for p in written]
    if given["behind"]:
        origin, destination = (area_id(a) for a in given["behind"])
        more["behind"] = inputs.behind(origin, destination)
        more["carriers"] = (
            []
            if flows.of_birthplace is None
            else [
                {"birthplace": c.birthplace, "persons": c.persons, "share": c.share}
                | {"cells": inputs.carrying(c.birthplace, origin, destination)}
                for c in carriers(flows, origin, destination)
            ]
        )
    return more


def _store(data: Path | None) -> "Store":
    from sojourn.query.opening import open_data

    return open_data(data)[0]
