"""A move of twelve invented people, worked out by hand, that is full to the last bed, seat and minute.

Every number of the plan was reckoned on paper from the tables, so that an auditor has nothing to say of it, and
one bed, seat, minute or person less breaks a rule. The site stands at 50 N 2 E, cars drive 60 km an hour on
straight roads, and a degree of latitude is 111.195 km:

* T1 takes two brothers alone to B, 100 minutes given; a rest after 90 for children: 115 minutes.
* T2 takes a woman and a mother with two children to A, 112 minutes and one rest: 127; it stands 15 minutes, which
  rests the driver, and goes on for 21 minutes to C with a man at risk: 163 in all.
* T3 takes a man in a wheelchair to A in 112 minutes, without children and so without a rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import (
    Assignment,
    Bound,
    Event,
    GroupShare,
    ManifestRow,
    Outcome,
    OutOfPlan,
    Proposal,
    Stop,
    Trip,
    Unplaced,
)
from sojourn.relocation.proposal.reasons import forbidden
from sojourn.relocation.site.rules import default_rules_text, read_rules
from sojourn.relocation.site.site import (
    AgeSource,
    Case,
    Consent,
    Escort,
    Fitness,
    Link,
    LinkStrength,
    Mobility,
    Need,
    Person,
    Place,
    Presence,
    RelativeElsewhere,
    Room,
    RoomType,
    Sex,
    Site,
    TravelTime,
    Vehicle,
)

DAY, NEXT = date(2016, 10, 24), date(2016, 10, 25)
OPERATION = """
[operation]
name = "by hand"
synthetic = true
departure = 2016-10-24
lat = 50.0
lon = 2.0
days = 2
first_departure = 8.0
last_departure = 8.25
bays = 2
max_stops = 2
speed_kmh = 60.0
detour_factor = 1.0
[R12]
max_travel_minutes = 127
[R13]
on = true
[R17]
driving_minutes_per_driver = 153
duty_minutes_one_driver = 198
[R18]
max_wait_minutes = 15
[R19]
on = true
[R20]
on = true
max_share = 1.0
"""
assert "rest_minutes = 15" in default_rules_text()


@dataclass(frozen=True)
class World:
    """A site, its plan, perhaps the plan before."""

    site: Site
    plan: Proposal
    previous: Proposal | None = None


Change = Callable[[World], World]


def person(name: str, case: str, sex: str, age: int, **more: Any) -> Person:
    """Make a person of so many years."""
    known = {"birth": f"age:{age}", "age_source": AgeSource.DECLARED, **more}
    return Person(id=name, case_id=case, sex=Sex(sex), **known)


def case(name: str, head: str, *wishes: str, **more: Any) -> Case:
    """Make a case that consents and wishes to go to regions."""
    return Case(id=name, head=head, wishes=wishes, **{"consent": Consent.EXPLICIT, **more})


def link(a: str, b: str, strength: LinkStrength, kind: str = "friend") -> Link:
    """Make a link between two people."""
    return Link(a=a, b=b, type=kind, strength=strength)


def need(flag: str, tier: int, *needs: str, weight: int = 1) -> tuple[str, Need]:
    """Make a row of the needs map."""
    return flag, Need(flag=flag, needs=needs, tier=tier, weight=weight)


SITE = Site(
    persons=(
        person("p1", "c1", "M", 34, languages=("ar",), flags=("TRAFFICKING",)),
        person("p2", "c2", "F", 18, flags=("PREG-LATE", "LP")),
        person("p3", "c3", "F", 35, flags=("NOT_ASKED",)),
        person("p4", "c3", "M", 6),
        person("p5", "c3", "F", 12),
        person("p6", "c4", "M", 17),
        person("p7", "c5", "M", 11),
        person(
            "p8",
            "c6",
            "M",
            59,
            flags=("SM", "TR"),
            mobility=Mobility.WHEELCHAIR,
            fit_to_travel=Fitness.WITH_ESCORT,
        ),
        person("p9", "c7", "M", 60),
        person("q1", "d1", "M", 22),
        person("q2", "d2", "M", 23, presence=Presence.LEFT),
        person("q3", "d3", "F", 24, presence=Presence.DECEASED_OR_OTHER),
    ),
    cases=(
        case("c1", "p1", "N", consent_by="desk", consent_on=DAY),
        case("c2", "p2", "N"),
        case("c3", "p3", "S", "N"),
        case("c4", "p6", "S", best_interest_signed=True),
        case("c5", "p7", "S", best_interest_signed=True),
        case("c6", "p8", "N"),
        case("c7", "p9", "E"),
        case("d1", "q1", "N", consent=Consent.DECLINED),
        case("d2", "q2", "N"),
        case("d3", "q3", "N"),
    ),
    links=(
        link("p6", "p7", LinkStrength.PREFER, "sibling"),
        link("p2", "p8", LinkStrength.PREFER),
        link("p3", "p2", LinkStrength.PREFER),
        link("p1", "p8", LinkStrength.PREFER),
        link("p1", "p2", LinkStrength.SAME_REGION),
    ),
    relatives=(RelativeElsewhere(person="p2", place_or_country="A", status="verified"),),
    places=(
        Place(
            id="A",
            region="N",
            department="D1",
            lat=51.0,
            lon=2.0,
            women_safe=True,
            step_free=True,
            medical=("gp", "psychiatric"),
            school_primary=1,
            school_secondary=1,
            legal_aid=True,
            max_arrivals_per_day=5,
        ),
        Place(
            id="B",
            region="S",
            department="D2",
            lat=49.0,
            lon=2.0,
            child_safe=True,
            child_licence="yes",
            max_children=2,
            children_per_staff=1.0,
            child_staff=2,
            max_arrivals_per_day=2,
        ),
        Place(
            id="C",
            region="N",
            department="D3",
            lat=51.0,
            lon=2.3,
            languages=("ar",),
            max_arrivals_per_day=1,
            latest_arrival=10.75,
        ),
    ),
    rooms=(
        Room(place_id="A", room_type=RoomType.SINGLE_MEN, rooms=1, beds_per_room=1),
        Room(place_id="A", room_type=RoomType.WOMEN_ONLY, rooms=1, beds_per_room=1),
        Room(place_id="A", room_type=RoomType.FAMILY, rooms=1, beds_per_room=3),
        Room(place_id="B", room_type=RoomType.CHILD, rooms=1, beds_per_room=2),
        Room(place_id="C", room_type=RoomType.MIXED, rooms=1, beds_per_room=1),
    ),
    vehicles=(
        Vehicle(id="V1", type="coach", seats=3, days=(DAY,)),
        Vehicle(id="V2", type="coach", seats=6, depot="yard", depot_minutes=20),
        Vehicle(id="V3", type="adapted", seats=1, wheelchair_slots=1),
    ),
    escorts=(
        Escort(id="E1", kind="child protection", max_children=2, days=(DAY,)),
        Escort(id="E2", kind="interpreter:ar"),
        Escort(id="E3", kind="medical"),
    ),
    travel=(TravelTime(place_id="B", minutes=100), TravelTime(place_id="C", minutes=118)),
    needs=MappingProxyType(
        dict(
            (
                need("derived:unaccompanied_child", 1),
                need("derived:woman_alone", 2, "women_safe"),
                need("derived:single_parent", 2, weight=2),
                need("derived:older_person", 2, weight=3),
                need("derived:reduced_mobility", 2, "step_free"),
                need("NOT_ASKED", 3),
                need("TRAFFICKING", 1, "protected_place", "legal_aid"),
                need("PREG-LATE", 2, "late_pregnancy"),
                need("LP", 3, "legal_aid"),
                need("SM", 2, "gp"),
                need("TR", 2, "psychosocial"),
                need("DS", 2, "step_free"),
                need("ISOLATED", 3, "isolation_room"),
                need("MINOR", 3, weight=9),
                need("WR", 2, "women_safe"),
            )
        )
    ),
    rules=read_rules(OPERATION),
    digest="d" * 64,
)


def seated(trip: str, order: int, name: str, case: str, place: str, **more: Any) -> ManifestRow:
    """Make a row of a manifest."""
    known = {"seat": "seat", "needs": (), **more}
    return ManifestRow(
        trip_id=trip, order=order, person_id=name, case_id=case, place_id=place, **known
    )


def assigned(case: str, place: str, kind: str, trip: str, **more: Any) -> Assignment:
    """Make an assignment of one person to one bed on the first day."""
    known = {"persons": 1, "beds_per_room": 0, "rooms": 0, "day": DAY, **more}
    return Assignment(case_id=case, place_id=place, room_type=kind, trip_id=trip, **known)


def level(name: str, title: str, unit: str, sense: str, value: float) -> Bound:
    """Make a level that is as good as its bound."""
    of = {"value": value, "bound": value, "gap": 0.0, "gap_share": 0.0, "method": "all columns"}
    return Bound(level=name, name=title, unit=unit, sense=sense, **of)  # type: ignore[arg-type]


def group(dimension: str, name: str, persons: int, placed: int, wished: int) -> GroupShare:
    """Make a group's counts."""
    return GroupShare(
        dimension=dimension,
        group=name,
        persons=persons,
        placed=placed,
        first_or_second_wish=wished,
    )


