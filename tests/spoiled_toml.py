"""A sound declaration, and declarations with one thing wrong: a key misspelt or lacking, a value of another kind."""

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

#: A declaration of a table of codes, years and one measure, with nothing wrong.
SOUND = """publisher = "X"
[[dataset]]
id = "x.t"
title = "t"
landing_page = "https://x"
citation = "X ({edition})."
[[edition]]
dataset = "x.t"
vintage = 2020-01-01
title = "t"
license = "CC BY"
redistribution = "none"
[[layout]]
id = "x.t"
dataset = "x.t"
kind = "records"
roles = { area = "iso3" }
fixed = { ref_area = "@area" }
[layout.columns]
area = ["code"]
year = ["yr"]
[[layout.table]]
unit = "PERSONS"
measures = [{ match = "val", indicator = "migrant_stock" }]
"""

#: What a value is replaced by.
OTHERS: tuple[Any, ...] = (
    17,
    -3.5,
    True,
    "text",
    "(",
    [],
    ["a"],
    [1, "a"],
    {},
    {"a": "b"},
    {"a": {"b": 1}},
    float("nan"),
    10**400,
    date(2015, 12, 1),
)


def written(content: Mapping[str, Any]) -> str:
    """Return TOML; every table inline, so that any shape can be written."""
    return "".join(f"{_key(k)} = {_value(v)}\n" for k, v in content.items())


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value != value:
        return "nan"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(_value, value)) + "]"


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every key."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield (*path, key)
            yield from places(value, (*path, key))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from places(value, (*path, number))


def spoiled(content: Mapping[str, Any], path: tuple[Any, ...], how: Any) -> str:
    """Return the text with one thing wrong: ``rename``, ``drop``, or another value."""
    made: Any = copy.deepcopy(content)
    inside = made
    for step in path[:-1]:
        inside = inside[step]
    key = path[-1]
    if how == "rename":
        inside[f"{str(key)[:-1]}q"] = inside.pop(key)
    elif how == "drop":
        inside.pop(key)
    else:
        inside[key] = how
    return written(made)
