"""Hold broken copies of the package against its tests, one after another, without starting anew.

    python benchmarks/hold_mutants.py FOLDER ROOM RING TESTS...

Works in FOLDER, a copy of the checkout; `sample_mutants.py` calls it. One whole run says which test
reaches which line of ROOM and what it took; a test that takes more than eight seconds of the processor
is stopped and takes no part. Then this process imports what the package leans on and forks for each
mutant of `mutants.json`: a child imports the broken package and runs the tests that reach its line,
the quickest first, until one fails or a minute's worth have passed. A line that no test reaches by
itself (it runs when the module is imported) is held against all of them, and so is what decorates a
function: an option of a command is seen by those who are refused before the function begins.
`results.jsonl` says for each mutant whether it survived: in RING `near` what is there already is not
tried again, in RING `far` what survived the near tests is.
"""

import ast
import contextlib
import importlib
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Collection, Generator, Iterable, Iterator
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from coverage import CoverageData

#: What was imported before the fork is not rewritten, and need not be.
WARN = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
BARE = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", *WARN)
#: Seconds of the processor that a mutant may take: so many, and so many times what the tests took.
LEAST, TIMES = 20, 1.5
#: Seconds of the processor that one test may take, and that the tests of one mutant may take together.
LONG, ENOUGH = 8.0, 60.0
#: Seconds on the wall after which a mutant hangs.
WALL = 1200.0
#: Tests that read the package, and are held however long the others took.
HOUSE = "tests/unit/house/"
#: What is tried again in the far ring.
OPEN = ("survived", "near")


class TookTooLongError(BaseException):
    """A test took more of the processor than it may; no test catches this."""


class Patience:
    """A plugin of pytest: stops a test that takes long, and writes down what each took."""

    def __init__(self, told: Path) -> None:
        self.told = told
        self.took: dict[str, float] = {}
        self.needed: dict[str, float] = {}
        self.leans: dict[str, list[str]] = {}
        self.set_up = 0.0
        signal.signal(signal.SIGPROF, self.stop)

    def stop(self, *_: object) -> None:
        """End the running test."""
        raise TookTooLongError

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """Count what the tests lean on, by its name and where it stands."""
        start = processor()
        try:
            return (yield)
        finally:
            used = processor() - start
            self.set_up += used
            name = f"{fixturedef.baseid}::{fixturedef.argname}"
            self.needed[name] = max(used, self.needed.get(name, 0.0))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Count one test; one that fails or takes too long is not written down."""
        start = processor()
        signal.setitimer(signal.ITIMER_PROF, LONG)
        try:
            done = yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if (used := processor() - start) <= LONG:
            names: list[str] = getattr(item, "fixturenames", [])
            self.took[item.nodeid] = used
            self.leans[item.nodeid] = [n for n in map(partial(self.own, item), names) if n]
        return done

    def own(self, item: pytest.Item, name: str) -> str:
        """Return what a test leans on by a name: of several of that name the one that stands nearest."""
        known = (n for n in self.needed if n.rpartition("::")[2] == name)
        return max((n for n in known if item.nodeid.startswith(n.rpartition("::")[0])), default="")

    def pytest_sessionfinish(self) -> None:
        """Write down what was counted."""
        told = {"set up": self.set_up, "took": self.took, "needed": self.needed}
        self.told.write_text(json.dumps({**told, "leans": self.leans}), "utf-8")


def processor() -> float:
    """Return the CPU seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def child(
    words: list[str], log: Path, allowed: int = 0, told: Path | None = None
) -> tuple[int, float]:
    """Run pytest in a fork; return its exit code, or minus the signal that ended it, and its CPU seconds."""
    if pid := os.fork():
        return waited(pid, WALL if allowed else math.inf)
    os.setpgid(0, 0)
    with log.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    if allowed:
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 5))
    code = 99
    try:
        code = int(pytest.main(words, plugins=[Patience(told)] if told else []))
    finally:
        sys.stdout.flush()
        os._exit(code)


def waited(pid: int, wall: float) -> tuple[int, float]:
    """Wait for a child, and end it with all that it started when it hangs."""
    start = time.monotonic()
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        if time.monotonic() - start > wall:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.02)


def baseline(folder: Path, room: str, ring: str, tests: list[str]) -> None:
    """Run the tests once on the unbroken copy: what each reaches, how long it takes, what it leans on."""
    module = ".".join(Path(room).relative_to("src").with_suffix("").parts)
    words = [*BARE, f"--cov={module}", "--cov-context=test", "--cov-report=", *tests]
    child(words, folder / f"{ring}.log", told=folder / f"{ring}.json")
    (folder / ".coverage").rename(folder / f"{ring}.reached")


def preload() -> None:
    """Import what the tests and the package lean on, but nothing of either."""
    import tomllib

    read = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    wanted = [*read["project"]["dependencies"], *read["dependency-groups"]["dev"]]
    names = [w.split(">")[0].split("[")[0].strip().replace("-", "_").lower() for w in wanted]
    plugins = [one.module for one in entry_points(group="pytest11")]
    for name in (*names, "pytest", "hypothesis.strategies", *plugins):
        with contextlib.suppress(Exception):
            importlib.import_module(name)


