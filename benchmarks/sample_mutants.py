"""Break a room of the package in sampled places, and count the breaks that its tests do not see.

    .venv/mutation/bin/python benchmarks/sample_mutants.py flows --mutants 60 --seed 1

Works on a copy, so that the checkout is never changed. The mutants are cosmic-ray's; the sample is
drawn by the seed. One whole run says which test reaches which line; a mutant is held against those
that reach its line, the quickest first. Survivors are listed with their change: each asks for a
test, or changes nothing and is listed with its reason in `equal_mutants.toml`.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"
#: Room: what is broken; the tests that should see it follow from what they import.
ROOMS: dict[str, str] = {
    "custody": "src/sojourn/relocation/custody",
    "desk": "src/sojourn/relocation/desk",
    "explorer": "src/sojourn/explorer",
    "factsheet": "src/sojourn/factsheet",
    "figures": "src/sojourn/factsheet/figures",
    "files": "src/sojourn/files.py",
    "flows": "src/sojourn/flows/model",
    "harmonize": "src/sojourn/harmonize",
    "health": "src/sojourn/health",
    "loading": "src/sojourn/loading",
    "malaria": "src/sojourn/health/malaria",
    "planner": "src/sojourn/relocation/planner",
    "protect": "src/sojourn/protect",
    "publish": "src/sojourn/publish",
    "query": "src/sojourn/query",
    "relocation": "src/sojourn/relocation/audit",
    "sdmx": "src/sojourn/sdmx",
    "sources": "src/sojourn/sources",
    "store": "src/sojourn/store",
    "tb": "src/sojourn/health/tb",
    "terminal": "src/sojourn/terminal",
    "vocab": "src/sojourn/vocab",
}
#: Mutants that change nothing anybody can see: decorators of properties.
QUIET = ("core/RemoveDecorator",)
#: What every room is held against: a value is frozen.
ALWAYS = "tests/unit/house/test_values.py"
#: Tests that import these take seconds for each mutant: a browser.
SLOW = "playwright"
CONFIG = """\
[cosmic-ray]
module-path = "{module}"
timeout = {timeout}
excluded-modules = []
test-command = "{python} {chooser} {pristine} {coverage} times.xml {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def imported(test: Path, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return what a test imports, itself and through the modules that stand beside the tests."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(test.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    for name in {f.partition(".")[0] for f in found} - seen:
        beside = ROOT / "tests" / f"{name}.py"
        if beside.is_file():
            found |= imported(beside, seen | {name})
    return found


def tests_of(module: str) -> list[str]:
    """Return the tests that a break of a room can turn red, as far as they say it themselves.

    Those that import something of the room, those in the folder that mirrors it (or the nearest
    above), and the examples of the room itself.
    """
    place = Path(module).relative_to("src/sojourn").with_suffix("")
    room = ".".join(("sojourn", *place.parts))
    mirrors = [ROOT / "tests" / "unit" / p for p in (place, *place.parents[:-1])]
    own = next((m for m in mirrors if m.is_dir()), ROOT / "tests" / "none")
    found = []
    for test in sorted((ROOT / "tests").rglob("test_*.py")):
        names = imported(test)
        near = own in test.parents or any(f"{n}.".startswith(f"{room}.") for n in names)
        if near and not any(n.startswith(SLOW) for n in names):
            found.append(str(test.relative_to(ROOT)))
    return [module, *found]


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


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of the copy: its own package, the checkout's publisher files."""
    files = os.environ.get("SOJOURN_PUBLISHER_FILES", str(ROOT.parent / "shared" / "data"))
    return {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOJOURN_PUBLISHER_FILES": files,
    }


def run(folder: Path, *words: str) -> None:
    """Run cosmic-ray in the copy."""
    tool = Path(sys.executable).with_name("cosmic-ray")
    subprocess.run([str(tool), *words], cwd=folder, env=surroundings(folder), check=True)


def baseline(folder: Path, tests: str) -> None:
    """Run the tests once on the unbroken copy: what each reaches, and how long it takes."""
    words = ("-m", "pytest", "-q", "-p", "no:randomly", "--cov=sojourn", "--cov-context=test")
    more = ("--cov-report=", "--junitxml=times.xml", *tests.split())
    subprocess.run([str(PYTHON), *words, *more], cwd=folder, env=surroundings(folder), check=True)
    shutil.copytree(folder / "src", folder / "pristine" / "src")
    (folder / ".coverage").rename(folder / "reached")


def sample(session: Path, mutants: int, seed: int) -> int:
    """Keep a sample of the mutants; return how many there were."""
    with use_db(str(session), WorkDB.Mode.open) as db:
        items = [i for i in db.work_items if not any(m.operator_name in QUIET for m in i.mutations)]
        items.sort(key=lambda i: [(str(m.module_path), m.start_pos) for m in i.mutations])
        kept = random.Random(seed).sample(items, min(mutants, len(items)))
        db.clear()
        db.add_work_items(kept)
    return len(items)


def equal() -> Callable[[str, str, str], bool]:
    """Return what says whether a break of a module's line is known to change nothing."""
    read = tomllib.loads((ROOT / "benchmarks" / "equal_mutants.toml").read_text("utf-8"))
    rows, always = read.get("equal", []), read["always"]
    for row in rows:
        if row["line"] not in (ROOT / row["module"]).read_text("utf-8"):
            print(f"equal_mutants.toml: {row['module']} has no line {row['line']!r} any more")
    known = {(r["module"], r["line"], r["broken"]) for r in rows}

    def same(module: str, line: str, broken: str) -> bool:
        swapped = (line.replace(a["line"], a["broken"]) == broken for a in always)
        return (module, line, broken) in known or (line != broken and any(swapped))

    return same


def changed(diff: str) -> tuple[str, str]:
    """Return the first line that a mutant takes out, and the first that it puts in."""
    lines = [x for x in diff.splitlines() if not x.startswith(("---", "+++"))]
    out = next((x[1:].strip() for x in lines if x.startswith("-")), "")
    return out, next((x[1:].strip() for x in lines if x.startswith("+")), "")


def told(session: Path) -> tuple[int, int, list[str]]:
    """Return how many mutants were tried, how many are equal, and the change of each survivor."""
    survivors, known, same = [], equal(), 0
    with use_db(str(session), WorkDB.Mode.open) as db:
        places = {i.job_id: i.mutations[0] for i in db.work_items}
        results = list(db.results)
    for job, result in results:
        if "SURVIVED" not in str(result.test_outcome):
            continue
        place = places[job]
        if known(str(place.module_path), *changed(result.diff)):
            same += 1
            continue
        where = f"{place.module_path}:{place.start_pos[0]}"
        survivors.append(f"{where} {place.operator_name}\n{result.diff}")
    return len(results), same, survivors


def main() -> int:
    """Sample, try, list; the exit code is 1 when more survive than is allowed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("room", choices=sorted(ROOMS))
    asked.add_argument("--mutants", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--allowed", type=int, default=3)
    asked.add_argument("--timeout", type=float, default=300.0)
    given = asked.parse_args()
    module = ROOMS[given.room]
    folder = copied(given.room)
    tests = " ".join(dict.fromkeys((ALWAYS, *tests_of(module))))
    baseline(folder, tests)
    words = {"module": module, "tests": tests, "python": PYTHON, "timeout": given.timeout}
    more = {"chooser": ROOT / "benchmarks" / "only_covering.py", "pristine": folder / "pristine"}
    filled = CONFIG.format(**words, **more, coverage=folder / "reached")
    (folder / "mutation.toml").write_text(filled, "utf-8")
    run(folder, "init", "mutation.toml", "session.sqlite")
    session = folder / "session.sqlite"
    whole = sample(session, given.mutants, given.seed)
    run(folder, "exec", "mutation.toml", "session.sqlite")
    tried, same, survivors = told(session)
    for one in survivors:
        print(one)
    print(f"{given.room}: {len(survivors)} of {tried} mutants survived, {same} change nothing")
    print(f"({whole} could be made)")
    return int(len(survivors) > given.allowed)


if __name__ == "__main__":
    sys.exit(main())
