"""Laws that no fit may bend: what WHO prints given back, balances closed, the year's nights spent once."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from unit.health.test_corridor import question
from unit.health.test_tb import OBSERVED, rates, state, world

from sojourn.health.engine.parameters import constants, draw, parameters
from sojourn.health.engine.question import Own
from sojourn.health.engine.scenario import scenarios
from sojourn.health.malaria.network import Habits, hazards
from sojourn.health.tb import flags
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.anchor import VALIDATED, Z_BAND, Law
from sojourn.health.tb.corridor import steps_of, with_own
from sojourn.health.tb.fit import (
    FIRST,
    PEOPLE,
    START,
    drawn_within,
    first_path,
    run_in,
    treatment,
    with_fatality,
)
from sojourn.health.tb.joined import IDENTIFIED, _Joined, chances, scale_infected
from sojourn.health.tb.latency import latencies
from sojourn.health.tb.model import INFECTED, Map, S, X, Year, run_year
from sojourn.health.tb.run import levels_of, reach_of

KNOWN = parameters("tb")
W = world()
N = W.where.n
ALONE = Map(("",) * N, *(np.zeros(0, dtype=np.int64),) * 2)


def test_deaths_are_whos_however_many_cases_are_drawn() -> None:
    exact = replace(OBSERVED, deaths_bounds=np.ones((2, N)))
    drawn = drawn_within(exact, 1, range(40))
    assert (np.std(drawn.late[:, :2], axis=0) > 0).all()
    died = np.broadcast_to(OBSERVED.fatality * OBSERVED.late, drawn.late.shape)
    np.testing.assert_allclose(drawn.fatality * drawn.late, died)
    # who is not found is not found in any year: the trend stays WHO's
    fall = np.broadcast_to(OBSERVED.late / OBSERVED.early, drawn.late.shape)
    np.testing.assert_allclose(drawn.late / drawn.early, fall)


def test_both_stages_of_a_two_stage_structure_are_drawn_together() -> None:
    """Menzies 2018 and Ragonnet 2017 tell one progression each: early and late move as one."""
    drawn = {**draw(KNOWN, 1, 60, range(2)), "two_stage_spread": np.array([0.8, 1.25])}
    for kind in ("two_stage_menzies", "two_stage_ragonnet"):
        found = latencies(np.array([kind] * 2), drawn)
        np.testing.assert_allclose(found.k1[1] / found.k1[0], 1.25 / 0.8)
        np.testing.assert_allclose(found.k2[1] / found.k2[0], 1.25 / 0.8)
        assert found.e1[0] == found.e1[1]


@pytest.mark.parametrize("cover", [0.22, 0.9])  # WHO's of Nigeria in 2015 is 22 per cent
def test_low_coverage_is_kept_as_who_prints_it(cover: float) -> None:
    found = treatment(rates(), replace(OBSERVED, coverage=np.full(N, cover)))
    leaving = found.treated + found.untreated_death + found.self_cure + found.deaths
    np.testing.assert_allclose(found.treated / leaving, cover)


def test_where_disease_comes_and_goes_alike_as_many_die_as_who_says() -> None:
    """Cases are those who leave: by death, by themselves, by success, by other causes; WHO's share dies."""
    seen = np.array([0.08, 0.1, 0.12])
    r = treatment(rates(), replace(OBSERVED, fatality=seen))
    died = r.untreated_death + r.treated * r.fatality
    left = died + r.self_cure + r.treated * r.success[:, None] + r.deaths
    np.testing.assert_allclose(died / left, np.broadcast_to(seen, died.shape))


def test_no_treatment_both_cures_and_kills() -> None:
    found = with_fatality(treatment(rates(), OBSERVED), np.full((2, N), 1e3))
    assert (found.success[:, None] + found.fatality <= 1.0 + 1e-12).all()
    ends = rates().untreated_death + rates().self_cure
    np.testing.assert_allclose(found.untreated_death + found.self_cure, ends)


def test_the_path_gives_back_who_s_first_years_and_its_last() -> None:
    """A fall as Estonia's in WHO's file, from 58.7 per 100,000 in 2000-2002 to 20.7 in 2013-2015."""
    observed = replace(OBSERVED, first=np.array([2000, 2000, 2005]))
    early, late = np.array([58.7e-5, 300e-5, 100e-5]), np.array([20.7e-5, 280e-5, 95e-5])
    r = treatment(rates(), observed)
    wide = [np.broadcast_to(v, (2, N)) for v in (early, late)]
    path = first_path(r, *wide, observed, np.zeros(2))
    found = run_in(r, (wide[0], wide[1]), observed, path, 2005)
    assert found.met.all()
    np.testing.assert_allclose(found.state.sum(axis=0), PEOPLE, rtol=0.05)  # of constant size
    steady, now = replace(r, births=r.deaths), np.zeros((7, 2, N))
    now[S] = PEOPLE
    told = dict[int, np.ndarray]()
    for year in range(1950, 2016):
        if year == 2005:  # what is returned is the beginning of the ten years, and not their end
            np.testing.assert_allclose(found.state, now, rtol=1e-9)
        force = found.path.force(year + 0.5)
        done = run_year(
            now, ALONE, steady, force, prescribed=True, steps=12 if year >= START else 9
        )
        told[year] = done.cases / done.persons
    assert FIRST == 1950
    last = np.mean([told[y] for y in (2013, 2014, 2015)], axis=0)
    np.testing.assert_allclose(last, wide[1], rtol=0.05)
    for at, first in enumerate(observed.first):
        begun = np.mean([told[y][:, at] for y in range(first, first + 3)], axis=0)
        np.testing.assert_allclose(begun, early[at], rtol=0.05)


