"""What can be written down by hand: who moves with what, one generation, one closed form at a time."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from unit.health.test_corridor import asked, question
from unit.health.test_malaria_network import KNOWN, drawn_of, fitted, malarious
from unit.health.test_malaria_network import world as malarious_world
from unit.health.test_tb import AREAS, NOBODY, OBSERVED, PAIRS, begun, rates, state, world

from sojourn.health.engine.outcomes import LEFT_OUT
from sojourn.health.engine.parameters import constants, draw, parameters
from sojourn.health.engine.scenario import Scenario
from sojourn.health.malaria import run as malaria_run
from sojourn.health.malaria.branching import Offspring
from sojourn.health.malaria.branching import simulate as chains
from sojourn.health.malaria.model import Place
from sojourn.health.malaria.model import simulate as in_place
from sojourn.health.malaria.network import (
    Carried,
    Reach,
    controlled,
    habits,
    hazards,
    moves_of,
    renew,
    step,
)
from sojourn.health.malaria.network import move as move_carried
from sojourn.health.run import summary
from sojourn.health.run.simulate import kept
from sojourn.health.tb import joined
from sojourn.health.tb.anchor import Anchor, Law, anchor, pooled_slope
from sojourn.health.tb.fit import World, drawn_within
from sojourn.health.tb.joined import chances, incidence
from sojourn.health.tb.model import A, F, L, M, Map, R, S, X, cells
from sojourn.health.tb.moves import Moves, Sieve, move
from sojourn.health.tb.run import (
    UNTOUCHED,
    Levels,
    Outcome,
    levels_of,
    reproduction,
    run,
    started,
    told,
)

WHERE, _ = cells(AREAS, PAIRS)
TB = parameters("tb")
DRAWN = draw(TB, 1, 60, range(6))


# -- who moves, with what


def test_movers_carry_what_is_carried_where_they_come_from() -> None:
    now = np.zeros((7, 1, 6))
    now[S, :, :3] = 1e6
    now[S, :, 0], now[L, :, 0] = 8e5, 2e5  # infection in the first country alone
    move(now, WHERE, Moves(np.full(3, 1000.0), np.zeros(3)), np.ones((1, 3)), NOBODY)
    carried = now[L, 0, 3:] / now[:, 0, 3:].sum(axis=0)
    np.testing.assert_allclose(carried, np.where(WHERE.origin == 0, 0.2, 0.0), atol=1e-12)


def test_who_returns_is_held_beside_those_at_home_and_not_beside_their_hosts() -> None:
    """Infection as common abroad as at home: as many of the infected return as of the others."""
    now = np.zeros((7, 1, 6))
    now[S] = 9e4
    for cell, share in ((0, 0.3), (1, 0.01), (2, 0.01), *((3 + k, 0.0) for k in range(3))):
        now[L, 0, cell] = 1e5 * share
        now[S, 0, cell] = 1e5 * (1.0 - share)
    here = WHERE.origin == 0
    now[L, 0, 3:], now[S, 0, 3:] = np.where(here, 3e4, 1e3), np.where(here, 7e4, 99e3)
    before = now.copy()
    move(now, WHERE, Moves(np.zeros(3), np.full(3, 1e4)), np.ones((1, 3)), NOBODY)
    np.testing.assert_allclose(now[:, 0, 3:], 0.9 * before[:, 0, 3:], rtol=1e-9)


def test_who_is_found_before_entry_is_treated_and_counted_with_the_recovered() -> None:
    plain, sieved = state(WHERE), state(WHERE)
    coming = Moves(np.full(3, 1000.0), np.zeros(3))
    move(plain, WHERE, coming, np.ones((2, 3)), NOBODY)
    half = Sieve(np.full((1, 1), 0.5), np.full((1, 1), 0.8))
    found = move(sieved, WHERE, coming, np.ones((2, 3)), half).found
    assert (found > 0).all()
    np.testing.assert_allclose((sieved - plain)[R][:, 3:], found)
    np.testing.assert_allclose((plain - sieved)[A][:, 3:], found)
    rest = [S, F, M, L, X]
    np.testing.assert_array_equal(plain[rest], sieved[rest])


def test_who_comes_less_who_goes_is_what_a_stock_grows_by_and_who_died_there() -> None:
    path = np.full((21, 3), 20_000.0) * np.linspace(1.0, 1.4, 21)[:, None]
    apart = replace(world(), stock=path, deaths=np.array([0.5, 0.02, 0.08]))
    for year in (0, 7, 19):
        moves = apart.moves(year)
        died = np.array([0.5, 0.02, 0.08])[WHERE.destination] * path[year]
        grown = path[year + 1] - path[year]
        np.testing.assert_allclose(moves.arrivals - moves.returns, grown + died, rtol=1e-12)
    one = malarious_world()
    moved = moves_of(one, one.inflow[None], 0)
    lost = one.stock[0] * one.deaths[one.where.destination]
    np.testing.assert_allclose((moved.arrivals - moved.returns)[0], lost, rtol=1e-12)


def test_migrants_of_a_year_are_those_of_the_path_in_that_year() -> None:
    """The stock doubles in 2018: who lives there in 2018 is known by the middle of that year."""
    path = np.full((21, 3), 20_000.0)
    path[3:] *= 2.0
    leaps = replace(world(), stock=path)
    persons = run(begun(w=leaps), leaps, OBSERVED, DRAWN, UNTOUCHED, last=2020).persons
    lives = np.array([2, 1])  # corridors that lead to the second and to the third country
    for y in range(5):
        there = np.broadcast_to(path[y, 0] * lives, (6, 2))
        np.testing.assert_allclose(persons[:, y, 1, 1:], there, rtol=0.03)


def test_selection_is_that_of_the_country_they_come_to() -> None:
    start = begun()
    none = start.selection.copy()
    none[:, 1] = 0.0
    found = run(replace(start, selection=none), world(), OBSERVED, DRAWN, UNTOUCHED, last=2015)
    assert not found.arrived[:, :, 1].any()
    assert (found.arrived[:, :, 2] > 0).all()


def test_a_programme_begins_in_its_first_full_year_and_not_a_year_later() -> None:
    start = begun()
    at_once = Scenario(id="x", title="", cover=1.0, start=2015, full=2016)
    mine, none = (run(start, world(), OBSERVED, DRAWN, p, last=2016) for p in (at_once, UNTOUCHED))
    np.testing.assert_array_equal(mine.deaths[:, 0], none.deaths[:, 0])
    assert (mine.deaths[:, 1, 0] < 0.97 * none.deaths[:, 1, 0]).all()
    assert [at_once.scale(y) for y in (2015, 2016, 2030)] == [0.0, 1.0, 1.0]


# -- joining their hosts


def test_cases_at_a_time_are_those_of_the_next_step() -> None:
    """Progression of each stage and relapse, by hand: 7.8, 0.67 and 0.069 per cent, 0.2 of the treated."""
    r, now = rates(), state(WHERE)
    k1, _, k2, _, late, _ = (float(v) for v in (0.0783, 1.922, 0.00671, 0.1594, 0.000686, 0.0308))
    by_hand = k1 * now[F] + k2 * now[M] + late * now[L] + 0.002 * now[R]
    np.testing.assert_allclose(incidence(now, r), by_hand, rtol=1e-12)
    assert float(np.abs(r.relapse - 0.002).max()) == 0.0


def test_cases_born_abroad_hold_who_is_ill_on_arrival_while_the_fit_looks_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = list[tuple[np.ndarray, np.ndarray]]()
    year, moved = joined.run_year, joined.move

    def ran(*given: object, **more: object):  # type: ignore[no-untyped-def]
        seen.append((year(*given, **more).cases, np.zeros(0)))  # type: ignore[arg-type]
        return SimpleNamespace(cases=seen[-1][0], deaths=np.zeros_like(seen[-1][0]))

    def came(*given: object):  # type: ignore[no-untyped-def]
        found = moved(*given)  # type: ignore[arg-type]
        if not seen[-1][1].shape[0]:  # once a year; what comes after the last is of 2015
            seen[-1] = (seen[-1][0], found.arrived)
        return found

    held = list[joined._Joined]()
    settle = joined._Joined.settle
    kept_one = lambda self, *rest: held.append(self) or settle(self, *rest)  # noqa: E731
    monkeypatch.setattr(joined._Joined, "settle", kept_one)
    monkeypatch.setattr(joined, "run_year", ran)
    monkeypatch.setattr(joined, "move", came)
    begun(count=3)
    last = [s for s in seen if s[1].shape[0]][-2:]
    by_hand = sum(
        np.stack([(c[:, 3:] + a)[:, WHERE.destination == p].sum(axis=1) for p in range(3)], axis=1)
        for c, a in last
    )
    np.testing.assert_allclose(held[-1].abroad, by_hand / 2.0, rtol=1e-9)


def test_the_path_of_those_born_there_needs_no_second_correction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nobody is notified by birth the first pass tells the share, and what is left is theirs."""
    held = list[joined._Joined]()
    settle = joined._Joined.settle
    kept_one = lambda self, *rest: held.append(self) or settle(self, *rest)  # noqa: E731
    monkeypatch.setattr(joined._Joined, "settle", kept_one)
    begun(replace(OBSERVED, notified=np.full_like(OBSERVED.notified, np.nan)), count=3)
    np.testing.assert_allclose(held[-1].force, 1.0, atol=0.12)