def trip(name: str, whom: str, region: str, *stops: Stop, **more: Any) -> Trip:
    """Make a trip of the first day in the vehicle of its number."""
    vehicle = f"V{name[1:]}"
    known = {"day": DAY, "vehicle_id": vehicle, "bay": 1, "rests": (), "tier": 1, **more}
    return Trip(id=name, group=whom, region=region, stops=stops, **known)


def stop(place: str, arrival: int, persons: int) -> Stop:
    """Make a stop."""
    return Stop(place_id=place, arrival=arrival, persons=persons)


def out(name: str, case: str, outcome: Outcome) -> OutOfPlan:
    """Make a row of somebody outside the plan."""
    return OutOfPlan(person_id=name, case_id=case, outcome=outcome)


PLAN = Proposal(
    name="by hand",
    synthetic=True,
    site_digest="d" * 64,
    assignments=(
        assigned("c1", "C", "mixed", "T2"),
        assigned("c2", "A", "women only", "T2"),
        assigned("c3", "A", "family unit", "T2", persons=3, beds_per_room=3, rooms=1),
        assigned("c4", "B", "child", "T1"),
        assigned("c5", "B", "child", "T1"),
        assigned("c6", "A", "single men", "T3"),
    ),
    unplaced=(
        Unplaced(
            case_id="c7",
            persons=1,
            kind="conflict",
            reason=forbidden(("R14",))[0],
            conflict=("R14",),
            minimal=True,
            fix=forbidden(("R14",))[1],
        ),
    ),
    out_of_plan=(
        out("q1", "d1", Outcome.DECLINED),
        out("q2", "d2", Outcome.LEFT),
        out("q3", "d3", Outcome.OTHER),
    ),
    trips=(
        trip(
            "T1",
            "children",
            "S",
            stop("B", 595, 2),
            call=465,
            departure=480,
            rests=(570,),
            escorts=("E1",),
        ),
        trip(
            "T2",
            "general",
            "N",
            stop("A", 609, 4),
            stop("C", 645, 1),
            call=467,
            departure=482,
            rests=(572,),
            escorts=("E2",),
            bay=2,
        ),
        trip(
            "T3",
            "adapted general",
            "N",
            stop("A", 607, 1),
            call=480,
            departure=495,
            escorts=("E3",),
            tier=2,
        ),
    ),
    manifest=(
        seated("T1", 1, "p6", "c4", "B"),
        seated("T1", 2, "p7", "c5", "B"),
        seated("T2", 1, "p1", "c1", "C"),
        seated("T2", 2, "p2", "c2", "A", needs=("late_pregnancy",)),
        seated("T2", 3, "p3", "c3", "A"),
        seated("T2", 4, "p4", "c3", "A"),
        seated("T2", 5, "p5", "c3", "A"),
        seated("T3", 1, "p8", "c6", "A", seat="wheelchair slot", needs=("gp",)),
    ),
    bounds=(
        level("L1", "unplaced, tier 1", "weighted persons", "least", 0),
        level("L2", "unplaced, tier 2", "weighted persons", "least", 3),
        level("L3", "unplaced, others", "persons", "least", 0),
        level("L4", "lowest group share of wishes", "share", "most", 8 / 9),
        level("L5", "wish points", "points", "most", 13),
        level("L6", "soft links kept", "links", "most", 2),
        level("L7", "services matched", "matches", "most", 5),
        level("L8", "travel", "person-minutes", "least", 118 + 112 + 3 * 127 + 2 * 115 + 112),
    ),
    groups=(
        group("age", "0-11", 2, 2, 2),
        group("age", "12-17", 2, 2, 2),
        group("age", "18-34", 2, 2, 2),
        group("age", "35-59", 2, 2, 2),
        group("age", "60+", 1, 0, 0),
        group("disability", "no", 7, 6, 6),
        group("disability", "unknown", 1, 1, 1),
        group("disability", "yes", 1, 1, 1),
        group("main language", "ar", 1, 1, 1),
        group("main language", "unknown", 8, 7, 7),
        group("sex", "F", 3, 3, 3),
        group("sex", "M", 6, 5, 5),
    ),
    solver="paper 1.0",
    warnings=(
        "of 1 person nobody was asked about needs: they are planned as without any",
        "vehicles leave with few people on average: are the days too many?",
    ),
)
#: The level that a plan has which follows another, of which nobody changed their place.
STILL = level("L9", "people whose place changes", "persons", "least", 0)
WORLD = World(SITE, PLAN)
TOGETHER, APART = LinkStrength.SAME_PLACE, LinkStrength.SEPARATE
NOT_MEET, PREFER = LinkStrength.NOT_MEET, LinkStrength.PREFER
KEYS = ("id", "case_id", "person_id", "place_id", "room_type", "level", "person", "group", "a")


