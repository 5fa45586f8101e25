"""Countries and corridors: nobody is lost, a split changes nothing, the fit gives back what it was given."""

from dataclasses import replace

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import scenarios
from sojourn.health.malaria.fit import Clinical, Estimated, clinical, drawn_cases, fit
from sojourn.health.malaria.model import reproduction
from sojourn.health.malaria.network import (
    Carried,
    Moves,
    Reach,
    controlled,
    habits,
    move,
    moves_of,
    renew,
    sources,
    step,
)
from sojourn.health.malaria.run import MalariaWorld, simulate
from sojourn.health.tb.fit import World
from sojourn.health.tb.model import cells

KNOWN = parameters("malaria")
DRAWS = 6
CASES = np.array([0.25, 0.02, 0.0004])
CHOSEN = {s.id: s for s in scenarios()}


def world(pairs: tuple[tuple[int, int], ...] = ((0, 1), (0, 2), (1, 2), (2, 0))) -> World:
    """Three synthetic countries: one of much malaria, one of some, one of little."""
    where, _ = cells(("synthetic a", "synthetic b", "synthetic c"), list(pairs))
    stock = np.full((21, len(where.origin)), 20_000.0)
    return World(
        where,
        np.array([2e6, 3e6, 5e6]),
        stock,
        np.full(len(where.origin), 1_500.0),
        np.array([0.03, 0.02, 0.012]),
        np.array([0.01, 0.008, 0.009]),
    )


def malarious(one: World, cases: np.ndarray = CASES) -> MalariaWorld:
    inflow = np.stack([one.inflow * f for f in (0.5, 1.0, 3.0)])
    return MalariaWorld(one, inflow, Estimated(cases, 0.8 * cases, 1.3 * cases, np.full(3, 0.002)))


def drawn_of(**fixed: float) -> dict[str, np.ndarray]:
    found = draw(KNOWN, 1, DRAWS, range(DRAWS))
    return {**found, **{k: np.full(DRAWS, v) for k, v in fixed.items()}}


def fitted(one: World, drawn: dict[str, np.ndarray], cases: np.ndarray = CASES):  # type: ignore[no-untyped-def]
    h = habits(drawn, one.where)
    moves = moves_of(one, np.repeat(one.inflow[None], DRAWS, axis=0), 0)
    share, selection = clinical(drawn), drawn["selection"][:, None]
    given = np.repeat(cases[None], DRAWS, axis=0)
    return fit(one, given, share, h, moves, selection), h, moves


def idle(one: World, drawn: dict[str, np.ndarray]) -> Reach:
    n = len(one.where.country)
    return Reach(
        np.ones((DRAWS, n)),
        drawn["treated_share"][:, None] * np.ones((DRAWS, n)),
        np.ones((DRAWS, 3)),
    )


def test_moving_and_being_born_loses_nobody_and_makes_no_infection() -> None:
    one, drawn = world(), drawn_of(selection=1.4)
    start, _, moves = fitted(one, drawn)
    now = start.start.copy()
    people, carried = now.people.sum(axis=1), (now.people * now.both).sum(axis=1)
    assert not move(
        now, one.where, moves, np.full((DRAWS, 1), 1.4), np.zeros((DRAWS, 1)), 0.1
    ).any()
    np.testing.assert_allclose(now.people.sum(axis=1), people, rtol=1e-12)
    np.testing.assert_allclose((now.people * now.both).sum(axis=1), carried, rtol=1e-12)
    found = move(now, one.where, moves, np.ones((DRAWS, 1)), np.full((DRAWS, 1), 0.6), 0.1)
    assert (found > 0).all()
    np.testing.assert_allclose((now.people * now.both).sum(axis=1), carried - found, rtol=1e-12)
    before, held = now.people.copy(), (now.people * now.both).sum(axis=1)
    renew(now, one, 0.5)
    born = 0.5 * (one.births * one.where.by_country(before)).sum(axis=1)
    died = 0.5 * (one.deaths[one.where.country] * before).sum(axis=1)
    np.testing.assert_allclose(now.people.sum(axis=1), before.sum(axis=1) + born - died, rtol=1e-12)
    assert ((now.people * now.both).sum(axis=1) < held).all()


