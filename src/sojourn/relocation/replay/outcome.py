"""What a replayed operation did to people, counted in persons; nobody in it exists."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sojourn.relocation.replay.crowd import Crowd
from sojourn.relocation.replay.day import Bools, Floats, Ints
from sojourn.relocation.replay.draw import Chance


class Failure(StrEnum):
    """The four failures of October 2016 that can be switched on."""

    CLOSED_EARLY = "closed_early"
    LEFT_CAP = "left_cap"
    PALM = "palm"
    NIGHT = "night"


class Way(StrEnum):
    """How people are called: the queue as it was, or the plan."""

    QUEUE = "queue"
    PLAN = "plan"


MEASURES = (
    "tier_1",
    "others",
    "tier_2",
    "tier_3",
    "turned_away",
    "turned_away_children",
    "waited",
    "night_arrivals",
    "unsafe_children",
    "unsafe_nights",
    "wait_hours",
    "moved",
    "left",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run under one way and one set of failures.

    Attributes
    ----------
    tier_1, tier_2, tier_3 : int
        Persons of a tier without a place at the end, those who left of their own accord apart.
    l1 : int
        Weighted persons of tier 1 without a place: level L1.
    turned_away, turned_away_children : int
        Persons (of these, children) who had come and were sent away at a close.
    waited : int
        Person-nights of people who had come and could not leave that night.
    night_arrivals : int
        Persons who reach their place after its latest hour.
    unsafe_children, unsafe_nights : int
        Children alone without a confirmed safe place on at least one night; and child-nights.
    wait_hours : float
        Mean hours in the queue of children alone who were registered; nan where nobody was.
    moved, left : int
        Persons who reach a place; persons who left before being called.
    persons : int
        All: moved + tier_1 + tier_2 + tier_3 + left.
    """

    tier_1: int
    tier_2: int
    tier_3: int
    l1: int
    turned_away: int
    turned_away_children: int
    waited: int
    night_arrivals: int
    unsafe_children: int
    unsafe_nights: int
    wait_hours: float
    moved: int
    left: int
    persons: int


@dataclass(slots=True)
class Tally:
    """What is noted while the days of one run pass.

    Attributes
    ----------
    turned : ndarray of bool, shape (n,)
        Sent away at a close, at least once.
    waited, unsafe : ndarray of int, shape (n,)
        Nights of a group on the site after it had come; nights without a confirmed safe place.
    arrival : ndarray, shape (n,)
        At the place, minutes after midnight of the day of departure; nan where nobody travelled.
    done : ndarray, shape (n,)
        Registered at, minutes after midnight of the first day; infinity where not.
    queued : ndarray, shape (n,)
        Minutes in the queue, nights left out; nan where the group never joined one.
    pool : ndarray, shape (n,)
        Bed, or -1.
    gone : ndarray of bool, shape (n,)
        Travelled.
    """

    turned: Bools
    waited: Ints
    unsafe: Ints
    arrival: Floats
    done: Floats
    queued: Floats
    pool: Ints
    gone: Bools


def tally(n: int) -> Tally:
    """Return an empty tally of n groups."""
    return Tally(
        turned=np.zeros(n, bool),
        waited=np.zeros(n, np.int64),
        unsafe=np.zeros(n, np.int64),
        arrival=np.full(n, np.nan),
        done=np.full(n, np.inf),
        queued=np.full(n, np.nan),
        pool=np.full(n, -1, np.int64),
        gone=np.zeros(n, bool),
    )


def outcome(crowd: Crowd, chance: Chance, found: Tally) -> Outcome:
    """Count a run."""
    moved = found.gone & (found.pool >= 0)
    without = ~moved & ~chance.left
    late = moved & (found.arrival > np.where(found.pool >= 0, crowd.latest[found.pool], np.inf))
    queued = found.queued[crowd.alone & np.isfinite(found.queued)]
    tiers = [int(crowd.size[without & (crowd.tier == t)].sum()) for t in (1, 2, 3)]
    first = without & (crowd.tier == 1)
    alone = crowd.alone & (found.unsafe > 0)
    return Outcome(
        tier_1=tiers[0],
        tier_2=tiers[1],
        tier_3=tiers[2],
        l1=int((crowd.size * crowd.weight)[first].sum()),
        turned_away=int(crowd.size[found.turned].sum()),
        turned_away_children=int(crowd.minors[found.turned].sum()),
        waited=int((crowd.size * found.waited).sum()),
        night_arrivals=int(crowd.size[late].sum()),
        unsafe_children=int(crowd.size[alone].sum()),
        unsafe_nights=int((crowd.size * found.unsafe)[crowd.alone].sum()),
        wait_hours=float(queued.mean() / 60) if len(queued) else float("nan"),
        moved=int(crowd.size[moved].sum()),
        left=int(crowd.size[chance.left].sum()),
        persons=int(crowd.size.sum()),
    )
