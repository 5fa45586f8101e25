"""The strict order of objectives, each level written as a cost of the programme's columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.relocation.planner.features import Features, Ints, matches
from sojourn.relocation.planner.solver import Vector


@dataclass(frozen=True)
class Level:
    """One level of the objective, as a cost to be minimized.

    Attributes
    ----------
    cost : ndarray, shape (n,)
    sign : int
        Value = sign x (cost + offset): -1 where more is better.
    scale : float
        What a gap is a share of; 0 where it is the value itself.
    offset : float
        What the value has beyond the columns' cost.
    """

    id: str
    name: str
    unit: str
    sign: int
    cost: Vector
    scale: float
    offset: float = 0.0


def levels_of(
    f: Features,
    column_type: Ints,
    column_pool: Ints,
    slack: slice,
    keeps: slice,
    floor: int,
    order: Sequence[str],
) -> tuple[Level, ...]:
    """Write each level as a cost."""
    persons = float((f.size * f.count).sum())
    k = len(column_type)
    place = f.place[column_pool]

    def unplaced(tier: int) -> Vector:
        cost = np.zeros(floor + 1)
        cost[slack] = f.size * (f.weight if tier < 3 else 1.0) * (f.tier == tier)
        return cost

    wish, match, minutes = np.zeros(floor + 1), np.zeros(floor + 1), np.zeros(floor + 1)
    wish[:k] = -f.points[column_type, f.region[place]]
    match[:k] = -matches(f, column_type, column_pool)
    minutes[:k] = f.size[column_type] * f.minutes[place, f.young[column_type]]
    kept, lowest = np.zeros(floor + 1), np.zeros(floor + 1)
    kept[keeps] = -1.0
    lowest[floor] = -1.0
    by_id = {
        "L1": Level("L1", "unplaced, tier 1", "weighted persons", 1, unplaced(1), persons),
        "L2": Level("L2", "unplaced, tier 2", "weighted persons", 1, unplaced(2), persons),
        "L3": Level("L3", "unplaced, others", "persons", 1, unplaced(3), persons),
        "L4": Level("L4", "lowest group share of wishes", "share", -1, lowest, 1.0),
        "L5": Level("L5", "wish points", "points", -1, wish, 2 * persons),
        "L6": Level("L6", "soft links kept", "links", -1, kept, 0.0),
        "L7": Level("L7", "services matched", "matches", -1, match, persons),
        "L8": Level("L8", "travel", "person-minutes", 1, minutes, 0.0),
    }
    return tuple(by_id[name] for name in order)
