"""Where a number comes from: from the printed figure down to the cells, as a tree."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sojourn.errors import counted
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.publish import LineageNode

SHOWN = 12


def tree(value: FigureValue, *, root: bool = True, shown: int = SHOWN) -> LineageNode:
    """Return the lineage of a value as a tree of nodes.

    The root carries the value's lineage id; leaves carry cell addresses, at most ``shown`` of a sum.
    """
    children = [tree(part, root=False, shown=shown) for part in value.parts]
    children += [
        LineageNode(
            label=entry.label or entry.file,
            value="" if entry.value is None else _plain(entry.value),
            address=entry.address,
            detail=entry.file if entry.label else "",
        )
        for entry in value.inputs[:shown]
    ]
    rest = value.n_inputs - len(value.inputs[:shown])
    if rest > 0:
        where = "lineage.json lists them" if len(value.inputs) == value.n_inputs else _where(value)
        children.append(LineageNode(label=f"… {counted(rest, 'more cell')}; {where}"))
    return LineageNode(
        id=value.lineage_id if root else "",
        label=f"{value.figure_id}, {value.time_period}, {value.area}, sex {value.sex}",
        value=value.reason if value.value is None else _plain(value.value),
        detail="; ".join(p for p in (value.formula, value.edition, value.mark) if p),
        children=tuple(children),
    )


def _where(value: FigureValue) -> str:
    """Return where cells stand that an embedded edition does not carry."""
    found = (f"{s.file} {s.sheet and s.sheet + '!'}{s.first}:{s.last}" for s in value.spans)
    return "; ".join(found) or "not carried"


def _plain(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.10g}"


def as_json(value: FigureValue) -> dict[str, Any]:
    """Return the lineage of a value as plain data for ``lineage.json``: every cell of it."""
    return {
        "lineage_id": value.lineage_id,
        "figure_id": value.figure_id,
        "time_period": value.time_period,
        "sex": value.sex,
        "area": value.area,
        "value": value.value,
        "unit": value.unit,
        "edition": value.edition,
        "as_of": value.as_of,
        "formula": value.formula,
        "reason": value.reason,
        "mark": value.mark,
        "n_inputs": value.n_inputs,
        "inputs": [
            {"address": i.address, "value": i.value, "file": i.file, "comment": i.label}
            for i in value.inputs
        ],
        **({"spans": [asdict(s) for s in value.spans]} if value.spans else {}),
        "parts": [as_json(part) for part in value.parts],
    }


def unique(values: Iterable[FigureValue]) -> list[FigureValue]:
    """Return the values once each, by lineage id, in order."""
    return list({v.lineage_id: v for v in values}.values())
