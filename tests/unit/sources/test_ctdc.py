"""Case records of trafficking, laid out like CTDC's; the persons here are invented."""

from pathlib import Path

import pytest
from reading import read, text

from sojourn.errors import EditionUnclear, NotANumber

HEAD = (
    "yearOfRegistration,Datasource,gender,ageBroad,citizenship,CountryOfExploitation,isForcedLabour"
)


def test_each_row_counts_one_case_and_nothing_may_be_packed(tmp_path: Path) -> None:
    path = text(
        tmp_path / "c.csv",
        HEAD,
        "2016,Case Management,Female,18--20,PH,-99,1",
        "2016,Case Management,Female,18--20,PH,-99,1",
        "2017,Hotline,-99,48+,NA,US,-99",
    )
    with pytest.raises(EditionUnclear, match=r"--edition ctdc\.cases"):
        read(path)
    found = read(path, "ctdc.cases@2018-09-01")
    assert found.redistribution == "none"
    assert [r["value"] for r in found.rows] == [1, 1, 1]
    assert len({r["detail"] for r in found.rows}) == 3
    assert {(r["sex"], r["age"], r["unit"]) for r in found.rows} == {
        ("F", "Y18T20", "CASES"),
        ("_U", "Y_GE48", "CASES"),
    }
    assert found.rows[2]["origin"] == "516"  # NA is Namibia
    assert found.rows[0]["ref_area"] == "UNK"


def test_an_undeclared_age_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path / "c.csv", HEAD, "2016,Hotline,Female,teen,PH,US,1")
    with pytest.raises(NotANumber, match="age reads 'teen'"):
        read(path, "ctdc.cases@2018-09-01")
