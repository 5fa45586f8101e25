"""Planning again: the fewest people moved, counted by enumeration of every assignment."""

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deep import times

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.replan import after
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import Event, Proposal
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Case, Consent, Person, Place, Room, RoomType, Sex, Site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fewest") / "SYNTHETIC"
    write_example_site(made, people=60, seed=6)
    return made


def tiny(rng: np.random.Generator, base: Site) -> Site:
    """A synthetic site of a few men; every place is allowed to everyone."""
    n_places = int(rng.integers(2, 5))
    places = tuple(
        Place(
            id=f"P{n}",
            region="N",
            department=f"D{n}",
            lat=50 - n * 0.2,
            lon=2.0,
            max_arrivals_per_day=50,
        )
        for n in range(n_places)
    )
    rooms = tuple(
        Room(
            place_id=p.id,
            room_type=RoomType.SINGLE_MEN,
            rooms=1,
            beds_per_room=int(rng.integers(1, 4)),
        )
        for p in places
    )
    people, cases = [], []
    number = 0
    for n in range(int(rng.integers(2, 6))):
        for _ in range(int(rng.integers(1, 3))):
            people.append(
                Person(
                    id=f"p{number}",
                    case_id=f"c{n}",
                    sex=Sex.MALE,
                    birth="age:30",
                    age_source="declared",
                    languages=("ar",),
                )
            )  # type: ignore[arg-type]
            number += 1
        cases.append(Case(id=f"c{n}", head=people[-1].id, wishes=("N",), consent=Consent.EXPLICIT))
    return replace(
        base,
        persons=tuple(people),
        cases=tuple(cases),
        links=(),
        relatives=(),
        places=places,
        rooms=rooms,
        travel=(),
    )


def test_no_plan_that_places_as_many_moves_fewer_people(folder: Path) -> None:
    """Whichever single place is lost, on every tiny site."""
    base, rng, tried = read_site(folder), np.random.default_rng(3), 0
    for _ in range(times(25, 250)):
        site = tiny(rng, base)
        before = make_plan(site)
        for place in sorted({a.place_id for a in before.assignments}):
            tried += 1
            again = make_plan(site, before, [Event(kind="place withdrawn", id=place)])
            bounds = {b.level: b for b in again.bounds}
            now = {a.case_id: a.place_id for a in again.assignments}
            moved = sum(a.persons for a in before.assignments if now.get(a.case_id) != a.place_id)
            assert bounds["L9"].value == bounds["L9"].bound == moved
            assert (sum(u.persons for u in again.unplaced), moved) == _fewest(site, before, place)
    assert tried > 40


def _fewest(site: Site, before: Proposal, place: str) -> tuple[int, int]:
    """Return the fewest people without a place, then the fewest moved, of all assignments there are."""
    after_site, _ = after(site, before, [Event(kind="place withdrawn", id=place)])
    eligible, units = Eligibility(after_site), form_units(after_site).units
    was = {a.case_id: a.place_id for a in before.assignments}
    best: tuple[int, int] | None = None
    options: list[list[Pool | None]] = [[None, *eligible.allowed(u)] for u in units]
    for chosen in itertools.product(*options):
        used = Counter[Pool]()
        for u, p in zip(units, chosen, strict=True):
            if p is not None:
                used[p] += u.size
        if any(n > p.capacity for p, n in used.items()):
            continue
        without = sum(u.size for u, p in zip(units, chosen, strict=True) if p is None)
        moves = sum(
            u.size
            for u, p in zip(units, chosen, strict=True)
            if u.id in was and (p is None or was[u.id] != p.place)
        )
        best = min(best or (without, moves), (without, moves))
    assert best is not None
    return best
