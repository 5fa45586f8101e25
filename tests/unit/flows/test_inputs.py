"""Flows from a data directory: the right editions, the right arithmetic, kept with status E."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import twins

import sojourn
from sojourn.errors import EstimateError
from sojourn.factsheet.figures.trace import trace_cell
from sojourn.flows.inputs.sides import Side, sides
from sojourn.flows.inputs.tables import read_inputs
from sojourn.flows.model import Stocks, estimate
from sojourn.flows.run.kept import band, keep

A, B, C = "004", "276", "792"
STOCK, SIZE, VITAL = "undesa.ims-od@2021-01-15", "undesa.ims@2021-01-15", "undesa.wpp@2022-07-11"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A synthetic world of three places; origin 'Others' (2003) has no place of its own."""
    root = tmp_path / "data"
    stock = [
        {
            "indicator": "migrant_stock",
            "origin": o,
            "destination": d,
            "time_period": year,
            "obs_value": 100.0 + 10 * i + (30 if year == "2015" else 0),
            "col": 3 if year == "2015" else 2,
            "criterion": "birth",
        }
        for year in ("2010", "2015")
        for i, (o, d) in enumerate(product((A, B, C, "2003"), (A, B, C)))
        if o != d
    ]
    stock += [
        {
            "indicator": "migrant_stock",
            "origin": A,
            "destination": "900",
            "time_period": "2015",
            "obs_value": 9e9,
        }
    ]
    twins.store_of(root, STOCK, stock)
    size = [
        {
            "indicator": "population",
            "destination": d,
            "time_period": year,
            "obs_value": 50.0,
            "unit_mult": 3,
        }
        for year in ("2010", "2015")
        for d in (A, B, C, "900")
    ]
    twins.store_of(root, SIZE, size)
    vital = [
        {
            "indicator": what,
            "ref_area": d,
            "destination": "_Z",
            "time_period": str(year),
            "obs_value": value,
            "unit_mult": mult,
        }
        for what, value, mult in (
            ("births", 1.0, 3),
            ("deaths", 1.0, 3),
            ("net_migration", 0.0, 3),
            ("crude_birth_rate", 20.0, 0),
        )
        for year in range(2010, 2016)
        for d in (A, B, C)
    ]
    twins.store_of(root, VITAL, vital)
    return root


def read(data: Path, **more: object) -> object:
    return read_inputs(sojourn.open(data).store, "2010-2015", **more)  # type: ignore[arg-type]


def test_natives_are_the_population_less_its_foreign_born(data: Path) -> None:
    found = read(data)
    stocks: Stocks = found.stocks  # type: ignore[attr-defined]
    assert stocks.places == (A, B, C)
    assert stocks.birthplaces == (A, B, C, "2003")
    np.testing.assert_allclose(stocks.start.sum(axis=0), [50_000] * 3)
    assert stocks.end[0, 1] == 100 + 10 * 1 + 30
    assert dict(found.editions) == {"stock": STOCK, "population": VITAL, "vital": VITAL}  # type: ignore[attr-defined]


def test_calendar_years_are_added_from_mid_year_to_mid_year(data: Path) -> None:
    stocks: Stocks = read(data).stocks  # type: ignore[attr-defined]
    np.testing.assert_allclose(
        stocks.births, [5_000.0] * 3
    )  # half of 2010 and 2015, four whole years


def test_an_estimate_is_kept_once_with_status_e_and_its_inputs(data: Path) -> None:
    inputs = read(data)
    flows = estimate(inputs.stocks, "pseudo-bayes")  # type: ignore[attr-defined]
    whole = band(inputs.stocks)  # type: ignore[attr-defined]
    edition = keep(data, inputs, flows, (whole.low, whole.high))  # type: ignore[arg-type]
    assert edition == "sojourn.flows@2022-07-11+pseudo-bayes+2010-2015"
    assert keep(data, inputs, flows) == edition  # type: ignore[arg-type]
    rows = sojourn.open(data).observations(dataflow="sojourn.flows").fetchall()
    assert len(rows) == 6
    record = dict(zip(sojourn.open(data).observations().columns, rows[0], strict=True))
    assert (record["obs_status"], record["time_period"]) == ("E", "2010-07-01/P5Y")
    assert record["detail"] == "method=pseudo-bayes;lambda=0.87;"
    assert STOCK in record["comment"]
    assert VITAL in record["comment"]
    assert record["lower"] <= record["obs_value"] <= record["upper"]
    balance = sojourn.open(data).observations(dataflow="sojourn.flows.balance")
    assert len(balance.fetchall()) == 4 * 3  # N, N*, N* - N and the residual of three places
    again = keep(data, inputs, flows, (whole.low, whole.high), kind="fitted")  # type: ignore[arg-type]
    assert again == f"{edition}+band"
    assert keep(data, inputs, flows) == edition  # type: ignore[arg-type]


