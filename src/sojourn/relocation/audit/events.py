"""What has happened since a site was registered, as the auditor reads it off a plan's own events.

It is worked out here once more, from the raw tables: what the planner makes of an event is not taken
over.
"""

from collections.abc import Iterator
from dataclasses import replace

from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.site.site import Certainty, Consent, Presence, Site


def unknown(site: Site, plan: Proposal) -> Iterator[str]:
    """Ask that a vehicle that is said to be withdrawn was one of the site's."""
    known = {v.id for v in site.vehicles}
    for event in plan.events:
        if event.kind == "vehicle withdrawn" and event.id not in known:
            yield f"the plan says {event.kind!r} of {event.id}, which is not there"


def as_it_is_now(site: Site, plan: Proposal) -> Site:
    """Return the tables with a plan's events entered.

    A place withdrawn takes nobody; a vehicle withdrawn is gone, but for the day on which it had left
    already; whoever declined or went away is no longer part of the move.
    """
    said = {(e.kind, e.id) for e in plan.events}
    left = {t.vehicle_id: t.day for t in plan.trips if ("trip departed", t.id) in said}
    vehicles = []
    for vehicle in site.vehicles:
        if ("vehicle withdrawn", vehicle.id) not in said:
            vehicles.append(vehicle)
        elif vehicle.id in left:
            vehicles.append(replace(vehicle, days=(left[vehicle.id],)))
    places = [
        replace(p, certainty=Certainty.WITHDRAWN) if ("place withdrawn", p.id) in said else p
        for p in site.places
    ]
    cases = [
        replace(c, consent=Consent.DECLINED) if ("case declined", c.id) in said else c
        for c in site.cases
    ]
    people = [
        replace(p, presence=Presence.LEFT) if ("case absent", p.case_id) in said else p
        for p in site.persons
    ]
    return replace(
        site,
        vehicles=tuple(vehicles),
        places=tuple(places),
        cases=tuple(cases),
        persons=tuple(people),
    )
