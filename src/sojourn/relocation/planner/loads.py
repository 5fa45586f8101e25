"""What is on board, which vehicles suit it, and how many escorts children need (R05)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sojourn.relocation.planner.units import Unit
from sojourn.relocation.site.site import Escort, Vehicle


@dataclass
class Load:
    """A trip while it is being filled."""

    vehicle: Vehicle
    group: str
    units: list[Unit] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    persons: int = 0
    arriving: dict[str, int] = field(default_factory=dict)  # persons by place
    no_seat: set[tuple[int, ...]] = field(default_factory=set)  # nor when it is fuller

    def take(self, unit: Unit, stops: list[str]) -> None:
        """Let a unit board."""
        self.units.append(unit)
        self.stops = stops
        self.persons += unit.size

    @property
    def tier(self) -> int:
        """The most protected tier on board."""
        return min(u.tier for u in self.units)


def enough(escorts: Sequence[Escort], older: int, young: int, limit: float, small: float) -> bool:
    """Whether escorts suffice: each minds so many older children, or fewer young ones."""
    if older + young == 0:
        return True
    asked = older / limit + young / small
    return len(escorts) >= asked - 1e-9 and sum(e.max_children for e in escorts) >= older + young


def is_adapted(vehicle: Vehicle) -> bool:
    """Whether a vehicle is kept for those who need slots or care on the way."""
    return vehicle.wheelchair_slots > 0 or vehicle.type in ("adapted", "ambulance")


def likeness(vehicle: Vehicle) -> tuple[object, ...]:
    """Return all in which vehicles differ for those on board."""
    depot = vehicle.depot_minutes or 0
    return vehicle.seats, vehicle.wheelchair_slots, vehicle.type, vehicle.drivers, depot


def of_kind(group: str, fleet: Iterable[Vehicle]) -> list[Vehicle]:
    """Return vehicles that suit a group."""
    adapted = group.startswith("adapted")
    found = [v for v in fleet if is_adapted(v) == adapted]
    if not found and not adapted:
        found = [v for v in fleet if v.type != "ambulance"]
    return found


def preferred(vehicle: Vehicle, wanted: int) -> tuple[bool, int, str]:
    """Return an order of vehicles: the smallest that holds all first, then the largest."""
    holds = vehicle.seats >= wanted
    return not holds, vehicle.seats if holds else -vehicle.seats, vehicle.id


def with_stop(stops: Sequence[str], place: str) -> Iterator[list[str]]:
    """Yield each order of stops with one more place in it, the place last of all first.

    >>> list(with_stop(["A", "B"], "C"))
    [['A', 'B', 'C'], ['A', 'C', 'B'], ['C', 'A', 'B']]
    >>> list(with_stop(["A", "B"], "A"))
    [['A', 'B']]
    """
    if place in stops:
        yield list(stops)
        return
    for n in range(len(stops), -1, -1):
        yield [*stops[:n], place, *stops[n:]]
