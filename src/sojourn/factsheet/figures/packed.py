"""What an embedded edition carries beside its cells, and what it does not carry.

Where a publisher reserves all rights, or a sum has thousands of cells, the cells are not shipped:
the figure itself is, as a cited fact, with its edition, its formula and the number of cells it was
computed from. The pack lists every figure and year that it holds, so that a part of a publisher's
table is never taken for the whole.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sojourn.errors import StoreError
from sojourn.factsheet.figures.figure import FigureValue, Input, Span
from sojourn.factsheet.figures.spans import spans
from sojourn.files import write_whole
from sojourn.vocab.observation import EditionId

FILE = "packed.json"
FORMAT = 3  # of the index; 1 is what was written before it was named
MOST_CELLS = 12  # of a figure carried ready-made, the cells that are named with it
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure's value with the day on which its newest edition was released."""

    value: FigureValue
    released: date


@dataclass(frozen=True, slots=True)
class Pack:
    """The index of an embedded edition.

    Attributes
    ----------
    year : int
        The factsheet it was packed for.
    held : set of (figure, year)
        Figures that can be computed or are carried ready-made.
    facts : mapping of (figure, year) to facts
        Figures carried ready-made, of every edition.
    withheld : mapping of (figure, year) to editions
        Editions whose terms do not allow carrying this figure.
    spots : mapping of (figure, year) to facts
        Places that a ranked list leaves out and that the factsheet tells all the same.
    problems : mapping of edition to (int, list)
        How many contradictions an edition of the packed store holds, and the largest of them.
    pinned : mapping of (figure, year) to facts
        What an edition that does not answer by itself gives, for a course or the base of a change.
    reasons : mapping of (figure, year) to text
        Why the packed store had no number, on its newest day.
    as_of : date or None
        The day of the newest edition of the packed store: the factsheet is as known on it.
    """

    year: int
    held: frozenset[Key]
    facts: Mapping[Key, tuple[Fact, ...]] = field(default_factory=dict)
    withheld: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    spots: Mapping[Key, tuple[Fact, ...]] = field(default_factory=dict)
    problems: Mapping[str, tuple[int, list[tuple[Any, ...]]]] = field(default_factory=dict)
    pinned: Mapping[Key, tuple[Fact, ...]] = field(default_factory=dict)
    reasons: Mapping[Key, str] = field(default_factory=dict)
    as_of: date | None = None

    def reason(self, key: Key, day: date) -> str:
        """Return why the packed store had no number, where it is asked as of its newest day."""
        told = self.as_of is not None and day >= self.as_of
        return self.reasons.get(key, "") if told else ""

    def why_not(self, key: Key) -> str:
        """Return why a figure is absent from this pack; empty when its absence is no fault of it."""
        if key not in self.held:
            return (
                f"the embedded edition holds what the factsheet {self.year} prints; load the "
                "publishers' files for more: sojourn load"
            )
        if key in self.withheld:
            editions = ", ".join(self.withheld[key])
            return f"not carried by the embedded edition (terms of {editions}); load the file: sojourn load"
        return ""


def released(value: FigureValue) -> date:
    """Return the release date of the newest edition behind a value."""
    return max(EditionId.of(e).day for e in value.edition.split(" + "))


@cache
def read_pack(root: Path) -> Pack | None:
    """Return the index beside a manifest; None for an ordinary data directory.

    Raises
    ------
    StoreError
        The file is damaged, or of an earlier or a newer version that is not read.
    """
    path = root / FILE
    if not path.is_file():
        return None
    content: object = None
    try:
        content = json.loads(path.read_text("utf-8"))
        return _pack(content)
    except (AttributeError, ValueError, KeyError, TypeError) as error:
        raise _unread(path, content, error) from None


def _pack(content: Any) -> Pack:
    if content.get("format", FORMAT) > FORMAT:
        raise ValueError("a newer format")
    names = content.get("files", ())
    return Pack(
        year=content["year"],
        as_of=date.fromisoformat(content["as_of"]),
        held=frozenset((f, y) for f, y in content["held"]),
        facts=_facts(content["facts"], names),
        spots=_facts(content.get("spots", ()), names),
        pinned=_facts(content.get("pinned", ()), names),
        reasons={(f, y): why for f, y, why in content.get("reasons", ())},
        problems={
            edition: (count, [tuple(row) for row in rows])
            for edition, count, rows in content["problems"]
        },
        withheld={(f, y): tuple(editions) for f, y, editions in content["withheld"]},
    )


