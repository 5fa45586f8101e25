"""Population change is births - deaths + net migration, also where each stands in a file of its own."""

from pathlib import Path

import duckdb
import pytest

from sojourn.store.accounted import not_accounted

INDICATORS = ("births", "deaths", "net_migration")


def tables(folder: Path, stock: str, numbers: dict[str, list[float]]) -> list[str]:
    paths = []
    with duckdb.connect() as con:
        for indicator, values in {**numbers}.items():
            paths.append(str(folder / f"{indicator}.parquet"))
            rows = ", ".join(
                f"('{indicator}', '250', '{2000 + i}', '_T', '_T', {v}::DOUBLE, 3)"
                for i, v in enumerate(values)
            )
            con.execute(
                f"COPY (SELECT * FROM (VALUES {rows}) t(indicator, ref_area, time_period, sex, age, "
                f"obs_value, unit_mult)) TO '{paths[-1]}' (FORMAT parquet)"
            )
    assert stock in numbers
    return paths


FLOWS = {"births": [100.0, 110.0], "deaths": [50.0, 55.0], "net_migration": [-7.0, 9.0]}
STOCKS = {
    "population_change": [43.0, 64.0],
    "population_31_december": [1000.0, 1064.0],  # the second year's change
    "population_1_january": [957.0, 1000.0],  # the first year's
}


@pytest.mark.parametrize("stock", STOCKS)
def test_what_is_accounted_for_is_told_by_nobody_and_what_is_not_by_its_place(
    tmp_path: Path, stock: str
) -> None:
    with duckdb.connect() as con:
        right = {**FLOWS, stock: STOCKS[stock]}
        assert not_accounted(con, tables(tmp_path, stock, right), [*INDICATORS, stock]) == ()
        wrong = {**right, "births": [b + 5 for b in FLOWS["births"]]}
        [said] = not_accounted(con, tables(tmp_path, stock, wrong), [*INDICATORS, stock])
    assert "births - deaths + net migration" in said
    assert "France 200" in said


def test_one_file_or_a_missing_indicator_asks_nothing(tmp_path: Path) -> None:
    right = {**FLOWS, "population_change": [1.0, 2.0]}
    paths = tables(tmp_path, "population_change", right)
    with duckdb.connect() as con:
        assert not_accounted(con, paths[:1], [*right]) == ()
        assert not_accounted(con, paths, [i for i in right if i != "deaths"]) == ()


@pytest.mark.parametrize(
    ("births", "said"),
    [([105.0, 115.0], "2 places and years"), ([105.0, 110.0], "one place and year")],
)
def test_how_many_places_and_years_are_not_accounted_for_is_told(
    births: list[float], said: str, tmp_path: Path
) -> None:
    wrong = {**FLOWS, "births": births, "population_change": STOCKS["population_change"]}
    with duckdb.connect() as con:
        paths = tables(tmp_path, "population_change", wrong)
        [told] = not_accounted(con, paths, [*INDICATORS, "population_change"])
    assert f"net migration of {said}: " in told
