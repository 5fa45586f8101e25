"""Break a room of the package in sampled places, and count the breaks that its tests do not see.

    .venv/mutation/bin/python benchmarks/sample_mutants.py flows --mutants 60 --seed 1

Works on a copy, so that the checkout is never changed. The mutants are cosmic-ray's; the sample is
drawn by the seed. `hold_mutants.py` holds each against the tests that reach its line: first those of the
room's own folder, and what survives them against the others that import the modules it breaks (`--near`
leaves these out). Survivors are listed with their change: each asks for a test (`--again TESTS` tries them
against it), or changes nothing and is listed with its reason in `equal_mutants.toml`. Tests that read
whole publishers' files take part only where `SOJOURN_PUBLISHER_FILES` is set.
"""

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec

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
    "site": "src/sojourn/relocation/site",
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
#: A module broken in one place: id, module, line, code, diff.
Mutant = dict[str, str | int]


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


def tests_near(module: str) -> list[str]:
    """Return the tests of a room: those in the folder that mirrors it, and its examples.

    Of the nearest folder above, where none mirrors it, those that import something of it.
    """
    place = Path(module).relative_to("src/sojourn").with_suffix("")
    mirrors = [ROOT / "tests" / "unit" / p for p in (place, *place.parents[:-1])]
    own = next((m for m in mirrors if m.is_dir()), ROOT / "tests" / "none")
    every = set(tests_that_import([".".join(("sojourn", *place.parts))]))
    found = [str(t.relative_to(ROOT)) for t in sorted(own.rglob("test_*.py"))]
    return [module, ALWAYS, *(t for t in found if own == mirrors[0] or t in every)]


def tests_that_import(modules: list[str]) -> list[str]:
    """Return the tests that import something of some modules, themselves or by what stands beside them."""
    found = []
    for test in sorted((ROOT / "tests").rglob("test_*.py")):
        names = imported(test)
        imports = any(f"{n}.".startswith(f"{m}.") for n in names for m in modules)
        if imports and not any(n.startswith(SLOW) for n in names):
            found.append(str(test.relative_to(ROOT)))
    return found


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
    """Return the environment of the copy: its own package; publishers' files only where asked for."""
    files = os.environ.get("SOJOURN_PUBLISHER_FILES", "none")
    return {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "PYTHONHASHSEED": "0",
        "HYPOTHESIS_PROFILE": "mutation",
        "SOJOURN_PUBLISHER_FILES": files,
    }


def drawn(folder: Path, module: str, mutants: int, seed: int) -> tuple[list[Mutant], int]:
    """Return a sample of the mutants of a room, and how many there were."""
    found = Path(module)
    modules = [found] if found.suffix else sorted(found.rglob("*.py"))
    with use_db(str(folder / "session.sqlite"), WorkDB.Mode.create) as db:
        init(modules, db, {})
        places = [i.mutations[0] for i in db.work_items]
    types = {path: typed(path) for path in modules}
    items = [
        m
        for m in places
        if m.operator_name not in QUIET
        and not any(a <= m.start_pos < b for a, b in types[m.module_path])
    ]
    items.sort(key=lambda m: (str(m.module_path), m.start_pos, m.operator_name, m.occurrence))
    random.Random(seed).shuffle(items)
    return list(islice(filter(None, map(mutant, items)), mutants)), len(items)


def typed(module: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where annotations stand: what is broken there breaks the import, or nothing."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(node.returns)
    return [
        ((e.lineno, e.col_offset), (e.end_lineno or e.lineno, e.end_col_offset or 0))
        for e in found
        if e is not None
    ]


def mutant(place: MutationSpec) -> Mutant | None:
    """Return a module as it is when broken in one place; none where it changes nothing or is no Python."""
    was = place.module_path.read_text("utf-8")
    operator = get_operator(place.operator_name)(**place.operator_args)
    try:
        code = mutate_code(was, operator, place.occurrence)
    except AttributeError:  # cosmic-ray cannot replace an exception of another module: a.b.Error
        return None
    if code is None or code == was:
        return None
    try:
        with warnings.catch_warnings(action="error"):  # a number `is` never another
            compile(code, place.module_path, "exec")
    except (SyntaxError, SyntaxWarning):
        return None
    pairs = zip(was.splitlines(), code.splitlines(), strict=False)
    line = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), place.start_pos[0])
    diff = list(difflib.unified_diff(was.split("\n"), code.split("\n"), lineterm="", n=1))[2:]
    module = place.module_path.as_posix()
    name = f"{module}:{place.start_pos[0]} {place.operator_name} {place.occurrence}"
    return {"id": name, "module": module, "line": line, "code": code, "diff": "\n".join(diff)}


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


