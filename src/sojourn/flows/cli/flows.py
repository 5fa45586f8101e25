"""``sojourn flows``: estimate who moved where between two stock tables."""

import json
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sojourn.flows.cli.options import (
    keep_option,
    method_option,
    revision_option,
    sex_option,
    unknown_option,
    weight_option,
)
from sojourn.processes import THREADS
from sojourn.terminal.asking import as_asked
from sojourn.terminal.options import as_of_option, data_option, json_option

#: Before numpy makes its threads (see ``one_thread``); a user's setting stands.
for _threads in THREADS:
    os.environ.setdefault(_threads, "1")

_FILE = click.Path(path_type=Path, dir_okay=False)

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
            as_asked(verb)
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
    from sojourn.flows.run.asked import TWO_WAYS, Asked, estimated
    from sojourn.query.opening import open_data

    if given["period"] is None and given["out"] is None:
        raise click.UsageError(TWO_WAYS)
    own = {f: given[f] for f in Asked.__dataclass_fields__ if f in given}
    own |= {"band": given["with_band"], "behind": given["behind"] or None}
    own["keep"] = given["data"] if given["keep"] else None
    return dict(estimated(Asked(**own), lambda: open_data(given["data"])[0]).report)
