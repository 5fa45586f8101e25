"""Draws in chunks: on every core or a cluster, resumable, the same whatever the order or the workers."""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import SimulateError
from sojourn.extras import need
from sojourn.files import make_folders, new_file, write_whole
from sojourn.processes import cores, processes

CHUNK = 24  # draws; about a second and a half of work for each programme
ANSWER = 10.0  # seconds within which a scheduler must answer
DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
Arrays = Mapping[str, np.ndarray]
Work = Callable[[Sequence[int]], Arrays]


@dataclass(frozen=True)
class Plan:
    """A run to be done.

    Attributes
    ----------
    identity : mapping
        Everything that the numbers depend on: parameters, draws, seed, programmes, editions, code.
    digest : str
        SHA-256 of the identity: the name of the run.
    """

    identity: Mapping[str, Any]
    digest: str
    draws: int
    folder: Path


def chunks(draws: int) -> list[range]:
    """Return the draws of each chunk."""
    return [range(i, min(i + CHUNK, draws)) for i in range(0, draws, CHUNK)]


def run(
    plan: Plan,
    work: Work,
    *,
    workers: int | None = None,
    cluster: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> int:
    """Do the chunks that are not done yet; return how many were.

    Parameters
    ----------
    work : callable
        From draws to arrays whose first axis is the draw; picklable.
    workers : int, optional
        Processes; the number of cores by default, 1 works in this process.
    cluster : str
        Address of a Dask scheduler.

    Raises
    ------
    SimulateError
        The folder holds another run, cannot be written, or a worker failed.
    """
    _begin(plan)
    todo = [(i, c) for i, c in enumerate(chunks(plan.draws)) if not _done(plan.folder, i, len(c))]
    total = len(chunks(plan.draws))
    already = total - len(todo)
    if progress is not None:
        progress("chunks", already, total)
    with _pool(workers, cluster, len(todo)) as submit:
        for n, (number, found) in enumerate(submit(work, todo), start=already + 1):
            _keep(plan.folder, number, found)
            if progress is not None:
                progress("chunks", n, total)
    return len(todo)


class Gathered(Mapping[str, np.ndarray]):
    """The arrays of all chunks, in the order of the draws; each is read when it is asked for.

    A run of a thousand draws would not fit in memory twice, and a summary needs a few arrays at a
    time: nothing is held here but the names.
    """

    def __init__(self, paths: Sequence[Path], names: Sequence[str]) -> None:
        self._paths, self._names = tuple(paths), tuple(names)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return one array of all draws.

        Raises
        ------
        SimulateError
            A chunk is damaged.
        """
        if name not in self._names:
            raise KeyError(name)
        parts = []
        for path in self._paths:
            try:
                with np.load(path) as held:
                    parts.append(held[name])
            except DAMAGE:
                raise _damaged(path) from None
        return np.concatenate(parts)

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._names)

    def __len__(self) -> int:
        """Return how many arrays there are."""
        return len(self._names)


def gathered(plan: Plan) -> Gathered:
    """Return the arrays of all chunks, in the order of the draws.

    Raises
    ------
    SimulateError
        A chunk is missing or damaged.
    """
    paths, names = [], list[str]()
    for number, draws in enumerate(chunks(plan.draws)):
        path = _path(plan.folder, number)
        if not _done(plan.folder, number, len(draws)):
            raise _damaged(path)
        if not names:
            with np.load(path) as held:
                names = list(held.files)
        paths.append(path)
    return Gathered(paths, names)


def _damaged(path: Path) -> SimulateError:
    return SimulateError(
        f"{path}: missing or damaged", hint="run it again: only this chunk is computed"
    )


def _begin(plan: Plan) -> None:
    record = plan.folder / "run.json"
    try:
        make_folders(plan.folder / "chunks")
        if record.is_file():
            held = json.loads(record.read_text("utf-8"))
            name = held.get("run") if isinstance(held, Mapping) else None
            if name != plan.digest:
                raise SimulateError(
                    f"{plan.folder}: holds the run {str(name)[:12]}, not {plan.digest[:12]}",
                    hint="name another --out: what was computed is not thrown away",
                )
            return
        text = json.dumps({"run": plan.digest, **plan.identity}, ensure_ascii=False, indent=1)
        write_whole(record, text, error=SimulateError)
    except (OSError, ValueError) as error:
        raise SimulateError(
            f"{plan.folder}: cannot be used ({error})", hint="name another --out"
        ) from None


def _path(folder: Path, number: int) -> Path:
    return folder / "chunks" / f"{number:05}.npz"


def _done(folder: Path, number: int, size: int) -> bool:
    """Whether a chunk is there, whole and of its size; every byte is checked against its sum."""
    path = _path(folder, number)
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as whole:
            if whole.testzip() is not None:
                return False
        with np.load(path) as held:
            return bool(held.files) and all(len(held[name]) == size for name in held.files[:1])
    except DAMAGE:
        return False


def _keep(folder: Path, number: int, found: Arrays) -> None:
    path = _path(folder, number)
    # durable: a chunk that has its name is on the disk
    try:
        with new_file(path, error=SimulateError, durable=True) as temporary:
            np.savez_compressed(temporary, **dict(found))  # type: ignore[arg-type] # names are ours, none is 'allow_pickle'
    except SimulateError as error:
        hint = f"{error.hint}; finished chunks are kept: run again when there is room"
        raise SimulateError(error.problem, hint=hint) from None


Results = Iterable[tuple[int, Arrays]]
Todo = Sequence[tuple[int, range]]


@contextmanager
def _pool(
    workers: int | None, cluster: str, jobs: int
) -> Iterator[Callable[[Work, Todo], Results]]:
    if cluster:
        with _cluster(cluster) as submit:
            yield submit
        return
    count = min(workers or cores(), max(jobs, 1))
    if count == 1:
        yield lambda work, todo: ((number, work(draws)) for number, draws in todo)
        return
    with _processes(count) as submit:
        yield submit


@contextmanager
def _processes(count: int) -> Iterator[Callable[[Work, Todo], Results]]:
    broken = SimulateError(
        "a worker process ended before its chunk was done",
        hint="finished chunks are kept: run again, with fewer --workers if memory ran out",
    )
    with processes(count, broken) as pool:

        def submit(work: Work, todo: Todo) -> Results:
            waiting = {pool.submit(work, draws): number for number, draws in todo}
            for done in as_completed(waiting):
                yield waiting.pop(done), done.result()  # nothing is held that was kept

        yield submit


@contextmanager
def _cluster(address: str) -> Iterator[Callable[[Work, Todo], Results]]:
    need("distributed", "--cluster")
    from distributed import Client, KilledWorker
    from distributed import as_completed as arrived

    try:
        client = Client(address, timeout=ANSWER)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise SimulateError(
            f"{address}: no Dask scheduler answers ({error})", hint="start one: dask scheduler"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=ANSWER)
        except TimeoutError:
            raise SimulateError(
                f"{address}: the scheduler answers, and has no worker",
                hint=f"start one: dask worker {address}",
            ) from None

        def submit(work: Work, todo: Todo) -> Results:
            waiting = {client.submit(work, draws, pure=False): n for n, draws in todo}
            for done in arrived(list(waiting)):  # type: ignore[no-untyped-call]
                yield waiting.pop(done), done.result()

        try:
            yield submit
        except (KilledWorker, CancelledError, ImportError) as error:
            raise SimulateError(
                f"{address}: a worker could not do its chunk ({type(error).__name__}: {error})",
                hint="finished chunks are kept; workers need the same version of sojourn",
            ) from None
