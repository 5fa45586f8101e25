"""Paths, gaps, trends and counters on synthetic series, each against a count by hand."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.health.targets.series import WORLD, Series
from sojourn.health.targets.targets import (
    Elimination,
    Goal,
    Target,
    count_elimination,
    eliminations,
    levels,
    off_track,
    present_trend,
    published,
    required_path,
    targets,
    year_reached,
)
from sojourn.health.targets.told import lines
from sojourn.health.targets.tracking import Inputs, Progress, track
from sojourn.health.targets.written import to_csv, to_json

YEARS = tuple(range(2013, 2020))
TB, DEATHS = targets("tb")
MALARIA = targets("malaria")[0]
REGIONS = {"EUR": ("250", "276"), "AFR": ("516",)}


def series(
    indicator: str, rows: dict[str, list[float]], edition: str = "who.tb@2020-01-01"
) -> Series:
    areas = tuple(sorted(rows))
    values = np.array([rows[a] for a in areas], dtype=float)
    places = np.arange(2, 2 + values.size).reshape(values.shape)
    status = {
        (a, y): "O" if np.isnan(v) else "E"
        for a in areas
        for y, v in zip(YEARS, rows[a], strict=True)
    }
    return Series(
        indicator,
        edition,
        areas,
        YEARS,
        values,
        values * 0.8,
        values * 1.2,
        places,
        np.full(values.shape, 3),
        {"f.csv": "0" * 64},
        status,
    )


CASES = series(
    "tb_cases",
    {
        "250": [220, 210, 200, 190, 180, 170, 160],
        "276": [np.nan, 90, 100, 100, 100, 100, 100],
        "516": [50] * 7,
    },
)
PEOPLE = series("population_who", {"250": [1000] * 7, "276": [500] * 7, "516": [np.nan] * 7})


def inputs(**more: object) -> Inputs:
    return replace(Inputs(CASES, PEOPLE, None, ((CASES, PEOPLE, None),)), **more)  # type: ignore[arg-type]


def test_a_region_is_the_sum_of_its_countries_over_their_people() -> None:
    t = track(TB, inputs(), "EUR", REGIONS, "linear")
    assert t.summed
    assert t.baseline == pytest.approx(1e5 * 300 / 1500)
    assert t.value == pytest.approx(1e5 * 260 / 1500)
    assert np.isnan(t.observed[0])  # 276 has no value in 2013
    assert t.change == pytest.approx(100 * (260 / 300 - 1))
    # linear from 0 in 2015 to −20 per cent in 2020: −16 in 2019
    assert t.gap == pytest.approx(t.change + 16.0)
    assert t.lower is None


def test_the_world_counts_who_is_missing_and_never_takes_it_for_zero() -> None:
    t = track(TB, inputs(), WORLD, REGIONS, "linear")
    assert t.countries == (2, 3)
    assert t.left_out == ("516",)
    assert t.baseline == pytest.approx(1e5 * 300 / 1500)


def test_a_country_with_a_hole_after_the_baseline_is_left_out_of_every_year() -> None:
    holed = series("tb_cases", {"250": [100] * 7, "276": [50, 50, 50, 50, np.nan, 50, 50]})
    t = track(DEATHS, Inputs(holed, None, None), "EUR", REGIONS, "linear")
    assert t.left_out == ("276",)
    assert set(t.observed) == {100.0}


def test_a_state_that_ended_before_the_baseline_is_not_missing() -> None:
    rows = np.array(CASES.rows)
    rows[2, 2:] = 0  # the last has rows in 2013 and 2014 only
    ended = replace(CASES, rows=rows)
    t = track(TB, inputs(top=ended), WORLD, REGIONS, "linear")
    assert t.countries == (2, 2)
    assert t.left_out == ()


def test_a_number_of_deaths_needs_no_population() -> None:
    t = track(DEATHS, Inputs(CASES, None, None), "250", REGIONS, "linear")
    assert (t.baseline, t.value, t.below) == (200, 160, "")
    assert (t.lower, t.upper) == pytest.approx((128, 192))


def test_every_number_hangs_on_its_cells() -> None:
    t = track(TB, inputs(), "EUR", REGIONS, "linear")
    assert {(c.area, c.year, c.indicator) for c in t.cells} == {
        (a, y, i)
        for a in ("250", "276")
        for y in (2015, 2019)
        for i in ("tb_cases", "population_who")
    }
    assert t.cells[0].address == "who.tb@2020-01-01#C4"


@pytest.mark.parametrize(
    ("area", "reason"), [("516", "no_population"), ("840", "no_series"), ("276", "")]
)
def test_an_empty_country_says_why(area: str, reason: str) -> None:
    t = track(MALARIA, inputs(), area, REGIONS, "linear")
    assert t.reason == reason
    assert (t.value is None) == bool(reason)


def test_a_missing_baseline_and_a_zero_one_are_two_things() -> None:
    gone = series("tb_cases", {"250": [1, 1, np.nan, 1, 1, 1, 1], "276": [0.0] * 7})
    t = track(DEATHS, Inputs(gone, None, None), "250", REGIONS, "linear")
    assert (t.reason, t.value) == ("no_baseline", None)
    assert set(t.statuses) == {"O"}
    t = track(DEATHS, Inputs(gone, None, None), "276", REGIONS, "linear")
    assert (t.reason, t.value, t.change, t.gap) == ("zero_baseline", 0.0, None, None)
    assert {j.verdict for j in t.milestones} == {"zero at the baseline"}


def test_the_printed_rate_is_used_with_its_own_bounds_and_cells() -> None:
    rate = series("tb_incidence_rate", {"250": [22, 21, 20, 19, 18, 17, 16]})
    both = inputs(rate=rate, older=((CASES, PEOPLE, rate),))
    t = track(TB, both, "250", REGIONS, "linear")
    assert (t.baseline, t.value) == (20, 16)
    assert (t.lower, t.upper) == pytest.approx((12.8, 19.2))
    assert {c.indicator for c in t.cells} == {"tb_incidence_rate"}
    assert t.baselines == {"who.tb@2020-01-01": 20}
    assert t.statuses == ("E",) * 7


def test_a_baseline_is_read_with_the_population_of_its_own_edition() -> None:
    old_cases = series("tb_cases", {"250": [300] * 7}, "who.tb@2017-01-01")
    old_people = series("population_who", {"250": [500] * 7}, "who.tb@2017-01-01")
    t = track(
        TB,
        inputs(older=((old_cases, old_people, None), (CASES, PEOPLE, None))),
        "250",
        REGIONS,
        "linear",
    )
    assert t.baselines == {"who.tb@2017-01-01": 60_000.0, "who.tb@2020-01-01": 20_000.0}


def test_linear_and_geometric_paths_meet_at_every_milestone() -> None:
    linear = required_path(100, TB, range(2014, 2036))
    geometric = required_path(100, TB, range(2014, 2036), "geometric")
    assert np.isnan(linear[0])
    for m in TB.milestones:
        assert linear[m.year - 2014] == pytest.approx(100 - m.reduction)
        assert geometric[m.year - 2014] == pytest.approx(100 - m.reduction)
    between = slice(2, 6)  # 2016 to 2019: the geometric path lies below
    assert (geometric[between] < linear[between]).all()


def test_who_s_own_measure_of_being_off_track() -> None:
    # World Malaria Report 2021: 59 where 35 were required; 15.3 where 8.9 were; WHO rounds to 40 and 42
    assert off_track(59, 35) == pytest.approx(40.7, abs=0.05)
    assert off_track(15.3, 8.9) == pytest.approx(41.8, abs=0.05)
    mortality = targets("malaria")[1]
    for shape, said in (("linear", 5.8), ("geometric", 5.3)):  # WHO printed 5.5
        assert required_path(14.9, mortality, [2023], shape)[0] == pytest.approx(said, abs=0.05)  # type: ignore[arg-type]


def test_the_year_reached_is_where_the_trend_crosses_the_goal() -> None:
    falling = present_trend(YEARS, np.array([100 * 0.9**k for k in range(7)]))
    assert falling.annual_change == pytest.approx(-10)
    year, value = YEARS[-1], 100 * 0.9**6
    while value > 20:  # by hand, year by year
        year, value = year + 1, value * 0.9
    assert year_reached(falling, 20) == year
    rising = present_trend(YEARS, np.array([100 * 1.1**k for k in range(7)]))
    assert year_reached(rising, 20) == float("inf")
    assert year_reached(rising, 1e6) == YEARS[-1]
    assert np.isnan(year_reached(present_trend(YEARS, np.zeros(7)), 20))
    assert year_reached(falling, 1e-9) == float("inf")  # after 2100


def test_zero_this_year_and_36_months_are_two_counters() -> None:
    nan = np.nan
    values = np.array(
        [
            [5, 0, 0, 0],  # three zeros
            [5, 3, 0, 0],  # two
            [5, 0, nan, 0],  # a missing year is no zero
            [0, 0, 0, 0],  # free at the baseline: not counted
            [nan, 0, 0, 0],  # unknown at the baseline
            [5, 4, 3, 2],
        ]
    )
    areas, years = tuple("abcdef"), (2015, 2016, 2017, 2018)
    one, three = (
        Elimination(
            id="x",
            topic="malaria",
            indicator="i",
            rule="",
            years=n,
            threshold=0,
            mark="P",
            goals=(),
        )
        for n in (1, 3)
    )
    assert count_elimination(one, areas, years, values, 2015).passed == ("a", "b", "c")
    found = count_elimination(three, areas, years, values, 2015)
    assert found.passed == ("a",)
    assert (found.with_data, found.without_data) == (3, 2)
    # a file that lacks a whole year cannot prove 36 months
    gap = count_elimination(three, areas, (2015, 2016, 2018), values[:, [0, 1, 3]], 2015)
    assert (gap.passed, gap.with_data, gap.without_data) == ((), 0, 6)


def test_the_counters_of_malaria_ask_for_indigenous_cases() -> None:
    rules = {r.id: r for r in eliminations("malaria")}
    assert rules["malaria_zero_this_year"].indicator == "malaria_indigenous_cases"
    assert rules["malaria_zero_36_months"].indicator == "malaria_indigenous_cases"
    assert rules["malaria_zero_36_months"].years == 3
    assert rules["malaria_certified"].indicator == ""
    assert all(r.obs_status == "O" for r in rules.values())
    assert rules["malaria_zero_this_year"].goals == (
        Goal(2020, 10),
        Goal(2025, 20),
        Goal(2030, 35),
    )


def test_every_declared_value_carries_its_mark_and_source() -> None:
    for topic in ("tb", "malaria"):
        for target in targets(topic):
            assert target.source
            assert {m.mark for m in target.milestones} <= {"P", "P*", "T", "A"}
            assert [m.year for m in target.milestones] == sorted(m.year for m in target.milestones)
            assert all(p.mark in {"P", "P*"} and p.source for p in published(target.id))
        assert all(x.mark in {"P", "P*", "T"} and x.source for x in levels(topic))
        assert {x.indicator for x in levels(topic)} == {t.numerator for t in targets(topic)}
    with pytest.raises(SimulateError, match="there are: malaria, tb"):
        targets("measles")


def _annex() -> tuple[Series, Series]:
    """Return a synthetic file with its own rows of a region and of the world beside two countries."""
    areas, years = ("250", "276", "900", "EUR"), (2015, 2016)
    cases = np.array([[100.0, 90], [50, 40], [151, 131], [152, 132]])
    people = np.array([[1e3, 1e3], [1e3, 1e3], [2e3, 2e3], [2e3, 2e3]])
    rows = np.arange(2, 10).reshape(4, 2)
    edition = "who.malaria-annex@2024-12-11"
    top = Series(
        "malaria_cases", edition, areas, years, cases, cases * 0.9, cases * 1.1, rows, rows
    )
    nothing = np.full_like(people, np.nan)
    at_risk = Series(
        "malaria_population_at_risk", edition, areas, years, people, nothing, nothing, rows, rows
    )
    return top, at_risk


def test_a_row_of_the_world_is_the_publisher_s_and_no_country_of_our_sum() -> None:
    top, at_risk = _annex()
    target = targets("malaria")[0]
    inputs = Inputs(top, at_risk, None, ((top, at_risk, None),))
    regions = {"EUR": ("250", "276")}
    for area, base in (("900", 75.5), ("EUR", 76.0)):
        told = track(target, inputs, area, regions, "linear")
        assert told.baseline == pytest.approx(base)
        assert told.countries == (2, 2)
        assert not told.summed
        assert told.lower is not None
        assert {c.area for c in told.cells} == {area}
    assert top.since(2015) == ("250", "276")
    without = Series(
        *(getattr(at_risk, f) for f in ("indicator", "edition")),
        ("250", "276"),
        at_risk.years,
        *(getattr(at_risk, f)[:2] for f in ("values", "lower", "upper", "rows", "cols")),
    )
    summed = track(target, Inputs(top, without, None), "900", regions, "linear")
    assert summed.summed  # the row cannot be a rate without its own people
    assert summed.baseline == pytest.approx(75.0)


def test_a_rate_is_per_person_at_risk_where_the_edition_prints_who_is_and_says_so() -> None:
    top, at_risk = _annex()
    everybody = replace(at_risk, indicator="population_who", values=at_risk.values * 4)
    older = replace(top, edition="who.malaria-estimates@2022-12-08")
    target = targets("malaria")[0]
    inputs = Inputs(top, at_risk, None, ((older, everybody, None), (top, at_risk, None)))
    told = track(target, inputs, "250", {}, "linear")
    assert told.at_risk
    assert told.baselines == {older.edition: 25.0, top.edition: 100.0}
    assert told.otherwise == (older.edition,)  # another denominator: shown, and not compared
    assert not track(target, Inputs(top, everybody, None), "250", {}, "linear").at_risk


@pytest.mark.parametrize("target", [*targets("tb"), *targets("malaria")], ids=lambda t: t.id)
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ([1, 1, 1, 1, 1, 1, 2], False),  # "one person more: +100 per cent"
        ([19, 19, 19, 400, 400, 400, 400], False),
        ([400, 400, 400, 400, 400, 400, 19], False),
        ([20, 20, 20, 20, 20, 20, 20], True),
    ],
)
@pytest.mark.parametrize("area", ["250", "EUR"])
@pytest.mark.parametrize("printed", [False, True])
def test_of_fewer_than_twenty_in_either_year_no_change_trend_or_verdict_is_told(
    target: Target, path: list[float], told: bool, area: str, printed: bool
) -> None:
    rows = {"250": path, "276": [0.0] * 7}
    top, people = (
        series(i, r) for i, r in ((target.numerator, rows), ("p", {a: [1e6] * 7 for a in rows}))
    )
    rate = series("rate", {a: [v / 10 for v in r] for a, r in rows.items()}) if printed else None
    t = track(target, Inputs(top, people, rate), area, REGIONS, "linear")
    assert t.value  # the values themselves are shown
    assert (t.reason == "few") != told
    measured = (t.change, t.gap, t.off_track, t.reached, *(j.gap for j in t.milestones))
    assert told or set(measured) == {None}
    assert np.isfinite(t.trend.annual_change) == told
    assert all((j.verdict == "withheld") != told for j in t.milestones)
    progress = Progress(topic=target.topic, trackings=(t,), counters=())
    one = json.loads(to_json(progress))["targets"][0]
    assert all((m["reason"] is None) == told for m in one["milestones"])
    said = "\n".join(lines(progress))
    assert ("fewer than 20" in said) != told
    row = next(line for line in said.splitlines() if line.startswith(f"  {t.name}"))
    assert ("%" in row) == told
    gaps = [r["gap_points"] for r in csv.DictReader(io.StringIO(to_csv(progress)))]
    assert any(gaps) == told
    assert "on the present trend" not in said or told


def test_a_milestone_without_a_verdict_says_why() -> None:
    gone = series(
        "tb_cases", {"250": [1, 1, np.nan, 1, 1, 1, 1], "276": [0.0] * 7, "516": [50] * 7}
    )
    zero = series("tb_cases", {"250": [90, 90, 90, 90, 0, 90, 90]})
    for top, area, word in (
        (gone, "250", "no_baseline"),
        (gone, "276", "zero_baseline"),
        (gone, "840", "no_series"),
        (gone, "516", ""),
        (zero, "250", "no_trend"),
    ):
        t = track(DEATHS, Inputs(top, None, None), area, REGIONS, "linear")
        assert {j.reason for j in t.milestones} == {word}
        told = json.loads(to_json(Progress(topic="tb", trackings=(t,), counters=())))["targets"][0][
            "milestones"
        ]
        assert all(bool(m["reason"]) == bool(word) for m in told)
