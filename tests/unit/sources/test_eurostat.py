"""Eurostat's exports, old and new, with codes, labels or both; every number here is synthetic."""

from pathlib import Path

import pytest
from reading import read, text

import sojourn
from sojourn.errors import (
    DuplicateKey,
    EditionUnclear,
    ImpossibleValue,
    LayoutChanged,
    NotANumber,
    UnknownFile,
)

OLD = '"TIME","GEO","CITIZEN","SEX","AGE","{what}","UNIT","Value","Flag and Footnotes"'


def test_an_old_export_of_other_years_reads_its_commas_and_flags(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        OLD.format(what="ASYL_APP"),
        '"2018","Germany (until 1990 former territory of the FRG)","Syria","Females","Less than 18 years","First time applicant","Person","1,235","p"',
        '"2018","European Union (28 countries)","Total","Total","Total","Asylum applicant","Person",":",""',
    )
    found = read(path)
    assert found.layout == "eurostat.asyapp-2008"
    row = found.find(ref_area="276")[0]
    assert (row["value"], row["status"], row["sex"], row["age"]) == (1235, "P", "F", "Y0T17")
    assert (row["indicator"], row["origin"]) == ("first_time_asylum_applicants", "760")
    assert found.find(ref_area="EU28")[0]["status"] == "O"


def test_decisions_are_told_apart(tmp_path: Path) -> None:
    line = '"2014","Germany (until 1990 former territory of the FRG)","Total","Total","Total","{what}","Person","{n}",""'
    path = text(
        tmp_path / "d.csv",
        OLD.format(what="DECISION"),
        line.format(what="Total", n="97,415"),
        line.format(what="Rejected", n="56,785"),
        line.format(what="Humanitarian status", n="2,080"),
    )
    found = read(path, "eurostat.asydcfsta@2015-06-01")
    assert found.value(indicator="asylum_decisions") == 97_415
    assert found.value(indicator="asylum_decisions_humanitarian") == 2_080


def test_enforcement_names_what_it_counts(tmp_path: Path) -> None:
    refused = text(
        tmp_path / "r.csv",
        '"TIME","GEO","REASON","CITIZEN","INDIC_MG","UNIT","Value","Flag and Footnotes"',
        '"2016","Spain","No valid visa or residence permit","Morocco","Persons refused entry","Person","190","d"',
    )
    found = read(refused)
    assert found.layout == "eurostat.eirfs-2008"
    row = found.rows[0]
    assert (row["value"], row["status"]) == (190, "D")
    assert row["detail"] == "reason=No valid visa or residence permit"
    returned = text(
        tmp_path / "t.csv",
        '"TIME","GEO","CITIZEN","INDIC_MG","UNIT","Value","Flag and Footnotes"',
        '"2016","Spain","Morocco","Third-country nationals found to be illegally present","Person","190",""',
    )
    with pytest.raises(NotANumber, match="indicator reads 'Third-country nationals found"):
        read(returned)


SILENT = (
    '"TIME","GEO","CITIZEN","UNIT","Value","Flag and Footnotes"',
    '"2016","Spain","Morocco","Person","190",""',
)


def test_a_table_that_does_not_say_what_it_counts_must_be_named(tmp_path: Path) -> None:
    path = text(tmp_path / "o.csv", *SILENT)
    with pytest.raises(EditionUnclear, match="nowhere says what it counts"):
        read(path)
    named = read(path, "eurostat.eiord@2018-01-01")
    assert named.value(indicator="ordered_to_leave", ref_area="724") == 190


def test_a_further_column_means_another_table(tmp_path: Path) -> None:
    head = SILENT[0].replace('"UNIT"', '"AGEDEF","UNIT"')
    row = SILENT[1].replace('"Person"', '"Age reached","Person"')
    with pytest.raises((LayoutChanged, UnknownFile)):
        read(text(tmp_path / "x.csv", head, row))


ONE = "DATAFLOW,LAST UPDATE,freq,unit,citizen,sex,age,applicant,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
BOTH = (
    "DATAFLOW,LAST UPDATE,freq:Time frequency,unit:Unit of measure,citizen:Country of citizenship,"
    "sex:Sex,age:Age class,applicant:Type of applicant,geo:Geopolitical entity (reporting),"
    "TIME_PERIOD:Time,OBS_VALUE:Observation value,OBS_FLAG:Observation status (Flag)"
)


