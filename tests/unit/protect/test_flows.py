"""Somebody who knows how many came and left between two releases far apart, by another solver."""

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from releases_of_people import counted
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import EARLIER, key_named, read_ledger
from sojourn.protect.run import counted as counted_changes
from sojourn.protect.run.publishable import Memory, Publishable, publishable, remember_made
from sojourn.protect.table.policy import packaged

Cell = tuple[str, ...]
Shown = dict[Cell, float | None]
POLICY = packaged("default")
SHAPE = (4, 3)
CELLS = list(
    itertools.product(["_T", *(f"c{i}" for i in range(4))], ["_T", *(f"c{i}" for i in range(3))])
)
FINEST = [c for c in CELLS if "_T" not in c]


def released(ledger: Path, people: np.ndarray, day: int) -> Publishable:
    memory = Memory(ledger, "s", date(2026, 1, day))
    made = publishable([counted(people, (0, 1))], POLICY, memory=memory)
    remember_made(made)
    return made


def two(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Synthetic people of two months; many stay."""
    rng = np.random.default_rng(seed)
    first = rng.negative_binomial(0.9, 0.04, SHAPE)
    return first, np.maximum(first + rng.poisson(1.2, SHAPE) - rng.poisson(1.2, SHAPE), 0)


def shown(ledger: Path) -> list[Shown]:
    """What each release shows of each cell, None where it is withheld."""
    found = []
    for release in read_ledger(ledger):
        values: Shown = {}
        for name in (*release.published, *release.withheld):
            key = dict(key_named(name))
            values[key.get("d0", "_T"), key.get("d1", "_T")] = release.published.get(name)
        found.append(values)
    return found


def equations(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums of both releases; today is before, and who came, less who left; and their number."""
    n, f, at = len(CELLS), len(FINEST), {c: i for i, c in enumerate(CELLS)}
    made: list[dict[int, float]] = []
    for release, cell, axis in itertools.product((0, n), CELLS, (0, 1)):
        if cell[axis] == "_T":
            parts = [c for c in CELLS if c[1 - axis] == cell[1 - axis] and c[axis] != "_T"]
            made.append({release + at[cell]: 1.0, **{release + at[c]: -1.0 for c in parts}})
    for place, cell in enumerate(FINEST):
        came, left = 2 * n + place, 2 * n + f + place
        made.append({n + at[cell]: 1.0, at[cell]: -1.0, came: -1.0, left: 1.0})
    made.append(dict.fromkeys(range(2 * n, 2 * n + 2 * f), 1.0))
    matrix = np.zeros((len(made), 2 * n + 2 * f))
    for row, entries in enumerate(made):
        matrix[row, [*entries]] = [*entries.values()]
    return matrix, np.array([*[0.0] * (len(made) - 1), number])


def narrow(releases: list[Shown], people: tuple[np.ndarray, np.ndarray]) -> set[tuple[int, Cell]]:
    """The small counts that somebody who knows the number who changed tells to within less than w."""
    matrix, right = equations(int(abs(people[1] - people[0]).sum()))
    bounds: list[tuple[float, float | None]] = [
        (0, None) if (v := values.get(c)) is None else (v, v) for values in releases for c in CELLS
    ]
    bounds += [(0, None)] * (2 * len(FINEST))
    true = [{r.codes: r.value or 0 for r in counted(p, (0, 1)).rows} for p in people]
    found = set()
    for release, place in itertools.product((0, 1), range(len(CELLS))):
        cell = CELLS[place]
        if releases[release].get(cell) is None and 0 < true[release][cell] < POLICY.t:
            cost = np.zeros(len(bounds))
            cost[release * len(CELLS) + place] = 1.0
            ends = [linprog(s * cost, A_eq=matrix, b_eq=right, bounds=bounds) for s in (1.0, -1.0)]
            if ends[1].status != 3 and -ends[1].fun - ends[0].fun < POLICY.w - 1 - 1e-6:
                found.add((release, cell))
    return found


SEEDS = [s for s in range(60) if abs(np.subtract(*two(s))).sum() > POLICY.changed]


@pytest.mark.parametrize("seed", [0, 4, 11, 21, 25])
def test_who_knows_how_many_changed_tells_only_what_cannot_be_hidden(
    seed: int, tmp_path: Path
) -> None:
    people = two(seed)
    try:
        for day, one in enumerate(people, start=1):
            released(tmp_path / "L", one, day)
    except DisclosureRisk:
        return  # refused is safe
    assert not any(EARLIER in n for r in read_ledger(tmp_path / "L") for n in r.published)
    first, second = shown(tmp_path / "L")
    told = narrow([first, second], people)
    nothing = {c: v if c == ("_T", "_T") or v == 0 else None for c, v in second.items()}
    assert told <= narrow([first, nothing], people)  # an earlier release has told it


def test_some_of_it_can_be_hidden_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = 0
    for seed in (4, 23):  # of 24 tried, eight tell one or two counts; five of them need not
        people = two(seed)
        released(tmp_path / f"L{seed}", people[0], 1)
        made = released(tmp_path / f"L{seed}", people[1], 2)
        assert made.counter is not None
        assert made.counter.exact == made.counter.narrow == 0
        assert not narrow(shown(tmp_path / f"L{seed}"), people)
        monkeypatch.setattr(counted_changes, "with_flows", lambda *_: None)
        released(tmp_path / f"M{seed}", people[0], 1)
        plain = released(tmp_path / f"M{seed}", people[1], 2)
        hidden += len(narrow(shown(tmp_path / f"M{seed}"), people))
        monkeypatch.undo()
        assert plain.counter is None
    assert hidden
    people = two(11)
    released(tmp_path / "L0", people[0], 1)
    told = released(tmp_path / "L0", people[1], 2).counter
    assert told is not None
    assert told.narrow >= len(narrow(shown(tmp_path / "L0"), people)) > 0
    assert not told.required


def test_a_small_count_that_the_number_gives_exactly_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = np.array([[20, 40, 41], [50, 30, 31], [60, 33, 44], [70, 35, 46]])
    second = first.copy()
    second[0, 0] = 9  # eleven left, and everybody can see from where unless much is withheld
    released(tmp_path / "L", first, 1)
    monkeypatch.setattr(counted_changes.Counters, "withheld", lambda _, before: before)
    with pytest.raises(DisclosureRisk, match="known exactly beside an earlier release"):
        released(tmp_path / "L", second, 2)
