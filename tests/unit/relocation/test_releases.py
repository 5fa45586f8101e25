"""Two reports, each protected: their difference tells nobody who changed between them."""

import json
from pathlib import Path

import pytest

from sojourn.errors import DisclosureRisk, LedgerBroken
from sojourn.relocation.lists.fairness import protected
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.run.releases import MEMORY, MEMORY_FILES, remember_release, remembered


def groups(less: int = 0, small: int = 4) -> tuple[GroupShare, ...]:
    """Return counts of a site of which so many men declined."""
    rows = {
        "sex": {"M": 300 - less, "F": 60},
        "age": {"18-34": 356 - less - small, "60+": small + 4},
    }
    return tuple(
        GroupShare(dimension=d, group=g, persons=n, placed=n - 1, first_or_second_wish=n // 2)
        for d, own in rows.items()
        for g, n in own.items()
    )


def release(site: Path, given: tuple[GroupShare, ...], *, scheduled: bool = False):  # type: ignore[no-untyped-def]
    cells = remembered(site, "X", protected(given), given, scheduled=scheduled)
    remember_release(site, "X", "2026-01-01", cells, given)
    return cells


@pytest.mark.parametrize("less", [1, 2, 5])
def test_a_report_after_a_few_changes_is_refused_off_schedule(tmp_path: Path, less: int) -> None:
    release(tmp_path, groups())
    with pytest.raises(DisclosureRisk, match="only a few people changed"):
        release(tmp_path, groups(less))
    assert len((tmp_path / MEMORY).read_text().splitlines()) == 1


def test_on_schedule_what_was_withheld_stays_withheld(tmp_path: Path) -> None:
    first = release(tmp_path, groups())
    hidden = {(c.dimension, c.group, c.measure) for c in first if c.obs_value is None}
    assert hidden
    later = release(tmp_path, groups(1, small=60), scheduled=True)
    assert {(c.dimension, c.group, c.measure) for c in later if c.obs_value is None} >= hidden


def test_the_same_report_again_and_one_after_many_changes_are_made(tmp_path: Path) -> None:
    release(tmp_path, groups())
    release(tmp_path, groups())
    assert len((tmp_path / MEMORY).read_text().splitlines()) == 1
    release(tmp_path, groups(40))


def test_the_memory_is_private_and_an_edit_is_found(tmp_path: Path) -> None:
    release(tmp_path, groups())
    assert {(tmp_path / n).stat().st_mode & 0o777 for n in MEMORY_FILES} == {0o600}
    entry = json.loads((tmp_path / MEMORY).read_text())
    entry["withheld"] = []
    (tmp_path / MEMORY).write_text(json.dumps(entry) + "\n")
    with pytest.raises(LedgerBroken):
        release(tmp_path, groups(40))
