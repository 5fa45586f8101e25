"""What a model must know of the disease: each test fails when one of these is broken once."""

from dataclasses import replace

import numpy as np
import pytest
from unit.health.test_malaria_network import CASES, drawn_of, malarious
from unit.health.test_malaria_network import fitted as fitted_malaria
from unit.health.test_malaria_network import world as malarious_world
from unit.health.test_tb import OBSERVED, begun, rates, world

from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import constants, draw, parameters
from sojourn.health.engine.scenario import Scenario, scenarios
from sojourn.health.inputs.tb import _born_abroad
from sojourn.health.malaria import run as malaria_run
from sojourn.health.malaria.fit import clinical
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.anchor import Law
from sojourn.health.tb.fit import COVERAGE, Path, first_path, treatment, with_fatality
from sojourn.health.tb.latency import latencies
from sojourn.health.tb.model import A as A_STATE
from sojourn.health.tb.model import constants_of
from sojourn.health.tb.run import UNTOUCHED, included, rates_of, reach_of, run

KNOWN = parameters("tb")
DRAWN = draw(KNOWN, 1, 60, range(6))
CHOSEN = {s.id: s for s in scenarios()}
W = world()
N = W.where.n
END = 2025  # the scale-up is complete


def reach(name: str, year: int = END, **more: float):  # type: ignore[no-untyped-def]
    drawn = {**DRAWN, **{k: np.full(6, v) for k, v in more.items()}}
    return reach_of(CHOSEN[name], year, W.where, OBSERVED, W, drawn)


def test_untreated_disease_ends_in_death_or_by_itself_by_the_share_that_is_fatal() -> None:
    r = rates_of(DRAWN, tb_run.structures_of(1, 60)[:6], W)
    fatal, years = DRAWN["untreated_fatality"], DRAWN["untreated_years"]
    for n in range(N):
        np.testing.assert_allclose(r.untreated_death[:, n], fatal / years)
        np.testing.assert_allclose(r.self_cure[:, n], (1.0 - fatal) / years)


def test_who_s_coverage_is_a_share_of_those_who_leave_disease_and_no_rate() -> None:
    r = rates_of(DRAWN, tb_run.structures_of(1, 60)[:6], W)
    found = treatment(r, OBSERVED)
    others = found.untreated_death + found.self_cure + found.deaths
    share = found.treated / (found.treated + others)
    np.testing.assert_allclose(
        share, np.broadcast_to(np.clip(OBSERVED.coverage, *COVERAGE), share.shape)
    )


def test_people_born_abroad_are_found_as_their_access_allows() -> None:
    whole, half = reach("included", migrant_access=1.0), reach("included", migrant_access=0.5)
    np.testing.assert_allclose(half.faster[:, N:], 0.5 * whole.faster[:, N:])
    np.testing.assert_array_equal(half.faster[:, :N], whole.faster[:, :N])
    boost = DRAWN["diagnosis_boost"][:, None]
    np.testing.assert_allclose(whole.faster, np.broadcast_to(1.0 + boost, whole.faster.shape))


@pytest.mark.parametrize("step", ["cascade_tested", "cascade_completed", "preventive_efficacy"])
def test_preventive_treatment_protects_only_who_is_tested_completes_and_is_spared(
    step: str,
) -> None:
    whole, half = reach("included", **{step: 1.0}), reach("included", **{step: 0.5})
    np.testing.assert_allclose(half.preventive, 0.5 * whole.preventive)
    every = reach("included", preventive_reach=0.3, cascade_tested=0.5, cascade_completed=0.5)
    np.testing.assert_allclose(
        every.preventive[:, 0], 0.3 * 0.5 * 0.5 * DRAWN["preventive_efficacy"]
    )


def test_support_at_the_source_goes_where_the_burden_is_high() -> None:
    plain, more = reach("included"), reach("included_and_source")
    high = OBSERVED.late > tb_run.HIGH_BURDEN
    assert high.any()
    assert not high.all()
    assert (more.faster[:, :N][:, high] > plain.faster[:, :N][:, high]).all()
    np.testing.assert_array_equal(more.faster[:, :N][:, ~high], plain.faster[:, :N][:, ~high])


def test_screening_finds_the_share_that_its_sensitivity_says() -> None:
    start = begun()
    sieve = Scenario(id="all", title="", cover=0.0, pre_entry=1.0)
    for sensitivity in (0.4, 0.8):
        drawn = {**DRAWN, "screening_sensitivity": np.full(6, sensitivity)}
        found = run(start, W, OBSERVED, drawn, sieve, last=2015)
        through = found.arrived.sum(axis=(1, 2), dtype=np.float64)
        np.testing.assert_allclose(
            found.screened / (found.screened + through), sensitivity, rtol=1e-5
        )


