"""Where everybody is, from events alone: nobody is ever a difference of two totals.

An event says that one person came into one state, at a time, seen on a device. Its id is made of its
content, the device and the device's own count, so that ledgers kept apart merge without losing or
doubling one. At every moment the states sum to the number registered.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, pairwise

from sojourn.errors import PlanError, counted
from sojourn.terminal.one_line import OneLine

STATES = (
    "registered",
    "in queue",
    "in safe zone",
    "on vehicle",
    "arrived",
    "checked in",
    "transferred",
    "reunified",
    "left",
    "missing since",
)
MISSING = "missing since"
CHECKED_IN = "checked in"  # at the place, by a named person
VOID, SAME_AS = "void", "same as"  # said of an event, and of two pseudonyms of one person
ACTS = (VOID, SAME_AS)
MOST_HOURS = 87_600  # ten years
_CLOCK = re.compile(r"\d{14}\.\d{6}")
LONGEST = 500  # characters of a field
SETTLED = ("arrived", CHECKED_IN, "reunified", "left")  # nobody is expected to report again


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(OneLine):
    """One sighting.

    Attributes
    ----------
    person : str
        Pseudonym.
    at : str
        ISO 8601 with its offset, to the second.
    where : str
        Place or vehicle; empty where there is none.
        Of a void: the id of the event. Of same as: the other pseudonym.
    responsible : str
        Pseudonym of the responsible adult or worker.
    device, number : str and int
        Who wrote it, and its how-manieth event it is.
    previous : str
        Id of the event that the device wrote before.
    clock : str
        Hybrid logical clock: milliseconds since 1970 and a counter.
    noted : str
        The device's own clock when it was written, milliseconds since 1970.
    key : str
        The device's public key, where it is new; hexadecimal.
    signature : str
        Ed25519, of all the rest; hexadecimal.
    """

    person: str
    state: str
    at: str
    where: str
    responsible: str
    device: str
    number: int
    source: str = ""
    previous: str = ""
    clock: str = ""
    noted: str = ""
    key: str = ""
    signature: str = ""

    @property
    def id(self) -> str:
        """Digest of everything the event says."""
        said = (
            self.person,
            self.state,
            self.at,
            self.where,
            self.responsible,
            self.device,
            self.number,
            self.source,
        )
        chain = (self.previous, self.clock, self.noted, self.key) if self.clock else ()
        return hashlib.sha256("\x1f".join(map(str, (*said, *chain))).encode()).hexdigest()[:24]

    @property
    def moment(self) -> datetime:
        """The time as a moment."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Standing(OneLine):
    """Where everybody is.

    Attributes
    ----------
    registered : int
        People with any event.
    states : mapping of state to number
        Sums to ``registered``.
    last : mapping of person to Event
    seen : mapping of person to Event
        The last event that is not about being missing.
    responsible : mapping of person to str
        Who was last noted as responsible; people of whom nobody ever was are absent.
    called : mapping of person to person
        Under which pseudonym the others of the same person are kept; all mappings here have that one.
    """

    registered: int
    states: Mapping[str, int]
    last: Mapping[str, Event]
    seen: Mapping[str, Event]
    responsible: Mapping[str, str]
    called: Mapping[str, str] = field(default_factory=dict)

    def name(self, person: str) -> str:
        """Return the pseudonym under which a person is kept."""
        return self.called.get(person, person)

    def of(self, person: str) -> Event | None:
        """Return the last event of a person, by any of her pseudonyms; None when there is none."""
        return self.last.get(self.name(person))


@dataclass(frozen=True)
class Missing:
    """One missing person.

    Attributes
    ----------
    since : str
        When it was noted.
    seen : Event or None
        The last that is known of them; None when nothing else ever was noted.
    responsible : str
        Pseudonym of the adult or worker last noted as responsible; empty when nobody was.
    """

    person: str
    since: str
    seen: Event | None
    responsible: str


