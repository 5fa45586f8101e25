"""SDMX-CSV is read from its own head: codes, labels or both; years, quarters and months."""

from pathlib import Path

import pytest
from reading import read, text

from sojourn.errors import HarmonizeError, LayoutChanged
from sojourn.vocab.frequency import frequency

FLOW = "ESTAT:MIGR_ASYTPSM(1.0)"
CODES = (
    "DATAFLOW,LAST UPDATE,freq,citizen,sex,age,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
)
BOTH = (
    "STRUCTURE,STRUCTURE_ID,freq: Time frequency,citizen: Country of citizenship,sex: Sex,"
    "age: Age class,unit: Unit of measure,geo: Geopolitical entity,TIME_PERIOD: Time,"
    "OBS_VALUE: Observation value,OBS_FLAG: Flag"
)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (CODES, f"{FLOW},03/03/25 11:00:00,M,TOTAL,F,Y18-34,PER,EL,2024-12,15,p,"),
        (
            CODES,
            f"{FLOW},03/03/25 11:00:00,Monthly,Total,Females,From 18 to 34 years,Person,Greece,2024-12,15,p,",
        ),
        (
            BOTH,
            (
                f"dataflow,{FLOW},M: Monthly,TOTAL: Total,F: Females,Y18-34: From 18 to 34 years,"
                "PER: Person,EL: Greece,2024-12,15,p: provisional"
            ),
        ),
    ],
)
def test_codes_labels_and_both_say_the_same(tmp_path: Path, head: str, row: str) -> None:
    (found,) = read(text(tmp_path / "synthetic.csv", head, row), "@2025-03-03").rows
    assert (found["ref_area"], found["origin"], found["sex"], found["age"]) == (
        "300",
        "_T",
        "F",
        "Y18T34",
    )
    assert (found["time_period"], found["value"], found["status"]) == ("2024-12", 15.0, "P")
    assert (found["indicator"], found["unit"], found["criterion"]) == (
        "migr_asytpsm",
        "PERSONS",
        "citizenship",
    )


@pytest.mark.parametrize(
    ("freq", "printed", "period"),
    [
        ("A", "2015", "2015"),
        ("Q", "2008-Q1", "2008-Q1"),
        ("M", "2008-01", "2008-01"),
        ("M", "2008-M01", "2008-01"),
    ],
)
def test_the_period_keeps_its_frequency(
    tmp_path: Path, freq: str, printed: str, period: str
) -> None:
    row = f"{FLOW},03/03/25 11:00:00,{freq},TOTAL,T,TOTAL,PER,AT,{printed},15,,"
    (found,) = read(text(tmp_path / "synthetic.csv", CODES, row)).rows
    assert found["time_period"] == period
    assert frequency(period) == freq


def test_a_month_in_an_annual_table_is_refused(tmp_path: Path) -> None:
    row = f"{FLOW},03/03/25 11:00:00,A,TOTAL,T,TOTAL,PER,AT,2008-01,15,,"
    with pytest.raises(LayoutChanged, match="frequency is A"):
        read(text(tmp_path / "synthetic.csv", CODES, row))


def test_two_dataflows_in_one_file_are_refused(tmp_path: Path) -> None:
    rows = [f"{f},,A,TOTAL,T,TOTAL,PER,AT,2008,15,," for f in (FLOW, "ESTAT:TPS00191(1.0)")]
    with pytest.raises(LayoutChanged, match="2 dataflows"):
        read(text(tmp_path / "synthetic.csv", CODES, *rows))


def test_further_dimensions_stay_details_and_missing_is_no_zero(tmp_path: Path) -> None:
    head = "DATAFLOW,LAST UPDATE,freq,reason,duration,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
    rows = (
        "Annual,Total,12 months,Person,Austria,2015,,c",
        "Annual,Work,12 months,Person,Austria,2015,7,b",
    )
    lines = [f"ESTAT:TPS00170(1.0),03/03/25 11:00:00,{row}" for row in rows]
    found = read(text(tmp_path / "synthetic.csv", head, *lines))
    assert found.edition == "eurostat.tps00170@2025-03-03"
    assert [(r["detail"], r["value"]) for r in found.rows] == [
        ("reason=Total;duration=12 months", None),
        ("reason=Work;duration=12 months", 7.0),
    ]


def test_another_agency_with_iso_codes(tmp_path: Path) -> None:
    head = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,SEX,UNIT_MEASURE,UNIT_MULT,TIME_PERIOD,OBS_VALUE,OBS_STATUS"
    row = "dataflow,OECD.ELS.IMD:DSD_MIG@DF_MIG(1.0),I,A,DEU,_T,PS,3,2015,2016.2,E"
    (found,) = read(text(tmp_path / "synthetic.csv", head, row), "@2025-03-03").rows
    assert (found["ref_area"], found["unit"], found["mult"], found["status"]) == (
        "276",
        "PERSONS",
        3,
        "E",
    )


def test_a_power_of_ten_that_is_none_is_refused(tmp_path: Path) -> None:
    """Every number was read as units where UNIT_MULT held words."""
    head = f"{CODES},UNIT_MULT"
    row = f"{FLOW},03/03/25 11:00:00,A,TOTAL,T,TOTAL,PER,AT,2008,15,,"
    with pytest.raises(LayoutChanged, match="UNIT_MULT reads 'k'"):
        read(text(tmp_path / "synthetic.csv", head, f"{row},k"))
    [found] = read(text(tmp_path / "labels.csv", head, f"{row},3: Thousands")).rows
    assert (found["value"], found["mult"]) == (15.0, 3)


@pytest.mark.parametrize("unit", ["", None])
def test_a_message_without_a_unit_counts_no_persons(tmp_path: Path, unit: str | None) -> None:
    head = CODES if unit is not None else CODES.replace("unit,", "")
    row = f"{FLOW},03/03/25 11:00:00,A,TOTAL,T,TOTAL,{'' if unit is None else ','}AT,2008,15,,"
    [found] = read(text(tmp_path / "synthetic.csv", head, row)).rows
    assert found["unit"] == "NOT_STATED"


def test_a_period_of_no_known_form_is_told_without_a_year_of_release(tmp_path: Path) -> None:
    head = CODES.replace("freq,", "")
    row = f"{FLOW},03/03/25 11:00:00,TOTAL,T,TOTAL,PER,AT,2008-S1,15,,"
    with pytest.raises(HarmonizeError, match="2008-S1") as refused:
        read(text(tmp_path / "synthetic.csv", head, row))
    assert "year of release" not in str(refused.value)
    assert "half-years" in str(refused.value)
