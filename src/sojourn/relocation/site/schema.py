"""The published JSON Schema of each site table, and rows checked against it.

The schema files in ``site/schemas`` are the reader's only rule book: what they publish is what is
enforced. The keywords used are a small part of JSON Schema 2020-12 and are checked here, so that
reading a site needs no further package. Two annotations are our own: ``x-separator`` (how a list
is written in one CSV cell) and ``x-sensitive`` (a faulty value is described, never repeated).
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

TABLES = (
    "person",
    "case",
    "link",
    "relative_elsewhere",
    "place",
    "room",
    "vehicle",
    "escort",
    "travel",
    "needs_map",
)
PUBLISHED = (*TABLES, "name")  # the table of names is read for printed lists alone
REQUIRED_TABLES = ("person", "case", "place", "room", "needs_map")

PEOPLE_TABLES = ("person", "case", "link", "relative_elsewhere", "name")
LONGEST_SHOWN = 60
OLDEST = 120  # years
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

_TRUE = {"true", "yes", "1"}
_FALSE = {"false", "no", "0"}


class FieldFault(ValueError):
    """One field is not what its schema says: what was expected and what was found."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        self.field = field
        self.found = found
        self.expected = expected
        super().__init__(f"{field}: found {found}, expected {expected}")


@dataclass(frozen=True)
class TableSchema:
    """One table's schema.

    Attributes
    ----------
    fields : mapping
        Field name to its JSON Schema.
    key : tuple of str
        Fields that identify a row.
    """

    table: str
    fields: Mapping[str, Mapping[str, object]]
    required: tuple[str, ...]
    key: tuple[str, ...]


def schema_text(table: str) -> str:
    """Return the published JSON Schema of a table, as it is shipped."""
    return (
        files("sojourn.relocation.site")
        .joinpath("schemas", f"{table}.schema.json")
        .read_text("utf-8")
    )


@cache
def read_schema(table: str) -> TableSchema:
    """Read one packaged schema.

    >>> read_schema("travel").required
    ('place_id', 'minutes')
    """
    document = json.loads(schema_text(table))
    return TableSchema(
        table=table,
        fields=document["properties"],
        required=tuple(document["required"]),
        key=tuple(document["x-key"]),
    )


@dataclass(frozen=True)
class CheckedRow:
    """One row, typed, and what is wrong with it.

    Attributes
    ----------
    values : mapping
        Every field that could be read as its type, even where it is beyond a limit and among the
        faults; defaults filled in where the schema states one.
    faults : tuple of FieldFault
        Empty for a row that may be used.
    """

    values: dict[str, object]
    faults: tuple[FieldFault, ...]


def check_row(schema: TableSchema, raw: Mapping[str, object]) -> CheckedRow:
    """Turn one row of strings (CSV) or JSON values into typed values.

    Parameters
    ----------
    schema : TableSchema
    raw : mapping
        Field to cell. Lists may be JSON arrays or one string with separators.

    Returns
    -------
    CheckedRow
        With every field that is unknown, absent without a default, of another type or out of
        range among its faults.
    """
    faults = [
        FieldFault("", "a field without a schema", "one of " + ", ".join(schema.fields))
        for name in raw
        if name not in schema.fields
    ]
    row: dict[str, object] = {}
    for name, rule in schema.fields.items():
        cell = raw.get(name)
        empty = cell is None or (isinstance(cell, str) and not cell.strip())
        if empty and name in schema.required:
            faults.append(FieldFault(name, "an empty cell", _expectation(rule)))
        elif empty:
            row[name] = (
                tuple(default) if isinstance(default := rule.get("default"), list) else default
            )
        else:
            try:
                row[name] = _convert(rule, cell)
                _check_limits(rule, row[name])
            except ValueError:
                found = describe(
                    cell, withheld=bool(rule.get("x-sensitive")) or schema.table in PEOPLE_TABLES
                )
                faults.append(FieldFault(name, found, _expectation(rule)))
    return CheckedRow(row, tuple(faults))