def test_x_ray_and_culture_find_no_disease_but_that_of_the_lungs() -> None:
    start, lungs = begun(), np.array([0.5, 0.25, 1.0])
    sieve = Scenario(id="all", title="", cover=0.0, pre_entry=1.0)
    drawn = {**DRAWN, "screening_sensitivity": np.full(6, 0.8)}
    came = run(start, W, OBSERVED, drawn, UNTOUCHED, last=2015).arrived[:, 0]
    found = run(start, replace(W, lungs=lungs), OBSERVED, drawn, sieve, last=2015).arrived[:, 0]
    assert W.where.origin[W.where.destination == 2].tolist() == [0]  # by the origin's share
    np.testing.assert_allclose(found[:, 2], (1.0 - 0.8 * 0.5) * came[:, 2], rtol=1e-5)
    assert ((found[:, 1] > 0.2 * came[:, 1]) & (found[:, 1] < 0.8 * came[:, 1])).all()


def test_who_is_left_out_by_status_is_a_share_and_not_everybody() -> None:
    left = included(CHOSEN["residents_only"], DRAWN)
    np.testing.assert_allclose(left, 1.0 - DRAWN["excluded_by_status"])
    assert ((left > 0) & (left < 1)).all()
    none = replace(CHOSEN["residents_only"], by_status=False)
    assert not included(none, DRAWN).any()
    np.testing.assert_array_equal(included(CHOSEN["current"], DRAWN), DRAWN["current_inclusion"])
    np.testing.assert_allclose(included(CHOSEN["included"], DRAWN), 1.0)


@pytest.mark.parametrize(
    ("parameter", "rate"), [("late_progression", "late"), ("early_progression", "k1")]
)
def test_progression_is_drawn_and_faster_where_it_is_said_to_be(parameter: str, rate: str) -> None:
    kinds = np.array(["three_stage"] * 2)
    two = {k: np.full(2, p.value) for k, p in KNOWN.items()}
    one = KNOWN[parameter]
    two[parameter] = np.array([one.low, one.high])
    slow, fast = getattr(latencies(kinds, two), rate)
    assert fast > 1.1 * slow


def test_retreatment_is_in_the_denominator_of_who_was_born_abroad() -> None:
    years, closing = np.full((1, 3), 100.0), np.ones((1, 3), dtype=bool)
    table = {"notified": years, "notified foreign": years / 4}
    alone = _born_abroad(table, closing)
    again = _born_abroad({**table, "notified again": years / 2}, closing)
    np.testing.assert_allclose(alone[:, 0], [75, 225])
    np.testing.assert_allclose(again[:, 0], [75, 375])


def test_a_trend_fades_and_the_force_has_two_parts() -> None:
    faded = Law.of("cases").faded
    keeps = constants("tb")["anchor_damping"].value
    steps = [float(faded(np.array(h))) for h in (1.0, 2.0, 3.0)]
    assert steps[0] == pytest.approx(keeps)
    assert (steps[2] - steps[1]) / (steps[1] - steps[0]) == pytest.approx(keeps)
    path = Path(
        np.full((1, 1), 0.01), np.full((1, 1), -0.1), np.full((1, 1), -0.01), np.array([2000])
    )
    early, first, later = (float(path.force(y)[0, 0]) for y in (1990.0, 2000.0, 2010.0))
    assert early / first == pytest.approx(np.exp(0.1))
    assert later / first == pytest.approx(np.exp(-1.0))


def test_one_factor_raises_the_fatality_of_the_treated_too() -> None:
    r = rates_of(DRAWN, tb_run.structures_of(1, 60)[:6], W)
    one, half = (with_fatality(r, np.full((6, N), f)) for f in (1.0, 0.5))
    np.testing.assert_allclose(half.fatality, 0.5 * one.fatality)
    np.testing.assert_allclose(half.untreated_death, 0.5 * one.untreated_death)
    np.testing.assert_allclose(
        half.untreated_death + half.self_cure, one.untreated_death + one.self_cure
    )


def test_disease_present_on_arrival_is_counted_where_people_arrive() -> None:
    found = run(begun(), W, OBSERVED, DRAWN, UNTOUCHED, last=2016)
    still = run(
        replace(begun(), selection=np.zeros_like(begun().selection)),
        W,
        OBSERVED,
        DRAWN,
        UNTOUCHED,
        last=2016,
    )
    assert (found.arrived[:, :, 1] > 0).all()
    assert not still.arrived.any()
    assert (found.cases[:, :, 1, 1] > found.arrived[:, :, 1]).all()


