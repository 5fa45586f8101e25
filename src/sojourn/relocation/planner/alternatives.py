"""Why a case has this place: which rules refuse the others, and what those allowed would have been worth."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.features import features, matches
from sojourn.relocation.planner.units import Unit, Units


@dataclass(frozen=True)
class Alternative:
    """A place that would have been better in something.

    Attributes
    ----------
    said : str
        Wish points, services and minutes against those of its own place, and why it is not there.
    free : bool
        Whether the plan leaves beds or rooms for it there.
    """

    place: str
    region: str
    said: str
    free: bool


@dataclass(frozen=True)
class Alternatives:
    """What else there was.

    Attributes
    ----------
    allowed : int
        Places that meet every hard rule.
    refused : mapping of rule to int
        Places by the first rule that refuses all their rooms of a fitting kind, most first.
    better : tuple of Alternative
        Better by wishes, else by services, else by travel; the best first.
    """

    allowed: int
    refused: Mapping[str, int]
    better: tuple[Alternative, ...]


def alternatives(
    unit: Unit, units: Units, eligible: Eligibility, placed: Mapping[str, Pool]
) -> Alternatives:
    """Compare the place of a unit with every other one that it may have.

    Parameters
    ----------
    placed : mapping of unit id to Pool
        The plan; the unit has a place in it.
    """
    pools = eligible.allowed(unit)
    here = {p.place for p in pools}
    used: Counter[Pool] = Counter()
    size = {u.id: u.size for u in units.units}
    for name, pool in placed.items():
        used[pool] += pool.takes(size[name])
    worth = _worth(unit, pools, eligible)
    own = worth[placed[unit.id]]
    found = []
    for pool in sorted(pools, key=lambda p: (_rank(worth[p]), p.place)):
        if pool.place == placed[unit.id].place or _rank(worth[pool]) >= _rank(own):
            continue
        free = pool.capacity - used[pool] >= pool.takes(unit.size)
        found.append(
            Alternative(
                pool.place,
                eligible.places[pool.place].region,
                _said(worth[pool], own, free=free),
                free,
            )
        )
    refused = Counter(
        _first_refusal(unit, place, eligible) for place in eligible.places if place not in here
    )
    return Alternatives(len(here), dict(refused.most_common()), tuple(found))


def _worth(
    unit: Unit, pools: tuple[Pool, ...], eligible: Eligibility
) -> dict[Pool, tuple[int, int, int]]:
    """Return wish points, services matched and minutes of each pool."""
    if not pools:
        return {}
    f = features([[unit]], pools, eligible)
    nobody = np.zeros(len(pools), dtype=np.int64)
    served = matches(f, nobody, np.arange(len(pools), dtype=np.int64))
    points = dict(unit.points)
    return {
        p: (
            points.get(eligible.places[p.place].region, 0),
            int(served[n]),
            eligible.minutes_to(p.place, children=unit.children > 0),
        )
        for n, p in enumerate(pools)
    }


def _rank(worth: tuple[int, int, int]) -> tuple[int, int, int]:
    """Order by wishes, services, travel: smaller is better."""
    return -worth[0], -worth[1], worth[2]


def _said(worth: tuple[int, int, int], own: tuple[int, int, int], *, free: bool) -> str:
    told = f"wish points {worth[0]} (here {own[0]}), services {worth[1]} ({own[1]}), {worth[2]} minutes ({own[2]})"
    if free:
        return f"{told}; beds are left there: a level above, or a coach, decided otherwise"
    return f"{told}; full"


def _first_refusal(unit: Unit, place: str, eligible: Eligibility) -> str:
    """Return the rule that refuses a place: of its pool that is refused by the fewest rules."""
    said = [
        list(dict.fromkeys(eligible.refusals(unit, pool)))
        for pool in eligible.pools
        if pool.place == place
    ]
    rules = min((r for r in said if r), key=lambda r: (len(r), r), default=["R01"])
    return rules[0]
