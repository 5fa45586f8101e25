"""Hold broken copies of the package against its tests, one after another, without starting anew.

    python benchmarks/hold_mutants.py FOLDER ROOM TESTS...

Works in FOLDER, a copy of the checkout; `sample_mutants.py` calls it. One whole run says which test
reaches which line of ROOM and what it took. Then this process imports what the package leans on and
forks for each mutant of `mutants.json`: a child imports the broken package and runs the tests that
reach its line, the quickest first, until one fails. A line that no test reaches by itself (it
runs when the module is imported) is held against all of them. `results.jsonl` says for each mutant
whether it survived; what is there already is not tried again.
"""

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from coverage import CoverageData

#: What was imported before the fork is not rewritten, and need not be.
WARN = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
BARE = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", *WARN)
#: Seconds of the processor that a mutant may take: so many, and so many times what the tests took.
LEAST, TIMES = 30, 1.5
#: Seconds on the wall after which a mutant hangs.
WALL = 1200.0


def child(words: list[str], log: Path, allowed: int = 0) -> tuple[int, float]:
    """Run pytest in a fork; return its exit code, or minus the signal that ended it, and its CPU seconds."""
    if pid := os.fork():
        return waited(pid)
    os.setpgid(0, 0)
    with log.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    if allowed:
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed + 5))
    code = 99
    try:
        import pytest

        code = int(pytest.main(words))
    finally:
        sys.stdout.flush()
        os._exit(code)


def waited(pid: int) -> tuple[int, float]:
    """Wait for a child, and end it with all that it started when it hangs."""
    start = time.monotonic()
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        if time.monotonic() - start > WALL:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.02)


def baseline(folder: Path, room: str, tests: list[str]) -> None:
    """Run the tests once on the unbroken copy: what each reaches, how long it takes, what it leans on."""
    module = ".".join(Path(room).relative_to("src").with_suffix("").parts)
    words = [*BARE, f"--cov={module}", "--cov-context=test", "--cov-report=", *tests]
    child([*words, "--junitxml=times.xml"], folder / "baseline.log")
    (folder / ".coverage").rename(folder / "reached")


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
    """Which tests that passed run which line, and the seconds that each takes."""

    def __init__(self, folder: Path) -> None:
        self.data = CoverageData(str(folder / "reached"))
        self.data.read()
        cases = list(ElementTree.parse(folder / "times.xml").getroot().iter("testcase"))
        self.took = {c.get("name", ""): float(c.get("time", "0")) for c in cases}
        self.failed = {c.get("name", "") for c in cases if c.find("failure") is not None}
        self.failed |= {c.get("name", "") for c in cases if c.find("error") is not None}
        self.every = {c.rpartition("|")[0] for c in self.data.measured_contexts() if c}

    def tests(self, module: str, line: int) -> list[str]:
        """Return the tests that ran the statement of a line (it may start some lines above)."""
        by_line = self.data.contexts_by_lineno(str(Path(module).resolve()))
        starts = [n for n in by_line if n <= line]
        there = by_line[max(starts)] if starts else []
        found = {c.rpartition("|")[0] for c in there if c} or self.every
        passed = (f for f in found if f.rpartition("::")[2] not in self.failed)
        return sorted(passed, key=self.seconds)

    def seconds(self, node: str) -> float:
        """Return what a test took in the whole run."""
        return self.took.get(node.rpartition("::")[2], 0.0)


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
    mutant: dict[str, str | int], tests: list[str], seconds: float
) -> dict[str, str | int | float]:
    """Return what became of one mutant (killed, hung or survived), and its CPU seconds."""
    allowed = LEAST + int(TIMES * seconds)
    with broken(Path(str(mutant["module"])), str(mutant["code"])):
        code, used = child([*BARE, "-x", "-p", "no:cov", *tests], Path("mutants.log"), allowed)
    outcome = "survived" if code == 0 else "killed" if code > 0 else "hung"
    return {"id": mutant["id"], "outcome": outcome, "tests": len(tests), "seconds": round(used, 2)}


def main() -> int:
    """Try each mutant that has no result yet."""
    folder, room, tests = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.chdir(folder)
    preload()
    if not (folder / "reached").exists():
        baseline(folder, room, tests)
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    reached, results = Reached(folder), folder / "results.jsonl"
    known = results.read_text("utf-8").splitlines() if results.exists() else []
    done = {json.loads(line)["id"] for line in known}
    named = os.environ.get("MUTANTS_AGAINST", "").split()
    for mutant in json.loads((folder / "mutants.json").read_text("utf-8")):
        if mutant["id"] in done:
            continue
        chosen = named or reached.tests(mutant["module"], mutant["line"])
        seconds = sum(map(reached.seconds, chosen))
        row = held(mutant, chosen, seconds)
        with results.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
