"""Flows from a user's own tables: labelled square CSV in, a list of corridors out."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError, counted
from sojourn.files import write_whole
from sojourn.flows.inputs.rows import csv_rows
from sojourn.flows.model import Flows, Stocks
from sojourn.flows.model.tables import Array, common

Labelled = tuple[tuple[str, ...], tuple[str, ...], Array]


def read_square(path: Path) -> Labelled:
    """Read a table with places across and birthplaces down: the first row and column are labels.

    Returns
    -------
    (row labels, column labels, table)

    Raises
    ------
    EstimateError
        Naming the file, the line, the column, what was found and what was expected.
    """
    records = _records(path)
    head = next(records)[1]
    columns = tuple(c.strip() for c in head[1:])
    _refuse_labels(path, columns, "column")
    labels: list[str] = []
    table: list[Array] = []
    for line, row in records:
        labels.append(row[0].strip())
        if len(row) != len(head):
            raise EstimateError(
                f"{path}: line {line} ({labels[-1]}) has {counted(len(row), 'field')}, the header {len(head)}",
                hint="each row is a label and one number for each column",
            )
        table.append(_numbers(path, line, labels[-1], columns, row[1:]))
    _refuse_labels(path, labels, "row")
    return tuple(labels), columns, np.array(table)


def _numbers(
    path: Path, line: int, label: str, columns: Sequence[str], cells: Sequence[str]
) -> Array:
    """Return the numbers of a row; where one is none, the cell is named."""
    try:
        found = np.array(cells, dtype=np.float64)
    except ValueError:
        found = np.array([np.nan])
    if np.isfinite(found).all():
        return found
    return np.array(
        [_number(path, line, f"{label}, {c}", cell) for c, cell in zip(columns, cells, strict=True)]
    )


def read_vector(path: Path) -> dict[str, float]:
    """Read ``area,value``, one place a row.

    Raises
    ------
    EstimateError
        Naming the file and the line.
    """
    records = _records(path)
    head = next(records)[1]
    if [h.strip().lower() for h in head] != ["area", "value"]:
        raise EstimateError(
            f"{path}: line 1 reads {','.join(head)!r}; expected 'area,value'",
            hint="one place a row, persons, not thousands",
        )
    found: dict[str, float] = {}
    for line, row in records:
        if len(row) != 2:
            raise EstimateError(
                f"{path}: line {line} has {counted(len(row), 'field')}", hint="expected area,value"
            )
        label = row[0].strip()
        if label in found:
            raise EstimateError(
                f"{path}: line {line}: {label!r} stands twice", hint="keep one of them"
            )
        found[label] = _number(path, line, label, row[1])
    return found


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, and the line that it ends in: a header, then at least one."""
    count = 0
    for line, row in csv_rows(path):
        if not count and len(row) < 2:
            break
        count += 1
        yield line, row
    if count < 2:
        raise EstimateError(f"{path}: no table; expected a header and rows", hint="export it again")