@dataclass(frozen=True)
class DeviceFault:
    """What the numbers or the clock of one device say is not in order."""

    device: str
    what: str


def is_clock(text: str) -> bool:
    """Whether a text is a reading of a hybrid logical clock.

    >>> is_clock("01477296000000.000001"), is_clock("9:30")
    (True, False)
    """
    return _CLOCK.fullmatch(text) is not None


def refuse(event: Event) -> None:
    """Refuse an event that cannot be.

    Raises
    ------
    PlanError
        An unknown state, a time without offset, a field left empty or that is no text.
    """
    texts: tuple[object, ...] = (
        event.person,
        event.state,
        event.at,
        event.where,
        event.responsible,
        event.device,
        event.source,
        event.previous,
        event.clock,
        event.noted,
        event.key,
        event.signature,
    )
    if not all(isinstance(t, str) and len(t) <= LONGEST and t.isprintable() for t in texts):
        raise PlanError(
            f"a field that is no text, has a line break or more than {LONGEST} characters",
            hint="shorten it",
        )
    if (event.clock and not is_clock(event.clock)) or not (event.noted or "0").isdecimal():
        raise PlanError(f"clock {event.clock!r}", hint="restore the ledger from another device")
    if event.state not in (*STATES, *ACTS):
        raise PlanError(f"state {event.state!r}", hint=f"one of: {', '.join(STATES)}")
    try:
        moment = event.moment
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1900 <= moment.year <= 9000:
        raise PlanError(
            f"time {event.at!r}", hint="ISO 8601 with its offset: 2016-10-24T09:30:00+02:00"
        )
    if type(event.number) is not int or event.number < 1 or not (event.person and event.device):
        raise PlanError("an event without person, device or number", hint="all three are needed")


def order(events: Iterable[Event]) -> list[Event]:
    """Return events once each, by time, then by clock: the same whatever came first.

    Events of one moment stand as they followed each other; never by the name of a device.
    """
    known = {e.id: e for e in events}
    return sorted(known.values(), key=lambda e: (e.moment, e.clock, e.number, e.id))


def voided(events: Iterable[Event]) -> set[str]:
    """Return the ids of events that do not count; a void that was voided itself takes nothing away.

    A void holds the id of what it is about, which is a digest of it: none can, through others, be about itself.
    """
    about = {e.id: e.where for e in events if e.state == VOID}
    undecided = Counter(about.values())
    ready, found = [v for v in about if v not in undecided], set[str]()
    while ready:
        void = ready.pop()
        event = about[void]
        if void not in found:
            found.add(event)
        undecided[event] -= 1
        if event in about and not undecided[event]:
            ready.append(event)
    return found


def same_people(events: Iterable[Event]) -> dict[str, str]:
    """Return under which pseudonym each other one of the same person is kept, as events say."""
    kept = order(events)
    void = voided(kept)
    name: dict[str, str] = {}

    def first(person: str) -> str:
        while person in name:
            person = name[person]
        return person

    for e in kept:
        if e.state == SAME_AS and e.id not in void:
            a, b = sorted((first(e.person), first(e.where)))
            if a != b:
                name[b] = a
    return {person: first(person) for person in name}


def effective(events: Iterable[Event]) -> list[Event]:
    """Return the sightings that count, in order: none that was voided, one pseudonym a person."""
    kept = order(events)
    void = voided(kept)
    name = same_people(kept)
    return [
        replace(e, person=name[e.person]) if e.person in name else e
        for e in kept
        if e.state not in ACTS and e.id not in void
    ]


def standing(events: Iterable[Event], until: datetime | None = None) -> Standing:
    """Return where everybody is, at a moment or after every event."""
    last, seen, responsible = dict[str, Event](), dict[str, Event](), dict[str, str]()
    events = tuple(events)
    for event in effective(events):
        if until is not None and event.moment > until:
            break
        last[event.person] = event
        if event.state != MISSING:
            seen[event.person] = event
        if event.responsible:
            responsible[event.person] = event.responsible
    counted = Counter(e.state for e in last.values())
    states = {s: counted[s] for s in STATES}
    return Standing(len(last), states, last, seen, responsible, same_people(events))


