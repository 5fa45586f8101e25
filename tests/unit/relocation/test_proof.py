"""What the auditor proves by itself of those without a place: never too much, and nearly always all of it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from deep import times
from every_assignment import best, enumerate_all, levels
from scarce_sites import can_travel, scarce_site

from sojourn.relocation.audit import carried, paid, proof
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import OpenRooms
from sojourn.relocation.audit.opened import Opened
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import Event, Price, Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.run.tables import plan_json
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import (
    Case,
    Consent,
    Mobility,
    Person,
    Place,
    Room,
    RoomType,
    Sex,
    Site,
    Vehicle,
)

FEW, SITES = ("L1", "L2", "L3"), 120
WHAT = {
    "rooms": None,
    "children": "place",
    "arrivals": "place",
    "primary": "place",
    "secondary": "place",
    "stops": "place",
    "seats": "region",
    "slots": "region",
    "lying": "region",
    "guards": "region",
    "ride": "region",
    "nurses": "region",
    "guards a day": "day",
    "nurses a day": "day",
    "departures": "day",
    "held": "level",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("proof") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


def scarce(base: Site, seed: int, count: int) -> Iterator[tuple[Site, tuple[float, ...]]]:
    """Draw scarce sites, each with the best first three levels of all that can be enumerated."""
    rng = np.random.default_rng(seed)
    while count:
        site = scarce_site(rng, base)
        units = form_units(site)
        found = enumerate_all(units, Eligibility(site))
        if not units.units or len(found.where) > 2_000:
            continue
        count -= 1
        fit = replace(found, where=found.where[can_travel(found)])
        yield site, tuple(best(levels(fit), site.rules.level_order)[:3])


def anything(rng: np.random.Generator, site: Site, plan: Proposal) -> tuple[Price, ...]:
    """Draw a price on some of all there is."""
    facts = Facts(site, plan)
    days = [facts.day(n).isoformat() for n in range(site.rules.operation.days)]
    at = {"place": list(facts.places), "region": sorted(facts.regions), "day": days}
    on = [("rooms", r.place, r.kind, r.size) for r in Opened(facts).rooms]
    for what, kind in WHAT.items():
        of = carried.COMPANIES if kind == "region" or what == "stops" else ("",)
        on += [(what, a, c, 0) for a in at.get(kind or "", ()) for c in of]
    found = []
    for level in FEW:
        more = [("held", up, "", 0) for up in FEW if up < level]
        scale = 10.0 ** rng.integers(4, 8)
        found += [
            Price(level=level, what=w, at=a, of=c, size=s, millionths=int(rng.random() * scale))
            for w, a, c, s in (*on, *more)
            if rng.random() < 0.3
        ]
    return tuple(found)


def bent(rng: np.random.Generator, prices: tuple[Price, ...]) -> tuple[Price, ...]:
    """Make each price another, or leave it out."""
    factors = rng.choice([0.0, 0.5, 0.9, 1.0, 1.0, 1.0, 1.1, 2.0], size=len(prices))
    return tuple(
        replace(p, millionths=int(p.millionths * f))
        for p, f in zip(prices, factors.tolist(), strict=True)
    )


def proven(site: Site, plan: Proposal) -> tuple[int, ...]:
    return tuple(p.proven for p in proof.proofs(Facts(site, plan))[:3])


def test_no_price_proves_more_than_what_every_plan_that_can_be_enumerated_shows(
    base: Site,
) -> None:
    rng, tight = np.random.default_rng(5), 0
    for tried, (site, wanted) in enumerate(scarce(base, 31, times(SITES, 1_500))):
        plan = make_plan(site)
        checks = audit(site, plan)
        assert not [v for c in checks for v in c.violations], tried
        mine = tuple(p.proven for p in checks[0].proofs[:3])
        assert mine == proven(site, plan)
        assert all(m <= w for m, w in zip(mine, wanted, strict=True)), (tried, mine, wanted)
        tight += mine == wanted
        for n in range(12):
            prices = bent(rng, plan.prices) if n % 2 else anything(rng, site, plan)
            other = replace(plan, prices=prices)
            assert not list(proof.ill(Facts(site, other)))
            assert all(m <= w for m, w in zip(proven(site, other), wanted, strict=True)), tried
    assert tight > SITES // 2


def test_the_proof_reaches_the_bound_that_the_plan_states(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("scarce") / "SYNTHETIC"
    write_example_site(folder, people=350, seed=4)
    whole = read_site(folder)
    few = {v.type: v.id for v in reversed(whole.vehicles)}
    vehicles = tuple(v for v in whole.vehicles if v.type != "coach" or v.id == few["coach"])
    site = replace(whole, vehicles=vehicles, escorts=whole.escorts[:3])
    plan = make_plan(site)
    found = audit(site, plan)[0].proofs[:3]
    assert [p.level for p in found] == [*FEW]
    assert sum(p.value for p in found) > 100
    for p, b in zip(found, plan.bounds, strict=False):
        assert p.value == b.value
        assert p.said == b.bound == p.proven
    assert any(p.what == "held" for p in plan.prices)
    without = audit(site, replace(plan, prices=()))[0].proofs[:3]
    assert sum(p.proven for p in without) < sum(p.proven for p in found)
    assert "which is not proven here" in min(without, key=lambda p: p.proven - p.said).told()


FORGED = {
    "is none that anybody could pay": {"millionths": -1},
    "none that anybody could pay": {"millionths": 10**15},
    "not there: rooms": {"what": "rooms", "at": "nowhere", "of": "child"},
    "not there: seats": {"what": "seats", "at": "nowhere", "of": "general"},
    "not there: wishes": {"what": "wishes", "at": "", "of": ""},
    "not there: held": {"what": "held", "at": "L1", "of": ""},
    "not there: departures": {"what": "departures", "at": "2001-01-01", "of": ""},
    "price of L5": {"level": "L5"},
}


@pytest.mark.parametrize("told", FORGED)
def test_what_is_no_price_is_refused(base: Site, told: str) -> None:
    plan = make_plan(base)
    place = base.rooms[0]
    good = Price(
        level="L1", what="rooms", at=place.place_id, of=place.room_type.value, millionths=1
    )
    assert not list(proof.ill(Facts(base, replace(plan, prices=(good,)))))
    forged = replace(plan, prices=(replace(good, **FORGED[told]),))
    checks = audit(base, forged)
    assert [v.rule for c in checks for v in c.violations] == ["R00"]
    assert told in checks[0].violations[0].witness
    assert not checks[0].proofs
    twice = audit(base, replace(plan, prices=(good, replace(good, millionths=2))))
    assert "several prices" in twice[0].violations[0].witness


def test_every_room_that_the_rules_leave_is_found_by_both_ways(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("rooms") / "SYNTHETIC"
    write_example_site(folder, people=300, seed=7)
    site = read_site(folder)
    facts = Facts(site, make_plan(site))
    arrays, one_by_one = OpenRooms(facts), Opened(facts)
    for case, party in arrays.parties.items():
        people, nowhere = facts.unit(case), one_by_one.everywhere(case)
        wanted = [not nowhere and not one_by_one.against(case, people, r) for r in arrays.rooms]
        assert arrays.of(party).tolist() == wanted, case


def test_a_plan_made_again_is_proven_for_those_who_may_still_be_moved(base: Site) -> None:
    first = make_plan(base)
    trip = first.trips[0].id
    lost = first.assignments[-1].place_id
    gone = {s.place_id for s in first.trips[0].stops}
    told = [Event(kind="trip departed", id=trip)]
    told += [Event(kind="place withdrawn", id=lost)] * (lost not in gone)
    second = make_plan(base, first, told)
    checks = audit(base, second, first)
    assert not [v for c in checks for v in c.violations]
    assert all(p.proven <= p.value for p in checks[0].proofs[:3])


def test_old_plans_without_prices_are_still_plans(base: Site) -> None:
    import json

    from sojourn.relocation.proposal.read import proposal_of

    plain = json.loads(plan_json(make_plan(base)))
    del plain["prices"]
    assert proposal_of(plain).prices == ()


def test_the_proof_is_in_whole_numbers_and_knows_no_solver() -> None:
    for module in (carried, paid, proof):
        assert not {"highspy", "scipy"} & set(vars(module))


def men(base: Site, count: int, *, companion: bool = False, day_limit: int = 9) -> Site:
    """Men who travel alone, or each with one in a wheelchair; one place that takes all of them."""
    people = tuple(
        Person(
            id=f"p{n}{who}",
            case_id=f"c{n}",
            sex=Sex.MALE,
            birth="age:30",
            age_source="declared",
            languages=("ar",),
            mobility=Mobility.WHEELCHAIR if who else Mobility.NONE,
        )  # type: ignore[arg-type]
        for n in range(count)
        for who in range(1 + companion)
    )
    cases = tuple(
        Case(id=f"c{n}", head=f"p{n}0", wishes=("N",), consent=Consent.EXPLICIT)
        for n in range(count)
    )
    place = Place(
        id="P",
        region="N",
        department="N",
        lat=50,
        lon=2,
        step_free=True,
        max_arrivals_per_day=day_limit,
    )
    operation = replace(
        base.rules.operation,
        days=1,
        bays=1,
        first_departure=8.0,
        last_departure=8.5,
        boarding_minutes=30,
    )
    return replace(
        base,
        persons=people,
        cases=cases,
        links=(),
        relatives=(),
        places=(place,),
        rooms=(Room(place_id="P", room_type=RoomType.SINGLE_MEN, rooms=9, beds_per_room=2),),
        travel=(),
        vehicles=tuple(Vehicle(id=f"V{n}", type="car", seats=1, drivers=2) for n in range(9)),
        escorts=(),
        rules=replace(base.rules, operation=operation),
    )


def at_prices(site: Site, *prices: tuple[str, str, str]) -> float:
    """Return what the proof says of everybody weighed as they are, at prices of one each."""
    plan = make_plan(site)
    told = tuple(
        Price(level=f"L{n}", what=what, at=at, of=of, millionths=1_000_000)
        for n in (1, 2, 3)
        for what, at, of in prices
    )
    found = proof.proofs(Facts(site, replace(plan, prices=told)))[:3]
    return sum(p.proven for p in found if p.value)


def test_wheelchairs_take_slots_and_the_others_seats(base: Site) -> None:
    site = men(base, 2, companion=True)
    car = Vehicle(id="V", type="adapted", seats=1, wheelchair_slots=1, drivers=2)
    site = replace(site, vehicles=(car,))
    (left,) = {p.value for p in audit(site, make_plan(site))[0].proofs[:3] if p.value}
    assert left == sum(p.proven for p in audit(site, make_plan(site))[0].proofs[:3])
    assert at_prices(site, ("seats", "N", "adapted general")) == 2 * 1 - 1


def test_arrivals_are_counted_on_every_day(base: Site) -> None:
    site = men(base, 4, day_limit=1)
    longer = replace(site.rules, operation=replace(site.rules.operation, days=2))
    site = replace(site, rules=longer)
    assert at_prices(site, ("arrivals", "P", "")) == 4 - 2


def test_departures_are_those_that_bays_and_hours_allow(base: Site) -> None:
    site = men(base, 4)
    day = site.rules.operation.departure.isoformat()
    assert at_prices(site, ("seats", "N", "general"), ("departures", day, "")) == 4 - 2
    assert sum(p.proven for p in audit(site, make_plan(site))[0].proofs[:3]) == 2


def test_a_trip_carries_those_alone_whom_it_is_said_to_be_of(base: Site) -> None:
    plan = make_plan(base)
    number = next(n for n, t in enumerate(plan.trips) if t.group == "general")
    trips = list(plan.trips)
    trips[number] = replace(trips[number], group="adapted general")
    found = [v for c in audit(base, replace(plan, trips=tuple(trips))) for v in c.violations]
    assert {v.rule for v in found} == {"R00"}
    assert any("carries others: general" in v.witness for v in found)
