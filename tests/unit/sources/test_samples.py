"""Each sample of a layout reads as the cells beside it say: a new publisher adds two files, no code."""

import csv
from pathlib import Path

import pytest
from reading import read

FOLDER = Path(__file__).parents[2] / "samples"
CELLS = sorted(FOLDER.glob("*.cells.csv"))


@pytest.mark.parametrize("cells", CELLS, ids=lambda p: p.name)
def test_a_sample_reads_as_its_cells_say(cells: Path) -> None:
    name = cells.name.removesuffix(".cells.csv")
    (path,) = (p for p in FOLDER.glob(f"{name}.*") if p != cells)
    reading = read(path, edition=f"{name}@2099-12-31")
    assert reading.edition.startswith(f"{name}@")
    for row in csv.DictReader(cells.read_text("utf-8").splitlines()):
        value, status = row.pop("value"), row.pop("status")
        (found,) = reading.find(**row)
        assert found["value"] == (float(value) if value else None), row
        assert found["status"] == status, row
