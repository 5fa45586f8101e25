"""What a second plan owes the first: decided places stay, and each move is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.plan.relocate.eligibility import Pool
from sojourn.plan.relocate.solver import Vector
from sojourn.plan.relocate.units import Unit


@dataclass(frozen=True)
class Before:
    """Where units were, and which of them may not be moved any more.

    Attributes
    ----------
    at : mapping of unit id to (place, room type)
    frozen : frozenset of unit id
    """

    at: Mapping[str, tuple[str, str]]
    frozen: frozenset[str]


def freeze(
    upper: Vector,
    before: Before,
    types: Sequence[Sequence[Unit]],
    pools: Sequence[Pool],
    column_type: np.ndarray,
    column_pool: np.ndarray,
    slack: slice,
) -> None:
    """Leave a frozen unit no column but its own place."""
    for c, (t, p) in enumerate(zip(column_type.tolist(), column_pool.tolist(), strict=True)):
        unit, pool = types[t][0], pools[p]
        if unit.id in before.frozen and before.at[unit.id] != (pool.place, pool.room_type.value):
            upper[c] = 0.0
    for t, (unit, *_) in enumerate(types):
        if unit.id in before.frozen:
            upper[slack.start + t] = 0.0


def moved(
    before: Before,
    types: Sequence[Sequence[Unit]],
    pools: Sequence[Pool],
    column_type: np.ndarray,
    column_pool: np.ndarray,
    floor: int,
) -> Vector:
    """Return what each column costs in persons whose place changes."""
    cost = np.zeros(floor + 1)
    for c, (t, p) in enumerate(zip(column_type.tolist(), column_pool.tolist(), strict=True)):
        unit, pool = types[t][0], pools[p]
        was = before.at.get(unit.id)
        cost[c] = unit.size * (was is not None and was != (pool.place, pool.room_type.value))
    return cost
