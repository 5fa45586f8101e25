"""Successive releases of the same people, and of nearly the same, attacked with another solver."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import PRIVATE, key_named, read_ledger
from sojourn.protect.run.publishable import Memory, Publishable, publishable, remember_made
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table

Cell = tuple[str, ...]
#: People by group, sex and age: a group of eleven that one table splits 5 and 6, the other not.
PEOPLE = np.zeros((3, 3, 2), dtype=int)
PEOPLE[0, 0, 0], PEOPLE[0, 1, 0] = 5, 6
PEOPLE[1] = [[25, 15], [30, 20], [40, 20]]
PEOPLE[2] = [[40, 30], [40, 40], [50, 40]]


def counted(people: np.ndarray, axes: Sequence[int]) -> Table:
    """Return the counts of people by some dimensions, with every total."""
    whole = people.sum(axis=tuple(a for a in range(people.ndim) if a not in axes))
    for axis in range(whole.ndim):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    rows = [
        Row(
            tuple("_T" if i == n - 1 else f"c{i}" for i, n in zip(at, whole.shape, strict=True)),
            float(v),
        )
        for at, v in np.ndenumerate(whole)
    ]
    return Table("t", tuple(f"d{a}" for a in axes), tuple(rows))


def released(
    ledger: Path, people: np.ndarray, axes: Sequence[int], day: int, *, scheduled: bool = True
) -> Publishable:
    memory = Memory(ledger, "s", date(2026, 1, day), scheduled)
    made = publishable([counted(people, axes)], packaged("default"), memory=memory)
    remember_made(made)
    return made


def attacked(ledger: Path, shape: Sequence[int]) -> Mapping[Cell, tuple[float, float]]:
    """Return what all releases of one population together leave of each withheld cell."""
    told: dict[Cell, float | None] = {}
    for release in read_ledger(ledger):
        for name in (*release.withheld, *release.published):
            key = dict(key_named(name))
            cell = tuple(key.get(f"d{i}", "_T") for i in range(len(shape)))
            told[cell] = release.published.get(name, told.get(cell))
    codes = [["_T", *(f"c{i}" for i in range(n))] for n in shape]
    cells = list(itertools.product(*codes))
    at = {c: i for i, c in enumerate(cells)}
    lines = []
    for cell in cells:
        for axis in (i for i, c in enumerate(cell) if c == "_T"):
            line = np.zeros(len(cells))
            line[at[cell]] = 1
            for code in codes[axis][1:]:
                line[at[(*cell[:axis], code, *cell[axis + 1 :])]] = -1
            lines.append(line)
    bounds = [(0, None) if (v := told.get(c)) is None else (v, v) for c in cells]
    found = {}
    for cell in (c for c, v in told.items() if v is None):
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(cells))
            cost[at[cell]] = sign
            got = linprog(cost, A_eq=np.array(lines), b_eq=np.zeros(len(lines)), bounds=bounds)
            ends.append(np.inf if got.status == 3 else sign * got.fun)
        found[cell] = (ends[0], ends[1])
    return found


def test_tables_of_other_dimensions_one_after_the_other_are_safe_together(tmp_path: Path) -> None:
    ledger = tmp_path / "L"
    released(ledger, PEOPLE, (0, 1), 1)
    second = released(ledger, PEOPLE, (0, 2), 2)
    assert second.audited.system.keys[-1] != ()
    found = attacked(ledger, PEOPLE.shape)
    for cell in (("c0", "c0", "_T"), ("c0", "c1", "_T")):
        low, high = found[cell]
        assert high - low >= packaged("default").w - 1e-6, cell


@pytest.mark.parametrize("seed", range(4))
def test_three_releases_of_the_same_people_leave_every_small_count_wide(
    seed: int, tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    people = rng.negative_binomial(0.6, 0.05, (3, 3, 2))
    for day, axes in enumerate(((0, 1), (0, 2), (1, 2)), start=1):
        try:
            released(tmp_path / "L", people, axes, day)
        except DisclosureRisk:
            continue  # refused is safe
    for cell, (low, high) in attacked(tmp_path / "L", people.shape).items():
        at = tuple(slice(None) if c == "_T" else int(c[1:]) for c in cell)
        if 0 < people[at].sum() < packaged("default").t:
            assert high - low >= packaged("default").w - 1 - 1e-6, cell  # it knows of no zeros


def test_one_person_is_not_hidden_behind_a_further_dimension(tmp_path: Path) -> None:
    released(tmp_path / "L", PEOPLE, (0, 1), 1)
    more = PEOPLE.copy()
    more[1, 1, 1] += 1
    for axes in ((0, 1), (0, 2), (0, 1, 2)):
        with pytest.raises(DisclosureRisk, match="few persons"):
            released(tmp_path / "L", more, axes, 2, scheduled=False)


def test_a_group_that_left_whole_is_counted(tmp_path: Path) -> None:
    released(tmp_path / "L", PEOPLE, (0, 1), 1)
    fewer = PEOPLE[:2].copy()  # its code is gone too
    made = released(tmp_path / "L", fewer, (0, 1), 2)
    assert made.differences[0].changed == PEOPLE[2].sum()


def test_without_the_truth_of_what_was_withheld_few_may_have_changed(tmp_path: Path) -> None:
    released(tmp_path / "L", PEOPLE, (0, 1), 1)
    (tmp_path / f"L{PRIVATE}").unlink()
    for people in (PEOPLE, PEOPLE + np.eye(3, dtype=int)[:, :, None] * [1, 0]):
        with pytest.raises(DisclosureRisk, match="few persons"):
            released(tmp_path / "L", people, (0, 1), 2, scheduled=False)
