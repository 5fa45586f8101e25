"""Two reports, each protected: their difference tells nobody who changed between them."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from what_reports_tell import widths

from sojourn.errors import DisclosureRisk, LedgerBroken, SiteRefused
from sojourn.protect.run.publishable import Memory
from sojourn.relocation.lists.fairness import cells_of
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.run.releases import (
    MEMORY,
    MEMORY_FILES,
    beside_earlier,
    follow,
    remember,
)


def groups(less: int = 0, small: int = 4) -> tuple[GroupShare, ...]:
    """Return counts of a site of which so many men declined."""
    rows = {
        "sex": {"M": 300 - less, "F": 60},
        "age": {"18-34": 356 - less - small, "60+": small + 4},
    }
    return tuple(
        GroupShare(dimension=d, group=g, persons=n, placed=n - 1, first_or_second_wish=n - 1)
        for d, own in rows.items()
        for g, n in own.items()
    )


def release(site: Path, given: tuple[GroupShare, ...], *, scheduled: bool = False):  # type: ignore[no-untyped-def]
    shown = beside_earlier(Memory(site / MEMORY, "X", date(2026, 1, 1), scheduled), given)
    remember(site, shown)
    return cells_of(shown.table)


@pytest.mark.parametrize("less", [1, 2, 5])
def test_a_report_after_a_few_changes_is_refused_off_schedule(tmp_path: Path, less: int) -> None:
    release(tmp_path, groups())
    with pytest.raises(DisclosureRisk, match="only a few p"):
        release(tmp_path, groups(less))
    assert len((tmp_path / MEMORY).read_text().splitlines()) == 1


def test_on_schedule_what_was_withheld_stays_withheld(tmp_path: Path) -> None:
    first = release(tmp_path, groups())
    hidden = {(c.dimension, c.group, c.measure) for c in first if c.obs_value is None}
    assert hidden
    later = release(tmp_path, groups(40, small=60), scheduled=True)
    assert {(c.dimension, c.group, c.measure) for c in later if c.obs_value is None} >= hidden


@pytest.mark.parametrize("trial", range(25))
def test_two_successive_tables_do_not_tell_who_declined(tmp_path: Path, trial: int) -> None:
    """The attack: every number of the later table less that of the earlier one."""
    rng = np.random.default_rng(trial)
    people = [
        (str(rng.choice(["M", "F"], p=(0.7, 0.3))), str(rng.choice(["0-17", "18-34", "35+"])))
        for _ in range(int(rng.integers(60, 400)))
    ]

    def counted(given: list[tuple[str, str]]) -> tuple[GroupShare, ...]:
        found = []
        for n, dimension in enumerate(("sex", "age")):
            for group, count in sorted(Counter(p[n] for p in given).items()):
                found.append(
                    GroupShare(
                        dimension=dimension,
                        group=group,
                        persons=count,
                        placed=count,
                        first_or_second_wish=count,
                    )
                )
        return tuple(found)

    less = int(rng.integers(1, 6))
    earlier = release(tmp_path, counted(people))
    gone = {int(i) for i in rng.choice(len(people), less, replace=False)}
    left = counted([p for n, p in enumerate(people) if n not in gone])
    with pytest.raises(DisclosureRisk):
        release(tmp_path, left)
    later = release(tmp_path, left, scheduled=True)
    assert later == earlier
    assert len((tmp_path / MEMORY).read_text().splitlines()) == 1
    many = counted(people[: len(people) // 2])
    fresh = {(c.dimension, c.group, c.measure): c.obs_value for c in release(tmp_path, many)}
    before = {(c.dimension, c.group, c.measure): c.obs_value for c in earlier}
    assert all(fresh[n] is None for n, value in before.items() if value is None and n in fresh)


def test_a_memory_whose_private_part_is_gone_still_refuses(tmp_path: Path) -> None:
    release(tmp_path, groups())
    (tmp_path / MEMORY_FILES[1]).unlink()
    with pytest.raises(DisclosureRisk):
        release(tmp_path, groups(1))


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


def test_a_map_is_remembered_and_shown_again_where_only_a_few_changed(tmp_path: Path) -> None:
    def shown(less: int, regions: dict[str, int], *, scheduled: bool):  # type: ignore[no-untyped-def]
        memory = Memory(tmp_path / MEMORY, "X", date(2026, 1, 1), scheduled)
        found = beside_earlier(memory, groups(less), (), regions)
        remember(tmp_path, found)
        return found.regions.cells()

    first = shown(0, {"N": 200, "S": 150, "E": 6, "W": 2}, scheduled=True)
    assert [k for k, v in first.items() if v is None]
    assert first[("region", "N"),] == 200
    # one man less, and he was of N: the map of before stands again, whole
    assert shown(1, {"N": 199, "S": 150, "E": 6, "W": 2}, scheduled=True) == first
    # nobody left, and one moved from N to W: as before
    assert shown(0, {"N": 199, "S": 150, "E": 6, "W": 3}, scheduled=True) == first
    with pytest.raises(DisclosureRisk, match="only a few p"):
        shown(0, {"N": 199, "S": 150, "E": 6, "W": 3}, scheduled=False)
    later = shown(60, {"N": 120, "S": 170, "E": 6, "W": 2}, scheduled=True)
    assert later[("region", "N"),] == 120
    hidden = {k for k, v in first.items() if v is None}
    assert all(later[k] is None for k in hidden)


def test_a_group_of_which_the_last_has_gone_keeps_its_row(tmp_path: Path) -> None:
    """A row that vanishes says of the one person whom everybody knows in it that she declined."""

    def counted(alone: int, less: int) -> tuple[GroupShare, ...]:
        rows = {"SDN": alone, "ERI": 40 - less, "AFG": 30}
        return tuple(
            GroupShare(
                dimension="nationality", group=g, persons=n, placed=n, first_or_second_wish=n
            )
            for g, n in rows.items()
            if n
        )

    def told(cells) -> set[int | None]:  # type: ignore[no-untyped-def]
        return {c.obs_value for c in cells if c.group == "SDN"}

    assert told(release(tmp_path, counted(1, 0), scheduled=True)) == {None}
    later = release(tmp_path, counted(0, 20), scheduled=True)
    assert {c.obs_value for c in later if c.group == "_T"} == {50}
    assert told(later) == {None}


def test_a_region_to_which_nobody_goes_any_more_stays_among_those_withheld(tmp_path: Path) -> None:
    def shown(regions: dict[str, int], less: int):  # type: ignore[no-untyped-def]
        memory = Memory(tmp_path / MEMORY, "X", date(2026, 1, 1), scheduled=True)
        found = beside_earlier(memory, groups(less), (), regions)
        remember(tmp_path, found)
        return found.regions.cells()

    first = shown({"N": 200, "S": 150, "E": 16, "W": 2}, 0)
    assert first[("region", "W"),] is None
    later = shown({"N": 150, "S": 150, "E": 16}, 60)
    assert later[("region", "W"),] is None
    assert len(later) == len(first)


DIMENSIONS = {
    "sex": (("M", 0.7), ("F", 0.3)),
    "age": (("0-17", 0.2), ("18-34", 0.5), ("35+", 0.3)),
    "nationality": (("SDN", 0.5), ("ERI", 0.3), ("AFG", 0.15), ("SYR", 0.05)),
}
OUTCOMES = (("without", 0.1), ("elsewhere", 0.25), ("wished", 0.65))
Person = tuple[str, ...]


def somebody(rng: np.random.Generator) -> Person:
    drawn = (*DIMENSIONS.values(), OUTCOMES)
    return tuple(str(rng.choice([c for c, _ in one], p=[p for _, p in one])) for one in drawn)


def by_group(people: list[Person]) -> tuple[GroupShare, ...]:
    found = []
    for n, dimension in enumerate(DIMENSIONS):
        count = Counter((p[n], p[-1]) for p in people)
        for group in sorted({g for g, _ in count}):
            without, elsewhere, wished = (count[group, o] for o, _ in OUTCOMES)
            found.append(
                GroupShare(
                    dimension=dimension,
                    group=group,
                    persons=without + elsewhere + wished,
                    placed=elsewhere + wished,
                    first_or_second_wish=wished,
                )
            )
    return tuple(found)


def changed(rng: np.random.Generator, people: list[Person], number: int) -> list[Person]:
    """Return people after so many left, came or got another outcome."""
    now = list(people)
    for _ in range(number):
        place, what = int(rng.integers(len(now))), rng.random()
        if what < 0.5:
            now.pop(place)
        elif what < 0.7:
            now.append(somebody(rng))
        else:
            now[place] = (*now[place][:-1], str(rng.choice([o for o, _ in OUTCOMES])))
    return now


@pytest.mark.parametrize("seed", range(4))
def test_all_tables_of_a_site_together_leave_a_small_group_open(tmp_path: Path, seed: int) -> None:
    """The attack on every number that was ever shown: one to three people change from day to day.

    Two hundred sites were attacked so; four are kept, and take some seconds each, for their tables are sealed anew.
    """
    rng = np.random.default_rng(seed)
    people = [somebody(rng) for _ in range(int(rng.integers(60, 220)))]

    def shown(given: list[Person]) -> dict[tuple[str, str, str], int | None]:
        cells = release(tmp_path, by_group(given), scheduled=True)
        return {(c.dimension, c.group, c.measure): c.obs_value for c in cells}

    tables, days = [shown(people)], [people]
    assert shown(changed(rng, people, 2)) == tables[0]
    later = people
    for _ in range(12):
        later = changed(rng, later, int(rng.integers(1, 4)))
    if (again := shown(later)) != tables[0]:
        tables.append(again)
        days.append(later)
    assert shown(changed(rng, people, 1)) == tables[-1]  # nearly the first again: no new table

    def cells(given: list[Person], n: int) -> Counter[tuple[str, str]]:
        return Counter((p[n], p[-1]) for p in given)

    moved = max(
        sum(
            abs(cells(days[0], n)[k] - cells(days[-1], n)[k])
            for k in {*cells(days[0], n), *cells(days[-1], n)}
        )
        for n in range(len(DIMENSIONS))
    )
    for known in ([], [moved] * (len(tables) - 1)):
        for day, (dimension, group, measure), low, high in widths(tables, known):
            own = next(
                (g for g in by_group(days[day]) if (g.dimension, g.group) == (dimension, group)),
                None,
            )
            true = getattr(own, measure) if own else 0
            assert low - 1e-6 <= true <= high + 1e-6
            assert high - low > 1, (dimension, group, measure, low, high)


def test_a_site_that_is_called_otherwise_is_the_same_site(tmp_path: Path) -> None:
    def named(name: str, less: int) -> object:
        shown = beside_earlier(Memory(tmp_path / MEMORY, name, date(2026, 1, 1)), groups(less))
        remember(tmp_path, shown)
        return shown

    named("Monday", 0)
    with pytest.raises(DisclosureRisk, match="only a few p"):
        named("Tuesday", 1)


def test_what_was_shown_from_another_folder_is_followed(tmp_path: Path) -> None:
    old, new, other = (tmp_path / n for n in ("old", "new", "other"))
    for folder in (old, new, other):
        folder.mkdir()
    first = release(old, groups())
    with pytest.raises(SiteRefused, match="remembers no report"):
        follow(new, other)
    follow(new, old)
    assert {(new / n).stat().st_mode & 0o777 for n in MEMORY_FILES} == {0o600}
    with pytest.raises(DisclosureRisk, match="only a few p"):
        release(new, groups(1))
    assert release(new, groups(1), scheduled=True) == first
    with pytest.raises(SiteRefused, match="remembers reports already"):
        follow(new, old)