def _refuse_labels(path: Path, labels: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for i, label in enumerate(labels, start=2):
        if not label:
            raise EstimateError(
                f"{path}: {what} {i} has no label", hint="every place needs its name"
            )
        if label in seen:
            raise EstimateError(
                f"{path}: {what} {i}: {label!r} stands twice", hint="keep one of them"
            )
        seen.add(label)


def _number(path: Path, line: int, place: str, cell: str) -> float:
    try:
        value = float(cell.strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise EstimateError(
            f"{path}: line {line} ({place}) reads {cell.strip()!r}; expected a number of persons",
            hint="missing is not zero: complete the table, or leave the place out of both tables",
        )
    return value


def read_stocks(
    start: Path,
    end: Path,
    births: Path | None,
    deaths: Path | None,
    *,
    net: Path | None = None,
    leave_out: Sequence[str] = (),
) -> Stocks:
    """Read the tables of an interval onto their common places.

    Raises
    ------
    EstimateError
        A table cannot be read, or a list lacks a label that ``leave_out`` does not name.
    """
    return common(
        read_square(start),
        read_square(end),
        None if births is None else read_vector(births),
        None if deaths is None else read_vector(deaths),
        net=None if net is None else read_vector(net),
        leave_out=leave_out,
    )


def read_seed(path: Path, stocks: Stocks) -> Array:
    """Read weights of the pairs of places, on the places of the stocks.

    Raises
    ------
    EstimateError
        The seed lacks a place.
    """
    rows, columns, table = read_square(path)
    lost = [p for p in stocks.places if p not in rows or p not in columns]
    if lost:
        raise EstimateError(
            f"{path}: lacks {', '.join(lost[:5])}", hint="a seed needs every place, down and across"
        )
    order = np.ix_(
        [rows.index(p) for p in stocks.places], [columns.index(p) for p in stocks.places]
    )
    return table[order]


@dataclass(frozen=True)
class Corridors:
    """What was written."""

    out: Path
    rows: int


def write_corridors(
    flows: Flows,
    out: Path,
    *,
    by_birthplace: bool = False,
    bounds: tuple[Array, Array] | None = None,
    interval: tuple[Array, Array] | None = None,
) -> Corridors:
    """Write flows as CSV (``corridors_csv``) into a file.

    Raises
    ------
    PublishError
        The file cannot be written; none is left behind.
    EstimateError
        The method knows no birthplaces.
    """
    pieces = _pieces(flows, by_birthplace=by_birthplace, bounds=bounds, interval=interval)
    count = -1  # the heading is no row

    def counted() -> Iterator[str]:
        nonlocal count
        for piece in pieces:
            count += piece.count("\n")
            yield piece

    write_whole(out, counted())
    return Corridors(out, count)


def corridors_csv(
    flows: Flows,
    *,
    by_birthplace: bool = False,
    bounds: tuple[Array, Array] | None = None,
    interval: tuple[Array, Array] | None = None,
) -> tuple[str, int]:
    """Return flows as ``origin,destination,value`` (``birthplace`` before the value if asked).

    All pairs of different places stand in the list; by birthplace, those with movers. ``bounds`` are
    the range of methods (``low,high``), ``interval`` is the one fitted to measured totals
    (``interval_low,interval_high``).

    Raises
    ------
    EstimateError
        The method knows no birthplaces.
    """
    pieces = _pieces(flows, by_birthplace=by_birthplace, bounds=bounds, interval=interval)
    text = "".join(pieces)
    return text, text.count("\n") - 1


def _pieces(
    flows: Flows,
    *,
    by_birthplace: bool,
    bounds: tuple[Array, Array] | None,
    interval: tuple[Array, Array] | None,
) -> Iterator[str]:
    """Return the CSV in pieces: a heading, then what leaves one place, or what one birthplace moves."""
    if by_birthplace and flows.of_birthplace is None:
        raise EstimateError(
            f"{flows.method} gives no flows by birthplace", hint="use an accounting method"
        )
    if by_birthplace and bounds is not None:
        raise EstimateError("the band has no birthplaces", hint="leave out one of the two options")
    head = ["origin", "destination", *(["birthplace"] if by_birthplace else []), "value"]
    head += [] if bounds is None else ["low", "high"]
    head += [] if interval is None else ["interval_low", "interval_high"]
    rows = (
        _of_birthplaces(flows)
        if by_birthplace
        else _pairs(flows, (*(bounds or ()), *(interval or ())))
    )
    return chain([",".join(head) + "\n"], rows)


def _quoted(label: str) -> str:
    """Return a label as a CSV holds it: one line, in quotes where it must be."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="").writerow([" ".join(label.split("\n")), ""])
    return stream.getvalue()[:-1]


def _pairs(flows: Flows, bounds: Sequence[Array]) -> Iterator[str]:
    """Yield what leaves each place, as lines."""
    tables, labels = [flows.flow, *bounds], [_quoted(p) for p in flows.places]
    for i, origin in enumerate(labels):
        values = [map(repr, t[i].tolist()) for t in tables]
        lines = list(map(",".join, zip(repeat(origin), labels, *values, strict=False)))
        del lines[i]
        yield "".join(f"{line}\n" for line in lines)


def _of_birthplaces(flows: Flows) -> Iterator[str]:
    """Yield what each birthplace moves, as lines; only movers."""
    assert flows.of_birthplace is not None  # noqa: S101 - refused before
    labels, born = ([_quoted(p) for p in x] for x in (flows.places, flows.birthplaces))
    for k, birthplace in enumerate(born):
        own = flows.of_birthplace(k)
        at = np.nonzero(own)
        yield "".join(
            f"{labels[i]},{labels[j]},{birthplace},{v!r}\n"
            for i, j, v in zip(*(a.tolist() for a in at), own[at].tolist(), strict=True)
        )
