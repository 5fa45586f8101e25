"""Flows from a user's own tables: labelled square CSV in, a list of corridors out."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sojourn.errors import EstimateError
from sojourn.files import write_whole
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
    rows = _rows(path)
    head, *body = rows
    columns = tuple(c.strip() for c in head[1:])
    _refuse_labels(path, columns, "column")
    labels = tuple(r[0].strip() for r in body)
    _refuse_labels(path, labels, "row")
    table = np.empty((len(labels), len(columns)))
    for i, row in enumerate(body):
        if len(row) != len(head):
            raise EstimateError(
                f"{path}: line {i + 2} ({labels[i]}) has {len(row)} fields, the header {len(head)}",
                hint="each row is a label and one number for each column",
            )
        for j, cell in enumerate(row[1:]):
            table[i, j] = _number(path, i + 2, f"{labels[i]}, {columns[j]}", cell)
    return labels, columns, table


def read_vector(path: Path) -> dict[str, float]:
    """Read ``area,value``, one place a row.

    Raises
    ------
    EstimateError
        Naming the file and the line.
    """
    head, *body = _rows(path)
    if [h.strip().lower() for h in head] != ["area", "value"]:
        raise EstimateError(
            f"{path}: line 1 reads {','.join(head)!r}; expected 'area,value'",
            hint="one place a row, persons, not thousands",
        )
    found: dict[str, float] = {}
    for line, row in enumerate(body, start=2):
        if len(row) != 2:
            raise EstimateError(
                f"{path}: line {line} has {len(row)} fields", hint="expected area,value"
            )
        label = row[0].strip()
        if label in found:
            raise EstimateError(
                f"{path}: line {line}: {label!r} stands twice", hint="keep one of them"
            )
        found[label] = _number(path, line, label, row[1])
    return found


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream, strict=True) if any(c.strip() for c in row)]
    except OSError as error:
        raise EstimateError(
            f"{path}: cannot be read ({error.strerror})", hint="check the path"
        ) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise EstimateError(
            f"{path}: no comma-separated text in UTF-8 ({error})", hint="export it again"
        ) from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise EstimateError(f"{path}: no table; expected a header and rows", hint="export it again")
    return rows


def _refuse_labels(path: Path, labels: Sequence[str], what: str) -> None:
    for i, label in enumerate(labels, start=2):
        if not label:
            raise EstimateError(
                f"{path}: {what} {i} has no label", hint="every place needs its name"
            )
        if label in labels[: i - 2]:
            raise EstimateError(
                f"{path}: {what} {i}: {label!r} stands twice", hint="keep one of them"
            )


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
    text, count = corridors_csv(
        flows, by_birthplace=by_birthplace, bounds=bounds, interval=interval
    )
    write_whole(out, text)
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
    if by_birthplace and flows.of_birthplace is None:
        raise EstimateError(
            f"{flows.method} gives no flows by birthplace", hint="use an accounting method"
        )
    if by_birthplace and bounds is not None:
        raise EstimateError("the band has no birthplaces", hint="leave out one of the two options")
    head = ["origin", "destination", *(["birthplace"] if by_birthplace else []), "value"]
    head += [] if bounds is None else ["low", "high"]
    head += [] if interval is None else ["interval_low", "interval_high"]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    count = 0
    for row in (
        _of_birthplaces(flows)
        if by_birthplace
        else _pairs(flows, (*(bounds or ()), *(interval or ())))
    ):
        writer.writerow(row)
        count += 1
    return stream.getvalue(), count


def _pairs(flows: Flows, bounds: Sequence[Array]) -> Iterator[tuple[str, ...]]:
    tables = [flows.flow, *bounds]
    for i, origin in enumerate(flows.places):
        for j, destination in enumerate(flows.places):
            if i != j:
                yield origin, destination, *(repr(float(t[i, j])) for t in tables)


def _of_birthplaces(flows: Flows) -> Iterator[tuple[str, str, str, str]]:
    assert flows.of_birthplace is not None  # noqa: S101 - refused before
    for k, birthplace in enumerate(flows.birthplaces):
        own = flows.of_birthplace(k)
        for i, j in zip(*np.nonzero(own), strict=True):
            yield flows.places[i], flows.places[j], birthplace, repr(float(own[i, j]))
