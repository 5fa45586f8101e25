"""Work on every core: processes that end with their parent, and a death among them that is told.

And work that wants one core: small solves, which cost many times the CPU on more threads.
"""

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import current_process, get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from sojourn.errors import SojournError

#: Where a user says how many threads numpy's solver may have.
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
_ONE = threading.Lock()
_inside: list[int] = []  # threads before, once for each block that wants one

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
    if _main_is_run_again():
        sys.exit(1)
    context = get_context("spawn")
    begun = context.Event()
    pool = ProcessPoolExecutor(
        count, context, _begin, (os.getpid(), begun), max_tasks_per_child=tasks_each
    )
    try:
        yield pool
    except BrokenExecutor:
        script = getattr(sys.modules["__main__"], "__file__", None)
        told = broken if begun.is_set() or not script else _unguarded(broken, script)
        raise told from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _main_is_run_again() -> bool:
    """Whether this is a process under way that imports the script which began it, to find its work."""
    return getattr(current_process(), "_inheriting", False)


def _unguarded(broken: SojournError, script: str) -> SojournError:
    """Return what to do where no process came as far as to begin: each ran the script from its top."""
    return type(broken)(
        f"no worker process could begin: each runs {Path(script).name} from its first line",
        hint='put what the script does under `if __name__ == "__main__":`',
    )


def cores() -> int:
    """Return the cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _begin(parent: int, begun: Event) -> None:
    """Say that a worker begins; end it when the process that began it is gone, which no queue tells."""
    begun.set()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def one_thread(*, always: bool = False) -> Iterator[None]:
    """Keep numpy's solves on one thread within the block; a user's own setting stands.

    Nothing is changed where numpy's library is none that can be told.

    Parameters
    ----------
    always : bool
        Whatever the user set: several threads round otherwise, and a run is named by its numbers.
    """
    stands = not always and any(os.environ.get(name) for name in THREADS)
    blas = None if stands else _blas()
    if blas is None:
        yield
        return
    told, tell = blas
    with _ONE:
        _inside.append(_inside[0] if _inside else told())
        tell(1)
    try:
        yield
    finally:
        with _ONE:
            before = _inside.pop()
            if not _inside:
                tell(before)


@cache
def _blas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """Return how to read and to set the threads of the OpenBLAS that numpy carries, if it does."""
    import numpy

    home = Path(numpy.__file__).parent
    for path in sorted([*home.parent.glob("numpy.libs/*openblas*"), *home.glob(".dylibs/*blas*")]):
        library = ctypes.CDLL(str(path))
        for name in ("scipy_openblas_{}_num_threads", "openblas_{}_num_threads"):
            for ending in ("64_", ""):
                get, put = (getattr(library, name.format(x) + ending, None) for x in ("get", "set"))
                if get is not None and put is not None:
                    return get, put
    return None


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
