"""Small synthetic sites with all that can be in the way of a move; nobody in them exists."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import numpy as np

from sojourn.relocation.site.site import (
    AgeSource,
    Case,
    Certainty,
    Consent,
    Escort,
    Fitness,
    Link,
    LinkStrength,
    Mobility,
    Person,
    Place,
    Presence,
    RelativeElsewhere,
    Room,
    RoomType,
    Sex,
    Site,
    Vehicle,
)

REGIONS = ("N", "S")
KINDS = ("man", "woman", "family", "child")
LANGUAGES = ("ar", "ps", "ti")
TYPES = ("sibling", "friend", "parent", "other relative", "spouse", "other")


def rich_site(rng: np.random.Generator, base: Site, *, cases: int = 30, places: int = 8) -> Site:
    """Draw a site with links of every kind, wheelchairs, disputed ages, a compromised place and more.

    Parameters
    ----------
    base : Site
        Whose rules and needs map are taken; rules that are off by default are on now and then.
    """
    made = tuple(_place(rng, n, base) for n in range(places))
    people, registered = list[Person](), list[Case]()
    for n in range(cases):
        kind = KINDS[int(rng.choice(4, p=(0.4, 0.2, 0.2, 0.2)))]
        mine = _people(rng, n, kind)
        people += mine
        wishes = (
            ("any",)
            if rng.random() < 0.2
            else tuple(str(r) for r in rng.permutation(REGIONS)[: int(rng.integers(1, 3))])
        )
        consent = (Consent.EXPLICIT, Consent.PROXY, Consent.PENDING, Consent.DECLINED)[
            int(rng.choice(4, p=(0.8, 0.12, 0.04, 0.04)))
        ]
        party = f"t{int(rng.integers(6))}" if kind != "family" and rng.random() < 0.35 else ""
        registered.append(
            Case(
                id=f"c{n:02}",
                head=mine[0].id,
                wishes=wishes,
                consent=consent,
                travel_party_id=party,
                best_interest_signed=bool(rng.random() < 0.95),
            )
        )
    coaches = tuple(
        Vehicle(id=f"V{n}", type="coach", seats=int(rng.integers(8, 30)), drivers=2)
        for n in range(8)
    )
    adapted = tuple(
        Vehicle(id=f"A{n}", type="adapted", seats=9, wheelchair_slots=2) for n in range(3)
    )
    kinds = (
        ("child protection",) * 4
        + ("medical",) * 2
        + tuple(f"interpreter:{x}" for x in LANGUAGES) * 2
    )
    return replace(
        base,
        persons=tuple(people),
        cases=tuple(registered),
        links=_links(rng, people),
        relatives=tuple(
            RelativeElsewhere(
                person=str(rng.choice([p.id for p in people])),
                place_or_country=f"P{int(rng.integers(places))}",
                status="verified",
            )
            for _ in range(2)
        ),
        places=made,
        rooms=_rooms(rng, made),
        vehicles=(
            *coaches,
            *adapted,
            Vehicle(id="B0", type="ambulance", seats=4, wheelchair_slots=1),
        ),
        escorts=tuple(Escort(id=f"E{n:02}", kind=k) for n, k in enumerate(kinds)),
        travel=(),
        rules=_rules(rng, base),
    )


def _rules(rng: np.random.Generator, base: Site) -> "Site.rules":  # type: ignore[name-defined]
    on = {name: bool(rng.random() < 0.4) for name in ("R13", "R19", "R20")}
    changed = {
        "R08": {"other_department": bool(rng.random() < 0.3)},
        "R09": {"compromised_places": ("P0",)},
        "R20": {"max_share": 0.5},
    }
    rules = {
        name: replace(
            rule,
            on=on.get(name, rule.on),
            parameters=MappingProxyType({**rule.parameters, **changed.get(name, {})}),
        )
        for name, rule in base.rules.rules.items()
    }
    operation = replace(
        base.rules.operation, days=int(rng.integers(1, 4)), bays=int(rng.integers(1, 3))
    )
    return replace(base.rules, operation=operation, rules=MappingProxyType(rules))


def _place(rng: np.random.Generator, n: int, base: Site) -> Place:
    first = base.rules.operation.departure
    return Place(
        id=f"P{n}",
        region=REGIONS[n % 2],
        department=f"D{n // 4}{n % 2}",
        lat=base.rules.operation.lat - 0.4 * n,
        lon=base.rules.operation.lon + 0.2,
        opens=first + timedelta(days=1) if rng.random() < 0.15 else None,
        child_safe=bool(rng.random() < 0.7),
        child_licence="SYNTHETIC",
        max_children=int(rng.integers(1, 6)),
        women_safe=bool(rng.random() < 0.7),
        step_free=bool(rng.random() < 0.6),
        medical=("nurse", "gp", "hospital", "maternity", "psychiatric")
        if rng.random() < 0.6
        else ("nurse",),
        languages=tuple(x for x in LANGUAGES if rng.random() < 0.5),
        school_primary=int(rng.integers(0, 5)),
        school_secondary=int(rng.integers(0, 5)),
        max_arrivals_per_day=int(rng.integers(3, 15)),
        latest_arrival=float(rng.choice([18.0, 22.0])),
        certainty=(Certainty.CONFIRMED, Certainty.PROMISED, Certainty.WITHDRAWN)[
            int(rng.choice(3, p=(0.7, 0.25, 0.05)))
        ],
    )


def _rooms(rng: np.random.Generator, places: tuple[Place, ...]) -> tuple[Room, ...]:
    kinds = (
        RoomType.SINGLE_MEN,
        RoomType.WOMEN_ONLY,
        RoomType.FAMILY,
        RoomType.CHILD,
        RoomType.MIXED,
    )
    return tuple(
        Room(
            place_id=p.id,
            room_type=k,
            rooms=int(rng.integers(1, 5)),
            beds_per_room=4 if k is RoomType.FAMILY else int(rng.integers(1, 4)),
        )
        for p in places
        for k in kinds
        if rng.random() < 0.75
    )


def _people(rng: np.random.Generator, n: int, kind: str) -> list[Person]:
    language = str(rng.choice(LANGUAGES))

    def one(number: int, sex: Sex, age: int, flags: tuple[str, ...] = ()) -> Person:
        mobility = (Mobility.NONE, Mobility.WALKING_AID, Mobility.WHEELCHAIR, Mobility.STRETCHER)[
            int(rng.choice(4, p=(0.88, 0.04, 0.06, 0.02)))
        ]
        fit = (Fitness.YES, Fitness.WITH_ESCORT, Fitness.NO)[
            int(rng.choice(3, p=(0.92, 0.06, 0.02)))
        ]
        presence = Presence.LEFT if rng.random() < 0.03 else Presence.PRESENT
        source = AgeSource.DISPUTED if rng.random() < 0.06 else AgeSource.DECLARED
        more = tuple(f for f in ("TRAFFICKING", "TR", "SM", "LP") if rng.random() < 0.05)
        return Person(
            id=f"p{n:02}.{number}",
            case_id=f"c{n:02}",
            sex=sex,
            birth=f"age:{age}",
            age_source=source,
            languages=(language,),
            flags=(*flags, *more),
            mobility=mobility,
            fit_to_travel=fit,
            presence=presence,
        )

    if kind == "man":
        return [one(0, Sex.X if rng.random() < 0.05 else Sex.MALE, int(rng.integers(18, 70)))]
    if kind == "woman":
        return [
            one(
                0,
                Sex.FEMALE,
                int(rng.integers(18, 65)),
                ("PREG-LATE",) if rng.random() < 0.3 else (),
            )
        ]
    if kind == "child":
        return [
            one(k, Sex.FEMALE if rng.random() < 0.25 else Sex.MALE, int(rng.integers(9, 18)))
            for k in range(int(rng.integers(1, 3)))
        ]
    adults = [one(0, Sex.FEMALE, 30)] + [one(1, Sex.MALE, 33)] * bool(rng.random() < 0.5)
    return [
        *adults,
        *(one(k, Sex.MALE, int(rng.integers(0, 15))) for k in range(2, int(rng.integers(3, 5)))),
    ]


def _links(rng: np.random.Generator, people: list[Person]) -> tuple[Link, ...]:
    found: dict[tuple[str, str, LinkStrength], Link] = {}
    for _ in range(int(rng.integers(4, 12))):
        a, b = (people[i].id for i in rng.choice(len(people), 2, replace=False))
        strength = list(LinkStrength)[int(rng.choice(5, p=(0.2, 0.15, 0.25, 0.2, 0.2)))]
        kind = str(rng.choice(TYPES))
        found[a, b, strength] = Link(a=a, b=b, type=kind, strength=strength)
    return tuple(found[k] for k in sorted(found))
