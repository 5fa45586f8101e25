"""Rules of the targets at their very ends: equal to a goal, the year itself, the least count, two values."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.health.engine.seirs import Epidemic, run, sis_equilibrium
from sojourn.health.inputs.notified import _newest
from sojourn.health.targets.series import Series, area_name, sources
from sojourn.health.targets.standing import Notified
from sojourn.health.targets.targets import (
    Elimination,
    Milestone,
    Strategies,
    Target,
    Trend,
    change,
    count_elimination,
    off_track,
    present_trend,
    required_path,
    year_reached,
)
from sojourn.health.targets.told import lines, observed_points, short
from sojourn.health.targets.tracking import Inputs, Progress, track
from sojourn.health.targets.written import to_csv, to_json

YEARS = (2014, 2015, 2016, 2017, 2018, 2019, 2020)


def target(**more: Any) -> Target:
    """Deaths, to fall by a fifth until 2018 and by half until 2020."""
    given: dict[str, Any] = {
        "id": "tb_deaths",
        "topic": "tb",
        "quantity": "number",
        "numerator": "tb_deaths",
        "per": 1.0,
        "unit": "DEATHS",
        "baseline": 2015,
        "source": "by hand",
        "milestones": (Milestone(2018, 20.0, "P"), Milestone(2020, 50.0, "T")),
    }
    return Target(**{**given, **more})


def series(rows: dict[str, list[float]], years: tuple[int, ...] = YEARS) -> Series:
    """Synthetic deaths with cells from B2 on; a missing value has no cell."""
    values = np.array(list(rows.values()), dtype=float)
    place = np.arange(2, 2 + values.size).reshape(values.shape)
    there = np.where(np.isfinite(values), place, 0)
    status = {
        (a, y): "E" for a, row in rows.items() for y, v in zip(years, row, strict=True) if v == v
    }
    return Series(
        "tb_deaths",
        "who.tb@2021-01-01",
        tuple(rows),
        years,
        values,
        values * 0.5,
        values * 2.0,
        there,
        np.full(values.shape, 2),
        {"f.csv": "0" * 64},
        status,
    )


# ------------------------------------------------------------------------------- what is declared


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"quantity": "rate"}, "quantity is rate and denominator ''"),
        ({"denominator": "people"}, "quantity is number and denominator 'people'"),
        ({"printed": "rate"}, "quantity is number and denominator ''"),
        ({"milestones": (Milestone(2015, 20.0, "P"),)}, r"milestones of \[2015\]"),
        ({"milestones": (Milestone(2014, 20.0, "P"),)}, r"milestones of \[2014\]"),
        (
            {"milestones": (Milestone(2020, 20.0, "P"), Milestone(2018, 30.0, "P"))},
            "in their order",
        ),
        (
            {"milestones": (Milestone(2020, 20.0, "P"), Milestone(2020, 30.0, "P"))},
            "in their order",
        ),
        ({"milestones": (Milestone(2020, 0.0, "P"),)}, "not within 0 to 100"),
        ({"milestones": (Milestone(2020, -1.0, "P"),)}, "not within 0 to 100"),
        ({"milestones": (Milestone(2020, 100.5, "P"),)}, "not within 0 to 100"),
    ],
)
def test_a_target_that_cannot_be_meant_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        target(**more)


def test_targets_at_their_ends_are_meant() -> None:
    assert target(milestones=(Milestone(2016, 0.5, "P"), Milestone(2017, 100.0, "P")))
    assert target(quantity="rate", denominator="people")
    assert target(quantity="rate", printed="rate")
    nothing: dict[str, Any] = dict.fromkeys(
        ("elimination", "published", "level", "stated", "nearness"), ()
    )
    assert Strategies(target=(target(), target(id="b")), **nothing)
    with pytest.raises(ValueError, match="target tb_deaths is declared twice"):
        Strategies(target=(target(), target()), **nothing)


# ------------------------------------------------------------------------------ paths and trends


def test_a_path_is_the_baseline_in_its_year_and_the_milestone_from_its_year_on() -> None:
    path = required_path(200.0, target(), range(2014, 2023))
    want = [np.nan, 200.0, 200 - 40 / 3, 200 - 80 / 3, 160.0, 130.0, 100.0, 100.0, 100.0]
    np.testing.assert_allclose(path, want)
    steps = required_path(200.0, target(), range(2015, 2019), "geometric")
    np.testing.assert_allclose(steps, [200.0 * 0.8 ** (n / 3) for n in range(4)])


def test_a_change_and_what_is_off_its_path_are_of_something() -> None:
    assert change(150.0, 100.0) == pytest.approx(50.0)
    assert change(0.0, 0.5) == pytest.approx(-100.0)
    assert np.isnan(change(1.0, 0.0))
    assert off_track(0.5, 0.25) == pytest.approx(50.0)
    assert np.isnan(off_track(0.0, 1.0))


@pytest.mark.parametrize("known", range(8))
def test_a_trend_is_that_of_the_last_five_values_and_of_three_at_least(known: int) -> None:
    """Against numpy's own least squares of the logarithms."""
    values = np.array([3.0, 9.0, 7.0, 8.0, 5.0, 4.0, 4.5])
    values[: 7 - known] = np.nan
    found = present_trend(YEARS, values)
    if known < 3:
        assert np.isnan(found.annual_change)
        assert np.isnan(found.level)
        assert (found.first, found.last) == ((2020, 2020) if known else (0, 0))
        return
    at = slice(max(7 - known, 2), 7)
    slope, start = np.polyfit(YEARS[at], np.log(values[at]), 1)
    assert found.annual_change == pytest.approx(100 * (np.exp(slope) - 1))
    assert found.level == pytest.approx(np.exp(start + slope * 2020))
    assert (found.first, found.last) == (YEARS[at][0], 2020)


