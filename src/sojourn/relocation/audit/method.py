"""How the bounds are said to be proven, held against the site: nobody can have proven them so elsewhere."""

from collections.abc import Iterator

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import OpenRooms
from sojourn.relocation.proposal import methods
from sojourn.relocation.site.site import LinkStrength


def proven_so(facts: Facts) -> Iterator[str]:
    """Ask that the levels are said to be proven in one way, and that it is one this site allows.

    What was done is seen by nobody who comes later; what cannot have been done is. Sizes that decide are
    counted from below and from above, and only what is certain is said.
    """
    said = {b.level: b.method for b in facts.plan.bounds}
    over_trips = {
        level: methods.ALL_TRIPS if level in methods.OVER_TRIPS else methods.THESE_TRIPS
        for level in said
    }
    ways = sorted({*said.values()})
    if said == over_trips:
        wrong = _of_trips(facts)
    elif ways == [methods.WHOLE_PLAN]:
        wrong = _of_trips(facts) or _of_every_ride(facts)
    elif len(ways) == 1:
        wrong = _of_places(facts, ways[0])
    else:
        wrong = "in ways that no plan mixes"
    if said and wrong:
        yield f"the levels are said to be proven {wrong} ({'; '.join(ways)})"


def _of_trips(facts: Facts) -> str:
    if facts.site.rules.on("R19"):
        return "with the seats in them, which the rule on interpreters (R19) does not allow"
    if _persons(facts) > methods.BY_REGION_FROM:
        return "with the seats in them, and the site is too large for it"
    return ""


def _of_every_ride(facts: Facts) -> str:
    """Say why the whole plan cannot have been one programme."""
    meet = (
        facts.together[a] != facts.together[b]
        for k, a, b in facts.live_links
        if k.strength is LinkStrength.NOT_MEET
    )
    if facts.site.rules.on("R08") and any(meet):
        return "as one programme, and there are people who must not meet (R08)"
    last = max((t.day for t in facts.plan.trips if t.id in facts.departed), default=None)
    days = [d for n in range(facts.site.rules.operation.days) if (d := facts.day(n)) >= (last or d)]
    left = {(t.vehicle_id, t.day) for t in facts.plan.trips if t.id in facts.departed}
    rides = sum(
        (not v.days or day in v.days) and (v.id, day) not in left
        for day in days
        for v in facts.site.vehicles
    )
    units = len({facts.together[c] for c in facts.movable})
    return (
        "as one programme, and the site is too large" if units * rides > methods.MOST_RIDES else ""
    )


def _of_places(facts: Facts, said: str) -> str:
    """Say why places alone cannot have been proven in this way."""
    method = said.removesuffix(methods.without_seats(""))
    if method not in methods.OF_PLACES:
        return "in a way that there is not"
    seatless = any(u.kind == "transport" for u in facts.plan.unplaced)
    if seatless != (said != method):
        return (
            "without seats, and nobody lacks one"
            if said != method
            else "as if no seat were lacking"
        )
    regions = {facts.places[r.place_id].region for r in facts.site.rooms}
    limit = facts.site.rules.on("R20")
    large = _persons(facts) > methods.BY_REGION_FROM and len(regions) > 1 and not limit
    if large != (method == methods.REGIONS_APART):
        return "by regions, and the site is planned in one piece" if not large else "in one piece"
    least, most = (0, 0) if large else _columns(facts)
    if method == methods.ALL_COLUMNS and least > methods.ALL_COLUMNS_BELOW:
        return f"on all columns, and there are {least:,} or more"
    if method == methods.NEAR_COLUMNS and most <= methods.ALL_COLUMNS_BELOW:
        return f"on a part of the columns, and there are {most:,} at the most"
    return ""


def _persons(facts: Facts) -> int:
    return sum(len(facts.present[c]) for c in facts.movable)


def _columns(facts: Facts) -> tuple[int, int]:
    """Return between how many columns the programme of places has: alike parties are counted, or not."""
    rooms = OpenRooms(facts)
    open_to = {party: int(rooms.of(party).sum()) for party in {*rooms.parties.values()}}
    each = sum(open_to[party] + 2 for party in rooms.parties.values())
    sides = len(facts.live_links) * (len(facts.places) + 1)
    return sum(open_to.values()), each + sides + 2 * len(facts.site.rooms) * len(rooms.rooms) + 1
