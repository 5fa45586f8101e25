"""Lists of records in JSON, the answers of publishers' services, as the table they are."""

import json
from typing import Any

from sojourn.errors import UnreadableFile

_HINT = "expected a list of flat records, [{...}, {...}], as the publisher's service answers"


def read_records(name: str, text: str) -> tuple[list[list[object]], list[int]]:
    """Return a heading row and one row a record, with the number of each record from 1.

    The heading row is numbered 0: it stands nowhere. A record without a key has an empty cell.

    Raises
    ------
    UnreadableFile
        Not JSON, not a list of flat records, a key that stands twice in one record.
    """
    try:
        content = json.loads(text, object_pairs_hook=_pairs, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{name}: not valid JSON ({error})", hint=_HINT) from None
    if not isinstance(content, list) or not content:
        raise UnreadableFile(f"{name}: JSON without a list of records", hint=_HINT)
    keys: dict[str, None] = {}
    for number, record in enumerate(content, 1):
        if not isinstance(record, dict):
            raise UnreadableFile(f"{name}: entry {number} is no record", hint=_HINT)
        nested = next((k for k, v in record.items() if isinstance(v, dict | list)), None)
        if nested is not None:
            raise UnreadableFile(f"{name}: record {number}: {nested!r} is not flat", hint=_HINT)
        keys |= dict.fromkeys(record)
    rows = [[_cell(record.get(key)) for key in keys] for record in content]
    return [list(keys), *rows], list(range(len(rows) + 1))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError(f"a key stands twice in one record: {', '.join(k for k, _ in pairs)[:80]}")
    return record


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _cell(value: object) -> object:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value
