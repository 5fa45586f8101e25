"""What a workbook shows of a table that is read: hidden rows and columns, merged cells."""

from collections.abc import Collection, Sequence
from itertools import groupby

from sojourn.errors import LayoutChanged
from sojourn.sources.grid import Grid, address
from sojourn.vocab.observation import column_letters


def hidden_parts(grid: Grid, columns: Collection[int], rows: Sequence[int]) -> tuple[str, ...]:
    """Return what is read although the workbook does not show it, as sentences.

    Parameters
    ----------
    columns, rows : collections of int
        Indices of the columns and rows that are read.
    """
    facts, said = grid.facts, []
    if facts.hidden:
        said.append(f"{grid.sheet} is a hidden sheet and is read")
    if facts.hidden_rows:
        held = sorted(facts.hidden_rows.intersection(r + 1 for r in rows))
        said += [f"{grid.sheet}: hidden rows are read: {_runs(held)}"] if held else []
    if facts.hidden_columns:
        hidden = [
            column_letters(c + 1)
            for c in sorted(columns)
            if any(first <= c + 1 <= last for first, last in facts.hidden_columns)
        ]
        said += [f"{grid.sheet}: hidden columns are read: {', '.join(hidden)}"] if hidden else []
    return tuple(said)


def _runs(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ranges."""
    out = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        out.append(str(found[0]) if len(found) == 1 else f"{found[0]} to {found[-1]}")
    return ", ".join(out[:6]) + (f" and {len(out) - 6} more" if len(out) > 6 else "")


def refuse_merged(name: str, grid: Grid, columns: Collection[int], rows: Collection[int]) -> None:
    """Refuse merged cells among those that are read: all but the first look empty.

    Raises
    ------
    LayoutChanged
        Naming the merged range.
    """
    if not grid.facts.merges:
        return
    read = set(rows)
    for top, left, bottom, right in grid.facts.merges:
        down = sum(r - 1 in read for r in range(top, bottom + 1))
        across = sum(left <= c + 1 <= right for c in columns)
        if down * across > 1:
            first, last = address(grid, top - 1, left - 1), address(grid, bottom - 1, right - 1)
            raise LayoutChanged(
                f"{name}: {first} to {last.rpartition('!')[2]} is one merged cell; all but its "
                "first cell would be read as empty",
                hint="take the merge apart and write the value into each cell it stands for",
            )
