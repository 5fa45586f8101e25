"""Work on every core: processes that end with their parent, and a death among them that is told."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from sojourn.errors import SojournError

WATCH = 1.0  # seconds between looks of a worker for its parent


@contextmanager
def processes(
    count: int, broken: SojournError, *, tasks_each: int | None = None
) -> Iterator[ProcessPoolExecutor]:
    """Yield an executor; on leaving, what was not begun is not waited for.

    Parameters
    ----------
    broken : SojournError
        Raised when a worker ends before its work is done, killed for its memory for instance.
    tasks_each : int, optional
        Tasks after which a worker gives way to a new one, and its memory back.
    """
    pool = ProcessPoolExecutor(
        count, get_context("spawn"), _leave_with, (os.getpid(),), max_tasks_per_child=tasks_each
    )
    try:
        yield pool
    except BrokenExecutor:
        raise broken from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Return the cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _leave_with(parent: int) -> None:
    """End this worker when the process that began it is gone (killed), which no queue tells it."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def silent() -> Iterator[None]:
    """Keep the standard output of this process silent, also for what is no Python.

    A solver writes a banner before it can be told to be silent.
    """
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
