"""Every assignment of a tiny site, and what each is worth, worked out from the design alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.site.site import LinkStrength, RoomType

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Everything:
    """Every assignment that beds, licences, arrivals and links allow.

    Attributes
    ----------
    where : ndarray, shape (assignments, units)
        Index of each unit's option; 0 is no place.
    options : sequence of sequence
        Each unit's options, the first of them ``None``.
    """

    where: NDArray[np.int64]
    options: Sequence[Sequence[Pool | None]]
    units: Units
    eligible: Eligibility

    def each(self, u: int, values: Sequence[float]) -> Array:
        """Look one value of each option of a unit up, for every assignment."""
        return np.asarray(values, dtype=float)[self.where[:, u]]

    def total(self, value: "object") -> Array:
        """Sum ``value(unit, pool)`` over the units that have a place."""
        found = np.zeros(len(self.where))
        for u, (unit, options) in enumerate(zip(self.units.units, self.options, strict=True)):
            found += self.each(u, [0.0 if p is None else value(unit, p) for p in options])  # type: ignore[operator]
        return found


def enumerate_all(units: Units, eligible: Eligibility) -> Everything:
    options: list[list[Pool | None]] = [[None, *eligible.allowed(u)] for u in units.units]
    where = np.indices([len(o) for o in options]).reshape(len(options), -1).T
    found = Everything(where, options, units, eligible)
    return replace(found, where=where[_allowed(found)])


def _allowed(found: Everything) -> NDArray[np.bool_]:
    eligible = found.eligible
    fine = np.ones(len(found.where), dtype=bool)
    for pool in {p for o in found.options for p in o if p is not None}:
        used = found.total(lambda u, p, pool=pool: p.takes(u.size) * (p == pool))
        fine &= used <= pool.capacity
    for name, place in eligible.places.items():
        days = len(eligible.open_days(place))
        there = found.total(lambda u, p, name=name: u.size * (p.place == name))
        alone = found.total(lambda u, p, name=name: u.size * u.alone * (p.place == name))
        fine &= (there <= place.max_arrivals_per_day * days) & (alone <= place.max_children)
        if place.children_per_staff is not None and place.child_staff is not None:
            fine &= alone <= place.children_per_staff * place.child_staff + 1e-9
        fine &= _rooms_apart(found, name)
    for link in found.units.links:
        one, two, both = _linked(found, link.a, link.b)
        if link.strength is LinkStrength.SEPARATE:
            fine &= ~(both & (one == two))
        if link.strength is LinkStrength.SAME_REGION:  # places take turns between two regions
            fine &= ~(both & (one % 2 != two % 2))
    return fine


def _rooms_apart(found: Everything, place: str) -> NDArray[np.bool_]:
    """Tell where rooms of a place can be shared out: some for those of disputed age, others for known children."""
    beds = [
        r.beds_per_room
        for r in found.eligible.site.rooms
        if (r.place_id, r.room_type) == (place, RoomType.CHILD)
        for _ in range(r.rooms)
    ]
    counts = [
        found.total(
            lambda u, p, mine=mine: (
                u.size * (u.disputed == mine) * ((p.place, p.room_type) == (place, RoomType.CHILD))
            )
        )
        for mine in (False, True)
    ]
    fine = np.zeros(len(found.where), dtype=bool)
    for chosen in product((False, True), repeat=len(beds)):
        theirs = sum(b for b, mine in zip(beds, chosen, strict=True) if mine)
        fine |= (counts[1] <= theirs) & (counts[0] <= sum(beds) - theirs)
    return fine


def _linked(found: Everything, a: str, b: str) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return the number of each one's place, and whether both have one."""
    ids = [u.id for u in found.units.units]
    number = {name: n for n, name in enumerate(sorted(found.eligible.places))}
    one, two = (
        found.each(i, [-1 if p is None else number[p.place] for p in found.options[i]])
        for i in (ids.index(a), ids.index(b))
    )
    return one, two, (one >= 0) & (two >= 0)


def levels(found: Everything) -> dict[str, Array]:
    """Work out every level of every assignment, as a cost."""
    places, everyone = found.eligible.places, found.units.units
    region = {p: place.region for p, place in places.items()}
    lost = {
        t: sum(u.size * (u.weight if t < 3 else 1) for u in everyone if u.tier == t)
        - found.total(lambda u, _, t=t: u.size * (u.weight if t < 3 else 1) * (u.tier == t))
        for t in (1, 2, 3)
    }
    kept = np.zeros(len(found.where))
    for link in found.units.links:
        if link.strength is LinkStrength.PREFER:
            one, two, both = _linked(found, link.a, link.b)
            kept += both & (one == two)

    def served(unit: Unit, pool: Pool) -> int:
        place = places[pool.place]
        spoken = sum(n for language, n in unit.languages if language in place.languages)
        return spoken + min(unit.school_primary, place.school_primary)

    def minutes(unit: Unit, pool: Pool) -> int:
        return unit.size * found.eligible.minutes_to(pool.place, children=unit.children > 0)

    return {
        "L1": lost[1],
        "L2": lost[2],
        "L3": lost[3],
        "L4": -_lowest_share(found),
        "L5": -found.total(lambda u, p: dict(u.points)[region[p.place]]),
        "L6": -kept,
        "L7": -found.total(served),
        "L8": found.total(minutes),
    }


def _lowest_share(found: Everything) -> Array:
    """Return the lowest share of persons with a wish, over groups; small ones are put together."""
    region = {p: place.region for p, place in found.eligible.places.items()}
    persons: dict[str, int] = {}
    for unit in found.units.units:
        for label, count in unit.groups:
            persons[label] = persons.get(label, 0) + count
    pooled: dict[str, set[str]] = {}
    for label, count in persons.items():
        name = label if count >= 10 else label.partition("=")[0] + "=other"
        pooled.setdefault(name, set()).add(label)
    shares = [
        found.total(
            lambda u, p, mine=mine: (
                (region[p.place] in u.wished) * sum(n for g, n in u.groups if g in mine)
            )
        )
        / sum(persons[g] for g in mine)
        for mine in pooled.values()
    ]
    return np.asarray(np.min(shares, axis=0))


def best(values: dict[str, Array], order: Sequence[str]) -> list[float]:
    """Return the optimum in strict order: each level over the assignments left by those above."""
    left = np.arange(len(values["L1"]))
    found = []
    for name in order:
        lowest = values[name][left].min()
        left = left[values[name][left] <= lowest + 1e-9]
        found.append(float(lowest))
    return found
