"""The methods by name: what each needs, and how it is put together."""

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.estimators import (
    Moves,
    independence,
    minimum,
    mixture,
    seeded_independence,
    seeded_minimum,
)
from sojourn.flows.model.fitting import zero_sum
from sojourn.flows.model.prepare import Accounts, closed, opened
from sojourn.flows.model.result import Flows, assert_sound
from sojourn.flows.model.tables import PEOPLE, Adjustment, Array, Stocks, check
from sojourn.processes import one_thread

#: Method to what it is, in one line.
METHODS = {
    "drop-negative": "stock differencing, decreases dropped",
    "reverse-negative": "stock differencing, decreases read as returns",
    "dennett": "migration rates, in proportion to the stocks at the start",
    "rogers": "migration rates by matrix inversion (for teaching; may be negative)",
    "minimum-open": "demographic accounting, fewest moves, open system",
    "minimum-closed": "demographic accounting, fewest moves, closed system",
    "independence": "demographic accounting without a preference for staying",
    "pseudo-bayes": "mixture of the fewest moves and independence",
}
WEIGHT = 0.87  # Azose and Raftery 2019, calibrated on 31 European countries
CONDITION = 1e8  # above it, an inverse has no digits left that mean anything


@one_thread()
def estimate(
    stocks: Stocks,
    method: str,
    *,
    seed: Array | None = None,
    weight: float = WEIGHT,
    moves: float | None = None,
) -> Flows:
    """Estimate the flows of an interval; the same input gives the same bits.

    Parameters
    ----------
    stocks : Stocks
        Persons; births and deaths too for the accounting methods.
    method : str
        One of `METHODS`.
    seed : ndarray, shape (n, n), optional
        Weights of the pairs of places, for instance 1 / distance; for the accounting methods.
    weight : float
        Share of the minimum in ``pseudo-bayes``, 0 to 1.
    moves : float, optional
        World number of moves for ``dennett``; by default the sum of |net migration| after
        zero-sum rescaling (Abel and Cohen 2019).

    Returns
    -------
    Flows
        Persons per interval, from row place to column place.

    Raises
    ------
    EstimateError
        An input that the method cannot use; the place is named.
    NotConverged
        A margin that no table can meet; the place is named.
    """
    if method not in METHODS:
        raise EstimateError(f"no method {method!r}", hint=f"one of {', '.join(METHODS)}")
    if not 0.0 <= weight <= 1.0:
        raise EstimateError(f"the weight of the minimum is {weight:g}", hint="expected 0 to 1")
    check(stocks)
    if method in ("drop-negative", "reverse-negative", "dennett", "rogers"):
        if seed is not None:
            raise EstimateError(f"{method} takes no seed", hint="use an accounting method")
        return _rates_or_differences(stocks, method, moves)
    return _accounting(stocks, method, seed, weight)


def _accounting(stocks: Stocks, method: str, seed: Array | None, weight: float) -> Flows:
    accounts = opened(stocks) if method == "minimum-open" else closed(stocks)
    first, second = accounts.first, accounts.second
    least = most = None
    if method != "independence":
        least = minimum(first, second) if seed is None else seeded_minimum(first, second, seed)
    if method in ("independence", "pseudo-bayes"):
        most = (
            independence(first, second)
            if seed is None
            else seeded_independence(first, second, seed)
        )
    if least is not None and most is not None:
        moves = mixture(least, most, weight)
    else:
        found = least or most
        assert found is not None  # noqa: S101 - one of the two was made above
        moves = found
    return assert_sound(_flows(stocks, method, accounts, moves, weight))


def _flows(stocks: Stocks, method: str, accounts: Accounts, moves: Moves, weight: float) -> Flows:
    return Flows(
        method=method,
        places=stocks.places,
        birthplaces=stocks.birthplaces,
        flow=moves.flow,
        net=accounts.net,
        reported_net=accounts.reported_net,
        adjustments=(*stocks.left_out, *accounts.adjustments),
        closed=method != "minimum-open",
        sweeps=max([moves.sweeps, *(f.sweeps for f in accounts.fits)]),
        residual=max([moves.residual, *(f.residual for f in accounts.fits)]),
        weight=weight if method == "pseudo-bayes" else None,
        of_birthplace=moves.of_birthplace,
    )


def _rates_or_differences(stocks: Stocks, method: str, moves: float | None) -> Flows:
    n = stocks.n
    start, end = stocks.start[:n].copy(), stocks.end[:n].copy()
    known = stocks.births is not None and stocks.deaths is not None
    reported = stocks.net if known else None
    left_out = list(stocks.left_out)
    for k, name in enumerate(stocks.birthplaces[n:], start=n):
        why = "birthplace without a column of residence: it has no place of origin in this method"
        left_out.append(Adjustment("birthplaces", name, float(stocks.end[k].sum()), why))
    if method == "rogers":
        flow = _rogers(start, end)
    else:
        np.fill_diagonal(start, 0.0)
        np.fill_diagonal(end, 0.0)
        if method == "dennett":
            flow = _dennett(
                start, moves if moves is not None else float(np.abs(zero_sum(stocks.net)).sum())
            )
        else:
            change = end - start
            flow = np.maximum(change, 0.0)
            if method == "reverse-negative":
                flow = flow + np.maximum(-change, 0.0).T
    found = Flows(
        method=method,
        places=stocks.places,
        birthplaces=stocks.birthplaces,
        flow=flow,
        net=reported,
        reported_net=reported,
        adjustments=tuple(left_out),
    )
    return assert_sound(found, signed=method == "rogers")


def _dennett(start: Array, moves: float) -> Array:
    """Spread a number of moves in proportion to the foreign-born at the start."""
    if not 0.0 <= moves <= PEOPLE or start.sum() == 0:
        raise EstimateError(
            f"{moves:g} moves over {start.sum():,.0f} foreign-born",
            hint="expected a number of persons, and somebody to follow",
        )
    flow: Array = moves * start / start.sum()
    return flow


def _rogers(start: Array, end: Array) -> Array:
    """Return the population at the start times the rates S1^-1 S2; may be negative."""
    condition = float(np.linalg.cond(start))
    if not condition < CONDITION:
        raise EstimateError(
            f"the stock table at the start cannot be inverted (condition number {condition:.1e})",
            hint=f"rates by inversion need less than {CONDITION:.0e}; use another method",
        )
    flow: Array = start.sum(axis=0)[:, None] * np.linalg.solve(start, end)
    np.fill_diagonal(flow, 0.0)
    return flow
