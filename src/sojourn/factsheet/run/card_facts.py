"""What a store says of the cells behind printed numbers, and of the same figures in other editions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, Input, figure
from sojourn.factsheet.figures.opened import datasets_of
from sojourn.factsheet.pages.card import SHOWN, CellKey
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store
from sojourn.vocab.observation import Cell

# Figures that are one number, told for every edition; lists and tables are left to `sojourn diff`.
_SINGLE = frozenset({"value", "sum", "groups", "events", "income_groups", "add"})


def _first_inputs(value: FigureValue) -> Iterator[Input]:
    yield from value.inputs[:SHOWN]
    for part in value.parts:
        yield from _first_inputs(part)


def cell_keys(store: Store, values: Sequence[FigureValue]) -> Mapping[str, CellKey]:
    """Return what the row and column of each cell say, by its address.

    Cells that the store does not hold (figures carried ready-made) are absent.
    """
    cells = {}
    for address in dict.fromkeys(i.address for v in values for i in _first_inputs(v)):
        try:
            cells[address] = Cell.parse(address)
        except ValueError:  # a cited constant stands in no file
            continue
    found = store.con.execute(
        'SELECT o.edition, o.sheet, o."row", o.col, o.ref_area, o.origin, o.sex, o.time_period, '
        "o.obs_status, o.unit_mult FROM observation o JOIN (SELECT unnest($editions) AS edition, "
        'unnest($sheets) AS sheet, unnest($rows) AS "row", unnest($cols) AS col) k '
        'ON o.edition = k.edition AND o.sheet = k.sheet AND o."row" = k."row" AND o.col = k.col',
        {
            "editions": [f"{c.dataset}@{c.vintage}" for c in cells.values()],
            "sheets": [c.sheet for c in cells.values()],
            "rows": [c.row for c in cells.values()],
            "cols": [c.col for c in cells.values()],
        },
    ).fetchall()
    keys = {}
    for edition, sheet, row, col, area, origin, sex, period, status, mult in found:
        key = CellKey(area, origin, sex, period, status or "A", mult or 0)
        keys[str(Cell.of(edition, sheet, row, col))] = key
    return keys


def _day(file: LoadedFile) -> date:
    return date.fromisoformat(file.vintage)


def other_editions(
    ev: Evaluator, values: Sequence[FigureValue]
) -> Mapping[str, Sequence[FigureValue]]:
    """Return each single figure in the other editions of its datasets, oldest first."""
    files = ev.store.manifest.files
    then = {day: replace(ev.at(day), used=set()) for day in sorted({_day(f) for f in files})}
    days: dict[frozenset[str], list[date]] = {}  # on which an edition of these datasets came out
    found: dict[str, list[FigureValue]] = {}
    for value in values:
        if figure(value.figure_id).op not in _SINGLE or not value.time_period.isdigit():
            continue
        seen, of = {value.edition}, datasets_of(value.figure_id)
        days.setdefault(of, sorted({_day(f) for f in files if f.dataset in of}))
        for day in days[of]:
            told = then[day].one(
                value.figure_id, sex=value.sex, area=value.area, year=int(value.time_period)
            )
            if told.value is not None and told.edition not in seen:
                seen.add(told.edition)
                found.setdefault(value.lineage_id, []).append(told)
    return found
