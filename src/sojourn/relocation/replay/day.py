"""The kernels of a replayed day: a queue that serves in order, and places given in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Coaches filled in order.

    Attributes
    ----------
    departure : ndarray, shape (n,)
        When each group's coach leaves, minutes after midnight; infinity where the fleet ended.
    coaches : int
        Coaches used.
    """

    departure: Floats
    coaches: int


def serve(arrival: Floats, minutes: Floats, opens: float) -> Floats:
    """Return when each of a queue is done, first come first served by one desk.

    Lindley's recursion: done[k] = max(arrival[k], done[k-1]) + minutes[k], in closed form by a
    running sum and a running maximum. Several desks are one that is as fast as all of them.

    Parameters
    ----------
    arrival : ndarray, shape (n,)
        Minutes after midnight, in any order.
    minutes : ndarray, shape (n,)
        At the desk.
    opens : float
        Minutes after midnight.

    Returns
    -------
    ndarray, shape (n,)
        Minutes after midnight, in the order of ``arrival``.

    Examples
    --------
    >>> serve(np.array([0.0, 10.0, 11.0]), np.array([5.0, 5.0, 5.0]), 2.0).tolist()
    [7.0, 15.0, 20.0]
    """
    order = np.argsort(arrival, kind="stable")
    work = np.cumsum(minutes[order])
    begun = np.maximum(arrival[order], opens) - (work - minutes[order])
    done = np.empty(len(arrival))
    done[order] = work + np.maximum.accumulate(begun) if len(arrival) else work
    return done


def first_fit(
    order: Sequence[int],
    options: Sequence[tuple[tuple[int, int], ...]],
    free: list[int],
) -> Ints:
    """Give each group, in order, the best pool of beds that still holds it.

    Parameters
    ----------
    order : sequence of int
        Groups, in the order in which they are served.
    options : sequence of tuples of (pool, takes)
        Per group, best first.
    free : list of int
        Beds or rooms left per pool; written to.

    Returns
    -------
    ndarray, shape (len(options),)
        Pool, or -1.

    Examples
    --------
    >>> first_fit([1, 0], [((0, 1),), ((0, 1), (1, 1))], [1, 0]).tolist()
    [-1, 0]
    """
    found = np.full(len(options), -1, dtype=np.int64)
    for group in order:
        for pool, takes in options[group]:
            if free[pool] >= takes:
                free[pool] -= takes
                found[group] = pool
                break
    return found


def fill_coaches(ready: Floats, size: Ints, region: Ints, *, seats: int, coaches: int) -> Fleet:
    """Fill coaches by region in the order in which people are ready; one leaves when it is full.

    The last coach of a region leaves when the last of its people is ready. Where the fleet ends,
    the latest do not leave.

    Parameters
    ----------
    ready : ndarray, shape (n,)
        Minutes after midnight.
    size, region : ndarray, shape (n,)
        Persons of a group, and where it goes.
    seats : int
        Of a coach.
    coaches : int
        Of the day.
    """
    departure = np.full(len(ready), np.inf)
    loads: list[tuple[float, list[int]]] = []
    for code in np.unique(region):
        members = np.flatnonzero(region == code)
        members = members[np.argsort(ready[members], kind="stable")]
        load: list[int] = []
        aboard = 0
        for group in members.tolist():
            if load and aboard + size[group] > seats:
                loads.append((float(ready[load[-1]]), load))
                load, aboard = [], 0
            load.append(group)
            aboard += int(size[group])
        if load:
            loads.append((float(ready[load[-1]]), load))
    used = sorted(loads, key=lambda one: one[0])[:coaches]
    for leaves, load in used:
        departure[load] = leaves
    return Fleet(departure, len(used))
