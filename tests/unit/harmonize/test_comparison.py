"""An edition beside the one before: what is asked, with both numbers, and what is not."""

from typing import Any

import pytest

from sojourn.harmonize.comparison import ColumnChange, KeyChange, questions


def column(**told: Any) -> ColumnChange:
    same: dict[str, Any] = {
        "indicator": "refugees",
        "sex": "_T",
        "period": "2015",
        "keys": 100,
        "changed": 50,
        "ratio": 1.0,
        "spread": 0.0,
        "total": 100.0,
        "total_before": 100.0,
    }
    return ColumnChange(**(same | told))


def asked(**told: Any) -> tuple[str, ...]:
    return questions([column(**told)], "unhcr.x@2015-06-18", 0.01)


@pytest.mark.parametrize("power", [-9, -6, -3, -2, -1, 1, 2, 3, 6, 9])
@pytest.mark.parametrize("near", [0.995, 1.0, 1.005])
def test_every_unit_that_tables_are_printed_in_is_told_from_a_revision(
    power: int, near: float
) -> None:
    [said] = asked(ratio=10.0**power * near, spread=1.0, changed=100)
    assert f"moved by a factor of {10.0**power:,g} " in said
    assert "another unit?" in said


@pytest.mark.parametrize("ratio", [1.0, 5e-10, 4.0, 0.15, 12.0, 101.5, 1001.0 * 2, 1e4])
def test_another_ratio_is_no_other_unit(ratio: float) -> None:
    assert not any("another unit?" in said for said in asked(ratio=ratio, spread=1.0, changed=100))


@pytest.mark.parametrize(("total", "told"), [(110.0, "10.0%"), (90.0, "10.0%"), (250.0, "150.0%")])
def test_a_total_that_moved_more_than_ever_is_asked_with_both_numbers(
    total: float, told: str
) -> None:
    [said] = asked(total=total)
    assert f"moved by {told} (100 in unhcr.x@2015-06-18, {total:g} here)" in said


@pytest.mark.parametrize("total", [100.0, 101.5, 98.5])
def test_a_total_that_hardly_moved_is_not_asked(total: float) -> None:
    assert asked(total=total) == ()
    assert asked(total=total, total_before=0.0) == ()


@pytest.mark.parametrize(
    ("origin", "where"), [("_T", "Germany"), ("_Z", "Germany"), ("792", "Germany from Türkiye")]
)
def test_a_change_names_where_it_stands_and_whence(origin: str, where: str) -> None:
    told = KeyChange(
        indicator="migrant_stock",
        ref_area="276",
        origin=origin,
        sex="_T",
        age="_T",
        said="",
        time_period="2015",
        before=1000.0,
        after=None,
    )
    assert str(told).startswith(f"migrant_stock 2015 {where}: 1,000 → ")
    assert told.size == 1000
