"""Whom to look for, whatever the last event says: nobody under age is settled by leaving alone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sojourn.relocation.custody.custody import CHECKED_IN, MISSING, Event, Standing, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One person to look for, and why.

    Attributes
    ----------
    what : str
        In words.
    why : str
        ``missing``, ``no_place``, ``left_alone``, ``unminded``, ``unchecked`` or ``unseen``.
    """

    person: str
    what: str
    last: Event | None
    why: str


def concerns(
    found: Standing,
    now: datetime,
    hours: float,
    *,
    register: Collection[str] = (),
    children: Collection[str] = (),
    places: Collection[str] = (),
) -> list[Concern]:
    """Return everybody who is missing, and every child whom no named adult is known to mind.

    Parameters
    ----------
    hours : float
        After arrival, within which a child has to be checked in at the place.
    register : collection of person
        Who should be known; each without an event is named.
    children : collection of person
        Who counts as a child without family; none of them, and nobody, is their own responsible adult.
    places : collection of place
        Where anybody can arrive; empty: not asked.
    """
    said = []
    children = {found.name(p) for p in children}
    for person, last in sorted(found.last.items()):
        minder = found.name(last.responsible)
        minded = bool(minder) and minder != person and minder not in children
        why, what = _concern(
            last, now, hours, child=person in children, minded=minded, places=places
        )
        if what:
            said.append(Concern(person=person, what=what, last=last, why=why))
    silent = sorted(p for p in {*register} if found.of(p) is None)
    unseen = "on the register, and no event at all"
    return said + [Concern(person=p, what=unseen, last=None, why="unseen") for p in silent]


def _concern(
    last: Event,
    now: datetime,
    hours: float,
    *,
    child: bool,
    minded: bool,
    places: Collection[str],
) -> tuple[str, str]:
    if last.state == MISSING:
        return "missing", "missing"
    if last.state in ("arrived", CHECKED_IN) and places and last.where not in places:
        where = last.where or "no place noted"
        return "no_place", f"{last.state} where no such place is ({where})"
    if not child:
        return "", ""
    if last.state == "left" and not minded:
        return "left_alone", "a child that left alone"
    settled = ("arrived", "transferred", "reunified", CHECKED_IN)
    if last.state in settled and not minded:
        return "unminded", f"a child {last.state} without a responsible adult"
    if last.state in ("arrived", "transferred") and last.moment + timedelta(hours=hours) <= now:
        return (
            "unchecked",
            f"a child {last.state} and not checked in by a named person within {hours:g} hours",
        )
    return "", ""


def overtaken(events: Iterable[Event], noted: Event) -> Event | None:
    """Return what stands of a person although something was noted after it; None where the note stands.

    It is dated later: the note's time, or the clock of its device, is before it.
    """
    last = standing(events).of(noted.person)
    same = last is not None and (last.device, last.number) == (noted.device, noted.number)
    return None if same else last
