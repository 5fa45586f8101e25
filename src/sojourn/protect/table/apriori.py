"""A-priori files of tau-Argus: what the office says of single cells before anything is decided.

Each line names the codes of a cell, then ``u`` (unsafe), ``s`` (safe), ``p`` (must be published) or
``c`` with a cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sojourn.errors import TableRefused

Word = Literal["u", "s", "p", "c"]


@dataclass(frozen=True, slots=True)
class Apriori:
    """One line: the cell's codes by dimension, what is said of it, and a cost where one is."""

    codes: tuple[str, ...]
    word: Word
    cost: float | None = None


def read_apriori(text: str, *, name: str, dimensions: int) -> tuple[Apriori, ...]:
    """Read an a-priori file.

    Raises
    ------
    TableRefused
        A line has too few codes, an unknown word or no cost; the line is named.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [p.strip().strip('"') for p in line.replace(";", ",").split(",")]
        if not any(parts):
            continue
        codes, rest = tuple(parts[:dimensions]), parts[dimensions:]
        word = rest[0].lower() if rest else ""
        if len(codes) < dimensions or word not in ("u", "s", "p", "c"):
            raise TableRefused(
                f"{name}, line {number}: {line.strip()!r} says nothing of a cell",
                hint=f"{dimensions} codes, then u, s, p, or c with a cost",
            )
        cost = _cost(rest[1:], name, number) if word == "c" else None
        found.append(Apriori(codes, word, cost))  # type: ignore[arg-type]  # one of the four
    return tuple(found)


def _cost(rest: Sequence[str], name: str, number: int) -> float:
    try:
        cost = float(rest[0])
    except (IndexError, ValueError):
        cost = -1.0
    if not 0 <= cost < float("inf"):
        raise TableRefused(f"{name}, line {number}: no cost after c", hint="a number of 0 or more")
    return cost


def to_apriori(lines: Sequence[Apriori]) -> str:
    """Return lines as an a-priori file."""
    said = (
        [*one.codes, one.word, *([] if one.cost is None else [f"{one.cost:g}"])] for one in lines
    )
    return "".join(",".join(line) + "\n" for line in said)
