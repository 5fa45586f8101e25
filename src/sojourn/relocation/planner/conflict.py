"""Why a unit has no place: a set of rules, rooms and people of which every one is needed.

Take any element away, the others standing, and the unit could have a place. Two kinds: rules alone
that leave it no room anywhere, and people who need the same rooms (after Hall: more people than
beds). The set is found by a deletion filter, each step decided by solving; where that is too much
work the set is a conflict all the same, and is said not to be proven minimal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from sojourn.errors import counted
from sojourn.relocation.planner.contest import Contest, Limit, Scarce
from sojourn.relocation.planner.eligibility import Eligibility, Pool, children_at
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.site.site import RoomType

DEEP = 3  # rules; up to here the smallest set is found by trying every one
COLUMNS = 6_000  # of a contest; above, the filter is not run
QUESTIONS = 1_500  # to the solver for one conflict

Element = TypeVar("Element")


@dataclass(frozen=True)
class Conflict:
    """What together leaves a unit without a place.

    Attributes
    ----------
    rules : tuple of str
        Ids of rules that close every room to the unit; empty if people are in the way.
    limits : tuple of Limit
        Rooms that are short, licences, links.
    others : tuple of Unit
        Who must have a place too: no less protected than the unit, and placed in the plan.
    minimal : bool
        Whether it is proven that no element can be left out.
    """

    rules: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    others: tuple[Unit, ...] = ()
    minimal: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Name the elements, people only by their number."""
        persons = sum(u.size for u in self.others)
        people = (
            (f"{counted(persons, 'other')} in {counted(len(self.others), 'unit')}",)
            if self.others
            else ()
        )
        return (*self.rules, *(limit.name for limit in self.limits), *people)


def rules_in_the_way(unit: Unit, eligible: Eligibility) -> Conflict | None:
    """Return the smallest set of rules that closes every room to a unit; none if a room is open.

    A set of rules is a conflict when it holds one refusal of every room, so the smallest is a
    smallest hitting set; above three rules a minimal one is returned.
    """
    refused = {frozenset(eligible.refusals(unit, pool)) for pool in eligible.pools}
    if not refused:
        return Conflict(rules=("R01",))
    if frozenset() in refused:
        return None
    every = sorted(frozenset[str]().union(*refused))
    for size in range(1, DEEP + 1):
        for chosen in combinations(every, size):
            if all(one & set(chosen) for one in refused):
                return Conflict(rules=chosen)
    kept, sure = deletion_filter(every, lambda rules: all(one & set(rules) for one in refused))
    return Conflict(rules=tuple(kept), minimal=sure)


def deletion_filter(
    elements: Sequence[Element],
    conflicting: Callable[[Sequence[Element]], bool | None],
    *,
    most: int = QUESTIONS,
) -> tuple[list[Element], bool]:
    """Leave out every element without which the conflict stands, in steps that double.

    Parameters
    ----------
    elements : sequence
        A conflict; the first are left out first.
    conflicting : callable
        Whether a part of it is one too; ``None`` if undecided. More elements never lift a conflict.
    most : int
        Questions.

    Returns
    -------
    list, bool
        What is left, and whether each element of it is proven to be needed.
    """
    todo, kept, step, sure, asked = list(elements), list[Element](), 1, True, 0
    while todo:
        step = min(step, len(todo))
        if asked == most:
            return [*kept, *todo], False
        asked += 1
        answer = conflicting([*kept, *todo[step:]])
        if answer:
            todo, step = todo[step:], step * 2
        elif step > 1:
            step //= 2
        else:
            kept.append(todo.pop(0))
            sure = sure and answer is not None
    return kept, sure


def people_in_the_way(
    unit: Unit,
    units: Units,
    eligible: Eligibility,
    placed: Mapping[str, Pool],
    held: Collection[str],
) -> Conflict | None:
    """Return a minimal set of rooms, limits and others that leaves a unit without a place.

    Parameters
    ----------
    placed : mapping of unit id to Pool
        Who has a place in the plan.
    held : collection of unit id
        Who has one and lacks a seat; their rooms are not known.

    Returns
    -------
    Conflict or None
        ``None`` when the unit could have a place and nobody as protected would lose theirs: the
        plan is not at its bound, or the search ended undecided.
    """
    kept = [
        u
        for u in units.units
        if u.id != unit.id and u.tier <= unit.tier and (u.id in placed or u.id in held)
    ]
    near = around(unit, kept, units, eligible, placed)
    if full := _one_bed_each(unit, near, units, eligible, placed):
        return full
    for others in (near, tuple(kept)):
        contest = Contest(unit, others, units, eligible)
        if len(contest.model.column_type) > COLUMNS:
            return _unproven(unit, near, eligible)
        if contest.placeable([u.id for u in others], contest.limits) is False:
            return _filtered(contest)
    return None


