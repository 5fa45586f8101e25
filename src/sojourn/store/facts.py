"""What is known of a file before it is staged, from its words and numbers and not cell by cell.

A block is rows times columns, so its key sets are products: what stands in it, whether a key can
stand in it twice, and what each indicator covers follow from the labels of its rows and columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

import numpy as np

from sojourn.harmonize.observe import Observed
from sojourn.sources.column import Column, combined
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import KEY

#: More blocks than this are not compared pair by pair.
MOST_BLOCKS = 60
_VAST, _FRACTION = 1.19e10, 1e-7  # a little below what the contracts allow: they decide
_TALLIED = ("ref_area", "origin", "time_period", "sex")


@dataclass(slots=True)
class Tally:
    """What a file holds of one indicator: observations, and its places, origins, periods, sexes."""

    keys: int = 0
    words: dict[str, set[str]] = field(default_factory=lambda: {d: set() for d in _TALLIED})

    def add(self, other: "Tally") -> None:
        """Add what another file holds of the indicator."""
        self.keys += other.keys
        for dimension, words in other.words.items():
            self.words[dimension] |= words


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file.

    Attributes
    ----------
    count : int
        Its observations.
    words : dict of str to set of str
        The words of each column of text that contracts ask for.
    held : set of str
        What else it has, in the words of `sojourn.harmonize.contracts`: ``negative``, ``vast``
        and ``broken`` numbers, an ``interval``, several ``units``, a place that is ``gone``.
    may_repeat : bool
        False where surely no key stands in it twice.
    tallies : dict of str to Tally
        What it holds of each indicator.
    """

    count: int
    words: Mapping[str, set[str]]
    held: frozenset[str]
    may_repeat: bool
    tallies: Mapping[str, Tally]

    def meets(self, other: "Facts") -> bool:
        """Whether both may hold one key: they differ in no dimension altogether."""
        return not any(self.words[name].isdisjoint(other.words[name]) for name in KEY)


def facts_of(parts: Sequence[Observed]) -> Facts:
    """Return what is known of the blocks of one file."""
    columns = [{name: column_of(p, name)[0] for name in (*KEY, "unit_measure")} for p in parts]
    words: dict[str, set[str]] = {
        name: {w for own in columns for w in own[name].words} for name in (*KEY, "unit_measure")
    }
    words["obs_status"] = {status for p in parts for status in _statuses(p)}
    held = set().union(*map(_numbers, parts))
    held |= {"units"} if _mixes_units(parts) else set()
    held |= {"gone"} if not gone().isdisjoint(words["ref_area"]) else set()
    tallies: dict[str, Tally] = {}
    for part in parts:
        for indicator, tally in _tallies(part):
            tallies.setdefault(indicator, Tally()).add(tally)
    return Facts(
        sum(len(p.rows) * len(p.cols) for p in parts),
        words,
        frozenset(held),
        any(map(_repeats, parts)) or _may_share(columns),
        tallies,
    )


def periods_of(parts: Sequence[Observed]) -> dict[str, int]:
    """Return how many numbers the blocks of one file hold of each period."""
    found: dict[str, int] = {}
    for part in parts:
        periods, by_row = column_of(part, "time_period")
        others = len(part.cols) if by_row else len(part.rows)
        for word, count in zip(periods.words, np.bincount(periods.codes).tolist(), strict=True):
            found[word] = found.get(word, 0) + count * others
    return found


@cache
def gone() -> frozenset[str]:
    """Return the places that exist no longer."""
    return frozenset(a.area_id for a in AREAS.values() if a.valid_to is not None)


def column_of(part: Observed, name: str) -> tuple[Column, bool]:
    """Return a dimension of a block, and whether it belongs to the rows."""
    if name in part.of_rows:
        return Column.of(part.of_rows[name]), True
    if name == "unit_measure":
        return Column.of([unit for unit, _ in part.units]), False
    return Column.of(part.of_columns[name]), False


def _statuses(part: Observed) -> set[str]:
    found: set[str] = set()
    for numbers in part.values:
        points = np.ascontiguousarray(numbers.status.astype("U1")).view(np.uint32)
        found |= {chr(p) for p in np.flatnonzero(np.bincount(points))}
    return found


def _numbers(part: Observed) -> set[str]:
    """Return which sorts of numbers a block may hold that a contract asks about."""
    found = set()
    for numbers, (_, mult) in zip(part.values, part.units, strict=True):
        value = numbers.value
        if (value < 0).any():
            found.add("negative")
        if (value * 10.0**mult > _VAST).any():
            found.add("vast")
        if mult == 0 and (np.abs(value - np.rint(value)) > _FRACTION).any():
            found.add("broken")
        bounds = (b for b in (numbers.lower, numbers.upper) if b is not None)
        if any((~np.isnan(b)).any() for b in bounds):
            found.add("interval")
    return found


def _mixes_units(parts: Sequence[Observed]) -> bool:
    """Whether one indicator is given in several units."""
    units: dict[str, set[str]] = {}
    for part in parts:
        (indicators, by_row), (unit, unit_by_row) = (
            column_of(part, name) for name in ("indicator", "unit_measure")
        )
        for code, indicator in enumerate(indicators.words):
            at = np.flatnonzero(indicators.codes == code)
            own = unit.taken(at) if by_row is unit_by_row else unit
            units.setdefault(indicator, set()).update(own.words)
    return any(len(found) > 1 for found in units.values())


def _repeats(part: Observed) -> bool:
    """Whether a key stands twice in a block: in two of its rows, or in two of its columns."""
    columns = [column_of(part, name) for name in KEY]
    for by_row, length in ((True, len(part.rows)), (False, len(part.cols))):
        own = [column for column, is_row in columns if is_row is by_row]
        if length > 1 and (not own or len(combined(own)[1]) < length):
            return True
    return False


def _may_share(columns: Sequence[Mapping[str, Column]]) -> bool:
    """Whether two blocks may hold one key: they differ in no dimension altogether."""
    if len(columns) > MOST_BLOCKS:
        return True
    sets = [{name: set(own[name].words) for name in KEY} for own in columns]
    return any(all(a[n] & b[n] for n in KEY) for a, b in combinations(sets, 2))


def _tallies(part: Observed) -> list[tuple[str, Tally]]:
    indicators, by_row = column_of(part, "indicator")
    out = []
    for code, indicator in enumerate(indicators.words):
        at = np.flatnonzero(indicators.codes == code)
        words = {}
        for dimension in _TALLIED:
            column, is_row = column_of(part, dimension)
            words[dimension] = set((column.taken(at) if is_row is by_row else column).words)
        others = len(part.cols) if by_row else len(part.rows)
        out.append((indicator, Tally(len(at) * others, words)))
    return out
