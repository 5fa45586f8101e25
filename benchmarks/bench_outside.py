"""An outside benchmark of placement: cases, places and scores from files that you supply.

The solver of the planner is given somebody else's problem, so that its optimum can be held against
a published one (Ahani and others, "Placement Optimization in Refugee Resettlement", Operations
Research 2021, on the arrivals of one agency in two years). Those files are not shipped, and a score
of a person never enters a plan of sojourn: this is a test of the solver, outside the package.

FOLDER holds three tables (CSV, UTF-8), which you make from the files you have:

- ``cases.csv``: case_id, persons (a whole number from 1 on)
- ``places.csv``: place_id, capacity (persons)
- ``scores.csv``: case_id, place_id, score; a pair without a row is not allowed

Without FOLDER a SYNTHETIC problem of 499 cases stands in. The baseline is the case-by-case choice
of the best place left.

Run: python benchmarks/bench_outside.py [FOLDER] [--expect SCORE]
"""

import argparse
import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from sojourn.plan.relocate.solver import FaceSolver, Programme, solve_mip

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
    if not path.is_file():
        raise BadTable(f"{path}: no such file; expected a table with the columns {', '.join(columns)}")  # fmt: skip
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if tuple(rows.fieldnames or ()) != columns:
            raise BadTable(f"{path}, row 1: found {rows.fieldnames}, expected {list(columns)}")
        return list(rows)


def numbers(path: Path, rows: list[dict[str, str]], column: str, least: float) -> Vector:
    """Return a column as numbers, each at least ``least``."""
    found = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            found[i] = float(row[column])
        except (TypeError, ValueError):
            found[i] = np.nan
        if not (np.isfinite(found[i]) and found[i] >= least):
            raise BadTable(f"{path}, row {i + 2}, {column}: found {row[column]!r}, expected a number from {least:g} on")  # fmt: skip
    return found


def read(folder: Path) -> Problem:
    """Read a problem; a faulty row is refused."""
    cases = table(folder / "cases.csv", ("case_id", "persons"))
    places = table(folder / "places.csv", ("place_id", "capacity"))
    scores = table(folder / "scores.csv", ("case_id", "place_id", "score"))
    keys = []
    for name, rows in (("case", cases), ("place", places)):
        at = {row[f"{name}_id"]: i for i, row in enumerate(rows)}
        if len(at) != len(rows):
            raise BadTable(f"{folder / name}s.csv: a {name}_id stands twice; expected each once")
        for i, row in enumerate(scores):
            if row[f"{name}_id"] not in at:
                raise BadTable(f"{folder / 'scores.csv'}, row {i + 2}: found a {name}_id that {name}s.csv has not")  # fmt: skip
        keys.append(np.array([at[row[f"{name}_id"]] for row in scores], dtype=np.int64))
    if len({(row["case_id"], row["place_id"]) for row in scores}) != len(scores):
        raise BadTable(f"{folder / 'scores.csv'}: a pair stands twice; expected each once")
    return Problem(
        numbers(folder / "cases.csv", cases, "persons", 1).astype(np.int64),
        numbers(folder / "places.csv", places, "capacity", 0).astype(np.int64),
        *keys,
        numbers(folder / "scores.csv", scores, "score", 0.0),
    )


def synthetic(cases: int = 499, places: int = 20, seed: int = 1) -> Problem:
    """Return a SYNTHETIC problem with a twentieth more beds than persons."""
    rng = np.random.default_rng(seed)
    persons = rng.choice([1, 1, 1, 2, 3, 4, 5, 7], cases)
    share = rng.dirichlet(np.full(places, 2.0))
    capacity = np.ceil(1.05 * persons.sum() * share).astype(np.int64)
    case, place = np.nonzero(rng.random((cases, places)) < 0.6)
    score = persons[case] * rng.beta(2.0, 5.0, len(case))
    return Problem(persons.astype(np.int64), capacity, case, place, score)


def programme(problem: Problem) -> Programme:
    """Return the problem with a column a pair and one a case without a place."""
    n, cases, places = len(problem.case), len(problem.persons), len(problem.capacity)
    pairs = np.arange(n)
    rows = np.concatenate([problem.case, np.arange(cases), cases + problem.place])
    columns = np.concatenate([pairs, n + np.arange(cases), pairs])
    values = np.concatenate([np.ones(n + cases), problem.persons[problem.case]])
    matrix = coo_matrix((values, (rows, columns)), shape=(cases + places, n + cases)).tocsc()
    return Programme(
        matrix,
        np.concatenate([np.ones(cases), np.full(places, -np.inf)]),
        np.concatenate([np.ones(cases), problem.capacity.astype(float)]),
        np.zeros(n + cases),
        np.ones(n + cases),
    )


def place(problem: Problem, *, everybody_first: bool) -> Placed:
    """Return the highest total score; among the placements of most persons, if asked for."""
    model, n = programme(problem), len(problem.case)
    whole = np.ones(n + len(problem.persons), dtype=bool)
    cost = np.concatenate([-problem.score, np.zeros(len(problem.persons))])
    start = None
    if everybody_first:
        left_out = np.concatenate([np.zeros(n), problem.persons.astype(float)])
        most = solve_mip(model, left_out, whole)
        assert most is not None  # nobody placed is a solution
        start, model = most.x, _with_row(model, left_out, most.objective)
    bound = FaceSolver(model).minimize(cost).objective
    found = solve_mip(model, cost, whole, start)
    assert found is not None
    x = np.round(found.x).astype(bool)
    return Placed(
        x[:n], float(problem.score[x[:n]].sum()), -max(bound, found.bound), int(problem.persons[x[n:]].sum())
    )  # fmt: skip


def _with_row(model: Programme, row: Vector, at: float) -> Programme:
    from scipy.sparse import csr_matrix, vstack

    return Programme(
        vstack([model.matrix, csr_matrix(row)]).tocsc(),
        np.append(model.row_lower, at),
        np.append(model.row_upper, at),
        model.lower,
        model.upper,
    )


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
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--expect", type=float, help="published optimum of the score alone")
    given = asked.parse_args()
    try:
        problem = synthetic() if given.folder is None else read(given.folder)
    except BadTable as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 2
    name = "SYNTHETIC" if given.folder is None else str(given.folder)
    print(f"{name}: {len(problem.persons):,} cases, {problem.persons.sum():,} persons, {len(problem.capacity):,} places with {problem.capacity.sum():,} beds, {len(problem.case):,} pairs")  # fmt: skip
    queue = one_by_one(problem)
    print(f"one by one (baseline): score {queue.score:.1f}, {queue.unplaced} persons without a place")  # fmt: skip
    alone = None
    for everybody_first, title in ((False, "score alone"), (True, "nobody left out first, then score")):  # fmt: skip
        started = time.perf_counter()
        found = place(problem, everybody_first=everybody_first)
        alone = found if alone is None else alone
        seconds = time.perf_counter() - started
        print(f"{title}: score {found.score:.1f}, no placement above {found.bound:.1f}, {found.unplaced} persons without a place, {seconds:.2f} s; ratio of score to baseline {found.score / queue.score:.3f}x")  # fmt: skip
    if given.expect is not None and alone is not None and abs(alone.score - given.expect) > 0.05:
        print(f"error: the score is {alone.score:.2f}, expected {given.expect}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
