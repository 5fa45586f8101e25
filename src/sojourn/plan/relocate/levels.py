"""The strict order of objectives, each level written as a cost of the programme's columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.plan.relocate.eligibility import Eligibility, Pool
from sojourn.plan.relocate.solver import Vector
from sojourn.plan.relocate.units import Unit


@dataclass(frozen=True)
class Level:
    """One level of the objective, as a cost to be minimized.

    Attributes
    ----------
    cost : ndarray, shape (n,)
    sign : int
        Value = sign x (cost + offset): -1 where more is better.
    scale : float
        What a gap is a share of.
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
    types: Sequence[Sequence[Unit]],
    pools: Sequence[Pool],
    eligible: Eligibility,
    column_type: np.ndarray,
    column_pool: np.ndarray,
    slack: slice,
    keeps: slice,
    floor: int,
) -> tuple[Level, ...]:
    """Write each level as a cost."""
    persons = float(sum(u.size for alike in types for u in alike))
    places = [eligible.places[p.place] for p in pools]

    def unplaced(tier: int) -> Vector:
        cost = np.zeros(floor + 1)
        cost[slack] = [u.size * (u.weight if tier < 3 else 1) * (u.tier == tier) for u, *_ in types]
        return cost

    wish, match, minutes = np.zeros(floor + 1), np.zeros(floor + 1), np.zeros(floor + 1)
    for c, (t, p) in enumerate(zip(column_type.tolist(), column_pool.tolist(), strict=True)):
        unit, place = types[t][0], places[p]
        wish[c] = -dict(unit.points).get(place.region, 0)
        match[c] = -service_match(unit, place)
        minutes[c] = unit.size * eligible.minutes_to(place.id, children=unit.children > 0)
    kept, lowest = np.zeros(floor + 1), np.zeros(floor + 1)
    kept[keeps] = -1.0
    lowest[floor] = -1.0
    by_id = {
        "L1": Level("L1", "unplaced, tier 1", "weighted persons", 1, unplaced(1), persons),
        "L2": Level("L2", "unplaced, tier 2", "weighted persons", 1, unplaced(2), persons),
        "L3": Level("L3", "unplaced, others", "persons", 1, unplaced(3), persons),
        "L4": Level("L4", "lowest group share of wishes", "share", -1, lowest, 1.0),
        "L5": Level("L5", "wish points", "points", -1, wish, 2 * persons),
        "L6": Level("L6", "soft links kept", "links", -1, kept, max(1.0, float(len(kept[keeps])))),
        "L7": Level("L7", "services matched", "matches", -1, match, persons),
        "L8": Level("L8", "travel", "person-minutes", 1, minutes, max(1.0, minutes.sum())),
    }
    return tuple(by_id[name] for name in eligible.rules.level_order)


def service_match(unit: Unit, place: object) -> int:
    """Count what a place offers a unit beyond the hard rules: language, care, legal aid, school."""
    spoken = getattr(place, "languages", ())
    score = sum(n for language, n in unit.languages if language in spoken)
    score += "psychosocial" in unit.needs and "psychiatric" in getattr(place, "medical", ())
    score += "legal_aid" in unit.needs and bool(getattr(place, "legal_aid", False))
    primary = min(unit.school_primary, getattr(place, "school_primary", 0))
    secondary = min(unit.school_secondary, getattr(place, "school_secondary", 0))
    return int(score + primary + secondary)