def test_codes_alone_and_codes_with_labels_read_alike(tmp_path: Path) -> None:
    flow = "ESTAT:MIGR_ASYAPPCTZA(1.0),30/04/24 23:00:00"
    codes = text(tmp_path / "a.csv", ONE, f"{flow},A,PER,SY,F,Y18-34,FRST,EL,2023,1235,p")
    labels = text(
        tmp_path / "b.csv",
        BOTH,
        f"{flow},A:Annual,PER:Person,SY:Syria,F:Females,Y18-34:From 18 to 34 years,"
        "FRST:First-time applicant,EL:Greece,2023: ,1235,p:provisional",
    )
    for path in (codes, labels):
        found = read(path)
        assert found.edition == "eurostat.asyappctza@2024-04-30"
        row = found.rows[0]
        assert (row["ref_area"], row["origin"], row["sex"]) == ("300", "760", "F")
        assert (row["time_period"], row["value"], row["status"]) == ("2023", 1235, "P")


def test_each_dataflow_of_the_new_browser_is_its_own(tmp_path: Path) -> None:
    two = "STRUCTURE,STRUCTURE_ID,freq,citizen,sex,unit,age,decision,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
    path = text(
        tmp_path / "d.csv",
        two,
        "dataflow,ESTAT:MIGR_ASYDCFSTA(1.0),A,TOTAL,T,PER,TOTAL,TOTAL,EU27_2020,2022,640,",
        "dataflow,ESTAT:MIGR_ASYDCFSTA(1.0),A,TOTAL,T,PER,TOTAL,REJECTED,EU27_2020,2022,330,",
    )
    found = read(path, "eurostat.asydcfsta@2023-06-01")
    assert found.layout == "eurostat.asydcf-sdmx-csv"
    assert found.value(indicator="asylum_decisions_rejected") == 330
    orders = text(
        tmp_path / "o.csv",
        "STRUCTURE,STRUCTURE_ID,freq,citizen,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG",
        "dataflow,ESTAT:MIGR_EIORD(1.0),A,TOTAL,PER,ES,2022,330,e",
    )
    row = read(orders, "eurostat.eiord@2023-06-01").rows[0]
    assert (row["indicator"], row["status"]) == ("ordered_to_leave", "E")


def test_a_monthly_export_is_refused_and_not_taken_for_years(tmp_path: Path) -> None:
    flow = "ESTAT:MIGR_ASYAPPCTZA(1.0),30/04/24 23:00:00"
    path = text(tmp_path / "m.csv", ONE, f"{flow},M,PER,SY,F,Y18-34,FRST,EL,2023-05,1235,p")
    with pytest.raises(LayoutChanged, match="row 2 reads 'M'"):
        read(path)


@pytest.mark.parametrize(
    ("larger", "place", "told"),
    [
        ("Belgium", "Total", True),  # a member since 1958
        ("Switzerland", "Total", False),  # no member: nothing says that it has fewer
        ("Belgium", "Syria", False),  # of other citizens
    ],
)
def test_no_member_has_more_than_its_union(
    larger: str, place: str, told: bool, tmp_path: Path
) -> None:
    """The rows of the union and of Belgium, exchanged, were read as asylum in Belgium."""
    line = '"2015","{geo}","{of}","Total","Total","Asylum applicant","Person","{n}",""'
    path = text(
        tmp_path / "e.csv",
        OLD.format(what="ASYL_APP"),
        line.format(geo="European Union (28 countries)", of="Total", n="44,660"),
        line.format(geo=larger, of=place, n="1,322,850"),
    )
    if not told:
        assert sojourn.load([path], tmp_path / "data").outcomes[0].observations == 2
        return
    said = r"H3: 1322850 in 056 is more than in all of EU28 \(44660, 2015\)"
    with pytest.raises(ImpossibleValue, match=said):
        sojourn.load([path], tmp_path / "data")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [(":", "75", "missing in row 2 and 75"), ("75", ":", "75.*missing")],
)
def test_a_key_that_stands_twice_is_refused_with_and_without_a_number(
    first: str, second: str, said: str, tmp_path: Path
) -> None:
    line = '"2015","Belgium","Syria","Total","Total","Asylum applicant","Person","{n}",""'
    rows = (line.format(n=first), line.format(n=second))
    path = text(tmp_path / "e.csv", OLD.format(what="ASYL_APP"), *rows)
    with pytest.raises(DuplicateKey, match=f"two rows for the same key .*: {said}"):
        sojourn.load([path], tmp_path / "data")