def test_people_found_half_as_fast_are_ill_nearly_twice_as_long() -> None:
    """Illness lasts 1 / (found or ended otherwise): the closed form, of cells in near balance."""
    ends = {}
    for access in (0.4, 1.0):
        drawn = {**DRAWN, "migrant_access": np.full(6, access), "mixing": np.ones(6)}
        one = started(world(), OBSERVED, drawn, seed=1, count=60, index=range(6))
        r, at = one.rates, WHERE.country
        out = access * r.treated * (r.success[:, None] + r.fatality)
        others = r.untreated_death + r.self_cure + r.deaths
        ill = one.state[A][:, 3:] / incidence(one.state, r)[:, 3:]
        ends[access] = ill * (out + others)[:, at[3:]]
    for found in ends.values():
        np.testing.assert_allclose(np.median(found, axis=0), np.median(found), rtol=0.25)
    np.testing.assert_allclose(np.median(ends[0.4]), np.median(ends[1.0]), rtol=0.12)


def test_shares_are_drawn_around_those_notified() -> None:
    counted = np.array([[6.0, 6e4, np.nan], [4.0, 4e4, np.nan]])
    found = chances(
        replace(OBSERVED, notified=counted), world(), 1, range(4000), np.zeros(4000, dtype=int)
    ).share
    np.testing.assert_allclose(np.median(found[:, :2], axis=0), 0.6, atol=0.02)


