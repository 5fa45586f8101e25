"""A code of the stock that counts other places too: revision and both dates on that unit."""

from pathlib import Path

import numpy as np
import pytest
import twins

import sojourn
from sojourn.flows.inputs.revision import read_revision
from sojourn.flows.inputs.stock import stock_editions
from sojourn.flows.inputs.tables import read_inputs
from sojourn.flows.inputs.units import join_areas, join_units, units_of
from sojourn.flows.model import estimate
from sojourn.store.observations import Store

OLD = "undesa.ims-od@2021-01-15"
NET = {"729": -30.0, "728": 10.0, "276": 20.0}


def world(root: Path, first: int, *, stock: str = OLD, revision: str = "2022-07-11") -> Store:
    """Sudan, South Sudan and Germany in synthetic numbers; the stock as its edition counts it."""
    rows = [
        {
            "indicator": "migrant_stock",
            "origin": o,
            "destination": d,
            "time_period": str(year),
            "obs_value": value,
            "criterion": "birth",
        }
        for year in (first, first + 5)
        for o, d, value in (
            ("728", "276", 100.0),
            ("729", "276", 200.0),
            ("276", "729", 50.0),
            ("728", "729", 0.0 if year <= 2005 else 300.0),
            ("276", "728", None if year <= 2005 else 5.0),
            ("729", "728", None if year <= 2005 else 40.0),
        )
    ]
    twins.store_of(root, stock, rows)
    vital = []
    for place, net in NET.items():
        for year in range(first, first + 6):
            people = 10_000.0 + (year - first) * (50.0 + net)
            values = {"births": 90.0, "deaths": 40.0, "net_migration": net, "population": people}
            vital += [
                {
                    "indicator": k,
                    "ref_area": place,
                    "destination": "_Z",
                    "time_period": str(year),
                    "obs_value": v,
                }
                for k, v in values.items()
            ]
    twins.store_of(root, f"undesa.wpp-tables@{revision}", vital)
    return sojourn.open(root).store


@pytest.mark.parametrize("first", [1990, 2000, 2005])
def test_a_place_and_those_it_holds_are_one_unit_at_both_dates(tmp_path: Path, first: int) -> None:
    inputs = read_inputs(world(tmp_path, first), f"{first}-{first + 5}")
    stocks = inputs.stocks
    assert stocks.places == ("276", "729")
    sudan = stocks.places.index("729")
    assert stocks.start[:, sudan].sum() == pytest.approx(20_000)
    assert stocks.reported is not None
    assert stocks.reported[sudan] == pytest.approx(5 * (NET["729"] + NET["728"]))
    assert stocks.end[0, sudan] == (55.0 if first == 2005 else 50.0)
    assert stocks.end[sudan, 0] == 300.0
    told = [a for a in stocks.left_out if a.step == "units"]
    assert any("728" in a.why for a in told)
    cells = inputs.behind("729", "276")
    assert len(cells["population"]) == 6  # three places, two dates


def test_separate_places_stay_apart(tmp_path: Path) -> None:
    stocks = read_inputs(world(tmp_path, 2010), "2010-2015").stocks
    assert stocks.places == ("276", "728", "729")


def test_a_unit_that_lacks_a_part_leaves_the_run_and_is_named() -> None:
    joined = join_areas("undesa.wpp@2022", {"688": 7.0, "276": 8.0}, {"688": ("XKX",)}, year=2010)
    assert joined == {"276": 8.0}
    held = join_areas("undesa.wpp-tables@2019", {"688": 7.0}, {"688": ("XKX",)}, year=2010)
    assert held == {"688": 7.0}
    tables = [{("276", "729"): 1.0}, {("276", "729"): 1.0}]
    late = join_units(OLD, (2005, 2010), tables, {"729": ("728",)})  # 2010: South Sudan apart
    assert late.tables == ({("276", "729"): 1.0}, {})


def test_nobody_is_lost_by_joining() -> None:
    """Residents of a unit are those of its parts, less those at home in it, who are told."""
    rng = np.random.default_rng(5)
    places = ("004", "276", "688", "499", "728", "729")
    for year in (1990, 2000):
        tables = [
            {(o, d): float(rng.integers(1, 99)) for o in places for d in places if o != d}
            for _ in range(2)
        ]
        joined = join_units(OLD, (year, year + 5), tables, units_of(OLD, year, year + 5))
        home = sum(a.persons for a in joined.adjustments)
        before = sum(v for t in tables for v in t.values())
        assert sum(v for t in joined.tables for v in t.values()) + home == pytest.approx(before)


def test_real_units_have_the_net_migration_of_their_parts(loaded: Path) -> None:
    """Sudan, Serbia and the Netherlands Antilles, each edition of the stock: N* = sum of the parts' N."""
    store = sojourn.open(loaded).store
    for period, start in (("1990-1995", 1990), ("2000-2005", 2000), ("2005-2010", 2005)):
        for stock in stock_editions(store, period):
            inputs = read_inputs(store, period, stock=stock)
            found = read_revision(store, inputs.editions["vital"], start, start + 5, {})
            flows = estimate(inputs.stocks, "minimum-closed")
            net = dict(
                zip(flows.places, flows.flow.sum(axis=0) - flows.flow.sum(axis=1), strict=True)
            )
            for place, parts in units_of(stock, start, start + 5).items():
                expected = sum(found.net[p] for p in (place, *parts))
                people = inputs.stocks.end[:, flows.places.index(place)].sum()
                assert abs(net[place] - expected) < 5e-4 * people, (stock, period, place)
            assert not set(net) & {"728", "499", "531"}
