"""What is known of a file before it is staged, held against a loop over its cells: synthetic blocks."""

import random

import numpy as np
import pytest

from sojourn.harmonize.numbers import Numbers
from sojourn.harmonize.observe import Observed
from sojourn.sources.column import Column
from sojourn.store import facts
from sojourn.store.covered import SliceChange, as_short, years_lost
from sojourn.store.facts import Facts, facts_of, periods_of
from sojourn.vocab.observation import KEY

Cell = dict[str, object]
PLACES, YEARS = ("276", "250", "380"), ("1990", "2000", "2015")


def block(rng: random.Random, *, by_row: bool, places: tuple[str, ...] = PLACES) -> Observed:
    """A block of two to four rows and one to three columns, years in its rows or in its columns."""
    rows, cols = rng.randint(2, 4), rng.randint(1, 3)
    own = dict.fromkeys(KEY, "_T") | {"detail": ""}
    of_rows = {"ref_area": [rng.choice(places) for _ in range(rows)]}
    of_columns = {name: [own[name]] * cols for name in KEY if name != "ref_area"}
    of_columns["indicator"] = [rng.choice(("births", "deaths")) for _ in range(cols)]
    years = [rng.choice(YEARS) for _ in range(rows if by_row else cols)]
    if by_row:
        of_rows["time_period"] = years
        del of_columns["time_period"]
    else:
        of_columns["time_period"] = years
    values = [
        Numbers(
            np.array([rng.choice((1.0, 2.5, -3.0, 4e9)) for _ in range(rows)]), status(rows), ()
        )
        for _ in range(cols)
    ]
    units = [(rng.choice(("PERSONS", "EVENTS")), rng.choice((0, 3))) for _ in range(cols)]
    columns = {name: Column.of(words) for name, words in of_rows.items()}
    at = (np.arange(rows), np.arange(cols))
    return Observed("Table 1", columns, of_columns, units, *at, values)


def status(rows: int) -> np.ndarray:
    return np.full(rows, "A")


def cells(one: Observed) -> list[Cell]:
    """Every cell of a block, one after another."""
    found = []
    for r in range(len(one.rows)):
        for c in range(len(one.cols)):
            told: Cell = {k: column.words[column.codes[r]] for k, column in one.of_rows.items()}
            told |= {k: words[c] for k, words in one.of_columns.items()}
            unit, mult = one.units[c]
            found.append({**told, "unit": unit, "mult": mult, "value": one.values[c].value[r]})
    return found


def sorts(every: list[Cell]) -> set[str]:
    """Which sorts of numbers stand there; a number is vast above the people of the world."""
    found = set()
    for cell in every:
        value, mult = float(str(cell["value"])), int(str(cell["mult"]))
        found |= {"negative"} if value < 0 else set()
        found |= {"vast"} if value * 10**mult > 1.19e10 else set()
        found |= {"broken"} if mult == 0 and value != round(value) else set()
    units: dict[object, set[object]] = {}
    for cell in every:
        units.setdefault(cell["indicator"], set()).add(cell["unit"])
    return found | ({"units"} if any(len(u) > 1 for u in units.values()) else set())


@pytest.mark.parametrize("seed", range(40))
def test_what_is_known_of_blocks_is_what_their_cells_say(seed: int) -> None:
    rng = random.Random(seed)
    parts = [block(rng, by_row=rng.random() < 0.5) for _ in range(rng.randint(1, 3))]
    every = [cell for part in parts for cell in cells(part)]
    found = facts_of(parts)
    assert found.count == len(every)
    assert found.held == sorts(every)
    for name in KEY:
        assert found.words[name] == {str(cell[name]) for cell in every}
    keys = [tuple(cell[name] for name in KEY) for cell in every]
    assert found.may_repeat or len(set(keys)) == len(keys)
    assert {k: t.keys for k, t in found.tallies.items()} == {
        i: sum(cell["indicator"] == i for cell in every) for i in {c["indicator"] for c in every}
    }
    assert periods_of(parts) == {
        p: sum(cell["time_period"] == p for cell in every) for p in found.words["time_period"]
    }


def single(place: str, year: str = "2015", value: float = 1.0, mult: int = 0) -> Observed:
    columns = {n: ["_T"] for n in KEY if n != "ref_area"} | {"time_period": [year]}
    numbers = [Numbers(np.array([value]), status(1), ())]
    at = (np.arange(1), np.arange(1))
    return Observed(
        "1",
        {"ref_area": Column.of([place])},
        columns,
        [("PERSONS", mult)],
        *at,
        numbers,
    )


@pytest.mark.parametrize(
    ("value", "mult", "vast"),
    [(1.2e7, 3, True), (1.2e7, 0, False), (1.1e10, 0, False), (1.2e10, 0, True)],
)
def test_more_people_than_there_are_is_vast_in_its_unit(
    value: float, mult: int, *, vast: bool
) -> None:
    assert ("vast" in facts_of([single("276", value=value, mult=mult)]).held) is vast


def test_a_place_that_is_no_more_is_told() -> None:
    gone = sorted(facts.gone())[0]
    assert "gone" in facts_of([single("276"), single(gone)]).held
    assert "gone" not in facts_of([single("276")]).held


def test_two_files_meet_where_no_dimension_keeps_them_apart() -> None:
    def of(place: str, year: str) -> Facts:
        return facts_of([single(place, year)])

    assert of("276", "2015").meets(of("276", "2015"))
    assert not of("276", "2015").meets(of("276", "2010"))
    assert not of("276", "2015").meets(of("250", "2015"))


def test_blocks_that_share_no_key_repeat_none_up_to_a_number_of_blocks() -> None:
    few = [single("276", str(1960 + i)) for i in range(facts.MOST_BLOCKS)]
    assert not facts_of(few).may_repeat
    assert facts_of([*few, single("276", "1960")]).may_repeat
    assert facts_of([*few, single("276", "2100")]).may_repeat  # not compared pair by pair


def test_years_of_its_own_lose_none() -> None:
    from sojourn.sources.frame import Frame

    assert years_lost({"2016"}, {"2015", "2016"}, Frame(years="own")) == ()
    assert years_lost({"2016"}, {"2015", "2016"}, Frame(years="steps")) == ("2015",)
    assert years_lost({"2015"}, {"2015", "2016"}, Frame(years="steps")) == ()


def test_a_new_slice_is_as_short_as_its_own_kind() -> None:
    """Births by origin lost most of their keys, births in all lost none."""
    rest = {"new": 0, "total": 0.0, "total_before": 0.0, "total_lost": 0.0}
    told = {"indicator": "births", "period": "2015", "keys_before": 9, **rest}
    small = SliceChange(by_origin=True, keys=1, lost=8, **told)  # type: ignore[arg-type]
    whole = SliceChange(by_origin=False, keys=9, lost=0, **told)  # type: ignore[arg-type]
    new = [("births", True, "2016"), ("births", False, "2016")]
    assert as_short(new, [small, whole]) == (("births", "by_origin", "2016"),)


@pytest.mark.parametrize("place", ["276", "250"])
@pytest.mark.parametrize("year", ["2015", "1990"])
def test_two_blocks_of_one_cell_repeat_a_key_where_it_is_the_same(place: str, year: str) -> None:
    two = [single("276", "2015"), single(place, year)]
    assert facts_of(two).may_repeat is ((place, year) == ("276", "2015"))
