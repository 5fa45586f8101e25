"""Frontex, UNESCO, UNODC and GDP: the values read by hand, and twins with the same traps."""

from pathlib import Path

import pytest
from reading import Reading, read, text, workbook

import sojourn
from sojourn.api import Data


@pytest.fixture(scope="module")
def topics(loaded_topics: Path) -> Data:
    return sojourn.open(loaded_topics)


ROUTE = "indicator = 'irregular_border_crossings' AND left(time_period, 4) = '2015' AND detail LIKE"
GLOTIP = (
    "indicator = 'trafficking_victims_detected' AND time_period = '2015' "
    "AND contains(detail, 'category=Total') AND NOT contains(detail, 'repeat=')"
)
VALUES = (
    ("indicator = 'irregular_border_crossings' AND left(time_period, 4) = '2015'", 1_822_102),
    ("indicator = 'irregular_border_crossings' AND left(time_period, 4) = '2014'", 282_873),
    (f"{ROUTE} 'route=Eastern Med%'", 885_386),
    (f"{ROUTE} 'route=Western Balkan%'", 764_033),
    (f"{ROUTE} 'route=Central Med%'", 153_946),
    (
        f"{ROUTE} 'route=Eastern Med%border=Sea' AND origin = '760' AND time_period = '2015-10'",
        109_671,
    ),
    (
        f"{ROUTE} 'route=Eastern Med%border=Land' AND origin = '760' AND time_period = '2015-10'",
        862,
    ),
    (
        "indicator = 'students_inbound' AND ref_area = 'WB: World' AND time_period = '2012'",
        4_084_518.3,
    ),
    (
        "indicator = 'students_inbound' AND ref_area = 'WB: World' AND time_period = '2013'",
        4_261_361.0,
    ),
    (
        "indicator = 'students_inbound' AND ref_area = 'WB: World' AND time_period = '2015'",
        4_816_956.0,
    ),
    (
        "indicator = 'students_inbound' AND ref_area = '533' AND time_period = '2003' AND \"row\" = 2",
        91,
    ),
    ("indicator = 'students_net_inbound' AND ref_area = '840' AND time_period = '2013'", 708_480),
    (f"{GLOTIP} AND sex = '_T' AND age = '_T' AND ref_area = '840'", 3_885),
    (f"{GLOTIP} AND sex = '_T' AND age = '_T' AND ref_area = '276'", 470),
    (f"{GLOTIP} AND sex = '_T' AND age = '_T' AND ref_area = '608'", 761),
    (f"{GLOTIP} AND sex = '_T' AND age = '_T'", 23_955),
    (f"{GLOTIP} AND sex = 'F' AND age = '_T'", 14_212),
    (f"{GLOTIP} AND sex = 'M' AND age = '_T'", 7_017),
    (f"{GLOTIP} AND sex = '_T' AND age = 'Y0T17'", 6_030),
    ("indicator = 'gdp' AND ref_area = '762' AND time_period = '2015'", 8_271_431_932.44),
    ("indicator = 'gdp' AND ref_area = '840' AND time_period = '2015'", 18_206_020_741_000),
    ("indicator = 'gdp' AND ref_area = '900' AND time_period = '2015'", 75_215_062_596_594.9),
)


@pytest.mark.parametrize(("condition", "expected"), VALUES)
def test_the_store_reads_as_read_by_hand(topics: Data, condition: str, expected: float) -> None:
    (found,) = topics.sql(f"SELECT sum(obs_value) FROM observation WHERE {condition}").fetchall()
    assert found[0] == pytest.approx(expected, rel=1e-9)


def test_less_than_five_is_suppressed_and_no_number(topics: Data) -> None:
    (found,) = topics.sql(
        "SELECT obs_value, obs_status FROM observation WHERE sheet = 'data_glotip_1' AND \"row\" = 2"
    ).fetchall()
    assert found == (None, "Q")


def glotip(path: Path, *rows: list[object]) -> Reading:
    head = "Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,txtVALUE"
    return read(workbook(path, {"synthetic": [list(head.split(",")), *rows]}), "@2024-01-01")


def victims(country: str, value: str, year: int = 2015) -> list[object]:
    places = [country, "Americas", "South America", "Detected trafficking victims", "Total"]
    return [*places, "Total", "Total", "Total", year, "Counts", value]


def test_rows_that_repeat_or_contradict_are_kept_marked_and_told(tmp_path: Path) -> None:
    found = glotip(
        tmp_path / "synthetic.xlsx",
        victims("Brazil", "1,204"),
        victims("Brazil", "1,204"),
        victims("Argentina", "<5", 2019),
        victims("Argentina", "11", 2019),
    )
    assert [r["value"] for r in found.rows] == [1204.0, 1204.0, None, 11.0]
    marks = [str(r["detail"]).removeprefix("dimension=Total;category=Total") for r in found.rows]
    assert marks == ["", ";repeat=2", ";contradiction=1", ";contradiction=2"]
    assert "1 key stands in several rows with different values" in found.notes[0]


def test_the_same_world_of_four_groups_is_four_areas_and_na_is_namibia(tmp_path: Path) -> None:
    head = "indicatorId,geoUnit,year,value,qualifier,magnitude"
    rows = ("26637,WB: World,2012,10.5,UIS_EST,", "26637,SDG: World,2012,10.5,UIS_EST,")
    more = ("26637,NAM,2012,7,,", "26637,AIA,2012,0,,NA", "26637,AFG,2012,0,,NIL")
    found = read(text(tmp_path / "synthetic.csv", head, *rows, *more), "@2025-03-01").rows
    assert [(r["ref_area"], r["value"], r["status"]) for r in found] == [
        ("WB: World", 10.5, "E"),
        ("SDG: World", 10.5, "E"),
        ("516", 7.0, "A"),
        ("660", None, "M"),
        ("004", 0.0, "N"),
    ]


def test_a_month_stays_a_month(tmp_path: Path) -> None:
    rows = ("Other,Sea,SYR,2015-10,41.0", "Other,Sea,OOO,2015-11,2.0")
    path = text(tmp_path / "synthetic.csv", "route,type,nat,month,n", *rows)
    found = read(path, "@2025-05-01").rows
    assert [(r["time_period"], r["origin"]) for r in found] == [
        ("2015-10", "760"),
        ("2015-11", "UNK"),
    ]
