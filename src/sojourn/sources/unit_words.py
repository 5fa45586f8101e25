"""Words of size and currency in titles, headings and notes, held against what is declared.

A declared unit is a person's reading of the print. Where the print itself names a size
("thousands", "US$ million", "per 1,000") or a currency, the two must agree.
"""

import re
from collections.abc import Iterable, Sequence

from sojourn.errors import LayoutChanged
from sojourn.sources.grid import Grid, address, flat
from sojourn.sources.layout import Measure

_RATE = re.compile(r"\bper[\s-]+(?:1[ ,.\u00a0]?000|thousand|mille)\b|‰", re.I)
_SIZES = (
    (3, re.compile(r"\b(?:in )?thousands\b|\(thousand\b|['’`]000s?\b|\b000s\b", re.I)),
    (6, re.compile(r"\bmillions?\b|\bmn\b", re.I)),
    (9, re.compile(r"\bbillions?\b|\bbn\b", re.I)),
)
_CURRENCIES = (
    ("USD", re.compile(r"US ?\$|\bUSD\b|\bU\.?S\.? dollars?\b", re.I)),
    ("EUR", re.compile(r"€|\beuros?\b|\bEUR\b")),
    ("GBP", re.compile(r"£|\bGBP\b|\bpounds? sterling\b")),
    ("local currency", re.compile(r"\b(?:local|national) currency\b|\bLCU\b", re.I)),
)
_NOTE = re.compile(
    r"\b(?:in|numbers are|figures are|values are)\s+(?:\w+\s+)?(?=thousand|[mb]illion|US ?\$|euro)",
    re.I,
)
_SHARE = re.compile(r"%|\bper ?cent(?:age)?\b", re.I)
LONGEST_TITLE = 160  # a longer line is a sentence about something else


def refuse_other_units(
    name: str,
    grid: Grid,
    measures: Sequence[Measure],
    columns: Sequence[int],
    header_row: int,
    first: int,
    after: int,
) -> None:
    """Refuse a table whose title, headings or notes name another size or currency than declared.

    Parameters
    ----------
    measures, columns : sequences
        What each value column is declared to hold, and its index.
    header_row, first, after : int
        Indices of the row of the headings, of the first record, and of the row after the last.

    Raises
    ------
    LayoutChanged
        The print contradicts the declaration, with the address of the words.
    """
    for index in range(first):
        row = grid.rows[index]
        above: Measure | None = None
        for column, cell in enumerate(row):
            words = flat(cell) if isinstance(cell, str) else ""
            if not words or len(words) > LONGEST_TITLE:
                continue
            own = [m for m, c in zip(measures, columns, strict=True) if c == column]
            heads = own and index >= header_row - 3
            if heads and own[0] is not above:
                above = own[0]
                _refuse(name, grid, index, column, words, own)
            elif not heads and index < header_row:
                _refuse(name, grid, index, column, words, measures)
    for index in range(after, min(after + 12, len(grid.rows))):
        for column, cell in enumerate(grid.rows[index][:3]):
            if isinstance(cell, str) and (found := _NOTE.search(cell)) is not None:
                words = cell[found.start() : found.start() + 60]
                _refuse(name, grid, index, column, words, measures)


def refuse_other_series(name: str, place: str, words: str, unit: str, mult: int) -> None:
    """Refuse the printed name of a series that another unit than its code stands for.

    Raises
    ------
    LayoutChanged
        The name says a size, a currency or a share that the declared unit is not.
    """
    share = "a share" if _SHARE.search(words) and not unit.startswith("PERCENT") else ""
    if said := contradicts(words, unit, mult) or share:
        raise LayoutChanged(
            f"{name}: {place} reads {words[:80]!r} ({said}), and the declared unit of its code is {unit}",
            hint="its name and its code contradict each other: declare what the code stands for now",
        )


def _refuse(
    name: str, grid: Grid, index: int, column: int, words: str, measures: Iterable[Measure]
) -> None:
    """Refuse words that fit none of the measures they stand over."""
    known = {(m.unit, m.mult) for m in measures}
    if all(wrong := [contradicts(words, unit, mult) for unit, mult in known]):
        unit, mult = min(known)
        declared = f"{unit} × {10**mult:,}" if mult else unit
        raise LayoutChanged(
            f"{name}: {address(grid, index, column)} reads {words[:80]!r} ({wrong[0]}), and the "
            f"declared unit is {declared}",
            hint="another unit than before: declare `unit` and `mult` as they are printed now",
        )


def contradicts(words: str, unit: str, mult: int) -> str:
    """Return what the words say that a declared unit is not; nothing where they agree.

    Examples
    --------
    >>> contradicts("Migrant stock (thousands)", "PERSONS", 0)
    'a size of 1,000'
    >>> contradicts("Migrant stock (thousands)", "PERSONS", 3)
    ''
    """
    if _RATE.search(words):
        return "" if unit.startswith("PER_1000") else "a rate per 1,000"
    size = next((s for s, form in _SIZES if form.search(words)), None)
    if size is not None and size != mult:
        return f"a size of {10**size:,}"
    named = [currency for currency, form in _CURRENCIES if form.search(words)]
    if named and not any(unit.startswith(c) or c in unit for c in named):
        return named[0]
    return ""
