"""A layout as its author wrote it: checked key by key, completed, built."""

import re
from collections.abc import Mapping
from typing import Any

from sojourn.errors import BadDeclaration
from sojourn.sources.inherit import inherit
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.terminal.nearest import near
from sojourn.terminal.typed import a_pattern, as_written, check


def build(cls: type, entry: Mapping[str, Any], *, where: str) -> Any:
    """Return an entry as its model.

    Raises
    ------
    BadDeclaration
        A key is unknown or lacking, or its value is of another kind.
    """
    check(entry, as_written(cls), where=where)
    try:
        return cls(**entry)
    except TypeError as error:
        said = re.sub(r"^.*__init__\(\) ", "", str(error))
        raise BadDeclaration(f"{where}: {said}", hint="complete the entry") from None


_HEADINGS = dict[str, str | list[str]]
#: Keys of an entry as TOML writes it, beside those that its model has.
_TABLE = {
    **{k: v for k, v in as_written(Table).items() if k != "measures"},
    **{k: as_written(Measure)[k] for k in ("indicator", "unit", "mult", "status", "may_lack")},
    "measures": list[dict[str, Any]],
}
_LAYOUT = {
    **{k: v for k, v in as_written(Layout).items() if k != "tables"},
    "columns": _HEADINGS,
    "like": str,
    "table": list[dict[str, Any]],
}
_PATTERNS = ("says", "denies", "label_code", "groups", "skip_row", "stop", "states_sheet")
_LISTS_OF_PATTERNS = ("states", "named", "ignored", "ignored_sheets")


def _patterns(entry: Mapping[str, Any], *, where: str) -> None:
    """Refuse a regular expression that is none, wherever a layout may have one."""
    told = [(k, entry[k]) for k in _PATTERNS if k in entry]
    for key in _LISTS_OF_PATTERNS:
        given = entry.get(key, ())
        told += [(key, p) for p in ((given,) if isinstance(given, str) else given)]
    told += [(f"takes.{role}", p) for role, p in entry.get("takes", {}).items()]
    for number, table in enumerate(entry.get("table", [])):
        told += [(f"table[{number}].{k}", table[k]) for k in ("sheet",) if k in table]
        told += [
            (f"table[{number}].measures.match", m["match"])
            for m in table.get("measures", [])
            if "match" in m
        ]
    for key, text in told:
        a_pattern(text, key, where=where)


def _written(entry: Mapping[str, Any], *, where: str) -> None:
    """Check a layout as its author wrote it: keys, kinds of values, regular expressions."""
    check(entry, _LAYOUT, where=where)
    for number, table in enumerate(entry.get("table", [])):
        place = f"{where}, table {number + 1}"
        check(table, _TABLE, where=place)
        for measure in table.get("measures", []):
            check(measure, as_written(Measure), where=f"{place}, measure")
        instead = {k: v for k, v in _LAYOUT.items() if k not in ("like", "table", "id")}
        check(table.get("instead", {}), instead, where=f"{place}, instead")
    for role, labels in entry.get("by_row", {}).items():
        for label, said in labels.items():
            check(said, as_written(Measure), where=f"{where}, {role} {label!r}")
    _patterns(entry, where=where)


def _measures(table: dict[str, Any], *, where: str) -> tuple[Measure, ...]:
    shared: dict[str, Any] = {
        k: table.pop(k) for k in ("indicator", "unit", "mult", "status", "may_lack") if k in table
    }
    entries = table.pop("measures", [{}])
    return tuple(build(Measure, {**shared, **e}, where=where) for e in entries)


def _columns(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {role: _tuple(labels) for role, labels in entry.items()}  # type: ignore[misc] # texts


_TUPLES = ("optional", "header_rows", "classification", "states", "named", "carried")


def _tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def built_layout(entry: dict[str, Any], known: Mapping[str, Layout], *, where: str) -> Layout:
    """Return a layout from its entry, completed from the one that it is like.

    Raises
    ------
    BadDeclaration
        A key, a value or a regular expression is wrong, or a table is lacking.
    """
    where = f"{where}, layout {entry.get('id', '?')}"
    _written(entry, where=where)
    if (model := entry.pop("like", None)) is not None:
        if model not in known:
            found = near(model, known, most=3, cutoff=0.4) or sorted(known)
            raise BadDeclaration(
                f"{where}: like = {model!r}, a layout that nobody declares",
                hint=f"one of {', '.join(found[:8])}; it must stand before this one",
            )
        entry = inherit(entry, known[model])
    tables = []
    for raw in entry.pop("table", []):
        table = dict(raw)
        measures = _measures(table, where=where)
        instead = dict(table.pop("instead", {}))
        if "columns" in instead:
            instead["columns"] = _columns(instead["columns"])
        whole = {**table, "measures": measures, "instead": instead}
        tables.append(build(Table, whole, where=where))
    columns = _columns(entry.pop("columns", {}))
    entry = {k: _tuple(v) if k in _TUPLES else v for k, v in entry.items()}
    complete = {**entry, "columns": columns, "tables": tuple(tables)}
    layout: Layout = build(Layout, complete, where=where)
    if not layout.tables:
        raise BadDeclaration(f"{where}: no table", hint="add a [[layout.table]]")
    for part in layout.tables:
        layout_of(layout, part, where=where)
    for role, labels in layout.by_row.items():
        for label, said in labels.items():
            build(
                Measure, {"indicator": "", "unit": "", **said}, where=f"{where}, {role} {label!r}"
            )
    return layout


def layout_of(layout: Layout, table: Table, *, where: str = "") -> Layout:
    """Return the layout by which one table is read."""
    if not table.instead:
        return layout
    fields = {name: getattr(layout, name) for name in Layout.__dataclass_fields__}
    own: Layout = build(Layout, {**fields, **table.instead}, where=f"{where}, {table.sheet}")
    return own
