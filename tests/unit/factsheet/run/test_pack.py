"""Packing a year: refused where the store has nothing of it, before anything is written."""

from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import PublishError

IMS = "undesa.ims@2021-01-15"


def test_a_year_of_which_nothing_is_held_is_not_packed(tmp_path: Path) -> None:
    """What is cited from a publication needs no store, and makes no edition of one."""
    place = {"indicator": "migrant_stock", "ref_area": "276", "destination": "276"}
    rows = [{**place, "time_period": year, "obs_value": 9.0} for year in ("2000", "2020")]
    twins.store_of(tmp_path / "data", IMS, rows)
    data = sojourn.open(tmp_path / "data")
    for year in (1890, 2015):
        with pytest.raises(PublishError, match=f"no figure of {year} can be computed") as told:
            data.pack(year, tmp_path / "out")
        assert "sojourn editions" in told.value.hint
        assert not (tmp_path / "out").exists()
