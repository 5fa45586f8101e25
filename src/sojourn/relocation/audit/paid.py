"""What a party would pay for each room at given prices, the way there included."""

import math
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.audit.carried import Prices
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import Mask, OpenRooms, Party, children_at

Whole = NDArray[np.int64]
ON_TRIPS = {"seats", "slots", "lying", "guards", "ride", "nurses", "stops"}
OF_PLACES = ("arrivals", "children", "primary", "secondary")


class Paid:
    """The prices of one level, laid out over rooms."""

    def __init__(self, facts: Facts, rooms: OpenRooms, prices: Prices) -> None:
        self.facts, self.open, self.prices = facts, rooms, prices
        self.on_trips = bool(prices.kinds & ON_TRIPS)
        self._roads: dict[Party, Whole] = {}
        limit = facts.site.rules["R05"]
        self._older = Fraction(limit.number("children_per_escort"))
        self._young = Fraction(limit.number("children_per_escort_young"))

    @cached_property
    def _rooms(self) -> Whole:
        return np.array(
            [self.prices.get("rooms", r.place, r.kind, r.size) for r in self.open.rooms],
            dtype=np.int64,
        )

    @cached_property
    def _places(self) -> dict[str, Whole]:
        ids = [p.id for p in self.open.places]
        return {
            what: np.array([self.prices.get(what, i) for i in ids], dtype=np.int64)
            for what in OF_PLACES
            if what in self.prices.kinds
        }

    def income(self) -> int:
        """Return what rooms and places bring in where all of them are taken."""
        total = sum(int(p) * int(n) for p, n in zip(self._rooms, self.open.there, strict=True))
        for what, prices in self._places.items():
            for place, price in zip(self.open.places, prices.tolist(), strict=True):
                there = {
                    "arrivals": place.max_arrivals_per_day * self.open.opened.days(place),
                    "children": children_at(place),
                    "primary": place.school_primary,
                    "secondary": place.school_secondary,
                }
                total += price * there[what]
        return total

    def least(self, party: Party, open_to: Mask, *, rides: bool) -> int | None:
        """Return the least that a party pays for a room; None where no room is open to it."""
        rooms = np.flatnonzero(open_to)
        if not len(rooms):
            return None
        each = {
            "arrivals": party.size,
            "children": party.size if party.alone else 0,
            "primary": party.primary,
            "secondary": party.secondary,
        }
        price = self._rooms[rooms] * self.open.takes(party.size)[rooms]
        at = self.open.at[rooms]
        for what, prices in self._places.items():
            price = price + prices[at] * each[what]
        if rides and self.on_trips:
            price = price + self._road(party)[at]
        return int(price.min())

    def _road(self, party: Party) -> Whole:
        """Return what the way to each place costs a party."""
        if party not in self._roads:
            region = {r: self._to(party, r) for r in sorted(self.facts.regions)}
            stop, of = self.prices, party.company
            self._roads[party] = np.array(
                [
                    region[p.region] + party.size * stop.get("stops", p.id, of)
                    for p in self.open.places
                ],
                dtype=np.int64,
            )
        return self._roads[party]

    def _to(self, party: Party, region: str) -> int:
        """Return what seats, slots and escorts to a region cost a party."""

        def price(what: str) -> int:
            return self.prices.get(what, region, party.company)

        paid = price("seats") * (party.size - party.wheelchairs)
        paid += price("slots") * party.wheelchairs + price("lying") * party.stretchers
        paid += price("nurses") * party.size if party.escorted else 0
        if party.alone:
            escorts = party.older / self._older + party.young / self._young
            paid += price("ride") * party.size + math.floor(price("guards") * escorts)
        return paid
