"""The statistical anchor: WHO's own series carried on by a trend that fades, with its own error.

Levels and trends of every country come from here; the model of transmission gives ratios between
groups and programmes alone. Let c be cases per person, f deaths over cases, b the last year looked
at, s the slope of the logarithm over the last years, clipped, and s' its median over the countries
of more than a million people. Then, h years later, with D(h) the sum of the powers 1 to h of a
damping factor,

    c(h) = c(b) exp(D(h) [w s + (1 - w) s'])        deaths = c(h) f(h)

and f alike, its slope half of its own and half of what the slope of deaths per person leaves over that
of cases: two readings of the same series, of which neither is better alone. A year of zero or without
a value gives no slope: s' alone. The band is the error that
this very method made at earlier origins with outcomes up to b: nothing later is looked at.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.parameters import constants

Floats = npt.NDArray[np.float64]
SPREAD = 0.034  # of countries' slopes a year, robust standard deviation in WHO's series up to 2015
LARGE = 1e6  # people: smaller countries' slopes are mostly chance
ORIGINS = (2006, 2013)  # years from which the method is tried
VALIDATED = 7  # years for which errors of the method are known
BAND, Z_BAND = 0.90, 1.6448536269514722
FEWEST = 20  # errors behind a width; with fewer the measured widths of WHO's file stand
# Widths measured on WHO's file of June 2024, origins 2006-2013, outcomes up to 2015.
NAMED = {
    "cases": ("anchor_window_cases", "anchor_own_cases"),
    "fatality": ("anchor_window_fatality", "anchor_own_fatality"),
    "deaths": ("anchor_window_deaths", "anchor_own_fatality"),
}
GROWTH = {"cases": "anchor_growth_cases", "deaths": "anchor_growth_deaths"}
MEASURED = {
    "cases": (0.13, 0.18, 0.23, 0.29, 0.34, 0.41, 0.44),
    "deaths": (0.27, 0.32, 0.40, 0.46, 0.47, 0.55, 0.60),
}


@dataclass(frozen=True)
class Law:
    """How a slope is read: the years looked at, and the weight of the country's own slope."""

    window: int
    own: float
    damping: float
    steepest: float

    @classmethod
    def of(cls, quantity: str) -> Self:
        """Return the declared law of ``cases``, ``fatality`` or ``deaths`` per person."""
        known = constants("tb")
        return cls(
            int(known[NAMED[quantity][0]].value),
            known[NAMED[quantity][1]].value,
            known["anchor_damping"].value,
            known["anchor_steepest"].value,
        )

    def faded(self, years: Floats) -> Floats:
        """Return D(h), the years by which a trend that fades has gone on after h years."""
        f = self.damping
        if f == 1.0:
            return np.asarray(years, dtype=np.float64)
        return np.asarray(f * (1.0 - f ** np.asarray(years, dtype=np.float64)) / (1.0 - f))


@dataclass(frozen=True)
class Anchor:
    """Levels in the base year and how they go on.

    Attributes
    ----------
    base : int
        Last year looked at.
    cases, fatality : ndarray, shape (n,)
        Cases per person and year, deaths over cases, in the base year.
    cases_slope, fatality_slope : ndarray, shape (n,)
        Slope of the logarithm a year, the country's own and the countries' median weighed together.
    cases_width, deaths_width : ndarray, shape (years,)
        Half of the 90 per cent band of the logarithm, 1, 2, ... years after the base.
    """

    base: int
    cases: Floats
    fatality: Floats
    cases_slope: Floats
    fatality_slope: Floats
    cases_width: Floats
    deaths_width: Floats

    def path(self, years: Floats) -> tuple[Floats, Floats]:
        """Return cases and deaths per person, ``years`` after the base, each of shape (years, n)."""
        cases = _carried(self.cases, self.cases_slope, Law.of("cases"), years)
        fatality = _carried(self.fatality, self.fatality_slope, Law.of("fatality"), years)
        return cases, cases * np.minimum(fatality, 1.0)


def anchor(cases: Floats, deaths: Floats, people: Floats, *, first: int, base: int) -> Anchor:
    """Read levels, slopes and errors off WHO's series up to a year.

    Parameters
    ----------
    cases, deaths, people : ndarray, shape (n, years)
        From ``first`` on; what is later than ``base`` is cut off before anything is computed.
    """
    kept = base - first + 1
    rate, fatal, size = _rates(cases[:, :kept], deaths[:, :kept], people[:, :kept])
    slopes = _slopes(rate, fatal, size)
    widths = [_widths(rate, fatal, size, first, what) for what in ("cases", "deaths")]
    return Anchor(base, rate[:, -1], fatal[:, -1], *slopes, widths[0], widths[1])


