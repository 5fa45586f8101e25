"""What a replayed day has at hand: hours, coaches, desks; the same for the queue and the plan."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sojourn.relocation.replay.crowd import LANES, Crowd
from sojourn.relocation.replay.day import Bools, Floats, serve
from sojourn.relocation.replay.draw import Chance
from sojourn.relocation.replay.facts import Facts
from sojourn.relocation.replay.outcome import Failure, Tally
from sojourn.relocation.replay.people import days_of

DAY = 1440  # minutes
THIRD, RESERVE, MINORS = 2, 3, 4  # indices of 26 October, of the reserve and of the minors' coaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Hours, coaches and desks.

    Attributes
    ----------
    opens, closes : float
        Of the hangar, minutes after midnight (published).
    seats : int
        Of a coach (published).
    coaches : tuple of int
        On each day (published, scaled to the people of the replay).
    nights : tuple of int
        From each day to the next one.
    every : float
        Minutes between two coaches (published).
    scale : float
        People of the replay as a share of the published total: rates are scaled by it.
    failures : frozenset of Failure
        Those that are switched on.
    """

    opens: float
    closes: float
    seats: int
    coaches: tuple[int, ...]
    nights: tuple[int, ...]
    every: float
    scale: float
    failures: frozenset[Failure]

    def close(self, day: int, chance: Chance) -> float:
        """Return when registration closes on a day, minutes after midnight."""
        if day == THIRD and Failure.CLOSED_EARLY in self.failures:
            return chance.value["early_close"] * 60
        return self.closes

    def minors_closed(self, day: int) -> bool:
        """Whether minors are no longer registered at all on a day."""
        return day > THIRD and Failure.CLOSED_EARLY in self.failures


def means_of(crowd: Crowd, facts: Facts, failures: frozenset[Failure]) -> Means:
    """Return the means of a replay, scaled to its people."""
    scale = float(crowd.size.sum()) / (facts.value("moved_adults") + facts.value("moved_minors"))
    days = days_of(facts)
    keys = ("coaches_day_1", "coaches_day_2", "coaches_day_3", "coaches_reserve", "coaches_minors")
    return Means(
        opens=facts.value("opens") * 60,
        closes=facts.value("closes") * 60,
        seats=int(facts.value("seats")),
        coaches=tuple(max(1, int(np.ceil(facts.value(k) * scale))) for k in keys),
        nights=(*((b - a).days for a, b in pairwise(days)), 1),
        every=facts.value("coach_every"),
        scale=scale,
        failures=failures,
    )


def lane_rate(crowd: Crowd, chance: Chance, means: Means, lane: int) -> float:
    """Return persons an hour in one of four queues; the adults' desks are shared by their number."""
    if lane == LANES.index("children"):
        return chance.value["minor_rate"] * means.scale
    adults = crowd.size[~crowd.alone].sum()
    share = crowd.size[crowd.lane == lane].sum() / adults
    return float(chance.value["adult_rate"] * means.scale * share)


def enrol_palms(
    crowd: Crowd, chance: Chance, means: Means, found: Tally, waiting: Bools, done: Floats
) -> Bools:
    """Enrol palms at the container camp for one evening; return who is still not enrolled.

    Parameters
    ----------
    waiting : ndarray of bool, shape (n,)
        Children who need a bed there tonight.
    done : ndarray, shape (n,)
        When they come, minutes after midnight of this day; earlier than the hour of opening for
        those left over from the day before.

    Those not enrolled by the close have a night without a confirmed safe place.
    """
    who = np.flatnonzero(waiting)
    slow = Failure.PALM in means.failures
    rate = chance.value["palm_rate_slow" if slow else "palm_rate"] * means.scale
    finish = serve(done[who], crowd.size[who] * 60 / rate, means.opens)
    still = np.zeros(len(crowd.size), bool)
    still[who[finish > means.closes]] = True
    found.unsafe[still] += 1
    found.waited[still] += 1
    return still


def hold_or_go(
    crowd: Crowd, means: Means, found: Tally, who: Bools, leaves: Floats, minutes: Floats
) -> None:
    """Let coaches go, or hold for the night those that would arrive after the place's latest hour.

    Parameters
    ----------
    who : ndarray of bool, shape (n,)
        On board.
    leaves, minutes : ndarray, shape (n,)
        Departure, minutes after midnight, and minutes on the road.
    """
    arrival = leaves + minutes
    late = who & (arrival > crowd.latest[found.pool])
    found.gone[who] = True
    found.arrival[who] = arrival[who]
    if Failure.NIGHT not in means.failures:
        found.waited[late] += 1  # and leave the next morning, early enough for their place
        found.arrival[late] = np.minimum(means.opens + minutes, crowd.latest[found.pool])[late]


def without_withdrawn(crowd: Crowd, chance: Chance) -> list[int]:
    """Return the beds of each pool, none where the place was withdrawn."""
    kept = np.where(np.isin(crowd.place, chance.withdrawn), 0, crowd.capacity)
    return [int(beds) for beds in kept]