def test_each_run_is_an_edition_and_its_addresses_name_one_number(data: Path) -> None:
    inputs = read(data)
    editions = {
        keep(data, inputs, estimate(inputs.stocks, method, weight=weight))  # type: ignore[attr-defined, arg-type]
        for method, weight in (
            ("pseudo-bayes", 0.87),
            ("pseudo-bayes", 0.9),
            ("minimum-closed", 0.87),
        )
    }
    assert editions == {
        "sojourn.flows@2022-07-11+pseudo-bayes+2010-2015",
        "sojourn.flows@2022-07-11+pseudo-bayes+2010-2015+lambda0.9",
        "sojourn.flows@2022-07-11+minimum-closed+2010-2015",
    }
    store = sojourn.open(data).store
    for edition in editions:
        method = edition.split("+")[1]
        (found,) = trace_cell(store, f"{edition}#{method}!B1")
        assert found.status == "E"
    assert len(sojourn.open(data).observations(dataflow="sojourn.flows").fetchall()) == 18


def test_a_corridor_names_the_cells_behind_it(data: Path) -> None:
    behind = read(data).behind(A, B)  # type: ignore[attr-defined]
    assert behind["stock"] == sorted(behind["stock"])
    assert len(behind["stock"]) == 4  # both directions, both dates
    assert len(behind["births"]) == len(behind["deaths"]) == 12
    assert all("@" in a and "#" in a for cells in behind.values() for a in cells)


def test_what_is_not_in_the_store_is_named(data: Path) -> None:
    store = sojourn.open(data).store
    twins.store_of(
        data,
        "undesa.ims-od@2020-01-01",
        [
            {
                "indicator": "migrant_stock",
                "origin": A,
                "destination": B,
                "time_period": y,
                "obs_value": 1.0,
                "sex": "F",
            }
            for y in ("2010", "2015")
        ],
    )
    twins.store_of(
        data,
        "undesa.ims@2020-01-01",
        [
            {
                "indicator": "population",
                "destination": B,
                "time_period": y,
                "obs_value": 1.0,
                "sex": "F",
            }
            for y in ("2010", "2015")
        ],
    )
    with pytest.raises(EstimateError, match="no edition in the store gives births of women"):
        read_inputs(sojourn.open(data).store, "2010-2015", sex="F")
    with pytest.raises(EstimateError, match="spans 30 years in one step"):
        read_inputs(store, "1990-2020")
    with pytest.raises(EstimateError, match="migrant_stock of both sexes for 1990 to 1995"):
        read_inputs(store, "1990-1995")
    with pytest.raises(EstimateError, match="'2015' is no interval"):
        read_inputs(store, "2015")


@pytest.mark.parametrize(
    "period", ["1990-1995", "1995-2000", "2000-2005", "2005-2010", "2010-2015", "2015-2020"]
)
def test_real_intervals_close_and_lie_near_the_published_totals(loaded: Path, period: str) -> None:
    """Azose and Raftery 2019 give 34 to 46 million (minimum) and 67 to 87 million for 1990 to 2015."""
    stocks = read_inputs(sojourn.open(loaded).store, period).stocks
    least, mixed = (estimate(stocks, m) for m in ("minimum-closed", "pseudo-bayes"))
    for found in (least, mixed):
        assert found.net_error is not None
        assert np.abs(found.net_error).max() <= 1e-3
    assert 34e6 < least.total < 60e6
    assert 67e6 < mixed.total < 115e6


def test_sides_are_the_totals_that_the_publisher_s_own_tables_print(publisher_files: Path) -> None:
    from openpyxl import load_workbook

    folder = publisher_files / "current" / "undesa" / "2024"
    printed = {}
    for what in ("destination", "origin"):
        path = folder / f"undesa_pd_2024_ims_stock_by_sex_and_{what}.rebuilt.xlsx"
        if not path.is_file():
            pytest.skip("the stock of 2024 is not beside the publisher files")
        book = load_workbook(path, read_only=True)
        rows = list(book["Table 1"].iter_rows(values_only=True))
        book.close()
        start = next(i for i, r in enumerate(rows) if r[0] == "Index")
        head = list(rows[start])
        code = next(i for i, h in enumerate(head) if str(h).startswith("Location code"))
        years = [head.index(y) for y in (1990, 2005, 2024)]  # both sexes stand first
        printed[what] = {
            f"{r[code]:03d}": [r[i] for i in years] for r in rows[start + 1 :] if r[code]
        }
    for side in sides().values():
        into, out_of = zip(*side.pairs, strict=True)
        assert list(into) == printed["destination"][side.area_id], side.area_id
        assert list(out_of) == printed["origin"][side.area_id], side.area_id


def test_a_country_that_hardly_stands_on_a_side_is_no_row() -> None:
    # Angola: more of its people abroad in 2005, more immigrants of unknown origin in 2024
    for third in ((676_507, 616_967), (400_000, 616_967)):
        with pytest.raises(ValueError, match="over twice"):
            Side("024", 33_517, 799_084, 62_331, 663_380, *third)
