"""A change in per cent is told of a base that bears it: synthetic twins."""

import re
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.factsheet.figures.difference import relative
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.publish import catalogue

IMS = "undesa.ims@2021-01-15"


def stock(year: str, value: float) -> dict[str, object]:
    place = {"indicator": "migrant_stock", "ref_area": "900", "destination": "900"}
    return {**place, "time_period": year, "obs_value": value}


@pytest.mark.parametrize(("base", "growth"), [(1.0, None), (99.0, None), (100.0, 400.0)])
def test_nothing_grows_in_per_cent_of_a_few(
    base: float, growth: float | None, tmp_path: Path
) -> None:
    twins.store_of(tmp_path, IMS, [stock("2000", base), stock("2015", 5 * base)])
    [found] = sojourn.open(tmp_path).figure("migrant_stock_growth_since_2000", 2015)[:1]
    assert found.value == growth
    if growth is None:
        assert found.reason == f"2000: {base:.0f}, too few to tell a change in per cent"
        told = [catalogue(lang).reason(found.reason) for lang in ("fr", "es")]
        assert all(f"{base:.0f}" in one and "too few" not in one for one in told)
        assert all(re.search("pour cent|porcentaje", one) for one in told)


def test_a_share_is_compared_in_points_and_never_in_per_cent() -> None:
    key = {"figure_id": "x", "time_period": "2015", "sex": "_T", "area": "900", "as_of": ""}
    shares = [FigureValue(**key, unit="PERCENT", value=v) for v in (200.0, 250.0)]
    assert relative(*shares) is None
    fall = [FigureValue(**key, unit="PERSONS", value=v) for v in (200.0, 150.0)]
    assert relative(*fall) == -25.0
