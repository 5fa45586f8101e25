"""Does an interval add up: each place against its revision, and the world against itself."""

from dataclasses import dataclass, replace

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.prepare import possible_natives
from sojourn.flows.model.tables import Adjustment, Array, Stocks, check

TOLERANCE = 5e-4  # of population for a place, of natives for the world
NAMED = 0.15  # how near a ratio must lie to a telling one, relative to it
UNKNOWN = ("origins", "natives", "drop")


@dataclass(frozen=True)
class PlaceBalance:
    """The identity of one place over the interval; persons.

    Attributes
    ----------
    place : str
    start, end, births, deaths : float
    net : float or None
        Net migration N of the revision; None when none was given.
    implied : float
        Net migration N* that the accounts imply, and that a closed method keeps.
    """

    place: str
    start: float
    end: float
    births: float
    deaths: float
    net: float | None
    implied: float

    @property
    def residual(self) -> float | None:
        """P1 - P0 - births + deaths - N; None when no net migration was given."""
        if self.net is None:
            return None
        return self.end - self.start - self.births + self.deaths - self.net

    @property
    def gap(self) -> float | None:
        """Implied less reported net migration, N* - N."""
        return None if self.net is None else self.implied - self.net

    def off(self, tolerance: float = TOLERANCE) -> bool:
        """Whether the residual or N* - N exceeds a share of the population at the end."""
        found = [abs(v) for v in (self.residual, self.gap) if v is not None]
        return any(v > tolerance * max(self.end, 1.0) for v in found)


def place_balances(stocks: Stocks, implied: Array | None = None) -> tuple[PlaceBalance, ...]:
    """Return the identity of every place.

    Parameters
    ----------
    stocks : Stocks
        With births and deaths.
    implied : ndarray, shape (n,), persons, optional
        N* of the accounts; by default the demographic residual of the tables.

    Raises
    ------
    EstimateError
        Births or deaths were not given.
    """
    births, deaths = stocks.vital()
    net = stocks.net if implied is None else implied
    start, end = stocks.start.sum(axis=0), stocks.end.sum(axis=0)
    return tuple(
        PlaceBalance(
            place,
            float(start[j]),
            float(end[j]),
            float(births[j]),
            float(deaths[j]),
            None if stocks.reported is None else float(stocks.reported[j]),
            float(net[j]),
        )
        for j, place in enumerate(stocks.places)
    )


@dataclass(frozen=True)
class WorldBalance:
    """Growth of all places together beside births and deaths; persons."""

    growth: float
    births: float
    deaths: float
    natives: float

    @property
    def gap(self) -> float:
        """Births - deaths - growth: what step 3b spreads over natives."""
        return self.births - self.deaths - self.growth

    @property
    def share(self) -> float:
        """The gap as a share of the native-born at the end."""
        return abs(self.gap) / max(self.natives, 1.0)

    @property
    def cause(self) -> str:
        """What gives the mistake away, with its ratio; empty when no telling ratio fits."""
        return _cause(self.growth, self.births, self.deaths)


def world_balance(stocks: Stocks) -> WorldBalance:
    """Return the balance of the world that the places make up.

    Raises
    ------
    EstimateError
        Births or deaths were not given.
    """
    births, deaths = stocks.vital()
    own = np.arange(stocks.n)
    return WorldBalance(
        growth=float(stocks.end.sum() - stocks.start.sum()),
        births=float(births.sum()),
        deaths=float(deaths.sum()),
        natives=float(np.maximum(stocks.end[own, own], 0.0).sum()),
    )


def refuse_unbalanced(
    stocks: Stocks, *, accept: bool = False, closed: bool = True, tolerance: float = TOLERANCE
) -> WorldBalance:
    """Return the balance of the world, or refuse it above a share of the natives.

    An open system may grow from outside: it is refused only when a ratio gives a mistake away.

    Raises
    ------
    EstimateError
        A cell that no method can use, or an unbalanced world with the ratio that gives it away.
    """
    check(stocks)
    world = world_balance(stocks)
    if accept or world.share <= tolerance or not (closed or world.cause):
        return world
    natural = world.births - world.deaths
    ratio = f"{world.growth / natural:,.4g}" if natural else "no number"
    raise EstimateError(
        f"the world does not balance: it grows by {world.growth:+,.0f} persons, births - deaths are "
        f"{natural:+,.0f} (births {world.births:,.0f}, deaths {world.deaths:,.0f}); the gap is "
        f"{100 * world.share:,.2f} % of the natives, more than {100 * tolerance:g} %; "
        f"growth over births - deaths is {ratio}" + (f": {world.cause}" if world.cause else ""),
        hint="check the unit (persons), the years, the columns and the dates of the tables; "
        "--accept-balance spreads the gap over natives all the same",
    )


