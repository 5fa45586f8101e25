"""A second file of an edition: what the store holds already is told with its number, else nothing."""

from pathlib import Path

import pytest
import twins

import sojourn

DAY = "13 June 2023"
ROWS = [f"2015,SYR,SYR,{h},{h},{n},0,0,-,0,0,0" for n, h in enumerate(("DEU", "TUR", "PAK"), 5)]


@pytest.mark.parametrize("shared", [0, 1, 2])
def test_what_is_in_the_store_already_is_counted(tmp_path: Path, shared: int) -> None:
    one = twins.unhcr_population(tmp_path / "one.csv", ROWS[:2], day=DAY)
    other = twins.unhcr_population(tmp_path / "other.csv", ROWS[2 - shared :], day=DAY)
    held = sojourn.load([one], tmp_path / "d").outcomes[0].observations // 2  # of each row
    said = " ".join(sojourn.load([other], tmp_path / "d").outcomes[0].notes)
    dropped = f"{shared * held} of {(shared + 1) * held} observations are in the store already"
    assert ("in the store already" in said) is (shared > 0)
    assert (dropped in said) is (shared > 0)
    found = sojourn.open(tmp_path / "d").observations(indicator="refugees").fetchall()
    assert len(found) == len(set(found)) == 3
