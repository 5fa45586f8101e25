"""From a printed number, or the address of a cell, to where it stands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sojourn.errors import NoSuchObservation
from sojourn.factsheet.figures.figure import FigureValue, Input, figures, nearest
from sojourn.factsheet.figures.opened import evaluator
from sojourn.factsheet.figures.packed import read_pack
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store
from sojourn.vocab.observation import Cell, EditionId


@dataclass(frozen=True)
class TracedCell:
    """One cell of a publisher's file, with what it means."""

    address: str
    value: float | None
    status: str
    meaning: str
    file: str
    path: str
    sha256: str
    verified: bool
    citation: str
    license: str


def trace_cell(store: Store, address: str) -> list[TracedCell]:
    """Return the observation at an address; the vintage may be shortened to a year or a month.

    Raises
    ------
    NoSuchObservation
        The address is malformed, or the store holds no number there.
    """
    try:
        cell = Cell.parse(address)
    except ValueError as error:
        raise NoSuchObservation(
            str(error), hint="or name a figure: sojourn trace FIGURE_ID"
        ) from None
    rows = _at(store, cell)
    rows = [r for r in rows if r[1] == f"{cell.dataset}@{cell.vintage}"] or rows
    if not rows and (cited := _cited(store, cell)):
        return cited
    if not rows:
        raise NoSuchObservation(
            f"{address}: the store holds no observation at this cell",
            hint="see what is loaded: sojourn editions",
        )
    files = {f.sha256: f for f in store.manifest.files}
    return [_traced(files[row[0]], row) for row in rows]


def _at(store: Store, cell: Cell) -> list[tuple[Any, ...]]:
    return store.con.execute(
        'SELECT file, edition, sheet, "row", col, obs_value, obs_status, indicator, unit_measure, '
        "unit_mult, mark, ref_area, origin, destination, sex, time_period FROM observation "
        "WHERE (dataflow = $dataset OR starts_with(dataflow, $dataset || '.')) "
        "AND starts_with(edition, $dataset || '@' || $vintage) "
        'AND sheet = $sheet AND "row" = $row '
        "AND col = $col",
        {
            "dataset": cell.dataset,
            "vintage": cell.vintage,
            "sheet": cell.sheet,
            "row": cell.row,
            "col": cell.col,
        },
    ).fetchall()


def _traced(file: LoadedFile, row: tuple[Any, ...]) -> TracedCell:
    sha, edition, sheet, line, col, value, status, indicator, unit, mult, mark, area, *rest = row
    origin, destination, sex, period = rest
    dataset, vintage = EditionId.of(edition)
    meaning = (
        f"{indicator}, {period}, reported by {area}, origin {origin}, destination "
        f"{destination}, sex {sex}, in {unit}"
        + (f" × 10^{mult}" if mult else "")
        + (f"; {mark}" if mark else "")
    )
    return TracedCell(
        address=str(Cell(dataset, vintage, sheet, line, col)),
        value=value,
        status=status,
        meaning=meaning,
        file=file.name,
        path=file.path,
        sha256=sha,
        verified=file.verified,
        citation=file.citation,
        license=file.license,
    )


def _cited(store: Store, cell: Cell) -> list[TracedCell]:
    """Return the figures that an embedded edition carries as facts from this very cell."""
    pack = read_pack(store.manifest.root)
    found = {}
    for fact in () if pack is None else (f for facts in pack.facts.values() for f in facts):
        for entry in fact.value.inputs:
            at = Cell.parse(entry.address)
            same = (at.dataset, at.sheet, at.row, at.col) == (
                cell.dataset,
                cell.sheet,
                cell.row,
                cell.col,
            )
            if same and at.vintage.startswith(cell.vintage):
                found[entry.address] = _from_fact(store, fact.value, entry)
    return list(found.values())


def _from_fact(store: Store, value: FigureValue, entry: Input) -> TracedCell:
    file = next(f for f in store.manifest.files if f.name == entry.file)
    return TracedCell(
        address=entry.address,
        value=entry.value,
        status="A",
        meaning=(
            f"{value.figure_id}, {value.time_period}, {value.area}, sex {value.sex}, "
            f"{value.formula}; carried as a cited fact"
        ),
        file=file.name,
        path=file.path,
        sha256=file.sha256,
        verified=file.verified,
        citation=file.citation,
        license=file.license,
    )


def trace_figure(store: Store, name: str, year: int, as_of: date) -> list[FigureValue]:
    """Return the values of a figure, or the one with a lineage id.

    Raises
    ------
    NoSuchObservation
        No figure and no lineage id has this name.
    """
    figure_id = name.split(".", maxsplit=1)[0]
    if figure_id not in figures():
        raise NoSuchObservation(f"no figure {figure_id!r}", hint=nearest(figure_id))
    if figure_id == name:
        return evaluator(store, year, as_of).values(figure_id)
    parts = name.split(".")
    period = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else year
    day = date.fromisoformat(parts[-1]) if parts[-1][:4].isdigit() and len(parts) > 2 else as_of
    found = evaluator(store, period, day).values(figure_id)
    matching = [v for v in found if v.lineage_id == name] or [
        v for v in found if v.lineage_id.startswith(name)
    ]
    if not matching:
        raise NoSuchObservation(
            f"no number has the lineage id {name!r}", hint=f"for instance {found[0].lineage_id}"
        )
    return matching
