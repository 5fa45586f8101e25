"""Observations as a person reads them: multiplier applied, names beside codes, aggregates marked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import Cell, EditionId

#: Columns in their order; those of `SOMETIMES` only where rows differ by them.
COLUMNS = (
    "indicator",
    "ref_area",
    "origin",
    "destination",
    "sex",
    "age",
    "time_period",
    "obs_value",
    "obs_status",
    "unit_measure",
    "criterion",
    "detail",
    "iso3",
    "ref_area_name",
    "origin_name",
    "destination_name",
    "cell",
)
SOMETIMES = ("criterion", "detail")
_ALONE = ("country", "historical", "residual")


def readable(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, str]]:
    """Return observations as texts, in the order and under the names of `COLUMNS`.

    ``obs_value`` has its multiplier applied: it is in ``unit_measure`` and nothing else.
    """
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    hidden = [c for c in SOMETIMES if len({r[c] for r in records}) < 2]
    return [{c: v for c, v in _texts(r).items() if c not in hidden} for r in records]


def in_unit(value: float | None, mult: int) -> str:
    """Return a number with its multiplier applied, without noise of the binary fraction.

    Examples
    --------
    >>> in_unit(220.3, 3), in_unit(1569.26784, 6), in_unit(None, 0)
    ('220300', '1569267840', '')
    """
    if value is None:
        return ""
    return f"{value * 10.0**mult:.12g}" if mult else f"{value:.12g}"


def place_name(code: str) -> str:
    """Return the name of a place; of a group of places, marked as one.

    Examples
    --------
    >>> place_name("276"), place_name("900"), place_name("_T"), place_name("_Z")
    ('Germany', 'World [aggregate]', 'all places', '')
    """
    if code in ("_T", "_Z"):
        return "all places" if code == "_T" else ""
    area = AREAS.get(code)
    if area is None:
        return f"{code} [aggregate of the publisher]"
    name = area.names.get("en", code)
    return name if area.kind in _ALONE else f"{name} [aggregate]"


def _texts(r: Mapping[str, Any]) -> dict[str, str]:
    dataset, vintage = EditionId.of(r["edition"])
    area = AREAS.get(r["ref_area"])
    found = {
        **{k: str(r[k]) for k in COLUMNS if k in r},
        "obs_value": in_unit(r["obs_value"], r["unit_mult"]),
        "iso3": (area.iso3 or "") if area is not None else "",
        "ref_area_name": place_name(r["ref_area"]),
        "origin_name": place_name(r["origin"]),
        "destination_name": place_name(r["destination"]),
        "cell": str(Cell(dataset, vintage, r["sheet"], r["row"], r["col"])),
    }
    return {c: found[c] for c in COLUMNS}


#: What a person sees on a screen: fewer columns, names before codes.
_ON_SCREEN = (
    "indicator",
    "place",
    "from",
    "sex",
    "age",
    "time_period",
    "value",
    "unit",
    "criterion",
    "detail",
    "cell",
)


def on_screen(records: Sequence[Mapping[str, str]]) -> list[str]:
    """Return lines of an aligned table; columns that say nothing are left out."""
    rows = [_shown(r) for r in records]
    kept = [c for c in _ON_SCREEN if any(r.get(c) for r in rows)]
    for column in ("sex", "age"):
        if column in kept and all(r[column] == "_T" for r in rows):
            kept.remove(column)
    wide = {c: max(len(c), *(len(r.get(c, "")) for r in rows)) for c in kept}
    lines = ["  ".join(c.ljust(wide[c]) for c in kept).rstrip()]
    for r in rows:
        cells = (
            r.get(c, "").rjust(wide[c]) if c == "value" else r.get(c, "").ljust(wide[c])
            for c in kept
        )
        lines.append("  ".join(cells).rstrip())
    return lines


def _shown(r: Mapping[str, str]) -> dict[str, str]:
    code = r["iso3"] or r["ref_area"]
    whence = r["origin_name"] if r["origin"] not in ("_T", "_Z") else ""
    value = f"{float(r['obs_value']):,.12g}" if r["obs_value"] else f"({r['obs_status']})"
    return {
        **r,
        "place": f"{r['ref_area_name']} ({code})",
        "from": whence,
        "value": value,
        "unit": r["unit_measure"],
    }
