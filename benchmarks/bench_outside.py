"""An outside benchmark of placement: cases, places and scores from files that you supply.

The solver of the planner is given somebody else's problem, so that its optimum can be held against
a published one (Ahani and others, "Placement Optimization in Refugee Resettlement", Operations
Research 2021, on the arrivals of one agency in two years). Those files are not shipped, and a score
of a person never enters a plan of sojourn: this is a test of the solver, outside the package.

FOLDER holds a year's four files as they are published (``..._size.csv``, ``..._cap.csv``,
``..._Compatibility.csv``, ``..._Employment_Weight.csv``), or three tables (CSV, UTF-8) of your own:

- ``cases.csv``: case_id, persons (a whole number from 1 on)
- ``places.csv``: place_id, capacity (persons, a whole number)
- ``scores.csv``: case_id, place_id, score (from 0 on); a pair without a row is not allowed

Without FOLDER a SYNTHETIC problem of 499 cases stands in. The baseline is the case-by-case choice
of the best place left.

Run: python benchmarks/bench_outside.py [FOLDER] [--expect SCORE] [--same NAME=NAME]
"""

import argparse
import csv
import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.solver import FaceSolver, Programme, solve_mip
from sojourn.relocation.site.table import read_bytes

Vector = NDArray[np.float64]
Whole = NDArray[np.int64]


class BadTable(Exception):
    """A table is not as described; says file, row, what was found and what was expected."""


@dataclass(frozen=True)
class Problem:
    """Cases to be placed.

    Attributes
    ----------
    persons : ndarray of int, shape (cases,)
    capacity : ndarray of int, shape (places,)
    case, place : ndarray of int, shape (pairs,)
        Pairs that are allowed.
    score : ndarray, shape (pairs,)
        Of the whole case, any unit.
    """

    persons: Whole
    capacity: Whole
    case: Whole
    place: Whole
    score: Vector


@dataclass(frozen=True)
class Placed:
    """A placement: pairs taken, their total score, persons without a place, and what is proven."""

    taken: NDArray[np.bool_]
    score: float
    bound: float
    unplaced: int