class Reached:
    """Which tests that passed in time run which line, and the CPU seconds that each takes."""

    def __init__(self, folder: Path, ring: str) -> None:
        self.data = CoverageData(str(folder / f"{ring}.reached"))
        self.data.read()
        told = json.loads((folder / f"{ring}.json").read_text("utf-8"))
        self.took: dict[str, float] = told["took"]
        self.needed: dict[str, float] = told["needed"]
        self.leans: dict[str, list[str]] = told["leans"]
        self.set_up: float = told["set up"]

    def tests(self, module: str, line: int) -> list[str]:
        """Return the tests that ran the statement of a line: none, where none of this ring did."""
        by_line = self.data.contexts_by_lineno(str(Path(module).resolve()))
        lines, imported = seen_at(Path(module), line)
        ran = [c for n, contexts in by_line.items() if n in lines for c in contexts]
        found = {c.rpartition("|")[0] for c in ran if c}
        if ran and imported and (not found or decorates(Path(module), line)):
            found = set(self.took)
        quickest = sorted(found & set(self.took), key=self.cost)
        chosen = self.within(quickest)
        return [*chosen, *(t for t in quickest[len(chosen) :] if HOUSE in t)]

    def cost(self, test: str, paid: Collection[str] = ()) -> float:
        """Return the CPU seconds of a test with what it leans on, but for what is there already."""
        return self.took[test] + sum(self.needed[n] for n in self.leans[test] if n not in paid)

    def within(self, tests: Iterable[str]) -> list[str]:
        """Return the first tests that take no longer together than they may."""
        found: list[str] = []
        paid: set[str] = set()
        spent = 0.0
        for test in tests:
            if (spent := spent + self.cost(test, paid)) > ENOUGH:
                break
            found.append(test)
            paid.update(self.leans[test])
        return found

    def allowed(self, tests: list[str]) -> int:
        """Return the CPU seconds that some tests may take, with what they lean on."""
        return LEAST + int(TIMES * (self.set_up + sum(self.took.get(t, LONG) for t in tests)))


def seen_at(module: Path, line: int) -> tuple[set[int], bool]:
    """Return the lines whose run sees a break of a line, and whether an import alone does.

    The head of a function is seen by those who call it, and a constant where its name is read.
    """
    tree = ast.parse(module.read_text("utf-8"))
    within: ast.stmt | None = None
    for node in ast.walk(tree):  # outer ones come first
        if isinstance(node, ast.stmt) and began(node) <= line <= (node.end_lineno or line):
            within = node
    if within is None:
        return set(range(1, line + 1)), True
    if within in tree.body and isinstance(within, ast.Assign):
        names = {t.id for t in within.targets if isinstance(t, ast.Name)}
        loads = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in names)
        return {within.lineno, *(n.lineno for n in loads if isinstance(n.ctx, ast.Load))}, True
    inside = getattr(within, "body", None)
    last = within.end_lineno or line
    function = isinstance(within, ast.FunctionDef)
    if inside and not function:
        last = max(within.lineno, inside[0].lineno - 1)
    return set(range(began(within), last + 1)), not function or line < within.lineno


def decorates(module: Path, line: int) -> bool:
    """Return whether a line is of what decorates a function."""
    every = ast.walk(ast.parse(module.read_text("utf-8")))
    functions = (n for n in every if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(began(f) <= line < f.lineno for f in functions)


def began(node: ast.stmt) -> int:
    """Return the first line of a statement, with what decorates it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min(node.lineno, *(d.lineno for d in decorators)) if decorators else node.lineno


@contextlib.contextmanager
def broken(module: Path, code: str) -> Iterator[None]:
    """Put a broken module in place, and the old one back; what was compiled of it is not used."""
    was, times = module.read_bytes(), module.stat()
    for compiled in (module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"):
        compiled.unlink()
    module.write_text(code, "utf-8")
    try:
        yield
    finally:
        module.write_bytes(was)
        os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))


def held(
    mutant: dict[str, str | int], ring: str, tests: list[str], allowed: int
) -> dict[str, object]:
    """Return what became of one mutant (killed, hung or survived), and its CPU seconds."""
    code, used = 0, 0.0
    with broken(Path(str(mutant["module"])), str(mutant["code"])):
        if tests:
            code, used = child([*BARE, "-x", "-p", "no:cov", *tests], Path("mutants.log"), allowed)
    outcome = "survived" if code == 0 else "killed" if code > 0 else "hung"
    told = {"ring": ring, "tests": len(tests), "seconds": round(used, 2)}
    return {"id": mutant["id"], "outcome": outcome, **told}


def settled(results: Path, ring: str) -> set[str]:
    """Return the mutants that a ring need not try."""
    known = results.read_text("utf-8").splitlines() if results.exists() else []
    rows = {row["id"]: row for row in map(json.loads, known)}
    open_still = ring == "far"
    return {i for i, r in rows.items() if not (open_still and (r["outcome"], r["ring"]) == OPEN)}


def main() -> int:
    """Try each mutant that has no result yet."""
    folder, room, ring, tests = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the broken module is put back
    os.chdir(folder)
    preload()
    named = os.environ.get("MUTANTS_AGAINST", "").split()
    if not named and not (folder / f"{ring}.reached").exists():
        baseline(folder, room, ring, tests)
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    reached = None if named else Reached(folder, ring)
    results = folder / "results.jsonl"
    done = settled(results, ring)
    for mutant in json.loads((folder / "mutants.json").read_text("utf-8")):
        if mutant["id"] in done:
            continue
        chosen = reached.tests(mutant["module"], mutant["line"]) if reached else named
        row = held(mutant, ring, chosen, reached.allowed(chosen) if reached else int(WALL))
        with results.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