def told(folder: Path, mutants: list[Mutant]) -> tuple[dict[str, int], list[Mutant]]:
    """Return how many mutants came to what, and the survivors that change something."""
    rows = map(json.loads, (folder / "results.jsonl").read_text("utf-8").splitlines())
    outcomes = {row["id"]: row["outcome"] for row in rows}
    counts, survivors, known = (
        dict.fromkeys(("killed", "hung", "survived", "equal", "not tried"), 0),
        [],
        equal(),
    )
    for one in mutants:
        outcome = outcomes.get(str(one["id"]), "not tried")  # a run that was stopped: --go-on
        if outcome == "survived" and known(str(one["module"]), *changed(str(one["diff"]))):
            outcome = "equal"
        counts[outcome] += 1
        if outcome == "survived":
            survivors.append(one)
    return counts, survivors


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=sorted(ROOMS))
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--allowed", type=int, default=3)
    parser.add_argument("--go-on", action="store_true", help="with a run that was stopped")
    parser.add_argument("--near", action="store_true", help="only the tests of the room's folder")
    parser.add_argument(
        "--again",
        nargs="+",
        metavar="TESTS",
        help="the survivors of the last run alone, against these",
    )
    return parser.parse_args()


def hold(folder: Path, module: str, ring: str, tests: list[str]) -> None:
    """Hold the mutants of a copy against tests."""
    words = (ROOT / "benchmarks" / "hold_mutants.py", folder, module, ring, *tests)
    subprocess.run([PYTHON, *words], cwd=folder, env=surroundings(folder), check=True)


def first(room: str, mutants: int, seed: int) -> None:
    """Sample the mutants of a room."""
    folder, module = copied(room), ROOMS[room]
    os.chdir(folder)
    found, whole = drawn(folder, module, mutants, seed)
    print(f"{room}: {len(found)} of {whole} mutants that could be made", flush=True)
    (folder / "mutants.json").write_text(json.dumps(found), "utf-8")


def tried(room: str, *, far: bool) -> tuple[Path, list[Mutant]]:
    """Try what is not tried yet: against the near tests, and what is left against the far ones."""
    folder, module = ROOT / "out" / "mutation" / room, ROOMS[room]
    near = tests_near(module)
    found = json.loads((folder / "mutants.json").read_text("utf-8"))
    known = equal()
    with (folder / "results.jsonl").open("a", encoding="utf-8") as out:
        for one in found:
            if known(str(one["module"]), *changed(str(one["diff"]))):
                row = {"id": one["id"], "outcome": "equal", "ring": "near", "tests": 0}
                out.write(json.dumps(row | {"seconds": 0.0}) + "\n")
    hold(folder, module, "near", near)
    left = {str(one["module"]) for one in told(folder, found)[1]}
    names = [".".join(Path(m).relative_to("src").with_suffix("").parts) for m in left]
    others = [t for t in tests_that_import(names) if t not in near and (folder / t).is_file()]
    if far and others:
        hold(folder, module, "far", others)
    return folder, found


def again(room: str, tests: list[str]) -> tuple[Path, list[Mutant]]:
    """Try the survivors of the last run again, against tests that were written since."""
    folder = ROOT / "out" / "mutation" / room
    found = json.loads((folder / "mutants.json").read_text("utf-8"))
    left = {str(one["id"]) for one in told(folder, found)[1]}
    rows = (folder / "results.jsonl").read_text("utf-8").splitlines(keepends=True)
    kept = [row for row in rows if json.loads(row)["id"] not in left]
    (folder / "results.jsonl").write_text("".join(kept), "utf-8")
    shutil.copytree(ROOT / "tests", folder / "tests", dirs_exist_ok=True)
    os.environ["MUTANTS_AGAINST"] = " ".join(tests)
    hold(folder, ROOMS[room], "again", tests)
    return folder, found


def main() -> int:
    """Sample, try, list; the exit code is 1 when more survive than is allowed."""
    given = asked()
    if given.again:
        folder, found = again(given.room, given.again)
    else:
        if not given.go_on:
            first(given.room, given.mutants, given.seed)
        folder, found = tried(given.room, far=not given.near)
    counts, survivors = told(folder, found)
    for one in survivors:
        print(f"{one['id']}\n{one['diff']}")
    print(f"{given.room}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    return int(len(survivors) > given.allowed)


if __name__ == "__main__":
    sys.exit(main())
