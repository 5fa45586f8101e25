"""Sentences beside a table: a rounded share, "at least ten", "more than half", a median.

Each is an inequality between cells, and stands in the same system as the sums: what it says of a
withheld number is part of what is attacked. An inequality is one more number that nobody prints and
that is not below zero: the left side less the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from sojourn.errors import TableRefused
from sojourn.protect.table.equations import Key, System
from sojourn.protect.table.hierarchy import TOTAL
from sojourn.protect.table.lines import lines_of, refuse_separator
from sojourn.protect.table.table import Row
from sojourn.terminal.nearest import nearest_and_all

KINDS = ("share", "at least", "at most", "more than half", "median")
BESIDE = "@said"  # dimension of the numbers that sentences add
Terms = dict[Key, float]


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    cell : Key
        What it is about; dimension and code, totals left out.
    of : Key
        Whose share or half it is.
    number : str
        Per cent as printed (its decimals say how it was rounded), a count, or a code of ``dimension``.
    dimension : str
        Of a median: what is ordered.
    """

    kind: str
    cell: Key
    of: Key = ()
    number: str = ""
    dimension: str = ""


def read_said(text: str, *, name: str) -> tuple[Said, ...]:
    """Read sentences from CSV: ``says,cell,of,number``.

    A cell is named ``sex=F/age=old``, the grand total ``_T``; of a median ``of`` is the dimension.

    Raises
    ------
    TableRefused
        No such kind of sentence; the line is named.
    """
    found = []
    for number, row in lines_of(text, name=name):
        refuse_separator(row, f"{name}, line {number}")
        cells = [c.strip() for c in row] + [""] * (4 - len(row))
        if not any(cells) or (number == 1 and cells[0] == "says"):
            continue
        kind = cells[0].lower()
        if kind not in KINDS:
            raise TableRefused(
                f"{name}, line {number}: {cells[0]!r} is no kind of sentence",
                hint=nearest_and_all(kind, KINDS),
            )
        median = kind == "median"
        of = () if median else _key(cells[2])
        found.append(Said(kind, _key(cells[1]), of, cells[3], cells[2] if median else ""))
    return tuple(found)


def _key(text: str) -> Key:
    pairs = (p.partition("=") for p in text.split("/") if p not in ("", TOTAL))
    return tuple(sorted((d.strip(), c.strip()) for d, _, c in pairs))


def with_said(system: System, said: Sequence[Said]) -> System:
    """Return a system with what sentences say of its cells.

    Raises
    ------
    TableRefused
        A sentence names a cell that no table has, says nothing, or is not true.
    """
    told = [(one, part) for one in said for part in _inequalities(system, one)]
    if not told:
        return system
    at = {k: i for i, k in enumerate(system.keys)}
    n, lines = len(at), []
    rows = [Row((), 1.0, cost=0.0, keep=True, public=True, ruled=False)]  # the unit of constants
    for place, (one, (terms, constant)) in enumerate(told, start=1):
        value = sum(a * float(system.value[at[k]]) for k, a in terms.items()) + constant
        if value < 0:
            raise TableRefused(
                f"it is not true of the table: {one.kind}, {_name(one.cell)}",
                hint="a sentence that is printed beside the table is true of it",
            )
        rows.append(Row((), value, cost=0.0, latent=True, ruled=False))
        lines.append({n + place: 1.0, n: -constant, **{at[k]: -a for k, a in terms.items()}})
    return _joined(system, rows, lines)


def _joined(system: System, rows: Sequence[Row], lines: Sequence[Mapping[int, float]]) -> System:
    n = len(system.keys) + len(rows)
    row = np.repeat(np.arange(len(lines)), [len(one) for one in lines])
    col = np.array([c for one in lines for c in one])
    data = np.array([a for one in lines for a in one.values()])
    wide, own = system.matrix.copy(), system.own
    wide.resize(wide.shape[0], n)
    if own is not None:
        own = own.copy()
        own.resize(own.shape[0], n)
    more = sparse.csr_matrix((data, (row, col)), (len(lines), n))
    more.eliminate_zeros()
    value = np.append(system.value, [r.value or 0.0 for r in rows])
    return replace(
        system,
        keys=(*system.keys, *(((BESIDE, str(i)),) for i in range(len(rows)))),
        rows=(*system.rows, *rows),
        value=value,
        matrix=sparse.vstack([wide, more], format="csr"),
        labels=(*system.labels, *("a sentence beside the table" for _ in lines)),
        whole=system.whole and bool((value == np.round(value)).all()),
        lattice=None,
        own=own,
        said=system.said + len(lines),
    )


def _inequalities(system: System, one: Said) -> list[tuple[Terms, float]]:
    """Return terms and constant of each inequality, their sum not below zero."""
    for key in (one.cell, one.of):
        if key not in system.keys:
            raise TableRefused(
                f"a sentence ({one.kind}) of {_name(key)}, which no table has",
                hint="dim=code/dim=code as in the table, _T for the grand total",
            )
    if one.kind == "median":
        return _median(system, one)
    if one.kind == "more than half":
        return [({one.cell: 2.0, one.of: -1.0}, -1.0 if system.whole else 0.0)]
    number = _number(one)
    if one.kind == "at least":
        return [({one.cell: 1.0}, -number)]
    if one.kind == "at most":
        return [({one.cell: -1.0}, number)]
    unit = 10 ** len(one.number.partition(".")[2])  # 45.2: to a tenth of a per cent
    near, part = round(number * unit), 200.0 * unit
    low, high = 2.0 * near - 1.0, 2.0 * near + 1.0
    return [({one.cell: part, one.of: -low}, 0.0), ({one.cell: -part, one.of: high}, 0.0)]


def _median(system: System, one: Said) -> list[tuple[Terms, float]]:
    """Return that half are up to the code, and half from it on, in the order of the table."""
    parts = {
        dict(k)[one.dimension]: k
        for k in system.keys
        if one.dimension in dict(k)
        and {*k} - {(one.dimension, dict(k)[one.dimension])} == {*one.cell}
    }
    codes, whole = [*parts], float(system.value[system.keys.index(one.cell)])
    adds_up = sum(float(system.value[system.keys.index(k)]) for k in parts.values()) == whole
    if one.number not in parts or not adds_up:
        raise TableRefused(
            f"the median of {_name(one.cell)} over {one.dimension!r}: {one.number!r} is no code, or the codes are no division",
            hint="a dimension without a hierarchy, and one of its codes",
        )
    at = codes.index(one.number)
    return [
        ({**{parts[c]: 2.0 for c in some}, one.cell: -1.0}, 0.0)
        for some in (codes[: at + 1], codes[at:])
    ]


def _number(one: Said) -> float:
    try:
        number = float(one.number)
    except ValueError:
        number = np.nan
    if not np.isfinite(number) or number < 0:
        raise TableRefused(
            f"a sentence ({one.kind}) of {_name(one.cell)}: {one.number!r} is no number",
            hint="a count, or per cent as printed: 45 or 45.2",
        )
    return number


def _name(key: Key) -> str:
    return "/".join(f"{d}={c}" for d, c in key) or TOTAL
