"""What is asked of a small count, and how far noise reaches: worked out by hand."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from sojourn.protect.alternatives.dp import error_95
from sojourn.protect.suppress.needs import needs_of
from sojourn.protect.table.equations import system_of
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