def test_a_share_of_few_notified_is_drawn_as_widely_as_a_sample_of_them() -> None:
    counted = np.array([[6.0, 6e4, np.nan], [4.0, 4e4, np.nan]])
    found = chances(
        replace(OBSERVED, notified=counted), W, 1, range(4000), np.zeros(4000, dtype=int)
    ).share
    logit = np.log(found / (1.0 - found))
    own = constants("tb")["share_spread"].value
    of_ten = np.sqrt(own**2 + 1.0 / (10 * 0.6 * 0.4))  # a binomial sample's, by the delta method
    np.testing.assert_allclose(logit[:, :2].std(axis=0), [of_ten, own], rtol=0.05)
    assert np.isnan(found[:, 2]).all()


def test_stocks_that_no_selection_can_meet_say_nothing_of_others() -> None:
    drawn = SimpleNamespace(drawn=SimpleNamespace(selection=np.ones((1, 13))))
    fitted = np.array([[*np.linspace(0.3, 0.9, 11), 0.5, 0.5]])
    known = np.array([[True] * 11 + [False, False]])
    odd_fit, odd_known = fitted.copy(), known.copy()
    odd_fit[0, 12], odd_known[0, 12] = 50.0, True  # a border has moved, not people
    plain = _Joined._drawn_selection(drawn, fitted, known)  # type: ignore[arg-type]
    odd = _Joined._drawn_selection(drawn, odd_fit, odd_known)  # type: ignore[arg-type]
    assert plain[0, 11] == odd[0, 11]


def test_scaling_infection_makes_and_loses_nobody_and_keeps_who_is_free_of_it() -> None:
    now = state(W.where)
    was = now.copy()
    scale_infected(now, np.full(now.shape[1:], 1.7))
    np.testing.assert_allclose(now.sum(axis=0), was.sum(axis=0), rtol=1e-12)
    infected = list(INFECTED)
    np.testing.assert_allclose(now[infected], 1.7 * was[infected])
    np.testing.assert_allclose(now[S] / now[X], was[S] / was[X])  # both lend alike
    nobody = np.zeros((7, 1, 2))
    scale_infected(nobody, np.full((1, 2), 1.7))
    assert not nobody.any()