def _slopes(rate: Floats, fatal: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return the slopes of cases and of deaths over cases, the latter read in two ways."""
    series = {"cases": rate, "fatality": fatal, "deaths": rate * fatal}
    found = {
        name: pooled_slope(values, size[:, -1], _events(rate, fatal, size, name), Law.of(name))
        for name, values in series.items()
    }
    direct = constants("tb")["anchor_direct"].value
    left = found["deaths"] - found["cases"]
    return found["cases"], (1.0 - direct) * found["fatality"] + direct * left


def _rates(cases: Floats, deaths: Floats, people: Floats) -> tuple[Floats, Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = cases / people
        fatal = np.where(cases > 0, deaths / cases, np.where(deaths == 0, 0.0, np.nan))
    return rate, fatal, people


def _events(rate: Floats, fatal: Floats, size: Floats, quantity: str) -> Floats:
    """Return cases or deaths a year, means of the last three years; none where none is known."""
    events = (rate * size if quantity == "cases" else rate * fatal * size)[:, -3:]
    known = np.isfinite(events)
    total = np.where(known, events, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1))


def pooled_slope(values: Floats, size: Floats, counts: Floats, law: Law) -> Floats:
    """Return the slope a year of the logarithm, shape (n,).

    Parameters
    ----------
    values : ndarray, shape (n, years)
        The last ``law.window`` years, or as many as there are, are looked at.
    size : ndarray, shape (n,)
        People, which say whose slopes make the median.
    counts : ndarray, shape (n,)
        Events a year behind a value: a slope of few is drawn to the median.
    """
    last = values[:, -law.window :]
    usable = np.asarray((np.isfinite(last) & (last > 0)).all(axis=1), dtype=bool)
    t = np.arange(last.shape[1]) - (last.shape[1] - 1) / 2.0
    logs = np.log(np.where(usable[:, None], last, 1.0))
    own = np.clip((logs @ t) / max(float(t @ t), 1e-300), -law.steepest, law.steepest)
    counted = usable & (size > LARGE)
    counted = np.where(counted.any(), counted, usable)
    middle = float(np.median(own[counted])) if counted.any() else 0.0
    # few cases, a slope of chance: its sampling variance beside the spread of countries' slopes
    noise = 1.0 / np.maximum(counts * float(t @ t), 1e-300)
    weight = law.own * SPREAD**2 / (SPREAD**2 + noise)
    return np.where(usable, weight * own + (1.0 - weight) * middle, middle)


def _carried(level: Floats, slope: Floats, law: Law, years: Floats) -> Floats:
    most = np.log(constants("tb")["anchor_most_rise"].value)
    away = np.minimum(law.faded(np.asarray(years))[:, None] * slope, most)
    return np.asarray(level * np.exp(away))


def _widths(rate: Floats, fatal: Floats, size: Floats, first: int, what: str) -> Floats:
    """Return the widths of 1, 2, ... years; beyond the years tried they go on as a power of time."""
    base = first + rate.shape[1] - 1
    errors = list[list[float]]([] for _ in range(VALIDATED))
    for origin in range(max(ORIGINS[0], first + 2), min(ORIGINS[1], base - 1) + 1):
        for h, found in enumerate(_errors(rate, fatal, size, origin - first, what)):
            if h < VALIDATED:
                errors[h] += found
    known = [
        float(np.quantile(e, BAND)) if len(e) >= FEWEST else MEASURED[what][h]
        for h, e in enumerate(errors)
    ]
    power = constants("tb")[GROWTH[what]].value
    later = np.arange(VALIDATED + 1, 36) / VALIDATED
    return np.concatenate([np.maximum.accumulate(known), max(known) * later**power])


def _errors(rate: Floats, fatal: Floats, size: Floats, at: int, what: str) -> list[list[float]]:
    """Return the absolute errors of the logarithm, a list a year after an origin."""
    seen, died = rate[:, : at + 1], fatal[:, : at + 1]
    ahead = np.arange(1, rate.shape[1] - at, dtype=np.float64)
    law = Law.of("cases")
    slopes = _slopes(seen, died, size[:, : at + 1])
    told = _carried(seen[:, -1], slopes[0], law, ahead)
    truth = rate[:, at + 1 :].T
    if what == "deaths":
        law = Law.of("fatality")
        told = told * _carried(died[:, -1], slopes[1], law, ahead)
        truth = truth * fatal[:, at + 1 :].T
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(np.log(told / truth))
    large = size[:, at] > LARGE
    return [[float(v) for v in row[large & np.isfinite(row)]] for row in off]


def anchored(found: Anchor, years: int, deviates: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return drawn cases and deaths per person from the base year on, each of shape (D, years, n).

    Parameters
    ----------
    years : int
        Years told, the base year included; that year itself is WHO's.
    deviates : (ndarray, ndarray), each of shape (D, years, n)
        Normal, mean zero and variance one in each year: of cases, and of deaths.
    """
    told = found.path(np.arange(years, dtype=np.float64))
    out = []
    for middle, width, z in zip(
        told, (found.cases_width, found.deaths_width), deviates, strict=True
    ):
        spread = np.concatenate([[0.0], width[: years - 1]]) / Z_BAND
        out.append(middle * np.exp(spread[:, None] * z))
    return out[0], out[1]