def test_a_zero_or_less_among_the_last_values_is_no_trend() -> None:
    for odd in (0.0, -1.0):
        found = present_trend(YEARS, np.array([9.0, 9, 9, 9, 9, odd, 9]))
        assert np.isnan(found.annual_change)
        assert (found.first, found.last) == (2020, 2020)
    assert np.isfinite(present_trend(YEARS, np.array([0.0, 0, 9, 9, 9, 8, 7])).annual_change)


@pytest.mark.parametrize(
    ("fall", "level", "goal", "year"),
    [
        (-50.0, 8.0, 8.0, 2020),  # met already, to the digit
        (-50.0, 8.0, 9.0, 2020),
        (-50.0, 8.0, 4.0, 2021),
        (-50.0, 8.0, 3.9, 2022),  # in the course of 2022
        (-50.0, 2.0**80, 1.0, 2100),
        (-50.0, 2.0**81, 1.0, np.inf),  # 2101 is past what five years can say
        (-50.0, 8.0, 0.0, np.inf),
        (0.0, 8.0, 4.0, np.inf),
        (5.0, 8.0, 4.0, np.inf),
        (5.0, 8.0, 8.5, 2020),
    ],
)
def test_a_goal_is_reached_in_the_first_year_below_it(
    fall: float, level: float, goal: float, year: float
) -> None:
    assert year_reached(Trend(fall, 2016, 2020, level), goal) == year


# --------------------------------------------------------------------------------- milestones


