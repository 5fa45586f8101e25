"""The plan: people are called to the desk for their own coach, and beds are known beforehand."""

import numpy as np

from sojourn.relocation.replay.crowd import NEVER, Crowd
from sojourn.relocation.replay.day import Bools, Floats, Ints, first_fit, serve
from sojourn.relocation.replay.draw import Chance
from sojourn.relocation.replay.means import (
    MINORS,
    RESERVE,
    THIRD,
    Means,
    enrol_palms,
    hold_or_go,
    without_withdrawn,
)
from sojourn.relocation.replay.outcome import Failure, Outcome, Tally, outcome, tally


def by_plan(crowd: Crowd, chance: Chance, means: Means) -> Outcome:
    """Replay the operation with the plan.

    People are called some time before their own coach; the same desks serve whoever is called. A
    coach waits a while for people who are still at the desk; whoever misses it travels on the
    next day with seats left. A place that is withdrawn is replaced, the most protected first.
    """
    found = tally(len(crowd.size))
    found.pool = _beds(crowd, chance)
    ready = np.zeros(len(crowd.size), bool)  # registered, without a coach so far
    palms = np.zeros(len(crowd.size), bool)
    for day in range(MINORS + 1):
        called = ~chance.left & (found.pool >= 0) & ~found.gone & (crowd.plan_day <= day) & ~ready
        finish = _desk(crowd, chance, means, found, called, day)
        missed = _board(crowd, chance, means, found, called, finish, day)
        ready = _next_coach(crowd, means, found, ready, day) | missed
        found.waited[ready] += means.nights[day]
        if day <= RESERVE:
            needs = crowd.alone & ready & ~chance.in_cap
            palms = enrol_palms(
                crowd,
                chance,
                means,
                found,
                palms & needs | (missed & needs),
                np.where(missed, finish, 0.0),
            )
    _shut_out_of_camp(crowd, chance, means, found)
    return outcome(crowd, chance, found)


def _beds(crowd: Crowd, chance: Chance) -> Ints:
    """Keep the beds of the plan; replace withdrawn ones from those nobody has, tier by tier."""
    lost = (crowd.planned >= 0) & np.isin(crowd.place[crowd.planned], chance.withdrawn)
    free = without_withdrawn(crowd, chance)
    for group in np.flatnonzero((crowd.planned >= 0) & ~lost).tolist():
        pool = int(crowd.planned[group])
        free[pool] -= dict(crowd.options[group])[pool]
    again = np.flatnonzero(lost & ~chance.left)
    order = again[np.argsort(crowd.tier[again], kind="stable")]
    found = first_fit(order.tolist(), crowd.options, free)
    return np.where(lost, found, crowd.planned)


def _desk(
    crowd: Crowd, chance: Chance, means: Means, found: Tally, called: Bools, day: int
) -> Floats:
    """Return when each of those called is registered, minutes after midnight; infinity where not."""
    value = chance.value
    who = np.flatnonzero(called & ~(crowd.alone & means.minors_closed(day)))
    own = np.where(crowd.plan_day == day, crowd.plan_leaves, means.opens + value["called_ahead"])
    arrival = np.where(
        chance.astray & (crowd.plan_day == day), chance.arrival, own - value["called_ahead"]
    )
    ratio = value["child_ratio"]
    rate = (value["adult_rate"] + ratio * value["minor_rate"]) * means.scale * chance.pace[day]
    minutes = crowd.size * np.where(crowd.alone, ratio, 1.0) * value["listed"] * 60 / rate
    extra = np.flatnonzero(_uncalled(crowd, chance, means) & (chance.day == day))
    jobs = np.concatenate([who, extra])
    comes = np.concatenate([arrival[who], chance.arrival[extra]])
    done = serve(comes, minutes[jobs], value["desk_opens"] * 60)[: len(who)]
    finish = np.full(len(crowd.size), np.inf)
    finish[who] = done
    finish[finish > means.close(day, chance)] = np.inf
    stood = np.clip(np.minimum(finish, means.closes) - arrival, 0, None)
    found.queued[who] = np.nan_to_num(found.queued[who]) + stood[who]
    return finish


def _board(
    crowd: Crowd,
    chance: Chance,
    means: Means,
    found: Tally,
    called: Bools,
    finish: Floats,
    day: int,
) -> Bools:
    """Let the day's coaches go; return who was registered and missed theirs."""
    registered = called & np.isfinite(finish)
    left = called & ~registered
    found.waited[left] += means.nights[day]
    found.unsafe[left & crowd.alone & ~chance.in_cap] += 1
    if day == MINORS or (day == THIRD and Failure.CLOSED_EARLY in means.failures):
        found.turned[left] = True
    found.turned[left & crowd.alone & means.minors_closed(day)] = True
    own = registered & (crowd.plan_day == day)
    aboard = own & (finish <= crowd.plan_leaves + chance.value["coach_patience"])
    leaves = np.nan_to_num(crowd.plan_leaves)
    late = np.zeros(int(crowd.plan_trip.max(initial=0)) + 1)
    np.maximum.at(late, crowd.plan_trip[aboard], finish[aboard])
    leaves = np.maximum(leaves, np.where(crowd.plan_trip != NEVER, late[crowd.plan_trip], 0.0))
    same = found.pool == crowd.planned
    children = (crowd.minors > 0).astype(int)
    minutes = np.where(same, np.nan_to_num(crowd.plan_takes), crowd.minutes[found.pool, children])
    hold_or_go(crowd, means, found, aboard, leaves, minutes)
    missed: Bools = registered & ~aboard
    return missed


def _next_coach(crowd: Crowd, means: Means, found: Tally, ready: Bools, day: int) -> Bools:
    """Let people registered earlier travel on seats the day has left; return who still waits."""
    planned = crowd.size[crowd.plan_day == day].sum()
    seats = means.seats * means.coaches[day] - planned
    who = np.flatnonzero(ready)
    who = who[np.argsort(crowd.tier[who], kind="stable")]
    aboard = np.zeros(len(crowd.size), bool)
    aboard[who[np.cumsum(crowd.size[who]) <= max(0, seats)]] = True
    children = (crowd.minors > 0).astype(int)
    leaves = np.full(len(crowd.size), means.opens)
    hold_or_go(crowd, means, found, aboard, leaves, crowd.minutes[found.pool, children])
    left: Bools = ready & ~aboard
    return left


def _uncalled(crowd: Crowd, chance: Chance, means: Means) -> Bools:
    """Children already safe who come to the desk before they are called, after contrary information."""
    if Failure.LEFT_CAP not in means.failures:
        return np.zeros(len(crowd.size), bool)
    early: Bools = chance.joins & ~chance.left & (chance.day < crowd.plan_day)
    return early


def _shut_out_of_camp(crowd: Crowd, chance: Chance, means: Means, found: Tally) -> None:
    """Count the nights of those who came uncalled and were not let back into the container camp."""
    out = _uncalled(crowd, chance, means) & ~chance.readmitted
    nights = np.maximum(crowd.plan_day - chance.day, 0)
    found.unsafe[out] += nights[out]
    found.waited[out] += nights[out]
