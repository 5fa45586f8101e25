"""Flags of several letters keep every fact, and a flag says why there is no value."""

from pathlib import Path

import pytest
from reading import read, text

from sojourn.errors import NotANumber

HEAD = (
    "STRUCTURE,STRUCTURE_ID,freq,citizen,sex,unit,age,asyl_app,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
)
ROW = "dataflow,ESTAT:MIGR_ASYAPPCTZA(1.0),A,TOTAL,T,PER,TOTAL,ASY_APP,DE,2015,{},{}"


@pytest.mark.parametrize(
    ("value", "flag", "status"),
    [
        ("5", "", "A"),
        ("5", "bu", "B"),
        ("5", "bep", "B"),
        ("5", "ub", "B"),
        ("5", "pu", "P"),
        ("", "c", "Q"),
        ("", "z", "M"),
        ("", "n", "O"),
        ("", "", "O"),
    ],
)
def test_one_status_by_precedence(tmp_path: Path, value: str, flag: str, status: str) -> None:
    path = text(tmp_path / "f.csv", HEAD, ROW.format(value, flag))
    assert read(path, "eurostat.asyappctza@2025-03-21").rows[0]["status"] == status


def test_an_unknown_letter_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path / "f.csv", HEAD, ROW.format(5, "bq"))
    with pytest.raises(NotANumber, match="unknown flag 'bq'"):
        read(path, "eurostat.asyappctza@2025-03-21")
