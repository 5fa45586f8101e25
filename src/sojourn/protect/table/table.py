"""A table as somebody brings it: dimensions, values, and what is said of single cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import TableRefused, counted
from sojourn.protect.table.hierarchy import TOTAL
from sojourn.protect.table.lines import (
    header_of,
    lines_of,
    number_of,
    refuse_header,
    refuse_separator,
)
from sojourn.terminal.nearest import did_you_mean

NOT_DIMENSIONS = (
    "obs_value",
    "obs_status",
    "primary",
    "lower",
    "upper",
    "cost",
    "keep",
    "top1",
    "top2",
    "topn",
    "contributors",
)
Codes = tuple[str, ...]
SUPPRESSED = "Q"


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of a table.

    Attributes
    ----------
    codes : tuple of str
        One code a dimension, ``_T`` for its total.
    value : float or None
        ``None`` where it is withheld already.
    primary : bool
        The office says that it must be withheld.
    cost : float or None
        What withholding it costs; the value by default.
    keep : bool
        It must be published.
    top : tuple of float
        Largest contributions, where given, the largest first.
    line : int
        Line of the file.
    width : float or None
        How wide it must stay where that is not the policy's w; w1 and w2 shrink to it.
    latent : bool
        A number that is never printed but can be computed of printed ones: withheld from the
        start at no cost, and protected where a rule says so.
    public : bool
        Everybody knows it already, from an earlier release or from elsewhere: it stays published,
        and no rule asks for it.
    ruled : bool
        The rules are asked of it and of its parts; else only ``primary`` counts.
    safe : bool
        The office says that no rule is asked of it; of its parts they are.
    """

    codes: Codes
    value: float | None
    primary: bool = False
    cost: float | None = None
    keep: bool = False
    top: tuple[float, ...] = ()
    line: int = 0
    width: float | None = None
    latent: bool = False
    public: bool = False
    ruled: bool = True
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, dimensions and rows.

    Attributes
    ----------
    declared : bool
        It has a column ``primary``: the office has decided, and no rule decides beside it.
    """

    name: str
    dimensions: tuple[str, ...]
    rows: tuple[Row, ...]
    declared: bool = False

    def codes_of(self, dimension: int) -> tuple[str, ...]:
        """Return the codes of a dimension, the total first, in their order of appearance."""
        found = dict.fromkeys(r.codes[dimension] for r in self.rows)
        return tuple(sorted(found, key=lambda c: c != TOTAL))


def read_table(text: str, *, name: str) -> Table:
    """Read a table from CSV: dimensions, ``obs_value``, and what is known of each cell.

    Raises
    ------
    TableRefused
        No ``obs_value``, a value that is no number, or two rows of one key; the line is named.
        Its columns are not separated by commas.
    """
    lines = lines_of(text, name=name)
    header = header_of(lines, name=name)
    refuse_header(header, ["obs_value"], name)
    if "obs_value" not in header:
        raise TableRefused(
            f"{name}: no column obs_value among {', '.join(header) or 'none'}",
            hint=f"{did_you_mean('obs_value', header)} dimensions with _T for totals, and obs_value; for microdata name the dimensions with --by".strip(),
        )
    if len(set(header)) != len(header):
        raise TableRefused(
            f"{name}: two columns with the same header {_twice(header)!r}", hint="each once"
        )
    dimensions = tuple(h for h in header if h not in NOT_DIMENSIONS)
    if not dimensions:
        raise TableRefused(
            f"{name}: no dimension beside obs_value", hint="at least one column of codes"
        )
    rows: list[Row] = []
    seen: dict[Codes, int] = {}
    for number, cells in lines:
        if not any(c.strip() for c in cells):
            continue
        refuse_separator(cells if len(header) > 1 else [], f"{name}, line {number}")
        _whole(cells, header, f"{name}, line {number}")
        row = _row(
            dict(zip(header, cells, strict=False)), dimensions, f"{name}, line {number}", number
        )
        if row.codes in seen:
            raise TableRefused(
                f"{name}, line {number}: {'/'.join(row.codes)} stands in line {seen[row.codes]} too",
                hint="one row a cell",
            )
        seen[row.codes] = number
        rows.append(row)
    if not rows:
        raise TableRefused(f"{name}: no rows", hint="at least one cell")
    return Table(name, dimensions, tuple(rows), declared="primary" in header)


def _whole(cells: Sequence[str], header: Sequence[str], at: str) -> None:
    if len(cells) > len(header) and any(c.strip() for c in cells[len(header) :]):
        raise TableRefused(
            f"{at}: {counted(len(cells), 'cell')} under a header of {len(header)}",
            hint="a code with a comma needs quotes, a number has a point and no comma; no cell is dropped",
        )


def _row(told: Mapping[str, str], dimensions: Sequence[str], at: str, line: int) -> Row:
    if any(d not in told or not told[d].strip() for d in dimensions):
        raise TableRefused(
            f"{at}: a code is missing",
            hint=f"one code each for {', '.join(dimensions)}; _T for a total",
        )
    withheld = (
        told.get("obs_status", "").strip() == SUPPRESSED and not told.get("obs_value", "").strip()
    )
    value = None if withheld else number_of(told.get("obs_value", ""), f"{at}, obs_value")
    top = tuple(
        number_of(told[c], f"{at}, {c}")
        for c in ("top1", "top2", "topn")
        if told.get(c, "").strip()
    )
    cost = told.get("cost", "").strip()
    return Row(
        codes=tuple(told[d].strip() for d in dimensions),
        value=value,
        primary=_yes(told.get("primary", ""), f"{at}, primary"),
        cost=number_of(cost, f"{at}, cost") if cost else None,
        keep=_yes(told.get("keep", ""), f"{at}, keep"),
        top=top,
        line=line,
    )


def _twice(header: Sequence[str]) -> str:
    return next(h for h in header if header.count(h) > 1)


def _yes(text: str, at: str) -> bool:
    word = text.strip().lower()
    if word in ("", "0", "false", "no", "n"):
        return False
    if word in ("1", "true", "yes", "y", "x"):
        return True
    raise TableRefused(f"{at}: {text!r} is neither yes nor no", hint="1 or 0, true or false")