def test_who_is_infected_does_not_hang_on_whom_people_meet_where_it_starts() -> None:
    """The force on those born there is fitted: whoever is met, their own or everybody, it is the same."""
    crowd, force = replace(world(), stock=np.full((21, 3), 4e5)), {}
    for theta in (0.3, 1.0):
        drawn = {**DRAWN, "mixing": np.full(6, theta)}
        one = started(crowd, OBSERVED, drawn, seed=1, count=60, index=range(6))
        ill, people = one.state[A], one.state.sum(axis=0)
        every = WHERE.by_country(ill) / WHERE.by_country(people)
        own = (ill / people)[:, :3]
        assert (np.abs(every / own - 1.0)[:, 1:] > 0.01).any()
        force[theta] = one.contact * (theta * every + (1.0 - theta) * own)
    np.testing.assert_allclose(force[0.3], force[1.0], rtol=1e-9)


def test_a_level_that_is_half_as_high_again_is_no_other_contact_between_people() -> None:
    alone = World(
        Map(AREAS, *(np.zeros(0, dtype=np.int64),) * 2),
        world().people,
        np.zeros((21, 0)),
        np.zeros(0),
        world().births,
        world().deaths,
    )
    contact = [
        begun(replace(OBSERVED, level=f * OBSERVED.level), alone).contact for f in (1.0, 1.5)
    ]
    np.testing.assert_allclose((contact[1] / contact[0])[:, 1:], 1.0, rtol=0.02)


