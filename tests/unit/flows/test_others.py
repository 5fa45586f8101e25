"""Flows held against tables of others: layouts as documented, every file here is a synthetic twin."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reading import read, text

import sojourn
from sojourn.errors import LayoutChanged, NotANumber, UnknownFile
from sojourn.flows.inputs.others import edition_of, others, told_by
from sojourn.flows.inputs.tables import Inputs
from sojourn.flows.model import Flows, Stocks, estimate
from sojourn.flows.model.calibration import Calibration, Half
from sojourn.flows.run.checks import FittedBand
from sojourn.flows.run.others import arrivals_by_birthplace, bilateral

EUROSTAT = "DATAFLOW,LAST UPDATE,freq,partner,agedef,age,unit,sex,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
OECD = (
    "DATAFLOW,REF_AREA,CITIZENSHIP,FREQ,MEASURE,SEX,BIRTH_PLACE,EDUCATION_LEV,UNIT_MEASURE,"
    "TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT,DECIMALS"
)
META = "country_from,country_to,migration_month,num_migrants"
GASKIN = "Year,Origin ISO,Destination ISO,mig_prev,mig_prev_std,mig_brth,mig_brth_std"
#: Headings as they stand in the publishers' own files.
OECD_2 = f"STRUCTURE,STRUCTURE_ID,ACTION,{OECD.removeprefix('DATAFLOW,')}"
GASKIN_WHOLE = (
    ",Origin ISO,Destination ISO,Year,stock_mean,stock_std,mig_prev,mig_prev_std,mig_brth,"
    "mig_brth_std"
)
ISO2 = ("AT", "BE", "DE", "EL", "UK")
ISO3 = ("AUT", "BEL", "DEU", "GRC", "GBR")
AREAS = ("040", "056", "276", "300", "826")


def eurostat(flow: str, *rows: str) -> list[str]:
    return [EUROSTAT, *(f"ESTAT:{flow}(1.0),02/07/26 23:00:00,{row}" for row in rows)]


def test_eurostat_s_partner_is_where_people_come_from_and_where_they_go(tmp_path: Path) -> None:
    rows = (
        "A,SY,COMPLET,TOTAL,NR,T,EL,2019,120,p,",
        "A,TOTAL,COMPLET,Y_LT15,NR,F,EL,2019,:,,",
        "A,NEU27_2020,COMPLET,TOTAL,NR,T,EL,2019,90,,",
    )
    into = read(text(tmp_path / "a.csv", *eurostat("MIGR_IMM5PRV", *rows)))
    out = read(text(tmp_path / "b.csv", *eurostat("MIGR_EMI3NXT", *rows)))
    told = [
        (r["indicator"], r["ref_area"], r["origin"], r["destination"], r["value"], r["status"])
        for r in (into.rows[0], out.rows[0])
    ]
    assert told == [
        ("immigration", "300", "760", "300", 120.0, "P"),
        ("emigration", "300", "300", "760", 120.0, "P"),
    ]
    assert (into.rows[1]["origin"], into.rows[1]["value"], into.rows[1]["age"]) == (
        "_T",
        None,
        "Y0T14",
    )
    assert (into.edition, out.edition) == (
        "eurostat.imm5prv@2026-07-02",
        "eurostat.emi3nxt@2026-07-02",
    )
    assert out.rows[2]["destination"] == "NEU27_2020"  # a group of the publisher's, no country


def test_oecd_s_inflows_are_by_nationality_and_no_other_measure_is_taken_for_them(
    tmp_path: Path,
) -> None:
    flow = "OECD.ELS.IMD:DSD_MIG@DF_MIG(1.0)"
    row = f"{flow},DEU,SYR,A,{{}},_T,_Z,_Z,PS,2019,7,A,3,0"
    (found,) = read(text(tmp_path / "a.csv", OECD, row.format("B11")), "@2025-01-01").rows
    assert (found["indicator"], found["origin"], found["criterion"], found["mult"]) == (
        "foreign_inflow",
        "760",
        "citizenship",
        3,
    )
    with pytest.raises(NotANumber, match="'B15'"):  # stocks of foreign population
        read(text(tmp_path / "b.csv", OECD, row.format("B15")), "@2025-01-01")


def test_other_models_are_estimates_and_an_unknown_column_is_refused(tmp_path: Path) -> None:
    (month,) = read(text(tmp_path / "a.csv", META, "NA,DE,2019-02,3"), "@2025-05-01").rows
    assert (month["origin"], month["time_period"], month["status"]) == ("516", "2019-02", "E")
    lines = (GASKIN, "2019,SYR,DEU,1000.5,3,4,5", "2024,SYR,DEU,,,,")
    year, blank = read(text(tmp_path / "b.csv", *lines), "@2026-05-22").rows
    assert (year["value"], year["indicator"]) == (1000.5, "migration_flow_modelled")
    assert blank["value"] is None  # a year without an estimate is not nought
    with pytest.raises(LayoutChanged, match="score"):
        read(text(tmp_path / "c.csv", f"{GASKIN},score", f"{lines[1]},9"), "@2026-05-22")


def test_the_oecd_s_own_codes_of_nationality_are_read_and_no_group_is_a_country(
    tmp_path: Path,
) -> None:
    areas = {"SYR": "760", "W": "_T", "STLS": "XXA", "XKV": "XKX", "DEU": "276"}
    areas |= {"ANT_F": "530", "CSK_F": "200", "SCG_F": "891", "SUN_F": "810", "YUG_F": "890"}
    areas |= {group: group for group in ("W_X", "EEA", "EU15", "A4", "OECD")}
    start = "DATAFLOW,OECD.ELS.IMD:DSD_MIG@DF_MIG(1.0),I,DEU"
    lines = [f"{start},{c},A,B11,_T,_Z,_Z,PS,2019,7,A,0,0" for c in areas]
    found = read(text(tmp_path / "a.csv", OECD_2, *lines), "@2025-01-01").rows
    assert [r["origin"] for r in found] == list(areas.values())


def test_gaskin_and_abel_s_file_numbers_its_rows_and_holds_stocks_beside_flows(
    tmp_path: Path,
) -> None:
    lines = (
        "0,ABW,ABW,1990,10,1,,,,",
        "1,XKX,DEU,2015,100,1,1000,3,4,5",
        "2,SYR,DEU,2024,100,1,,,,",
    )
    rows = read(text(tmp_path / "a.csv", GASKIN_WHOLE, *lines), "@2026-05-22").rows
    assert [(r["origin"], r["destination"], r["value"]) for r in rows] == [
        ("533", "533", None),
        ("XKX", "276", 1000.0),
        ("760", "276", None),
    ]


def test_eurostat_s_tsv_says_not_which_table_it_is_and_is_refused(tmp_path: Path) -> None:
    head = "freq,partner,agedef,age,unit,sex,geo\\TIME_PERIOD\t2018 \t2019 "
    row = "A,SY,COMPLET,TOTAL,NR,T,DE\t: \t120 p"
    with pytest.raises(UnknownFile, match="which table it is") as refused:
        read(text(tmp_path / "estat_migr_imm5prv.tsv", head, row))
    assert "SDMX-CSV" in str(refused.value.hint)


@pytest.fixture(scope="module")
def flows() -> Flows:
    """Five places in synthetic numbers, people born in each everywhere."""
    rng = np.random.default_rng(7)
    start = rng.uniform(2e4, 9e4, (5, 5)) + np.diag([4e6] * 5)
    end = start + rng.uniform(-5e3, 3e4, (5, 5))
    births, deaths = np.full(5, 2e5), np.full(5, 2e5)
    births += (end.sum() - start.sum()) / 5
    return estimate(Stocks(AREAS, AREAS, start, end, births, deaths), "pseudo-bayes")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, flows: Flows) -> sojourn.Data:
    """All five tables, each telling twice our corridors; one corridor has a single year."""
    root, pairs = tmp_path_factory.mktemp("others"), [(i, j) for i in range(5) for j in range(5)]
    of = {p: 2.0 * float(flows.flow[p]) / 5 for p in pairs if p[0] != p[1]}
    years = {p: (2015, *range(2016, 2021)) if p != (0, 1) else (2016,) for p in of}
    into = [
        f"A,{ISO2[i]},{d},TOTAL,NR,T,{ISO2[j]},{y},{v},,"
        for (i, j), v in of.items()
        for y in years[i, j]
        for d in ("REACH", "COMPLET")
    ]
    out = [
        f"A,{ISO2[j]},COMPLET,TOTAL,NR,T,{ISO2[i]},{y},{v},,"
        for (i, j), v in of.items()
        for y in years[i, j]
    ]
    by_birth = 2.0 * arrivals_by_birthplace(flows) / 5
    oecd = [
        f"OECD.ELS.IMD:DSD_MIG@DF_MIG(1.0),{ISO3[j]},{ISO3[k]},A,B11,_T,_Z,_Z,PS,{y},{by_birth[k, j]},A,0,0"
        for k, j in of
        for y in range(2015, 2021)
    ]
    # two whole years of months, and one month that is no year
    meta = [
        f"{ISO2[i].replace('EL', 'GR').replace('UK', 'GB')},{ISO2[j].replace('EL', 'GR').replace('UK', 'GB')},{y}-{m:02d},{v / 12}"
        for (i, j), v in of.items()
        for y, m in [(y, m) for y in (2017, 2018, 2019) for m in range(1, 13)] + [(2016, 1)]
    ]
    gaskin = [
        f"{y},{ISO3[i]},{ISO3[j]},{v},1,2,3" for (i, j), v in of.items() for y in range(2015, 2021)
    ]
    files = {
        "synthetic-imm.csv": eurostat("MIGR_IMM5PRV", *into),
        "synthetic-emi.csv": eurostat("MIGR_EMI3NXT", *out),
    }
    for name, lines in files.items():
        sojourn.load([text(root / name, *lines)], root / "data")
    for name, edition, lines in (
        ("synthetic-oecd.csv", "oecd.mig@2025-01-01", [OECD, *oecd]),
        ("synthetic-meta.csv", "meta.flows@2025-05-01", [META, *meta]),
        ("synthetic-gaskin.csv", "gaskin.flows@2026-05-22", [GASKIN, *gaskin]),
    ):
        sojourn.load([text(root / name, *lines)], root / "data", edition=edition)
    return sojourn.open(root / "data")


def band() -> FittedBand:
    half = Half(0.5, 3.0, 8, 10)
    fitted = Calibration("arrivals", 0.9, 1.0, 1.0, half, half, 10, 20)
    return FittedBand({"arrivals": fitted, "departures": fitted}, {}, {})


def inputs(**changed: object) -> Inputs:
    none = np.zeros((5, 5))
    made = Inputs(Stocks(AREAS, AREAS, none, none), {}, 2015, 2020, "_T", {})
    return replace(made, **changed)  # type: ignore[arg-type]


def test_each_table_is_held_against_what_it_counts(store: sojourn.Data, flows: Flows) -> None:
    found, silent = bilateral(store.store, inputs(), flows, band())
    assert [b.other.key for b in found] == [o.key for o in others()]
    assert silent == ()
    for b in found:
        short = 1 if b.other.key.startswith("eurostat") else 0  # one corridor has a single year
        assert b.corridors == 20 - short, b.other.key
        assert b.theirs == pytest.approx(2.0 * b.ours)
        assert b.median == pytest.approx(0.5)
        assert b.rank == pytest.approx(1.0)
        assert b.inside[0] == b.inside[1] >= (0 if b.other.by == "citizenship" else 10)
    by_key = {b.other.key: b for b in found}
    assert by_key["chi-and-others"].years == (2017, 2019)
    assert by_key["gaskin-abel"].years == (2015, 2020)


def test_a_unit_of_several_places_is_left_out_and_counted(
    store: sojourn.Data, flows: Flows
) -> None:
    found, _ = bilateral(store.store, inputs(units={"826": ("833",)}), flows, band())
    assert {b.left_out for b in found} == {8}


def test_an_interval_without_half_of_its_years_is_not_compared(
    store: sojourn.Data, flows: Flows
) -> None:
    found, silent = bilateral(store.store, inputs(start=2019, end=2024), flows, band())
    assert found == ()
    assert len(silent) == len(others())


def test_a_day_before_the_edition_knows_none_of_it(store: sojourn.Data) -> None:
    from datetime import date

    other = others()[0]
    assert edition_of(store.store, other) == "eurostat.imm5prv@2026-07-02"
    assert edition_of(store.store, other, date(2020, 1, 1)) == ""
    assert told_by(store.store, other, "eurostat.imm5prv@2020-01-01", 2015, 2020) is None
