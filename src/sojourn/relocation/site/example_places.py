"""The places, vehicles and escorts of a synthetic site."""

from collections.abc import Sequence

import numpy as np

from sojourn.relocation.site.example_tables import ExampleTables, Row, is_alone
from sojourn.relocation.site.example_totals import Region


def draw_places(
    tables: ExampleTables, rng: np.random.Generator, places: int, regions: Sequence[Region]
) -> None:
    """Draw places and rooms with a little more beds than people (7,364 for 7,000), some short."""
    children = sum(1 for p in tables.person if is_alone(tables, p))
    women, families, men = _room_demand(tables)
    share = np.array([r.beds for r in regions], dtype=float)
    child_places = max(1, round(places * 0.13))
    of_region = rng.choice(len(regions), places, p=share / share.sum())
    of_region[: len(regions)] = np.arange(min(len(regions), places))[: len(of_region)]
    for number in range(places):
        is_child = number % (places // child_places) == 0
        tables.place.append(_place(rng, number, regions[of_region[number]], is_child=is_child))
    child = [p for p in tables.place if p["child_safe"]]
    adult = [p for p in tables.place if not p["child_safe"]]
    for place, beds in zip(child, _split(rng, round(children * 0.998), len(child)), strict=True):
        place["max_children"] = beds
        _room(tables, place, "child", beds // 2, 2)
        _room(tables, place, "child", beds % 2, 1)
    with_women = [p for p in adult if rng.random() < 0.3] or adult[:1]
    for place, beds in zip(
        with_women, _split(rng, round(women * 1.05), len(with_women)), strict=True
    ):
        place["women_safe"] = True
        _room(tables, place, "women only", beds, 1)
    with_family = [p for p in adult if rng.random() < 0.3] or adult[:1]
    for place, units in zip(
        with_family, _split(rng, round(families * 1.1), len(with_family)), strict=True
    ):
        place["women_safe"] = True
        place["school_primary"] = place["school_secondary"] = 2 * units
        _room(tables, place, "family unit", units, 4)
    for place, beds in zip(adult, _split(rng, round(men * 1.055), len(adult)), strict=True):
        _room(tables, place, "single men", beds // 2, 2)
        _room(tables, place, "single men", beds % 2, 1)
    for place in tables.place:
        place["max_arrivals_per_day"] = max(50, _beds(tables, place) if places <= 600 else 50)


def _beds(tables: ExampleTables, place: Row) -> int:
    """Count the beds of a place."""
    return sum(
        int(str(r["rooms"])) * int(str(r["beds_per_room"]))
        for r in tables.room
        if r["place_id"] == place["id"]
    )


def _room_demand(tables: ExampleTables) -> tuple[int, int, int]:
    """Count women's beds, family rooms and men's beds that the people would need."""
    size: dict[object, list[Row]] = {}
    for person in tables.person:
        size.setdefault(person["case_id"], []).append(person)
    women = families = men = 0
    for case in tables.case:
        people = size[case["id"]]
        if case["best_interest_signed"]:
            continue
        if len(people) > 1:
            families += -(-len(people) // 4)
        elif people[0]["sex"] == "F":
            women += 1
        else:
            men += 1
    return women, families, men


def _split(rng: np.random.Generator, total: int, parts: int) -> list[int]:
    """Split a total over places, unevenly, exactly."""
    weights = rng.gamma(3.0, 1.0, parts)
    cuts = np.round(np.cumsum(weights) / weights.sum() * total).astype(int)
    return [int(n) for n in np.diff(cuts, prepend=0)]


def _place(rng: np.random.Generator, number: int, region: Region, *, is_child: bool) -> Row:
    """Draw one place without its rooms."""
    late = region.code in ("FR-PAC", "FR-OCC", "FR-NAQ", "FR-ARA")
    medical = [
        name
        for name, share in (
            ("nurse", 0.8),
            ("gp", 0.9),
            ("hospital", 0.6),
            ("dialysis", 0.15),
            ("maternity", 0.6),
            ("psychiatric", 0.4),
        )
        if rng.random() < share
    ]
    return {
        "id": f"L{number + 1:05d}",
        "region": region.code,
        "department": region.departments[rng.integers(len(region.departments))],
        "lat": round(float(region.lat + rng.normal(0, 0.35)), 4),
        "lon": round(float(region.lon + rng.normal(0, 0.45)), 4),
        "opens": "2016-10-25" if rng.random() < 0.1 else "",
        "closes": "",
        "child_safe": is_child,
        "child_licence": f"SYNTHETIC-{number + 1}" if is_child else "",
        "max_children": 0,
        "women_safe": bool(is_child and rng.random() < 0.5),
        "step_free": bool(rng.random() < 0.7),
        "medical": medical,
        "languages": [
            x
            for x in ("ar", "ps", "fa", "ti", "ur", "am", "en", "ku", "om", "so")
            if rng.random() < 0.35
        ],
        "school_primary": 0,
        "school_secondary": 0,
        "legal_aid": bool(rng.random() < 0.6),
        "max_arrivals_per_day": 50,
        "latest_arrival": 23.5 if late else 22.5,
        "certainty": "promised" if rng.random() < 0.03 else "confirmed",
    }


def _room(tables: ExampleTables, place: Row, kind: str, rooms: int, beds: int) -> None:
    if rooms:
        tables.room.append(
            {"place_id": place["id"], "room_type": kind, "rooms": rooms, "beds_per_room": beds}
        )


def draw_relatives(tables: ExampleTables, rng: np.random.Generator) -> None:
    """Give a few men a verified relative at a place in their first region, or one abroad."""
    with_men = {r["place_id"] for r in tables.room if r["room_type"] == "single men"}
    for case in tables.case:
        if rng.random() >= 0.004 or case["best_interest_signed"] or case["travel_party_id"]:
            continue
        wishes = case["wishes"]
        assert isinstance(wishes, list)  # noqa: S101 - written by _case above
        near = [p for p in tables.place if p["region"] == wishes[0] and p["id"] in with_men]
        where = str(near[rng.integers(len(near))]["id"]) if near and rng.random() < 0.7 else "GBR"
        tables.relative_elsewhere.append(
            {
                "person": case["head"],
                "place_or_country": where,
                "status": "verified" if where != "GBR" else "to trace",
            }
        )


def draw_fleet(tables: ExampleTables, persons: int, regions: int) -> None:
    """Draw vehicles and escorts: enough coaches for three days, with a reserve."""
    days = days_for(persons)
    coaches = -(-persons * 27 // (1000 * days)) + regions
    adapted = max(4, -(-persons // 500))
    for number in range(coaches):
        _vehicle(tables, f"V{number + 1:04d}", "coach", 50, 0, 2)
    for number in range(adapted):
        _vehicle(tables, f"A{number + 1:04d}", "adapted", 12, 3, 2)
    children = sum(1 for p in tables.person if is_alone(tables, p))
    kinds = {
        "general": coaches + adapted,
        "child protection": -(-children * 15 // (100 * days)) + 2 * regions,
        "medical": adapted,
    } | {f"interpreter:{x}": max(1, persons // 700) for x in ("ar", "ps", "fa", "ti", "ur")}
    for kind, count in kinds.items():
        for number in range(count):
            tables.escort.append(
                {
                    "id": f"E-{kind.replace(' ', '-').replace(':', '-')}-{number + 1:04d}",
                    "kind": kind,
                    "days": [],
                    "max_children": 10,
                }
            )


def _vehicle(
    tables: ExampleTables, name: str, kind: str, seats: int, slots: int, drivers: int
) -> None:
    tables.vehicle.append(
        {
            "id": name,
            "type": kind,
            "seats": seats,
            "wheelchair_slots": slots,
            "drivers": drivers,
            "days": [],
            "depot": "SYNTHETIC depot",
            "depot_minutes": 0,
        }
    )


def days_for(persons: int) -> int:
    """Three days for 7,000; about 3,000 people a day at most."""
    return max(3, -(-persons // 3000))
