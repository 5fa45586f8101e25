"""Who leaves when, worked out by hand on the move of twelve people."""

import pytest
from hand_worked import (
    DAY,
    NEXT,
    NOT_MEET,
    WORLD,
    all_of,
    at,
    linked,
    operation,
    planned,
    rule,
    said,
)

from sojourn.relocation.site.site import Consent

#: A man, a woman, and a mother with two children, of whom the first two must not meet.
APART = all_of(
    at("places", "C", latest_arrival=23.0),
    rule("R19", on=False),
    *(at("cases", c, consent=Consent.DECLINED) for c in ("c4", "c5", "c6", "c7")),
    linked("p1", "p2", NOT_MEET),
)


@pytest.mark.parametrize(
    ("first", "last", "days", "leave"),
    [
        (12.75, 13.25, 1, [(DAY, 765), (DAY, 780)]),  # before one o'clock, and at one
        (12.0, 12.9, 1, [(DAY, 720)]),
        (12.0, 12.9, 2, [(DAY, 720), (NEXT, 720)]),
        (13.0, 14.0, 1, [(DAY, 780)]),
        (13.0, 14.0, 2, [(DAY, 780), (NEXT, 780)]),
    ],
)
def test_two_who_must_not_meet_leave_in_two_halves_of_a_day_or_on_two_days(
    first: float, last: float, days: int, leave: list[tuple[object, int]]
) -> None:
    hours = operation(days=days, bays=1, first_departure=first, last_departure=last)
    world = planned(all_of(APART, hours)(WORLD))
    assert said(world) == []
    assert [(t.day, t.departure) for t in world.plan.trips] == leave
    trip_of = {a.case_id: a.trip_id for a in world.plan.assignments}
    assert trip_of["c1"] != trip_of.get("c2")
    left = [] if len(leave) == 2 else ["c2"]
    assert [u.case_id for u in world.plan.unplaced] == left