def table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a table and check its header."""
    text, fault = read_bytes(path, path.name)
    if fault is not None:
        raise BadTable(f"{path}: found {fault.found}, expected {fault.expected}; {fault.hint}")
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != columns:
        raise BadTable(f"{path}, row 1: found {rows.fieldnames}, expected {list(columns)}")
    found = list(rows)
    if not found:
        raise BadTable(f"{path}: found no row, expected at least one")
    return found


def numbers(
    path: Path, rows: list[dict[str, str]], column: str, least: float, *, whole: bool
) -> Vector:
    """Return a column as numbers, each at least ``least``, and whole where asked."""
    found = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            found[i] = float(row[column])
        except (TypeError, ValueError):
            found[i] = np.nan
        if not (np.isfinite(found[i]) and found[i] >= least) or (whole and found[i] % 1):
            kind = "whole number" if whole else "number"
            raise BadTable(
                f"{path}, row {i + 2}, {column}: found {row[column]!r}, expected a {kind} from {least:g} on"
            )
    return found


def once(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...]) -> dict[Any, int]:
    """Return where each key stands; a key that stands twice is refused."""
    at: dict[Any, int] = {}
    for i, row in enumerate(rows):
        key = tuple(row[c] for c in columns)
        if key in at:
            raise BadTable(
                f"{path}, row {i + 2}: found {', '.join(columns)} of row {at[key] + 2} again, expected each once"
            )
        at[key] = i
    return at


def read(folder: Path) -> Problem:
    """Read a problem; a faulty row is refused."""
    paths = {name: folder / f"{name}.csv" for name in ("cases", "places", "scores")}
    cases = table(paths["cases"], ("case_id", "persons"))
    places = table(paths["places"], ("place_id", "capacity"))
    scores = table(paths["scores"], ("case_id", "place_id", "score"))
    once(paths["scores"], scores, ("case_id", "place_id"))
    keys = []
    for rows, name in ((cases, "case"), (places, "place")):
        at = once(paths[f"{name}s"], rows, (f"{name}_id",))
        for i, row in enumerate(scores):
            if (row[f"{name}_id"],) not in at:
                raise BadTable(
                    f"{paths['scores']}, row {i + 2}: found a {name}_id that {name}s.csv has not"
                )
        keys.append(np.array([at[row[f"{name}_id"],] for row in scores], dtype=np.int64))
    return Problem(
        numbers(paths["cases"], cases, "persons", 1, whole=True).astype(np.int64),
        numbers(paths["places"], places, "capacity", 0, whole=True).astype(np.int64),
        *keys,
        numbers(paths["scores"], scores, "score", 0, whole=False),
    )


def published(folder: Path, same: dict[str, str]) -> Problem:
    """Read a year's four files as they are published: size, cap, compatibility, employment weight.

    A place of the matrices without a capacity of its name, and a capacity without a column, are named
    and left out: nothing is joined that is not spelt the same, but for upper case and spaces at the ends.
    Where no stated capacity is given the persons who were in fact resettled are taken.

    Parameters
    ----------
    same : mapping of str to str
        Further names of the matrices, and what the capacities call the same place.
    """
    sizes, caps = (_rows(folder, part) for part in ("_size", "_cap"))
    fits, weights = (_rows(folder, part) for part in ("_compatibility", "_employment_weight"))
    names = [same.get(c.strip(), c.strip()).casefold() for c in fits[0][1:]]
    for rows, what in ((weights, "weights"), (sizes, "sizes")):
        if [r[0] for r in rows[1:]] != [r[0] for r in fits[1:]]:
            raise BadTable(f"{folder}: found other cases in the {what} than in the compatibility")
    if weights[0][1:] != fits[0][1:]:
        raise BadTable(f"{folder}: found other places in the weights than in the compatibility")
    stated = any(r[1].strip() for r in caps[1:])
    room = {r[0].strip().casefold(): _room(r, stated=stated) for r in caps[1:]}
    for name in sorted(set(names) ^ room.keys()):
        print(f"left out: {name}, which only one of the files knows")
    found = [
        (i, j, float(weight))
        for i, (fit, own) in enumerate(zip(fits[1:], weights[1:], strict=True))
        for j, (yes, weight) in enumerate(zip(fit[1:], own[1:], strict=True))
        if yes.strip() == "1" and weight.strip() != "NA" and names[j] in room
    ]
    case, place, score = zip(*found, strict=True)
    return Problem(
        np.array([sum(int(n) for n in r[1:4]) for r in sizes[1:]], dtype=np.int64),
        np.array([room.get(n, 0) for n in names], dtype=np.int64),
        np.array(case, dtype=np.int64),
        np.array(place, dtype=np.int64),
        np.array(score),
    )


def _rows(folder: Path, part: str) -> list[list[str]]:
    """Return the rows of the one file whose name ends so."""
    found = [p for p in sorted(folder.glob("*.csv")) if p.stem.casefold().endswith(part)]
    if len(found) != 1:
        raise BadTable(f"{folder}: found {len(found)} files named ...{part}.csv, expected one")
    text, fault = read_bytes(found[0], found[0].name)
    if fault is not None:
        raise BadTable(f"{found[0]}: found {fault.found}, expected {fault.expected}")
    rows = [r for r in csv.reader(text.splitlines()) if any(c.strip() for c in r)]
    ragged = next((n for n, r in enumerate(rows, start=1) if len(r) != len(rows[0])), None)
    if ragged is not None or len(rows) < 2:
        raise BadTable(
            f"{found[0]}, row {ragged or 1}: found {len(rows[(ragged or 1) - 1])} cells, expected {len(rows[0])} and rows below"
        )
    return rows


def _room(row: list[str], *, stated: bool) -> int:
    """Return the persons a place takes: as stated, or all who were resettled there."""
    return int(row[1] or 0) if stated else sum(int(n) for n in row[2:5])


def digest(problem: Problem) -> str:
    """Return the SHA-256 of the matrices: persons, capacities, pairs and scores."""
    parts = (problem.persons, problem.capacity, problem.case, problem.place, problem.score)
    return hashlib.sha256(b"".join(np.ascontiguousarray(p).tobytes() for p in parts)).hexdigest()


def synthetic(cases: int = 499, places: int = 20, seed: int = 1) -> Problem:
    """Return a SYNTHETIC problem with a twentieth more beds than persons."""
    rng = np.random.default_rng(seed)
    persons = rng.choice([1, 1, 1, 2, 3, 4, 5, 7], cases)
    share = rng.dirichlet(np.full(places, 2.0))
    capacity = np.ceil(1.05 * persons.sum() * share).astype(np.int64)
    case, place = np.nonzero(rng.random((cases, places)) < 0.6)
    score = persons[case] * rng.beta(2.0, 5.0, len(case))
    return Problem(persons.astype(np.int64), capacity, case, place, score)


def programme(problem: Problem, left_out: float | None = None) -> Programme:
    """Return the problem with a column a pair and one a case without a place.

    Parameters
    ----------
    left_out : float, optional
        Persons without a place: a row more asks for so many.
    """
    n, cases, places = len(problem.case), len(problem.persons), len(problem.capacity)
    pairs, alone, rows = np.arange(n), n + np.arange(cases), Rows()
    one, size = np.ones(cases), problem.persons.astype(np.float64)
    rows.block(
        np.concatenate([problem.case, np.arange(cases)]),
        np.concatenate([pairs, alone]),
        np.ones(n + cases),
        one,
        one,
    )
    rows.block(
        problem.place,
        pairs,
        size[problem.case],
        np.full(places, -np.inf),
        problem.capacity.astype(np.float64),
    )
    if left_out is not None:
        rows.add(alone, size, left_out, left_out)
    return rows.programme(np.zeros(n + cases), np.ones(n + cases))


def place(problem: Problem, *, everybody_first: bool) -> Placed:
    """Return the highest total score; among the placements of most persons, if asked for."""
    n, cases = len(problem.case), len(problem.persons)
    model, whole, start = programme(problem), np.ones(n + cases, dtype=bool), None
    cost = np.concatenate([-problem.score, np.zeros(cases)])
    if everybody_first:
        most = solve_mip(model, np.concatenate([np.zeros(n), problem.persons.astype(float)]), whole)
        assert most is not None  # nobody placed is a solution
        start, model = most.x, programme(problem, left_out=round(most.objective))
    bound = FaceSolver(model).minimize(cost).objective
    found = solve_mip(model, cost, whole, start)
    assert found is not None
    x = np.round(found.x).astype(bool)
    score, unplaced = float(problem.score[x[:n]].sum()), int(problem.persons[x[n:]].sum())
    return Placed(x[:n], score, -max(bound, found.bound), unplaced)


def one_by_one(problem: Problem) -> Placed:
    """Give each case in turn the best place that still has room."""
    left, taken = problem.capacity.copy(), np.zeros(len(problem.case), dtype=bool)
    unplaced = 0
    for c, persons in enumerate(problem.persons):
        mine = np.flatnonzero((problem.case == c) & (left[problem.place] >= persons))
        if not len(mine):
            unplaced += int(persons)
            continue
        best = mine[np.argmax(problem.score[mine])]
        taken[best] = True
        left[problem.place[best]] -= persons
    return Placed(taken, float(problem.score[taken].sum()), float("inf"), unplaced)


def main() -> int:
    """Solve, and print each total beside the baseline and the published optimum."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument(
        "--same",
        action="append",
        default=[],
        metavar="NAME=NAME",
        help="a place of the matrices, and what the capacities call it",
    )
    asked.add_argument("--expect", type=float, help="published optimum of the score alone")
    given = asked.parse_args()
    try:
        same = dict(pair.split("=", 1) for pair in given.same if "=" in pair)
        if given.folder is None:
            problem = synthetic()
        elif any(given.folder.glob("*_[cC]ap.csv")):
            problem = published(given.folder, same)
        else:
            problem = read(given.folder)
    except ValueError as refused:
        print(
            f"error: {given.folder}: found no number where one belongs ({refused})", file=sys.stderr
        )
        return 2
    except BadTable as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 2
    name = "SYNTHETIC" if given.folder is None else str(given.folder)
    print(
        f"{name}: {len(problem.persons):,} cases, {problem.persons.sum():,} persons, {len(problem.capacity):,} places with {problem.capacity.sum():,} beds, {len(problem.case):,} pairs, matrices {digest(problem)[:16]}"
    )
    queue = one_by_one(problem)
    print(
        f"one by one (baseline): score {queue.score:.1f}, {queue.unplaced} persons without a place"
    )
    alone = None
    for everybody_first, title in (
        (False, "score alone"),
        (True, "nobody left out first, then score"),
    ):
        started = time.perf_counter()
        found = place(problem, everybody_first=everybody_first)
        alone = found if alone is None else alone
        seconds = time.perf_counter() - started
        print(
            f"{title}: score {found.score:.2f}, no placement above {found.bound:.2f}, {found.unplaced} persons without a place, {seconds:.2f} s; ratio of score to baseline {found.score / queue.score if queue.score else float('nan'):.3f}x"
        )
    if given.expect is not None and alone is not None and abs(alone.score - given.expect) > 0.05:
        print(f"error: the score is {alone.score:.2f}, expected {given.expect}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
