"""An invented site is a draw from the published totals: counts are exact, shares within chance.

The totals stand here as ``example.toml`` prints them, so that a draw that loses one of them is seen.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from math import ceil, sqrt

import numpy as np
import pytest

from sojourn.errors import SiteRefused
from sojourn.relocation.site.example import make_example
from sojourn.relocation.site.example_places import days_for
from sojourn.relocation.site.example_tables import ExampleTables, Row

BEDS = {
    "FR-NAQ": 1219,
    "FR-OCC": 1445,
    "FR-PAC": 1175,
    "FR-BRE": 760,
    "FR-NOR": 660,
    "FR-ARA": 374,
    "FR-GES": 374,
    "FR-PDL": 374,
    "FR-BFC": 373,
    "FR-CVL": 373,
    "FR-HDF": 373,
}
MIDDLE = {
    "FR-NAQ": (45.4, 0.3),
    "FR-OCC": (44.0, 2.0),
    "FR-PAC": (43.9, 5.7),
    "FR-BRE": (48.2, -2.8),
    "FR-NOR": (49.1, 0.1),
    "FR-ARA": (45.5, 4.5),
    "FR-GES": (48.7, 5.6),
    "FR-PDL": (47.5, -0.8),
    "FR-BFC": (47.2, 4.8),
    "FR-CVL": (47.5, 1.7),
    "FR-HDF": (49.9, 2.8),
}
NATIONALITIES = {
    "SDN": 0.43,
    "AFG": 0.33,
    "ERI": 0.09,
    "PAK": 0.07,
    "ETH": 0.035,
    "IRQ": 0.01,
    "SYR": 0.01,
    "SOM": 0.025,
}
LANGUAGES = {
    "SDN": {"ar"},
    "AFG": {"ps", "fa"},
    "ERI": {"ti"},
    "PAK": {"ur", "ps"},
    "ETH": {"am", "om"},
    "IRQ": {"ku", "ar"},
    "SYR": {"ar"},
    "SOM": {"so"},
}
FLAGS = {
    "SM-CI": 0.003,
    "SM-CC": 0.015,
    "SM-MI": 0.005,
    "SM-DI": 0.0005,
    "TR": 0.02,
    "DS": 0.004,
    "TRAFFICKING": 0.004,
}
WOMEN_FLAGS = {"PREG": 0.05, "PREG-LATE": 0.02, "SV": 0.02}
MEDICAL = {
    "nurse": 0.8,
    "gp": 0.9,
    "hospital": 0.6,
    "dialysis": 0.15,
    "maternity": 0.6,
    "psychiatric": 0.4,
}
SPOKEN = ("ar", "ps", "fa", "ti", "ur", "am", "en", "ku", "om", "so")


@pytest.fixture(scope="module")
def drawn() -> ExampleTables:
    return make_example(persons=7000, seed=1)


@pytest.fixture(scope="module")
def households(drawn: ExampleTables) -> dict[str, list[list[Row]]]:
    """The people of each case, by what they are: those of a case stand together."""
    found: dict[str, list[list[Row]]] = {"children": [], "women": [], "family": [], "men": []}
    for name, people in groupby(drawn.person, key=lambda p: p["case_id"]):
        mine = list(people)
        assert drawn.case[sum(map(len, found.values()))]["id"] == name
        first, second = (*mine, {}, {})[:2]
        if age(first) < 18:
            kind = "children"
        elif first["sex"] == "F":
            kind = "women"
        else:
            kind = "family" if second else "men"
        found[kind].append(mine)
    return found


def age(person: Row) -> int:
    return int(str(person["birth"]).removeprefix("age:"))


def share(rows: Iterable[Row], holds: Callable[[Row], object]) -> tuple[int, int]:
    """How many of the rows there are, and of how many a thing holds."""
    every = list(rows)
    return len(every), sum(bool(holds(r)) for r in every)


def about(counted: tuple[int, int], expected: float) -> bool:
    """Whether a share is what was asked, within five standard errors of a draw; and one at least is there."""
    many, found = counted
    return found > 0 and abs(found - many * expected) <= 5 * sqrt(many * expected * (1 - expected))


def ages(people: Iterable[Row]) -> tuple[int, int]:
    every = {age(p) for p in people}
    return min(every), max(every)


def total(drawn: ExampleTables, kind: str) -> int:
    return sum(r["rooms"] * r["beds_per_room"] for r in drawn.room if r["room_type"] == kind)


def test_people_and_cases_are_numbered_one_after_another(
    drawn: ExampleTables, households: dict[str, list[list[Row]]]
) -> None:
    assert [p["id"] for p in drawn.person] == [f"P{n:06d}" for n in range(1, 7001)]
    assert [c["id"] for c in drawn.case] == [f"C{n:06d}" for n in range(1, len(drawn.case) + 1)]
    heads = [mine[0]["id"] for kind in households.values() for mine in kind]
    assert [c["head"] for c in drawn.case] == heads  # children first, then women, families and men


def test_there_are_as_many_cases_of_each_kind_as_the_totals_say(
    households: dict[str, list[list[Row]]],
) -> None:
    counts = {kind: len(found) for kind, found in households.items()}
    assert (counts["children"], counts["women"], counts["family"]) == (1477, 194, 110)
    others = sum(len(m) for kind, found in households.items() if kind != "men" for m in found)
    assert counts["men"] == 7000 - others
    half = make_example(persons=3500, seed=3)
    assert len(half.person) == 3500
    # of half as many people: a little under 1477 / 2, as the draw rounds to the nearest even number
    assert sum(bool(c["best_interest_signed"]) for c in half.case) == 738


def test_children_alone_are_of_the_ages_that_are_drawn(
    drawn: ExampleTables, households: dict[str, list[list[Row]]]
) -> None:
    heads = [mine[0] for mine in households["children"]]
    assert {age(p) for p in heads} == {8, 9, 10, 11, 13, 14, 15, 16, 17}
    assert about(share(heads, lambda p: age(p) < 12), 0.06)
    assert about(share(heads, lambda p: p["sex"] == "F"), 0.06)
    pairs = [mine for mine in households["children"] if len(mine) > 1]
    assert about((len(heads), len(pairs)), 0.05)
    assert {len(mine) for mine in pairs} == {2}
    assert all(age(b) == max(7, age(a) - 2) for a, b in pairs)
    assert about(share((b for _, b in pairs), lambda p: p["sex"] == "M"), 0.8)
    signed = [bool(c["best_interest_signed"]) for c in drawn.case]
    assert signed == [True] * 1477 + [False] * (len(signed) - 1477)


def test_women_and_families_come_with_children(households: dict[str, list[list[Row]]]) -> None:
    women, families = households["women"], households["family"]
    with_children = [mine for mine in women if len(mine) > 1]
    assert about((194, len(with_children)), 0.4)
    assert {len(mine) - 1 for mine in with_children} == {1, 2, 3}
    assert ages(mine[0] for mine in women) == (18, 61)
    assert ages(p for mine in with_children for p in mine[1:]) == (0, 14)
    assert all((a["sex"], b["sex"]) == ("M", "F") for a, b, *_ in families)
    assert {len(mine) - 2 for mine in families} == {0, 1, 2, 3, 4}
    low, high = ages(mine[0] for mine in families)
    assert (22, 58) <= (low, high) <= (23, 59)
    low, high = ages(mine[1] for mine in families)
    assert (20, 48) <= (low, high) <= (21, 49)
    children = [p for mine in families for p in mine[2:]]
    assert ages(children) == (0, 17)
    assert about(share(children, lambda p: p["sex"] == "F"), 0.5)


def test_men_come_alone_or_in_parties_with_one_wish(
    drawn: ExampleTables, households: dict[str, list[list[Row]]]
) -> None:
    men = [p for mine in households["men"] for p in mine]
    assert {age(p) for p in men} == {*range(18, 46), 63}
    assert about(share(men, lambda p: age(p) == 63), 0.02)
    cases = drawn.case[-len(men) :]
    assert not any(c["travel_party_id"] for c in drawn.case[: -len(men)])
    parties = [
        (party, list(mine)) for party, mine in groupby(cases, key=lambda c: c["travel_party_id"])
    ]
    known = [(party, mine) for party, mine in parties if party]
    assert len({party for party, _ in known}) == len(known)
    assert {len(mine) for _, mine in known} <= {1, 2, 3, 4, 5}  # the last may be cut by the total
    assert {len(mine) for _, mine in known[:-1]} == {2, 3, 4, 5}
    alone = sum(len(mine) for party, mine in parties if not party)
    assert about((alone + len(known), len(known)), 0.06)
    for _, mine in known:
        assert len({tuple(c["wishes"]) for c in mine}) == 1
    one_by_one = [c["wishes"] for c in cases if not c["travel_party_id"]]
    assert len({tuple(w) for w in one_by_one}) == 110  # each of 11 regions with each other


def test_what_a_case_shares_and_what_is_each_ones_own(drawn: ExampleTables) -> None:
    people, case_of = drawn.person, {c["id"]: c for c in drawn.case}
    heads = {c["head"] for c in drawn.case}
    first = [p for p in people if p["id"] in heads]
    for nationality, expected in NATIONALITIES.items():
        assert about(share(first, lambda p, n=nationality: p["nationality"] == n), expected)
    spoken = {
        n: {p["languages"][0] for p in people if p["nationality"] == n} for n in NATIONALITIES
    }
    assert spoken == LANGUAGES
    assert {tuple(p["languages"][1:]) for p in people} == {(), ("en",)}
    assert about(share(first, lambda p: len(p["languages"]) > 1), 0.3)
    for a, b in pairwise(people):
        if a["case_id"] == b["case_id"]:
            assert all(a[f] == b[f] for f in ("nationality", "languages", "presence"))
    assert about(share(first, lambda p: p["presence"] == "left or absent"), 0.003)
    assert about(share(drawn.case, lambda c: c["consent"] == "declined"), 0.005)
    assert {c["consent"] for c in drawn.case} == {"declined", "explicit"}
    assert all(c["wishes"] == c["offered_regions"] for c in drawn.case)
    late = [case_of[p["case_id"]] for p in people if "PREG-LATE" in p["flags"]]
    assert late
    assert all(set(c["wishes"]) == {"FR-HDF", "FR-NOR"} for c in late if not c["travel_party_id"])


def test_needs_are_as_frequent_as_the_totals_say(drawn: ExampleTables) -> None:
    people = drawn.person
    for flag, expected in FLAGS.items():
        assert about(share(people, lambda p, f=flag: f in p["flags"]), expected), flag
    women = [p for p in people if p["sex"] == "F" and age(p) >= 16]
    for flag, expected in WOMEN_FLAGS.items():
        assert about(share(women, lambda p, f=flag: f in p["flags"]), expected), flag
    told = {f for p in people if p not in women for f in p["flags"]}
    assert told == set(FLAGS)
    assert about(share(people, lambda p: p["mobility"] == "wheelchair"), 0.002)
    young = [p for p in people if age(p) < 60]
    assert about(share(young, lambda p: p["mobility"] == "walks with aid"), 0.003)
    old = [p for p in people if age(p) >= 60]
    assert about(share(old, lambda p: p["mobility"] == "walks with aid"), 0.018)
    assert {p["mobility"] for p in people} == {"wheelchair", "walks with aid", "none"}
    assert about(share(people, lambda p: p["fit_to_travel"] == "yes with escort"), 0.003)
    of_age = [p for p in people if 18 <= age(p) <= 19]
    assert about(share(of_age, lambda p: p["age_source"] == "disputed"), 0.02)
    assert {age(p) for p in people if p["age_source"] == "disputed"} == {18, 19}
    assert {p["age_source"] for p in people} == {"disputed", "declared"}


def test_wishes_follow_the_beds_of_the_regions(drawn: ExampleTables) -> None:
    alone = [c for c in drawn.case if not c["travel_party_id"]]
    assert all(len(set(c["wishes"])) == 2 for c in alone)
    for region, beds in BEDS.items():
        counted = share(alone, lambda c, r=region: c["wishes"][0] == r)
        assert about(counted, beds / sum(BEDS.values())), region


def test_few_are_linked_and_a_link_shares_its_wish(drawn: ExampleTables) -> None:
    adults = {
        c["head"]: c
        for c in drawn.case
        if not c["best_interest_signed"] and not c["travel_party_id"]
    }
    many = Counter((k["type"], k["strength"]) for k in drawn.link)
    assert many == {
        ("friend", "prefer"): round(0.008 * len(adults)),
        ("sibling", "must_same_place"): round(0.003 * len(adults)),
        ("other relative", "must_same_region"): round(0.003 * len(adults)),
        ("other", "must_separate"): round(0.001 * len(adults)),
        ("other", "must_not_meet_in_transit"): round(0.0005 * len(adults)),
    }
    ends = [k[end] for k in drawn.link for end in ("a", "b")]
    assert len(set(ends)) == len(ends)  # nobody stands in two
    assert set(ends) <= set(adults)
    apart = [k for k in drawn.link if k["strength"] == "must_separate"]
    for link in drawn.link:
        one, two = adults[link["a"]], adults[link["b"]]
        assert link in apart or one["wishes"] == two["wishes"] == two["offered_regions"]
    assert any(adults[k["a"]]["wishes"] != adults[k["b"]]["wishes"] for k in apart)


def test_a_site_of_thirty_adults_or_fewer_has_no_links() -> None:
    few = {n: make_example(persons=n, seed=5) for n in range(30, 60)}
    linked = {
        sum(not c["best_interest_signed"] and not c["travel_party_id"] for c in t.case): len(t.link)
        for t in few.values()
    }
    assert min(linked) <= 30 < 31 in linked
    assert all(links == (5 if adults > 30 else 0) for adults, links in linked.items())


def test_places_lie_in_the_regions_as_their_beds_do(drawn: ExampleTables) -> None:
    assert [p["id"] for p in drawn.place] == [f"L{n:05d}" for n in range(1, 451)]
    assert [p["region"] for p in drawn.place[:11]] == list(BEDS)  # one in each, before chance
    for region, beds in BEDS.items():
        counted = share(drawn.place[11:], lambda p, r=region: p["region"] == r)
        assert about(counted, beds / sum(BEDS.values())), region
    away = np.array(
        [
            (p["lat"] - MIDDLE[str(p["region"])][0], p["lon"] - MIDDLE[str(p["region"])][1])
            for p in drawn.place
        ]
    )
    spread = away.std(axis=0) / (0.35, 0.45)
    assert (abs(spread - 1) < 5 / sqrt(2 * 450)).all()
    assert (abs(away.mean(axis=0)) < 5 * np.array((0.35, 0.45)) / sqrt(450)).all()
    for axis in ("lat", "lon"):
        written = [len(str(p[axis]).partition(".")[2]) for p in drawn.place]
        assert max(written) == 4  # ten metres
    departments = {r: {p["department"] for p in drawn.place if p["region"] == r} for r in BEDS}
    assert sum(map(len, departments.values())) == len(set().union(*departments.values())) == 59
    assert departments["FR-BRE"] == {"22", "29", "35", "56"}


def test_what_a_place_offers_is_as_frequent_as_assumed(drawn: ExampleTables) -> None:
    places = drawn.place
    for what, expected in MEDICAL.items():
        assert about(share(places, lambda p, w=what: w in p["medical"]), expected), what
    for language in SPOKEN:
        assert about(share(places, lambda p, w=language: w in p["languages"]), 0.35), language
    assert {x for p in places for x in p["languages"]} == set(SPOKEN)
    assert about(share(places, lambda p: p["opens"] == "2016-10-25"), 0.1)
    assert {p["opens"] for p in places} == {"", "2016-10-25"}
    assert about(share(places, lambda p: p["step_free"]), 0.7)
    assert about(share(places, lambda p: p["legal_aid"]), 0.6)
    assert about(share(places, lambda p: p["certainty"] == "promised"), 0.03)
    far = {"FR-PAC", "FR-OCC", "FR-NAQ", "FR-ARA"}
    assert all(p["latest_arrival"] == (23.5 if p["region"] in far else 22.5) for p in places)


def test_one_place_in_seven_takes_children_and_no_other(drawn: ExampleTables) -> None:
    assert [p["child_safe"] for p in drawn.place] == [n % 7 == 0 for n in range(450)]
    for number, place in enumerate(drawn.place, 1):
        mine = [r for r in drawn.room if r["place_id"] == place["id"]]
        assert place["child_licence"] == (f"SYNTHETIC-{number}" if place["child_safe"] else "")
        if place["child_safe"]:
            assert {r["room_type"] for r in mine} <= {"child"}
            assert place["max_children"] == sum(r["rooms"] * r["beds_per_room"] for r in mine)
        else:
            assert "child" not in {r["room_type"] for r in mine}
            assert place["max_children"] == 0
    assert about(share((p for p in drawn.place if p["child_safe"]), lambda p: p["women_safe"]), 0.5)


def test_there_are_a_few_beds_more_than_adults_and_a_few_fewer_than_children(
    drawn: ExampleTables, households: dict[str, list[list[Row]]]
) -> None:
    children = sum(map(len, households["children"]))
    assert total(drawn, "child") == round(children * 0.998)
    groups = [mine for kind in ("women", "family") for mine in households[kind] if len(mine) > 1]
    units = sum(ceil(len(mine) / 4) for mine in groups)
    assert total(drawn, "family unit") == 4 * round(units * 1.1)
    women = sum(len(mine) == 1 for mine in households["women"])
    assert total(drawn, "women only") == round(women * 1.05)
    assert total(drawn, "single men") == round(len(households["men"]) * 1.055)


def test_rooms_hold_two_and_what_is_left_stands_alone(drawn: ExampleTables) -> None:
    rooms: dict[tuple[object, object], dict[object, int]] = {}
    for room in drawn.room:
        beds = rooms.setdefault((room["place_id"], room["room_type"]), {})
        assert room["beds_per_room"] not in beds
        beds[room["beds_per_room"]] = int(str(room["rooms"]))
    for (_, kind), beds in rooms.items():
        if kind in ("child", "single men"):
            assert set(beds) <= {1, 2}
            assert beds.get(1, 1) == 1
        else:
            assert set(beds) == ({4} if kind == "family unit" else {1})
        assert min(beds.values()) > 0
    place = {p["id"]: p for p in drawn.place}
    adult = [p for p in drawn.place if not p["child_safe"]]
    having = {k: {name for name, kind in rooms if kind == k} for k in ("women only", "family unit")}
    for names in having.values():
        assert about((len(adult), len(names)), 0.3)
        assert all(place[name]["women_safe"] for name in names)
    assert about(
        share(adult, lambda p: p["women_safe"]), 1 - 0.7**2
    )  # drawn for the one or the other
    for one in drawn.place:
        units = rooms.get((one["id"], "family unit"), {}).get(4, 0)
        assert one["school_primary"] == one["school_secondary"] == 2 * units


def test_the_smallest_site_has_rooms_for_everybody_who_is_there() -> None:
    for seed in range(25):
        drawn = make_example(persons=40, seed=seed, places=3)
        single = Counter(p["case_id"] for p in drawn.person)
        women = sum(
            p["sex"] == "F" and single[p["case_id"]] == 1 and age(p) >= 18 for p in drawn.person
        )
        assert total(drawn, "women only") >= women
        assert total(drawn, "family unit") >= 4
        assert total(drawn, "single men") > 0


def test_a_place_takes_all_its_beds_in_a_day_but_at_least_fifty() -> None:
    few = make_example(persons=700, seed=2, places=9)
    beds = Counter[object]()
    for room in few.room:
        beds[room["place_id"]] += room["rooms"] * room["beds_per_room"]
    assert min(beds.values()) < 50 < max(beds.values())
    assert all(p["max_arrivals_per_day"] == max(50, beds[p["id"]]) for p in few.place)


def test_a_relative_waits_where_the_case_wants_to_go_or_abroad() -> None:
    drawn = make_example(persons=20_000, seed=4)
    could = {
        c["head"]: c
        for c in drawn.case
        if not c["best_interest_signed"] and not c["travel_party_id"]
    }
    assert {r["person"] for r in drawn.relative_elsewhere} <= set(could)
    assert about((len(could), len(drawn.relative_elsewhere)), 0.004)
    region = {p["id"]: p["region"] for p in drawn.place}
    for relative in drawn.relative_elsewhere:
        where = relative["place_or_country"]
        assert relative["status"] == ("to trace" if where == "GBR" else "verified")
        assert where == "GBR" or region[where] == could[relative["person"]]["wishes"][0]
    men = {r["place_id"] for r in drawn.room if r["room_type"] == "single men"}
    near = [r for r in drawn.relative_elsewhere if r["place_or_country"] in men]
    assert about((len(drawn.relative_elsewhere), len(near)), 0.7)


def test_the_fleet_is_enough_for_its_days_with_a_reserve(drawn: ExampleTables) -> None:
    # 7,000 people in three days at 27 coaches a thousand: 63, and one more for each of 11 regions.
    kinds = Counter(
        (v["type"], v["seats"], v["wheelchair_slots"], v["drivers"]) for v in drawn.vehicle
    )
    assert kinds == {("coach", 50, 0, 2): 74, ("adapted", 12, 3, 2): 14}
    assert len({v["id"] for v in drawn.vehicle}) == 88
    children = sum(bool(p) for p in drawn.person if age(p) < 18 and p["case_id"] <= "C001477")
    escorts = Counter(str(e["kind"]) for e in drawn.escort)
    assert escorts == {
        "general": 88,
        "child protection": ceil(children * 0.15 / 3) + 22,
        "medical": 14,
        **{f"interpreter:{x}": 10 for x in ("ar", "ps", "fa", "ti", "ur")},
    }
    assert len({e["id"] for e in drawn.escort}) == len(drawn.escort)
    assert {"E-child-protection-0001", "E-interpreter-ar-0010"} <= {e["id"] for e in drawn.escort}
    assert {e["max_children"] for e in drawn.escort} == {10}
    small = make_example(persons=20, seed=1)
    assert Counter(v["type"] for v in small.vehicle) == {"coach": 1 + 2, "adapted": 4}
    assert sum(str(e["kind"]).startswith("interpreter") for e in small.escort) == 5


@pytest.mark.parametrize(
    ("persons", "days"), [(20, 3), (9000, 3), (9001, 4), (12_000, 4), (12_001, 5)]
)
def test_three_thousand_leave_in_a_day_and_nobody_in_fewer_than_three(
    persons: int, days: int
) -> None:
    assert days_for(persons) == days


def test_a_larger_site_has_more_regions_and_bays() -> None:
    few, more = make_example(persons=350, seed=1), make_example(persons=1000, seed=1)
    assert {p["region"] for p in few.place} == {"FR-BFC", "FR-CVL", "FR-HDF"}
    assert {p["region"] for p in more.place} == set(list(BEDS)[1:])
    assert (len(few.place), len(more.place)) == (22, 64)  # 450 for 7,000, and at least six
    smallest = make_example(persons=20, seed=1)
    assert {p["region"] for p in smallest.place} == {"FR-CVL", "FR-HDF"}
    assert len(smallest.place) == 6
    # 27 trips for a thousand people in three days and twenty more: ten to a bay
    assert "\nbays = 3\n" in few.rules  # 4 a day and 20
    assert "\nbays = 3\n" in make_example(persons=1111, seed=1).rules  # 10 a day and 20
    assert "\nbays = 4\n" in make_example(persons=1112, seed=1).rules
    assert "\nbays = 9\n" in make_example(persons=9001, seed=1, places=9).rules  # 61 a day and 20
    assert "\ndays = 3\n" in more.rules
    assert "1000 persons, seed 1" in more.rules


def test_what_cannot_be_drawn_is_refused_at_its_bounds() -> None:
    for persons, places in ((19, None), (1_000_001, None), (20, 2), (20, 21)):
        with pytest.raises(SiteRefused):
            make_example(persons=persons, seed=1, places=places)
    for places in (3, 20):
        assert len(make_example(persons=20, seed=1, places=places).place) == places
