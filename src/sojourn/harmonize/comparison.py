"""Compare before you believe: an edition beside the one before, as questions with both numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sojourn.errors import counted
from sojourn.harmonize.names import area_name

#: Ratios of a whole column that are no revision but another unit.
_FACTORS = (1e-9, 1e-6, 1e-3, 1e-2, 0.1, 10.0, 100.0, 1e3, 1e6, 1e9)
FEWEST = 4  # keys below which nothing is asked of a column
MOVED = 0.8  # share of a column that must look displaced


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One key that reads differently, or stands in one of two editions only, in the table's unit.

    ``said`` is its detail, without what tells rows of one file apart.
    """

    indicator: str
    ref_area: str
    origin: str
    sex: str
    age: str
    said: str
    time_period: str
    before: float | None
    after: float | None

    @property
    def size(self) -> float:
        """How far it moved; a number that is missing counts with all of the other."""
        return abs((self.after or 0.0) - (self.before or 0.0))

    def __str__(self) -> str:
        whence = "" if self.origin in ("_T", "_Z") else f" from {area_name(self.origin)}"
        further = [x for x in (self.sex, self.age, self.said.lstrip(";")) if x not in ("_T", "")]
        read = [_said(v) for v in (self.before, self.after)]
        where = f"{area_name(self.ref_area)}{whence}"
        return f"{self.indicator} {self.time_period} {', '.join((where, *further))}: {' → '.join(read)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """A column (indicator, sex, period) beside the same column of the edition before.

    Attributes
    ----------
    keys : int
        Keys with a number other than zero in both.
    changed : int
        How many of them read differently.
    ratio, spread : float
        Median of now over before among the changed, and the share of them within 1 % of it.
    total, total_before : float
        Sums over the keys that both hold.
    same_as, same_share : str, float
        Another column of the edition before, and the share of the changed numbers that it reads
        at the same places.
    displaced : float
        Share of the changed numbers that the edition before prints in this column at other places.
    """

    indicator: str
    sex: str
    period: str
    keys: int
    changed: int
    ratio: float
    spread: float
    total: float
    total_before: float
    same_as: str = ""
    same_share: float = 0.0
    displaced: float = 0.0

    @property
    def name(self) -> str:
        """Indicator, period and sex, as questions name them."""
        return f"{self.indicator} {self.period}" + ("" if self.sex == "_T" else f" ({self.sex})")


def questions(
    columns: Iterable[ColumnChange], before: str, moves: float, *, most: int = 6
) -> tuple[str, ...]:
    """Return what a person must be asked about an edition, each with both numbers.

    Parameters
    ----------
    before : str
        The edition it is compared with.
    moves : float
        The largest relative move of a column's total that the series has made so far; 0 is unknown.
    """
    found = [q for c in columns if (q := _question(c, before, moves))]
    more = len(found) - most
    return (*found[:most], *([f"and {more} more columns like these"] if more > 0 else []))


def _question(c: ColumnChange, before: str, moves: float) -> str:
    if c.keys < FEWEST or c.changed < FEWEST:
        return ""
    numbers = f"{_said(c.total_before)} in {before}, {_said(c.total)} here"
    share = c.changed / c.keys
    if c.spread >= MOVED and (factor := _factor(c.ratio)):
        which = "the column" if share > MOVED else f"{c.changed:,} of {counted(c.keys, 'number')}"
        return f"{c.name}: {which} moved by a factor of {factor:,g} ({numbers}): another unit?"
    if c.same_share >= MOVED and share >= 0.5:
        return f"{c.name} reads what {c.same_as} reads in {before} ({numbers}): columns swapped?"
    if c.displaced >= MOVED and share >= 0.5:
        return f"{c.name}: the numbers of {before} stand at other places ({numbers}): rows shifted?"
    if c.spread >= MOVED and abs(c.ratio - 1) > 0.005 and c.changed >= 3 * FEWEST:
        return f"{c.name}: {c.changed:,} of {counted(c.keys, 'number is', 'numbers are')} {c.ratio:.4g} × those before ({numbers}): scaled?"
    moved = abs(c.total / c.total_before - 1) if c.total_before else 0.0
    if moves and moved > max(moves, 0.02):
        return f"{c.name}: the total over the same keys moved by {moved:.1%} ({numbers}), the series never by more than {moves:.1%}"
    return ""


def _factor(ratio: float) -> float:
    """Return the power of ten that a ratio is, within 1 %; 0 when it is none."""
    return next((f for f in _FACTORS if abs(ratio / f - 1) < 0.01), 0.0)


def largest(changes: Sequence[KeyChange], count: int = 10) -> tuple[KeyChange, ...]:
    """Return the largest changes, the same whatever order they come in."""

    def order(c: KeyChange) -> tuple[float, str]:
        return (-c.size, str(c))

    return tuple(sorted(changes, key=order)[:count])


def _said(value: float | None) -> str:
    return "nothing" if value is None else f"{value:,.12g}"
