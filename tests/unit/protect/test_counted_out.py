"""What is asked of a small count, how noise is spread and how far it reaches: worked out by hand."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from sojourn.errors import DisclosureRisk
from sojourn.protect.alternatives.cellkey import Noise, distribution
from sojourn.protect.alternatives.dp import error_95, finest, private_counts
from sojourn.protect.suppress import search
from sojourn.protect.suppress.needs import needs_of
from sojourn.protect.suppress.pattern import fixed_cells
from sojourn.protect.suppress.primary import primary_cells
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table

#: An interval four wide that reaches two below the truth and two above it.
WIDE = {"w": 4, "w1": 2, "w2": 2, "m": 1, "contributor": 0}


@pytest.mark.parametrize(
    ("zeros", "asked"),
    [
        # 1 may fall to 0 and no further: three above it make the four. 3 may fall to 1.
        ("withheld", [(1.0, 3.0, True), (3.0, 2.0, True), (3.0, 2.0, False), (1.0, 1.0, False)]),
        # All know that a withheld number is no 0: nothing lies below 1.
        ("published", [(1.0, 4.0, True), (3.0, 2.0, True), (3.0, 2.0, False)]),
    ],
)
def test_a_small_count_asks_above_for_what_it_cannot_fall(
    zeros: str, asked: Sequence[tuple[float, float, bool]]
) -> None:
    rows = (Row(("a",), 1.0), Row(("b",), 3.0), Row(("c",), 30.0), Row(("_T",), 34.0))
    one = system_of([Table("t", ("d",), rows)])
    policy = msgspec.structs.replace(packaged("default"), zeros=zeros, **WIDE)
    found = needs_of(one, (one.value > 0) & (one.value < 5), policy)
    assert [(one.value[n.cell], n.size, n.up) for n in found] == asked


def within(epsilon: float, cells: int) -> int:
    """The smallest e within which 95 of 100 sums of noises lie: all their chances added up."""
    a = np.exp(-epsilon)
    far = int(80 / epsilon)
    one = (1 - a) / (1 + a) * a ** abs(np.arange(-far, far + 1.0))
    whole = one
    for _ in range(cells - 1):
        whole = np.convolve(whole, one)
    middle = len(whole) // 2
    return next(e for e in range(middle) if whole[middle - e : middle + e + 1].sum() >= 0.95)


@pytest.mark.parametrize("epsilon", [0.4, 1.0, 2.0, 3.0, 5.0, 8.0])
@pytest.mark.parametrize("cells", [1, 2, 3, 10])
def test_how_far_the_noise_of_a_few_cells_reaches_is_counted_out(
    epsilon: float, cells: int
) -> None:
    assert error_95(epsilon, cells) == within(epsilon, cells)


@pytest.mark.parametrize(
    "noise", [Noise(5, 3, 0), Noise(5, 3, 2), Noise(4, 2, 1), Noise(3, 2.5, 2), Noise(6, 5, 0)]
)
def test_noise_of_cell_keys_is_the_least_that_can_be_known_of_it(noise: Noise) -> None:
    """Of largest entropy with two moments given: its logarithm is a parabola (Cover and Thomas, 12.1)."""
    for count in range(2, noise.most + noise.js + 1):
        steps, chance = distribution(count, noise)
        left = range(count - noise.most, count + noise.most + 1)
        assert (count + steps).tolist() == [n for n in left if n == 0 or n > noise.js]
        bend = np.polynomial.Polynomial.fit(steps, np.log(chance), 2)
        assert bend(steps) == pytest.approx(np.log(chance), abs=1e-6)
        assert chance.sum() == pytest.approx(1)
        assert chance @ steps == pytest.approx(0, abs=1e-4)
        assert chance @ steps**2 == pytest.approx(noise.variance, abs=1e-3)


def table(*dimensions: tuple[str, dict[str, float]]) -> list[Table]:
    return [
        Table(f"by {d}", (d,), tuple(Row((code,), v) for code, v in cells.items()))
        for d, cells in dimensions
    ]


@pytest.mark.parametrize(
    "tables",
    [
        table(("sex", {"F": 4.0, "M": 5.0})),  # no total says that nobody is left out
        table(  # each person is in one cell by sex and in one by age
            ("sex", {"F": 4.0, "M": 5.0, "_T": 9.0}), ("age", {"y": 2.0, "o": 7.0, "_T": 9.0})
        ),
    ],
)
def test_a_budget_is_spent_only_where_each_person_is_in_one_cell(tables: list[Table]) -> None:
    one = system_of(tables)
    with pytest.raises(DisclosureRisk, match="in one of the finest cells only"):
        private_counts(one, finest(one), 1.0)


def square() -> System:
    """Five by five synthetic counts, with their totals."""
    rng = np.random.default_rng(1)
    inside = rng.integers(1, 60, (5, 5)).astype(float)
    whole = np.block([[inside, inside.sum(1)[:, None]], [inside.sum(0), inside.sum()]])
    codes = [*"abcde", "_T"]
    rows = [Row((a, b), whole[i, j]) for i, a in enumerate(codes) for j, b in enumerate(codes)]
    return system_of([Table("t", ("r", "c"), tuple(rows))])


def test_each_step_of_a_search_is_told_with_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "EVERY", 1)
    one, policy = square(), packaged("default")
    cells = primary_cells(one, policy, declared=False).cells
    told: list[str] = []
    fixed = fixed_cells(one, policy, cells)
    search.searched(one, policy, cells, cells, fixed, told.append)
    numbers = [[w for w in line.split() if w.isdigit()] for line in told]
    first = [n for n, line in zip(numbers, told, strict=True) if line.startswith("withholding")]
    again = [n for n, line in zip(numbers, told, strict=True) if line.startswith("opening again")]
    for each in (first, again):
        assert len(each) > 1
        assert each == [[str(n), str(len(each))] for n in range(1, len(each) + 1)]


def test_what_is_begun_anew_costs_what_it_is_worth_and_what_must_be_published_is_never_for_sale() -> (
    None
):
    one, policy = square(), packaged("default")
    cells = primary_cells(one, policy, declared=False).cells
    fixed = fixed_cells(one, policy, cells)
    assert fixed.any()
    begun = search.Search(one, policy, cells, fixed)
    for cell in np.flatnonzero(~cells & ~fixed)[::2]:
        begun.publish(int(cell))
    begun.start_from([])
    worth = np.where(fixed, np.inf, np.where(cells, 0.0, one.value))
    assert begun.swapper.cost[: len(cells)].tolist() == worth.tolist()
