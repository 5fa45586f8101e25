"""A synthetic site with the published totals of October 2016; nobody in it exists.

The totals, the coaches and their days are published; who the people are is drawn (``site_example``).
Everyone of the totals moved, so everyone here is present and agrees; who leaves before being called
is drawn run by run.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sojourn.errors import SiteRefused
from sojourn.relocation.replay.facts import Facts
from sojourn.relocation.site.example import make_example
from sojourn.relocation.site.example_tables import ExampleTables, Row
from sojourn.relocation.site.site import ADULT_AGE

FEWEST = 200  # persons; below it the groups of the totals are too small to draw


def replay_tables(facts: Facts, *, people: int, seed: int) -> ExampleTables:
    """Draw the synthetic site of a replay.

    Parameters
    ----------
    people : int
        Persons; the published totals are scaled to it (at 7,064 they are exact).
    seed : int
        Of the draw; the same seed gives the same bytes.

    Raises
    ------
    SiteRefused
        Too few or too many people.
    """
    moved = facts.value("moved_adults") + facts.value("moved_minors")
    if not FEWEST <= people <= moved:
        raise SiteRefused(
            f"--people: found {people}, expected {FEWEST} to {moved:,.0f}",
            hint=f"the published total is {moved:,.0f}; a smaller replay is a scale model of it",
        )
    scale = people / moved
    minors = round(facts.value("moved_minors") * scale)
    tables = make_example(
        persons=people, seed=seed, places=max(12, round(facts.value("centres") * scale))
    )
    for person in tables.person:
        person["presence"], person["age_source"] = "present", "declared"
    for case in tables.case:
        case["consent"] = "explicit"
    _set_minors(tables, minors)
    _enough_child_beds(tables, facts.assumed("child_bed_margin"))
    _fleet(tables, facts, scale)
    tables.rules = _rules(tables.rules, facts, people, seed, scale)
    return tables


def age_of(person: Row) -> int:
    """Return the age that a synthetic person was drawn with, years."""
    return int(str(person["birth"]).removeprefix("age:"))


def count_minors(persons: Sequence[Row]) -> int:
    """Return how many are below 18."""
    return sum(age_of(p) < ADULT_AGE for p in persons)


def _set_minors(tables: ExampleTables, wanted: int) -> None:
    """Make boys of 17 alone men of 18, or men alone boys of 17, until the total is the published one."""
    sizes = Counter(str(p["case_id"]) for p in tables.person)
    off = count_minors(tables.person) - wanted
    linked = {str(row[end]) for row in tables.link for end in ("a", "b")}
    linked |= {str(row["person"]) for row in tables.relative_elsewhere}
    for person in sorted(tables.person, key=lambda p: (abs(age_of(p) - ADULT_AGE), str(p["id"]))):
        if off == 0:
            return
        case = tables.case[int(str(person["case_id"])[1:]) - 1]
        fits = (
            person["sex"] == "M"
            and sizes[str(person["case_id"])] == 1
            and person["id"] not in linked
        )
        if not fits or case["travel_party_id"] or (age_of(person) < ADULT_AGE) != (off > 0):
            continue
        person["birth"] = f"age:{ADULT_AGE if off > 0 else ADULT_AGE - 1}"
        case["best_interest_signed"] = off < 0
        off += 1 if off < 0 else -1


def _enough_child_beds(tables: ExampleTables, margin: float) -> None:
    """Give child-safe places beds for every child alone and a margin, in the shares they have."""
    alone = {str(c["id"]) for c in tables.case if c["best_interest_signed"]}
    wanted = math.ceil(sum(str(p["case_id"]) in alone for p in tables.person) * (1 + margin))
    places = [p for p in tables.place if p["child_safe"]]
    beds = {str(p["id"]): int(str(p["max_children"])) for p in places}
    for number in range(max(0, wanted - sum(beds.values()))):
        beds[str(places[number % len(places)]["id"])] += 1
    tables.room = [r for r in tables.room if r["room_type"] != "child"]
    for place in places:
        count = beds[str(place["id"])]
        place["max_children"] = count
        place["women_safe"] = True
        place["max_arrivals_per_day"] = max(50, count)
        tables.room.append(
            {"place_id": place["id"], "room_type": "child", "rooms": count, "beds_per_room": 1}
        )


def _fleet(tables: ExampleTables, facts: Facts, scale: float) -> None:
    """Replace the coaches by those published, each on its own day; adapted ones run on all of them."""
    tables.vehicle = [v for v in tables.vehicle if v["type"] != "coach"]
    for vehicle in tables.vehicle:
        vehicle["days"] = [d.isoformat() for d in days_of(facts)]
    number = 0
    for key in (
        "coaches_day_1",
        "coaches_day_2",
        "coaches_day_3",
        "coaches_reserve",
        "coaches_minors",
    ):
        for _ in range(max(1, math.ceil(facts.value(key) * scale))):
            number += 1
            tables.vehicle.append(
                {
                    "id": f"V{number:04d}",
                    "type": "coach",
                    "seats": int(facts.value("seats")),
                    "wheelchair_slots": 0,
                    "drivers": 2,
                    "days": [facts.day(key).isoformat()],
                    "depot": "Calais",
                    "depot_minutes": 0,
                }
            )


def days_of(facts: Facts) -> tuple[date, ...]:
    """Return the days of departure: three, a reserve, and the day of the minors."""
    return tuple(
        facts.day(k)
        for k in (
            "coaches_day_1",
            "coaches_day_2",
            "coaches_day_3",
            "coaches_reserve",
            "coaches_minors",
        )
    )


def _rules(text: str, facts: Facts, people: int, seed: int, scale: float) -> str:
    days = days_of(facts)
    # fewer people, fewer coaches an hour
    every = min(60, round(facts.value("coach_every") / scale))
    span = (days[-1] - days[0]) // timedelta(days=1) + 1
    text = re.sub(r"(?m)^days = .*$", f"days = {span}", text)
    text = re.sub(r"(?m)^boarding_minutes = .*$", f"boarding_minutes = {every}", text)
    text = re.sub(r"(?m)^bays = .*$", f"bays = {facts.assumed('bays'):.0f}", text)
    text = re.sub(
        r"(?m)^name = .*$", f'name = "SYNTHETIC replay of {people} persons, seed {seed}"', text
    )
    text = re.sub(
        r"(?m)^first_departure = .*$", f"first_departure = {facts.assumed('first_departure')}", text
    )
    return re.sub(r"(?m)^last_departure = .*$", f"last_departure = {facts.value('closes')}", text)