def test_the_level_of_2015_is_drawn_with_the_rest_of_whos_cases() -> None:
    many = drawn_within(OBSERVED, 1, range(40))
    np.testing.assert_allclose(many.level / OBSERVED.level, many.late / OBSERVED.late, rtol=1e-12)


# -- the anchor and what is printed


def test_a_slope_is_the_own_and_the_large_countries_median_weighed() -> None:
    law, years = Law.of("cases"), np.arange(16)
    slopes = np.array([-0.06, -0.04, -0.02, -0.01, 0.09, 0.09, 0.09])
    rate = 1e-3 * np.exp(slopes[:, None] * years)
    size = np.array([2e6, 3e6, 4e6, 5e6, 1e5, 1e5, 1e5])  # the small rise, and do not count
    found = pooled_slope(rate, size, np.full(7, np.inf), law)
    own = constants("tb")["anchor_own_cases"].value
    assert 0.0 < own < 1.0
    np.testing.assert_allclose(found, own * slopes + (1.0 - own) * -0.03, rtol=1e-9)


def test_deaths_fall_by_cases_and_by_fatality_both_fading() -> None:
    years = np.arange(16)
    people = np.full((30, 16), 1e8)
    cases = people * 1e-3 * np.exp(-0.03 * years)
    fatal = 0.2 * np.exp(-0.02 * years)
    one: Anchor = anchor(cases, cases * fatal, people, first=2000, base=2015)
    _, deaths = one.path(np.array([0.0, 1.0, 4.0]))
    gone = 0.9 * (1.0 - 0.9 ** np.array([0.0, 1.0, 4.0])) / 0.1
    np.testing.assert_allclose(deaths[:, 0] / deaths[0, 0], np.exp(-0.05 * gone), rtol=1e-6)


def outcome(cases: list[float], deaths: list[float], persons: list[float]) -> Outcome:
    """One draw, one year, one country: born there and born abroad."""
    shaped = (np.array(v, dtype=np.float32).reshape(1, 1, 2, 1) for v in (cases, deaths, persons))
    return Outcome(*shaped, np.zeros(1), np.full((1, 1, 1), 10.0, dtype=np.float32))


def test_what_is_printed_is_the_anchor_s_level_by_the_model_s_ratios_and_nothing_else() -> None:
    none = outcome([60.0, 40.0], [6.0, 2.0], [900.0, 100.0])
    mine = outcome([30.0, 30.0], [1.5, 1.0], [905.0, 105.0])
    one = np.ones((1, 1, 1))
    found = told(mine, none, Levels(0.2 * one, 0.01 * one, np.log(3.0) * one))
    # cases 0.2 of 1,000; four tenths abroad, odds of 2 to 3 thrice: two thirds; half, three quarters of it
    np.testing.assert_allclose(found.cases.ravel(), [200 / 3 * 0.5, 400 / 3 * 0.75], rtol=1e-6)
    # deaths ten; a quarter abroad, odds of 1 to 3 thrice: a half; a quarter and a half of it
    np.testing.assert_allclose(found.deaths.ravel(), [5 * 0.25, 5 * 0.5], rtol=1e-6)
    np.testing.assert_allclose(found.arrived.ravel(), 10.0 * (100.0 / 30.0), rtol=1e-6)


