"""One run's chance: the same for the queue and the plan, and for every set of failures.

Everything is drawn before anything is decided, so that two outcomes of one run differ by what
was switched on and by nothing else (common random numbers).
"""

from dataclasses import dataclass

import numpy as np

from sojourn.relocation.replay.crowd import Crowd
from sojourn.relocation.replay.day import Bools, Floats, Ints
from sojourn.relocation.replay.facts import Assumption, Facts

EARLIEST, LATEST = 6.0, 18.0  # hours between which people join, part of ``arrival_peak``


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What one run drew.

    Attributes
    ----------
    value : mapping
        Assumption to its value in this run.
    left : ndarray of bool, shape (n,)
        Groups that leave before they are called.
    in_cap, joins, readmitted : ndarray of bool, shape (n,)
        Groups of children already in the container camp; of these, who would join the queue after
        contrary information; of these, who would be let back in where a list says who was safe.
    day : ndarray, shape (n,)
        Day on which a group joins a queue of its own accord.
    arrival : ndarray, shape (n,)
        When it would join, minutes after midnight.
    astray : ndarray of bool, shape (n,)
        Groups that come at ``arrival`` even where they were told another hour.
    pace : ndarray, shape (days,)
        Factor on the rate of registration.
    withdrawn : ndarray of int
        Places that are withdrawn.
    """

    value: dict[str, float]
    left: Bools
    in_cap: Bools
    joins: Bools
    readmitted: Bools
    day: Ints
    arrival: Floats
    astray: Bools
    pace: Floats
    withdrawn: Ints


def draw(crowd: Crowd, facts: Facts, *, seed: int, run: int) -> Chance:
    """Draw one run.

    Parameters
    ----------
    seed, run : int
        Of the generator (PCG64 of both); the same pair gives the same run.
    """
    rng = np.random.default_rng([seed, run])
    value = {n: _triangular(rng, a) for n, a in sorted(facts.assumptions.items())}
    n = len(crowd.size)
    uniform = rng.random((7, n))
    planned = np.array([facts.value(f"planned_day_{k}") for k in (1, 2, 3)])
    factor = facts.assumptions["day_factor"]
    pace = np.array([_triangular(rng, factor) for _ in range(crowd.days)])
    places = int(crowd.place.max()) + 1
    count = min(round(value["places_withdrawn"] * places / facts.value("centres")), places - 1)
    in_cap = crowd.alone & (uniform[1] < value["share_in_cap"] * _minors_over_alone(crowd))
    return Chance(
        value=value,
        left=uniform[0] < value["no_show"],
        in_cap=in_cap,
        joins=in_cap & (uniform[2] < value["joined_from_cap"]),
        readmitted=uniform[3] < value["readmitted"],
        day=np.searchsorted(np.cumsum(planned) / planned.sum(), uniform[4], side="right"),
        arrival=60 * _triangle(uniform[5], EARLIEST, value["arrival_peak"], LATEST),
        astray=uniform[6] < value["wrong_word"],
        pace=pace,
        withdrawn=np.sort(rng.permutation(places)[:count]),
    )


def _minors_over_alone(crowd: Crowd) -> float:
    """Return minors per minor alone: the container camp's share is told of all minors."""
    return float(crowd.minors.sum() / max(1, crowd.size[crowd.alone].sum()))


def _triangular(rng: np.random.Generator, a: Assumption) -> float:
    drawn = rng.random()
    if a.low == a.high:
        return a.value
    return float(_triangle(np.array([drawn]), a.low, a.value, a.high)[0])


def _triangle(uniform: Floats, low: float, mode: float, high: float) -> Floats:
    """Return triangular draws by the inverse of the distribution function."""
    knee = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < knee, rising, falling)
