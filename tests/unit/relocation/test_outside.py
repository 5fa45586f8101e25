"""The outside benchmark (P10): the planner's solver on somebody else's problem, read from their files."""

import importlib.util
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "bench_outside.py"
SUPPLIED = "SOJOURN_OUTSIDE"  # FOLDER=SCORE, several with a colon between them


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_outside", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_outside"] = module
    spec.loader.exec_module(module)
    return module


def enumerated(p: Any, *, everybody_first: bool) -> tuple[float, float]:
    """Return the best (persons left out, score) over every placement there is."""
    options = [[None, *np.flatnonzero(p.case == c)] for c in range(len(p.persons))]
    best = None
    for chosen in product(*options):
        taken = [j for j in chosen if j is not None]
        used = np.zeros(len(p.capacity))
        for j in taken:
            used[p.place[j]] += p.persons[p.case[j]]
        if (used > p.capacity).any():
            continue
        out = float(sum(p.persons[c] for c, j in enumerate(chosen) if j is None))
        key = (out if everybody_first else 0.0, -float(sum(p.score[j] for j in taken)))
        best = key if best is None or key < best else best
    assert best is not None
    return best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("everybody_first", [False, True])
def test_the_optimum_is_that_of_every_placement_enumerated(
    bench: ModuleType, seed: int, *, everybody_first: bool
) -> None:
    problem = bench.synthetic(cases=6, places=3, seed=seed)
    found = bench.place(problem, everybody_first=everybody_first)
    out, score = enumerated(problem, everybody_first=everybody_first)
    assert found.score == pytest.approx(-score)
    assert found.bound >= found.score - 1e-6
    if everybody_first:
        assert found.unplaced == out


def test_the_choice_one_by_one_is_never_better(bench: ModuleType) -> None:
    problem = bench.synthetic(cases=60, places=5)
    assert bench.one_by_one(problem).score < bench.place(problem, everybody_first=False).score


def write(folder: Path, scores: str = "a,x,0.5\nb,x,0.7\nb,y,0.1\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "cases.csv").write_text("case_id,persons\na,1\nb,2\n")
    (folder / "places.csv").write_text("place_id,capacity\nx,2\ny,2\n")
    (folder / "scores.csv").write_text(f"case_id,place_id,score\n{scores}")
    return folder


def run(*given: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, given)], capture_output=True, text=True, check=False
    )


def test_a_published_optimum_is_held_against_ours(tmp_path: Path) -> None:
    folder = write(tmp_path / "files")
    told = run(folder, "--expect", 0.7)  # b at x leaves no room for a
    assert told.returncode == 0, told.stderr
    assert "score alone: score 0.70, no placement above 0.70, 1 persons without" in told.stdout
    assert "nobody left out first, then score: score 0.60" in told.stdout
    assert run(folder, "--expect", 0.9).returncode == 1


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ("a,x,0.5\na,z,0.5\n", "scores.csv, row 3: found a place_id that places.csv has not"),
        ("a,x,much\n", "row 2, score: found 'much'"),
        ("a,x,0.5\na,x,0.6\n", "row 3: found case_id, place_id of row 2 again"),
        ("", "scores.csv: found no row"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(tmp_path: Path, scores: str, said: str) -> None:
    told = run(write(tmp_path / "files", scores))
    assert told.returncode == 2
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def as_published(folder: Path) -> Path:
    folder.mkdir()
    (folder / "Y_size.csv").write_text(
        "case,number of children,number of adults,number of seniors\na,0,1,0\nb,1,1,0\n"
    )
    (folder / "Y_cap.csv").write_text(
        "affiliate,stated capacity,actual resettled children,actual resettled adults,actual resettled seniors\n"
        "S-Why ,,1,1,0\nS-Ex,,0,2,0\nS-HIAS Zed,,0,1,0\n"
    )
    (folder / "Y_Compatibility.csv").write_text("Case Num,S-EX,S-WHY,S-ZED\na,1,1,1\nb,1,1,NA\n")
    (folder / "Y_Employment_Weight.csv").write_text(
        "case number,S-EX,S-WHY,S-ZED\na,0.5,0.2,0.9\nb,0.7,0.1,NA\n"
    )
    return folder


def test_files_are_read_as_they_are_published_and_no_name_is_guessed(tmp_path: Path) -> None:
    folder = as_published(tmp_path / "Y")
    told = run(folder, "--expect", 0.9)  # b at S-EX, a at S-WHY; nothing joins S-ZED
    assert told.returncode == 0, told.stderr
    assert "left out: s-zed" in told.stdout
    assert "matrices " in told.stdout
    assert run(folder, "--same", "S-ZED=S-HIAS Zed", "--expect", 1.6).returncode == 0
    (folder / "Y_size.csv").write_text("case,c,a,s\na,0,1,0\nz,1,1,0\n")
    told = run(folder)
    assert told.returncode == 2
    assert "other cases in the sizes" in told.stderr


def test_half_a_person_and_another_encoding_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "files")
    (folder / "cases.csv").write_text("case_id,persons\na,1\nb,1.5\n")
    told = run(folder)
    assert told.returncode == 2
    assert "row 3, persons: found '1.5', expected a whole number from 1 on" in told.stderr
    (folder / "cases.csv").write_bytes("case_id,persons\né,1\n".encode("latin-1"))
    told = run(folder)
    assert told.returncode == 2
    assert "not UTF-8 in line 2" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_published_optima_are_met_on_files_that_a_user_supplies() -> None:
    supplied = os.environ.get(SUPPLIED, "")
    if not supplied:
        pytest.skip(
            f"{SUPPLIED} names no folder: the files of the outside benchmark are not shipped"
        )
    for one in supplied.split(":"):
        folder, _, expected = one.partition("=")
        told = run(folder, "--expect", expected)
        assert told.returncode == 0, told.stderr