def test_what_is_off_in_one_year_is_off_in_the_next() -> None:
    hold = constants("tb")["anchor_correlation"].value
    found = np.log(levels_of(OBSERVED, 1, range(800), 4).cases[:, 1:, 0])
    seen = np.corrcoef(found, rowvar=False)
    assert seen[0, 1] == pytest.approx(hold, abs=0.06)
    assert seen[0, 2] == pytest.approx(hold**2, abs=0.09)


def test_r_is_contact_by_years_of_illness_by_those_who_fall_ill() -> None:
    start = begun()
    r, lat = start.rates, start.rates.latency
    still = dict.fromkeys(
        ("cascade_tested", "cascade_completed", "preventive_efficacy"), np.ones(6)
    )
    reach = {"preventive_reach": np.full(6, 0.3), "diagnosis_boost": np.zeros(6)}
    r0, effect = reproduction(start, {**DRAWN, **still, **reach})
    ill = r.treated * (r.success[:, None] + r.fatality)
    years = 1.0 / (ill + r.untreated_death + r.self_cure + r.deaths)

    def falls(v: float) -> np.ndarray:
        """Fall ill ever, of those infected: stage by stage, each left by death and prevention too."""
        mu = r.deaths[None] + v
        k1, e1, k2, e2, c, w = (
            getattr(lat, f)[:, None] for f in ("k1", "e1", "k2", "e2", "late", "clear")
        )
        third = np.divide(c, c + w + mu)
        second = (k2 + e2 * third) / (k2 + e2 + w + mu)
        return np.asarray((k1 + e1 * second) / (k1 + e1 + mu))

    np.testing.assert_allclose(r0, start.contact * years * falls(0.0), rtol=1e-9)
    np.testing.assert_allclose(effect, 1.0 - falls(0.3) / falls(0.0), rtol=1e-9)


def test_what_a_question_costs_is_each_step_by_its_people() -> None:
    from sojourn.health.run.corridor import _told

    one = question()
    found = asked(one)
    costs = _told(one, found, TB, {}, seed=1, draws=6)["costs"]
    # the tutorial's: 40 a person screened, 60 tested, 900 started, 1,500 completed
    by_hand = (
        40 * found.steps["screened"]
        + 60 * found.steps["tested"]
        + 900 * found.steps["started"]
        + 1500 * found.steps["completed"]
    )
    assert costs["total"]["median"] == pytest.approx(float(np.median(by_hand)))
    assert costs["for_one_found"]["median"] == pytest.approx(
        float(np.median(by_hand / found.found))
    )


def test_only_the_corridors_that_are_asked_about_are_screened() -> None:
    one, every = question(), question(origins=())
    alone, both = (asked(q).steps["screened"] for q in (one, every))
    np.testing.assert_allclose(both, 2.0 * alone, rtol=0.05)  # two corridors of 1,500 a year each


# -- malaria


def test_r_of_malaria_is_the_next_generation_of_two_groups_bitten_unlike() -> None:
    """One mosquito for both: infections of a bite add up over people, by bites twice and by duration."""
    one = malarious_world(((0, 1),))
    drawn = drawn_of(mobile_biting=3.0, visits=0.0)
    h = habits(drawn, one.where)
    people = np.repeat([[1e6, 8e5, 1e6, 2e5]], 6, axis=0)
    n = people.shape[1]
    reach = Reach(np.full((6, n), 0.7), np.full((6, n), 0.25), np.full((6, 3), 0.9))
    found = controlled(np.full((6, 3), 2.0), reach, people, one.where, h)[:, 1]
    lasts = (0.75 * drawn["untreated_days"] + 0.25 * drawn["treated_days"]) / 365.0
    bites, share = np.array([1.0, 3.0]), np.array([0.8, 0.2])
    for d in range(6):
        # who infects whom: infected people of a group, by the bites on them, reach each group by its bites
        a = drawn["biting_variance"][d]
        generation = (
            2.0 * 0.9 * 0.7 * lasts[d] * (1 + a) * np.outer(bites, share * bites) / (share @ bites)
        )
        assert found[d] == pytest.approx(float(np.abs(np.linalg.eigvals(generation)).max()))


