"""Flows held against a published series, measured totals, and the revision's net migration."""

import json
from pathlib import Path

import numpy as np
import pytest
import twins
from hypothesis import given
from hypothesis import strategies as st

import sojourn
from sojourn.errors import EstimateError
from sojourn.flows.inputs.others import others
from sojourn.flows.inputs.published import Compared, compare, read_series
from sojourn.flows.model import Flows
from sojourn.flows.model.calibration import Counted, calibrate
from sojourn.flows.run.validate import Validation, validate
from sojourn.flows.run.validate_pages import validation_pages
from sojourn.flows.run.validate_report import as_json, lines
from sojourn.publish.text import languages


def series_of(publisher_files: Path) -> Path:
    found = publisher_files / "abel_cohen"
    if not found.is_dir():
        pytest.skip("the published series is not beside the publisher files")
    return found


@pytest.fixture(scope="module")
def validated(loaded: Path, publisher_files: Path) -> Validation:
    return validate(sojourn.open(loaded).store, published=series_of(publisher_files))


def compared(found: Validation, method: str) -> list[Compared]:
    return [c for i in found.intervals for c in i.series if c.method == method]


def test_real_flows_agree_with_the_published_series(validated: Validation) -> None:
    """The targets, in all six intervals.

    With unknown origins kept the fewest moves cannot meet theirs: the treatment alone makes as much.
    In 1995-2000 the 0.48 million who left Kosovo, whom the series leaves out, are 0.2 % too many.
    """
    assert len({c.published for c in compared(validated, "pseudo-bayes")}) == 6
    for c in compared(validated, "pseudo-bayes"):
        assert all(c.verdicts.values()), (c.published, c.verdicts)
    for c in compared(validated, "minimum-closed"):
        assert len(c.top_off) <= 1
        if c.unknown == "origins":
            assert c.share < c.treatment + 0.015
            assert c.treatment > 0.075
        else:
            assert c.share < 0.033, c
    for c in compared(validated, "drop-negative"):
        assert c.share < 0.0002


def test_known_corridors_are_those_of_the_series(validated: Validation) -> None:
    """Mexico to the United States is the largest or second of each interval, within a tenth."""
    for c in compared(validated, "pseudo-bayes"):
        told = {(o, d): (published, ours) for o, d, published, ours in c.largest}
        published, ours = told["484", "840"]
        assert ours == pytest.approx(published, rel=0.1)
        assert c.inside[0] > 0.95 * c.inside[1] > 0


def test_real_net_migration_is_the_revision_s(validated: Validation) -> None:
    for i in validated.intervals:
        if i.period == "2020-2024":  # its stock and its revision are not in this store
            assert "undesa.ims-od" in i.why_none["estimate"]
            continue
        assert i.net is not None
        assert i.net.beyond == ()
        assert i.net.signs[0] == i.net.signs[1]
        assert set(i.measured) | set(i.why_none) >= {"arrivals", "departures"}


def test_the_real_band_covers_countries_left_out(validated: Validation) -> None:
    for direction, fitted in validated.band.directions.items():
        assert fitted.small.holds, direction
        assert fitted.large.holds, direction
        assert fitted.again is not None  # a country's own way of counting makes a part of the width
        assert fitted.again.high / fitted.again.low < fitted.small.high / fitted.small.low
    assert validated.band.directions["arrivals"].weight == pytest.approx(0.92, abs=0.03)


def test_the_validation_is_told_as_text_data_and_pages(
    validated: Validation, tmp_path: Path
) -> None:
    assert len(validation_pages(validated, tmp_path)) == 2 * len(languages())
    page = (tmp_path / "flows-validation.en.html").read_text("utf-8")
    for said in ("Mexico", "Sign right", "missed", "undesa.ims-od@2021-01-15", "Kosovo"):
        assert said in page
    told = as_json(validated)
    assert json.loads(json.dumps(told, allow_nan=False)) == told  # a program can read it
    assert set(told["not_loaded"]) == {o.dataset for o in others()}
    assert any("not validated" in line for line in lines(validated))