def test_a_trend_of_transmission_never_goes_further_than_its_sum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With each year nine tenths of the one before, all years together are nine of the first."""
    used = list[np.ndarray]()

    def still(now: np.ndarray, *rest: np.ndarray, **_: object) -> Year:
        used.append(rest[2])
        return Year(*(np.zeros(now.shape[1:]) for _ in range(3)))

    monkeypatch.setattr(tb_run, "run_year", still)
    monkeypatch.setattr(tb_run, "constants_of", lambda *_: None)
    slope = np.array([[0.1, -0.2, 0.0], [0.05, 0.0, -0.1]])
    start = SimpleNamespace(
        state=state(W.where),
        selection=np.ones((2, N)),
        contact=np.ones((2, N)),
        slope=slope,
        rates=None,
        inflow=np.zeros((2, len(W.where.origin))),
    )
    drawn = draw(KNOWN, 1, 60, range(2))
    tb_run.run(start, W, OBSERVED, drawn, tb_run.UNTOUCHED, last=2115)  # type: ignore[arg-type]
    gone = np.log(used)
    np.testing.assert_allclose(gone[-1], 9.0 * slope, rtol=1e-3)
    np.testing.assert_allclose(gone[1] - gone[0], slope * 0.9**1.5, rtol=1e-9, atol=1e-15)
    assert (np.abs(gone) <= 9.0 * np.abs(slope) + 1e-12).all()


def test_people_born_abroad_are_offered_what_is_offered_where_they_live() -> None:
    drawn = {**draw(KNOWN, 1, 60, range(2)), "migrant_access": np.ones(2)}
    chosen = {s.id: s for s in scenarios()}
    where, asked = W.where, chosen["included_and_source"]
    found = reach_of(asked, 2025, where, OBSERVED, W, drawn)
    there = where.destination
    assert (OBSERVED.late[where.origin] > tb_run.HIGH_BURDEN).any()
    np.testing.assert_allclose(found.faster[:, N:], found.faster[:, :N][:, there])
    np.testing.assert_allclose(found.preventive[:, N:], found.preventive[:, :N][:, there])


def test_the_same_commodities_are_the_same_number_of_people_reached() -> None:
    drawn = draw(KNOWN, 1, 60, range(2))
    chosen = {s.id: s for s in scenarios()}
    people = np.concatenate([W.people - W.migrants, W.stock[0]])
    alone = replace(chosen["residents_only"], by_status=False)
    given = [
        W.where.by_country(reach_of(one, 2025, W.where, OBSERVED, W, drawn).preventive * people)
        for one in (alone, chosen["same_commodities"])
    ]
    assert (given[0] > 0).all()
    np.testing.assert_allclose(given[1], given[0], rtol=1e-12)


def test_the_anchor_s_error_is_as_wide_in_a_late_year_as_it_was_found_to_be() -> None:
    found = levels_of(OBSERVED, 1, range(3000), 11)
    for at, width in ((1, OBSERVED.anchor.cases_width[0]), (10, OBSERVED.anchor.cases_width[9])):
        sd = np.log(found.cases[:, at]).std(axis=0)
        np.testing.assert_allclose(sd, width / Z_BAND, rtol=0.06)
    assert Law.of("cases").damping == 0.9


def test_positive_tests_are_those_of_the_ill_and_of_the_healthy_by_bayes() -> None:
    one = question()
    one = replace(
        one,
        cascade={**one.cascade, **dict.fromkeys(one.cascade, 1.0)},
        cover=1.0,
        screen=replace(one.screen, sensitivity=0.9, specificity=0.8),
        confirm=replace(one.confirm, sensitivity=0.7, specificity=0.98),
    )
    found = steps_of(one, np.array([1000.0]), np.array([10.0]))
    assert found["tested"] == pytest.approx(10 * 0.9 + 990 * 0.2)
    assert found["started"] == pytest.approx(10 * 0.9 * 0.7 + 990 * 0.2 * 0.02)
    every = steps_of(one, np.array([10.0]), np.array([10.0]))  # nobody is healthy
    assert every["tested"] == pytest.approx(10 * 0.9)


def test_the_asker_s_incidence_is_met_in_its_own_year_and_arrivals_in_every_method() -> None:
    index = {area: i for i, area in enumerate(W.where.areas)}
    first, second = W.where.areas[0], W.where.areas[1]
    own = Own(what="incidence", value=250.0, year=2020, source="synthetic", area=first)
    _, observed = with_own(W, OBSERVED, [own], index)
    assert observed.anchor.path(np.array([5.0]))[0][0, 0] * 1e5 == pytest.approx(250.0)
    arrivals = Own(
        what="arrivals",
        value=777.0,
        year=2020,
        source="synthetic",
        origin=first,
        destination=second,
    )
    several = replace(W, flows=np.stack([W.inflow, 2 * W.inflow, 3 * W.inflow]))
    changed, _ = with_own(several, OBSERVED, [arrivals], index)
    here = (W.where.origin == 0) & (W.where.destination == 1)
    assert changed.flows is not None
    assert (changed.flows[:, here] == 777.0).all()
    assert (changed.inflow[here] == 777.0).all()
    np.testing.assert_array_equal(changed.flows[:, ~here], several.flows[:, ~here])  # type: ignore[index]


def test_each_night_of_a_year_is_spent_once() -> None:
    """Where both places are alike, who visits is bitten as often as who stays, here or there."""
    where, n = W.where, N
    cells = n + len(where.origin)
    h = Habits(
        variance=np.full((1, 1), 4.2),
        untreated=np.full((1, 1), 0.5),
        treated=np.full((1, 1), 0.05),
        treated_share=np.full((1, 1), 0.4),
        bites=np.ones((1, cells)),
        away=np.full((1, 1), 0.2),
        mixing=np.ones((1, 1)),
        saturation=np.full((1, 1), 1.0),
    )
    home, visits = hazards(
        np.full((1, n), 3.0), np.full((1, n), 0.1), np.full((1, cells), 0.1), where, h
    )
    np.testing.assert_allclose(home[:, n:] + visits, home[:, :n][:, where.origin])


def test_the_flags_in_the_documentation_are_those_that_withhold() -> None:
    text = (Path(__file__).parents[3] / "docs" / "models.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \| [^|]* \|$", text, re.MULTILINE))
    bound = {name: [float(x) for x in re.findall(r"\d+(?:\.\d+)?", r)] for name, r in told.items()}
    percent = (100 * flags.FEW_NOTIFIED, 100 * flags.MANY)
    assert bound["share_conflict"] == pytest.approx([*IDENTIFIED, *percent])
    unknown = [100 * flags.MANY, flags.DOMINANT, 100 * flags.OFTEN]
    assert bound["share_unknown"] == pytest.approx(unknown)
    assert bound["deaths_conflict"] == pytest.approx(list(flags.FATALITY))
    assert (flags.HALF, "half" in told["not_fitted"]) == (0.5, True)
    assert bound["trend_open"] == pytest.approx([100 * flags.BOUND])
    assert (flags.TRENDS_DIFFER, "differ by half" in told["trend_open"]) == (1.5, True)
    assert bound["beyond"] == [VALIDATED]
