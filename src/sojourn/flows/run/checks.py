"""Measured arrivals and departures of countries, and the band that is fitted to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.inputs.tables import AS_IT_IS, Choices, read_inputs
from sojourn.flows.model import Flows, estimate
from sojourn.flows.model.agreement import rank_correlation
from sojourn.flows.model.calibration import Calibration, Counted, calibrate
from sojourn.flows.model.tables import Array
from sojourn.store.observations import Store

#: Direction to the indicator that measures it, and the axis of a flow table that adds it up.
DIRECTIONS = {"arrivals": ("immigration", 0), "departures": ("emigration", 1)}
FEWEST = 3  # countries that a comparison needs
CRITERIA = ("criterion=Residence;coverage=Both", "criterion=Citizenship;coverage=Both")


@dataclass(frozen=True)
class MeasuredTotals:
    """What countries counted over an interval, mid-year to mid-year; persons by area."""

    direction: str
    editions: tuple[str, ...]
    totals: Mapping[str, float]
    until: int | None


def measured_totals(
    store: Store, direction: str, start: int, end: int, as_of: date | None = None
) -> MeasuredTotals:
    """Return the measured totals of UN DESA; only countries with every year of the interval count.

    One year for both ends is that calendar year.
    Of each country the rows of one definition are taken: residence and both, where there are any,
    else citizenship and both, of the newest edition. The first and the last year weigh half.
    """
    indicator, _ = DIRECTIONS[direction]
    rows = store.con.execute(
        "SELECT ref_area, detail, edition, sum(obs_value * CASE WHEN $first <> $last AND time_period IN ($first, $last) THEN 0.5 ELSE 1 END) "
        "FROM observation WHERE dataflow = 'undesa.flows' AND indicator = $indicator "
        "AND list_contains($years, time_period) AND obs_value IS NOT NULL "
        "AND ($as_of IS NULL OR vintage <= $as_of) "
        "GROUP BY ALL HAVING count(*) = $count ORDER BY ref_area, edition DESC, detail",
        {
            "indicator": indicator,
            "first": str(start),
            "last": str(end),
            "years": [str(y) for y in range(start, end + 1)],
            "count": end - start + 1,
            "as_of": None if as_of is None else as_of.isoformat(),
        },
    ).fetchall()
    totals: dict[str, float] = {}
    for wanted in CRITERIA:
        for area, detail, _, value in rows:
            if detail.rstrip(";") == wanted and value > 0:
                totals.setdefault(area, value)
    ((until,),) = store.con.execute(
        "SELECT max(time_period) FROM observation WHERE dataflow = 'undesa.flows' AND indicator = $indicator",
        {"indicator": indicator},
    ).fetchall()
    last = None if until is None else int(until)
    return MeasuredTotals(direction, tuple(sorted({r[2] for r in rows})), totals, last)


@dataclass(frozen=True)
class Checked:
    """Arrivals of one country over an interval, persons."""

    area: str
    measured: float
    estimated: Mapping[str, float]

    def ratio(self, method: str) -> float:
        """Estimated arrivals per measured arrival."""
        return self.estimated[method] / self.measured


@dataclass(frozen=True)
class Checks:
    """All countries that measure, and the rank correlation of each method with them."""

    edition: str
    countries: tuple[Checked, ...]
    correlation: Mapping[str, float]


def check_totals(
    store: Store,
    start: int,
    end: int,
    estimates: Mapping[str, Flows],
    *,
    direction: str = "arrivals",
    as_of: date | None = None,
) -> Checks | None:
    """Compare estimated totals with the measured ones; None where fewer than three are measured."""
    found = measured_totals(store, direction, start, end, as_of)
    axis = DIRECTIONS[direction][1]
    sums = {
        m: dict(zip(f.places, f.flow.sum(axis=axis).tolist(), strict=True))
        for m, f in estimates.items()
    }
    countries = [
        Checked(a, value, {m: total[a] for m, total in sums.items()})
        for a, value in found.totals.items()
        if all(a in total for total in sums.values())
    ]
    if len(countries) < FEWEST:
        return None
    counted = np.array([c.measured for c in countries])
    correlation = {
        m: rank_correlation(counted, np.array([c.estimated[m] for c in countries]))
        for m in estimates
    }
    countries.sort(key=lambda c: -c.measured)
    return Checks(found.editions[-1], tuple(countries), correlation)


@dataclass(frozen=True)
class FittedBand:
    """The calibrated interval of each direction, and what each was fitted to."""

    directions: Mapping[str, Calibration]
    counted: Mapping[str, tuple[Counted, ...]]
    why_none: Mapping[str, str]

    @property
    def whole(self) -> bool:
        """Whether both directions have an interval."""
        return set(self.directions) == set(DIRECTIONS)

    def corridors(self, flow: Array) -> tuple[Array, Array] | None:
        """Return low and high of each corridor: the wider of what holds at both its ends.

        No single corridor is measured: this carries the intervals of totals over to corridors, and
        is not validated for them.
        """
        if not self.whole:
            return None
        into = self.directions["arrivals"].factors(flow.sum(axis=0))
        out = self.directions["departures"].factors(flow.sum(axis=1))
        low = np.minimum(into[0][None, :], out[0][:, None])
        high = np.maximum(into[1][None, :], out[1][:, None])
        return flow * np.minimum(low, 1.0), flow * np.maximum(high, 1.0)


def fitted_band(
    store: Store, *, as_of: date | None = None, choices: Choices = AS_IT_IS
) -> FittedBand:
    """Fit the band of totals to all measured totals in the store, one interval after another."""
    counted: dict[str, list[Counted]] = {direction: [] for direction in DIRECTIONS}
    for start in range(1990, 2020, 5):
        period = f"{start}-{start + 5}"
        found = {d: measured_totals(store, d, start, start + 5, as_of).totals for d in DIRECTIONS}
        if not any(found.values()):
            continue
        try:
            stocks = read_inputs(store, period, as_of=as_of, choices=choices).stocks
        except EstimateError:
            continue
        least, most = (estimate(stocks, m).flow for m in ("minimum-closed", "independence"))
        for direction, (_, axis) in DIRECTIONS.items():
            for j, area in enumerate(stocks.places):
                low, high = float(least.sum(axis=axis)[j]), float(most.sum(axis=axis)[j])
                if area in found[direction] and low > 0 and high > 0:
                    counted[direction].append(
                        Counted(area, period, found[direction][area], low, high)
                    )
    fitted: dict[str, Calibration] = {}
    why: dict[str, str] = {}
    for direction, totals in counted.items():
        try:
            fitted[direction] = calibrate(direction, totals)
        except EstimateError as error:
            why[direction] = str(error).splitlines()[0]
    return FittedBand(fitted, {d: tuple(c) for d, c in counted.items()}, why)
