"""What each operation makes of cells, on synthetic stores small enough to be worked out by hand."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.factsheet.figures.declared_cells import Events
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import figures
from sojourn.factsheet.figures.opened import evaluator
from sojourn.query.opening import open_data

UNHCR = "unhcr.population@2024-06-13"
REMITTANCES, WDI = "worldbank.remittances@2016-04-13", "worldbank.wdi@2016-04-11"
STOCK = "undesa.ims@2015-12-01"
LATER = date(2030, 1, 1)


def row(indicator: str, area: str, value: float, **more: object) -> dict[str, object]:
    """One synthetic observation of 2015."""
    place = {"indicator": indicator, "destination": area, "time_period": "2015"}
    return {**place, "obs_value": value, **more}


def opened(root: Path, year: int = 2015) -> Evaluator:
    return evaluator(open_data(root)[0], year, LATER)


@pytest.mark.parametrize(
    ("day", "value", "reason"),
    [
        ("2015-12-30", None, "iom.missing-migrants@2015-12-30 covers 2015 only up to 2015-12-30"),
        ("2015-12-31", 12.0, ""),
        ("2016-01-01", 12.0, ""),
    ],
)
def test_incidents_of_a_year_are_counted_when_it_has_ended(
    day: str, value: float | None, reason: str, tmp_path: Path
) -> None:
    """7 dead and 5 missing, where no total of the two is printed."""
    rows = [row("dead", "900", 7), row("missing", "900", 5)]
    twins.store_of(tmp_path, f"iom.missing-migrants@{day}", rows)
    [found] = opened(tmp_path).values("dead_and_missing")
    assert (found.value, found.reason) == (value, reason)


def test_a_sum_of_incidents_reads_its_total_and_the_parts_of_it() -> None:
    declared = figures()["dead_and_missing"]
    assert declared.indicators == {"dead_and_missing", "dead", "missing"}
    assert all(len(f.sexes) == 1 for f in figures().values() if isinstance(f, Events))


def test_a_share_is_of_two_numbers_of_one_edition(tmp_path: Path) -> None:
    """104 of 200 decisions are 52 %."""
    rows = [
        row(indicator, "EU28", value, origin="EXT_EU28", unit_measure="DECISIONS")
        for indicator, value in (("asylum_decisions", 200), ("asylum_decisions_positive", 104))
    ]
    twins.store_of(tmp_path, "eurostat.asydcfsta@2017-03-16", rows)
    [found] = opened(tmp_path).values("asylum_recognition_eu")
    assert (found.value, found.unit) == (52.0, "PERCENT")
    assert [p.value for p in found.parts] == [104, 200]
    assert found.formula == "100 × asylum_decisions_positive_eu ÷ asylum_decisions_eu"


def test_nothing_is_a_share_of_zero(tmp_path: Path) -> None:
    rows = [
        row(indicator, "EU28", 0, origin="EXT_EU28", unit_measure="DECISIONS")
        for indicator in ("asylum_decisions", "asylum_decisions_positive")
    ]
    twins.store_of(tmp_path, "eurostat.asydcfsta@2017-03-16", rows)
    [found] = opened(tmp_path).values("asylum_recognition_eu")
    assert found.value is None
    assert "it is zero: no share of it" in found.reason


def test_remittances_are_ranked_by_their_share_of_the_economy(tmp_path: Path) -> None:
    """Of an economy of 1,000 million 250 are 25 %; Tonga's, of 99 million, is too small to rank.

    Chad's 2014 stands for its silence; that of Tonga does not: it would not be ranked.
    """
    sent = [("KEN", "404", 30e6), ("NPL", "524", 250e6), ("TON", "776", 90e6), ("FRA", "250", 0.0)]
    twins.store_of(
        tmp_path,
        REMITTANCES,
        [
            *(row("remittances_received", code, v, unit_measure="USD") for _, code, v in sent[:2]),
            row("remittances_received", "250", 0.0, unit_measure="USD"),
            *(
                row("remittances_received", code, 9e6, time_period="2014", unit_measure="USD")
                for code in ("148", "776")
            ),
        ],
    )
    sizes = [("404", 1e9), ("524", 1e9), ("250", 1e12), ("148", 1e9), ("776", 99_999_999)]
    twins.store_of(
        tmp_path,
        WDI,
        [
            row("gdp", code, v, unit_measure="USD", time_period=year)
            for code, v in sizes
            for year in ("2014", "2015")
        ],
    )
    found = opened(tmp_path).values("top_remittances_share_of_gdp")
    assert [(v.area, v.value, v.rank, v.of) for v in found] == [
        ("524", 25.0, 1, 3),
        ("404", 3.0, 2, 3),
        ("250", 0.0, 3, 3),
    ]
    assert found[0].edition == f"{REMITTANCES} + {WDI}"
    assert found[0].formula.endswith("of 3 countries that have both")
    assert found[0].silent == ("148:2014",)


def test_students_from_a_country_are_its_guests_less_its_net_inflow(tmp_path: Path) -> None:
    """100 come and 40 more come than go: 60 go. 10 come and 90 more go than come: 100 go."""
    rows = [
        row(indicator, area, value, ref_area=area)
        for area, inbound, net in (("404", 100, 40), ("524", 10, -90))
        for indicator, value in (("students_inbound", inbound), ("students_net_inbound", net))
    ]
    lone = row("students_inbound", "250", 5, ref_area="250")
    twins.store_of(tmp_path, "unesco.students@2025-02-28", [*rows, lone])
    found = opened(tmp_path).values("top_students_origins")
    assert [(v.area, v.value, v.rank, v.of) for v in found] == [
        ("524", 100, 1, 2),
        ("404", 60, 2, 2),
    ]


def shares(root: Path, indicator: str, size: str, sizes: tuple[float, float, float]) -> Evaluator:
    """A share of three places (5, 6, 7 %), and a size of each; other sizes are tiny, or huge."""
    places = ("404", "524", "250")
    sex = "F" if indicator.startswith("female") else "_T"
    other = "migrant_stock" if size == "population" else "population"
    twins.store_of(
        root,
        STOCK,
        [
            *(
                row(indicator, p, 5.0 + i, sex=sex, unit_measure="PERCENT")
                for i, p in enumerate(places)
            ),
            *(row(size, p, n) for p, n in zip(places, sizes, strict=True)),
            *(row(other, p, n) for p, n in zip(places, (1, 10**9, 1), strict=True)),
        ],
    )
    return opened(root)


@pytest.mark.parametrize(
    ("figure", "indicator", "size", "sizes", "order"),
    [
        (
            "top_share_of_host_population",
            "migrant_share_of_population",
            "population",
            (1_000_000, 999_999, 2_000_000),
            ["250", "404"],
        ),
        (
            "women_share_top",
            "female_share_of_migrants",
            "migrant_stock",
            (100_000, 99_999, 200_000),
            ["250", "404"],
        ),
        (
            "women_share_bottom",
            "female_share_of_migrants",
            "migrant_stock",
            (100_000, 99_999, 200_000),
            ["404", "250"],
        ),
    ],
)
def test_places_below_a_size_are_not_ranked_and_are_told_when_asked_for(
    figure: str,
    indicator: str,
    size: str,
    sizes: tuple[float, float, float],
    order: list[str],
    tmp_path: Path,
) -> None:
    ev = shares(tmp_path, indicator, size, sizes)
    found = ev.values(figure)
    assert [(v.area, v.rank, v.of) for v in found] == [(order[0], 1, 2), (order[1], 2, 2)]
    cells = {cell for _, _, cell, _ in ev.used}
    assert cells == {2, 4, 5, 7}  # the shares that are listed, and the sizes that let them in
    sex = figures()[figure].sexes[0]
    small = ev.one(figure, sex=sex, area="524")
    assert (small.value, small.rank, small.of) == (6.0, 0, 0)
    assert small.mark == "below the least size of the list"


def test_a_number_in_millions_is_told_in_the_formula(tmp_path: Path) -> None:
    rows = [row("remittances_received", "404", 1.5, unit_mult=6, unit_measure="USD")]
    twins.store_of(tmp_path, REMITTANCES, rows)
    [found] = opened(tmp_path).values("top_remittances")
    assert (found.value, found.formula) == (1_500_000.0, "as printed × 1,000,000")
    assert [i.value for i in found.inputs] == [1.5]


def test_developing_economies_are_those_of_the_class_in_force_for_the_year(tmp_path: Path) -> None:
    """The World Bank classes economies for its year 2017 by their income of 2015."""
    rows = [
        row("remittances_received", area, value, unit_measure="USD")
        for area, value in (("404", 3.0), ("524", 4.0), ("250", 100.0), ("148", 7.0))
    ]
    twins.store_of(tmp_path, REMITTANCES, rows)
    store, _ = open_data(tmp_path)
    classes = [("FY17", "404", "LM"), ("FY17", "524", "L"), ("FY17", "250", "H")]
    classes += [("FY30", "148", "L"), ("FY16", "148", "UM")]
    columns = [c for c, *_ in store.con.execute("DESCRIBE membership").fetchall()]
    for year, member, group in classes:
        full = {"scheme": f"income_class {year}", "member_id": member, "group_id": group}
        store.con.execute(
            f"INSERT INTO membership ({', '.join(full)}) VALUES (?, ?, ?)", list(full.values())
        )
    assert {"scheme", "member_id", "group_id"} <= set(columns)
    [found] = evaluator(store, 2015, LATER).values("remittances_developing")
    assert (found.value, found.formula) == (7.0, "sum of 2 economies classed L/LM/UM in FY17")


def test_a_sum_says_of_how_many_places(tmp_path: Path) -> None:
    """The Marshall Islands stand in the table without a number: two of three places."""
    rows = [
        row("refugees", "276", 40.0, origin="004"),
        row("refugees", "792", 2500.0, origin="760"),
    ]
    none = {**row("refugees", "584", 0.0, origin="760"), "obs_value": None, "obs_status": "O"}
    twins.store_of(tmp_path, UNHCR, [*rows, none])
    [found] = opened(tmp_path).values("refugees_unhcr")
    assert found.value == 2540.0
    assert found.formula == "sum of 2 cells (countries and areas; no aggregate); 2 of 3 places"
    assert found.mark == "lower bound: 1 of 3 places has no number"


def test_the_world_that_is_printed_is_taken_and_no_region(tmp_path: Path) -> None:
    """2,600 are printed, 60 more than in the countries; 900 of them in Africa."""
    rows = [row("refugees", "276", 40.0, origin="004"), row("refugees", "903", 900.0)]
    rows += [row("refugees", "900", 2600.0), row("refugees", "792", 2500.0, origin="760")]
    twins.store_of(tmp_path, UNHCR, rows)
    [found] = opened(tmp_path).values("refugees_unhcr")
    assert (found.value, found.formula, found.n_inputs) == (2600.0, "as printed", 1)


def test_a_pair_is_read_of_a_table_from_which_no_total_may_be_taken(tmp_path: Path) -> None:
    sojourn.load([twins.unhcr_population(tmp_path / "part.csv")], tmp_path / "data")
    store, _ = open_data(tmp_path / "data")
    [held] = store.manifest.coverage
    lost = ("refugees", "by_origin", "2015")
    part = replace(held, status="partial", reasons=("a filter was set",), short=(lost,))
    store = replace(store, manifest=replace(store.manifest, coverage=(part,)))
    ev = evaluator(store, 2015, LATER)
    assert ev.one("refugees_unhcr").reason.startswith(f"{UNHCR} is a part of its table (a filter")
    pair = ev.one("refugees_by_origin_and_host", area="760>792")
    assert (pair.value, pair.formula) == (2500.0, "as printed")
    nobody = ev.one("refugees_by_origin_and_host", area="Syria>Türkiye")
    assert "is not ORIGIN>HOST by area id" in nobody.reason


def test_a_year_that_is_named_is_the_year_that_is_read(tmp_path: Path) -> None:
    rows = [row("refugees", "276", 40.0, origin="004")]
    rows += [row("refugees", "276", 30.0, origin="004", time_period="2014")]
    twins.store_of(tmp_path, UNHCR, rows)
    ev = opened(tmp_path)
    assert [ev.one("refugees_unhcr", year=y).value for y in (None, 2014, 2015)] == [40, 30, 40]


def test_what_an_edition_lacks_is_told_as_a_place_or_as_a_sex(tmp_path: Path) -> None:
    rows = [row("female_share_of_migrants", "900", 48.0, sex="F", unit_measure="PERCENT")]
    twins.store_of(tmp_path, STOCK, rows)
    ev = opened(tmp_path)
    assert ev.one("women_share", sex="F").value == 48.0
    assert ev.one("women_share", sex="F", area="903").reason == "not in this edition"
    assert ev.one("women_share", sex="M").reason == "not in this edition"


def test_forced_displacement_is_no_sum_where_more_groups_are_counted(tmp_path: Path) -> None:
    """From 2019 on UNHCR's total holds Venezuelans displaced abroad."""
    twins.store_of(tmp_path, UNHCR, [row("refugees", "276", 40.0, origin="004")])
    for year, unlike in ((2018, False), (2019, True), (2020, True)):
        [found] = opened(tmp_path, year).values("forcibly_displaced")
        assert found.value is None
        assert found.reason.startswith("from 2019 on the total of UNHCR counts") == unlike


