"""Two hundred and more broken plans, one rule each, on sites with all that can be in the way.

Each mutant breaks one rule and no other; the auditor has to find it, name that rule and nothing
else. On the plans as they were it may find nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from rich_sites import rich_site

from sojourn.relocation.audit.audit import RULES, audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import Kind, Unit, form_units
from sojourn.relocation.proposal.proposal import Assignment, Change, Event, Proposal, Trip
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import (
    Consent,
    Fitness,
    Link,
    LinkStrength,
    Mobility,
    Place,
    RelativeElsewhere,
    Site,
)

EACH, MOST_SITES = 7, 200


@dataclass(frozen=True)
class World:
    """A site, its plan, perhaps the plan before; and a source of chance."""

    site: Site
    plan: Proposal
    rng: np.random.Generator
    previous: Proposal | None = None

    def one(self, items: Any) -> Any:
        found = list(items)
        return found[int(self.rng.integers(len(found)))]

    @property
    def units(self) -> dict[str, Unit]:
        return {c: u for u in form_units(self.site).units for c in u.cases}

    @property
    def heads(self) -> dict[str, str]:
        """A person who is there, of each assigned case."""
        return {r.case_id: r.person_id for r in self.plan.manifest}

    def of(self, *kinds: Kind) -> list[Assignment]:
        units = self.units
        return [a for a in self.plan.assignments if units[a.case_id].kind in kinds]

    def with_site(self, **new: Any) -> "World":
        return replace(self, site=replace(self.site, **new))

    def with_plan(self, **new: Any) -> "World":
        return replace(self, plan=replace(self.plan, **new))

    def place(self, name: str, **new: Any) -> "World":
        return self.with_site(
            places=tuple(replace(p, **new) if p.id == name else p for p in self.site.places)
        )

    def person(self, name: str, **new: Any) -> "World":
        return self.with_site(
            persons=tuple(replace(p, **new) if p.id == name else p for p in self.site.persons)
        )

    def case(self, name: str, **new: Any) -> "World":
        return self.with_site(
            cases=tuple(replace(c, **new) if c.id == name else c for c in self.site.cases)
        )

    def vehicle(self, name: str, **new: Any) -> "World":
        return self.with_site(
            vehicles=tuple(replace(v, **new) if v.id == name else v for v in self.site.vehicles)
        )

    def trip(self, trip: Trip, **new: Any) -> "World":
        return self.with_plan(
            trips=tuple(replace(t, **new) if t.id == trip.id else t for t in self.plan.trips)
        )

    def rule(self, name: str, **new: Any) -> "World":
        rules = dict(self.site.rules.rules)
        rules[name] = replace(
            rules[name], on=True, parameters=MappingProxyType({**rules[name].parameters, **new})
        )
        return self.with_site(rules=replace(self.site.rules, rules=MappingProxyType(rules)))

    def link(self, a: str, b: str, kind: str, strength: LinkStrength) -> "World":
        return self.with_site(
            links=(*self.site.links, Link(a=a, b=b, type=kind, strength=strength))
        )

    @property
    def hidden(self) -> set[str]:
        """Places of those who need a protected one."""
        needs = "protected_place"
        return {a.place_id for a in self.plan.assignments if needs in self.units[a.case_id].needs}

    def places(self) -> dict[str, Place]:
        return {p.id: p for p in self.site.places}

    def pair(
        self, rows: list[Assignment], fit: Callable[[Assignment, Assignment], bool]
    ) -> tuple[str, str]:
        pairs = [
            (a.case_id, b.case_id)
            for a in rows
            for b in rows
            if a.case_id < b.case_id and fit(a, b)
        ]
        return self.one(pairs)  # type: ignore[no-any-return]


Mutant = Callable[[World], World]
MUTANTS: dict[str, list[Mutant]] = defaultdict(list)


def breaks(rule: str) -> Callable[[Mutant], Mutant]:
    def add(mutant: Mutant) -> Mutant:
        MUTANTS[rule].append(mutant)
        return mutant

    return add


@breaks("R00")
def two_outcomes(w: World) -> World:
    return w.with_plan(
        unplaced=(
            *w.plan.unplaced,
            replace(w.one(w.plan.unplaced), case_id=w.one(w.plan.assignments).case_id),
        )
    )


@breaks("R00")
def no_outcome(w: World) -> World:
    gone = w.one(w.plan.unplaced)
    return w.with_plan(unplaced=tuple(u for u in w.plan.unplaced if u != gone))


@breaks("R00")
def nobody_of_this_site(w: World) -> World:
    return w.with_plan(manifest=(*w.plan.manifest, replace(w.plan.manifest[0], person_id="ghost")))


@breaks("R00")
def no_seats(w: World) -> World:
    return w.vehicle(w.one(w.plan.trips).vehicle_id, seats=0)


@breaks("R00")
def another_days_vehicle(w: World) -> World:
    trip = w.one(w.plan.trips)
    return w.vehicle(trip.vehicle_id, days=(trip.day + timedelta(days=50),))


@breaks("R01")
def fewer_rooms(w: World) -> World:
    a = w.one(w.plan.assignments)
    return w.with_site(
        rooms=tuple(
            replace(r, rooms=0)
            if (r.place_id, r.room_type.value) == (a.place_id, a.room_type)
            else r
            for r in w.site.rooms
        )
    )


@breaks("R01")
def promised_too_much(w: World) -> World:
    certain = [a for a in w.plan.assignments if w.places()[a.place_id].certainty == "confirmed"]
    return w.place(
        w.one(certain).place_id, certainty=type(w.site.places[0].certainty)("promised")
    ).rule("R01", promised_factor=0.01)


@breaks("R02")
def assigned_twice(w: World) -> World:
    return w.with_plan(assignments=(*w.plan.assignments, w.one(w.plan.assignments)))


@breaks("R02")
def left_behind(w: World) -> World:
    size = Counter(r.case_id for r in w.plan.manifest)
    row = w.one(r for r in w.plan.manifest if size[r.case_id] > 1)
    trips = tuple(
        replace(
            t,
            stops=tuple(
                replace(s, persons=s.persons - ((t.id, s.place_id) == (row.trip_id, row.place_id)))
                for s in t.stops
            ),
        )
        for t in w.plan.trips
    )
    return w.with_plan(manifest=tuple(r for r in w.plan.manifest if r != row), trips=trips)


@breaks("R03")
def friends_parted(w: World) -> World:
    u = w.units

    def alike(a: Assignment, b: Assignment) -> bool:
        needs = [(u[x.case_id].tier, u[x.case_id].needs) for x in (a, b)]
        return a.place_id != b.place_id and needs[0] == needs[1]

    men = [x for x in w.of(Kind.MEN) if x.place_id not in w.hidden and not u[x.case_id].adapted]
    a, b = w.pair(men, alike)
    return w.link(w.heads[a], w.heads[b], "friend", LinkStrength.SAME_PLACE)


@breaks("R03")
def two_regions(w: World) -> World:
    region = {p.id: p.region for p in w.site.places}
    a, b = w.pair(list(w.plan.assignments), lambda a, b: region[a.place_id] != region[b.place_id])
    return w.link(w.heads[a], w.heads[b], "friend", LinkStrength.SAME_REGION)


@breaks("R04")
def no_licence(w: World) -> World:
    return w.place(w.one(w.of(Kind.CHILDREN)).place_id, child_licence="")


@breaks("R04")
def too_many_children(w: World) -> World:
    return w.place(w.one(w.of(Kind.CHILDREN)).place_id, max_children=0)


@breaks("R05")
def no_guard(w: World) -> World:
    kind = {e.id: e.kind for e in w.site.escorts}
    trip = w.one(t for t in w.plan.trips if "children" in t.group)
    return w.trip(trip, escorts=tuple(e for e in trip.escorts if kind[e] != "child protection"))


@breaks("R05")
def too_few_guards(w: World) -> World:
    assert w.of(Kind.CHILDREN)
    return w.rule("R05", young_below=18, children_per_escort_young=0.5)


@breaks("R06")
def siblings_parted(w: World) -> World:
    u = w.units
    hidden = w.hidden
    alone = [a for a in w.of(Kind.CHILDREN) if a.place_id not in hidden]
    boys = [a for a in alone if not u[a.case_id].girls and not u[a.case_id].adapted]
    a, b = w.pair(
        boys,
        lambda a, b: (
            a.place_id != b.place_id
            and (u[a.case_id].tier, u[a.case_id].needs) == (u[b.case_id].tier, u[b.case_id].needs)
        ),
    )
    return w.link(w.heads[a], w.heads[b], "sibling", LinkStrength.PREFER)


@breaks("R07")
def unsafe_for_women(w: World) -> World:
    return w.place(w.one(w.of(Kind.WOMEN)).place_id, women_safe=False)


@breaks("R08")
def kept_apart_at_one_place(w: World) -> World:
    u, hidden = w.units, w.hidden
    a, b = w.pair(
        [a for a in w.plan.assignments if a.place_id not in hidden],
        lambda a, b: a.place_id == b.place_id and u[a.case_id] != u[b.case_id],
    )
    return w.link(w.heads[a], w.heads[b], "other", LinkStrength.SEPARATE)


@breaks("R08")
def met_on_the_way(w: World) -> World:
    trip = {t.id: t for t in w.plan.trips}
    department = {p.id: p.department for p in w.site.places}
    hidden = w.hidden
    a, b = w.pair(
        [a for a in w.plan.assignments if a.place_id not in hidden],
        lambda a, b: (
            a.day == b.day
            and department[a.place_id] != department[b.place_id]
            and (trip[a.trip_id].departure < 780) == (trip[b.trip_id].departure < 780)
        ),
    )
    return w.link(w.heads[a], w.heads[b], "other", LinkStrength.NOT_MEET)


@breaks("R09")
def compromised(w: World) -> World:
    a = w.one(a for a in w.plan.assignments if "protected_place" in w.units[a.case_id].needs)
    return w.rule("R09", compromised_places=(a.place_id,))


@breaks("R09")
def beside_one_kept_from_others(w: World) -> World:
    u, hidden = w.units, "protected_place"
    other = [a for a in w.plan.assignments if hidden not in u[a.case_id].needs]
    a, b = w.one(
        (a, b)
        for a in w.plan.assignments
        for b in other
        if hidden in u[a.case_id].needs and a.place_id == b.place_id
    )
    del a
    department = {p.id: p.department for p in w.site.places}
    far = [c for c in other if department[c.place_id] != department[b.place_id]]
    c = w.one(c for c in far if c.place_id not in w.hidden)
    return w.link(w.heads[b.case_id], w.heads[c.case_id], "other", LinkStrength.SEPARATE)


@breaks("R10")
def unfit(w: World) -> World:
    return w.person(w.one(w.plan.manifest).person_id, fit_to_travel=Fitness.NO)


@breaks("R10")
def no_care(w: World) -> World:
    a = w.one(
        a for a in w.plan.assignments if w.units[a.case_id].needs & {"gp", "maternity", "hospital"}
    )
    return w.place(a.place_id, medical=())


@breaks("R10")
def no_medical_escort(w: World) -> World:
    kind = {e.id: e.kind for e in w.site.escorts}
    trip = w.one(t for t in w.plan.trips if any(kind[e] == "medical" for e in t.escorts))
    return w.trip(trip, escorts=tuple(e for e in trip.escorts if kind[e] != "medical"))


@breaks("R10")
def not_adapted(w: World) -> World:
    kind = {e.id: e.kind for e in w.site.escorts}
    moved = {
        p.id for p in w.site.persons if p.mobility in (Mobility.WHEELCHAIR, Mobility.STRETCHER)
    }
    hindered = {r.trip_id for r in w.plan.manifest if r.person_id in moved}
    needed = {t.vehicle_id for t in w.plan.trips if t.id in hindered}  # on this or another day
    trip = w.one(
        t
        for t in w.plan.trips
        if any(kind[e] == "medical" for e in t.escorts) and t.vehicle_id not in needed
    )
    return w.vehicle(trip.vehicle_id, type="coach", wheelchair_slots=0)


@breaks("R11")
def stairs(w: World) -> World:
    return w.place(
        w.one(r for r in w.plan.manifest if r.seat == "wheelchair slot").place_id, step_free=False
    )


@breaks("R11")
def no_slot(w: World) -> World:
    trips = {t.id: t for t in w.plan.trips}
    row = w.one(r for r in w.plan.manifest if r.seat == "wheelchair slot")
    return w.vehicle(trips[row.trip_id].vehicle_id, wheelchair_slots=0)


@breaks("R12")
def too_far(w: World) -> World:
    assert any("late_pregnancy" in r.needs for r in w.plan.manifest)
    return w.rule("R12", max_travel_minutes=1)


@breaks("R13")
def no_school(w: World) -> World:
    u = w.units
    a = w.one(
        a for a in w.plan.assignments if u[a.case_id].school_primary + u[a.case_id].school_secondary
    )
    full = tuple(
        replace(
            p, school_primary=99 * (p.id != a.place_id), school_secondary=99 * (p.id != a.place_id)
        )
        for p in w.site.places
    )
    return w.with_site(places=full).rule("R13")


@breaks("R14")
def not_asked(w: World) -> World:
    return w.case(w.one(w.plan.assignments).case_id, wishes=("nowhere",), offered_regions=())


@breaks("R14")
def undecided(w: World) -> World:
    return w.case(w.one(w.plan.assignments).case_id, consent=Consent.PENDING)


@breaks("R14")
def no_best_interest_sheet(w: World) -> World:
    return w.case(w.one(w.of(Kind.CHILDREN)).case_id, best_interest_signed=False)


@breaks("R15")
def far_from_relatives(w: World) -> World:
    a = w.one(a for a in w.plan.assignments if "protected_place" not in w.units[a.case_id].needs)
    department = w.places()[a.place_id].department
    other = w.one(p.id for p in w.site.places if p.department != department)
    return w.with_site(
        relatives=(
            RelativeElsewhere(person=w.heads[a.case_id], place_or_country=other, status="verified"),
        )
    )


@breaks("R16")
def doors_closed(w: World) -> World:
    stop = w.one(w.one(w.plan.trips).stops)
    return w.place(stop.place_id, latest_arrival=stop.arrival / 60 - 0.1)


@breaks("R16")
def not_open_yet(w: World) -> World:
    trip = w.one(w.plan.trips)
    return w.place(w.one(trip.stops).place_id, opens=trip.day + timedelta(days=9))


@breaks("R16")
def one_too_many(w: World) -> World:
    stop = w.one(w.one(w.plan.trips).stops)
    return w.place(stop.place_id, max_arrivals_per_day=stop.persons - 1)


@breaks("R17")
def no_rest(w: World) -> World:
    return w.trip(w.one(t for t in w.plan.trips if t.rests), rests=())


@breaks("R17")
def rest_at_the_start(w: World) -> World:
    trip = w.one(t for t in w.plan.trips if t.rests)
    return w.trip(trip, rests=(trip.departure,) * len(trip.rests))


@breaks("R17")
def too_fast(w: World) -> World:
    trip = w.one(w.plan.trips)
    return w.trip(
        trip, rests=(), stops=tuple(replace(s, arrival=trip.departure + 1) for s in trip.stops)
    )


@breaks("R17")
def too_long_on_duty(w: World) -> World:
    return w.rule("R17", duty_minutes_one_driver=20, duty_minutes_two_drivers=20)


@breaks("R17")
def too_long_at_the_wheel(w: World) -> World:
    return w.rule("R17", driving_minutes_per_driver=1)


@breaks("R18")
def called_too_early(w: World) -> World:
    return w.trip(w.one(w.plan.trips), call=0)


@breaks("R18")
def protected_last(w: World) -> World:
    """Exchange the hours of two trips; all doors stay open long enough."""
    held = {
        p
        for k in w.site.links
        if "not_meet" in k.strength.value or "separate" in k.strength.value
        for p in (k.a, k.b)
    }
    busy = {
        r.trip_id
        for r in w.plan.manifest
        if r.person_id in held or r.case_id in {p.case_id for p in w.site.persons if p.id in held}
    }
    free = [t for t in w.plan.trips if t.id not in busy]
    a, b = w.one(
        (a, b)
        for a in free
        for b in free
        if a.day == b.day and a.tier < b.tier and a.departure < b.departure
    )

    def later(t: Trip, like: Trip) -> Trip:
        by = like.departure - t.departure
        return replace(
            t,
            bay=like.bay,
            call=t.call + by,
            departure=like.departure,
            rests=tuple(r + by for r in t.rests),
            stops=tuple(replace(s, arrival=s.arrival + by) for s in t.stops),
        )

    new = {a.id: later(a, b), b.id: later(b, a)}
    opened = w.with_site(places=tuple(replace(p, latest_arrival=40.0) for p in w.site.places))
    return opened.with_plan(trips=tuple(new.get(t.id, t) for t in w.plan.trips))


@breaks("R18")
def one_bay(w: World) -> World:
    trip = w.one(t for t in w.plan.trips if t.bay == 2)
    return w.trip(trip, bay=1)


@breaks("R19")
def nobody_understands(w: World) -> World:
    assert w.site.rules.on("R19")
    kind = {e.id: e.kind for e in w.site.escorts}
    trip = w.one(t for t in w.plan.trips if any("interpreter" in kind[e] for e in t.escorts))
    return w.trip(trip, escorts=tuple(e for e in trip.escorts if "interpreter" not in kind[e]))


@breaks("R20")
def concentrated(w: World) -> World:
    u = w.units
    here = Counter[tuple[str, frozenset[str]]]()
    for a in w.plan.assignments:
        here[a.place_id, u[a.case_id].needs] += a.persons
    assert any(n > 1 and needs for (_, needs), n in here.items())
    return w.rule("R20", max_share=0.0)


@breaks("R21")
def frozen_and_lost(w: World) -> World:
    return w.with_plan(frozen=(w.one(w.plan.unplaced).case_id,))


@breaks("R21")
def frozen_and_changed(w: World) -> World:
    a = w.one(w.plan.assignments)
    return w.with_plan(
        frozen=(a.case_id,),
        changes=(Change(case_id=a.case_id, before="x", after=a.place_id, reason=""),),
    )


@breaks("R21")
def frozen_and_moved_in_silence(w: World) -> World:
    a = w.one(w.plan.assignments)
    before = replace(w.plan, assignments=(replace(a, place_id="elsewhere"),))
    return replace(w.with_plan(frozen=(a.case_id,)), previous=before)


@breaks("R21")
def departed_and_not_frozen(w: World) -> World:
    return w.with_plan(events=(Event(kind="trip departed", id=w.one(w.plan.trips).id),))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("mutants") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


def found_in(w: World) -> set[str]:
    return {c.rule for c in audit(w.site, w.plan, w.previous) if c.violations}


@pytest.mark.slow
def test_every_mutant_is_found_and_no_other_rule_is_blamed(base: Site) -> None:
    assert list(MUTANTS) == [rule for rule, _ in RULES]
    done, wrong = Counter[str](), list[str]()
    wanted = {f.__name__: (rule, f) for rule, several in MUTANTS.items() for f in several}
    for seed in range(MOST_SITES):
        left = [name for name in wanted if done[name] < EACH]
        if not left:
            break
        site = rich_site(np.random.default_rng(seed), base)
        whole = World(site, make_plan(site), np.random.default_rng(seed))
        assert found_in(whole) == set(), seed
        for name in left:
            rule, mutant = wanted[name]
            try:
                broken = mutant(whole)
            except (ValueError, AssertionError):  # the site has nothing to break in this way
                continue
            done[name] += 1
            if found_in(broken) != {rule}:
                wrong.append(f"{name} on site {seed}: {sorted(found_in(broken))}, not {rule}")
    assert wrong == []
    assert all(done[name] == EACH for name in wanted), done
    assert sum(done.values()) >= 200
