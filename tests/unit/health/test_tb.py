"""The corridor model: nobody lost, limits met, an oracle of plain loops, paired programmes alike."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import Scenario, scenarios
from sojourn.health.tb import joined, moves
from sojourn.health.tb.anchor import Anchor
from sojourn.health.tb.fit import Observed, World, drawn_within, treatment, with_fatality
from sojourn.health.tb.joined import Fitted
from sojourn.health.tb.latency import Latency, central
from sojourn.health.tb.model import (
    INFECTED,
    A,
    F,
    L,
    M,
    Map,
    R,
    Rates,
    Reach,
    S,
    X,
    cells,
    run_year,
)
from sojourn.health.tb.moves import MOST_BACK, Moves, Sieve, move
from sojourn.health.tb.run import (
    SLOPES,
    TRENDS,
    UNTOUCHED,
    Outcome,
    levels_of,
    run,
    simulate,
    started,
    told,
    trends_of,
)

AREAS = ("SYNTHETIC-1", "SYNTHETIC-2", "SYNTHETIC-3")
PAIRS = [(0, 1), (2, 1), (0, 2)]
NOBODY, EVERYBODY = (Sieve(np.full((1, 1), v), np.ones((1, 1))) for v in (0.0, 1.0))


def rates(draws: int = 2, n: int = 3, structure: str = "three_stage", **own: object) -> Rates:
    one = central(structure)
    latency = Latency(
        *(np.repeat(getattr(one, f), draws) for f in ("k1", "e1", "k2", "e2", "late", "clear"))
    )
    whole = Rates(
        latency=latency,
        reinfection=np.linspace(0.2, 0.3, draws),
        untreated_death=np.full((draws, n), 0.15),
        self_cure=np.full((draws, n), 0.18),
        relapse=np.full(draws, 0.002),
        success=np.full(draws, 0.85),
        mixing=np.linspace(0.4, 1.0, draws),
        treated=np.full((draws, n), 1.2),
        fatality=np.full((draws, n), 0.05),
        births=np.array([0.03, 0.01, 0.02])[:n],
        deaths=np.array([0.012, 0.009, 0.01])[:n],
    )
    return replace(whole, **own)  # type: ignore[arg-type]


def state(where: Map, draws: int = 2, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = rng.uniform(1e5, 1e6, where.n + len(where.origin))
    share = np.array([0.6, 0.01, 0.02, 0.2, 0.12, 0.003, 0.047])
    return (
        share[:, None, None]
        * np.broadcast_to(size, (draws, len(size)))
        * rng.uniform(0.9, 1.1, (7, draws, len(size)))
    )


def test_the_map_refuses_a_corridor_to_itself_or_to_nowhere() -> None:
    for pair in ((1, 1), (0, 7)):
        with pytest.raises(SimulateError, match="corridor"):
            cells(AREAS, [pair])


def test_people_change_by_births_deaths_and_nothing_else() -> None:
    where, _ = cells(AREAS, PAIRS)
    r, now = rates(), state(where)
    before = now.sum(axis=0)
    contact = np.full((2, 3), 9.0)
    done = run_year(now, where, r, contact)
    natural = r.deaths[where.country] * done.persons
    change = now.sum(axis=(0, 2)) - before.sum(axis=1)
    expected = (
        (r.births * where.by_country(done.persons)).sum(axis=1)
        - natural.sum(axis=1)
        - done.deaths.sum(axis=1)
    )
    np.testing.assert_allclose(change, expected, rtol=1e-9)
    assert (now >= 0).all()


def test_moving_loses_nobody_and_changes_nobody_but_the_screened() -> None:
    where, _ = cells(AREAS, PAIRS)
    now = state(where)
    before = now.sum(axis=(0, 2))
    ill = now[A].sum(axis=1)
    moves = Moves(np.array([2000.0, 500.0, 800.0]), np.array([1000.0, 0.0, 100.0]))
    sieve = Sieve(np.array([[0.0], [0.5]]), np.ones((1, 1)))
    moved = move(now, where, moves, np.full((2, 3), 0.7), sieve)
    found = moved.found.sum(axis=1)
    np.testing.assert_allclose(now.sum(axis=(0, 2)), before, rtol=1e-12)
    np.testing.assert_allclose(moved.going[1], [2000.0, 500.0, 800.0])
    np.testing.assert_allclose(moved.arrived[1], moved.found[1])
    assert found[0] == 0.0
    assert found[1] > 0.0
    np.testing.assert_allclose(ill - now[A].sum(axis=1), found, rtol=1e-6, atol=1e-6)


def test_nobody_infected_moves_without_selection_or_past_a_perfect_sieve() -> None:
    where, _ = cells(AREAS, PAIRS)
    now = state(where)
    now[:, :, 3:] = 0.0
    move(now, where, Moves(np.full(3, 1000.0), np.zeros(3)), np.zeros((2, 3)), NOBODY)
    assert not now[list(INFECTED)][:, :, 3:].any()
    assert now[S][:, 3:].any()
    again = state(where)
    again[:, :, 3:] = 0.0
    move(again, where, Moves(np.full(3, 1000.0), np.zeros(3)), np.ones((2, 3)), EVERYBODY)
    assert not again[A][:, 3:].any()


def oracle(
    start: np.ndarray, where: Map, r: Rates, contact: np.ndarray, reach: Reach, steps: int
) -> tuple[np.ndarray, ...]:
    """The equations of the design, cell by cell, without any trick."""
    now, dt = start.copy(), 1.0 / steps
    cases, deaths = np.zeros(start.shape[1:]), np.zeros(start.shape[1:])
    for _ in range(steps):
        new = now.copy()
        for d in range(now.shape[1]):
            lat = [
                float(getattr(r.latency, f)[d]) for f in ("k1", "e1", "k2", "e2", "late", "clear")
            ]
            k1, e1, k2, e2, c, w = lat
            for cell, p in enumerate(where.country):
                s, f, m, lt, x, a, rec = (float(v) for v in now[:, d, cell])
                here = where.country == p
                theta = r.mixing[d]
                lam = contact[d, p] * (
                    theta * now[A, d, here].sum() / now[:, d, here].sum()
                    + (1 - theta) * a / (s + f + m + lt + x + a + rec)
                )
                lam = (1 - np.exp(-lam * dt)) / dt
                mu, q, v = r.deaths[p], r.reinfection[d], reach.preventive[d, cell]
                tau = r.treated[d, p] * reach.faster[d, cell]
                cfr, dtb, sc, rel = (
                    r.fatality[d, p],
                    r.untreated_death[d, p],
                    r.self_cure[d, p],
                    r.relapse[d],
                )
                fail = 1 - r.success[d] - cfr
                born = r.births[p] * now[:, d, here].sum() if cell < where.n else 0.0
                ill = k1 * f + k2 * m + c * lt + rel * rec
                new[S, d, cell] += dt * (born - (lam + mu) * s)
                new[F, d, cell] += dt * (
                    lam * (s + x) + q * lam * (m + lt + rec) - (k1 + e1 + mu + v) * f
                )
                new[M, d, cell] += dt * (e1 * f - (k2 + e2 + w + mu + q * lam + v) * m)
                new[L, d, cell] += dt * (e2 * m - (c + w + mu + q * lam + v) * lt)
                new[X, d, cell] += dt * (w * (m + lt) + v * (f + m + lt) - (lam + mu) * x)
                new[A, d, cell] += dt * (ill + fail * tau * a - (tau + mu + dtb + sc) * a)
                new[R, d, cell] += dt * (
                    r.success[d] * tau * a + sc * a - (rel + mu + q * lam) * rec
                )
                cases[d, cell] += dt * ill
                deaths[d, cell] += dt * (dtb + cfr * tau) * a
        now = new
    return now, cases, deaths


def test_the_fast_kernel_is_the_plain_one() -> None:
    where, _ = cells(AREAS, PAIRS)
    r, now = rates(), state(where)
    contact = np.array([[9.0, 7.0, 8.0], [5.0, 6.0, 4.0]])
    reach = Reach(np.full((2, 6), 1.3), np.full((2, 6), 0.02))
    expected, cases, deaths = oracle(now, where, r, contact, reach, 12)
    done = run_year(now, where, r, contact, reach)
    np.testing.assert_allclose(now, expected, rtol=1e-12)
    np.testing.assert_allclose(done.cases, cases, rtol=1e-12)
    np.testing.assert_allclose(done.deaths, deaths, rtol=1e-12)


def test_half_the_step_halves_the_error() -> None:
    where, _ = cells(AREAS, PAIRS)
    r, contact = rates(), np.full((2, 3), 9.0)
    found = []
    for steps in (12, 24, 48, 384):
        now = state(where)
        run_year(now, where, r, contact, steps=steps)
        found.append(now)
    errors = [np.abs(f - found[-1]).max() for f in found[:-1]]
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.2)
    assert errors[1] / errors[2] == pytest.approx(2.15, abs=0.25)


@pytest.mark.parametrize("structure", ["three_stage", "two_stage_menzies", "two_stage_ragonnet"])
def test_without_transmission_infection_decays_by_its_own_rates(structure: str) -> None:
    where = Map(("SYNTHETIC",), *(np.zeros(0, dtype=np.int64),) * 2)
    r = rates(1, 1, structure, births=np.zeros(1), deaths=np.zeros(1), relapse=np.zeros(1))
    now = np.zeros((7, 1, 1))
    now[F] = 1e6
    cases = 0.0
    for _ in range(150):
        cases += float(run_year(now, where, r, np.zeros((1, 1)), steps=96).cases.sum())
    ill_for_ever = float(r.latency.lifetime(0.0)[0])
    left = now[F] + now[M] + now[L]
    assert cases / 1e6 <= ill_for_ever + 1e-9
    if structure == "three_stage":
        assert cases / 1e6 == pytest.approx(ill_for_ever, rel=0.01)
        assert float(left.sum()) < 0.15 * 1e6


def test_the_infection_free_world_is_stable_only_below_one() -> None:
    where = Map(("SYNTHETIC",), *(np.zeros(0, dtype=np.int64),) * 2)
    r = rates(
        1,
        1,
        births=np.array([1 / 65]),
        deaths=np.array([1 / 65]),
        relapse=np.zeros(1),
        mixing=np.ones(1),
    )
    active = 1.0 / (1.2 * (0.85 + 0.05) + 0.15 + 0.18 + 1 / 65)
    critical = 1.0 / (active * float(r.latency.lifetime(1 / 65)[0]))
    for factor, grows in ((0.9, False), (1.1, True)):
        now = np.zeros((7, 1, 1))
        now[S], now[A] = 1e8, 1.0
        sick = []
        for _ in range(300):
            run_year(now, where, r, np.full((1, 1), factor * critical))
            sick.append(float(now[A].sum()))
        assert (sick[-1] > sick[150]) == grows


def test_splitting_people_into_corridors_changes_no_total() -> None:
    where, _ = cells(AREAS, PAIRS)
    alone = Map(AREAS, *(np.zeros(0, dtype=np.int64),) * 2)
    r = rates(mixing=np.ones(2))
    together = state(alone)
    share = np.array([0.7, 0.5, 0.8])
    split = np.zeros((7, 2, 6))
    split[:, :, :3] = together * share
    rest = together * (1.0 - share)
    split[:, :, 3:] = (
        rest[:, :, where.destination]
        / np.bincount(where.destination, minlength=3)[where.destination]
    )
    split[:, :, 0] += rest[:, :, 0]
    contact = np.full((2, 3), 9.0)
    for _ in range(5):
        whole, parts = run_year(together, alone, r, contact), run_year(split, where, r, contact)
    np.testing.assert_allclose(where.by_country(split), together, rtol=1e-10)
    np.testing.assert_allclose(where.by_country(parts.cases), whole.cases, rtol=1e-10)


def world(k: int = 3, stock: float = 20_000.0) -> World:
    where, _ = cells(AREAS, PAIRS[:k])
    return World(
        where=where,
        people=np.array([5e6, 4e6, 3e6]),
        stock=np.full((21, k), stock),
        inflow=np.full(k, 1500.0),
        births=np.array([0.03, 0.012, 0.02]),
        deaths=np.array([0.01, 0.009, 0.01]),
    )


ANCHOR = Anchor(
    base=2015,
    cases=np.array([276e-5, 16.5e-5, 89e-5]),
    fatality=np.array([0.2, 0.08, 0.12]),
    cases_slope=np.array([-0.01, -0.02, -0.015]),
    fatality_slope=np.array([-0.01, -0.01, -0.01]),
    cases_width=np.linspace(0.1, 0.8, 35),
    deaths_width=np.linspace(0.2, 0.9, 35),
)
OBSERVED = Observed(
    early=np.array([300e-5, 20e-5, 100e-5]),
    late=np.array([280e-5, 17e-5, 90e-5]),
    level=np.array([278e-5, 16.8e-5, 89.5e-5]),
    fatality=np.array([0.2, 0.08, 0.12]),
    coverage=np.array([0.6, 0.87, 0.8]),
    first=np.array([2000, 2000, 2005]),
    cases_bounds=np.array([[0.8, 0.9, 1.0], [1.3, 1.1, 1.0]]),
    deaths_bounds=np.array([[0.7, 1.0, 0.0], [1.2, 1.0, 3.0]]),
    notified=np.array([[np.nan, 400.0, np.nan], [np.nan, 1600.0, np.nan]]),
    anchor=ANCHOR,
)


def begun(observed: Observed = OBSERVED, w: World | None = None, count: int = 6) -> Fitted:
    """Synthetic countries fitted, six draws of sixty."""
    drawn = draw(parameters("tb"), 1, 60, range(count))
    return started(w or world(), observed, drawn, seed=1, count=60, index=range(count))


def test_the_fit_meets_who_and_the_later_years_are_not_looked_at() -> None:
    drawn, start = draw(parameters("tb"), 1, 60, range(6)), begun()
    assert start.met.mean() > 0.8
    done = run(start, world(), OBSERVED, drawn, UNTOUCHED, last=2015)
    rate = done.cases[:, 0].sum(axis=1) / done.persons[:, 0].sum(axis=1)
    np.testing.assert_allclose(np.median(rate, axis=0), OBSERVED.level, rtol=0.15)
    ratio = done.deaths[:, 0].sum(axis=1) / done.cases[:, 0].sum(axis=1)
    asked = drawn_within(OBSERVED, 1, range(6)).fatality
    np.testing.assert_allclose(np.median(ratio / asked, axis=0), 1.0, rtol=0.12)
    assert start.deaths_met.mean() > 0.8
    sizes = start.state.sum(axis=0)
    np.testing.assert_allclose(
        start_by_country(start.state, world()), np.broadcast_to(world().people, (6, 3)), rtol=1e-9
    )
    np.testing.assert_allclose(sizes[:, 3:], 20_000.0, rtol=1e-9)


def start_by_country(now: np.ndarray, w: World) -> np.ndarray:
    return w.where.by_country(now.sum(axis=0))


def test_left_out_with_full_inclusion_is_included_to_the_bit() -> None:
    twin = replace(scenarios()[1], inclusion=1.0)
    found, _ = simulate(
        world(), OBSERVED, parameters("tb"), [twin, scenarios()[2]], seed=3, count=12, chosen=[0, 5]
    )
    for what in ("cases", "deaths", "persons", "screened"):
        a, b = getattr(found["residents_only"], what), getattr(found["included"], what)
        assert a.tobytes() == b.tobytes()


def test_without_migrants_countries_do_not_touch_each_other() -> None:
    none = World(
        Map(AREAS, *(np.zeros(0, dtype=np.int64),) * 2),
        world().people,
        np.zeros((21, 0)),
        np.zeros(0),
        world().births,
        world().deaths,
    )
    found, _ = simulate(
        none, OBSERVED, parameters("tb"), [scenarios()[2]], seed=1, count=6, chosen=[0]
    )
    other = replace(OBSERVED, early=OBSERVED.early * [1, 1, 3], late=OBSERVED.late * [1, 1, 3])
    again, _ = simulate(
        none, other, parameters("tb"), [scenarios()[2]], seed=1, count=6, chosen=[0]
    )
    a, b = found["included"].cases, again["included"].cases
    np.testing.assert_array_equal(a[..., :2], b[..., :2])
    assert (a[..., 2] != b[..., 2]).any()


def test_including_people_spares_them_and_the_others() -> None:
    found, _ = simulate(
        world(), OBSERVED, parameters("tb"), scenarios(), seed=1, count=30, chosen=range(10)
    )
    cases = {k: o.cases[:, 1:].sum(axis=(1, 3)) for k, o in found.items()}
    assert (cases["included"].sum(axis=1) < cases["residents_only"].sum(axis=1)).all()
    for group in (0, 1):  # clearing an infection also ends the protection it gives
        averted = cases["residents_only"][:, group] - cases["included"][:, group]
        assert np.median(averted) > 0
    assert (cases["included_and_source"].sum(axis=1) < cases["included"].sum(axis=1)).all()
    assert (found["border_screening"].screened > 0).all()
    assert not found["included"].screened.any()


@cache
def _alone(d: int) -> np.ndarray:
    """Return the cases of one draw that nobody stands beside, under one programme."""
    done = simulate(
        world(), OBSERVED, parameters("tb"), [scenarios()[2]], seed=1, count=6, chosen=[d]
    )
    return done[0]["included"].cases[0]


@cache
def _every_programme() -> dict[str, Outcome]:
    """Return two draws under every packaged programme, in their order."""
    known = parameters("tb")
    return simulate(world(), OBSERVED, known, scenarios(), seed=1, count=6, chosen=[0, 3])[0]


@settings(max_examples=6)
@given(order=st.permutations(range(6)))
def test_the_order_and_the_chunks_of_draws_do_not_matter(order: list[int]) -> None:
    known = parameters("tb")
    programmes: list[Scenario] = [scenarios()[2]]
    a, _ = simulate(world(), OBSERVED, known, programmes, seed=1, count=6, chosen=order[:2])
    for place, d in enumerate(order[:2]):
        np.testing.assert_array_equal(a["included"].cases[place], _alone(d))


@settings(max_examples=4)
@given(order=st.permutations(range(6)))
def test_the_order_of_programmes_and_who_stands_beside_them_do_not_matter(order: list[int]) -> None:
    known, all_of_them = parameters("tb"), scenarios()
    whole = _every_programme()
    some = [all_of_them[i] for i in order[:4]]
    again, _ = simulate(world(), OBSERVED, known, some, seed=1, count=6, chosen=[0, 3])
    assert list(again) == [s.id for s in some]
    for name, one in again.items():
        for what in ("cases", "deaths", "screened"):
            assert getattr(one, what).tobytes() == getattr(whole[name], what).tobytes(), (
                name,
                what,
            )


def test_who_is_drawn_within_whos_interval_whoever_else_is_asked() -> None:
    many = drawn_within(OBSERVED, 1, range(2000))
    ratio = many.late / OBSERVED.late
    np.testing.assert_allclose(np.median(ratio, axis=0), 1.0, rtol=0.03)
    np.testing.assert_allclose(np.quantile(ratio[:, 0], [0.025, 0.975]), [0.8, 1.3], rtol=0.03)
    assert (ratio[:, 2] == 1.0).all()
    np.testing.assert_allclose(many.early / OBSERVED.early, ratio)
    assert (many.fatality > 0).all()
    assert drawn_within(OBSERVED, 1, [7]).late.tobytes() == many.late[7:8].tobytes()


def test_deaths_that_nothing_explains_are_told() -> None:
    start = begun(replace(OBSERVED, fatality=np.array([0.2, 0.0001, 0.9])))
    assert start.deaths_met[:, 0].all()
    assert start.deaths_met[:, 2].mean() < 0.7
    assert (np.median(start.factor, axis=0)[1:] < 0.65).any()
    assert (start.rates.fatality >= 0).all()
    assert (start.rates.fatality <= 1 - start.rates.success[:, None]).all()
    assert (start.rates.self_cure >= 0).all()


def test_a_stock_keeps_to_its_path_however_many_come_and_go() -> None:
    path = np.full((21, 3), 20_000.0)
    path[:, 1] = np.linspace(20_000.0, 5_000.0, 21)
    busy = replace(world(), stock=path, inflow=np.array([1500.0, 1e5, 5e4]))
    where, now = busy.where, np.zeros((7, 1, 6))
    now[S] = np.concatenate([busy.people, path[0]])
    for year in range(20):
        moves = busy.moves(year)
        assert (moves.arrivals >= 0).all()
        assert (moves.returns <= (MOST_BACK + 1e-12) * path[year]).all()
        move(now, where, moves, np.ones((1, 3)), NOBODY)
        now[S][:, 3:] *= 1.0 - busy.deaths[where.destination]
        np.testing.assert_allclose(now.sum(axis=(0, 1))[3:], path[year + 1], rtol=0.03)


def test_what_is_infected_is_one_list_for_moving_and_for_fitting() -> None:
    assert moves.INFECTED is joined.INFECTED is INFECTED
    assert set(INFECTED) == {F, M, L, A, R}


@pytest.mark.parametrize("times", [0.0, 0.5, 3.0])
def test_who_is_more_or_fewer_ill_on_arrival_is_one_of_those_infected_longer_ago(
    times: float,
) -> None:
    where, _ = cells(AREAS, PAIRS)
    coming = Moves(np.full(3, 1000.0), np.zeros(3))
    plain, told = state(where), state(where)
    without = move(plain, where, coming, np.ones((2, 3)), NOBODY)
    found = move(told, where, coming, np.ones((2, 3)), NOBODY, np.full((2, 3), times))
    np.testing.assert_allclose(found.arrived, times * without.arrived, atol=1e-9)
    np.testing.assert_allclose(told[[A, M, L]].sum(axis=0), plain[[A, M, L]].sum(axis=0))
    np.testing.assert_allclose(told[M] / told[L], plain[M] / plain[L])
    np.testing.assert_allclose(told[[S, F, X, R]], plain[[S, F, X, R]], atol=1e-9)


def test_movers_carry_half_of_the_treated_where_selection_is_a_half() -> None:
    where, _ = cells(AREAS, PAIRS)
    now = np.zeros((7, 1, 6))
    now[S, :, :3], now[R, :, :3] = 9e5, 1e5
    move(now, where, Moves(np.full(3, 1000.0), np.zeros(3)), np.full((1, 3), 0.5), NOBODY)
    np.testing.assert_allclose(now[R, :, 3:] / now[:, :, 3:].sum(axis=0), 0.05, rtol=1e-12)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    selection=st.floats(0.0, 50.0),
    infected=st.floats(0.0, 300.0),
    coming=st.floats(0.0, 1e7),
    back=st.floats(0.0, 1e7),
)
def test_no_movement_however_large_leaves_less_than_nobody(
    seed: int, selection: float, infected: float, coming: float, back: float
) -> None:
    where, _ = cells(AREAS, PAIRS)
    now = state(where, seed=seed)
    now[[F, M, L, A, R]] *= infected
    before = now.sum(axis=(0, 2))
    sizes = Moves(np.full(3, coming), np.full(3, back))
    move(now, where, sizes, np.full((2, 3), selection), NOBODY)
    np.testing.assert_allclose(now.sum(axis=(0, 2)), before, rtol=1e-9)
    assert (now >= -1e-6).all()


def test_who_returns_carries_no_more_than_those_who_stayed() -> None:
    where, _ = cells(AREAS, PAIRS[:1])
    now = np.zeros((7, 1, 4))
    now[S, :, :3], now[L, :, :3] = 99e4, 1e4
    now[S, :, 3], now[L, :, 3] = 5e4, 5e4
    move(now, where, Moves(np.zeros(1), np.full(1, 1e4)), np.ones((1, 1)), NOBODY)
    assert now[L, 0, 0] / now[:, 0, 0].sum() == pytest.approx(0.01, rel=1e-9)
    assert now[L, 0, 3] == pytest.approx(5e4 - 100.0)
    healthy = now.copy()
    healthy[S, :, 3], healthy[L, :, 3] = 999e2, 1e2
    move(healthy, where, Moves(np.zeros(1), np.full(1, 1e4)), np.ones((1, 1)), NOBODY)
    assert healthy[L, 0, 0] < now[L, 0, 0] + 1e4 * 0.0011


def test_where_nobody_is_told_apart_at_notification_the_fit_still_meets_who() -> None:
    untold = replace(OBSERVED, notified=np.full_like(OBSERVED.notified, np.nan))
    assert begun(untold, world(stock=200_000.0)).met.all()


def test_without_a_programme_the_anchor_is_told_to_the_last_digit() -> None:
    nothing = Scenario(id="nothing", title="none", cover=0.0)
    found, _ = simulate(
        world(), OBSERVED, parameters("tb"), [nothing], seed=1, count=12, chosen=range(4)
    )
    levels = levels_of(OBSERVED, 1, range(4), 21)
    outcome = found["nothing"]
    rate = outcome.cases.sum(axis=2, dtype=np.float64) / outcome.persons.sum(axis=2)
    np.testing.assert_allclose(rate, levels.cases, rtol=1e-6)
    died = outcome.deaths.sum(axis=2, dtype=np.float64) / outcome.persons.sum(axis=2)
    np.testing.assert_allclose(died, levels.deaths, rtol=1e-6)
    assert (np.median(levels.cases, axis=0)[15] / ANCHOR.cases < 1.5).all()


def test_a_ratio_is_exactly_one_without_a_programme() -> None:
    drawn, start = draw(parameters("tb"), 1, 60, range(6)), begun()
    none = run(start, world(), OBSERVED, drawn, UNTOUCHED, last=2020)
    again = run(start, world(), OBSERVED, drawn, replace(UNTOUCHED, inclusion=1.0), last=2020)
    levels = levels_of(OBSERVED, 1, range(6), 6)
    a, b = (told(o, none, levels) for o in (none, again))
    np.testing.assert_allclose(a.cases, b.cases, rtol=1e-12)
    assert (a.cases[:, :, 0] > 0).all()
    np.testing.assert_array_equal(a.deaths, b.deaths)


def test_whos_coverage_is_kept() -> None:
    drawn = draw(parameters("tb"), 1, 60, range(6))
    del drawn
    whole = replace(rates(6), untreated_death=np.full((6, 3), 0.15))
    r = treatment(whole, OBSERVED)
    leaving = r.untreated_death + r.self_cure + r.deaths
    np.testing.assert_allclose(
        r.treated / (r.treated + leaving), np.broadcast_to(OBSERVED.coverage, (6, 3)), rtol=1e-9
    )
    more = treatment(whole, replace(OBSERVED, coverage=OBSERVED.coverage * 1.05))
    assert (more.treated > r.treated).all()


def test_twice_the_coverage_lowers_prevalence_and_fatality_is_not_self_cure() -> None:
    few = begun(replace(OBSERVED, coverage=np.full(3, 0.4)))
    many = begun(replace(OBSERVED, coverage=np.full(3, 0.8)))
    assert (many.state[A].sum(axis=1) < 0.7 * few.state[A].sum(axis=1)).all()
    drawn = draw(parameters("tb"), 1, 60, range(6))
    r = few.rates
    swapped = replace(r, untreated_death=r.self_cure, self_cure=r.untreated_death)
    a = run(few, world(), OBSERVED, drawn, UNTOUCHED, last=2016)
    b = run(replace(few, rates=swapped), world(), OBSERVED, drawn, UNTOUCHED, last=2016)
    home, other = a.deaths[:, :, 0], b.deaths[:, :, 0]
    assert (np.abs(home / other - 1.0) > 0.02).any()


def test_a_factor_raises_untreated_and_treated_fatality_alike() -> None:
    r = with_fatality(rates(), np.full((2, 3), 1.5))
    np.testing.assert_allclose(r.untreated_death, 0.225)
    np.testing.assert_allclose(r.fatality, 0.045)
    np.testing.assert_allclose(r.untreated_death + r.self_cure, 0.33)


def test_selection_is_fitted_to_who_was_notified_and_no_share_is_a_cap() -> None:
    for share in (0.05, 0.2, 0.6):
        notified = np.array([[np.nan, 2e4 * share, np.nan], [np.nan, 2e4 * (1 - share), np.nan]])
        start = begun(
            replace(OBSERVED, notified=notified), replace(world(), stock=np.full((21, 3), 2e5))
        )
        assert np.median(start.share[:, 1]) == pytest.approx(share, rel=0.15)
    assert not np.isclose(start.share, 0.9).any()


def test_disease_present_on_arrival_is_a_case_of_the_host() -> None:
    drawn, start = draw(parameters("tb"), 1, 60, range(6)), begun()
    done = run(start, world(), OBSERVED, drawn, UNTOUCHED, last=2016)
    assert (done.arrived[:, 0, 1:] > 0).all()
    assert (done.cases[:, :, 1] >= done.arrived).all()
    sieved = run(start, world(), OBSERVED, drawn, replace(UNTOUCHED, pre_entry=1.0), last=2016)
    caught = drawn["screening_sensitivity"][:, None]
    np.testing.assert_allclose(
        sieved.arrived[:, 0, 1], done.arrived[:, 0, 1] * (1.0 - caught[:, 0]), rtol=1e-5
    )


def test_both_ways_of_transmission_are_run_and_one_follows_the_anchor() -> None:
    assert set(trends_of(1, 60)) == set(TRENDS)
    drawn, start = draw(parameters("tb"), 1, 60, range(12)), begun(count=12)
    done = run(start, world(), OBSERVED, drawn, UNTOUCHED, last=2019)
    rate = done.cases.sum(axis=2, dtype=np.float64) / done.persons.sum(axis=2)
    goes = np.log(rate[:, 4] / rate[:, 0])
    matched = trends_of(1, 60)[:12] == "matched"
    assert not start.slope[~matched].any()
    path = ANCHOR.path(np.array([0.0, 4.0]))[0]
    free = matched[:, None] & ~start.bound
    aim = np.broadcast_to(np.log(path[1] / path[0]), goes.shape)
    np.testing.assert_allclose(goes[free], aim[free], atol=0.001)
    at = (start.slope[matched] <= SLOPES[0]) | (start.slope[matched] >= SLOPES[1])
    np.testing.assert_array_equal(start.bound[matched], at)
    assert not start.bound[~matched].any()
    assert not start.bound[matched].all()
