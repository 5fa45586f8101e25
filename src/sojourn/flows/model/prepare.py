"""Demographic accounting: natives, world balance, births, deaths, and birthplaces that agree."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sojourn.errors import EstimateError, NotConverged
from sojourn.flows.model.fitting import Fit, fit
from sojourn.flows.model.tables import Adjustment, Array, Stocks

Places = npt.NDArray[np.integer]  # indices of places


@dataclass(frozen=True)
class Accounts:
    """Survivors at both dates, by birthplace and place, and what had to be moved.

    Attributes
    ----------
    first, second : ndarray, shape (K, n), persons
        Those alive at both dates: Q1 where they live at the start, Q2 at the end.
    net : ndarray, shape (n,)
        Net migration that the accounts imply: the target N* of the closed methods.
    reported_net : ndarray, shape (n,)
        The demographic residual N of the input.
    adjustments : tuple of Adjustment
    fits : tuple of Fit
        The two proportional fits of the closed methods; empty for the open one.
    """

    first: Array
    second: Array
    net: Array
    reported_net: Array
    adjustments: tuple[Adjustment, ...]
    fits: tuple[Fit, ...] = ()


def possible_natives(stocks: Stocks) -> tuple[Stocks, list[Adjustment]]:
    """Set negative natives to zero and rescale the column, so that the population is kept (3a)."""
    done: list[Adjustment] = []
    tables = []
    for name, table in (("start", stocks.start), ("end", stocks.end)):
        repaired = table.copy()
        for j in range(stocks.n):
            if table[j, j] < 0:
                total = table[:, j].sum()
                repaired[j, j] = 0.0
                if total < 0:
                    raise EstimateError(
                        f"{stocks.places[j]}: fewer than no people at the {name} ({total:,.0f})",
                        hint="the foreign-born are more than the population; check the unit",
                    )
                repaired[:, j] *= total / repaired[:, j].sum()
                done.append(
                    Adjustment(
                        "natives",
                        stocks.places[j],
                        float(-table[j, j]),
                        f"more foreign-born than people at the {name}; the column was rescaled to its total",
                    )
                )
        tables.append(repaired)
    return replace(stocks, start=tables[0], end=tables[1]), done


def _balanced_world(stocks: Stocks) -> tuple[Stocks, list[Adjustment]]:
    """Spread an unbalanced world over the natives, half on each table (3b; closed methods only)."""
    births, deaths = stocks.vital()
    gap = float((births - deaths).sum() - (stocks.end.sum() - stocks.start.sum()))
    if abs(gap) < 1e-9 * max(1.0, float(stocks.end.sum())):
        return stocks, []
    index = np.arange(stocks.n)
    start, end = stocks.start.copy(), stocks.end.copy()
    natives = min(float(start[index, index].sum()), float(end[index, index].sum()))
    if abs(gap) / 2.0 > 0.5 * natives:
        raise EstimateError(
            f"the world is unbalanced by {gap:,.0f} persons: births - deaths differ from its growth "
            f"by more than its natives ({natives:,.0f}) can absorb",
            hint="check the unit of births and deaths (persons, not thousands) and the interval",
        )
    start[index, index] *= 1.0 - (gap / 2.0) / start[index, index].sum()
    end[index, index] *= 1.0 + (gap / 2.0) / end[index, index].sum()
    why = "births - deaths differ from the change of the world's population; spread over natives, half at each date"
    return replace(stocks, start=start, end=end), [Adjustment("world balance", "world", gap, why)]


def _survivors(stocks: Stocks, *, proportional: bool = False) -> tuple[Array, Array]:
    """Remove births from the end table and deaths from the start table (3c, 3d).

    Births are natives; where they are more than the natives (or if ``proportional``), they are
    taken from the whole column. One death rate holds for all birthplaces within a place.

    Returns
    -------
    (P1, P2) : ndarrays, shape (K, n)
    """
    births, deaths = stocks.vital()
    index = np.arange(stocks.n)
    natives = stocks.end[index, index]
    whole = np.full(stocks.n, proportional) | (births > natives)
    removed = np.zeros_like(stocks.end)
    removed[index[~whole], index[~whole]] = births[~whole]
    share = _share(stocks.end)
    removed[:, whole] = share[:, whole] * births[whole]
    return stocks.start - _share(stocks.start) * deaths, stocks.end - removed


def _share(table: Array) -> Array:
    total = table.sum(axis=0)
    share: Array = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    return share


def closed(stocks: Stocks) -> Accounts:
    """Return accounts of a closed world: net migration of every place is kept (section 4).

    Sources: Abel and Sander 2014; Abel and Cohen 2019.

    Raises
    ------
    NotConverged
        A margin cannot be met; the message names it.
    """
    reported = stocks.net
    repaired, done = possible_natives(stocks)
    balanced, more = _balanced_world(repaired)
    p1, p2 = _survivors(balanced)
    del repaired, balanced  # of thousands of places each table is large
    target = 0.5 * (p1.sum(axis=1) + p2.sum(axis=1))
    names = (stocks.birthplaces, stocks.places)
    q1, q2, fits, repairs = _fit_both(p1, p2, target, names)
    net: Array = p2.sum(axis=0) - p1.sum(axis=0)
    return Accounts(q1, q2, net, reported, (*done, *more, *repairs), fits)


def _fit_one(
    table: Array,
    fixed: Places,
    others: Places,
    goal: Array,
    names: tuple[tuple[str, ...], tuple[str, ...]],
) -> tuple[Array, Fit]:
    whole = np.zeros_like(table)
    for z in fixed:
        whole[z] = _native_row(table[z], int(z), float(goal[z]))
    left = table.sum(axis=0) - whole.sum(axis=0)
    found = fit(table[others], goal[others], left, names=([names[0][i] for i in others], names[1]))
    whole[others] = found.table
    return whole, found


def _fit_both(
    p1: Array, p2: Array, target: Array, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> tuple[Array, Array, tuple[Fit, ...], list[Adjustment]]:
    """Fit both tables to one total a birthplace; repair places that hold nothing but natives."""
    n = p1.shape[1]
    index = np.arange(n)
    native1, native2 = p1[index, index], p2[index, index]
    alone = (np.isclose(p1.sum(axis=0), native1) & (native1 > target[:n])) | (
        np.isclose(p2.sum(axis=0), native2) & (native2 > target[:n])
    )
    fixed = np.flatnonzero(alone)
    goal = target.copy()
    goal[fixed] = np.maximum(target[fixed], np.maximum(native1[fixed], native2[fixed]))
    repairs = [
        Adjustment(
            "natives only",
            names[1][z],
            float(goal[z] - target[z]),
            "the place holds natives only at one date; its birthplace total was raised to them",
        )
        for z in fixed
    ]
    others = np.setdiff1d(np.arange(len(target)), fixed)
    total = float(p1.sum())
    if len(fixed):
        rest = total - goal[fixed].sum()
        if rest <= 0 or goal[others].sum() == 0:
            raise NotConverged(
                f"{', '.join(names[1][z] for z in fixed)}: natives only, and more of them than the "
                f"two tables can agree on ({goal[fixed].sum() - target[fixed].sum():+,.0f} persons)",
                hint="births, deaths and the change of population contradict each other there",
            )
        goal[others] *= rest / goal[others].sum()
    (first, fit1), (second, fit2) = (
        _fit_one(table, fixed, others, goal, names) for table in (p1, p2)
    )
    return first, second, (fit1, fit2), repairs


def _native_row(row: Array, z: int, goal: float) -> Array:
    """Scale what is not at home in a row so that the row has its total."""
    away = row.copy()
    away[z] = 0.0
    rest = goal - row[z]
    out: Array = away * (rest / away.sum()) if away.sum() > 0 else away
    out[z] = row[z] if away.sum() > 0 else goal
    return out


def opened(stocks: Stocks) -> Accounts:
    """Return accounts of an open world: birthplace totals agree by letting people leave or enter.

    Source: Abel 2013. Net migration is not kept; what left and entered is listed.
    """
    reported = stocks.net
    repaired, done = possible_natives(stocks)
    p1, p2 = _survivors(repaired)
    r1, r2 = p1.sum(axis=1), p2.sum(axis=1)
    gap = r1 - r2
    leaving = _ratio(np.maximum(gap, 0.0), r1)[:, None] * p1
    entering = _ratio(np.maximum(-gap, 0.0), r2)[:, None] * p2
    moved = [
        Adjustment(
            "open system",
            "world",
            float(-leaving.sum()),
            "people who leave the system, for birthplaces that shrink",
        ),
        Adjustment(
            "open system",
            "world",
            float(entering.sum()),
            "people who enter the system, for birthplaces that grow",
        ),
    ]
    net: Array = (p2 - entering).sum(axis=0) - (p1 - leaving).sum(axis=0)
    return Accounts(p1 - leaving, p2 - entering, net, reported, (*done, *moved))


def _ratio(top: Array, bottom: Array) -> Array:
    ratio: Array = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return ratio