def test_the_newborn_carry_nothing_and_who_dies_takes_it_along() -> None:
    one, drawn = malarious_world(), drawn_of()
    now = fitted(one, drawn)[0].start.copy()
    before = now.people * now.untreated, now.people * now.treated
    renew(now, one, 0.25)
    left = 1.0 - 0.25 * one.deaths[one.where.country]
    for held, was in zip((now.untreated, now.treated), before, strict=True):
        np.testing.assert_allclose(now.people * held, was * left, rtol=1e-12)


def test_untreated_and_treated_infections_each_last_as_long_as_they_do() -> None:
    """Nobody infectious, no new ones: what is left after a quarter of a year is exponential."""
    one, drawn = malarious_world(()), drawn_of()
    h = habits(drawn, one.where)
    now = Carried(np.full((6, 3), 1e6), np.full((6, 3), 0.2), np.full((6, 3), 0.1))
    step(
        now,
        np.zeros((6, 3)),
        Reach(np.ones((6, 3)), np.full((6, 3), 0.4), np.ones((6, 3))),
        one.where,
        h,
        0.25,
    )
    for held, begun_with, days in (
        (now.untreated, 0.2, drawn["untreated_days"]),
        (now.treated, 0.1, drawn["treated_days"]),
    ):
        left = begun_with * np.exp(-0.25 * 365.0 / days)
        np.testing.assert_allclose(held, np.repeat(left[:, None], 3, axis=1), rtol=1e-12)


def test_visits_are_to_where_people_come_from_and_guarded_as_they_are() -> None:
    one = malarious_world(((0, 1),))
    drawn = drawn_of(visits=1.0, visit_nights=36.5, mixing=1.0)
    h = habits(drawn, one.where)
    vector = np.repeat([[5.0, 0.0, 0.0]], 6, axis=0)  # mosquitoes in the country of origin alone
    pool = np.full((6, 3), 0.2)
    home, visits = hazards(vector, pool, pool[:, one.where.country], one.where, h)
    s = drawn["mosquito_survival"]
    np.testing.assert_allclose(visits[:, 0], 0.1 * 5.0 * 0.2 / (1.0 + 0.2 * s), rtol=1e-12)
    assert not home[:, 1:].any()
    n = len(one.where.country)

    def caught(guard: float) -> np.ndarray:
        now = Carried(np.full((6, n), 1e5), np.full((6, n), 0.3), np.zeros((6, n)))
        reach = Reach(np.full((6, n), guard), np.full((6, n), 0.4), np.ones((6, 3)))
        return step(now, vector, reach, one.where, h, 0.01)[1]

    assert (caught(1.0) > 0).all()
    np.testing.assert_allclose(caught(0.5), 0.5 * caught(1.0), rtol=1e-12)


def test_who_moves_takes_along_the_malaria_of_where_they_lived() -> None:
    one = malarious_world(((0, 1), (2, 1)))
    held = np.zeros((6, 5))
    held[:, 0] = 0.4  # the first country alone
    now = Carried(np.full((6, 5), 1e5), held, np.zeros((6, 5)))
    moves = SimpleNamespace(arrivals=np.full((6, 2), 1000.0), returns=np.zeros((6, 2)))
    move_carried(now, one.where, moves, np.ones((6, 1)), np.zeros((6, 1)), 1.0)  # type: ignore[arg-type]
    np.testing.assert_allclose(now.untreated[:, 3], 0.4 * 1000.0 / 101_000.0, rtol=1e-12)
    assert not now.untreated[:, 4].any()


