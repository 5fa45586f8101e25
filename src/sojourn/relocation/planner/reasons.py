"""Why somebody is without a place or a seat: the fewest rules in the way, or what is scarce."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from typing import Any

from sojourn.relocation.planner.eligibility import Eligibility, Pool, children_at
from sojourn.relocation.planner.own_rooms import child_rooms, spoilt
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.proposal.proposal import Unplaced
from sojourn.relocation.proposal.reasons import MORE_SEATS, NO_SEAT, Full, forbidden
from sojourn.relocation.site.site import RoomType


def without_seat(left: Iterable[Unit]) -> list[Unplaced]:
    """Return those who have a place and no seat."""
    return [
        Unplaced(
            case_id=case,
            persons=unit.size if case == unit.cases[0] else 0,
            kind="transport",
            reason=NO_SEAT,
            conflict=("R05",) if unit.alone else ("R10", "R11") if unit.adapted else ("R16", "R17"),
            minimal=False,
            fix=MORE_SEATS,
        )
        for unit in left
        for case in unit.cases
    ]


def without_place(
    units: Units, eligible: Eligibility, placed: Mapping[str, Pool], fine: Container[str] = ()
) -> list[Unplaced]:
    """Return those without a place, with the reason.

    Parameters
    ----------
    placed : mapping of unit id to Pool
        An assignment by beds and rules.
    fine : container of unit id
        Who lacks a seat instead.
    """
    found = []
    used = _used(units, eligible, placed)
    for unit in units.units:
        if unit.id in placed or unit.id in fine:
            continue
        why = conflict_of(unit, eligible)
        told = _static(why) if why else _capacity(unit, units, eligible, placed, used)
        for case in unit.cases:
            persons = unit.size if case == unit.cases[0] else 0
            found.append(Unplaced(case_id=case, persons=persons, **told))
    return found


def free_for(units: Units, eligible: Eligibility, placed: Mapping[str, Pool]) -> list[Unit]:
    """Return those left out for whom rooms are free beside everybody placed: they lack a seat."""
    used = _used(units, eligible, placed)
    alone, on = Counter[str](), _in_child_rooms(units, placed)
    rooms = child_rooms(eligible.site)
    for unit in units.units:
        if unit.alone and unit.id in placed:
            alone[placed[unit.id].place] += unit.size

    def room(unit: Unit, pool: Pool) -> bool:
        licence = children_at(eligible.places[pool.place]) - alone[pool.place]
        enough = not unit.alone or unit.size <= licence or not eligible.rules.on("R04")
        if pool.room_type is RoomType.CHILD and eligible.rules.on("R04"):
            there = [*on[pool], unit]
            taken = sum(u.size for u in there) + spoilt(rooms.get(pool.place, ()), there)
            return enough and taken <= pool.capacity
        return enough and used[pool] + pool.takes(unit.size) <= pool.capacity

    out = (u for u in units.units if u.id not in placed)
    return [u for u in out if any(room(u, pool) for pool in eligible.allowed(u))]


def conflict_of(unit: Unit, eligible: Eligibility) -> tuple[str, ...]:
    """Return the fewest rules whose relaxation gives the unit a place; empty when none forbids all.

    A pool is open once every rule that refuses it is relaxed, so the smallest set of refusals over
    all pools is a smallest conflict.
    """
    best: tuple[str, ...] | None = None
    for pool in eligible.pools:
        refused = tuple(sorted(set(eligible.refusals(unit, pool))))
        if not refused:
            return ()
        if best is None or (len(refused), refused) < (len(best), best):
            best = refused
    return best or ("R01",)


def _static(why: tuple[str, ...]) -> dict[str, Any]:
    reason, fix = forbidden(why)
    return {"kind": "conflict", "reason": reason, "conflict": why, "minimal": True, "fix": fix}


def _used(units: Units, eligible: Eligibility, placed: Mapping[str, Pool]) -> Counter[Pool]:
    """Return beds or rooms that are taken, or left over in rooms of those whose age is disputed."""
    by_id = {u.id: u for u in units.units}
    used = Counter[Pool]()
    for name, pool in placed.items():
        used[pool] += pool.takes(by_id[name].size)
    rooms = child_rooms(eligible.site) if eligible.rules.on("R04") else {}
    for pool, on in _in_child_rooms(units, placed).items():
        used[pool] += spoilt(rooms.get(pool.place, ()), on)
    return used


def _in_child_rooms(units: Units, placed: Mapping[str, Pool]) -> dict[Pool, list[Unit]]:
    """Return who is in rooms for children alone."""
    found: dict[Pool, list[Unit]] = defaultdict(list)
    for unit in units.units:
        pool = placed.get(unit.id)
        if pool is not None and pool.room_type is RoomType.CHILD:
            found[pool].append(unit)
    return found


def _apart(unit: Unit, eligible: Eligibility, at: Mapping[Pool, list[Unit]]) -> bool:
    """Whether beds would do for a unit somewhere, were rooms not held apart (R04)."""
    if not eligible.rules.on("R04"):
        return False
    rooms = child_rooms(eligible.site)
    for pool in eligible.allowed(unit):
        if pool.room_type is RoomType.CHILD:
            on = [*at.get(pool, ()), unit]
            taken = sum(u.size for u in on)
            licence = children_at(eligible.places[pool.place])
            held = taken + spoilt(rooms.get(pool.place, ()), on)
            if taken <= licence and taken <= pool.capacity < held:
                return True
    return False


def _capacity(
    unit: Unit,
    units: Units,
    eligible: Eligibility,
    placed: Mapping[str, Pool],
    used: Counter[Pool],
) -> dict[str, Any]:
    """Walk from the full pools to the units in them and on, until closed: a Hall set."""
    at: dict[Pool, list[Unit]] = defaultdict(list)
    for other in units.units:
        if other.id in placed:
            at[placed[other.id]].append(other)
    seen, todo = set[Pool](), list(eligible.allowed(unit))
    inside = {unit.id: unit}
    while todo:
        pool = todo.pop()
        if pool in seen:
            continue
        seen.add(pool)
        for other in at[pool]:
            if other.id not in inside:
                inside[other.id] = other
                todo += [p for p in eligible.allowed(other) if p not in seen]
    for other in units.units:  # others without a place who compete for the same rooms
        if (
            other.id not in placed
            and other.id not in inside
            and seen & set(eligible.allowed(other))
        ):
            inside[other.id] = other
    free = sum(p.capacity - used[p] for p in seen)
    wanted = sum(next(iter(eligible.allowed(u))).takes(u.size) for u in inside.values())
    room = sum(p.capacity for p in seen)
    kinds = tuple(sorted({p.room_type.value for p in seen}))
    full = Full(wanted, room, len(seen), kinds, _apart(unit, eligible, at))
    own = any(u.disputed for u in inside.values())  # free beds may stand beside the wrong people
    short = max(wanted - room, 1 if free <= 0 or own else 0)
    return {
        "kind": "capacity",
        "reason": full.reason,
        "conflict": tuple(
            f"{p.place}:{p.room_type.value}"
            for p in sorted(seen, key=lambda p: (p.place, p.room_type.value))[:12]
        ),
        "minimal": False,
        "fix": full.fix(short, unit.size),
        "short_by": int(max(short, 0)),
    }
