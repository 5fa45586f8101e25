"""What nobody counted yet is no number of the world: the same in table, factsheet and explorer."""

from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.explorer.run.read import counted, reading
from sojourn.store.summing import NoSum, few, why_no_sum

EDITION = "unhcr.population@2024-06-13"
HOSTS = ("Germany,DEU", "Lebanon,LBN", "Kenya,KEN")


def opened(root: Path, of_2015: tuple[int, ...]) -> sojourn.Data:
    """Load a download of UNHCR's: stateless people of three hosts, counted in 2014, 2015 as given."""
    rows = [
        f"{year},Afghanistan,AFG,{host},4{i},60,0,-,{n},0,0"
        for year, numbers in ((2014, (7, 7, 7)), (2015, of_2015))
        for i, (host, n) in enumerate(zip(HOSTS, numbers, strict=True))
    ]
    sojourn.load([twins.unhcr_population(root / "p.csv", rows)], root / "data")
    return sojourn.open(root / "data")


@pytest.mark.parametrize(("of_2015", "said"), [((0, 0, 0), None), ((0, 0, 5), 5.0)])
def test_zeros_of_everybody_are_no_world_total_anywhere(
    tmp_path: Path, of_2015: tuple[int, ...], said: float | None
) -> None:
    data = opened(tmp_path, of_2015)
    assert why_no_sum(data.store, EDITION, "stateless", "2014") is None
    why = why_no_sum(data.store, EDITION, "stateless", "2015")
    assert (why == NoSum("zeros")) is (said is None)
    [figure] = data.figure("stateless", 2015)
    assert figure.value == said
    world = data.table("stateless", period=["2015"], area=["WORLD"])
    assert [n.value for n in world.numbers] == [said]
    told = " ".join(str(n) for one in world.numbers for n in one.notes)
    assert ("prints nothing but zeros for 2015" in told) is (said is None)
    periods = {
        cells.words["period"][code]
        for c in counted(reading(data.store), "unhcr.population", "stateless")
        if c.measure.role == "of"
        for cells in c.by_sex.values()
        for code in cells["period"]
    }
    assert "2014" in periods
    assert ("2015" in periods) is (said is not None)


def test_a_cell_of_zero_stays_as_printed(tmp_path: Path) -> None:
    one = opened(tmp_path, (0, 0, 0)).table("stateless", period=["2015"], area=["KEN"])
    assert [n.value for n in one.numbers] == [0.0]


def test_the_world_asks_for_half_of_those_who_reported_before() -> None:
    counts = {2020: 100, 2021: 120, 2022: 60, 2023: 59}
    assert few(counts, 2023) == NoSum("few", 59, 120)
    assert few(counts, 2022) is None
    assert (
        few({2010: 9, 2020: 100, 2021: 100}, 2010) is None
    )  # an old year of a table is what it is
