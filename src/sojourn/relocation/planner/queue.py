"""First come, first served: what a plan is compared with. Not a way to place people."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility, Pool, children_at
from sojourn.relocation.planner.units import Unit, Units

if TYPE_CHECKING:
    from collections.abc import Sequence


def first_come(
    units: Units, eligible: Eligibility, *, seed: int, by_tier: bool = False
) -> dict[str, Pool]:
    """Place units in the order of a queue, each in the best place still free for it.

    Parameters
    ----------
    seed : int
        Of the order in which people came.
    by_tier : bool
        Whether the most protected are called first, as with several queues.
    """
    order: Sequence[int] = np.random.default_rng(seed).permutation(len(units.units)).tolist()
    if by_tier:
        order = sorted(order, key=lambda i: units.units[i].tier)
    free = {p: p.capacity for p in eligible.pools}
    children = Counter[str]()
    placed: dict[str, Pool] = {}
    known: dict[tuple[object, ...], list[Pool]] = {}
    for i in order:
        unit = units.units[i]
        wanted = _wanted(unit, eligible, known)
        best = next((p for p in wanted if _fits(unit, p, free, children, eligible)), None)
        if best is None:
            continue
        free[best] -= best.takes(unit.size)
        if not free[best]:
            wanted.remove(best)
        children[best.place] += unit.size * unit.alone
        placed[unit.id] = best
    return placed


def _wanted(
    unit: Unit, eligible: Eligibility, known: dict[tuple[object, ...], list[Pool]]
) -> list[Pool]:
    """Return what a unit may have, the best first; one list for all who want the same."""
    allowed, points = eligible.allowed(unit), dict(unit.points)
    key = (id(allowed), unit.points)  # alike units are handed the same tuple
    if key not in known:
        known[key] = sorted(
            allowed,
            key=lambda p: (points.get(eligible.places[p.place].region, 0), p.place),
            reverse=True,
        )
    return known[key]


def _fits(
    unit: Unit, pool: Pool, free: dict[Pool, int], children: Counter[str], eligible: Eligibility
) -> bool:
    licence = children_at(eligible.places[pool.place])
    return free[pool] >= pool.takes(unit.size) and (
        not unit.alone or children[pool.place] + unit.size <= licence
    )
