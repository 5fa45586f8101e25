"""The queue as it was: four lanes, first come first served, children in the container camp until November."""

import numpy as np

from sojourn.relocation.replay.crowd import LANES, Crowd
from sojourn.relocation.replay.day import Bools, Floats, fill_coaches, first_fit, serve
from sojourn.relocation.replay.draw import Chance
from sojourn.relocation.replay.means import (
    DAY,
    MINORS,
    RESERVE,
    THIRD,
    Means,
    enrol_palms,
    hold_or_go,
    lane_rate,
    without_withdrawn,
)
from sojourn.relocation.replay.outcome import Failure, Outcome, Tally, outcome, tally


def by_queue(crowd: Crowd, chance: Chance, means: Means) -> Outcome:
    """Replay the operation with queues.

    Each group joins on a day and at an hour of its own. Four lanes serve in order until the close;
    whoever is left comes back the next day, up to the reserve day. Registered adults fill coaches
    by region in the order of registration; registered children go to the container camp, where
    their palms are enrolled, and travel in November. Beds go in the order of registration.
    """
    found = tally(len(crowd.size))
    stays = chance.in_cap & ~chance.left
    if Failure.LEFT_CAP in means.failures:
        stays &= ~chance.joins
    coming = ~chance.left & ~stays
    palms = np.zeros(len(crowd.size), bool)
    for day in range(RESERVE + 1):
        for lane in range(len(LANES)):
            _lane(crowd, chance, means, found, coming & (crowd.lane == lane), day)
        today = crowd.alone & (_on(found.done, day))
        since = np.where(today, found.done - day * DAY, 0.0)
        palms = enrol_palms(crowd, chance, means, found, palms | today, since)
    found.done[stays] = MINORS * DAY + chance.arrival[stays]
    order = np.argsort(found.done, kind="stable")
    served = order[np.isfinite(found.done[order])]
    found.pool = first_fit(served.tolist(), crowd.options, without_withdrawn(crowd, chance))
    _adults_leave(crowd, means, found)
    _children_leave(crowd, means, found)
    return outcome(crowd, chance, found)


def _lane(crowd: Crowd, chance: Chance, means: Means, found: Tally, lane: Bools, day: int) -> None:
    """Serve one lane for one day."""
    who = np.flatnonzero(lane & (chance.day <= day) & ~np.isfinite(found.done))
    if not len(who):
        return
    number = int(crowd.lane[who[0]])
    close = means.close(day, chance)
    if means.minors_closed(day) and LANES[number] == "children":
        finish = np.full(len(who), np.inf)
        arrival = finish
    else:
        rate = lane_rate(crowd, chance, means, number) * chance.pace[day]
        arrival = np.where(chance.day[who] == day, chance.arrival[who], means.opens)
        finish = serve(arrival, crowd.size[who] * 60 / rate, means.opens)
        stood = np.clip(np.minimum(finish, close) - arrival, 0, None)
        found.queued[who] = np.nan_to_num(found.queued[who]) + stood
    ok = finish <= close
    found.done[who[ok]] = day * DAY + finish[ok]
    left = who[~ok]
    found.waited[left] += 1
    found.unsafe[left] += crowd.alone[left]
    if day == RESERVE or (day == THIRD and Failure.CLOSED_EARLY in means.failures):
        found.turned[left] = True


def _on(done: Floats, day: int) -> Bools:
    """Whether people were registered on a day."""
    return (done >= day * DAY) & (done < (day + 1) * DAY)


def _adults_leave(crowd: Crowd, means: Means, found: Tally) -> None:
    """Fill the coaches of each day; whoever finds none comes back for the next day's."""
    waiting = np.zeros(len(crowd.size), bool)
    adults = ~crowd.alone & (found.pool >= 0)
    for day in range(MINORS + 1):
        today = adults & (_on(found.done, day))
        ready = np.where(waiting, means.opens, found.done - day * DAY)
        who = np.flatnonzero(today | waiting)
        fleet = fill_coaches(
            ready[who],
            crowd.size[who],
            crowd.region[found.pool[who]],
            seats=means.seats,
            coaches=means.coaches[day],
        )
        leaves = np.full(len(crowd.size), np.inf)
        leaves[who] = fleet.departure
        aboard = np.isfinite(leaves)
        family = (crowd.minors > 0).astype(int)
        hold_or_go(crowd, means, found, aboard, leaves, crowd.minutes[found.pool, family])
        waiting = (today | waiting) & ~aboard
        found.waited[waiting] += means.nights[day]


def _children_leave(crowd: Crowd, means: Means, found: Tally) -> None:
    """Let children travel from the container camp, a coach every so many minutes."""
    who = np.flatnonzero(crowd.alone & (found.pool >= 0))
    who = who[np.argsort(found.done[who], kind="stable")]
    ready = np.cumsum(crowd.size[who].astype(np.float64)) / (means.seats * means.scale)
    ready = means.opens + means.every * ready
    fleet = fill_coaches(
        ready,
        crowd.size[who],
        crowd.region[found.pool[who]],
        seats=means.seats,
        coaches=means.coaches[MINORS],
    )
    leaves = np.full(len(crowd.size), np.inf)
    # beyond the fleet they leave the next morning: they have a bed in the container camp
    leaves[who] = np.where(np.isfinite(fleet.departure), fleet.departure, means.opens)
    hold_or_go(crowd, means, found, np.isfinite(leaves), leaves, crowd.minutes[found.pool, 1])
