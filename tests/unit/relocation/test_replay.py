"""October 2016 replayed on synthetic people: nobody is lost, and a failure does what it is named for."""

from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import SiteRefused
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.replay.crowd import Crowd, crowd_of
from sojourn.relocation.replay.day import fill_coaches, first_fit, serve
from sojourn.relocation.replay.draw import draw
from sojourn.relocation.replay.facts import calais_2016, read_facts
from sojourn.relocation.replay.outcome import Way
from sojourn.relocation.replay.people import count_minors, days_of, replay_tables
from sojourn.relocation.replay.replay import SETS, Replay, replay
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.write import write_example

FACTS = calais_2016()
FIGURE = '[[figure]]\nid = "a"\nvalue = 1\nunit = "persons"\nday = 2016-10-24\npublisher = "P"\nreference = "R"\n'
ASSUMED = '[[assumption]]\nid = "b"\nvalue = 2.0\nlow = 1.0\nhigh = 3.0\nunit = "x"\nmark = "assumed"\nreason = "why"\n'


@cache
def crowd(folder: str) -> Crowd:
    from pathlib import Path

    site_folder = Path(folder) / "site"
    write_example(replay_tables(FACTS, people=400, seed=3), site_folder)
    site = read_site(site_folder)
    return crowd_of(site, make_plan(site), FACTS)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(str(tmp_path_factory.mktemp("replay")))


@pytest.fixture(scope="module")
def replayed(people: Crowd) -> Replay:
    return replay(people, FACTS, seed=5, runs=12)


def total(found: Replay, failures: str, way: Way, measure: str) -> float:
    return sum(getattr(o, measure) for n, w, _, o in found.outcomes if (n, w) == (failures, way))


def test_the_published_totals_are_met_to_the_person() -> None:
    tables = replay_tables(FACTS, people=7064, seed=1)
    assert len(tables.person) == 7064
    assert count_minors(tables.person) == 1932
    coaches = [v for v in tables.vehicle if v["type"] == "coach"]
    assert len(coaches) == 145 + 10 + 38
    assert len(days_of(FACTS)) == 5
    assert days_of(FACTS)[-1] == date(2016, 11, 2)


def test_a_scale_model_keeps_the_share_of_minors() -> None:
    tables = replay_tables(FACTS, people=400, seed=1)
    assert count_minors(tables.person) == round(400 * 1932 / 7064)


@pytest.mark.parametrize("people", [199, 7065])
def test_a_population_beyond_the_totals_is_refused(people: int) -> None:
    with pytest.raises(SiteRefused, match=rf"found {people}, expected 200 to 7,064"):
        replay_tables(FACTS, people=people, seed=1)


def test_everyone_is_in_exactly_one_outcome(replayed: Replay) -> None:
    for name, way, run, o in replayed.outcomes:
        assert o.moved + o.tier_1 + o.tier_2 + o.tier_3 + o.left == o.persons == 400, (
            name,
            way,
            run,
        )
        assert o.turned_away_children <= o.turned_away
        assert o.unsafe_children <= o.unsafe_nights


def test_the_same_seed_gives_the_same_replay_and_another_does_not(people: Crowd) -> None:
    one, two = (replay(people, FACTS, seed=9, runs=2) for _ in range(2))
    assert repr(one) == repr(two)
    assert repr(replay(people, FACTS, seed=10, runs=2).outcomes) != repr(one.outcomes)


def test_a_run_meets_the_same_chance_whatever_else_is_run(people: Crowd) -> None:
    few, many = (replay(people, FACTS, seed=9, runs=n) for n in (2, 4))
    first = {(n, w, k): o for n, w, k, o in many.outcomes if k < 2}
    assert all(repr(first[n, w, k]) == repr(o) for n, w, k, o in few.outcomes)


def test_people_reach_their_place_at_night_only_where_that_failure_is_on(replayed: Replay) -> None:
    for name in SETS:
        for way in Way:
            late = total(replayed, name, way, "night_arrivals")
            assert late == 0 or name in ("night", "all"), (name, way)
    assert total(replayed, "night", Way.QUEUE, "night_arrivals") > 0


