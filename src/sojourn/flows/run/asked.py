"""A run of flows as it is asked for, on the command line or in Python: estimated, written, kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.errors import Misasked
from sojourn.flows.inputs.sexes import HOW, sex_of, sexes
from sojourn.flows.inputs.sides import refuse_wrong_side
from sojourn.flows.inputs.tables import Choices, Inputs, read_inputs
from sojourn.flows.model import METHODS, Flows, Stocks, estimate
from sojourn.flows.model.axes import refuse_transposed
from sojourn.flows.model.balance import UNKNOWN, refuse_unbalanced, with_unknown
from sojourn.flows.model.birthplaces import carriers
from sojourn.flows.model.methods import WEIGHT
from sojourn.flows.model.tables import Array
from sojourn.flows.run.checks import FittedBand, fitted_band
from sojourn.flows.run.kept import Band, band, other_editions, whole
from sojourn.flows.run.kept import keep as keep_in
from sojourn.flows.run.own import read_seed, read_stocks, write_corridors
from sojourn.flows.run.report import (
    balance_report,
    band_report,
    report_of,
    sides_report,
    unknown_report,
)
from sojourn.store.observations import Store
from sojourn.terminal.asked import one_of
from sojourn.vocab.place import area_id

WITHOUT_VITAL = ("drop-negative", "reverse-negative")
CLOSED = ("minimum-closed", "independence", "pseudo-bayes", "dennett")
TWO_WAYS = "give --stock-start, --stock-end and --out, or --period"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for; the names are those of the options of ``sojourn flows``.

    Attributes
    ----------
    period : str or None
        An interval of the stores' tables, such as ``2010-2015``; None with tables of one's own.
    stock_start, stock_end, births, deaths, net, seed : Path or None
        Tables of one's own (``net`` and ``seed`` are optional either way).
    weight : float
        Share of the minimum in pseudo-bayes; ``--lambda``.
    behind : (origin, destination) or None
        List birthplaces and cells behind this corridor.
    keep : Path or None
        Data directory in which the estimate is kept.
    """

    period: str | None = None
    sex: str = "_T"
    method: str = "pseudo-bayes"
    weight: float = WEIGHT
    moves: float | None = None
    unknown: str = "origins"
    revision: str = ""
    mix_revisions: bool = False
    accept_balance: bool = False
    by_birthplace: bool = False
    band: bool = False
    behind: tuple[str, str] | None = None
    keep: Path | None = None
    pages: Path | None = None
    out: Path | None = None
    as_of: date | None = None
    stock_start: Path | None = None
    stock_end: Path | None = None
    births: Path | None = None
    deaths: Path | None = None
    net: Path | None = None
    leave_out: tuple[str, ...] = ()
    seed: Path | None = None


@dataclass(frozen=True)
class Estimated:
    """What a run gave.

    Attributes
    ----------
    flows : Flows
    inputs : Inputs or None
        None for tables of one's own.
    bounds : (low, high) or None
        Range of methods of each corridor, persons, shape (n, n) each.
    interval : (low, high) or None
        Fitted to measured totals, where they are loaded.
    report : mapping
        Totals, balance, unknown origins, adjustments, editions, files.
    """

    flows: Flows
    inputs: Inputs | None
    bounds: tuple[Array, Array] | None
    report: Mapping[str, Any]
    interval: tuple[Array, Array] | None = None


def estimated(asked: Asked, opened: Callable[[], Store]) -> Estimated:
    """Estimate, write and keep what is asked for.

    Parameters
    ----------
    opened : callable
        Opens the data directory; not called for tables of one's own.

    Raises
    ------
    Misasked
        Options that exclude each other, or a word that no option has.
    EstimateError
        As ``read_inputs``, ``read_stocks`` and the method.
    """
    one_of(asked.method, METHODS, "method")
    one_of(asked.unknown, UNKNOWN, "treatment of unknown birthplaces")
    one_of(asked.sex, ("_T", "F", "M"), "sex")
    _refuse_unused(asked)
    inputs = None if asked.period is None else _inputs(asked, opened)
    untreated = _own_tables(asked) if inputs is None else inputs.untreated or inputs.stocks
    stocks = with_unknown(untreated, asked.unknown)
    seed = None if asked.seed is None else read_seed(asked.seed, stocks)
    options: dict[str, Any] = {"seed": seed, "weight": asked.weight, "moves": asked.moves}
    flows = estimate(stocks, asked.method, **options)
    spread = _band(asked, inputs, stocks, seed, opened) if asked.band else None
    bounds = None if spread is None else (spread.low, spread.high)
    fitted = _fitted(asked, inputs, opened)
    if inputs is not None and asked.sex != inputs.sex:
        inputs, flows = sexes(opened(), inputs, flows, asked.as_of)[asked.sex]
    report = report_of(flows) | {"balance": balance_report(stocks, flows)}
    if fitted is not None:
        report["band"] = band_report(fitted)
    if asked.sex != "_T" and inputs is not None and asked.method not in WITHOUT_VITAL:
        report["sexes"] = HOW
    report["unknown"] = unknown_report(untreated, asked.method, asked.unknown, **options)
    if inputs is None:
        report["sides"] = sides_report(untreated)
    interval = None if fitted is None else fitted.corridors(flows.flow)
    found = Estimated(flows, inputs, bounds, report, interval)
    return _written(asked, found, opened, seeded=bool(asked.seed))


