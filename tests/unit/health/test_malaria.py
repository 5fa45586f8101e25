"""Infections carried: the design's reference numbers, the floor of leaving people out, paired runs."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.engine.scenario import Scenario, scenarios
from sojourn.health.malaria.model import (
    Place,
    burden,
    from_exposure,
    from_incidence,
    infectivity,
    left_out,
    prevalence,
    reproduction,
    simulate,
)

A = np.array([4.2])
DRAWN = draw(parameters("malaria"), 1, 100, range(100))


@pytest.mark.parametrize(
    ("share", "r"),
    [(0.01, 1.0483), (0.05, 1.2713), (0.1, 1.6337), (0.2, 2.8), (0.3, 5.0975), (0.5, 22.1188)],
)
def test_r_of_an_endemic_prevalence(share: float, r: float) -> None:
    assert reproduction(np.array([share]), A)[0] == pytest.approx(r, abs=5e-5)


@pytest.mark.parametrize(
    ("bites", "share"), [(0.1, 0.0404), (1, 0.2233), (10, 0.5094), (100, 0.7133)]
)
def test_the_curve_of_exposure_and_prevalence(bites: float, share: float) -> None:
    assert from_exposure(np.array([bites]), A)[0] == pytest.approx(share, abs=5e-5)


def test_without_differences_in_biting_infections_are_poisson() -> None:
    m = np.array([0.1, 1.0, 3.0])
    np.testing.assert_allclose(prevalence(m, np.zeros(3)), 1 - np.exp(-m), rtol=1e-6)
    np.testing.assert_allclose(
        burden(prevalence(m, np.full(3, 4.2)), np.full(3, 4.2)), m, rtol=1e-9
    )
    assert infectivity(np.zeros(1), A)[0] == 0.0
    with pytest.raises(SimulateError):
        burden(np.ones(1), A)


@pytest.mark.parametrize(
    ("r0", "cover", "biting", "expected"),
    [(2.0, 0.8, 1.0, (0.40, 0.56, 0.20)), (5.0, 0.9, 3.0, (0.50, 2.75, 2.50))],
)
def test_the_floor_of_leaving_people_out(
    r0: float, cover: float, biting: float, expected: tuple[float, ...]
) -> None:
    found = left_out(np.array(r0), np.array(0.1), np.array(cover), biting)
    assert [round(float(v), 6) for v in found] == list(expected)


def test_a_programme_that_reaches_all_is_the_same_whatever_it_is_called() -> None:
    twin = replace(scenarios()[1], inclusion=1.0)
    found = simulate(Place(2.0, 0.1, 20.0), DRAWN, [twin, scenarios()[2]], years=4)
    for what in ("r", "prevalence", "infections"):
        assert (
            getattr(found["residents_only"], what).tobytes()
            == getattr(found["included"], what).tobytes()
        )


def test_without_a_scale_up_r_is_what_was_assumed_and_prevalence_stays() -> None:
    idle = replace(scenarios()[0], cover=0.0)
    found = simulate(Place(2.0, 0.1), DRAWN, [idle], years=3)["current"]
    np.testing.assert_allclose(found.r, 2.0, rtol=1e-12)
    still = DRAWN["mosquito_survival"] < 0.05
    np.testing.assert_allclose(found.prevalence[still, 0], found.prevalence[still, -1], rtol=0.06)


def test_leaving_mobile_people_out_leaves_more_to_everybody() -> None:
    found = simulate(Place(2.0, 0.1, 20.0), DRAWN, scenarios())
    out, all_in = found["residents_only"], found["included"]
    assert (out.r > all_in.r).all()
    assert (out.prevalence[:, -1] > all_in.prevalence[:, -1]).all()
    assert np.median(found["border_screening"].r) == np.median(out.r)
    assert found["border_screening"].infections.sum() < out.infections.sum()
    assert (found["same_commodities"].r > all_in.r).all()


def test_a_half_step_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    from sojourn.health.malaria import model as malaria

    coarse = simulate(Place(2.0, 0.1, 20.0), DRAWN, scenarios()[2:3], years=6)["included"]
    monkeypatch.setattr(malaria, "WEEKS", 208)
    fine = simulate(Place(2.0, 0.1, 20.0), DRAWN, scenarios()[2:3], years=6)["included"]
    np.testing.assert_allclose(
        coarse.prevalence[:, -1], fine.prevalence[:, -1], rtol=0.03, atol=1e-6
    )


@pytest.mark.parametrize(
    ("r0", "mobile", "imports"),
    [(0.0, 0.1, 0.0), (2.0, 0.0, 0.0), (2.0, 1.0, 0.0), (2.0, 0.1, -1.0), (float("inf"), 0.1, 0.0)],
)
def test_an_impossible_place_is_refused(r0: float, mobile: float, imports: float) -> None:
    with pytest.raises(SimulateError, match="mobile share"):
        Place(r0, mobile, imports)


def test_r_is_read_off_an_incidence_only_where_malaria_is_endemic() -> None:
    high, low = from_incidence(0.3, DRAWN), from_incidence(0.01, DRAWN)
    assert (high > low).all()
    assert (low > 1.0).all()
    f = DRAWN["treated_share"]
    days = ((1 - f) * DRAWN["untreated_days"] + f * DRAWN["treated_days"]) / 365
    expected = reproduction(
        prevalence(0.01 / DRAWN["clinical_share"] * days, DRAWN["biting_variance"]),
        DRAWN["biting_variance"],
    )
    np.testing.assert_allclose(low, expected, rtol=1e-12)
    with pytest.raises(SimulateError, match=r"^0\.5 cases per 1,000"):
        from_incidence(0.0005, DRAWN)
    most = reproduction(np.full(100, 0.95), DRAWN["biting_variance"])  # of no prevalence above
    np.testing.assert_allclose(from_incidence(1e12, DRAWN), most, rtol=1e-12)


def test_a_start_of_many_draws_is_kept_draw_by_draw() -> None:
    r0 = np.linspace(1.2, 3.0, 100)
    idle = replace(scenarios()[0], cover=0.0)
    found = simulate(Place(r0, 0.1), DRAWN, [idle], years=1)["current"]
    np.testing.assert_allclose(found.r, r0, rtol=1e-12)


def test_screening_before_entry_finds_no_more_than_its_sensitivity() -> None:
    place = Place(0.5, 0.1, 2000.0)
    drawn = {**DRAWN, "screening_sensitivity": np.full(len(DRAWN["biting_variance"]), 0.6)}
    plain = Scenario(id="plain", title="", cover=0.0)
    found = simulate(place, drawn, [plain, replace(plain, id="all", pre_entry=1.0)])
    left = found["all"].infections.sum(axis=(1, 2)) / found["plain"].infections.sum(axis=(1, 2))
    # below an R of one, infections follow what is brought: two fifths of it come through
    np.testing.assert_allclose(left, 0.4, atol=0.1)
    assert (left > 0.3).all()


def test_support_at_the_source_takes_its_share_of_what_is_acquired_elsewhere() -> None:
    place = Place(0.5, 0.1, 2000.0)
    plain = Scenario(id="plain", title="", start=2015, full=2015)
    half, whole = (replace(plain, id=f"{share}", source_support=share) for share in (0.5, 1.0))
    found = simulate(place, DRAWN, [plain, half, whole], years=12)
    last = {name: one.infections[:, -1, 1] for name, one in found.items()}
    # below an R of one, infections follow what is acquired elsewhere: half of it, and none
    np.testing.assert_allclose(last["0.5"] / last["plain"], 0.5, atol=0.02)
    assert (last["1.0"] < 0.02 * last["plain"]).all()


@pytest.mark.parametrize("mobile", [0.05, 0.4])
def test_without_spread_infections_are_those_acquired_elsewhere_however_many_are_mobile(
    mobile: float,
) -> None:
    idle = Scenario(id="idle", title="", cover=0.0)
    found = simulate(Place(1e-6, mobile, 2000.0), DRAWN, [idle], years=2)["idle"].infections[:, -1]
    everybody = (1.0 - mobile) * found[:, 0] + mobile * found[:, 1]
    np.testing.assert_allclose(everybody, 2000e-6, rtol=1e-3)


def test_one_place_says_which_published_results_were_not_tried() -> None:
    from sojourn.health.run.validation import place_rows

    asked = ["simulate", "place", "--r0", "1.6", "--mobile", "0.1", "--draws", "4"]
    ran = [CliRunner().invoke(cli, [*asked, *more]) for more in ([], ["--json"])]
    assert [r.exit_code for r in ran] == [0, 0], ran[0].output
    rows = place_rows()
    assert {r.id: r.verdict for r in rows}["V4"] == "not tried"
    for row in rows:
        assert f"{row.id}, {row.verdict}{': ' if row.missing else ''}{row.missing}" in ran[0].stdout
    told = json.loads(ran[1].stdout)["held_against"]
    assert {r["id"]: r["verdict"] for r in told} == {r.id: r.verdict for r in rows}