def test_splitting_a_country_into_cells_that_are_alike_changes_nothing() -> None:
    drawn = drawn_of(mixing=1.0, mobile_biting=1.0, visits=0.0)
    whole, split = world(()), world(((0, 1), (2, 1)))
    h, hs = habits(drawn, whole.where), habits(drawn, split.where)
    rng = np.random.default_rng(1)
    u, t = rng.random((DRAWS, 3)), 0.1 * rng.random((DRAWS, 3))
    at = split.where.country
    people = np.array([2e6, 3e6 - 7e5, 5e6, 4e5, 3e5])
    one = Carried(np.repeat([[2e6, 3e6, 5e6]], DRAWS, axis=0), u.copy(), t.copy())
    two = Carried(np.repeat(people[None], DRAWS, axis=0), u[:, at], t[:, at])
    vector = np.full((DRAWS, 3), 2.0)
    for _ in range(20):
        step(one, vector, idle(whole, drawn), whole.where, h, 0.04)
        step(two, vector, idle(split, drawn), split.where, hs, 0.04)
    np.testing.assert_allclose(two.both[:, :3], one.both, rtol=1e-10)
    np.testing.assert_allclose(two.both[:, 3], one.both[:, 1], rtol=1e-10)


def test_without_corridors_countries_are_alone_and_r_is_that_of_the_prevalence() -> None:
    one, drawn = world(()), drawn_of(mosquito_survival=0.0)
    start, h, _ = fitted(one, drawn)
    assert start.met.all()
    r = controlled(start.vector, idle(one, drawn), start.start.people, one.where, h)
    share = -np.expm1(-np.log1p(h.variance * start.start.both) / h.variance)
    np.testing.assert_allclose(r, reproduction(share, h.variance), rtol=1e-9)
    more, _, _ = fitted(one, drawn, CASES * np.array([1.3, 1.0, 1.0]))
    assert (more.vector[:, 0] != start.vector[:, 0]).all()
    assert more.vector[:, 1:].tobytes() == start.vector[:, 1:].tobytes()


def test_where_few_are_infected_at_home_r_is_the_local_share_of_infections() -> None:
    one, drawn = world(((0, 2),)), drawn_of(mixing=1.0, mobile_biting=1.0, mosquito_survival=0.0)
    quiet = one.inflow * 0.0
    still = replace(one, inflow=quiet, deaths=one.deaths * 0.0)
    h = habits(drawn, still.where)
    start = fit(
        still,
        np.repeat(CASES[None], DRAWS, axis=0),
        clinical(drawn),
        h,
        Moves(np.zeros((DRAWS, 1)), np.zeros((DRAWS, 1))),
        np.ones((DRAWS, 1)),
    )
    kept = ~start.lowered[:, 2]
    assert kept.any()
    _, visits = step(start.start.copy(), start.vector, idle(still, drawn), still.where, h, 1e-6)
    new, _ = step(start.start.copy(), start.vector, idle(still, drawn), still.where, h, 1e-6)
    people = start.start.people
    total = still.where.by_country(people * new)[:, 2]
    brought = (people[:, 3:] * visits).sum(axis=1)
    r = controlled(start.vector, idle(still, drawn), people, still.where, h)[:, 2]
    # rare infections: what is caught at home over all, as the branching process says (1 - R imported)
    np.testing.assert_allclose(r[kept], (1.0 - brought / total)[kept], rtol=0.08)


def test_the_fit_gives_back_the_cases_it_was_given_and_says_where_it_cannot() -> None:
    one, drawn = world(), drawn_of()
    start, _, _ = fitted(one, drawn)
    assert start.met[:, :2].all()
    assert not start.lowered[:, :2].any()
    none, _, _ = fitted(one, drawn, np.array([0.25, 0.02, 1e-7]))
    assert none.lowered[:, 2].all()
    assert (none.vector[:, 2] == 0).all()
    share = Clinical(np.full((DRAWS, 1), 0.4), np.full((DRAWS, 1), 3.0))
    np.testing.assert_allclose(share.cases(share.infections(np.full((DRAWS, 1), 0.2))), 0.2)
    assert np.isinf(share.infections(np.full((DRAWS, 1), 1.3))).all()
    with pytest.raises(SimulateError, match="missing"):
        fitted(one, drawn, np.array([0.25, np.nan, 0.1]))


def test_without_a_scale_up_nothing_much_changes_and_half_steps_agree() -> None:
    idle_one = replace(CHOSEN["current"], cover=0.0)
    still = replace(world(), births=np.zeros(3), deaths=np.zeros(3))
    base = malarious(still)
    found, _ = simulate(
        base, KNOWN, [idle_one], seed=1, count=DRAWS, chosen=range(DRAWS), last=2025
    )
    rate = found["current"].cases.sum(axis=2) / found["current"].persons.sum(axis=2)
    np.testing.assert_allclose(rate[:, -1, :2], rate[:, 0, :2], rtol=0.05)
    from sojourn.health.malaria import run as malaria_run

    inflow = np.repeat(still.inflow[None], DRAWS, axis=0)
    drawn = drawn_of()
    start, h, _ = fitted(still, drawn)
    coarse, fine = (
        malaria_run.run(
            start,
            base,
            inflow,
            clinical(drawn),
            h,
            drawn,
            CHOSEN["included"],
            last=2021,
            steps=steps,
        )
        for steps in (26, 104)
    )
    np.testing.assert_allclose(coarse.cases[:, -1], fine.cases[:, -1], rtol=0.02)