def _cause(growth: float, births: float, deaths: float) -> str:
    """Return the mistake whose ratio fits best, if one fits far better than the tables as given."""
    natural, size = births - deaths, max(abs(growth), 1.0)
    swapped = (
        "ratio -1: the two stock tables look swapped (start for end)"
        if births > deaths
        else "ratio -1: births and deaths look swapped"
    )
    told = [
        (-natural, swapped),
        *((factor * natural, _factor(factor)) for factor in _FACTORS),
        (1000.0 * births - deaths, "ratio 1,000: births look like thousands, deaths do not"),
        (births - 1000.0 * deaths, "ratio 1,000: deaths look like thousands, births do not"),
    ]
    miss, said = min((abs(expected - growth) / size, said) for expected, said in told)
    return said if miss < min(NAMED, 0.5 * abs(natural - growth) / size) else ""


_FACTORS = (1000.0, 1e6, 1e-3, 5.0, 0.2, 4.0, 0.25, 10.0, 0.1)


def _factor(factor: float) -> str:
    if factor == 1000.0:
        return "ratio 1,000: births and deaths look like thousands"
    if factor == 1e6:
        return "ratio 1,000,000: births and deaths look like millions"
    if factor == 1e-3:
        return "ratio 1 to 1,000: the stock tables look like thousands"
    if factor > 1:
        return f"ratio {factor:g}: births and deaths look like those of one year for {factor:g}"
    return f"ratio 1 to {1 / factor:g}: births and deaths look like those of {1 / factor:g} years for one"


def with_unknown(stocks: Stocks, mode: str) -> Stocks:
    """Return the stocks with people whose birthplace has no residence kept, made natives, or dropped.

    ``origins`` keeps each such birthplace as a row of its own; ``natives`` counts its people as
    born where they live (as Abel and Cohen do); ``drop`` takes them out of both tables. Whoever is
    moved or dropped is listed.

    Raises
    ------
    EstimateError
        No such mode.
    """
    if mode not in UNKNOWN:
        raise EstimateError(f"no treatment {mode!r} of unknown origins", hint=", ".join(UNKNOWN))
    n = stocks.n
    if mode == "origins" or len(stocks.birthplaces) == n:
        return stocks
    if mode == "drop":
        stocks = possible_natives(stocks)[0]
    own = np.arange(n)
    start, end = stocks.start[:n].copy(), stocks.end[:n].copy()
    if mode == "natives":
        start[own, own] += stocks.start[n:].sum(axis=0)
        end[own, own] += stocks.end[n:].sum(axis=0)
    why = "counted as natives" if mode == "natives" else "dropped from both tables"
    moved = tuple(
        Adjustment(
            "unknown origins", name, float(stocks.end[k].sum()), f"{why}; persons at the end"
        )
        for k, name in enumerate(stocks.birthplaces[n:], start=n)
    )
    done = replace(
        stocks,
        birthplaces=stocks.places,
        start=start,
        end=end,
        left_out=(*stocks.left_out, *moved),
    )
    return done if mode == "natives" else _dropped(stocks, done)


def _dropped(before: Stocks, after: Stocks) -> Stocks:
    """Return the stocks without the unknown, and without places that hold hardly anybody else."""
    n = before.n
    gone = before.end[n:].sum(axis=0) - before.start[n:].sum(axis=0)
    reported = None if before.reported is None else before.reported - gone
    if before.births is None or before.deaths is None:
        return replace(after, reported=reported)
    end, start = after.end.sum(axis=0), after.start.sum(axis=0)
    kept = np.flatnonzero((before.births <= end) & (before.deaths <= start))
    why = "leaves the run: without people of unknown origin fewer remain than are born or die"
    lost = tuple(
        Adjustment("common places", before.places[j], float(end[j]), why)
        for j in sorted(set(range(n)) - set(kept.tolist()))
    )
    square, names = np.ix_(kept, kept), tuple(before.places[j] for j in kept)
    return Stocks(
        names,
        names,
        after.start[square],
        after.end[square],
        before.births[kept],
        before.deaths[kept],
        (*after.left_out, *lost),
        None if reported is None else reported[kept],
    )


def unknown_share(stocks: Stocks) -> float:
    """Return the share of the foreign-born at the end whose birthplace has no place of residence."""
    foreign = stocks.end.copy()
    own = np.arange(stocks.n)
    foreign[own, own] = 0.0
    return float(foreign[stocks.n :].sum() / max(foreign.sum(), 1.0))
