"""Blocks as printed to observations: the one place where a table gets its meaning.

An observed block stays in three parts (rows, columns, cells), since its dimensions belong to
rows or to columns; the store multiplies them out.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from sojourn.errors import HarmonizeError, NotANumber, counted
from sojourn.harmonize.criteria import criteria
from sojourn.harmonize.labels import (
    coder,
    contradictions,
    mapped,
    places,
    refuse_hidden_characters,
)
from sojourn.harmonize.namesakes import namesakes
from sojourn.harmonize.numbers import Numbers, read_cells, read_column
from sojourn.harmonize.periods import time_period
from sojourn.harmonize.spelling import unmangled
from sojourn.harmonize.words import undeclared_words
from sojourn.sources.block import Block
from sojourn.sources.column import Cells, Column, woven
from sojourn.sources.declaration import ACROSS, NEVER, YEAR_BEFORE, Dataset, Edition
from sojourn.sources.layout import Layout
from sojourn.vocab.observation import KEY, NOT_APPLICABLE, TOTAL, column_letters
from sojourn.vocab.status import ObsStatus, one_status

#: A day as spreadsheets print it, and its month and day.
_DAY = re.compile(r"\d{4}-(\d\d-\d\d)(?:[ T]00:00:00)?", re.ASCII)
#: Attributes of a row that are kept in its comment, and the words they stand under.
_ATTRIBUTES = (
    ("type", "data type"),
    ("notes", "notes"),
    ("coverage", "coverage"),
    ("region", "WHO region"),
)


@dataclass(frozen=True)
class Observed:
    """One block with its meaning.

    Attributes
    ----------
    of_rows : dict of str to Column, each of length R
        Dimensions and comment that belong to a row.
    of_columns : dict of str to list, each of length C
        Dimensions, unit and multiplier that belong to a column.
    rows, cols : ndarray of int
        Printed row and column numbers, shapes (R,) and (C,).
    values : list of Numbers, length C
    """

    sheet: str
    of_rows: dict[str, Column]
    of_columns: dict[str, list[str]]
    units: list[tuple[str, int]]
    rows: npt.NDArray[np.int64]
    cols: npt.NDArray[np.int64]
    values: list[Numbers]
    notes: tuple[str, ...] = field(default=())


def observe(name: str, block: Block, dataset: Dataset, edition: Edition) -> Observed:
    """Give a printed block its meaning.

    Raises
    ------
    UnknownArea
        A place that no code list or alias knows.
    NotANumber
        Cells that are neither numbers nor declared missing marks, with their addresses.
    HarmonizeError
        Hidden characters in labels, implausible periods, formulas without a result.
    """
    refuse_hidden_characters(name, block)
    _refuse_formulas(name, block)
    publisher = dataset.id.split(".", maxsplit=1)[0]
    of_rows = _rows(name, block, publisher, edition)
    of_columns = _columns(name, block, publisher, edition)
    named: dict[str, Column] = {
        role: of_rows[role]
        for role in ("area", "origin")
        if role in block.labels and block.layout.roles.get(role) == "name"
    }
    doubts = [
        said
        for role in ("area", "origin")
        if role in block.labels
        for said in contradictions(name, block, role, of_rows[role], publisher)
    ]
    of_rows.pop("area", None)
    details, twice = namesakes(name, block, named, of_rows)
    if details is not None:
        of_rows["detail"] = details
    of_columns["criterion"] = [dataset.criterion] * len(block.measures)
    for dimension in KEY:
        if dimension not in of_rows and dimension not in of_columns:
            default = TOTAL if dimension in ("sex", "age") else NOT_APPLICABLE
            of_columns[dimension] = [default if dimension != "detail" else ""] * len(block.measures)
    return Observed(
        sheet=block.sheet,
        of_rows=of_rows,
        of_columns=of_columns,
        units=[(m.unit, m.mult) for m in block.measures],
        rows=block.rows,
        cols=block.cols,
        values=_projected(
            _values(name, block, of_rows.get("flag")), of_rows, of_columns, edition.estimates_to
        ),
        notes=(*block.notes, *doubts, *twice, *undeclared_words(name, block)),
    )


def _rows(name: str, block: Block, publisher: str, edition: Edition) -> dict[str, Column]:
    layout, labels = block.layout, block.labels
    out: dict[str, Column] = {}
    for role in ("area", "origin"):
        if role in labels:
            special = layout.values.get(role, {})
            code = coder(publisher, layout.roles[role], special, layout.footnote, layout.groups)
            out[role] = places(name, block, role, labels[role], code)
    if "year" in labels:
        out["time_period"] = _years(name, block, edition)
    for role in ("sex", "age", "indicator"):
        if role in labels:
            out[role] = mapped(name, block, role, layout.values[role])
    out.update(_details(block))
    if "unit" in layout.values:
        out["unit_measure"] = mapped(name, block, "detail_unit", layout.values["unit"])
    if "flag" in labels:
        out["flag"] = labels["flag"]
    out["comment"] = _comments(block)
    if "type" in labels and any(m.indicator != "population" for m in block.measures):
        out["criterion"] = labels["type"].mapped(lambda label: criteria([label])[0])
    out |= _fixed(layout, out, len(block.rows))
    if "origin" in out and "origin" not in labels and "origin" not in layout.fixed:
        del out["origin"]
    return out


def _fixed(layout: Layout, of_rows: dict[str, Column], count: int) -> dict[str, Column]:
    """Return the dimensions that the layout fixes, or takes from a key column of each row."""
    return {
        dimension: of_rows[rule[1:]] if rule.startswith("@") else Column.constant(rule, count)
        for dimension, rule in layout.fixed.items()
        if rule != ACROSS
    }


def _details(block: Block) -> dict[str, Column]:
    """Return the further labels of each row as ``key=value`` pairs; of an event, its row too."""
    labels = block.labels
    roles = [role for role in labels if role.startswith("detail_")]
    if not roles:
        return {}
    keys = [f"{role.removeprefix('detail_')}=" for role in roles]
    details = woven(
        [labels[role] for role in roles],
        lambda *row: ";".join([k + unmangled(v) for k, v in zip(keys, row, strict=True) if v]),
    )
    if block.layout.events:
        rows = zip(details, block.rows.tolist(), strict=True)
        details = Column.of([f"{d};row={r}" for d, r in rows])
    return {"detail": details}


def _comments(block: Block) -> Column:
    parts = [(text, block.labels[role]) for role, text in _ATTRIBUTES if role in block.labels]
    if "flag" in block.labels:
        parts.append(("flag", _kept_flags(block)))
    if not parts:
        return Column.constant("", len(block.rows))
    names = [text for text, _ in parts]
    return woven(
        [labels for _, labels in parts],
        lambda *row: "; ".join([f"{n} {v}" for n, v in zip(names, row, strict=True) if v]),
    )


def _latest(block: Block, edition: Edition) -> int:
    return int(block.layout.fixed.get("latest", edition.vintage.year))


def _years(name: str, block: Block, edition: Edition) -> Column:
    latest, years = _latest(block, edition), block.labels["year"]
    known = {label: time_period(label, latest=latest) for label in years.words}
    if None in known.values():
        wrong = np.flatnonzero(years.holds(lambda label: known[label] is None)).tolist()
        listed = "; ".join(
            f"row {block.rows[i]}: {block.labels['year'][i]!r}"
            if block.labels["year"][i]
            else f"row {block.rows[i]}: year missing"
            for i in wrong[:5]
        )
        why = "" if latest > edition.vintage.year else f", the year of release of {edition.id}"
        raise HarmonizeError(
            f"{name}: implausible years: {listed}",
            hint=f"expected a year up to {latest}{why}, a month (2015-03) or a quarter (2015-Q1); "
            "half-years, weeks and days are not read",
        )
    _refuse_days(name, block, years)
    return years.mapped(lambda label: known[label] or "")


def _refuse_days(name: str, block: Block, years: Column) -> None:
    """Refuse a column of years that prints the same day of each: it would be read as months."""
    days = {found.group(1) for w in years.words if (found := _DAY.fullmatch(w)) is not None}
    several = len(years.words) > 1 or days <= {"01-01", "12-31"}
    if len(days) == 1 and several and all(_DAY.fullmatch(w) for w in years.words):
        raise HarmonizeError(
            f"{name}: row {block.rows[0]}: the year reads {years[0]!r}, and each row the same day of "
            "a year",
            hint="years that were formatted as dates; format the column as numbers and save it again",
        )


def _columns(name: str, block: Block, publisher: str, edition: Edition) -> dict[str, list[str]]:
    layout = block.layout
    out: dict[str, list[str]] = {}
    if "indicator" not in block.labels:
        out["indicator"] = [m.indicator for m in block.measures]
    if "sex" not in block.labels:
        out["sex"] = [m.sex for m in block.measures]
    if "age" not in block.labels:
        out["age"] = [m.age for m in block.measures]
    if "year" not in block.labels:
        latest = _latest(block, edition)
        mark = layout.estimate_mark
        periods = [
            time_period(
                str(edition.vintage.year - 1) if p == YEAR_BEFORE else p,
                latest=latest + bool(mark),
                estimate_mark=mark,
            )
            for p in block.periods
        ]
        if None in periods:
            i = periods.index(None)
            raise HarmonizeError(
                f"{name}: {block.place(0, i)} stands under the period {block.periods[i]!r}, "
                f"which {edition.id} cannot hold",
                hint=f"expected a period up to {latest}",
            )
        out["time_period"] = [p or "" for p in periods]
    if layout.kind == "matrix":
        code = coder(
            publisher,
            layout.roles.get("across", "name"),
            layout.values.get("across", {}),
            layout.footnote,
        )
        across = list(places(name, block, "origin", Column.of(block.origins), code))
        out |= {d: across for d, rule in layout.fixed.items() if rule == ACROSS}
    return out


def _refuse_formulas(name: str, block: Block) -> None:
    if not block.formulas:
        return
    wanted = set(block.cols.tolist())
    rows = {int(r) for r in block.rows}
    empty = [
        (row, col)
        for (row, col), stored in block.formulas.items()
        if not stored and col in wanted and row in rows
    ]
    if empty:
        first, last = min(empty), max(empty)
        raise HarmonizeError(
            f"{name}: {block.sheet}!{column_letters(first[1])}{first[0]}"
            + (f" to {column_letters(last[1])}{last[0]}" if len(empty) > 1 else "")
            + f": {counted(len(empty), 'formula cell')} without a stored value",
            hint="a formula is not a published number; open and save the file, or ask the publisher",
        )


def _values(name: str, block: Block, flags: Column | None) -> list[Numbers]:
    layout = block.layout
    numbers, wrong = _read(block)
    for column in numbers if flags is not None else ():
        _apply_flags(name, block, column, flags or Column([], block.rows.astype(np.int32)))
    if wrong:
        listed = "; ".join(
            f"{block.place(r, c)} reads {str(block.cells[c][r])[:60]!r}" for r, c in wrong[:6]
        )
        more = f" and {len(wrong) - 6} more" if len(wrong) > 6 else ""
        marks = ", ".join(repr(m) for m in layout.missing)
        raise NotANumber(
            f"{name}: {counted(len(wrong), 'cell is neither a number', 'cells are neither numbers')} nor a known missing mark: {listed}{more}",
            hint=f"known marks of this layout: {marks}; a decimal comma or points between thousands "
            "must be declared, they are never guessed",
        )
    return numbers


def _read(block: Block) -> tuple[list[Numbers], list[tuple[int, int]]]:
    """Return the numbers of each column, and row and column of each cell that is none."""
    layout, mark = block.layout, block.layout.estimate_mark
    if layout.interval:
        columns = [
            read_column(c, missing=layout.missing, thousands=layout.thousands, interval=True)
            for c in block.cells
        ]
        return columns, [(row, c) for c, column in enumerate(columns) for row in column.bad]
    cells = block.cells
    value, status, bad = read_cells(
        cells.by_row() if isinstance(cells, Cells) else list(chain(*zip(*cells, strict=True))),
        missing=layout.missing,
        thousands=layout.thousands,
        statuses=[
            layout.estimate_status if mark and period.endswith(mark) else measure.status
            for period, measure in zip(block.periods, block.measures, strict=True)
        ],
    )
    columns = [Numbers(v, s, ()) for v, s in zip(value.T, status.T, strict=True)]
    return _with_bounds(block, columns), bad


def _with_bounds(block: Block, columns: list[Numbers]) -> list[Numbers]:
    """Give a number the bounds that stand in columns of their own, which keep their addresses too."""
    places = {(m.indicator, m.sex, m.age): c for c, m in enumerate(block.measures)}
    out = list(columns)
    for (indicator, sex, age), c in places.items():
        lower = places.get((f"{indicator}_lower", sex, age))
        upper = places.get((f"{indicator}_upper", sex, age))
        if lower is not None and upper is not None:
            out[c] = replace(columns[c], lower=columns[lower].value, upper=columns[upper].value)
    return out


def _projected(
    values: list[Numbers],
    of_rows: dict[str, Column],
    of_columns: dict[str, list[str]],
    estimates_to: int,
) -> list[Numbers]:
    """Mark what stands after the last year of estimates as a projection (status F)."""
    if estimates_to == NEVER:
        return values
    last = str(estimates_to)
    by_row = of_rows.get("time_period")
    rows = by_row.holds(lambda p: p[:4] > last) if by_row is not None else None
    columns = [p[:4] > last for p in of_columns.get("time_period", ())]
    for c, column in enumerate(values):
        later = np.full(len(column.value), columns[c]) if rows is None else rows
        column.status[later & (column.status == "A")] = "F"
    return values


def _apply_flags(name: str, block: Block, column: Numbers, flags: Column) -> None:
    for flag in flags.words:
        if flag == "":
            continue
        status = _status_of(block, flag)
        if status is None:
            raise NotANumber(
                f"{name}: row {block.rows[flags.index(flag)]}: unknown flag {flag!r}",
                hint=f"declared flags: {', '.join(block.layout.flags)}",
            )
        rows = flags.holds(flag.__eq__)
        if not status.may_be_missing:  # the flag of a value that is not there stays in the comment
            rows &= ~np.isnan(column.value)
        column.status[rows] = status.value
        if status.is_missing:  # a zero beside "not applicable" is no number
            column.value[rows & (column.value == 0)] = np.nan


def _status_of(block: Block, flag: str) -> ObsStatus | None:
    """Return the status of a flag; of several letters the one that stands highest."""
    known = block.layout.flags
    letters = [c for c in flag if c.isalnum()]
    if len(letters) > 1 and all(c in known for c in letters):
        return one_status(ObsStatus(known[c]) for c in letters)
    return ObsStatus(known[flag]) if flag in known else None


def _kept_flags(block: Block) -> Column:
    """Return what one status cannot say: flags of several letters, and those without a value."""
    flags = block.labels["flag"]
    cells = block.cells[0] if block.cells else [""] * len(flags)
    missing = block.layout.missing
    marks = Column.of(["-" if isinstance(c, str) and c.strip() in missing else "" for c in cells])
    return woven([flags, marks], lambda flag, mark: flag if len(flag) > 1 or mark else "")
