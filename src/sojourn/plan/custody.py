"""Where everybody is, from events alone: nobody is ever a difference of two totals.

An event says that one person came into one state, at a time, seen on a device. Its id is made of its
content, the device and the device's own count, so that ledgers kept apart merge without losing or
doubling one. At every moment the states sum to the number registered.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sojourn.errors import PlanError

STATES = (
    "registered", "in queue", "in safe zone", "on vehicle", "arrived", "transferred", "reunified",
    "left", "missing since",
)  # fmt: skip
SETTLED = ("arrived", "reunified", "left")  # nobody is expected to report again


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One sighting.

    Attributes
    ----------
    person : str
        Pseudonym.
    at : str
        ISO 8601 with its offset, to the second.
    where : str
        Place or vehicle; empty where there is none.
    responsible : str
        Pseudonym of the responsible adult or worker.
    device, number : str and int
        Who wrote it, and its how-manieth event it is.
    """

    person: str
    state: str
    at: str
    where: str
    responsible: str
    device: str
    number: int
    source: str = ""

    @property
    def id(self) -> str:
        """Digest of everything the event says."""
        said = (self.person, self.state, self.at, self.where, self.responsible, self.device, self.number, self.source)  # fmt: skip
        return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:24]

    @property
    def moment(self) -> datetime:
        """The time as a moment."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Standing:
    """Where everybody is.

    Attributes
    ----------
    registered : int
        People with any event.
    states : mapping of state to number
        Sums to ``registered``.
    last : mapping of person to Event
    """

    registered: int
    states: Mapping[str, int]
    last: Mapping[str, Event]


def refuse(event: Event) -> None:
    """Refuse an event that cannot be.

    Raises
    ------
    PlanError
        An unknown state, a time without offset, a field left empty.
    """
    if event.state not in STATES:
        raise PlanError(f"state {event.state!r}", hint=f"one of: {', '.join(STATES)}")
    try:
        moment = event.moment
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PlanError(
            f"time {event.at!r}", hint="ISO 8601 with its offset: 2016-10-24T09:30:00+02:00"
        )
    if not (event.person and event.device) or event.number < 1:
        raise PlanError("an event without person, device or number", hint="all three are needed")


def order(events: Iterable[Event]) -> list[Event]:
    """Return events once each, by time, then device and number: the same whatever came first."""
    known = {e.id: e for e in events}
    return sorted(known.values(), key=lambda e: (e.moment, e.device, e.number, e.id))


def standing(events: Iterable[Event], until: datetime | None = None) -> Standing:
    """Return where everybody is, at a moment or now."""
    last: dict[str, Event] = {}
    for event in order(events):
        if until is None or event.moment <= until:
            last[event.person] = event
    counted = Counter(e.state for e in last.values())
    return Standing(len(last), {s: counted[s] for s in STATES}, last)


def missing(found: Standing) -> list[Event]:
    """Return the missing as a list: each with the last event and the responsible adult."""
    return sorted(
        (e for e in found.last.values() if e.state == "missing since"),
        key=lambda e: (e.at, e.person),
    )


def silent(found: Standing, now: datetime, hours: float) -> list[Event]:
    """Return who should have been seen again and was not for so many hours.

    Raises
    ------
    PlanError
        ``hours`` is not positive.
    """
    if hours <= 0:
        raise PlanError(f"{hours} hours", hint="a positive number")
    limit = now - timedelta(hours=hours)
    waiting = (
        e for e in found.last.values()
        if e.state not in (*SETTLED, "missing since") and e.moment < limit
    )  # fmt: skip
    return sorted(waiting, key=lambda e: (e.at, e.person))


def merge(ledgers: Sequence[Iterable[Event]]) -> list[Event]:
    """Return all events of several ledgers, none lost, none doubled.

    Raises
    ------
    PlanError
        One device wrote two different events under one number: a ledger was altered.
    """
    merged = order(e for ledger in ledgers for e in ledger)
    seen: dict[tuple[str, int], Event] = {}
    for event in merged:
        other = seen.setdefault((event.device, event.number), event)
        if other.id != event.id:
            raise PlanError(
                f"device {event.device}, event {event.number}: two different events",
                hint="one of the ledgers was altered, or two devices have one name; nothing was merged",
            )
    return merged
