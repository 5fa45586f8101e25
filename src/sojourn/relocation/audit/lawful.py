"""All plans that the rules leave, and some more: who may have which rooms, and what must be left behind."""

import math
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

import numpy as np

from sojourn.relocation.audit.carried import Prices, Trips
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import Mask, OpenRooms, Party
from sojourn.relocation.audit.paid import Paid

LEVELS = ("L1", "L2", "L3")
MILLION = 1_000_000
OF_PLACES = {
    "rooms": "R01",
    "children": "R04",
    "arrivals": "R16",
    "primary": "R13",
    "secondary": "R13",
}
ON_TRIPS = ("R05", "R10", "R11", "R16", "R18")  # without one of them a trip may carry what it likes
Key = tuple[Party, int | None, bool]


class Lawful:
    """All plans that the rules leave, and some more: what they must leave behind at given prices.

    Attributes
    ----------
    of_root : mapping of case to key
        Every party by the smallest case in it: what it is, the room that it cannot leave, whether it has left.
    parties : mapping of key to int
        How many are alike.
    rooms : mapping of key to ndarray of bool, shape (rooms,)
        Which rooms the rules leave them.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts, self.open = facts, OpenRooms(facts, queue=0)
        gone, frozen = set[str](), {*facts.plan.frozen}
        fixed: dict[str, int] = {}
        number = {(r.place, r.kind, r.size): n for n, r in enumerate(self.open.rooms)}
        for case, a in facts.assigned.items():
            if case in frozen or a.trip_id in facts.departed:
                key = (a.place_id, a.room_type, a.beds_per_room)
                if key in number:
                    fixed[facts.together[case]] = number[key]
                if a.trip_id in facts.departed:
                    gone.add(facts.together[case])
        self.of_root: Mapping[str, Key] = {
            root: (party, fixed.get(root), root in gone)
            for root, party in self.open.parties.items()
        }
        self.parties: Mapping[Key, int] = Counter(self.of_root.values())
        self.rooms = {key: self._rooms(*key[:2]) for key in self.parties}

    @cached_property
    def trips(self) -> Trips:
        """What vehicles and escorts can do."""
        return Trips(self.facts, self._beds())

    def _rooms(self, party: Party, fixed: int | None) -> Mask:
        if fixed is None:
            return self.open.of(party)
        only = np.zeros(len(self.open.rooms), dtype=bool)
        only[fixed] = True
        return only

    def _beds(self) -> dict[tuple[str, str], int]:
        """Return the beds of each place that anybody of a company may have."""
        may: dict[str, Mask] = {}
        for key, mask in self.rooms.items():
            company = key[0].company
            may[company] = may[company] | mask if company in may else mask
        found = Counter[tuple[str, str]]()
        for company, mask in may.items():
            for n in np.flatnonzero(mask).tolist():
                room = self.open.rooms[n]
                found[room.place, company] += max(room.size, 1) * room.there
        return found

    def bound(self, level: str, values: Mapping[str, float]) -> int:
        """Return how many (weighted) people no plan as good as this one above can but leave behind."""
        prices = self._in_force(level)
        pays = Paid(self.facts, self.open, prices)
        held = {up: prices.get("held", up) for up in LEVELS if up < level}
        total = -sum(price * round(values[up]) for up, price in held.items())
        for (party, fixed, gone), count in self.parties.items():
            behind = MILLION * party.behind(level) + sum(
                price * party.behind(up) for up, price in held.items()
            )
            rooms = self.rooms[party, fixed, gone]
            dear = pays.least(party, rooms, rides=not gone)
            stays = dear is None or (fixed is None and behind < dear)
            total += count * (behind if dear is None or stays else dear)
        total -= pays.income()
        total -= self.trips.most(prices) if pays.on_trips else 0
        return max(0, math.ceil(Fraction(total, MILLION)))

    def _in_force(self, level: str) -> Prices:
        """Return the prices of a level, without those on what no rule limits."""
        on = self.facts.site.rules.on
        roads = all(on(rule) for rule in ON_TRIPS)
        return Prices(
            {
                (p.what, p.at, p.of, p.size): p.millionths
                for p in self.facts.plan.prices
                if p.level == level
                and (p.what == "held" or (on(OF_PLACES[p.what]) if p.what in OF_PLACES else roads))
            }
        )