def test_leaving_nobody_out_is_inclusion_bit_for_bit_and_chunks_do_not_matter() -> None:
    base = malarious(world())
    twin = replace(CHOSEN["residents_only"], inclusion=1.0)
    whole, _ = simulate(
        base, KNOWN, [twin, CHOSEN["included"]], seed=3, count=12, chosen=range(9), last=2019
    )
    parts = [
        simulate(base, KNOWN, [CHOSEN["included"], twin], seed=3, count=12, chosen=c, last=2019)[0]
        for c in ([0, 1], [2, 3, 4, 5, 6], [7, 8])
    ]
    for what in ("cases", "deaths", "persons", "r", "imports", "screened"):
        together = np.concatenate([getattr(p["included"], what) for p in parts])
        assert (
            getattr(whole["residents_only"], what).tobytes()
            == getattr(whole["included"], what).tobytes()
        )
        assert getattr(whole["included"], what).tobytes() == together.tobytes()


def test_leaving_migrants_out_costs_residents_too_and_screening_alone_does_less() -> None:
    base = malarious(world())
    found, _ = simulate(base, KNOWN, scenarios(), seed=1, count=DRAWS, chosen=range(DRAWS))
    total = {k: v.cases[:, 1:].sum(axis=(1, 3), dtype=float) for k, v in found.items()}
    assert (total["included"] < total["residents_only"]).all()
    assert (total["border_screening"] <= total["residents_only"]).all()
    gain = total["residents_only"] - total["border_screening"]
    assert (gain.sum(axis=1) < (total["residents_only"] - total["included"]).sum(axis=1)).all()
    assert (found["included"].r < found["residents_only"].r).all()
    assert (found["included_and_source"].cases.sum() < found["included"].cases.sum()).all()
    assert (found["border_screening"].screened > 0).all()
    assert not found["included"].screened.any()


def test_nothing_is_brought_where_movers_carry_nothing_and_nobody_visits() -> None:
    known = {
        **KNOWN,
        "selection": replace(KNOWN["selection"], value=1e-12, low=1e-12, high=1e-12, law="fixed"),
        "visits": replace(KNOWN["visits"], value=0.0, low=0.0, high=0.0, law="fixed"),
    }
    found, _ = simulate(
        malarious(world()),
        known,
        [CHOSEN["included"]],
        seed=1,
        count=DRAWS,
        chosen=range(DRAWS),
        last=2017,
    )
    assert found["included"].imports.max() < 1e-4


def test_everybody_present_feeds_the_mosquitoes_by_bites_and_nights() -> None:
    one, drawn = (
        world(((0, 1),)),
        drawn_of(mixing=1.0, mobile_biting=2.0, visits=1.0, visit_nights=36.5),
    )
    h = habits(drawn, one.where)
    now = Carried(
        np.repeat([[100.0, 100.0, 100.0, 50.0]], DRAWS, axis=0),
        np.zeros((DRAWS, 4)),
        np.zeros((DRAWS, 4)),
    )
    now.untreated[:, 3] = 1e9  # the migrants alone are infectious: infectivity 1
    pool, _ = sources(now, one.where, h)
    np.testing.assert_allclose(pool[:, 1], 50 * 2 * 0.9 / (100 + 50 * 2 * 0.9), rtol=1e-3)
    np.testing.assert_allclose(pool[:, 0], 50 * 0.1 / (100 + 50 * 0.1), rtol=1e-3)


def test_cases_are_drawn_within_whos_interval_the_same_for_a_draw_whoever_else_is_asked() -> None:
    estimated = Estimated(CASES, 0.5 * CASES, 2.0 * CASES, np.full(3, 0.002))
    many = drawn_cases(estimated, 1, list(range(2000)))
    low, high = np.quantile(many, [0.025, 0.975], axis=0)
    np.testing.assert_allclose(low, 0.5 * CASES, rtol=0.1)
    np.testing.assert_allclose(high, 2.0 * CASES, rtol=0.1)
    assert drawn_cases(estimated, 1, [7]).tobytes() == many[7:8].tobytes()
    certain = Estimated(CASES, CASES, CASES, np.full(3, 0.002))
    assert drawn_cases(certain, 1, [0])[0].tobytes() == CASES.tobytes()