def describe(cell: object, *, withheld: bool) -> str:
    """Say what was found; of a cell about a person, its length and kind alone.

    >>> describe("-3", withheld=False), describe("Amal", withheld=True)
    ("'-3'", 'a value of 4 characters (withheld: it may be personal)')
    """
    if withheld:
        return f"a value of {len(str(cell))} characters (withheld: it may be personal)"
    shown = repr(cell)
    return (
        shown
        if len(shown) <= LONGEST_SHOWN
        else f"{shown[:LONGEST_SHOWN]}… ({len(shown):,} characters)"
    )


def _convert(rule: Mapping[str, object], cell: object) -> object:
    """Read one cell as the type its schema names."""
    kind = rule["type"]
    if kind == "array":
        if isinstance(cell, str):
            parts: Sequence[object] = [
                p.strip() for p in cell.split(str(rule["x-separator"])) if p.strip()
            ]
        elif isinstance(cell, Sequence):
            parts = cell
        else:
            raise ValueError
        items = rule["items"]
        assert isinstance(items, Mapping)  # noqa: S101 - our own schema files
        values = [_convert(items, part) for part in parts]
        for value in values:
            _check_limits(items, value)
        return tuple(values)
    if kind == "boolean":
        return _to_bool(cell)
    if kind in ("integer", "number"):
        return _to_number(cell, whole=kind == "integer")
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise ValueError  # noqa: TRY004 - every fault of a cell is one kind of error
    text = str(cell).strip()
    if _CONTROL.search(text):
        raise ValueError("control characters")
    if rule.get("format") == "birth":
        return _to_birth(text)
    return _to_date(text) if rule.get("format") == "date" else text


def _to_date(text: str) -> date:
    """Read a full date; week dates and dates without hyphens are not what is published."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError
    return date.fromisoformat(text)


def _to_birth(text: str) -> str:
    """Read a birth, of which a full date has to exist in the calendar."""
    if "-" in text:
        _to_date(text)
    if text.startswith("age:") and not (text[4:].isdecimal() and int(text[4:]) <= OLDEST):
        raise ValueError
    return text


def _to_bool(cell: object) -> bool:
    text = str(cell).strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError
    return text in _TRUE


def _to_number(cell: object, *, whole: bool) -> float | int:
    text = str(cell).strip()
    if isinstance(cell, bool) or not _NUMBER.fullmatch(text):
        raise ValueError
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    if not whole:
        return value
    if value != int(value):
        raise ValueError
    return int(value)


def _check_limits(rule: Mapping[str, object], value: object) -> None:
    """Check enumeration, pattern, length and range."""
    if "enum" in rule and value not in _as_sequence(rule["enum"]):
        raise ValueError
    if isinstance(value, str):
        if "pattern" in rule and not re.search(str(rule["pattern"]), value):
            raise ValueError
        if len(value) < int(str(rule.get("minLength", 0))):
            raise ValueError
        if len(value) > int(str(rule.get("maxLength", 10_000))):
            raise ValueError
    elif isinstance(value, tuple):
        if len(value) > int(str(rule.get("maxItems", 10_000))):
            raise ValueError
    elif isinstance(value, int | float) and not isinstance(value, bool):
        low, high = rule.get("minimum", value), rule.get("maximum", value)
        if not float(str(low)) <= value <= float(str(high)):
            raise ValueError


def _as_sequence(value: object) -> Sequence[object]:
    assert isinstance(value, Sequence)  # noqa: S101 - our own schema files
    return value


def _expectation(rule: Mapping[str, object]) -> str:
    """Describe in words what a schema asks of a value."""
    if "enum" in rule:
        return "one of " + ", ".join(str(v) for v in _as_sequence(rule["enum"]))
    if rule["type"] == "array":
        items = rule["items"]
        assert isinstance(items, Mapping)  # noqa: S101 - our own schema files
        most = f", at most {rule['maxItems']}" if "maxItems" in rule else ""
        return f"a list separated by '{rule['x-separator']}'{most}, each {_expectation(items)}"
    if rule.get("format") == "date":
        return "a date such as 2016-10-24"
    if rule["type"] in ("integer", "number"):
        kind = "a whole number" if rule["type"] == "integer" else "a number"
        span = f" from {rule['minimum']}" if "minimum" in rule else ""
        return kind + span + (f" to {rule['maximum']}" if "maximum" in rule else "")
    if rule["type"] == "boolean":
        return "true or false"
    about = str(rule.get("description", "text"))
    return f"{about} ({rule['pattern']})" if "pattern" in rule else about
