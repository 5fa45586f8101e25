"""Loads that are killed, or that run out of disk, each in a process of its own.

Run as a program: ``interrupted.py killed|full STORE FILE``. Every load is a fork of one process
that imported everything and opened nothing, so that many moments can be tried in seconds. Prints
what each left behind, as JSON.
"""

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sojourn import load
from sojourn.errors import SojournError

# Whatever changes a file system: a kill is tried before each of these, in turn.
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "fcntl.flock"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
FINISHED = 0


def contents(store: Path) -> dict[str, bytes]:
    """Return the files below a store, but for the lock."""
    files = (p for p in store.rglob("*") if p.is_file() and p.name != "lock")
    return {str(p.relative_to(store)): p.read_bytes() for p in files}


def listed(found: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files that the manifest names, and the manifest itself."""
    files = json.loads(found["store/manifest.json"])["files"]
    names = {"store/manifest.json"}
    for kind, folder in (("parquet", "observations"), ("memberships",) * 2, ("problems",) * 2):
        names |= {f"store/{folder}/{f[kind]}" for f in files if f[kind]}
    return {name: found[name] for name in names}


def in_a_fork(work: Callable[[], None], kill_after: float | None = None) -> int:
    """Do something in a fork, and perhaps kill it after a while; return its wait status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = FINISHED
        except SojournError as error:
            sys.stderr.write(f"{error}\n")
            status = error.exit_code
        finally:
            os._exit(status)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def killed_before(event: int, file: Path, store: Path) -> None:
    """Load a file, and die before the event of this number."""
    seen = 0

    def watch(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if name not in EVENTS:
            return
        if name == "open" and not (isinstance(arguments[2], int) and arguments[2] & WRITING):
            return
        if name != "fcntl.flock" and str(store) not in str(arguments[0]):
            return
        if seen == event:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1

    sys.addaudithook(watch)
    load([file], store)


def short_of_disk(limit: int, file: Path, store: Path) -> None:
    """Load a file where no file can grow beyond a limit, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    load([file], store)


def moments(file: Path, store: Path) -> Iterator[tuple[str, int]]:
    """Kill loads at every change of the file system, then after random whiles."""
    for event in range(100):
        status = in_a_fork(lambda event=event: killed_before(event, file, store))
        yield f"before change {event}", status
        if status == FINISHED:
            break
    chance = random.Random(2015)
    for _ in range(12):
        after = chance.uniform(0.0, 0.12)
        yield f"after {after:.3f} s", in_a_fork(lambda: _load(file, store), kill_after=after)


def shortages(file: Path, store: Path) -> Iterator[tuple[str, int]]:
    """Load with less and less disk."""
    for limit in (0, 1, 100, 1_000, 3_000, 6_000, 12_000, 1_000_000):
        yield f"{limit} bytes", in_a_fork(lambda limit=limit: short_of_disk(limit, file, store))


def _load(file: Path, store: Path) -> None:
    load([file], store)


def main() -> None:
    """Try every moment from the same store, and load again after each."""
    what, store, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    kept = store.with_name("kept")
    shutil.copytree(store, kept)
    before, found = contents(store), []
    for moment, status in {"killed": moments, "full": shortages}[what](file, store):
        left = listed(contents(store))
        again = in_a_fork(lambda: _load(file, store))
        after = contents(store)
        found.append(
            {
                "moment": moment,
                "killed": os.WIFSIGNALED(status),
                "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "as before": left == before,
                "complete": left == listed(after),
                "loads again": again == FINISHED,
                "nothing else": listed(after) == after,
            }
        )
        shutil.rmtree(store)
        shutil.copytree(kept, store)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
