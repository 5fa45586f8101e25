"""Flows of calendar years: intervals as anchors, each year with its own net migration."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError
from sojourn.files import write_whole
from sojourn.flows.inputs.revision import yearly
from sojourn.flows.inputs.tables import AS_IT_IS, Choices, Inputs, read_inputs
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
    """Flows of one calendar year.

    Attributes
    ----------
    year : int
    places : tuple of str
    flow : ndarray, shape (n, n), persons
    net : ndarray, shape (n,), persons
        Of the revision, rescaled to a world sum of zero.
    rescaled : float
        World sum of the revision's net migration over the places, before.
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
    """Years, the intervals they hang on, and how their sums compare with those."""

    years: tuple[Year, ...]
    anchors: tuple[tuple[Inputs, Flows], ...]
    ratio: float


def annual_flows(
    store: Store,
    first: int,
    last: int,
    *,
    method: str = "pseudo-bayes",
    weight: float = 0.87,
    as_of: date | None = None,
    choices: Choices = AS_IT_IS,
) -> Annual:
    """Return flows of each calendar year from ``first`` to ``last``.

    A year lies in one interval, or half in each of two that meet at its middle.

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
    needed = [
        (a, b)
        for a, b in pairwise(ANCHORS)
        if (a <= last and b > first) or (b == first == last == ANCHORS[-1])
    ]
    runs: list[tuple[Inputs, Flows]] = []
    for a, b in needed:
        try:
            inputs = read_inputs(store, f"{a}-{b}", as_of=as_of, choices=choices)
        except EstimateError:
            if a == last or b == first:
                continue  # half a year hangs on it: the neighbour carries the whole year
            raise
        runs.append((inputs, estimate(inputs.stocks, method, weight=weight)))
    years = [_year(store, y, runs) for y in range(first, last + 1)]
    whole = sum(f.total / (i.end - i.start) for i, f in runs) / max(len(runs), 1)
    mean = float(np.mean([y.flow.sum() for y in years]))
    return Annual(tuple(years), tuple(runs), mean / whole)


def _year(store: Store, year: int, runs: Sequence[tuple[Inputs, Flows]]) -> Year:
    """Return one year on the places that its intervals share and that have net migration."""
    over = [(i, f) for i, f in runs if i.start <= year <= i.end]
    if not over:
        raise EstimateError(f"no interval in the store covers {year}", hint="sojourn load")
    net = {
        area: persons
        for (area, _), persons in yearly(
            store, over[-1][0].editions["vital"], "net_migration", (year,), {}
        ).items()
    }
    places = tuple(
        p for p in over[-1][1].places if p in net and all(p in f.places for _, f in over)
    )
    if not places:
        raise EstimateError(
            f"{over[-1][0].editions['vital']} gives no net migration for {year}",
            hint="load the revision's table of net migration",
        )
    prior = np.zeros((len(places), len(places)))
    for inputs, flows in over:
        index = [flows.places.index(p) for p in places]
        prior += flows.flow[np.ix_(index, index)] / (inputs.end - inputs.start) / len(over)
    told = np.array([net[p] for p in places])
    found = annual(prior, told)
    flow_net = found.table.sum(axis=0) - found.table.sum(axis=1)
    return Year(year, places, found.table, flow_net, float(told.sum()), found.residual)


def write_years(found: Annual, out: Path) -> int:
    """Write ``year,origin,destination,value``, corridors with movers; return how many.

    Raises
    ------
    PublishError
        The file cannot be written; none is left behind.
    """
    text, count = io.StringIO(), 0
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["year", "origin", "destination", "value"])
    for row in _rows(found):
        writer.writerow(row)
        count += 1
    write_whole(out, text.getvalue())
    return count


def _rows(found: Annual) -> Iterator[tuple[str, str, str, str]]:
    for year in found.years:
        for i, j in zip(*np.nonzero(year.flow), strict=True):
            value = repr(float(year.flow[i, j]))
            yield str(year.year), year.places[i], year.places[j], value