def test_each_failure_leaves_more_children_outside_the_queue(replayed: Replay) -> None:
    usual = total(replayed, "none", Way.QUEUE, "unsafe_children")
    for name in ("closed_early", "left_cap", "palm", "all"):
        assert total(replayed, name, Way.QUEUE, "unsafe_children") > usual, name
    assert total(replayed, "closed_early", Way.QUEUE, "turned_away_children") > total(
        replayed, "none", Way.QUEUE, "turned_away_children"
    )


def test_contrary_information_touches_only_children_who_were_safe(people: Crowd) -> None:
    chance = draw(people, FACTS, seed=5, run=0)
    assert chance.joins.any()
    assert not (chance.joins & ~chance.in_cap).any()
    assert not (chance.in_cap & ~people.alone).any()


def test_no_bed_is_given_twice(people: Crowd) -> None:
    free = [int(c) for c in people.capacity]
    given = first_fit(range(len(people.size)), people.options, free)
    used = np.zeros(len(free), int)
    for group, pool in enumerate(given.tolist()):
        if pool >= 0:
            used[pool] += dict(people.options[group])[pool]
    assert (used <= people.capacity).all()
    assert [int(c) for c in people.capacity - used] == free


QUEUE = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 40)), min_size=1, max_size=30)


@given(QUEUE, st.integers(0, 300))
def test_a_queue_in_closed_form_is_the_queue_served_one_by_one(
    jobs: list[tuple[int, int]], opens: int
) -> None:
    arrival, minutes = (np.array(x, dtype=float) for x in zip(*jobs, strict=True))
    clock, expected = float(opens), {}
    for k in sorted(range(len(jobs)), key=lambda k: (arrival[k], k)):
        clock = max(clock, arrival[k]) + minutes[k]
        expected[k] = clock
    assert serve(arrival, minutes, float(opens)).tolist() == [expected[k] for k in range(len(jobs))]


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 6), st.integers(0, 2)), max_size=40))
def test_no_coach_is_overfull_and_none_leaves_before_its_people(
    groups: list[tuple[int, int, int]],
) -> None:
    ready = np.array([g[0] for g in groups], dtype=float)
    size, region = (np.array([g[k] for g in groups], dtype=np.int64) for k in (1, 2))
    fleet = fill_coaches(ready, size, region, seats=10, coaches=3)
    assert fleet.coaches <= 3
    assert size[np.isfinite(fleet.departure)].sum() <= 10 * fleet.coaches
    assert (fleet.departure >= ready).all()


def test_every_figure_has_its_source_and_every_assumption_its_reason() -> None:
    for f in FACTS.figures.values():
        assert f.publisher, f.id
        assert f.reference, f.id
        assert f.day.year == 2016, f.id
    assert all(len(a.reason) > 20 for a in FACTS.assumptions.values())


@pytest.mark.parametrize(
    ("figures", "assumptions", "said"),
    [
        (
            FIGURE.replace('"R"', '""'),
            ASSUMED,
            r"figure 1 \(a\): a figure without publisher or reference",
        ),
        (FIGURE.replace('publisher = "P"\n', ""), ASSUMED, r"figure 1 \(a\): no publisher"),
        (
            FIGURE,
            ASSUMED.replace("high = 3.0", "high = 1.5"),
            r"assumption 1 \(b\): 1.0 ≤ 2.0 ≤ 1.5",
        ),
        (
            FIGURE,
            ASSUMED.replace('"assumed"', '"known"'),
            r"assumption 1 \(b\): mark is 'known'\nHint: expected one of assumed, derived",
        ),
        (FIGURE, ASSUMED.replace('"b"', '"a"'), "a declared twice"),
        ("[[figure]\n", ASSUMED, "calais: "),
    ],
)
def test_a_declaration_without_its_source_is_refused(
    figures: str, assumptions: str, said: str
) -> None:
    with pytest.raises(SiteRefused, match=said):
        read_facts(figures, assumptions, where="calais")
    assert read_facts(FIGURE, ASSUMED, where="calais").value("a") == 1
