"""IOM's incidents and tracking in several layouts; every number here is synthetic."""

from pathlib import Path

import pytest
from reading import read, text

import sojourn
from sojourn.errors import EditionUnclear, ImpossibleValue

OLD = "Web ID,Region of Incident,Reported Date,Reported Year,Reported Month,Number Dead,Minimum Estimated Number of Missing,Total Dead and Missing,Number of Females,Migration Route"
NEW = "Main ID,Incident ID,Region,Incident Date,Year,Reported Month,Number Dead,Minimum Estimated Number of Missing,Number of Females,Migration route"


def test_a_download_that_ends_earlier_asks_for_its_day(tmp_path: Path) -> None:
    rows = [f'1,Mediterranean,"May 01, {y}",{y},May,3,,3,,"Central"' for y in range(2014, 2018)]
    path = text(tmp_path / "m.csv", OLD, *rows)
    with pytest.raises(EditionUnclear, match="years 2014-2017 are those of none"):
        read(path)
    found = read(path, "iom.missing-migrants@2017-06-01")
    assert len(found.find(indicator="dead_and_missing")) == 4
    assert found.find(indicator="missing")[0]["value"] is None


def test_the_newer_layout_of_another_year_asks_for_its_day(tmp_path: Path) -> None:
    row = '2025.MMP0001,1,Europe,"Sat, 01/01/2025 - 12:00",2025,January,"1,022",4,,'
    path = text(tmp_path / "m.csv", NEW, row)
    with pytest.raises(EditionUnclear, match="years 2025-2025 are those of none"):
        read(path)
    assert read(path, "iom.missing-migrants@2026-01-09").value(indicator="dead") == 1022


def test_the_newer_layout_has_no_total_and_none_is_made(tmp_path: Path) -> None:
    row = '2026.MMP0001,{n},Europe,"Thu, 01/01/2026 - 12:00",2026,January,"1,022",4,,'
    found = read(text(tmp_path / "m.csv", NEW, row.format(n=1), row.format(n=2)))
    assert found.edition == "iom.missing-migrants@2026-05-06"
    assert not found.find(indicator="dead_and_missing")
    assert [r["value"] for r in found.find(indicator="dead")] == [1022, 1022]
    assert len({r["detail"] for r in found.find(indicator="dead")}) == 2


DTM = "operation,admin0Name,admin0Pcode,admin1Name,admin1Pcode,numPresentIdpInd,reportingDate,yearReportingDate,monthReportingDate,roundNumber,displacementReason,numberMales,numberFemales"


def test_tracking_reads_by_round_and_is_never_packed(tmp_path: Path) -> None:
    path = text(
        tmp_path / "t.csv",
        DTM,
        "Conflict,Sudan,SDN,Khartoum,SD01,500,2024-01-31,2024,1,15,Conflict,230,270",
        "Conflict,Sudan,SDN,Khartoum,SD01,510,2024-02-29,2024,2,16,Conflict,,",
    )
    with pytest.raises(EditionUnclear, match=r"--edition iom\.dtm"):
        read(path)
    found = read(path, "iom.dtm@2024-03-15")
    assert found.redistribution == "none"
    both = found.find(sex="_T", ref_area="729")
    assert [r["value"] for r in both] == [500, 510]
    assert "round=15" in str(both[0]["detail"])
    assert found.find(sex="F")[1]["status"] == "O"


def test_a_copy_may_hold_the_number_below_zero_that_its_publisher_printed(tmp_path: Path) -> None:
    row = '2026.MMP0001,1,Europe,"Thu, 01/01/2026 - 12:00",2026,January,12,{},,'
    path = text(tmp_path / "m.csv", NEW, row.format(-5))
    [copy] = sojourn.load([path], tmp_path / "d").outcomes
    assert copy.edition == "iom.missing-migrants@2026-05-06"
    assert [p.message for p in copy.found] == ["a count cannot be negative: -5.0"]
    other = text(tmp_path / "other.csv", NEW, row.format(-6))
    with pytest.raises(ImpossibleValue, match="a count cannot be negative: -6"):
        sojourn.load([other], tmp_path / "other")