def test_without_anything_to_compare_with_each_interval_says_why(tmp_path: Path) -> None:
    twins.store_of(
        tmp_path,
        "undesa.ims-od@2021-01-15",
        [
            {
                "indicator": "migrant_stock",
                "origin": "004",
                "destination": "276",
                "time_period": "2010",
                "obs_value": 1.0,
            }
        ],
    )
    found = validate(sojourn.open(tmp_path).store, periods=("2010-2015",))
    assert "no whole edition in the store" in found.intervals[0].why_none["estimate"]
    assert set(found.band.why_none) == {"arrivals", "departures"}
    again = sojourn.open(tmp_path).flows_validate(period="2010-2015")
    assert as_json(again) == as_json(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("period,method\n", "line 1 reads 'period,method'"),
        ("method,period,origin,destination,value\npb,2010-2015,004,276\n", "line 2 reads"),
        ("method,period,origin,destination,value\npb,2010-2015,004,276,x\n", "line 2 reads"),
        ("method,period,origin,destination,value\npb,2010-2015,004,276,inf\n", "line 2 reads"),
        ("method,period,origin,destination,value\n" + 2 * "pb,2010-2015,4,276,1\n", "stands twice"),
    ],
)
def test_a_series_that_is_none_is_refused_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "series.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(EstimateError, match=said):
        read_series(path)


def flows_of(table: list[list[float]]) -> Flows:
    return Flows("pseudo-bayes", ("004", "276", "792"), ("004", "276", "792"), np.array(table))


def test_the_same_series_has_no_difference_and_another_is_counted_by_hand() -> None:
    table = [[0.0, 2e5, 150.0], [0.0, 0.0, 0.0], [50.0, 0.0, 0.0]]
    same = compare(flows_of(table), "origins", {("004", "276"): 2e5, ("004", "792"): 150.0}, {})
    assert same.difference == 0
    assert same.signs == (2, 2)
    other = compare(flows_of(table), "origins", {("276", "004"): 1e5, ("004", "792"): 100.0}, {})
    assert other.difference == pytest.approx(1e5 + 50 + (2e5 - 100))
    assert other.signs == (0, 2)
    assert other.top_off == (("276", "004"),)


def synthetic(rng: np.random.Generator, countries: int, scale: float) -> list[Counted]:
    """Synthetic totals: measured is the mixture times a log-normal error."""
    found = []
    for k in range(countries):
        for period in ("1990-1995", "1995-2000", "2000-2005"):
            least = float(rng.lognormal(10.0, 1.5))
            most = least * float(rng.uniform(4.0, 9.0))
            value = (0.9 * least + 0.1 * most) * float(rng.lognormal(0.0, scale))
            found.append(Counted(f"S{k}", period, value, least, most))
    return found


def test_the_band_covers_what_it_promises_and_finds_the_weight() -> None:
    """Synthetic truth: a weight of 0.90."""
    fitted = calibrate("arrivals", synthetic(np.random.default_rng(3), 120, 0.4))
    assert fitted.weight == pytest.approx(0.90, abs=0.03)
    assert fitted.again is not None
    assert fitted.again.holds
    for half in (fitted.small, fitted.large):
        assert half.holds
        assert 0.70 < half.share < 0.90


@given(factor=st.floats(1e-3, 1e6))
def test_the_band_does_not_depend_on_the_unit(factor: float) -> None:
    plain = synthetic(np.random.default_rng(5), 20, 0.5)
    scaled = [
        Counted(c.area, c.period, c.measured * factor, c.least * factor, c.most * factor)
        for c in plain
    ]
    one, two = calibrate("arrivals", plain), calibrate("arrivals", scaled)
    assert one.weight == two.weight
    assert one.again is not None
    assert one.small.low < 1.0 < one.large.high
    assert (one.small.low, one.large.high) == pytest.approx((two.small.low, two.large.high))


def test_too_few_measured_totals_give_no_band() -> None:
    with pytest.raises(EstimateError, match="arrivals: 3 measured totals of 1 country"):
        calibrate("arrivals", synthetic(np.random.default_rng(1), 1, 0.1))
