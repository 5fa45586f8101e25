"""What is given in Python instead of a path, a name or a year ends in the house's error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sojourn
from sojourn.errors import Misasked

FIVE: Any = 5
NOTHING: Any = None
LETTER: Any = "x"
EMPTY: Any = []


@pytest.mark.parametrize(
    "ask",
    [
        lambda _: sojourn.open(FIVE),
        lambda _: sojourn.open(EMPTY),
        lambda p: sojourn.load(NOTHING, p / "data"),
        lambda p: sojourn.load([NOTHING], p / "data"),
        lambda p: sojourn.load([p / "a.csv"], NOTHING),
        lambda p: sojourn.load([p / "a.csv"], p / "data", declare=FIVE),
        lambda _: sojourn.open().trace(FIVE),
        lambda _: sojourn.open().trace(NOTHING),
        lambda _: sojourn.open().trace("migrant_stock", LETTER),
    ],
)
def test_what_is_of_another_kind_is_told(tmp_path: Path, ask: Callable[[Path], object]) -> None:
    with pytest.raises(Misasked, match="expected"):
        ask(tmp_path)
    assert not list(tmp_path.iterdir())