def test_treated_malaria_is_less_deadly_than_untreated() -> None:
    one = malarious_world()
    drawn = drawn_of()
    start, h, _ = fitted_malaria(one, drawn, CASES)
    inflow = np.repeat(one.inflow[None], len(h.treated_share), axis=0)
    ratio = {}
    for name in ("residents_only", "included"):
        done = malaria_run.run(
            start, malarious(one), inflow, clinical(drawn), h, drawn, CHOSEN[name], last=2026
        )
        ratio[name] = done.deaths[:, -1, 1].sum(axis=1) / done.cases[:, -1, 1].sum(axis=1)
    # who is reached is treated more, and of those who are ill fewer die
    assert (ratio["included"] < ratio["residents_only"]).all()


def test_the_first_guess_of_the_force_is_that_of_an_equilibrium_in_whos_first_year() -> None:
    r = rates_of(DRAWN, tb_run.structures_of(1, 60)[:6], W)
    early, late = np.full((6, N), 200e-5), np.full((6, N), 150e-5)
    found = first_path(r, early, late, OBSERVED, DRAWN["force_before"])
    became = found.level * r.latency.lifetime(0.015)[:, None]
    np.testing.assert_allclose(became, early)
    years = np.maximum(2013 - OBSERVED.first, 1)
    np.testing.assert_allclose(early * np.exp(found.slope * years), late)


def test_who_is_protected_and_found_spreads_less_by_what_each_of_both_does() -> None:
    one = malarious_world()

    def effect(gain: float, protection: float) -> np.ndarray:
        drawn = drawn_of(treatment_gain=gain, protection=protection, treated_share=0.4)
        start, h, _ = fitted_malaria(one, drawn)
        return malaria_run.reproduction(start, malarious(one), h, drawn)[1]

    np.testing.assert_allclose(effect(0.0, 0.0), 0.0, atol=1e-12)
    np.testing.assert_allclose(effect(0.0, 0.5), 0.5)
    # everybody is treated: infections last as long as the treated do, and no longer
    drawn = drawn_of(treated_share=0.4)
    treated, untreated = drawn["treated_days"], drawn["untreated_days"]
    left = treated / (0.6 * untreated + 0.4 * treated)
    np.testing.assert_allclose(effect(1.0, 0.0)[:, 0], 1.0 - left)


def crowded(stock: float, **observed: object):  # type: ignore[no-untyped-def]
    """Fit the second country with two corridors of so many people, and nobody notified by birth."""
    path = W.stock.copy()
    path[:, W.where.destination == 1] = stock
    nobody = np.full_like(OBSERVED.notified, np.nan)
    return begun(replace(OBSERVED, notified=nobody, **observed), replace(W, stock=path))  # type: ignore[arg-type]


@pytest.mark.parametrize("part", [0.45, 0.499, 0.5, 0.52])
def test_a_country_of_migrants_alone_still_has_a_fit_of_people(part: float) -> None:
    """UN DESA's stock may be near WHO's people, or above: a first guess divides by those left."""
    found = crowded(part * float(W.people[1]))
    for name in ("state", "contact", "share", "factor"):
        values = getattr(found, name)
        assert np.isfinite(values).all(), name
        assert (values >= 0.0).all(), name
    assert (found.share <= 1.0).all()
    assert (found.contact[:, 1] > 0.0).all()


def test_where_arrivals_alone_would_be_more_than_all_cases_somebody_is_ill_at_home() -> None:
    few = {k: getattr(OBSERVED, k) * np.array([1.0, 0.05, 1.0]) for k in ("early", "late", "level")}
    found = crowded(0.2 * float(W.people[1]), **few)
    own = found.state[A_STATE][:, 1] / found.state.sum(axis=0)[:, 1]
    assert np.isfinite(own).all()
    assert (
        own > 0.05 * few["level"][1] * 0.1
    ).all()  # a tenth of the cases, a year of illness or less


def test_rates_that_empty_a_state_within_a_step_are_told_by_the_year() -> None:
    """Twenty deaths a year, self-cure of 0.18, ends of treatment of 1.08, others of 0.012: 21.3 a year leave."""
    fast = replace(rates(), untreated_death=np.full((2, N), 20.0))
    with pytest.raises(SimulateError, match=r"at 21\.3 a year, too fast for steps of 0\.0833"):
        constants_of(fast, W.where)


def test_nobody_is_found_sooner_than_in_five_weeks_on_average() -> None:
    """However fast diagnosis is asked to be, disease lasts a tenth of a year: the closed form of decay."""
    r = rates_of(DRAWN, tb_run.structures_of(1, 60)[:6], W)
    r = replace(treatment(r, OBSERVED), treated=np.full((6, N), 50.0))
    c = constants_of(r, W.where, steps=100)
    others = (r.untreated_death + r.self_cure + r.deaths)[:, W.where.country]
    ended = 10.0 * (r.success[:, None] + r.fatality[:, W.where.country])
    np.testing.assert_allclose(100.0 * (1.0 - c.keep_a), others + ended, rtol=1e-9)
