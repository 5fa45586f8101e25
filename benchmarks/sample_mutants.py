"""Break a room of the package in sampled places, and count the breaks that its tests do not see.

    .venv/mutation/bin/python benchmarks/sample_mutants.py flows --mutants 60 --seed 1

Works on a copy, so that the checkout is never changed. The mutants are cosmic-ray's; the sample is
drawn by the seed. Survivors are listed with their change: each asks for a test, or changes nothing.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db

ROOT = Path(__file__).parents[1]
#: Room: what is broken, and the tests that should see it.
ROOMS: dict[str, tuple[str, str]] = {
    "flows": ("src/sojourn/flows/model", "tests/unit/flows"),
    "tb": ("src/sojourn/health/tb", "tests/unit/health"),
    "malaria": ("src/sojourn/health/malaria", "tests/unit/health"),
    "relocation": ("src/sojourn/relocation/audit", "tests/unit/relocation"),
    "planner": ("src/sojourn/relocation/planner", "tests/unit/relocation"),
    "custody": ("src/sojourn/relocation/custody", "tests/unit/relocation"),
    "protect": ("src/sojourn/protect", "tests/unit/protect"),
    "query": ("src/sojourn/query", "tests/unit/query"),
    "figures": ("src/sojourn/factsheet/figures", "tests/unit/factsheet/figures"),
    "harmonize": ("src/sojourn/harmonize", "tests/unit/harmonize tests/unit/query/test_check.py"),
    "sources": ("src/sojourn/sources", "tests/unit/sources tests/unit/loading"),
    "terminal": ("src/sojourn/terminal", "src/sojourn/terminal tests/unit/terminal"),
    "vocab": ("src/sojourn/vocab", "src/sojourn/vocab tests/unit/vocab"),
    "store": ("src/sojourn/store", "tests/unit/store tests/unit/loading"),
}
#: Mutants that change nothing anybody can see: annotations, decorators of properties.
QUIET = ("core/RemoveDecorator",)
CONFIG = """\
[cosmic-ray]
module-path = "{module}"
timeout = {timeout}
excluded-modules = []
test-command = "{python} -m pytest -q -x -p no:randomly -p no:cacheprovider {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def copied(room: str) -> Path:
    """Return a copy of what is tracked, with the room's configuration in it."""
    target = ROOT / "out" / "mutation" / room
    shutil.rmtree(target, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def run(folder: Path, *words: str) -> None:
    """Run cosmic-ray in the copy, with the package of the copy."""
    there = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    tool = Path(sys.executable).with_name("cosmic-ray")
    subprocess.run([str(tool), *words], cwd=folder, env=there, check=True)


def sample(session: Path, mutants: int, seed: int) -> int:
    """Keep a sample of the mutants; return how many there were."""
    with use_db(str(session), WorkDB.Mode.open) as db:
        items = [i for i in db.work_items if not any(m.operator_name in QUIET for m in i.mutations)]
        items.sort(key=lambda i: [(str(m.module_path), m.start_pos) for m in i.mutations])
        kept = random.Random(seed).sample(items, min(mutants, len(items)))
        db.clear()
        db.add_work_items(kept)
    return len(items)


def told(session: Path) -> tuple[int, list[str]]:
    """Return how many mutants were tried, and the change of each that no test saw."""
    survivors = []
    with use_db(str(session), WorkDB.Mode.open) as db:
        places = {i.job_id: i.mutations[0] for i in db.work_items}
        results = list(db.results)
    for job, result in results:
        if "SURVIVED" in str(result.test_outcome):
            place = places[job]
            survivors.append(
                f"{place.module_path}:{place.start_pos[0]} {place.operator_name}\n{result.diff}"
            )
    return len(results), survivors


def main() -> int:
    """Sample, try, list; the exit code is 1 when more survive than is allowed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("room", choices=sorted(ROOMS))
    asked.add_argument("--mutants", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--allowed", type=int, default=3)
    asked.add_argument("--timeout", type=float, default=300.0)
    given = asked.parse_args()
    module, tests = ROOMS[given.room]
    folder = copied(given.room)
    python = ROOT / ".venv" / "bin" / "python"
    words = {"module": module, "tests": tests, "python": python, "timeout": given.timeout}
    (folder / "mutation.toml").write_text(CONFIG.format(**words), "utf-8")
    run(folder, "init", "mutation.toml", "session.sqlite")
    session = folder / "session.sqlite"
    whole = sample(session, given.mutants, given.seed)
    run(folder, "exec", "mutation.toml", "session.sqlite")
    tried, survivors = told(session)
    for one in survivors:
        print(one)
    print(f"{given.room}: {len(survivors)} of {tried} mutants survived ({whole} could be made)")
    return int(len(survivors) > given.allowed)


if __name__ == "__main__":
    sys.exit(main())
