"""What the desk holds, and what of it each role may know: nothing else ever reaches a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sojourn.errors import NoSuchCase
from sojourn.relocation.custody.custody import (
    STATES,
    Event,
    Standing,
    effective,
    same_people,
)
from sojourn.relocation.custody.declined import ANSWER
from sojourn.relocation.desk.roles import Role
from sojourn.relocation.proposal.proposal import ManifestRow, Proposal, Trip
from sojourn.relocation.run.ledger import Ledger
from sojourn.relocation.site.site import Person, Presence, Site

MOST_FOUND = 20

#: States that a role may note.
NOTES: Mapping[Role, tuple[str, ...]] = {
    Role.REGISTRAR: ("registered", "in queue", "in safe zone", "left"),
    Role.PROTECTION: STATES,
    Role.TRANSPORT: ("on vehicle", "arrived", "checked in"),
    Role.SIGNER: (),
}


@dataclass(frozen=True)
class Held:
    """A site, its ledger and perhaps a plan, as one machine holds them.

    Attributes
    ----------
    names : mapping of person to name
        Empty when the site keeps none.
    plan : Proposal or None
    call : str
        Whom slips say to call.
    """

    folder: Path
    site: Site
    names: Mapping[str, str]
    ledger: Ledger
    device: str
    plan_folder: Path | None = None
    plan: Proposal | None = None
    snapshots: Path | None = None
    snapshot_key: Path | None = None
    call: str = ""

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody on the register who is there."""
        return {p.id: p for p in self.site.persons if p.presence is Presence.PRESENT}

    @cached_property
    def seats(self) -> dict[str, ManifestRow]:
        """Person to seat in the plan."""
        return {r.person_id: r for r in self.plan.manifest} if self.plan else {}

    @cached_property
    def trips(self) -> dict[str, Trip]:
        """The trips of the plan by id."""
        return {t.id: t for t in self.plan.trips} if self.plan else {}

    @cached_property
    def alone(self) -> frozenset[str]:
        """Children in whose case there is no adult."""
        day = self.site.rules.operation.departure
        grown = {p.case_id for p in self.people.values() if not p.counts_as_child(day)}
        return frozenset(p.id for p in self.people.values() if p.case_id not in grown)

    def with_case(self, case: str) -> list[str]:
        """Return who belongs to a case."""
        return sorted(p.id for p in self.people.values() if p.case_id == case)


def may_find(held: Held, role: Role) -> Sequence[str]:
    """Return whom a role can look up: of the plan alone for transport, nobody for the signer."""
    if role is Role.SIGNER:
        return ()
    return sorted(held.seats) if role is Role.TRANSPORT else sorted(held.people)


def find(held: Held, role: Role, query: str) -> list[str]:
    """Return people by pseudonym or case, and by part of the name for who may see names."""
    asked = query.strip().casefold()
    if not asked:
        return []
    pool = may_find(held, role)
    case = {p: (held.seats[p] if role is Role.TRANSPORT else held.people[p]).case_id for p in pool}
    exact = [p for p in pool if asked == p.casefold()]
    if exact:
        return exact
    found = [p for p in pool if asked == case[p].casefold()]
    if role is not Role.TRANSPORT:
        named = held.names
        found += [p for p in pool if p not in found and asked in named.get(p, "").casefold()]
    return found[:MOST_FOUND]


def facts(held: Held, role: Role, person: str) -> dict[str, str]:
    """Return what a role may know of a person, by the name of the field.

    Raises
    ------
    NoSuchCase
        There is nobody whom this role may look up under that pseudonym.
    """
    if person not in may_find(held, role):
        raise NoSuchCase(
            f"{person!r} is nobody whom this role can look up", hint="find again by pseudonym"
        )
    if role is Role.TRANSPORT:
        return _seat(held, person)
    known = held.people[person]
    age = known.age_on(held.site.rules.operation.departure)
    told = {
        "name": held.names.get(person, ""),
        "case": known.case_id,
        "with": ", ".join(p for p in held.with_case(known.case_id) if p != person),
        "sex": known.sex.value,
        "age": "" if age is None else str(age),
        "languages": ", ".join(known.languages),
    }
    if role is Role.PROTECTION:
        told |= {
            "age_source": known.age_source.value,
            "alone": "1" if person in held.alone else "",
            "flags": ", ".join(known.flags),
            "mobility": known.mobility.value,
            "fit": known.fit_to_travel.value,
        }
    return told


def _seat(held: Held, person: str) -> dict[str, str]:
    row = held.seats[person]
    trip = held.trips[row.trip_id]
    return {
        "trip": row.trip_id,
        "vehicle": trip.vehicle_id,
        "day": trip.day.isoformat(),
        "place": row.place_id,
    }


def history(held: Held, role: Role, person: str) -> list[Event]:
    """Return the events of a person, the last first; the whole history for protection alone.

    Under whichever pseudonym they were noted; others see the last that counts.
    """
    events = held.ledger.events
    name = same_people(events)
    who = name.get(person, person)
    if role is Role.PROTECTION:
        return [e for e in events if name.get(e.person, e.person) == who][::-1]
    return [e for e in effective(events) if e.person == who][-1:]


def care(held: Held, standing: Standing) -> list[tuple[str, str]]:
    """Return the children without family, and the state each was last seen in."""
    seen = ((p, standing.of(p)) for p in sorted(held.alone))
    return [(p, last.state if last else "") for p, last in seen]


def answers(held: Held) -> list[Event]:
    """Return what was answered to offers at desks, the last first."""
    return [e for e in held.ledger.events if e.source.startswith(ANSWER)][::-1]
