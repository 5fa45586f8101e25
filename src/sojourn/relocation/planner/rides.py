"""Trips whose vehicle, group, day and stops stand: who may be on board of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.planner.vehicles import group_of
from sojourn.relocation.planner.ways import Run, Way, way_of
from sojourn.relocation.proposal.proposal import Trip


@dataclass(frozen=True)
class Ride:
    """A trip whose stops stand.

    Attributes
    ----------
    young : bool
        Whether children may be on board: more rests.
    tier : int
        The most protected on board, of whom one must be there; 0 where that day has hours to spare.
    near : frozenset of str
        Stops reached early enough for late pregnancy (R12).
    latest : int
        Wave in which it leaves at the latest.
    """

    run: Run
    group: str
    stops: tuple[str, ...]
    young: bool
    tier: int
    near: frozenset[str]
    latest: int

    def most(self, unit: Unit) -> int:
        """Return how many units of a size fit."""
        return (self.run.vehicle.seats + self.run.vehicle.wheelchair_slots) // max(unit.size, 1)

    def takes(self, unit: Unit, place: str) -> bool:
        """Whether a unit may ride to a place."""
        lies = unit.stretchers and self.run.vehicle.type != "ambulance"
        return (
            place in self.stops
            and self.group == group_of(unit)
            and (self.young or not unit.children)
            and (not self.tier or unit.tier >= self.tier)
            and ("late_pregnancy" not in unit.needs or place in self.near)
            and not lies
        )


def rides_of(
    eligible: Eligibility, trips: Sequence[Trip], runs: Sequence[Run], units: Sequence[Unit]
) -> tuple[Ride, ...]:
    """Return trips as rides, in the order in which they leave."""
    by_run = {(r.vehicle.id, r.day): r for r in runs}
    found: list[Ride] = []
    for day in sorted({t.day for t in trips}):
        today = sorted((t for t in trips if t.day == day), key=lambda t: (t.departure, t.id))
        bare = [
            (
                by_run[t.vehicle_id, t.day],
                t.group,
                tuple(s.place_id for s in t.stops),
                t.tier,
            )
            for t in today
        ]
        found += rides_of_day(eligible, bare, units)
    return tuple(found)


def rides_of_day(
    eligible: Eligibility,
    today: Sequence[tuple[Run, str, tuple[str, ...], int]],
    units: Sequence[Unit],
) -> list[Ride]:
    """Return the rides of a day: vehicle, group, stops and tier of each, in order of departure."""
    expecting = any("late_pregnancy" in u.needs for u in units)

    def ways(run: Run, group: str, stops: tuple[str, ...]) -> tuple[Way | None, Way | None]:
        old, young = (
            way_of(eligible, run, group, stops, young=y, expecting=expecting) for y in (False, True)
        )
        return old, young

    both = [ways(run, group, stops) for run, group, stops, _ in today]
    bays, first = today[0][0].bays, today[0][0].first_slot
    last = (first + len(today) - 1) // bays
    spare = all(
        w is not None and w.latest >= min(last, r[0].last_wave)
        for (w, _), r in zip(both, today, strict=True)
    )
    found = []
    for n, ((run, group, _, its_tier), (old, young)) in enumerate(zip(today, both, strict=True)):
        wave = last if spare else (first + n) // bays
        fine = young is not None and young.latest >= min(wave, run.last_wave)
        way = young if fine else old
        if way is None:
            way = Way(0, group, (), young=False, tier=0, latest=0, near=frozenset())
        tier = 0 if spare or not eligible.rules.on("R18") else its_tier
        found.append(Ride(run, group, way.stops, fine, tier, way.near, way.latest))
    return found
