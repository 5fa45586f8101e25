"""Successive releases of the same people, and of nearly the same, attacked with another solver."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from releases_of_people import PEOPLE, attacked, counted

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import PRIVATE
from sojourn.protect.run.publishable import Memory, Publishable, publishable, remember_made
from sojourn.protect.table.policy import packaged


def released(
    ledger: Path, people: np.ndarray, axes: Sequence[int], day: int, *, scheduled: bool = True
) -> Publishable:
    memory = Memory(ledger, "s", date(2026, 1, day), scheduled)
    made = publishable([counted(people, axes)], packaged("default"), memory=memory)
    remember_made(made)
    return made


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