def test_cover_protects_the_others_by_the_share_who_have_it() -> None:
    one, drawn = malarious_world(((0, 1),)), drawn_of(community_effect=0.5, protection=0.6)
    h = habits(drawn, one.where)
    half = Scenario(id="x", title="", cover=0.8, inclusion=0.0, start=2015, full=2020)
    found = malaria_run.reach_of(half, 2030, malarious(one), h, drawn)
    migrants = one.stock[0].sum()
    reached = 0.8 * (one.people[1] - migrants) / one.people[1]
    np.testing.assert_allclose(found.calm[:, 1], 1.0 - 0.5 * reached, rtol=1e-12)
    np.testing.assert_allclose(found.calm[:, 0], 1.0 - 0.5 * 0.8, rtol=1e-12)
    np.testing.assert_allclose(found.guard[:, 3], 1.0)
    np.testing.assert_allclose(found.guard[:, 1], 1.0 - 0.6 * 0.8, rtol=1e-12)


def test_infections_brought_are_of_the_origin_and_fewer_by_those_found_before_entry() -> None:
    one = malarious_world(((0, 2),))
    drawn = drawn_of(visits=0.0, selection=1.0, screening_sensitivity=0.5)
    start, h, moves = fitted(one, drawn)
    inflow = np.repeat(one.inflow[None], 6, axis=0)
    plain = Scenario(id="x", title="", cover=0.0)
    imports = {}
    for share in (0.0, 1.0):
        programme = replace(plain, pre_entry=share)
        done = malaria_run.run(
            start,
            malarious(one),
            inflow,
            malaria_run.clinical(drawn),
            h,
            drawn,
            programme,
            last=2015,
        )
        imports[share] = done.imports[:, 2]
    carried = start.start.both[
        :, 0
    ]  # a quarter of a case a person and year: hardly moved in a year
    np.testing.assert_allclose(imports[0.0], moves.arrivals[:, 0] * carried, rtol=0.05)
    np.testing.assert_allclose(imports[1.0], 0.5 * imports[0.0], rtol=0.02)


def test_imported_cases_are_those_that_came_however_long_their_chains() -> None:
    found = chains(Offspring(0.6, 0.5), 5.0, 4.0, runs=20_000, seed=1)
    assert found.imported.mean() == pytest.approx(20.0, rel=0.01)
    assert found.introduced.mean() == pytest.approx(20.0 * 0.6, rel=0.03)
    assert found.indigenous.mean() == pytest.approx(20.0 * 0.36 / 0.4, rel=0.06)


def test_cases_of_a_year_are_imported_introduced_and_indigenous_by_generation() -> None:
    """R of a half, a hundred imports: fifty they cause, and twenty-five, twelve and so on: fifty more."""
    arrays = {"x.r": np.full((9, 2), 0.5), "x.imports": np.full((9, 2), 100.0)}
    done = SimpleNamespace(arrays=arrays)
    drawn = {"dispersion": np.full(9, 0.5)}
    told_of = summary.control(done, "x", 1, drawn)["a_year_where_below_one"]  # type: ignore[arg-type]
    assert {k: v["median"] for k, v in told_of.items()} == pytest.approx(
        {"imported": 100.0, "introduced": 50.0, "indigenous": 50.0}
    )


def test_treatment_gained_is_of_those_who_were_not_treated() -> None:
    names = ("protection", "treatment_gain", "treated_share", "untreated_days", "treated_days")
    drawn = {**draw(KNOWN, 1, 4, range(4)), "mobile_biting": np.ones(4)}
    drawn |= {k: np.full(4, v) for k, v in zip(names, (0.0, 0.5, 0.4, 200.0, 20.0), strict=True)}
    whole = Scenario(id="x", title="", cover=1.0, start=2015, full=2015)
    found = in_place(Place(2.0, 0.1), drawn, [whole], years=1)["x"].r
    # 0.4 are treated; half of the others are added: 0.7; days 0.6 x 200 + 0.4 x 20 before
    np.testing.assert_allclose(found, 2.0 * (0.3 * 200 + 0.7 * 20) / (0.6 * 200 + 0.4 * 20))