def _written(
    asked: Asked, found: Estimated, opened: Callable[[], Store], *, seeded: bool
) -> Estimated:
    """Write and keep what was estimated, and say so in the report."""
    flows, inputs, report = found.flows, found.inputs, dict(found.report)
    if asked.out is not None:
        written = write_corridors(
            flows,
            asked.out,
            by_birthplace=asked.by_birthplace,
            bounds=found.bounds,
            interval=found.interval,
        )
        report |= {"out": str(asked.out), "rows": written.rows}
    if inputs is None:
        return replace(found, report=report)
    report |= {"period": asked.period, "sex": asked.sex}
    report |= {"editions": dict(inputs.editions), "mixed_revisions": asked.mix_revisions}
    if asked.pages is not None:
        from sojourn.flows.run.pages import flow_pages

        written_pages = flow_pages(
            opened(), str(asked.period), asked.pages, as_of=asked.as_of, choices=inputs.choices
        )
        report["pages"] = [str(p) for p in written_pages]
    if asked.behind is not None:
        report |= _behind(asked.behind, inputs, flows)
    if asked.keep is not None and not seeded:
        kind = "range" if found.interval is None else "fitted"
        kept = found.bounds if found.interval is None else found.interval
        report["edition"] = keep_in(asked.keep, inputs, flows, kept, kind=kind)
    return replace(found, report=report)


def _refuse_unused(asked: Asked) -> None:
    """Refuse what is asked for and would not be used.

    Raises
    ------
    Misasked
        Naming the option and what it goes with.
    """
    if asked.period is None:
        other, unused = (
            "--period",
            {
                "--sex": asked.sex != "_T",
                "--behind": asked.behind is not None,
                "--pages": asked.pages is not None,
                "--revision": bool(asked.revision),
                "--mix-revisions": asked.mix_revisions,
                "--as-of": asked.as_of is not None,
            },
        )
    else:
        other, unused = (
            "tables of your own (--stock-start, --stock-end)",
            {
                "--births": asked.births is not None,
                "--deaths": asked.deaths is not None,
                "--net": asked.net is not None,
                "--leave-out": bool(asked.leave_out),
            },
        )
    found = [(name, other) for name, given in unused.items() if given]
    if asked.moves is not None and asked.method != "dennett":
        found.append(("--moves", "--method dennett"))
    if asked.weight != WEIGHT and asked.method != "pseudo-bayes" and not asked.band:
        found.append(("--lambda", "--method pseudo-bayes or --band"))
    if found:
        raise Misasked(
            "; ".join(f"{name} goes with {what}" for name, what in found),
            hint="leave it out: what is not used is not taken in silence",
        )


def _inputs(asked: Asked, opened: Callable[[], Store]) -> Inputs:
    if asked.stock_start or asked.stock_end:
        raise Misasked("give either --period or your own tables", hint=TWO_WAYS)
    needed = asked.method not in WITHOUT_VITAL or asked.band
    return read_inputs(
        opened(),
        str(asked.period),
        sex="_T" if needed else asked.sex,
        as_of=asked.as_of,
        with_vital=needed,
        choices=Choices(
            asked.unknown, asked.mix_revisions, asked.accept_balance, str(asked.revision)
        ),
    )


def _own_tables(asked: Asked) -> Stocks:
    if asked.stock_start is None or asked.stock_end is None:
        raise Misasked("no tables and no period", hint=TWO_WAYS)
    stocks = read_stocks(
        asked.stock_start,
        asked.stock_end,
        asked.births,
        asked.deaths,
        net=asked.net,
        leave_out=asked.leave_out,
    )
    vital = stocks.births is not None and stocks.deaths is not None
    if vital and asked.method not in WITHOUT_VITAL:
        refuse_unbalanced(stocks, accept=asked.accept_balance, closed=asked.method in CLOSED)
        refuse_transposed(stocks, accept=asked.accept_balance)
    refuse_wrong_side(stocks, accept=asked.accept_balance)
    return stocks


def _band(
    asked: Asked,
    inputs: Inputs | None,
    stocks: Stocks,
    seed: Array | None,
    opened: Callable[[], Store],
) -> Band:
    if inputs is None:
        return band(stocks, seed=seed, weight=asked.weight)
    if asked.method in WITHOUT_VITAL and asked.sex != "_T":
        raise Misasked(
            f"{asked.method} has no band of women or men", hint="use an accounting method"
        )
    part = whole if asked.sex == "_T" else sex_of(opened(), inputs, asked.sex, asked.as_of)
    others = [o.stocks for o in other_editions(opened(), inputs, asked.as_of)]
    return band(stocks, others, seed=seed, weight=asked.weight, part=part)


def _fitted(asked: Asked, inputs: Inputs | None, opened: Callable[[], Store]) -> FittedBand | None:
    """Return the interval that measured totals give, for methods that keep net migration."""
    if not asked.band or inputs is None or asked.method not in CLOSED[:3]:
        return None
    return fitted_band(opened(), as_of=asked.as_of, choices=inputs.choices)


def _behind(corridor: tuple[str, str], inputs: Inputs, flows: Flows) -> dict[str, Any]:
    """Return the cells behind a corridor, and who carries it."""
    origin, destination = (area_id(a) for a in corridor)
    carried = (
        ()
        if flows.of_birthplace is None
        else [
            {"birthplace": c.birthplace, "persons": c.persons, "share": c.share}
            | {"cells": inputs.carrying(c.birthplace, origin, destination)}
            for c in carriers(flows, origin, destination)
        ]
    )
    return {"behind": inputs.behind(origin, destination), "carriers": list(carried)}
