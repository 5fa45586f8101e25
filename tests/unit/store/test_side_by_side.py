"""What a new edition lacks of the one before is said by name: four of them, and how many more."""

from pathlib import Path

import duckdb
import pytest

from sojourn.store.side_by_side import lay, told

BEFORE = "a.b@2014-01-01"


def edition(con: duckdb.DuckDBPyConnection, path: Path, keys: list[tuple[str, str, str]]) -> str:
    """Write an edition of the keys (indicator, area, year), each with the number 7."""
    rows = ", ".join(f"('{i}', '{area}', '{year}')" for i, area, year in keys)
    con.execute(
        "COPY (SELECT *, '_T' AS origin, ref_area AS destination, '_T' AS sex, '_T' AS age, "
        "'' AS detail, 7.0::DOUBLE AS obs_value, 0 AS unit_mult, NULL::DOUBLE AS lower, "
        "NULL::DOUBLE AS upper, 'A' AS obs_status, 'PERSONS' AS unit_measure, '' AS criterion, "
        f"'' AS comment FROM (VALUES {rows}) t(indicator, ref_area, time_period)) "
        f"TO '{path}' (FORMAT parquet)"
    )
    return str(path)


def said(folder: Path, before: list[tuple[str, str, str]]) -> list[str]:
    """What is told of an edition that holds the births of France in 2015 alone."""
    with duckdb.connect() as con:
        now = [("births", "250", "2015")]
        sides = (
            edition(con, folder / f"{n}.parquet", keys)
            for n, keys in enumerate(([*now, *before], now))
        )
        one, other = sides
        lay(con, [one], [other])
        return list(told(con, BEFORE, periods_told=False))


def test_an_indicator_that_is_gone_and_years_that_are_gone_are_told_apart(tmp_path: Path) -> None:
    gone = [("deaths", "250", "2015"), ("deaths", "276", "2015"), ("births", "250", "2014")]
    assert said(tmp_path, gone) == [
        f"lacks deaths, of which {BEFORE} holds 2 numbers",
        f"lacks births of 2014, of which {BEFORE} holds 1 number",
    ]
    assert said(tmp_path, []) == []


@pytest.mark.parametrize(
    ("gone", "more"),
    [(4, []), (5, ["and 1 more indicator like these"]), (7, ["and 3 more indicators like these"])],
)
def test_four_are_named_and_the_others_counted(tmp_path: Path, gone: int, more: list[str]) -> None:
    found = said(tmp_path, [(f"count_{n}", "250", "2015") for n in range(gone)])
    named = [f"lacks count_{n}, of which {BEFORE} holds 1 number" for n in range(4)]
    assert found == [*named, *more]