@pytest.mark.parametrize(
    ("value", "verdict", "gap"),
    [(160.0, "met", 0.0), (159.0, "met", -0.5), (161.0, "missed", 0.5)],
)
def test_a_milestone_is_met_by_just_what_it_asks_for(
    value: float, verdict: str, gap: float
) -> None:
    """A fifth of 200 less is 160."""
    top = series({"250": [200, 200, 190, 180, value, 150, 140]})
    told = track(target(), Inputs(top, None, None), "250", {}, "linear")
    first, last = told.milestones
    assert (first.verdict, first.observed, first.goal) == (verdict, value, 160.0)
    assert first.gap == pytest.approx(gap)
    assert (last.verdict, last.observed, last.goal) == ("missed", 140, 100.0)
    assert last.gap == pytest.approx(20.0)
    assert told.gap == pytest.approx(20.0)
    assert told.off_track == pytest.approx(100 * (1 - 100 / 140))


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ([200, 200, 200, 150, 112.5], "reached on the present trend"),
        ([200, 200, 200, 199, 198], "not reached on the present trend"),
    ],
)
def test_a_milestone_to_come_is_judged_by_the_trend(path: list[float], verdict: str) -> None:
    top = series({"250": path}, YEARS[:5])
    told = track(target(), Inputs(top, None, None), "250", {}, "linear")
    assert told.milestones[1].verdict == verdict
    assert (told.milestones[1].observed, told.milestones[1].gap) == (None, None)
    assert told.milestones[1].reason == ""
    year = told.reached
    assert (year is not None and year <= 2020) == verdict.startswith("reached")


def test_a_trend_that_ended_before_the_baseline_says_nothing_of_a_milestone() -> None:
    top = series({"250": [90.0, 80, 70, 60, 50, 40, 30]}, tuple(range(2009, 2016)))
    told = track(target(), Inputs(top, None, None), "250", {}, "linear")
    assert (told.last, told.value, told.trend.last) == (2015, 30.0, 2015)
    assert {j.reason for j in told.milestones} == {""}


@pytest.mark.parametrize("few", [19.0, 20.0])
@pytest.mark.parametrize("at", [1, 6])
def test_twenty_are_enough_and_nineteen_too_few(few: float, at: int) -> None:
    path = [40.0] * 7
    path[at] = few
    told = track(target(), Inputs(series({"250": path}), None, None), "250", {}, "linear")
    assert told.reason == ("few" if few < 20 else "")
    assert (told.change is None) == (few < 20)


# ------------------------------------------------------------------------------------ counting


@pytest.mark.parametrize("threshold", [0.0, 10.0])
def test_who_was_at_the_threshold_counts_and_passes_below_it(threshold: float) -> None:
    """Of zero: above it before, none since. Of ten: ten or more before, less than ten since."""
    above, at, below = threshold + 5, threshold, threshold - 5
    rows = [[above, 1.0], [above, above], [at, 1.0], [below, 1.0], [above, at]]
    rows = [[0.0 if v == 1.0 and not threshold else v for v in row] for row in rows]
    rule = Elimination(
        id="x", topic="t", indicator="i", rule="", years=1, threshold=threshold, mark="P", goals=()
    )
    found = count_elimination(rule, "abcde", (2015, 2016), np.array(rows), 2015)
    if threshold:
        assert (found.passed, found.with_data) == (("a", "c"), 4)
    else:
        assert (found.passed, found.with_data) == (("a", "e"), 3)
    assert (found.year, found.without_data) == (2016, 0)


# -------------------------------------------------------------------------------------- series


def test_a_series_gives_values_cells_and_statuses_of_what_it_has() -> None:
    nan = np.nan
    top = series(
        {
            "250": [1, 2, nan, 4, 5, 6, 7],
            "276": [nan] * 6 + [9.0],
            "AFR": [3.0] * 7,
            "900": [4.0] * 7,
        }
    )
    np.testing.assert_array_equal(
        top.of(["276", "999", "250"], [2020, 2016, 1999]),
        [[9.0, nan, nan], [nan] * 3, [7.0, nan, nan]],
    )
    np.testing.assert_array_equal(top.of(["250"], [2015], "upper"), [[4.0]])
    assert top.countries == ("250", "276")
    assert [top.since(y) for y in (2014, 2020, 2021)] == [("250", "276"), ("250", "276"), ()]
    assert series({"250": [1.0] * 6 + [nan]}).since(2020) == ()
    assert top.cell("250", 2014) == "who.tb@2021-01-01#B2"
    assert top.cell("250", 2016) == top.cell("250", 1999) == top.cell("999", 2014) == ""
    assert (top.status("250", 2014), top.status("250", 2016)) == ("E", "O")
    found = sources((top, None, top), ("250", "276"), (2015, 2016))
    assert [(s.area, s.year, s.address[-2:]) for s in found] == [("250", 2015, "B3")] * 2
    assert [area_name(a) for a in ("AFR", "900", "250")] == [
        "WHO African Region",
        "World",
        "France",
    ]


