"""A layout like another: only what differs is declared."""

from collections.abc import Mapping
from typing import Any

from sojourn.sources.layout import Layout, Measure, Table

#: Keys of a layout that are added to those of its model; all others replace them.
_ADDED = ("roles", "fixed", "missing", "flags", "takes", "instead_of", "ignored", "ignored_sheets")
_NESTED = ("values", "by_row")


def inherit(entry: Mapping[str, Any], model: Layout) -> dict[str, Any]:
    """Return the entry of a layout completed from its model.

    Mappings are added to the model's, headings to the model's headings of the same role, and
    ``skip`` among a role's headings takes the role away. Each table is completed from the model's
    table in the same place; its measures stand before the model's.
    """
    whole = {n: getattr(model, n) for n in Layout.__dataclass_fields__ if n not in ("id", "tables")}
    for key, value in entry.items():
        if key in _ADDED:
            whole[key] = {**whole[key], **value}
        elif key in _NESTED:
            whole[key] = {
                **whole[key],
                **{k: {**whole[key].get(k, {}), **v} for k, v in value.items()},
            }
        elif key == "columns":
            added = {r: [v] if isinstance(v, str) else list(v) for r, v in value.items()}
            old = {r: list(v) for r, v in whole[key].items()}
            whole[key] = old | {r: [*v, *old.get(r, [])] for r, v in added.items()}
        elif key != "table":
            whole[key] = value
    own = list(entry.get("table", []))
    own += [{} for _ in range(len(model.tables) - len(own))]
    models = [*model.tables, *[model.tables[-1]] * (len(own) - len(model.tables))]
    whole["table"] = [_table(dict(t), m) for t, m in zip(own, models, strict=True)]
    return whole


def _table(own: dict[str, Any], model: Table) -> dict[str, Any]:
    shared = {
        k: own.pop(k) for k in ("indicator", "unit", "mult", "status", "may_lack") if k in own
    }
    fields = Measure.__dataclass_fields__
    old = [{n: getattr(m, n) for n in fields} | shared for m in model.measures]
    new = [{**old[-1], "match": "", "sex": "_T", "age": "_T", **m} for m in own.pop("measures", [])]
    plain = {n: getattr(model, n) for n in ("sheet", "period", "required", "instead")}
    return {**plain, **own, "measures": [*new, *old]}
