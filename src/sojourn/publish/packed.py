"""Figures carried ready-made by an embedded edition.

Where a publisher reserves all rights, the cells behind a sum are not shipped: the figure itself
is, as a cited fact, with its edition, its formula and the number of cells it was computed from.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sojourn.errors import StoreError
from sojourn.publish.figure import FigureValue, Input

FILE = "packed.json"


@dataclass(frozen=True, slots=True)
class Packed:
    """A figure's value with the day on which its newest edition was released."""

    value: FigureValue
    released: date


def released(value: FigureValue) -> date:
    """Return the release date of the newest edition behind a value."""
    return max(date.fromisoformat(e.split("@")[1]) for e in value.edition.split(" + "))


@cache
def read_packed(root: Path) -> Mapping[tuple[str, int], tuple[Packed, ...]]:
    """Return the ready-made figures beside a manifest; none for an ordinary data directory.

    Raises
    ------
    StoreError
        The file is damaged.
    """
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise StoreError(
            f"{path}: damaged ({error})", hint="write it again: sojourn pack"
        ) from None
    found: dict[tuple[str, int], list[Packed]] = {}
    for entry in entries:
        inputs = tuple(Input(*i) for i in entry.pop("inputs"))
        value = FigureValue(**entry, inputs=inputs)
        key = (value.figure_id, int(value.time_period))
        found.setdefault(key, []).append(Packed(value, released(value)))
    return {k: tuple(v) for k, v in found.items()}


def write_packed(values: Sequence[FigureValue], path: Path) -> None:
    """Write figures as ready-made facts; the cells of their sums are left behind."""
    entries = [
        {
            "figure_id": v.figure_id,
            "time_period": v.time_period,
            "sex": v.sex,
            "area": v.area,
            "unit": v.unit,
            "as_of": v.as_of,
            "value": v.value,
            "edition": v.edition,
            "n_inputs": v.n_inputs,
            "formula": v.formula,
            "mark": v.mark,
            "rank": v.rank,
            "inputs": [
                (i.address, i.value, i.file, i.label) for i in v.inputs[:1] if v.n_inputs == 1
            ],
        }
        for v in values
    ]
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=0) + "\n", "utf-8")
