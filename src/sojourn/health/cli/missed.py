"""What of the validation is missed or was not tried, in words, beside whatever rests on it."""

from collections.abc import Iterator, Mapping
from typing import Any


def not_kept(claims: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each claim that is not kept, with the rows that miss, their numbers, and what is missing."""
    for name, claim in claims.items():
        if not claim["kept"]:
            yield name, _why(claim)


def _why(claim: Mapping[str, Any]) -> str:
    said = []
    if claim["missed"]:
        rows = (_row(name, claim["rows"].get(name, {})) for name in claim["missed"])
        said.append(f"{', '.join(rows)} missed in validation")
    by = dict[str, list[str]]()
    for row, missing in claim.get("untried", {}).items():
        by.setdefault(missing, []).append(row)
    said += [f"{', '.join(rows)} not tried: {missing}" for missing, rows in by.items()]
    return "; ".join(said)


def _row(name: str, row: Mapping[str, Any]) -> str:
    """Return a row's name with what is printed and what it is held against, where both are numbers."""
    ours, beside = row.get("ours"), row.get("published")
    return name if ours is None or beside is None else f"{name} ({ours:.3g} beside {beside:.3g})"
