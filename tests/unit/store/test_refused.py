"""A file that breaks a rule in many cells: five are named as printed, the others counted."""

from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import ImpossibleValue

HOSTS = ("DEU", "TUR", "PAK", "KEN", "FRA", "ETH", "IRN", "UGA")


@pytest.mark.parametrize(
    ("negative", "end"),
    [(1, "-1.0"), (5, "-5.0"), (6, "-5.0; and 1 more"), (8, "-5.0; and 3 more")],
)
def test_five_cells_are_named_and_the_others_counted(
    tmp_path: Path, negative: int, end: str
) -> None:
    rows = [
        f"2015,SYR,SYR,{host},{host},{-n},0,0,-,0,0,0"
        for n, host in enumerate(HOSTS[:negative], start=1)
    ]
    file = twins.unhcr_population(tmp_path / "a.csv", rows)
    with pytest.raises(ImpossibleValue) as told:
        sojourn.load([file], tmp_path / "d")
    said = str(told.value).splitlines()[0]
    assert said.startswith("a.csv: F4: a count cannot be negative: -1.0")
    assert said.endswith(end)
    assert said.count("cannot be negative") == min(negative, 5)
