"""A number that is printed twice in a row, and an event that is printed twice, hold the table."""

from pathlib import Path

import pytest
from reading import text

import sojourn
from sojourn.harmonize.names import with_names
from sojourn.loading.outcome import Outcome

GIDD = "iso3,country_name,year,new_displacement,new_displacement_rounded,total_displacement,total_displacement_rounded"
#: Synthetic, rounded as IDMC rounds: to thousands above ten thousand, to hundreds above one.
NUMBERS = ((1_234, 1_200), (15_432, 15_000), (7, 7), (286_389, 286_000), (0, 0), (12_499, 12_000))
PLACES = ("AFG", "AZE", "COL", "IRQ", "SDN", "SYR")
EVENTS = "ISO3,Name,Year,Start Date,Event Name,Hazard Category,Hazard Type,New Displacements"


def gidd(folder: Path, raw: float = 1, rounded: float = 1, *, swapped: bool = False) -> Outcome:
    folder.mkdir(exist_ok=True)
    rows = []
    for place, (number, near) in zip(PLACES, NUMBERS, strict=True):
        two = [round(number * raw), round(near * rounded)]
        rows.append(f"{place},{place},2015,{','.join(map(str, two[::-1] if swapped else two))},,")
    path = text(folder / "gidd.csv", GIDD, *rows)
    [outcome] = sojourn.load([path], folder / "data", edition="idmc.gidd@2031-01-01").outcomes
    return outcome


def test_a_rounded_number_is_near_the_one_beside_it(tmp_path: Path) -> None:
    assert not gidd(tmp_path / "right").warnings


@pytest.mark.parametrize(
    "damage", [{"raw": 1000}, {"rounded": 1000}, {"raw": 0.1}, {"swapped": True}]
)
def test_a_column_that_moved_alone_is_told_by_its_rounded_twin(
    tmp_path: Path, damage: dict[str, float | bool]
) -> None:
    said = " ".join(gidd(tmp_path, **damage).warnings)  # type: ignore[arg-type]
    assert "another unit, or another row or column?" in said
    assert "Montserrat" not in said


def events(folder: Path, times: int) -> Outcome:
    folder.mkdir(exist_ok=True)
    rows = [
        f"PHL,Philippines,2015,2015-01-{d:02},Storm {d},Weather related,Storm,{100 * d}"
        for d in range(1, 29)
    ]
    path = text(folder / "events.csv", EVENTS, *(rows * times))
    [outcome] = sojourn.load([path], folder / "data", edition="idmc.disasters@2031-01-01").outcomes
    return outcome


def test_events_that_are_printed_twice_are_told(tmp_path: Path) -> None:
    assert not events(tmp_path / "once", 1).warnings
    [said] = events(tmp_path / "twice", 2).warnings
    assert "28, of 56 in all" in said


def test_a_count_is_no_code_of_a_place() -> None:
    """500 is the code of Montserrat, and 124 that of Canada."""
    assert with_names("124 refugees counted in their own country").endswith("own country")
    assert "; 890 is " in with_names("890 ceased to exist in 1991 and reports 5 for 1995")


@pytest.mark.parametrize(("factor", "told"), [(1, False), (0.01, True)])
def test_per_cents_that_became_shares_of_one_are_told(
    tmp_path: Path, factor: float, told: bool
) -> None:
    """Treatment coverage of tuberculosis, as WHO's table prints it: synthetic, up to 99 per cent."""
    head = "country,iso3,g_whoregion,year,e_pop_num,e_inc_num,c_cdr"
    rows = [
        f"{name},{iso3},EUR,{2000 + n},{10_000 + n},5,{(40 + 2 * n) * factor:g}"
        for name, iso3 in (("France", "FRA"), ("Italy", "ITA"), ("Spain", "ESP"))
        for n in range(20)
    ]
    path = text(tmp_path / "burden.csv", head, *rows)
    [outcome] = sojourn.load([path], tmp_path / "data", edition="who.tb-burden@2031-01-01").outcomes
    assert any("shares of one?" in w for w in outcome.warnings) is told
