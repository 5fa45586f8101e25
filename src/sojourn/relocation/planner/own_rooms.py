"""Rooms of their own for children alone whose age is disputed or unknown (R04).

No room holds both them and known children. Rooms of a place are given to either as whole rooms, those of
one size counted together; which beds are left over in them is part of what the place has.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.site.site import RoomType, Site

Rooms = tuple[tuple[int, int], ...]  # beds of a room, rooms


def child_rooms(site: Site) -> Mapping[str, Rooms]:
    """Return the rooms for children alone of each place, by size."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for room in site.rooms:
        if room.room_type is RoomType.CHILD and room.beds_per_room > 0:
            found[room.place_id][room.beds_per_room] += room.rooms
    return {place: tuple(sorted(sizes.items())) for place, sizes in found.items()}


def beds_taken(rooms: Rooms, persons: int) -> int | None:
    """Return the fewest beds in whole rooms that hold so many; None where all of them do not.

    >>> beds_taken(((1, 1), (2, 3)), 3), beds_taken(((2, 3),), 3), beds_taken(((2, 1),), 3)
    (3, 4, None)
    """
    sums = 1  # a bit for each number of beds that some rooms have together
    for beds, count in rooms:
        step = 1
        while count > 0:  # one, two, four ... rooms at a time
            taken = min(step, count)
            sums |= sums << (beds * taken)
            count, step = count - taken, step * 2
    left = sums >> persons
    return None if not left else persons + (left & -left).bit_length() - 1


def spoilt(rooms: Rooms, on: Iterable[Unit]) -> int:
    """Return the beds that stay empty beside those whose age is disputed, if known children are there too."""
    disputed = known = 0
    for unit in on:
        disputed += unit.size if unit.disputed else 0
        known += 0 if unit.disputed else unit.size
    if not (disputed and known):
        return 0
    taken = beds_taken(rooms, disputed)
    return 0 if taken is None else taken - disputed


class OwnRooms:
    """Columns and rows of rooms given to those whose age is disputed.

    A place's beds are taken by everybody there and by what is left over in such rooms: one column for
    each size of room, one for the beds left over.
    """

    def __init__(self, types: Sequence[Sequence[Unit]], eligible: Eligibility) -> None:
        self.eligible = eligible
        self.size = np.array([t[0].size for t in types], dtype=float)
        self.disputed = np.array([t[0].disputed for t in types], dtype=bool)
        self.upper: list[float] = []
        self.spare: list[tuple[int, int]] = []  # pool and its column of beds left over

    def add(
        self, builder: Rows, pools: Sequence[Pool], columns: tuple[np.ndarray, np.ndarray], at: int
    ) -> None:
        """Add the rows of every place where both may be, and collect its columns.

        Parameters
        ----------
        columns : ndarray, ndarray
            Type and pool of each assignment column.
        at : int
            The first further column.
        """
        if not (self.eligible.rules.on("R04") and self.disputed.any()):
            return
        column_type, column_pool = columns
        child = np.array([p.room_type is RoomType.CHILD for p in pools], dtype=bool)
        there = np.flatnonzero(child[column_pool])
        doubtful = self.disputed[column_type[there]]
        both = set(column_pool[there[doubtful]].tolist()) & set(
            column_pool[there[~doubtful]].tolist()
        )
        rooms = child_rooms(self.eligible.site)
        for pool in sorted(both):
            sizes = rooms.get(pools[pool].place, ())
            if any(beds > 1 for beds, _ in sizes):
                mine = there[doubtful & (column_pool[there] == pool)]
                self._place(builder, pool, sizes, (mine, self.size[column_type[mine]]), at)

    def _place(
        self,
        builder: Rows,
        pool: int,
        sizes: Rooms,
        mine: tuple[np.ndarray, np.ndarray],
        at: int,
    ) -> None:
        """Let their rooms have beds for them, and count those left over."""
        given = [at + len(self.upper) + n for n in range(len(sizes))]
        spare = given[-1] + 1
        self.upper += [float(count) for _, count in sizes]
        self.upper.append(float(max(beds for beds, _ in sizes) - 1))
        self.spare.append((pool, spare))
        beds = np.array([float(b) for b, _ in sizes])
        builder.add([*mine[0], *given], np.append(mine[1], -beds), -np.inf, 0.0)
        builder.add(
            [*given, *mine[0], spare], np.concatenate([beds, -mine[1], [-1.0]]), -np.inf, 0.0
        )