def test_a_change_goes_back_to_the_first_year_before_that_is_held(tmp_path: Path) -> None:
    """Of five, four, three, two and one years before only the third is there: 12 less 7 are 5."""
    rows = [row("migrant_stock", "900", 12.0), row("migrant_stock", "900", 7.0, time_period="2012")]
    twins.store_of(tmp_path, STOCK, rows)
    [found] = [v for v in opened(tmp_path).values("migrant_stock_since_previous") if v.sex == "_T"]
    assert (found.value, found.formula) == (5.0, "2015 − 2012")


def test_a_place_beyond_a_list_of_an_embedded_edition_is_its_own() -> None:
    """Deaths by region, 2015: the fifth is Europe with 137, the ninth the Caribbean with 68."""
    store, _ = open_data(None)
    ev = evaluator(store, 2015, LATER)
    for area, rank, value in (("Europe", 5, 137.0), ("Caribbean", 9, 68.0)):
        listed = ev.one("dead_and_missing_by_region", area=area)
        beyond = ev._beyond(figures()["dead_and_missing_by_region"], 2015, area)
        for found in (listed, beyond):
            assert (found.area, found.rank, found.value) == (area, rank, value)


def test_a_cell_that_an_embedded_edition_cites_leads_to_its_file() -> None:
    """UNHCR's Global Trends 2015, table 1: 3,219,941 asylum-seekers, carried without their table."""
    [cell] = sojourn.open().trace("unhcr.global-trends@2016-06-20#Tab1!F201")
    assert (cell.value, cell.status) == (3_219_941.0, "A")  # type: ignore[union-attr]
    assert cell.file == "15-WRD-tab_v3.xlsx"  # type: ignore[union-attr]
    meaning = "asylum_seekers, 2015, 900, sex _T, as printed; carried as a cited fact"
    assert cell.meaning == meaning  # type: ignore[union-attr]
