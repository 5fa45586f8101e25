"""Flows of calendar years: intervals as anchors, each year with its own net migration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.revision import yearly
from sojourn.flows.inputs.sexes import sexes
from sojourn.flows.inputs.tables import AS_IT_IS, Choices, Inputs, read_inputs
from sojourn.flows.inputs.units import join_areas
from sojourn.flows.model import Flows, estimate
from sojourn.flows.model.tables import Array
from sojourn.flows.model.updating import annual
from sojourn.store.observations import Store

ANCHORS = (1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024)
#: Said wherever annual flows stand.
HOW = (
    "annual flows: an interval's transitions a year, changed as little as possible so that every place has "
    "the revision's net migration of that calendar year; people who move and return within an interval "
    "are not in its transitions"
)


@dataclass(frozen=True)
class Year:
    """Flows of one calendar year, both sexes or one.

    Attributes
    ----------
    year : int
    places : tuple of str
    flow : ndarray, shape (n, n), persons
    net : ndarray, shape (n,), persons
        Of the flows: the revision's, rescaled to a world sum of zero, where both sexes are asked.
    rescaled : float
        World sum of the revision's net migration over the places, before it was rescaled.
    residual : float
        Largest error of net migration, persons.
    """

    year: int
    places: tuple[str, ...]
    flow: Array
    net: Array
    rescaled: float
    residual: float


@dataclass(frozen=True)
class Annual:
    """Years, the intervals they hang on, how they were made, and how their sums compare.

    Attributes
    ----------
    years : tuple of Year
    anchors : tuple of (Inputs, Flows)
        The intervals, both sexes.
    ratio : float
        Mean year over the mean yearly share of the intervals.
    method : str
    weight : float
    sex : str
    choices : Choices
    """

    years: tuple[Year, ...]
    anchors: tuple[tuple[Inputs, Flows], ...]
    ratio: float
    method: str
    weight: float
    sex: str
    choices: Choices


@dataclass(frozen=True)
class _Anchor:
    """An interval and, where a sex is asked, the share of women in each corridor."""

    inputs: Inputs
    flows: Flows
    share: Array | None


def annual_flows(
    store: Store,
    first: int,
    last: int,
    *,
    method: str = "pseudo-bayes",
    weight: float = 0.87,
    sex: str = "_T",
    as_of: date | None = None,
    choices: Choices = AS_IT_IS,
) -> Annual:
    """Return flows of each calendar year from ``first`` to ``last``.

    A year lies in one interval, or half in each of two that meet at its middle. Women and men are
    shares of both sexes, as in the interval's corridors: they add up to both, and net migration by
    sex is not known.

    Raises
    ------
    EstimateError
        The years lie outside the intervals, or an input is not in the store.
    """
    if not ANCHORS[0] <= first <= last < ANCHORS[-1] + 1:
        raise EstimateError(
            f"no years {first} to {last}: intervals of the stock run from {ANCHORS[0]} to {ANCHORS[-1]}",
            hint="give years from within them, the first before the last",
        )
    runs: list[_Anchor] = []
    for a, b in _needed(first, last):
        try:
            inputs = read_inputs(store, f"{a}-{b}", as_of=as_of, choices=choices)
        except EstimateError:
            if a == last or b == first:
                continue  # half a year hangs on it: the neighbour carries the whole year
            raise
        flows = estimate(inputs.stocks, method, weight=weight)
        runs.append(_Anchor(inputs, flows, _share(store, inputs, flows, sex, as_of)))
    years = [_year(store, y, runs, sex) for y in range(first, last + 1)]
    anchors = tuple((r.inputs, r.flows) for r in runs)
    whole = sum(f.total / (i.end - i.start) for i, f in anchors) / max(len(runs), 1)
    mean = float(np.mean([y.flow.sum() for y in years]))
    return Annual(tuple(years), anchors, mean / whole, method, weight, sex, choices)


def _needed(first: int, last: int) -> list[tuple[int, int]]:
    """Return the intervals that the years lie in."""
    return [(a, b) for a, b in pairwise(ANCHORS) if a <= last and b >= first]


def _share(
    store: Store, inputs: Inputs, flows: Flows, sex: str, as_of: date | None
) -> Array | None:
    """Return the share of women in each corridor; None for both sexes."""
    if sex == "_T":
        return None
    own = sexes(store, inputs, flows, as_of)["F"][1].flow
    share: Array = np.divide(own, flows.flow, out=np.zeros_like(own), where=flows.flow > 0)
    return share


def _year(store: Store, year: int, runs: Sequence[_Anchor], sex: str) -> Year:
    """Return one year on the units that its intervals share and that have net migration."""
    over = [r for r in runs if r.inputs.start <= year <= r.inputs.end]
    if not over:
        raise EstimateError(f"no interval in the store covers {year}", hint="sojourn load")
    units = {place: parts for r in over for place, parts in r.inputs.units.items()}
    vital = over[-1].inputs.editions["vital"]
    by_area = {
        area: persons
        for (area, _), persons in yearly(store, vital, "net_migration", (year,), {}).items()
    }
    net = join_areas(vital, by_area, units, year=year)
    tables = [_on_units(r, units) for r in over]
    places = tuple(p for p in tables[-1][0] if p in net and all(p in t[0] for t in tables))
    if not places:
        raise EstimateError(
            f"{vital} gives no net migration for {year}",
            hint="load the revision's table of net migration",
        )
    told = np.array([net[p] for p in places])
    prior, part = (_mean_year(tables, places, column) for column in (1, 2))
    found = annual(prior, told)
    flow, whole = found.table, float(told.sum())
    if over[-1].share is not None:
        share = np.divide(part, prior, out=np.zeros_like(prior), where=prior > 0)
        women = _of_women(flow, share)
        flow = women if sex == "F" else flow - women
    return Year(year, places, flow, flow.sum(axis=0) - flow.sum(axis=1), whole, found.residual)


def _of_women(flow: Array, share: Array) -> Array:
    """Return the part of women, rounded so that men, the rest, add up with them to both exactly."""
    grid = np.spacing(np.maximum(flow, 0.0))
    part: Array = np.minimum(np.round(flow * share / grid) * grid, flow)
    return part


def _on_units(
    run: _Anchor, units: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], Array, Array]:
    """Return places, persons a year, and women, with the parts of each unit added up."""
    whole = {part: place for place, parts in units.items() for part in parts}
    labels = [whole.get(p, p) for p in run.flows.places]
    places = tuple(dict.fromkeys(labels))
    at = {p: k for k, p in enumerate(places)}
    into = np.zeros((len(labels), len(places)))
    into[np.arange(len(labels)), [at[p] for p in labels]] = 1.0
    yearly_flow = run.flows.flow / (run.inputs.end - run.inputs.start)
    own = yearly_flow if run.share is None else yearly_flow * run.share
    joined = [into.T @ table @ into for table in (yearly_flow, own)]
    for table in joined:
        np.fill_diagonal(table, 0.0)
    return places, joined[0], joined[1]


def _mean_year(
    tables: Sequence[tuple[tuple[str, ...], Array, Array]], places: Sequence[str], column: int
) -> Array:
    mean = np.zeros((len(places), len(places)))
    for table in tables:
        index = [table[0].index(p) for p in places]
        whole = table[1] if column == 1 else table[2]
        mean += whole[np.ix_(index, index)] / len(tables)
    return mean