# ------------------------------------------------------------------------------ what is printed


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "—"),
        (float("nan"), "—"),
        (0.0, "0"),
        (99.99, "100"),
        (99.94, "99.9"),
        (100.0, "100"),
        (-100.4, "-100"),
        (1234.5, "1,234"),
        (0.012345, "0.0123"),
    ],
)
def test_a_number_is_whole_from_a_hundred_on(value: float | None, said: str) -> None:
    assert short(value) == said


def told_of(n: Notified) -> list[str]:
    progress = Progress(topic="tb", trackings=(), counters=(), notified=(n,))
    return [line for line in lines(progress) if line]


@pytest.mark.parametrize(("of", "over"), [(1, ""), (2, ", 1 of 2 countries")])
def test_the_notified_are_told_by_sex_with_their_shares(of: int, over: str) -> None:
    n = Notified(
        area="250",
        year=2020,
        women=30.0,
        men=50.0,
        total=100.0,
        countries=(1, of),
        edition="e",
        children=8.0,
    )
    assert told_of(n)[0] == (
        "France, notified in 2020: 30 women and girls (37.5%), 50 men and boys, 8 of them below 15 (10.0%), "
        f"20 not told by sex{over}; e"
    )
    assert n.untold == 20.0
    assert replace(n, total=79.0).untold == 0.0
    assert "(nan%)" in told_of(replace(n, women=0.0, men=0.0))[0]


def test_the_newest_year_with_a_whole_row_is_told_and_a_group_by_its_countries() -> None:
    years: dict[int, dict[str, Any]] = {
        2020: {"250": None, "276": None},
        2019: {"250": (1.0, 2.0, 4.0, 0.5), "276": None, "380": (10.0, 20.0, 40.0, 5.0)},
        2018: {"276": (3.0, 3.0, 6.0, 1.0)},
    }
    one = _newest(years, "e", "276", ("276",), group=False)
    assert one is not None
    assert (one.year, one.women, one.countries) == (2018, 3.0, (1, 1))
    group = _newest(years, "e", "EUR", ("250", "276", "999"), group=True)
    assert group is not None
    assert (group.year, group.women, group.men, group.total, group.children) == (2019, 1, 2, 4, 0.5)
    assert group.countries == (1, 2)
    world = _newest(years, "e", "900", (), group=True)
    assert world is not None
    assert (world.women, world.men, world.total, world.children) == (11, 22, 44, 5.5)
    assert world.countries == (2, 3)
    assert _newest(years, "e", "999", ("999",), group=False) is None


@pytest.mark.parametrize("missing", range(9))
def test_at_most_six_who_are_left_out_of_a_sum_are_named(missing: int) -> None:
    places = ("040", "056", "100", "191", "203", "208", "233", "246")[:missing]
    rows = {"250": [200.0] * 7} | {a: [200.0] * 6 + [np.nan] for a in places}
    told = track(target(), Inputs(series(rows), None, None), "EUR", {"EUR": tuple(rows)}, "linear")
    said = "\n".join(lines(Progress(topic="tb", trackings=(told,), counters=())))
    names = [area_name(a) for a in places]
    assert f"our sum of 1 of {missing + 1} countries" in said
    assert ("; without" in said) == bool(missing)
    assert [n in said for n in names] == [i < 6 for i in range(missing)]
    assert (f" and {missing - 6} more" in said) == (missing > 6)


