"""Places shared out among trips: few stops each, nobody carried twice, and no exchange left that carries more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pytest

from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.stops import Planned, Stops, room_of
from sojourn.relocation.planner.ways import Run, runs_of, way_of
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site

MOST = 3  # stops of a trip, by the rules that come with the program


@pytest.fixture(scope="module")
def eligible(tmp_path_factory: pytest.TempPathFactory) -> Eligibility:
    folder = tmp_path_factory.mktemp("stops") / "SYNTHETIC"
    write_example_site(folder, people=300, seed=5)
    return Eligibility(read_site(folder))


def runs(eligible: Eligibility, seats: Sequence[int]) -> list[Run]:
    """Return coaches of one day with so many seats."""
    found = [r for r in runs_of(eligible, {}) if r.vehicle.type == "coach"][:1] * len(seats)
    return [
        replace(run, vehicle=replace(run.vehicle, id=f"V{n}", seats=s, wheelchair_slots=0))
        for n, (run, s) in enumerate(zip(found, seats, strict=True))
    ]


def near(eligible: Eligibility, count: int) -> list[str]:
    """Return the places nearest to the site: any three of them make a lawful trip."""
    return sorted(eligible.places, key=eligible.roads.from_site)[:count]


def shared(
    eligible: Eligibility, seats: Sequence[int], loads: Mapping[str, float], group: str = "general"
) -> list[Planned]:
    mine = runs(eligible, seats)
    waves = {(alone, mine[0].day): 0 for alone in (True, False)}
    return Stops(group, mine, loads, eligible, waves).run()


def carried(trips: Sequence[Planned], loads: Mapping[str, float]) -> float:
    """Return how many can ride: a plain search over whole loads, a stop of several trips filling them in turn."""
    left, total = dict(loads), 0.0
    for trip in sorted(trips, key=lambda t: len(t.stops)):
        room = trip.room
        for place in sorted(trip.stops, key=lambda p: left[p]):
            on = min(room, left[place])
            left[place], room, total = left[place] - on, room - on, total + on
    return total


def test_a_large_load_goes_with_small_ones(eligible: Eligibility) -> None:
    """By hand: 40 + 5 + 5 and 30 + 12 + 8 fill two coaches of 50; dealt in turn they would not."""
    loads = dict(zip(near(eligible, 6), (40.0, 30.0, 12.0, 8.0, 5.0, 5.0), strict=True))
    trips = shared(eligible, (50, 50), loads)
    on = sorted(sorted(loads[p] for p in t.stops) for t in trips)
    assert on == [[5.0, 5.0, 40.0], [8.0, 12.0, 30.0]]


def test_no_exchange_of_two_stops_carries_more(eligible: Eligibility) -> None:
    rng = np.random.default_rng(3)
    for _ in range(25):
        count = int(rng.integers(2, 5))
        places = near(eligible, 3 * count)
        loads = {p: float(n) for p, n in zip(places, rng.integers(1, 30, len(places)), strict=True)}
        trips = shared(eligible, [int(s) for s in rng.integers(20, 60, count)], loads)
        stops = [set(t.stops) for t in trips]
        assert all(len(s) <= MOST for s in stops)
        if sum(map(len, stops)) > len(places):
            continue  # parts of one load ride in two trips: no plain sum
        here = [sum(loads[p] for p in s) for s in stops]
        told = sum(min(t.room, n) for t, n in zip(trips, here, strict=True))
        for a, b in combinations(range(len(trips)), 2):
            for p, q in product(stops[a], stops[b]):
                moved = [*here]
                moved[a] += loads[q] - loads[p]
                moved[b] += loads[p] - loads[q]
                other = sum(min(t.room, n) for t, n in zip(trips, moved, strict=True))
                assert other <= told + 0.5


def test_a_load_that_no_trip_takes_alone_is_parted(eligible: Eligibility) -> None:
    [place] = near(eligible, 1)
    trips = shared(eligible, (50, 50, 50), {place: 120.0})
    assert [t.stops for t in trips] == [(place,)] * 3
    assert carried(trips, {place: 120.0}) == 120


def test_every_trip_keeps_an_order_that_the_road_allows(eligible: Eligibility) -> None:
    far = sorted(eligible.places, key=eligible.roads.from_site)[-12:]
    trips = shared(eligible, (50,) * 6, dict.fromkeys(far, 10.0))
    assert trips
    for trip in trips:
        way = way_of(eligible, trip.run, "general", trip.stops, young=True, expecting=False)
        assert way is not None


def test_a_place_that_is_shut_that_day_is_no_stop(eligible: Eligibility) -> None:
    mine = runs(eligible, (50,))
    first, second = near(eligible, 2)
    shut = SimpleNamespace(
        rules=eligible.rules,
        places=eligible.places,
        roads=eligible.roads,
        open_days=lambda p: () if p.id == first else (mine[0].day,),
    )
    waves = {(False, mine[0].day): 0}
    trips = Stops("general", mine, {first: 20.0, second: 9.0}, shut, waves).run()  # type: ignore[arg-type]
    assert [t.stops for t in trips] == [(second,)]


@pytest.mark.parametrize(
    ("seats", "slots", "group", "room"),
    [
        (50, 0, "general", 50),  # nobody needs an escort
        (50, 0, "children", 45),  # 45 children and the 5 who mind them
        (12, 3, "children", 10),  # 10 and 2; a slot is no seat for who walks
        (11, 0, "children", 10),
        (12, 3, "adapted general", 15),
        (12, 3, "adapted children", 13),
    ],
)
def test_room_for_children_leaves_seats_to_who_minds_them(
    eligible: Eligibility, seats: int, slots: int, group: str, room: float
) -> None:
    [run] = runs(eligible, (seats,))
    run = replace(run, vehicle=replace(run.vehicle, wheelchair_slots=slots))
    assert room_of(run, group, eligible) == room