def _unread(path: Path, content: object, error: Exception) -> StoreError:
    """Return why an index is not read: of another version by its format, else damaged."""
    anew = "write it anew from the store it was packed from: sojourn pack YEAR --data STORE --out"
    anew = f"{anew} {path.parent}"
    if isinstance(content, dict) and "year" in content:
        written = content.get("format", 1)
        if isinstance(written, int) and written > FORMAT:
            return StoreError(
                f"{path}: written by a newer version of sojourn (pack format {written}, this "
                f"version reads {FORMAT})",
                hint="use the version of sojourn that wrote it, or a newer one",
            )
        if isinstance(written, int) and written < FORMAT:
            return StoreError(
                f"{path}: written by an earlier version of sojourn (pack format {written}, this "
                f"version reads {FORMAT}); it lacks or names otherwise: {error}",
                hint=anew,
            )
    return StoreError(f"{path}: damaged ({error})", hint=anew)


def _facts(entries: Iterable[dict[str, Any]], names: Sequence[str]) -> dict[Key, tuple[Fact, ...]]:
    """Return the facts of an index, whose files stand once in it and are named by their place."""

    def named(file: int | str) -> str:
        return names[file] if isinstance(file, int) else file

    facts: dict[Key, list[Fact]] = {}
    for entry in entries:
        inputs = tuple(Input(a, v, named(f), label) for a, v, f, label in entry.pop("inputs"))
        entry["spans"] = tuple(Span(named(f), *s) for f, *s in entry.get("spans", ()))
        entry["silent"] = tuple(entry.get("silent", ()))
        value = FigureValue(**entry, inputs=inputs)
        key = (value.figure_id, int(value.time_period))
        facts.setdefault(key, []).append(Fact(value, released(value)))
    return {k: tuple(v) for k, v in facts.items()}


def write_pack(
    path: Path,
    pack: Pack,
    facts: Sequence[FigureValue],
    spots: Sequence[FigureValue],
    pinned: Sequence[FigureValue] = (),
) -> None:
    """Write the index; the cells of large sums among the facts are left behind."""
    every = (*facts, *spots, *pinned)
    files = {i.file for v in every for i in v.inputs} | {s.file for v in every for s in spans(v)}
    at = {name: n for n, name in enumerate(sorted(files))}
    content = {
        "format": FORMAT,
        "files": list(at),
        "year": pack.year,
        "as_of": pack.as_of.isoformat() if pack.as_of else "",
        "held": sorted(pack.held),
        "withheld": [[*k, list(v)] for k, v in sorted(pack.withheld.items())],
        "facts": [_entry(v, at) for v in facts],
        "problems": [
            [edition, count, [list(row) for row in rows]]
            for edition, (count, rows) in sorted(pack.problems.items())
        ],
        "spots": [_entry(v, at) for v in spots],
        "pinned": [_entry(v, at) for v in pinned],
        "reasons": [[*k, why] for k, why in sorted(pack.reasons.items())],
    }
    write_whole(
        path, json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"
    )


def _entry(v: FigureValue, files: Mapping[str, int]) -> dict[str, object]:
    return {
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
        "of": v.of,
        **({"zeros": v.zeros} if v.zeros else {}),
        **({"silent": v.silent, "outdone": v.outdone} if v.silent else {}),
        **({"spans": _where(v, files)} if v.n_inputs > MOST_CELLS else {}),
        "inputs": [
            (i.address, i.value, files[i.file], i.label)
            for i in v.inputs
            if v.n_inputs <= MOST_CELLS
        ],
    }


def _where(v: FigureValue, files: Mapping[str, int]) -> list[tuple[int, str, str, str, int]]:
    return [(files[s.file], s.sheet, s.first, s.last, s.n) for s in spans(v)]