def around(
    unit: Unit,
    others: Sequence[Unit],
    units: Units,
    eligible: Eligibility,
    placed: Mapping[str, Pool],
) -> tuple[Unit, ...]:
    """Walk from the unit's rooms to the people in them, to their rooms, until nothing is new.

    People whose rooms are not known are taken in where they could be in these. Where a place lacks
    something besides beds the walk goes through all its rooms; and it follows links.
    """
    at: dict[Pool, list[Unit]] = defaultdict(list)
    for other in others:
        for pool in (placed[other.id],) if other.id in placed else eligible.allowed(other):
            at[pool].append(other)
    tight = tight_places(eligible)
    by_id = {u.id: u for u in others}
    tied: dict[str, list[str]] = defaultdict(list)
    for link in units.links:
        tied[link.a].append(link.b)
        tied[link.b].append(link.a)
    seen, inside, todo = set[Pool](), dict[str, Unit](), [*eligible.allowed(unit)]
    people = [by_id[name] for name in tied[unit.id] if name in by_id]
    while todo or people:
        while people:
            other = people.pop()
            if other.id not in inside:
                inside[other.id] = other
                todo += eligible.allowed(other)
                people += [by_id[name] for name in tied[other.id] if name in by_id]
        room = todo.pop() if todo else None
        if room is not None and room not in seen:
            seen.add(room)
            people += at[room]
            todo += [p for p in at if p.place == room.place] if room.place in tight else []
    return tuple(inside[name] for name in sorted(inside))


def tight_places(eligible: Eligibility) -> frozenset[str]:
    """Return the places that lack something besides beds: licences, arrivals, or more by R13, R20."""
    beds, children = Counter[str](), Counter[str]()
    for pool in eligible.pools:
        beds[pool.place] += pool.capacity * max(1, pool.beds_per_room)
        children[pool.place] += pool.capacity * (pool.room_type is RoomType.CHILD)
    return frozenset(
        name
        for name, place in eligible.places.items()
        if beds[name] > place.max_arrivals_per_day * len(eligible.open_days(place))
        or children[name] > children_at(place)
        or eligible.rules.on("R13")
        or eligible.rules.on("R20")
    )


def _one_bed_each(
    unit: Unit,
    near: Sequence[Unit],
    units: Units,
    eligible: Eligibility,
    placed: Mapping[str, Pool],
) -> Conflict | None:
    """Return the set walked, if everyone in it takes one bed of full rooms and no other limit bites.

    It is minimal by the theorem of Hall and König: the walk is a tree of alternating paths, so one
    more bed in any of the rooms, or one person less, lets a chain of moves free a bed for the unit.
    """
    rooms = {pool for u in (unit, *near) for pool in eligible.allowed(u)}
    if any(u.disputed for u in (unit, *near)):
        return None  # rooms of their own: not every bed is anybody's
    if any(pool.takes(u.size) != 1 for u in (unit, *near) for pool in eligible.allowed(u)):
        return None
    if sum(p.capacity for p in rooms) != len(near) or any(u.id not in placed for u in near):
        return None
    ends = {end for k in units.links for end in (k.a, k.b)}
    if ends & {u.id for u in (unit, *near)} or tight_places(eligible) & {p.place for p in rooms}:
        return None
    return Conflict(
        limits=tuple(_rooms(p) for p in sorted(rooms, key=_by_name)), others=tuple(near)
    )


def _rooms(pool: Pool) -> Limit:
    return Limit(-1, Scarce.ROOMS, f"{pool.place}:{pool.room_type.value}", pool.place, pool)


def _by_name(pool: Pool) -> tuple[str, str, int]:
    return (pool.place, pool.room_type.value, pool.beds_per_room)


def _unproven(unit: Unit, near: Sequence[Unit], eligible: Eligibility) -> Conflict:
    rooms = {pool for u in (unit, *near) for pool in eligible.allowed(u)}
    limits = tuple(_rooms(p) for p in sorted(rooms, key=_by_name))
    return Conflict(limits=limits, others=tuple(near), minimal=False)


def _filtered(contest: Contest) -> Conflict:
    """Run the filter: rules first, then the least protected people, then the rooms."""
    people = sorted(contest.others, key=lambda u: (-u.tier, u.id))
    limits = sorted(contest.limits, key=lambda x: (x.pool is not None, x.row))
    rules = [x for x in limits if x.pool is None]
    elements: list[Limit | Unit] = [*rules, *people, *(x for x in limits if x.pool is not None)]

    def conflicting(part: Sequence[Limit | Unit]) -> bool | None:
        keep = [x.id for x in part if isinstance(x, Unit)]
        answer = contest.placeable(keep, [x for x in part if isinstance(x, Limit)])
        return None if answer is None else not answer

    kept, sure = deletion_filter(elements, conflicting)
    return Conflict(
        limits=tuple(x for x in kept if isinstance(x, Limit)),
        others=tuple(x for x in kept if isinstance(x, Unit)),
        minimal=sure,
    )