# -- what a run keeps and says


def test_the_year_it_starts_from_is_in_no_sum_of_what_is_averted() -> None:
    cases = np.arange(12.0, dtype=np.float32).reshape(1, 3, 2, 2)  # years, groups, countries
    one = SimpleNamespace(cases=cases, deaths=cases / 2, persons=cases * 0 + 1, screened=np.ones(1))
    found = kept({"x": one})  # type: ignore[dict-item]
    np.testing.assert_array_equal(found["x.areas.cases"][0], cases[0, 1] + cases[0, 2])
    done = SimpleNamespace(arrays=found)
    both, died = summary._sums(done, "x", None)  # type: ignore[arg-type]
    np.testing.assert_array_equal(both[0], (cases[0, 1] + cases[0, 2]).sum(axis=1))
    np.testing.assert_array_equal(died, both / 2)


def test_the_mobile_share_of_a_country_is_of_those_who_live_there() -> None:
    where = world().where
    apart = replace(world(), stock=np.repeat([[1e5, 2e5, 4e5]], 21, axis=0))
    arrays = {"r0": np.full((5, 3), 2.0), "effect": np.full((5, 3), 0.75)}
    done = SimpleNamespace(inputs=SimpleNamespace(world=apart), arrays=arrays, topic="tb")
    found = summary.left_out_of(done, 1, {})  # type: ignore[arg-type]
    lives = apart.stock[0][where.destination == 1].sum() / 4e6
    assert found["mobile"] == pytest.approx(lives)
    assert found["left_out"]["median"] == pytest.approx(2.0 * ((1 - lives) * 0.25 + lives))


def test_deaths_from_tuberculosis_are_judged_as_a_number_and_malaria_s_as_a_rate() -> None:
    """People double by 2030: a number that halves is a rate that falls to a quarter."""
    years = len(summary.YEARS)
    half = np.linspace(1.0, 0.0, years) * 0 + 1.0
    half[summary.YEARS.index(2030) :] = 0.5
    people = half * 0 + 1e6
    people[summary.YEARS.index(2030) :] = 2e6
    arrays = {
        f"{LEFT_OUT}.path.{what}": np.repeat(v[None, :, None], 3, axis=0)
        for what, v in (("cases", half * 1e3), ("deaths", half * 1e2), ("persons", people))
    }
    for topic, deaths in (("tb", -50.0), ("malaria", -75.0)):
        done = SimpleNamespace(arrays=arrays, topic=topic)
        programme = Scenario(id=LEFT_OUT, title="")
        told_of = summary._milestones(done, programme, 0)["milestones"]  # type: ignore[arg-type]
        by = {m["target"]: m["change"]["median"] for m in told_of if m["year"] == 2030}
        rate, other = (by[k] for k in by)
        assert (rate, other) == pytest.approx((-75.0, deaths))


def test_what_is_averted_in_a_place_is_of_all_its_people() -> None:
    from sojourn.health.run.place import _told as of_place

    place = Place(0.5, 0.2)
    drawn = {"dispersion": np.full(3, 0.5)}
    zeros, ones = np.zeros((3, 2, 2)), np.full((3, 2, 2), 0.01)
    base = SimpleNamespace(infections=ones, r=np.full(3, 0.5), prevalence=zeros)
    mine = SimpleNamespace(infections=zeros, r=np.full(3, 0.4), prevalence=zeros)
    programme = Scenario(id="x", title="")
    found = of_place(programme, place, mine, base, drawn)  # type: ignore[arg-type]
    # two years of 0.01 a person: of 1,000 people 800 are residents
    assert found["averted_residents_per_1000"]["median"] == pytest.approx(16.0)
    assert found["averted_mobile_per_1000"]["median"] == pytest.approx(4.0)
    assert found["residents_share"]["median"] == pytest.approx(0.8)
