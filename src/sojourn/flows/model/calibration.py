"""A band that covers: weight and interval fitted to measured totals, leaving countries out.

Measured arrivals and departures of countries validate totals of countries, not single corridors.
The interval is split conformal on log(measured / estimated), one group for small and one for large
totals (Vovk, Gammerman and Shafer 2005; Mondrian conformal prediction); its coverage is counted on
countries that were left out of both the weight and the interval. Measured by how far the methods
lie apart, the interval of large arrivals is narrower at the same coverage (6 times instead of 8),
that of large departures wider (30 instead of 15), so size alone parts the groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.errors import EstimateError
from sojourn.errors import counted as said
from sojourn.flows.model.agreement import binomial_interval
from sojourn.flows.model.tables import Array, Mask

LEVEL = 0.80
WEIGHTS = np.round(np.arange(0.70, 1.0001, 0.01), 2)
FEWEST = 10  # totals in a half, below which no interval is fitted


@dataclass(frozen=True)
class Counted:
    """One measured total beside the two estimates that the mixture lies between; persons."""

    area: str
    period: str
    measured: float
    least: float
    most: float


@dataclass(frozen=True)
class Half:
    """Coverage of left-out countries in one half.

    Attributes
    ----------
    low, high : float
        Factors on the estimate: where measured totals lie with probability ``LEVEL``.
    covered, counted : int
        Left-out totals inside their interval, and all of them.
    """

    low: float
    high: float
    covered: int
    counted: int

    @property
    def share(self) -> float:
        """Share of left-out totals inside their interval."""
        return self.covered / self.counted

    @property
    def binomial(self) -> tuple[float, float]:
        """The 95 % interval of that share (Clopper and Pearson 1934)."""
        return binomial_interval(self.covered, self.counted)

    @property
    def holds(self) -> bool:
        """Whether the nominal level lies in the binomial interval."""
        low, high = self.binomial
        return low <= LEVEL <= high


@dataclass(frozen=True)
class Calibration:
    """A weight of the minimum and an interval for totals of one direction.

    Attributes
    ----------
    direction : str
        arrivals or departures.
    weight : float
        Share of the minimum at which the median of measured / estimated is nearest to one.
    bias : float
        That median ratio.
    split : float
        Estimates below it are small, persons.
    small, large : Half
    countries, totals : int
    again : Half or None
        Factors on a country's own mean ratio in its other periods: what remains of the interval where
        a country has measured before. None where fewer than ten totals have another.
    """

    direction: str
    weight: float
    bias: float
    split: float
    small: Half
    large: Half
    countries: int
    totals: int
    again: Half | None = None

    def interval(self, least: Array, most: Array) -> tuple[Array, Array, Array]:
        """Return estimate, low and high of totals, shape of the input, persons."""
        value = self.weight * least + (1.0 - self.weight) * most
        low, high = self.factors(value)
        return value, value * low, value * high

    def factors(self, totals: Array) -> tuple[Array, Array]:
        """Return the low and high factor that hold for totals of a size."""
        small = totals < self.split
        return (
            np.where(small, self.small.low, self.large.low),
            np.where(small, self.small.high, self.large.high),
        )


@dataclass(frozen=True)
class _Fitted:
    weight: float
    bias: float
    split: float
    small: tuple[float, float]
    large: tuple[float, float]


def calibrate(direction: str, counted: Sequence[Counted]) -> Calibration:
    """Fit a weight and an interval to measured totals, and count its coverage out of sample.

    Raises
    ------
    EstimateError
        Too few measured totals, one that is not positive, or estimates that are all alike.
    """
    measured, least, most = (
        np.array([getattr(c, name) for c in counted]) for name in ("measured", "least", "most")
    )
    areas = np.array([c.area for c in counted])
    if len(counted) < 2 * FEWEST or len(set(areas.tolist())) < 3:
        held = said(len(counted), "measured total")
        places = said(len(set(areas.tolist())), "country", "countries")
        raise EstimateError(
            f"{direction}: {held} of {places}; an interval needs {2 * FEWEST} of 3",
            hint="load the measured flows: sojourn load",
        )
    if min(measured.min(), least.min(), most.min()) <= 0:
        raise EstimateError(f"{direction}: a total is not positive", hint="leave it out")
    whole = _fit(measured, least, most)
    inside, large = np.zeros(len(counted), dtype=bool), np.zeros(len(counted), dtype=bool)
    for area in sorted(set(areas.tolist())):
        own = areas == area
        found = _fit(measured[~own], least[~own], most[~own])
        value = found.weight * least[own] + (1.0 - found.weight) * most[own]
        small = value < found.split
        low = np.where(small, found.small[0], found.large[0])
        high = np.where(small, found.small[1], found.large[1])
        inside[own] = (measured[own] >= low * value) & (measured[own] <= high * value)
        large[own] = ~small
    halves = [
        Half(*factors, int(inside[group].sum()), int(group.sum()))
        for factors, group in ((whole.small, ~large), (whole.large, large))
    ]
    return Calibration(
        direction,
        whole.weight,
        whole.bias,
        whole.split,
        halves[0],
        halves[1],
        len(set(areas.tolist())),
        len(counted),
        _again(np.log(measured / (whole.weight * least + (1.0 - whole.weight) * most)), areas),
    )


def _again(ratio: Array, areas: npt.NDArray[np.str_]) -> Half | None:
    """Return the interval of a country's ratio about the mean of its other periods."""
    rest, owner = [], []
    for area in sorted(set(areas.tolist())):
        own = ratio[areas == area]
        if len(own) > 1:
            rest += (own - (own.sum() - own) / (len(own) - 1)).tolist()
            owner += [area] * len(own)
    if len(rest) < FEWEST:
        return None
    found, owners = np.array(rest), np.array(owner)
    everybody = np.ones(len(found), dtype=bool)
    inside = 0
    for area in sorted(set(owner)):
        low, high = (
            np.log(_factors(found, owners != area)) if (owners != area).any() else (0.0, 0.0)
        )
        own = found[owners == area]
        inside += int(((own >= low) & (own <= high)).sum())
    return Half(*_factors(found, everybody), inside, len(found))


def _fit(measured: Array, least: Array, most: Array) -> _Fitted:
    """Return the weight of least bias and the conformal factors of both halves."""
    medians = [np.median(np.log(measured / (w * least + (1.0 - w) * most))) for w in WEIGHTS]
    best = int(np.argmin(np.abs(medians)))
    value = WEIGHTS[best] * least + (1.0 - WEIGHTS[best]) * most
    split, ratio = float(np.median(value)), np.log(measured / value)
    small: npt.NDArray[np.bool_] = value < split
    return _Fitted(
        float(WEIGHTS[best]),
        float(np.exp(medians[best])),
        split,
        _factors(ratio, small),
        _factors(ratio, ~small),
    )


def _factors(ratio: Array, group: Mask) -> tuple[float, float]:
    """Return the conformal interval of a group: order statistics with n + 1 in the denominator.

    Raises
    ------
    EstimateError
        Nothing is in the group.
    """
    found = np.sort(ratio[group])
    if not len(found):
        raise EstimateError(
            "the estimates beside the measured totals are alike: none is smaller than their median",
            hint="an interval needs small and large totals",
        )
    n, tail = len(found), 0.5 * (1.0 - LEVEL)
    low = max(int(np.floor(tail * (n + 1))) - 1, 0)
    high = min(int(np.ceil((1.0 - tail) * (n + 1))) - 1, n - 1)
    return float(np.exp(found[low])), float(np.exp(found[high]))