def said(world: World) -> list[str]:
    """Return what the auditor says, each with its rule."""
    checks = audit(world.site, world.plan, world.previous)
    return [f"{v.rule} {v.witness}" for c in checks for v in c.violations]


def planned(world: World) -> World:
    """Let the planner plan the site, with the door of C open until late: else nobody may be sent there."""
    opened = (
        at("places", "C", latest_arrival=23.0)(world) if world.site.places == SITE.places else world
    )
    return replace(opened, plan=make_plan(opened.site), previous=None)


def with_table(name: str, make: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Change:
    """Change a table of the site, or of the plan."""

    def changed(world: World) -> World:
        if hasattr(world.site, name):
            new = make(getattr(world.site, name))
            return replace(world, site=replace(world.site, **{name: new}))
        return replace(world, plan=replace(world.plan, **{name: make(getattr(world.plan, name))}))

    return changed


def called(row: Any, name: str) -> bool:
    """Whether a row of any table bears a name in one of the columns that name rows."""
    return any(getattr(row, key, None) == name for key in KEYS)


def at(table: str, name: str, /, **new: Any) -> Change:
    """Change the rows of a table that bear a name."""

    def change(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        assert any(called(r, name) for r in rows), name
        return tuple(replace(r, **new) if called(r, name) else r for r in rows)

    return with_table(table, change)


def plus(table: str, *rows: Any) -> Change:
    """Add rows to a table."""
    return with_table(table, lambda there: (*there, *rows))


def minus(table: str, *names: str) -> Change:
    """Take rows out of a table."""
    return with_table(
        table, lambda rows: tuple(r for r in rows if not any(called(r, n) for n in names))
    )


def plan(**new: Any) -> Change:
    """Change fields of the plan."""
    return lambda w: replace(w, plan=replace(w.plan, **new))


def operation(**new: Any) -> Change:
    """Change the operation."""

    def changed(world: World) -> World:
        rules = world.site.rules
        rules = replace(rules, operation=replace(rules.operation, **new))
        return replace(world, site=replace(world.site, rules=rules))

    return changed


def rule(name: str, *, on: bool = True, **new: Any) -> Change:
    """Change a rule's parameters, or switch it off."""

    def changed(world: World) -> World:
        old = world.site.rules.rules
        one = replace(old[name], on=on, parameters={**old[name].parameters, **new})
        rules = replace(world.site.rules, rules={**old, name: one})
        return replace(world, site=replace(world.site, rules=rules))

    return changed


def stops(name: str, number: int, **new: Any) -> Change:
    """Change one stop of a trip."""

    def change(trips: tuple[Trip, ...]) -> tuple[Trip, ...]:
        return tuple(
            replace(
                t,
                stops=tuple(replace(s, **new) if n == number else s for n, s in enumerate(t.stops)),
            )
            if t.id == name
            else t
            for t in trips
        )

    return with_table("trips", change)


def all_of(*changes: Change) -> Change:
    """Make several changes, one after another."""

    def changed(world: World) -> World:
        for change in changes:
            world = change(world)
        return world

    return changed


def shifted(name: str, minutes: int, days: int = 0) -> Change:
    """Let a trip leave so much later, with all that hangs on it."""

    def changed(world: World) -> World:
        one = next(t for t in world.plan.trips if t.id == name)
        day = one.day + timedelta(days=days)
        later: Trip = replace(
            one,
            day=day,
            call=one.call + minutes,
            departure=one.departure + minutes,
            rests=tuple(r + minutes for r in one.rests),
            stops=tuple(replace(s, arrival=s.arrival + minutes) for s in one.stops),
        )
        trips = tuple(later if t.id == name else t for t in world.plan.trips)
        rows = tuple(
            replace(a, day=day) if a.trip_id == name else a for a in world.plan.assignments
        )
        return replace(world, plan=replace(world.plan, trips=trips, assignments=rows))

    return changed


def relative(name: str, place: str, status: str = "verified") -> Change:
    """Add a relative."""
    return plus("relatives", RelativeElsewhere(person=name, place_or_country=place, status=status))


def linked(a: str, b: str, strength: LinkStrength, kind: str = "friend") -> Change:
    """Add a link."""
    return plus("links", link(a, b, strength, kind))


SPARE = all_of(
    *(at("places", p, max_arrivals_per_day=9, max_children=9) for p in "ABC"),
    at("places", "B", child_staff=9),
    at("places", "A", school_primary=9, school_secondary=9),
    at("places", "C", latest_arrival=23.0, opens=DAY - timedelta(days=1), closes=NEXT),
    *(at("rooms", r, rooms=4) for r in ("A", "B", "C")),
    *(at("vehicles", v, seats=9, wheelchair_slots=2) for v in ("V1", "V2", "V3")),
    at("escorts", "E1", max_children=9),
    rule("R05", children_per_escort=99, children_per_escort_young=99),
    rule("R12", max_travel_minutes=200),
    rule("R17", driving_minutes_per_driver=300, duty_minutes_one_driver=400),
    rule("R18", max_wait_minutes=60),
    operation(first_departure=6.0, last_departure=20.0, bays=9, max_stops=9),
)
BOTH_DISPUTED = all_of(
    *(at("persons", p, age_source=AgeSource.DISPUTED) for p in ("p6", "p7")),
    plan(warnings=("2 persons with a disputed age are planned as children", *PLAN.warnings)),
)
UNLINKED = minus("links", "p6")
ISOLATED = all_of(
    at("persons", "p1", flags=("TRAFFICKING", "ISOLATED")),
    plus("rooms", Room(place_id="C", room_type=RoomType.ISOLATION, rooms=1, beds_per_room=1)),
)
LYING = all_of(
    at("persons", "p8", mobility=Mobility.STRETCHER),
    at("manifest", "p8", seat="stretcher"),
    at("vehicles", "V3", type="ambulance", seats=2, wheelchair_slots=0),
)


def needs_map(**rows: str) -> Change:
    """Let situations of the needs map ask for what another row does."""

    def changed(world: World) -> World:
        told = {f"derived:{name}": world.site.needs[like] for name, like in rows.items()}
        return replace(world, site=replace(world.site, needs={**world.site.needs, **told}))

    return changed


NOT_CALLED_ALONE = needs_map(woman_alone="LP")
#: The rows of groups as they stand in a plan.
SORTED = with_table(
    "groups", lambda rows: tuple(sorted(rows, key=lambda g: f"{g.dimension}={g.group}"))
)
#: A plan that was made again after the brothers had left, in which nobody changes their place.
AGAIN = all_of(
    plan(
        events=(Event(kind="trip departed", id="T1"),),
        frozen=("c4", "c5"),
        bounds=(*PLAN.bounds[:3], STILL, *PLAN.bounds[3:]),
    ),
    lambda w: replace(w, previous=PLAN),
)
#: A plan that was made again after the man in the wheelchair had left.
LEFT = plan(
    events=(Event(kind="trip departed", id="T3"),),
    frozen=("c6",),
    bounds=(*PLAN.bounds[:3], STILL, *PLAN.bounds[3:]),
)


def minute_by_minute(legs: list[int], every: int, rest: int, stop: int) -> tuple[list[int], int]:
    """Drive every minute by itself: rest when the next one would be one too many."""
    clock = since = rests = 0
    arrivals = []
    for leg in legs:
        for _ in range(leg):
            if rest and since == every:
                clock, since, rests = clock + rest, 0, rests + 1
            clock, since = clock + 1, since + 1
        arrivals.append(clock)
        clock += stop
        if stop >= rest:
            since = 0
    return arrivals, rests