def missing(found: Standing) -> list[Missing]:
    """Return the missing as a list: each with the last that is known and the responsible adult."""
    noted = sorted(
        (e for e in found.last.values() if e.state == MISSING), key=lambda e: (e.moment, e.person)
    )
    return [
        Missing(e.person, e.at, found.seen.get(e.person), found.responsible.get(e.person, ""))
        for e in noted
    ]


def silent(found: Standing, now: datetime, hours: float) -> list[Event]:
    """Return who should have been seen again and was not for so many hours.

    Raises
    ------
    PlanError
        ``hours`` is not positive, or more than ten years.
    """
    if not 0 < hours <= MOST_HOURS:
        raise PlanError(f"{hours} hours", hint=f"a number above 0, at most {MOST_HOURS:,}")
    limit = now - timedelta(hours=hours)
    waiting = (
        e for e in found.last.values() if e.state not in (*SETTLED, MISSING) and e.moment < limit
    )
    return sorted(waiting, key=lambda e: (e.moment, e.person))


def merge(ledgers: Sequence[Iterable[Event]], *, keep_both: bool = False) -> list[Event]:
    """Return all events of several ledgers, none lost, none doubled.

    Parameters
    ----------
    keep_both : bool
        Keep two different events that one device wrote under one number (two devices had one
        name, or a ledger was brought back from a copy); otherwise they are refused.

    Raises
    ------
    PlanError
        One device wrote two different events under one number.
    """
    merged = order(e for ledger in ledgers for e in ledger)
    for event in () if keep_both else clashes(merged):
        raise PlanError(
            f"device {event.device}, event {event.number}: two different events",
            hint="two devices have one name, or a ledger was altered or brought back from a copy; nothing was merged; --keep-both keeps both",
        )
    return merged


def clashes(events: Iterable[Event]) -> list[Event]:
    """Return every event whose device and number another event has, beyond the first."""
    seen: dict[tuple[str, int], Event] = {}
    return [e for e in order(events) if seen.setdefault((e.device, e.number), e).id != e.id]


def device_faults(events: Iterable[Event], now: datetime) -> list[DeviceFault]:
    """Return what is not in order with the devices: numbers absent or given twice, clocks.

    An event of a device that is dated before an earlier one was noted afterwards, or its clock was
    set back; an event dated after now comes from a clock that is ahead. Both change who was seen last.
    """
    kept, found = order(events), list[DeviceFault]()
    for device in sorted({e.device for e in kept}):
        mine = sorted((e for e in kept if e.device == device), key=lambda e: (e.number, e.moment))
        numbers = {e.number for e in mine}
        if absent := max(numbers) - len(numbers):
            first = next(n for n in count(1) if n not in numbers)
            found.append(
                DeviceFault(
                    device,
                    f"{absent} of its events are not in this ledger, the first is number {first}: merge its own ledger",
                )
            )
        if twice := len(mine) - len(numbers):
            found.append(
                DeviceFault(
                    device,
                    f"{counted(twice, 'number stands', 'numbers stand')} for two events: two devices have one name",
                )
            )
        back = [b for a, b in pairwise(mine) if b.moment < a.moment]
        if back:
            found.append(
                DeviceFault(
                    device,
                    f"{counted(len(back), 'event is', 'events are')} dated before the one noted before, the first is number {back[0].number}: noted afterwards, or the clock was set back",
                )
            )
        ahead = [e for e in mine if e.moment > now]
        if ahead:
            found.append(
                DeviceFault(
                    device,
                    f"{counted(len(ahead), 'event is', 'events are')} dated after now and not counted yet, the first is number {ahead[0].number}: its clock is ahead",
                )
            )
    return found
