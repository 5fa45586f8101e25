"""Which trips stop where: the loads of places shared out among trips, few stops each, as full as can be.

A group goes to the places of a region in so many trips; a trip has room for so many and stops at most
so many times. The fullest places are dealt first, each to the trip with most room; then stops change
hands between two trips, or with what nobody carries, as long as more people are carried. Each trip keeps
an order of stops that the rules of the road allow. No claim of an optimum is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import permutations
from math import ceil

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.ways import Run, way_of

WHOLE = 1e-6
GAIN = 0.5  # persons; less is no reason to exchange stops
Way = tuple[str, ...]
Mask = np.ndarray


@dataclass(frozen=True)
class Planned:
    """A trip: a vehicle on a day, and the places it stops at."""

    run: Run
    group: str
    wave: int  # in which it has to be able to leave
    room: float  # persons, escorts apart
    stops: Way = ()


@dataclass
class Dealt:
    """What goes where: parts of the loads of places, and in which trip each is.

    Attributes
    ----------
    place : list of str
        Empty: a stop that a trip has to spare.
    persons : list of float
    trip : list of int
        The number of trips stands for none.
    """

    place: list[str] = field(default_factory=list)
    persons: list[float] = field(default_factory=list)
    trip: list[int] = field(default_factory=list)

    def add(self, place: str, persons: float, trip: int) -> None:
        """Put one more part."""
        self.place.append(place)
        self.persons.append(persons)
        self.trip.append(trip)


def room_of(run: Run, group: str, eligible: Eligibility) -> float:
    """Return how many of a group a vehicle takes beside the escorts whom children need (R05)."""
    vehicle, rules = run.vehicle, eligible.rules
    seats = vehicle.seats + (vehicle.wheelchair_slots if group.startswith("adapted") else 0)
    if "children" not in group or not rules.on("R05"):
        return float(seats)
    return float(seats - ceil(seats / (rules["R05"].number("children_per_escort") + 1)))


class Stops:
    """The trips of a group to a region, and the places they stop at."""

    def __init__(
        self,
        group: str,
        mine: Sequence[Run],
        loads: Mapping[str, float],
        eligible: Eligibility,
        waves: Mapping[tuple[bool, date], int],
    ) -> None:
        alone = "children" in group
        self.eligible, self.loads = eligible, loads
        self.trips = [
            Planned(run, group, waves[alone, run.day], room_of(run, group, eligible))
            for run in mine
        ]
        self.most = eligible.rules.operation.max_stops or 1
        self.open = {p: eligible.open_days(eligible.places[p]) for p in loads}
        self.known: dict[tuple[int, frozenset[str]], Way | None] = {}

    def run(self) -> list[Planned]:
        """Return the trips that stop anywhere, with their stops in order."""
        ways = [self._exchanged(self._deal(split=split)) for split in (True, False)]
        _, stops = max(ways, key=lambda way: way[0])
        more = (self._spare(n, mine) for n, mine in enumerate(stops))
        planned = (replace(t, stops=mine) for t, mine in zip(self.trips, more, strict=True))
        return [t for t in planned if t.stops]

    def _deal(self, *, split: bool) -> Dealt:
        """Give the places out, the fullest first, each to the trip with most room.

        Parameters
        ----------
        split : bool
            What a trip has no room for goes to another; else a load is parted where no trip could take it.
        """
        dealt, count = Dealt(), len(self.trips)
        most = max((t.room for t in self.trips), default=0.0)
        left, stops = [t.room for t in self.trips], [set[str]() for _ in self.trips]
        for place, persons in self._fullest():
            while persons > WHOLE:
                part = min(persons, most)
                n = self._fit(place, part, left, stops, split=split)
                if n < count:
                    part = min(part, left[n]) if split else part
                    left[n] -= part
                    stops[n].add(place)
                dealt.add(place, part, n)
                persons -= part
        for n, mine in enumerate(stops):
            for _ in range(self.most - len(mine)):
                dealt.add("", 0.0, n)
        return dealt

    def _fit(
        self,
        place: str,
        persons: float,
        left: Sequence[float],
        stops: Sequence[set[str]],
        *,
        split: bool,
    ) -> int:
        """Return the trip that takes most of a load and may stop there; the nearest of those alike."""
        between = self.eligible.roads.between
        fit = [
            n
            for n, mine in enumerate(stops)
            if len(mine) < self.most and place not in mine and (left[n] > WHOLE or not split)
        ]
        far = {n: min((between(s, place) for s in stops[n]), default=0) for n in fit}
        fit.sort(key=lambda n: (-min(left[n], persons), far[n]))
        lawful = (n for n in fit if self._order(n, {*stops[n], place}))
        return next(lawful, len(stops))

    def _fullest(self) -> list[tuple[str, float]]:
        return sorted(self.loads.items(), key=lambda x: (-x[1], x[0]))

    def _exchanged(self, dealt: Dealt) -> tuple[float, list[Way]]:
        """Exchange stops while more people are carried; return how many, and each trip's stops."""
        persons, trip = np.array(dealt.persons), np.array(dealt.trip, dtype=np.intp)
        room = np.array([t.room for t in self.trips] + [0.0])  # nobody rides in none
        on = np.bincount(trip, persons, len(room))
        while (pair := self._better(dealt, persons, trip, room, on)) is not None:
            i, j = pair
            moved = persons[j] - persons[i]
            on[trip[i]] += moved
            on[trip[j]] -= moved
            trip[[i, j]] = trip[[j, i]]
        places = np.array(dealt.place, dtype=object)
        stops = [self._order(n, {*places[trip == n]} - {""}) or () for n in range(len(self.trips))]
        return float(np.minimum(on, room).sum()), stops

    def _better(
        self, dealt: Dealt, persons: Mask, trip: Mask, room: Mask, on: Mask
    ) -> tuple[int, int] | None:
        """Return the two parts whose exchange carries most people more, and is lawful."""
        after = on[trip][:, None] - persons[:, None] + persons[None, :]
        mine = np.minimum(after, room[trip][:, None]) - np.minimum(on, room)[trip][:, None]
        gain = mine + mine.T
        gain[trip[:, None] == trip[None, :]] = 0.0
        some = np.flatnonzero(np.triu(gain) > GAIN)
        for k in some[np.argsort(-gain.flat[some], kind="stable")].tolist():
            i, j = divmod(k, len(persons))
            if self._lawful(dealt, trip, i, j) and self._lawful(dealt, trip, j, i):
                return i, j
        return None

    def _lawful(self, dealt: Dealt, trip: Mask, out: int, into: int) -> bool:
        """Whether the trip of one part may give it up for another."""
        n = int(trip[out])
        if n == len(self.trips):
            return True
        stays = {dealt.place[k] for k in np.flatnonzero(trip == n).tolist() if k != out}
        new = dealt.place[into]
        after = (stays | {new}) - {""}
        return (not new or new not in stays) and (not after or self._order(n, after) is not None)

    def _order(self, n: int, places: set[str]) -> Way | None:
        """Return places in the best lawful order for a trip; None where there is none."""
        trip, key = self.trips[n], (n, frozenset(places))
        if key not in self.known:
            ways = self._ways(trip, sorted(places))
            best = min(ways, default=None)
            self.known[key] = best and best[1]
        return self.known[key]

    def _ways(self, trip: Planned, places: Sequence[str]) -> Iterator[tuple[int, Way]]:
        if not places or not all(trip.run.day in self.open[p] for p in places):
            return
        for stops in permutations(places):
            way = way_of(self.eligible, trip.run, trip.group, stops, young=True, expecting=False)
            if way is not None and way.latest >= min(trip.wave, trip.run.last_wave):
                last = self.eligible.roads.timing(stops, children=True).arrivals[-1]
                yield -way.latest * 10_000 + last, stops

    def _spare(self, n: int, stops: Way) -> Way:
        """Let a trip with stops to spare stop at more of the places, the fullest first."""
        for place, _ in self._fullest():
            if len(stops) < self.most and place not in stops:
                stops = self._order(n, {*stops, place}) or stops
        return stops
