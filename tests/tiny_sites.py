"""Tiny synthetic sites, small enough to try every assignment; nobody in them exists."""

from dataclasses import replace

import numpy as np

from sojourn.relocation.site.site import (
    Case,
    Consent,
    Escort,
    Fitness,
    Link,
    LinkStrength,
    Mobility,
    Person,
    Place,
    Room,
    RoomType,
    Sex,
    Site,
    Vehicle,
)

REGIONS = ("N", "S")
ROOMS = {
    "man": (RoomType.SINGLE_MEN,),
    "woman": (RoomType.WOMEN_ONLY,),
    "family": (RoomType.FAMILY,),
    "child": (RoomType.CHILD,),
}


def tiny_site(
    rng: np.random.Generator, base: Site, *, units: int = 7, places: int = 4, hard: bool = True
) -> Site:
    """Draw a site of a few cases and few beds.

    Parameters
    ----------
    base : Site
        Whose rules and needs map are taken.
    hard : bool
        Whether licences, arrivals, links apart, wheelchairs and missing consent may be in the way.
    """
    kinds = [str(k) for k in rng.choice(list(ROOMS), size=int(rng.integers(1, 4)), replace=False)]
    made = [_place(rng, n, hard=hard) for n in range(int(rng.integers(1, places + 1)))]
    rooms = [
        Room(
            place_id=p.id,
            room_type=k,
            rooms=int(rng.integers(1, 4)),
            beds_per_room=2 if k is RoomType.FAMILY else 1,
        )
        for p in made
        for kind in kinds
        for k in ROOMS[kind]
        if rng.random() < 0.7
    ]
    people, cases = list[Person](), list[Case]()
    for n in range(int(rng.integers(2, units + 1))):
        kind = str(rng.choice(kinds))
        mine = _people(rng, n, kind, hard=hard)
        people += mine
        wishes = tuple(str(r) for r in rng.permutation(REGIONS)[: int(rng.integers(1, 3))])
        signed = not hard or rng.random() < 0.93
        cases.append(
            Case(
                id=f"c{n}",
                head=mine[0].id,
                wishes=wishes,
                consent=Consent.EXPLICIT if signed else Consent.PENDING,
                best_interest_signed=signed,
            )
        )
    links = list[Link]()
    for _ in range(int(rng.integers(3)) if hard and len(cases) > 3 else 0):
        one, two = (cases[i].head for i in rng.choice(len(cases), 2, replace=False))
        strength = (LinkStrength.SEPARATE, LinkStrength.SAME_REGION, LinkStrength.PREFER)[
            int(rng.integers(3))
        ]
        links.append(Link(a=one, b=two, type="other", strength=strength))
    days = int(rng.integers(1, 3)) if hard else base.rules.operation.days
    rules = replace(base.rules, operation=replace(base.rules.operation, days=days))
    coaches = tuple(Vehicle(id=f"V{n}", type="coach", seats=50, drivers=2) for n in range(8))
    adapted = tuple(
        Vehicle(id=f"A{n}", type="adapted", seats=12, wheelchair_slots=3, drivers=2)
        for n in range(4)
    )
    escorts = tuple(Escort(id=f"E{n}", kind="child protection") for n in range(8))
    return replace(
        base,
        persons=tuple(people),
        cases=tuple(cases),
        links=tuple(links),
        relatives=(),
        places=tuple(made),
        rooms=tuple(rooms),
        travel=(),
        vehicles=(*coaches, *adapted),
        escorts=escorts,
        rules=rules,
    )


def _place(rng: np.random.Generator, n: int, *, hard: bool) -> Place:
    return Place(
        id=f"P{n}",
        region=REGIONS[n % 2],
        department=f"D{n}",
        lat=50 - n * 0.3,
        lon=2.0,
        child_safe=True,
        child_licence="SYNTHETIC",
        max_children=int(rng.integers(0, 4)) if hard else 9,
        women_safe=bool(rng.random() < 0.8),
        step_free=bool(rng.random() < 0.5),
        school_primary=int(rng.integers(0, 3)),
        languages=("ar",) if rng.random() < 0.5 else ("ps",),
        max_arrivals_per_day=int(rng.integers(1, 4)) if hard and rng.random() < 0.3 else 50,
    )


def _people(rng: np.random.Generator, n: int, kind: str, *, hard: bool) -> list[Person]:
    language = "ar" if rng.random() < 0.5 else "ps"
    chair = Mobility.WHEELCHAIR if hard and rng.random() < 0.1 else Mobility.NONE
    fit = Fitness.NO if hard and rng.random() < 0.03 else Fitness.YES
    flags = ("WR",) if kind == "woman" and rng.random() < 0.5 else ()

    def one(number: int, sex: Sex, age: int) -> Person:
        return Person(
            id=f"p{n}.{number}",
            case_id=f"c{n}",
            sex=sex,
            birth=f"age:{age}",
            age_source="declared",
            languages=(language,),
            flags=flags,
            mobility=chair if number == 0 else Mobility.NONE,
            fit_to_travel=fit,
        )  # type: ignore[arg-type]

    if kind == "family":
        return [
            one(0, Sex.FEMALE, 30),
            *(one(k, Sex.MALE, 8) for k in range(1, int(rng.integers(2, 5)))),
        ]
    if kind == "child":
        return [one(k, Sex.MALE, 15) for k in range(int(rng.integers(1, 3)))]
    return [one(0, Sex.MALE if kind == "man" else Sex.FEMALE, 30)]
