"""What is withheld of a table by group cannot be worked out from what is printed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.relocation.lists.fairness import (
    MEASURES,
    TOTAL,
    FairnessCell,
    Families,
    T,
    cells_of,
    key_of,
    protected,
)
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.run.fairness import fairness_of
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Consent

# of (without a place, placed elsewhere, placed as wished)
ATTACKED = {
    "persons": (1, 1, 1),
    "placed": (0, 1, 1),
    "first_or_second_wish": (0, 0, 1),
    "without a place": (1, 0, 0),
    "not as wished": (1, 1, 0),
    "placed elsewhere": (0, 1, 0),
}


def group(name: str, persons: int, placed: int, wished: int, dimension: str = "age") -> GroupShare:
    return GroupShare(
        dimension=dimension, group=name, persons=persons, placed=placed, first_or_second_wish=wished
    )


def printed(groups: Sequence[GroupShare], families: Families = ()) -> tuple[FairnessCell, ...]:
    return cells_of(protected(groups, families).audited)


def intervals(
    groups: Sequence[GroupShare], cells: Sequence[FairnessCell], knows: str = ""
) -> Iterator[tuple[str, str, float, float]]:
    """Yield what an attacker learns of each unsafe quantity: its group, name, width and most."""
    names = [g.group for g in groups]
    column = {(n, k): 3 * i + k for i, n in enumerate(names) for k in range(3)}
    rows, right = [], []
    for cell in cells:
        if cell.obs_value is None:
            continue
        row = np.zeros(3 * len(names))
        for name in names if cell.group == TOTAL else [cell.group]:
            for k in range(3):
                row[column[name, k]] = ATTACKED[cell.measure][k]
        rows.append(row)
        right.append(cell.obs_value)
    for name in (n for n in names if n == knows):
        for k, v in enumerate(parts(groups[names.index(name)])):
            row = np.zeros(3 * len(names))
            row[column[name, k]] = 1
            rows.append(row)
            right.append(v)
    yield from learned(groups, np.array(rows), right, knows)


def parts(g: GroupShare) -> tuple[int, int, int]:
    return g.persons - g.placed, g.placed - g.first_or_second_wish, g.first_or_second_wish


def learned(
    groups: Sequence[GroupShare], rows: np.ndarray, right: Sequence[int], knows: str
) -> Iterator[tuple[str, str, float, float]]:
    for i, g in enumerate(groups):
        for name, c in ATTACKED.items():
            if g.group == knows or not 0 < np.dot(parts(g), c) < T:
                continue
            cost = np.zeros(3 * len(groups))
            cost[3 * i : 3 * i + 3] = c
            low, high = (
                s * linprog(s * cost, A_eq=rows, b_eq=right, method="highs-ds").fun for s in (1, -1)
            )
            total = sum(np.dot(parts(h), c) for h in groups)
            yield g.group, name, high - low, float(total)


EXAMPLE = [
    group("0-11", 32, 25, 25),
    group("12-17", 128, 99, 99),
    group("18-34", 259, 255, 255),
    group("35-59", 173, 170, 170),
    group("60+", 7, 7, 7),
]


def test_a_small_group_is_not_the_total_less_the_others() -> None:
    shown = {(c.group, c.measure): c.obs_value for c in printed(EXAMPLE)}
    assert shown["60+", "persons"] is None
    assert sum(shown[g.group, "persons"] is None for g in EXAMPLE) >= 2
    assert shown["18-34", "placed"] == 255
    assert shown["18-34", "persons"] is None, "4 without a place are its complement"
    assert shown[TOTAL, "persons"] == 599


def test_a_group_of_two_halves_is_withheld_with_its_other_half() -> None:
    cells = printed([group("yes", 5, 5, 5), group("no", 594, 551, 551)])
    withheld = [c for c in cells if c.obs_value is None]
    assert len(withheld) == 6
    assert {str(c.obs_status) for c in withheld} == {"Q"}


def test_large_groups_with_large_complements_are_all_printed() -> None:
    cells = printed([group("F", 48, 38, 28), group("M", 551, 500, 470)])
    assert all(c.obs_value is not None for c in cells)


def test_that_all_of_a_group_have_no_place_is_not_printed() -> None:
    cells = printed([group("a", 30, 0, 0), group("b", 80, 60, 50), group("c", 90, 70, 50)])
    assert all(c.obs_value is None for c in cells if c.group == "a" and c.measure != "persons")


ALONE = [group("a", 1, 1, 1), group("b", 9, 9, 9), group("c", 300, 300, 300)]


def random_tables(count: int) -> Iterator[list[GroupShare]]:
    drawn = random.Random(4)
    for _ in range(count):
        made = []
        for i in range(drawn.randint(2, 7)):
            persons = drawn.choice([1, 1, 2, 5, 9, 12, 20, 40, 90, 300])
            without = drawn.choice([0, 0, 1, 4, 11, 30])
            placed = max(0, persons - without)
            wished = max(0, placed - drawn.choice([0, 0, 3, 15]))
            made.append(group(f"g{i}", persons, placed, wished))
        yield made


def test_a_group_all_of_whom_declined_is_withheld_like_one_of_a_few(tmp_path: Path) -> None:
    """Everybody on the register is known: without its row, all of a group would be known to decline."""
    write_example_site(tmp_path / "S", people=120, seed=2)
    site = read_site(tmp_path / "S")
    gone = site.cases[0].id
    people = tuple(
        replace(p, nationality="SDN" if p.case_id == gone else "ERI") for p in site.persons
    )
    cases = tuple(replace(c, consent=Consent.DECLINED) if c.id == gone else c for c in site.cases)
    site = replace(site, persons=people, cases=cases)
    cells = cells_of(fairness_of(site, make_plan(site)))
    told = {c.group: c.obs_value for c in cells if c.dimension == "nationality"}
    assert told == {"ERI": None, "SDN": None}


@pytest.mark.parametrize("groups", [EXAMPLE, ALONE, *random_tables(40)])
def test_nobody_learns_a_withheld_number_to_within_the_threshold(groups: list[GroupShare]) -> None:
    cells = printed(groups)
    alone = ["", *(g.group for g in groups if g.persons == 1 and len(groups) > 2)]
    for knows in alone:
        for name, quantity, width, total in intervals(groups, cells, knows):
            # no better than the totals, which the person who signs has to see
            spare = 1 if knows else 0
            assert width >= min(T, total - spare) - 1e-6, (knows, name, quantity, width)


def test_whole_persons_leave_as_many_tables_as_the_linear_bounds_say() -> None:
    groups = [group("a", 3, 3, 3), group("b", 12, 12, 12), group("c", 40, 40, 40)]
    cells = {(c.group, c.measure): c.obs_value for c in printed(groups)}
    names = [g.group for g in groups]
    possible = set()
    for persons in product(range(56), repeat=3):
        if sum(persons) == cells[TOTAL, "persons"] and all(
            cells[n, "persons"] in (None, p) for n, p in zip(names, persons, strict=True)
        ):
            possible.add(persons[0])
    assert len(possible) > T


def test_a_withheld_number_is_marked_and_never_a_zero() -> None:
    for cell in printed(EXAMPLE):
        assert (cell.obs_value is None) == cell.obs_status.is_missing
    assert [c.measure for c in printed(EXAMPLE)[:3]] == list(MEASURES)


def test_a_family_that_is_a_group_of_its_own_does_not_learn_the_rest() -> None:
    """Six people of one family know their own six: the others stay as wide as to a stranger."""
    sizes = {"a": 6, "b": 8, "c": 300, "d": 310}
    groups = [group(name, n, n, n) for name, n in sizes.items()]
    family = [{key_of("age", "a", "wished"): 6.0}]
    for given, knows in ((family, "a"), ([], "")):
        cells = printed(groups, given)
        for name, quantity, width, total in intervals(groups, cells, knows):
            assert width >= min(T, total - 6) - 1e-6, (knows, name, quantity)
    told = list(intervals(groups, printed(groups), "a"))
    assert min(width for *_, width, _ in told) < T, "without families the second row is given away"


def test_nobody_at_all_is_a_table_of_zeros_and_a_few_are_their_totals() -> None:
    assert [c.obs_value for c in printed([])] == [0, 0, 0]
    few = printed([group("a", 12, 12, 5), group("b", 20, 18, 9)])
    assert [c.obs_value for c in few[:3]] == [32, 30, 14]
    assert all(c.obs_value is None for c in few[3:])
