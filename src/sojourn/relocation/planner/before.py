"""What a second plan owes the first: whoever can keep their place keeps it.

Alike units stay counted together. For each type and pool that the earlier plan used there is one
more column, "units of this type stay in this pool", bounded by how many were there; it does what
the ordinary column does in every row, and it alone counts as staying. Decisions that may not change
any more are its lower bound.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.errors import PlanError
from sojourn.relocation.planner.eligibility import Pool
from sojourn.relocation.planner.levels import Level
from sojourn.relocation.planner.units import Unit

Address = tuple[str, str, int]  # place, room type, beds per room


@dataclass(frozen=True)
class Before:
    """Where units were, and which of them may not be moved any more.

    Attributes
    ----------
    at : mapping of unit id to (place, room type, beds per room)
    frozen : frozenset of unit id
    """

    at: Mapping[str, Address]
    frozen: frozenset[str]

    def in_order(self, units: Sequence[Unit]) -> list[Unit]:
        """Return the units with those that may not be moved first."""
        return sorted(units, key=lambda u: u.id not in self.frozen)

    def of(self, units: Sequence[Unit]) -> "Before":
        """Return what is known of some units alone."""
        ids = {u.id for u in units}
        return Before({u: was for u, was in self.at.items() if u in ids}, self.frozen & ids)


@dataclass(frozen=True)
class Stays:
    """The columns of staying, shape (s,): type, pool, and how many units may and must stay.

    Attributes
    ----------
    persons : float
        People who had a place and still take part.
    """

    types: np.ndarray
    pools: np.ndarray
    least: np.ndarray
    most: np.ndarray
    persons: float


def address(pool: Pool) -> Address:
    """Return what an earlier plan says of a pool."""
    return pool.place, pool.room_type.value, pool.beds_per_room


def stays(
    before: Before | None,
    types: Sequence[Sequence[Unit]],
    pools: Sequence[Pool],
    allows: Callable[[int, int], bool],
) -> Stays:
    """Return the columns of staying; none without an earlier plan.

    Parameters
    ----------
    allows : function of type and pool
        What the rules still allow; whoever has left already stays whatever they say.

    Raises
    ------
    PlanError
        A decision that may not change is of a place that is no longer there.
    """
    if before is None:
        none = np.zeros(0, dtype=np.int64)
        return Stays(none, none, none.astype(float), none.astype(float), 0.0)
    number = {address(pool): p for p, pool in enumerate(pools)}
    there, fixed = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    persons = 0
    for t, alike in enumerate(types):
        for unit in alike:
            was = before.at.get(unit.id)
            if was is None:
                continue
            persons += unit.size
            pool = number.get(was)
            frozen = unit.id in before.frozen
            if pool is None and frozen:
                raise PlanError(
                    f"case {unit.id} has left for {was[0]}, which takes nobody any more",
                    hint="record what happens to those on their way before planning again",
                )
            if pool is not None and (frozen or allows(t, pool)):
                there[t, pool] += 1
                fixed[t, pool] += frozen
    keys = sorted(there)
    return Stays(
        types=np.array([t for t, _ in keys], dtype=np.int64),
        pools=np.array([p for _, p in keys], dtype=np.int64),
        least=np.array([fixed[k] for k in keys], dtype=float),
        most=np.array([there[k] for k in keys], dtype=float),
        persons=float(persons),
    )


def over_classes(held: Stays, of: np.ndarray) -> Stays:
    """Return the columns of staying over classes of pools: who stays in a pool stays in its class.

    Parameters
    ----------
    of : ndarray of int, shape (pools,)
        The class of each pool.
    """
    keys, at = np.unique(
        np.stack([held.types, of[held.pools]], axis=1), axis=0, return_inverse=True
    )
    least, most = (
        np.bincount(at.reshape(-1), weights=w, minlength=len(keys)) for w in (held.least, held.most)
    )
    return Stays(keys[:, 0], keys[:, 1], least, most, held.persons)


def holds(ascending: np.ndarray, key: int) -> bool:
    """Whether an ascending array holds a number."""
    at = int(np.searchsorted(ascending, key))
    return at < len(ascending) and int(ascending[at]) == key


def stability(held: Stays, first: int, types: Sequence[Sequence[Unit]], columns: int) -> Level:
    """Return the level that stands right after L3: people whose place changes, as few as can be.

    Parameters
    ----------
    first : int
        Where the columns of staying begin, of all ``columns``.
    """
    cost = np.zeros(columns)
    cost[first : first + len(held.types)] = [-types[t][0].size for t in held.types.tolist()]
    return Level("L9", "people whose place changes", "persons", 1, cost, 0.0, held.persons)
