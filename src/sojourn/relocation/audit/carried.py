"""The most that trips can bring in at given prices: each vehicle, each day, sent where its seats are worth most.

A trip goes to one region with one company (`COMPANIES`: children alone with no adult of others; those who need
an adapted vehicle by themselves), with so many stops at most, and escorts that take seats. Whatever its passengers pay
for seats, slots, escorts and stops, it brings in no more than is worked out here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.site.site import Vehicle

WHOM = ("general", "children", "disputed children")
COMPANIES = (*WHOM, *(f"adapted {whom}" for whom in WHOM))


class Prices:
    """The prices of one level in millionths, by what they are on."""

    def __init__(self, of: Mapping[tuple[str, str, str, int], int]) -> None:
        self.of = of
        self.kinds = {what for what, *_ in of}

    def get(self, what: str, at: str, of: str = "", size: int = 0) -> int:
        """Return a price; nothing where there is none."""
        return self.of.get((what, at, of, size), 0)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Vehicles alike in what a trip of theirs can carry."""

    seats: int
    slots: int
    ambulance: bool
    adapted: bool

    @property
    def all(self) -> int:
        return self.seats + self.slots


class Trips:
    """What vehicles and escorts can do on the days of the move.

    Parameters
    ----------
    beds : mapping of (place, company) to int
        Beds there that the rules leave anybody of a company.
    """

    def __init__(self, facts: Facts, beds: Mapping[tuple[str, str], int]) -> None:
        self.facts, self.beds = facts, beds
        self.operation = facts.site.rules.operation
        self.stops = max(self.operation.max_stops, 1)
        self.by_region: dict[str, list[str]] = {}
        for place in facts.places.values():
            self.by_region.setdefault(place.region, []).append(place.id)
        self.away = [t for t in facts.plan.trips if t.id in facts.departed]
        guards = [e for e in facts.site.escorts if e.kind == "child protection"]
        self.minded = max((e.max_children for e in guards), default=0)

    def most(self, prices: Prices) -> int:
        """Return the most that all trips can bring in, escorts and departures paid as well."""
        found = 0
        worth: dict[tuple[object, ...], int] = {}
        for day in (self.facts.day(n) for n in range(self.operation.days)):
            asked = tuple(
                prices.get(what, day.isoformat())
                for what in ("guards a day", "nurses a day", "departures")
            )
            guards, nurses = self._free("child protection", day), self._free("medical", day)
            waves = (self.operation.last_departure - self.operation.first_departure) * 60
            boards = int(waves // self.operation.boarding_minutes) + 1
            there = (guards, nurses, boards * max(self.operation.bays, 1))
            found += sum(price * count for price, count in zip(asked, there, strict=True))
            for kind, count in self._fleet(day).items():
                key = (kind, asked, guards, nurses > 0)
                if key not in worth:
                    worth[key] = self._best(kind, asked, guards, nurses, prices)
                found += count * worth[key]
        return found

    def _fleet(self, day: date) -> Counter[_Kind]:
        """Count the vehicles that may leave on a day, and have not."""
        left = {t.vehicle_id for t in self.away if t.day == day}
        return Counter(
            _kind(v)
            for v in self.facts.site.vehicles
            if v.id not in left and (not v.days or day in v.days)
        )

    def _free(self, kind: str, day: date) -> int:
        left = {e for t in self.away if t.day == day for e in t.escorts}
        return sum(
            e.kind == kind and e.id not in left and (not e.days or day in e.days)
            for e in self.facts.site.escorts
        )

    def _best(
        self, kind: _Kind, asked: tuple[int, ...], guards: int, nurses: int, prices: Prices
    ) -> int:
        """Return the most that one vehicle can bring in on a day; staying where it is brings in nothing."""
        worth = 0
        for company in COMPANIES:
            if company.startswith("adapted") and not kind.adapted:
                continue
            for region in self.by_region:
                seats = prices.get("seats", region, company)
                found = kind.seats * seats + kind.slots * prices.get("slots", region, company)
                if kind.ambulance:
                    found += kind.all * prices.get("lying", region, company)
                if nurses:
                    cared = kind.all * prices.get("nurses", region, company)
                    found += max(0, cared - seats - asked[1])
                if "children" in company:
                    each = prices.get("guards", region, company) - seats - asked[0]
                    ride = prices.get("ride", region, company)
                    found += self._minded(kind, guards, each, ride)
                    found *= guards > 0
                found += self._visits(kind, region, company, prices) - asked[2]
                worth = max(worth, found)
        return worth

    def _minded(self, kind: _Kind, guards: int, each: int, ride: int) -> int:
        """Return the most that escorts of children bring in on one trip, at least one of them."""
        along = range(1, min(guards, kind.seats) + 1)
        brought = (n * each + ride * min(kind.all - n, self.minded * n) for n in along)
        return max(brought, default=0)

    def _visits(self, kind: _Kind, region: str, company: str, prices: Prices) -> int:
        """Return the most that the stops of one trip bring in."""
        if "stops" not in prices.kinds:
            return 0
        each = [
            prices.get("stops", place, company) * min(kind.all, self.beds.get((place, company), 0))
            for place in self.by_region[region]
        ]
        return sum(sorted(each, reverse=True)[: self.stops])


def _kind(vehicle: Vehicle) -> _Kind:
    ambulance = vehicle.type == "ambulance"
    adapted = vehicle.wheelchair_slots > 0 or vehicle.type in ("adapted", "ambulance")
    return _Kind(vehicle.seats, vehicle.wheelchair_slots, ambulance, adapted)