def test_the_paths_are_written_a_row_a_year_with_gap_and_verdict() -> None:
    nan = np.nan
    top = series({"250": [250, 200, nan, 180, 160, 150, 120]})
    told = track(target(), Inputs(top, None, None), "250", {}, "linear")
    progress = Progress(topic="tb", trackings=(told,), counters=())
    rows = list(csv.DictReader(io.StringIO(to_csv(progress))))
    assert [r["time_period"] for r in rows] == [str(y) for y in range(2014, 2021)]
    assert [r["obs_value"] for r in rows] == [
        "250.0",
        "200.0",
        "",
        "180.0",
        "160.0",
        "150.0",
        "120.0",
    ]
    asked = [None, 200.0, 200 - 40 / 3, 200 - 80 / 3, 160.0, 130.0, 100.0]
    for row, path, value in zip(rows, asked, (250, 200, None, 180, 160, 150, 120), strict=True):
        assert (float(row["required"]) if row["required"] else None) == pytest.approx(path)
        gap = None if path is None or value is None else 100 * (value - path) / 200
        assert (float(row["gap_points"]) if row["gap_points"] else None) == pytest.approx(gap)
    marked = {
        r["time_period"]: (r["milestone_reduction"], r["milestone_mark"], r["verdict"])
        for r in rows
    }
    assert marked["2018"] == ("20.0", "P", "met")
    assert marked["2020"] == ("50.0", "T", "missed")
    assert marked["2019"] == ("", "", "")
    one = json.loads(to_json(progress))["targets"][0]
    assert (one["last_year"], one["last_value"], one["baseline"]) == (2020, 120.0, 200.0)
    assert one["observed"]["2016"] is None
    assert one["trend_years"] == [2015, 2020]
    first = observed_points(replace(told, observed=np.array([nan, 5.0, nan, 7, 7, 7, 7])))
    assert first[:3] == ((2015.0, 5.0), (2016.0, None), (2017.0, 7.0))


# -------------------------------------------------------------------------------- the epidemic


@pytest.mark.parametrize("people", [200.0, 4e5])
def test_events_of_a_day_have_the_mean_and_the_variance_of_the_binomial(people: float) -> None:
    """By the law of each: drawn one by one where few are expected, and by its normal law where many."""
    state = np.array([[people], [people], [people], [people]])
    rates = (0.7, 0.05, 0.05, 0.05) if people == 200.0 else (0.7, 0.4, 0.9, 0.2)
    contact, incubation, recovery, waning = rates
    epidemic = Epidemic(contact, incubation, recovery, waning, np.ones((1, 1)))
    draws = 3000
    found = run(epidemic, state, 1, range(draws))[:, :, 0]
    chance = 1 - np.exp(-np.array([contact / 4.0, incubation, recovery, waning]))
    spread = people * chance * (1 - chance)
    mean = people * (1 - chance) + people * np.roll(chance, 1)
    np.testing.assert_allclose(
        found.mean(axis=1), mean, atol=4 * float(np.sqrt(2 * spread.max() / draws))
    )
    np.testing.assert_allclose(found.var(axis=1), spread + np.roll(spread, 1), rtol=0.12)


def test_many_days_draw_numbers_of_their_own() -> None:
    """Days beyond a block of deviates are not the days of the block before."""
    state = np.array([[1e6], [0.0], [1e6], [0.0]])
    quiet = Epidemic(0.0, 0.0, 0.01, 0.01, np.ones((1, 1)))
    path = [run(quiet, state, n, [0])[2, 0, 0] for n in range(60, 68)]
    steps = np.diff(path)
    assert len(set(steps)) == len(steps)
    apart = [run(quiet, state, n, [0])[2, 0, 0] for n in (32, 33, 64, 65)]
    assert apart[1] - apart[0] != apart[3] - apart[2]


def test_an_epidemic_settles_only_where_one_infects_more_than_one() -> None:
    assert [sis_equilibrium(r) for r in (0.0, 0.5, 1.0, 2.0, 4.0)] == [0.0, 0.0, 0.0, 0.5, 0.75]
    assert Epidemic(0.0, 0.0, 0.0, 0.0, np.ones((1, 1)))
    for odd in range(4):
        rates = [0.1] * 4
        rates[odd] = -1e-9
        with pytest.raises(SimulateError, match="rates"):
            Epidemic(*rates, np.ones((1, 1)))
