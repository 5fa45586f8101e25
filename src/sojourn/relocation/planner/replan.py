"""Planning again after something happened: as few moves as possible, frozen decisions untouched.

Stability stands right after the unplaced (L9 as L4): of all assignments that leave no more people
without a place, the one in which the fewest people change theirs is found and proven.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sojourn.errors import PlanMismatch, counted
from sojourn.relocation.proposal.proposal import Change, Event, Proposal
from sojourn.relocation.site.site import Case, Certainty, Consent, Person, Presence, Site, Vehicle

KINDS = (
    "place withdrawn",
    "vehicle withdrawn",
    "case declined",
    "case absent",
    "case no-show",
    "trip departed",
)


def after(site: Site, plan: Proposal, events: Sequence[Event]) -> tuple[Site, frozenset[str]]:
    """Return the site as it is after the events, and the cases whose decision may not change.

    Raises
    ------
    PlanMismatch
        An event names something that is not there, or its kind is unknown; a place was withdrawn
        after people had left for it.
    """
    missed = _missed(plan, events)
    events = every_event(plan, events)
    frozen = set(plan.frozen)
    for event in events:
        _refuse_unknown(site, plan, event)
        if event.kind == "trip departed":
            frozen |= {a.case_id for a in plan.assignments if a.trip_id == event.id}
    named = {kind: {e.id for e in events if e.kind == kind} for kind in KINDS}
    frozen -= named["case declined"] | named["case absent"] | missed
    _refuse_stranded(plan, frozen, named["place withdrawn"])
    return replace(
        site,
        places=tuple(
            replace(p, certainty=Certainty.WITHDRAWN) if p.id in named["place withdrawn"] else p
            for p in site.places
        ),
        vehicles=_vehicles(site, plan, named),
        cases=tuple(_declined(c) if c.id in named["case declined"] else c for c in site.cases),
        persons=tuple(_absent(p) if p.case_id in named["case absent"] else p for p in site.persons),
    ), frozenset(frozen)


def every_event(plan: Proposal, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return what had happened before a plan and what happened since, each once."""
    return tuple(dict.fromkeys((*plan.events, *events)))


def _missed(plan: Proposal, events: Sequence[Event]) -> set[str]:
    """Return the cases without which their trip has left since the plan was made."""
    left = {e.id for e in events if e.kind == "trip departed" and e not in plan.events}
    at_the_gate = {a.case_id for a in plan.assignments if a.trip_id in left}
    told = {e.id for e in events if e.kind == "case no-show"}
    known = {e.id for e in plan.events if e.kind == "case no-show"}
    for case in sorted(told - known - at_the_gate):
        raise PlanMismatch(
            f"event 'case no-show' names {case!r}, which is on no trip that left",
            hint="give the trip that left without it too: 'trip departed:T0001'",
        )
    return told & at_the_gate


def _refuse_stranded(plan: Proposal, frozen: set[str], withdrawn: set[str]) -> None:
    lost = [a for a in plan.assignments if a.case_id in frozen and a.place_id in withdrawn]
    if lost:
        raise PlanMismatch(
            f"place {lost[0].place_id} is withdrawn and {counted(len(lost), 'case has', 'cases have')} left for it, {lost[0].case_id} among them",
            hint="people who have left are not planned again: receive them there, or record a transfer in the custody ledger",
        )


def _vehicles(site: Site, plan: Proposal, named: Mapping[str, set[str]]) -> tuple[Vehicle, ...]:
    """Return the fleet without what fell out; a vehicle that has left keeps the day it left on."""
    left = {t.vehicle_id: t.day for t in plan.trips if t.id in named["trip departed"]}
    return tuple(
        replace(v, days=(left[v.id],)) if v.id in named["vehicle withdrawn"] else v
        for v in site.vehicles
        if v.id not in named["vehicle withdrawn"] or v.id in left
    )


def _declined(case: Case) -> Case:
    return replace(case, consent=Consent.DECLINED)


def _absent(person: Person) -> Person:
    return replace(person, presence=Presence.LEFT)


def _refuse_unknown(site: Site, plan: Proposal, event: Event) -> None:
    known = {
        "place withdrawn": {p.id for p in site.places},
        "vehicle withdrawn": {v.id for v in site.vehicles},
        "case declined": {c.id for c in site.cases},
        "case absent": {c.id for c in site.cases},
        "case no-show": {c.id for c in site.cases},
        "trip departed": {t.id for t in plan.trips},
    }
    if event.kind not in known:
        raise PlanMismatch(
            f"{event.kind!r} is no kind of event", hint=f"kinds are: {', '.join(KINDS)}"
        )
    if event.id not in known[event.kind]:
        what = event.kind.partition(" ")[0]
        where = "trips of the plan" if what == "trip" else f"{what}s of the site"
        raise PlanMismatch(
            f"event {event.kind!r} names {event.id!r}, which is not among the {where}",
            hint=f"write the id as it stands there: --event '{event.kind}:ID'",
        )


def changes(before: Proposal, now: Proposal) -> tuple[Change, ...]:
    """Return what differs between two proposals, case by case."""
    old = {a.case_id: a.place_id for a in before.assignments}
    new = {a.case_id: a.place_id for a in now.assignments}
    out = {o.case_id: o.outcome.value for o in now.out_of_plan}
    why = {u.case_id: u.reason for u in now.unplaced}
    found = []
    for case in sorted(old.keys() | new.keys()):
        if old.get(case) == new.get(case):
            continue
        after_it = new.get(case) or out.get(case, "without a place")
        reason = why.get(case, "the fewest people who had to change")
        found.append(
            Change(
                case_id=case, before=old.get(case, "without a place"), after=after_it, reason=reason
            )
        )
    return tuple(found)
