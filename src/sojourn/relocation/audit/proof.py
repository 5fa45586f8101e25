"""What a plan's prices prove of those it leaves without a place, in whole numbers and without a solver.

A plan may carry a price on each scarce thing. Take any lawful plan: everybody in it who has a place pays for
what they take, and no more is taken than there is. So the weighted people whom it leaves behind are at least
what everybody would pay for the cheapest room that the rules leave them, or for staying behind if that is
less, minus all that the scarce things bring in. That holds for *any* prices: wrong ones prove less, never too
much. With a price on a level above, held at what this plan has, the same is said of all plans that are as
good there.

Some rules are not asked (who must live near whom, shares of a need, rooms of one's own): a bound over more
plans than are lawful is a bound. Where a rule is switched off, what it limits has no price.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sojourn.relocation.audit.carried import COMPANIES, Prices, Trips
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import Mask, OpenRooms, Party
from sojourn.relocation.audit.opened import Opened
from sojourn.relocation.audit.paid import Paid
from sojourn.relocation.audit.worth import left_behind
from sojourn.relocation.proposal.proposal import Price

LEVELS = ("L1", "L2", "L3")
MILLION = 1_000_000
MOST = 10**6 * MILLION  # of a price: more than anybody weighs
OF_PLACES = {
    "rooms": "R01",
    "children": "R04",
    "arrivals": "R16",
    "primary": "R13",
    "secondary": "R13",
}
OF_TRIPS = ("seats", "slots", "lying", "guards", "ride", "nurses")
OF_DAYS = ("guards a day", "nurses a day", "departures")
ON_TRIPS = ("R05", "R10", "R11", "R16", "R18")  # without one of them a trip may carry what it likes


@dataclass(frozen=True)
class Proof:
    """What is proven of a level without believing the planner.

    Attributes
    ----------
    value, said : float
        Of the plan, and the bound that it states.
    proven : int
        No lawful plan that is as good on the levels above leaves fewer (weighted) people without a place.
    """

    level: str
    value: float
    said: float
    proven: int

    @property
    def best(self) -> bool:
        """Whether no plan that is as good on the levels above is better on this one."""
        return self.proven >= self.value

    def told(self) -> str:
        """Say it in words."""
        if self.best:
            return (
                f"{self.level} {self.value:g}: proven here, no lawful plan as good above has less"
            )
        least = f"{self.level} {self.value:g}: proven here, no lawful plan as good above has less than {self.proven}"
        more = self.said > self.proven
        return f"{least}; the plan says {self.said:g}, which is not proven here" if more else least


def proofs(facts: Facts) -> tuple[Proof, ...]:
    """Return what is proven of each of the first three levels; 0 needs no proof."""
    values, found = left_behind(facts), []
    there = _Lawful(facts) if any(values.values()) else None
    for bound in facts.plan.bounds:
        if bound.level in LEVELS:
            proven = there.bound(bound.level, values) if there and values[bound.level] else 0
            found.append(Proof(bound.level, values[bound.level], bound.bound, proven))
    return tuple(found)


def ill(facts: Facts) -> Iterator[str]:
    """Ask that each price is one: on something that is there, once, and no less than nothing."""
    seen = Counter((p.level, p.what, p.at, p.of, p.size) for p in facts.plan.prices)
    days = {facts.day(n).isoformat() for n in range(facts.site.rules.operation.days)}
    rooms = {(r.place, r.kind, r.size) for r in Opened(facts).rooms}
    for p in facts.plan.prices:
        on = f"{p.what} {p.at} {p.of}".strip()
        if p.level not in LEVELS or not _is_there(facts, p, days, rooms):
            yield f"a price of {p.level} is on something that is not there: {on}"
        elif seen[p.level, p.what, p.at, p.of, p.size] > 1:
            yield f"{on} has several prices of {p.level}"
        elif not 0 <= p.millionths <= MOST:
            yield f"the price of {p.level} on {on} is none that anybody could pay"


def _is_there(facts: Facts, price: Price, days: set[str], rooms: set[tuple[str, str, int]]) -> bool:
    """Whether what a price is on exists."""
    company = price.of in COMPANIES
    if price.what == "rooms":
        return (price.at, price.of, price.size) in rooms
    if price.what in OF_TRIPS:
        return price.at in facts.regions and company and not price.size
    if price.what == "stops":
        return price.at in facts.places and company and not price.size
    if price.of or price.size:
        return False
    if price.what == "held":
        return price.at in LEVELS and price.at < price.level
    return price.at in (days if price.what in OF_DAYS else facts.places) and (
        price.what in OF_DAYS or price.what in OF_PLACES
    )


class _Lawful:
    """All plans that the rules leave, and some more: what they must leave behind at given prices."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.open = facts, OpenRooms(facts)
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
        counted = Counter(
            (party, fixed.get(root), root in gone) for root, party in self.open.parties.items()
        )
        self.parties: Mapping[tuple[Party, int | None, bool], int] = counted
        self.rooms = {key: self._rooms(*key[:2]) for key in counted}
        self.trips = Trips(facts, self._beds())

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
